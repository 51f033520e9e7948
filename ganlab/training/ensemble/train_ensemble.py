"""Training an ensemble: one vectorized program plays the same game from many seeds."""

import itertools
import operator
import time
from collections.abc import Callable, Iterable

from torch.distributions import Distribution
from tqdm.auto import tqdm

from ganlab.training.batches import TableBatches
from ganlab.training.ensemble.history import EnsembleHistory
from ganlab.training.ensemble.members import Members, check_penalty
from ganlab.training.ensemble.networks import check_stackable_layers
from ganlab.training.game import Game
from ganlab.training.optimizers import check_stackable
from ganlab.training.train import STEPS_BETWEEN_SAFE_STATES, Run, threads_for, whole_steps
from ganlab.validation import positive_integer


def train_ensemble(
    make_game: Callable[[int], Game],
    data: object,
    steps: int,
    seeds: Iterable[int],
    *,
    batch_size: int = 256,
    callbacks: Iterable[Callable] = (),
    progress: bool = True,
) -> EnsembleHistory:
    """Train one game per seed, independently of each other, side by side.

    Member i has its own initial weights, latent points and data order, and ends where
    ``train(make_game(seeds[i]), data, steps, seed=seeds[i])`` ends, up to the rounding of sums that are
    added in another order (about 1e-6 a step in single precision, which an unstable game can amplify).

    Parameters
    ----------
    make_game : function seed -> Game
        Makes a new game, its initial weights drawn from the seed. All games must be alike but for their
        weights: architecture, objective and settings. Seeds that lead to the same weights are refused.
    data : torch.distributions.Distribution, array of shape (n, ...), Cohort, or samples with labels
        As for :func:`train`.
    steps : int >= 1
        Generator updates of each game.
    seeds : iterable of int
        One for each member, all different.
    batch_size : int >= 1
        Of each game.
    callbacks : iterable of functions (games, step) -> None
        Called after every step; `games` maps the seeds of the members now playing to their games.
    progress : bool
        Show a bar with the time left. It is silent where there is neither a terminal nor a notebook.

    Returns
    -------
    EnsembleHistory
        A member whose loss becomes NaN or infinite is put back to its last good state and stops there
        (see ``failures``); the others play on. After Ctrl-C it holds the steps done.

    Raises
    ------
    ValueError
        Before the first step: if games differ in more than their weights, or do not differ in these; if
        a network cannot be stacked (batch statistics, dropout), or an optimizer moves one weight by
        others (all of torch.optim that are in general use do not).

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> def make_game(seed):
    ...     networks = mlp_generator(width=8, seed=seed), mlp_discriminator(width=8, seed=seed + 1000)
    ...     return Game(*networks, NonSaturating())
    >>> history = train_ensemble(make_game, ring(), steps=5, seeds=range(3), batch_size=16)
    >>> history.generator_loss.shape, history.sample(100, seed=0).shape
    ((3, 5), torch.Size([3, 100, 2]))
    """
    steps, batch_size = positive_integer(steps, "steps"), positive_integer(batch_size, "batch_size")
    callbacks, seeds = tuple(callbacks), _different(seeds)
    games = [make_game(seed) for seed in seeds]
    _check_alike(games, seeds)
    trial = Run(games[0], data, batch_size=batch_size, seed=seeds[0])  # refuses what does not fit
    data = _converted_once(data, trial.batches)
    history = EnsembleHistory(seeds, games, steps)
    members = Members(
        {i: Run(game, data, batch_size=batch_size, seed=seeds[i]) for i, game in enumerate(games)}
    )
    start = time.perf_counter()
    # disable=None: tqdm's own word for "only where somebody can see it".
    description, disable = f"training {len(games)} games", None if progress else True
    bar = tqdm(total=steps, desc=description, unit="step", disable=disable)
    threads = threads_for(games[0].generator, games[0].discriminator, batch_size=batch_size)
    try:
        with bar, threads, whole_steps() as whole:
            for step, values in enumerate(itertools.islice(whole(members), steps), start=1):
                playing = members.numbers
                problems = members.freeze_failed(values, step)
                history.note(step, playing, values, problems, time.perf_counter() - start)
                bar.update()
                for callback in callbacks:
                    callback({seeds[i]: games[i] for i in members.numbers}, step)
                if not members.numbers:
                    break
                if step % STEPS_BETWEEN_SAFE_STATES == 0:
                    members.keep_good_states(step)
    except KeyboardInterrupt:
        history.stopped_by = "keyboard"
    finally:
        members.part()
    return history


def _different(seeds):
    """Seeds as a list of different whole numbers, one or more."""
    try:
        seeds = [operator.index(seed) for seed in seeds]
    except TypeError:
        raise ValueError(f"seeds must be whole numbers, such as range(16); got {seeds!r}.") from None
    twice = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if not seeds or twice:
        problem = (
            f"{twice[0]} comes twice, and the same game twice is no second game" if twice else "got none"
        )
        raise ValueError(f"seeds must be one or more different whole numbers; {problem}.")
    return seeds


def _check_alike(games, seeds):
    """Refuse games that differ in more than their weights, naming the first difference."""
    for seed, game in zip(seeds, games, strict=True):
        if type(game) is not Game:
            raise ValueError(
                f"make_game must return a Game; for seed {seed} it returned {type(game).__name__}. "
                "Other kinds of game are trained one by one with train()."
            )
    if len({id(game.generator) for game in games}) < len(games) or len(
        {id(game.discriminator) for game in games}
    ) < len(games):
        raise ValueError(
            "make_game must make new networks for every seed; two of its games share theirs, "
            "so they could not learn independently."
        )
    for optimizer in (games[0].generator_optimizer, games[0].discriminator_optimizer):
        check_stackable(optimizer)
    first = list(_description(games[0]))
    for seed, game in zip(seeds[1:], games[1:], strict=True):
        for ours, theirs in itertools.zip_longest(first, _description(game), fillvalue="nothing"):
            if ours != theirs:
                raise ValueError(
                    "the games of one ensemble may differ in their weights alone; "
                    f"seed {seeds[0]} has {ours}, seed {seed} has {theirs}."
                )
    for network in (games[0].generator, games[0].discriminator):
        check_stackable_layers(network)
    _refuse_equal_starts(games, seeds)
    check_penalty(games[0].objective)


def _refuse_equal_starts(games, seeds):
    """Refuse two games that start from the same weights: make_game has forgotten its seed."""
    starts = {}
    for seed, game in zip(seeds, games, strict=True):
        weights = b"".join(
            w.detach().numpy().tobytes()
            for player in (game.generator, game.discriminator)
            for w in player.parameters()
        )
        if weights in starts:
            raise ValueError(
                f"the games of seeds {starts[weights]} and {seed} start from the same weights, so they are "
                "not two games; let make_game pass its seed on to both networks: mlp_generator(seed=seed)."
            )
        starts[weights] = seed


def _description(game):
    """Everything that must be the same in all games, as lines of text."""
    yield from (f"{name} {value}" for name, value in game.settings().items())
    for who in ("generator", "discriminator"):
        optimizer, network = getattr(game, f"{who}_optimizer"), getattr(game, who)
        (group,) = optimizer.param_groups
        yield f"{who} moved by {type(optimizer).__name__}"
        yield from (f"{who} {name} {value}" for name, value in group.items() if name != "params")
        yield f"{who} {type(network).__name__}"
        yield f"{who} of latent_dim {getattr(network, 'latent_dim', None)}"
        yield from (f"{who} layer {line.strip()}" for line in repr(network).splitlines())
        for name, values in network.state_dict().items():
            yield f"{who} {name} of shape {tuple(values.shape)}"


def _converted_once(data, batches):
    """Data that every member can share: a table is converted to tensors once, not once a member."""
    if isinstance(data, Distribution) or not isinstance(batches, TableBatches):
        return data
    return batches.table
