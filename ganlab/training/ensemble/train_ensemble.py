"""Many games at once: one vectorized program plays the same game from many seeds."""

import itertools
import operator
import time

import torch
from torch.distributions import Distribution
from tqdm.auto import tqdm

from ganlab.training.batches import TableBatches
from ganlab.training.ensemble.history import EnsembleHistory
from ganlab.training.ensemble.members import Members, check_penalty
from ganlab.training.ensemble.networks import check_stackable
from ganlab.training.game import Game
from ganlab.training.threads import threads_for
from ganlab.training.train import STEPS_BETWEEN_SAFE_STATES, Run, _whole_steps
from ganlab.validation import positive_integer, positive_number


def train_ensemble(
    make_game, data, steps, seeds, *, batch_size=256, callbacks=(), progress=True, memory_limit=2e9
):
    """Train one game per seed, independently of each other, side by side.

    Member i has its own initial weights, noise and data order, and ends where
    ``train(make_game(seeds[i]), data, steps, seed=seeds[i])`` ends, up to the rounding of sums that are
    added in another order (about 1e-6 a step in single precision, which an unstable game can amplify).

    Parameters
    ----------
    make_game : function seed -> Game
        Makes a new game, its initial weights drawn from the seed. All games must be alike but for their
        weights: architecture, objective and settings.
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
    memory_limit : number > 0
        Bytes that the members in play may take together, roughly. What does not fit is played in turns
        of as many members as do; the results are the same.

    Returns
    -------
    EnsembleHistory
        A member whose loss becomes NaN or infinite is put back to its last good state and stops there
        (see ``failures``); the others play on. After Ctrl-C it holds the steps done.

    Raises
    ------
    ValueError
        Before the first step: as :func:`train`; or if games differ in more than their weights, the same
        game comes twice, or a network cannot be stacked (batch statistics, dropout).

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
    memory_limit = positive_number(memory_limit, "memory_limit")
    callbacks, seeds = tuple(callbacks), _different(seeds)
    games = [make_game(seed) for seed in seeds]
    _check_alike(games, seeds)
    trial = Run(games[0], data, batch_size=batch_size, seed=seeds[0])  # refuses what does not fit
    data = _converted_once(data, trial.batches)
    at_once = max(1, int(memory_limit / _bytes_of_a_member(trial)))
    turns = [range(i, min(i + at_once, len(games))) for i in range(0, len(games), at_once)]

    history = EnsembleHistory(seeds, games, steps)
    start = time.perf_counter()
    # disable=None: tqdm's own word for "only where somebody can see it".
    bar = tqdm(
        total=steps * len(turns),
        desc=f"training {len(games)} games",
        unit="step",
        disable=None if progress else True,
    )
    threads = threads_for(games[0].generator, games[0].discriminator, batch_size=batch_size)
    try:
        with bar, threads, _whole_steps() as whole:
            for turn in turns:
                runs = {i: Run(games[i], data, batch_size=batch_size, seed=seeds[i]) for i in turn}
                members = Members(runs)
                try:
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
                finally:
                    members.part()
    except KeyboardInterrupt:
        history.stopped_by = "keyboard"
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
    first = list(_description(games[0]))
    for seed, game in zip(seeds[1:], games[1:], strict=True):
        for ours, theirs in itertools.zip_longest(first, _description(game), fillvalue="nothing"):
            if ours != theirs:
                raise ValueError(
                    "the games of one ensemble may differ in their weights alone; "
                    f"seed {seeds[0]} has {ours}, seed {seed} has {theirs}."
                )
    for network in (games[0].generator, games[0].discriminator):
        check_stackable(network)
    check_penalty(games[0].objective)


def _description(game):
    """Everything that must be the same in all games, as lines of text."""
    yield f"objective {_name(game.objective)}"
    yield f"discriminator_steps {game.discriminator_steps}"
    yield f"fake_labels {getattr(game.fake_labels, '__name__', game.fake_labels)}"
    for who in ("generator", "discriminator"):
        for group in getattr(game, f"{who}_optimizer").param_groups:
            settings = {name: value for name, value in group.items() if name != "params"}
            yield from (f"{who} {name} {value}" for name, value in settings.items())
        network = getattr(game, who)
        yield f"{who} {type(network).__name__}"
        yield f"{who} of latent_dim {getattr(network, 'latent_dim', None)}"
        yield from (f"{who} layer {line.strip()}" for line in repr(network).splitlines())
        yield from (
            f"{who} {name} of shape {tuple(values.shape)}" for name, values in network.state_dict().items()
        )


def _name(objective):
    if type(objective).__repr__ is not object.__repr__:
        return repr(objective)
    settings = ", ".join(f"{name}={value}" for name, value in vars(objective).items())
    return f"{type(objective).__name__}({settings})"


def _converted_once(data, batches):
    """Data that every member can share: a table is converted to tensors once, not once a member."""
    if isinstance(data, Distribution) or not isinstance(batches, TableBatches):
        return data
    return batches.table


def _bytes_of_a_member(run):
    """Roughly what one member takes while it is played: weights, and what a step keeps for its gradients."""
    game, kept = run.game, {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    real, rng = run.batches.peek(), torch.Generator()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        fake = game.fake_like(real, rng)
        scores = game.judge(real).sum() + game.judge(fake.detach()).sum() + game.judge(fake).sum()
        graph = scores + game.discriminator_penalty(real, fake.detach(), rng)
    del graph
    weights = sum(w.numel() * w.element_size() for w in _weights(game.generator, game.discriminator))
    # Each weight with its gradient, Adam's two moments, and the last good state of weight and moments;
    # what is kept for the gradients, and as much again for the gradients themselves.
    return 7 * weights + 2 * sum(kept.values())


def _weights(*networks):
    return [tensor for network in networks for tensor in network.parameters()]
