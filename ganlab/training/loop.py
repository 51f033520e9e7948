"""The training loop. `play` is the whole story; `train` keeps its record and its manners."""

import itertools
import time
from contextlib import contextmanager

import torch
from tqdm.auto import tqdm

from ganlab.seeding import seeded_rng
from ganlab.training.batches import real_batches
from ganlab.training.discriminator import check_discriminator_fits
from ganlab.training.history import History, Record
from ganlab.training.threads import threads_for
from ganlab.validation import NonFiniteError, positive_integer, refuse_non_finite

# A good state is kept this often (steps), so that a run that blows up can be put back close to its end.
STEPS_BETWEEN_SAFE_STATES = 100


class NonFiniteLoss(ArithmeticError):
    """A player's loss became NaN or infinite.

    Attributes
    ----------
    step : int
        The step it happened in, counted from 1.
    player : str
        "discriminator" or "generator".
    history : History
        Every step before it.
    good_step : int
        The step whose state the game was put back to.
    """

    def __init__(self, step, player):
        super().__init__(step, player)
        self.step, self.player = step, player
        self.history, self.good_step = History(), 0

    def __str__(self):
        return (
            f"the {self.player}'s loss became NaN or infinite in step {self.step}. The game was put back "
            f"to its state after step {self.good_step}. A smaller learning_rate is the usual remedy."
        )


def play(game, batches, rng):
    """Play the game for ever, one generator update a step, and yield a Record of each.

    Parameters
    ----------
    game : Game
    batches : iterator of tensors, shape (batch, ...)
        Real samples.
    rng : torch.Generator
        Of the latent points.
    """
    start = time.perf_counter()
    objective = game.objective
    for step in itertools.count(1):
        for _ in range(game.discriminator_steps):
            real = next(batches)
            fake = game.generator(game.latent(len(real), rng))
            real_scores = game.discriminator(real)
            fake_scores = game.discriminator(fake.detach())  # D's step must not move G
            with _finite("discriminator", step):
                loss_d = objective.discriminator_loss(real_scores, fake_scores)
                refuse_non_finite(loss_d, "loss")
            game.update_discriminator(loss_d)

        with _finite("generator", step):
            loss_g = objective.generator_loss(game.discriminator(fake))
            refuse_non_finite(loss_g, "loss")
        game.update_generator(loss_g)

        yield Record(
            step,
            discriminator_loss=loss_d.item(),
            generator_loss=loss_g.item(),
            real_score=real_scores.mean().item(),
            fake_score=fake_scores.mean().item(),
            accuracy=((real_scores > 0).float().mean() + (fake_scores < 0).float().mean()).item() / 2,
            seconds=time.perf_counter() - start,
        )


def train(game, data, steps, *, batch_size=256, seed=None, callbacks=(), progress=True):
    """Train a game in place and return what happened at every step.

    Parameters
    ----------
    game : Game
        Changed in place.
    data : torch.distributions.Distribution or array, shape (n, ...)
        The real samples: drawn afresh from a distribution, or dealt out from a table.
    steps : int >= 1
        Generator updates.
    batch_size : int >= 1
        Real samples, and as many fakes, a step.
    seed : int, torch.Generator or None
        Of the data order and the latent points. The same seed and game give the same run.
    callbacks : iterable of functions (game, record) -> None
        Called after every step.
    progress : bool
        Show a bar. It is silent where there is neither a terminal nor a notebook.

    Returns
    -------
    History
        One Record per step. After Ctrl-C (the stop button in JupyterLab) it holds the steps done, its
        `stopped_by` is "keyboard", and the game stays as it then was.

    Raises
    ------
    ValueError
        Before the first step: if `data` is empty, not finite, smaller than a batch, or of another shape
        than the generator's samples.
    NonFiniteLoss
        If a loss becomes NaN or infinite; it names the step and the player, and the game is put back to
        the last state known to be good.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> len(train(game, ring(), steps=3, batch_size=32, seed=2))
    3
    """
    steps = positive_integer(steps, "steps")
    rng = seeded_rng(seed)
    batches = real_batches(data, batch_size, rng)
    first = next(batches)
    _check_players_match(game, first)
    callbacks = tuple(callbacks)

    history = History()
    good_step, good_state = 0, game.state_dict()
    records = itertools.islice(play(game, itertools.chain([first], batches), rng), steps)
    # disable=None: tqdm's own word for "only where somebody can see it".
    bar = tqdm(records, total=steps, desc="training", unit="step", disable=None if progress else True)
    try:
        with threads_for(game.generator, game.discriminator, batch_size=len(first)):
            for record in bar:
                history.records.append(record)
                for callback in callbacks:
                    callback(game, record)
                if record.step % STEPS_BETWEEN_SAFE_STATES == 0 and _all_finite(game):
                    good_step, good_state = record.step, game.state_dict()
    except KeyboardInterrupt:
        history.stopped_by = "keyboard"
    except NonFiniteLoss as problem:
        game.load_state_dict(good_state)
        problem.history, problem.good_step = history, good_step
        raise
    finally:
        bar.close()
    return history


@contextmanager
def _finite(player, step):
    """Turn a complaint about a non-finite score or loss into NonFiniteLoss, before any player moves."""
    try:
        yield
    except NonFiniteError as problem:
        raise NonFiniteLoss(step, player) from problem


def _all_finite(game):
    players = (game.generator, game.discriminator)
    return all(bool(torch.isfinite(weights).all()) for player in players for weights in player.parameters())


@torch.no_grad()
def _check_players_match(game, real):
    """Refuse, before the first step, players that do not fit the data: nothing may broadcast silently."""
    latent_dim = game.generator.latent_dim
    try:
        fake = game.generator(torch.zeros(len(real), latent_dim))
    except RuntimeError as problem:
        raise ValueError(
            f"the generator does not accept latent points of shape ({latent_dim},), its latent_dim: {problem}"
        ) from None
    if fake.shape != real.shape:
        raise ValueError(
            f"the generator makes samples of shape {tuple(fake.shape[1:])}, "
            f"but the data's samples have shape {tuple(real.shape[1:])}."
        )
    check_discriminator_fits(game.discriminator, real)
