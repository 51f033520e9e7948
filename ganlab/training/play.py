"""The training loop: `play` is the whole game, on one screen."""

import itertools
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ganlab.seeding import forked_rng
from ganlab.training.history import History, Record, RecordWithGradients
from ganlab.validation import NonFiniteError


class NonFiniteLoss(ArithmeticError):
    """A player's loss became NaN or infinite.

    Attributes
    ----------
    player : str
        "discriminator" or "generator".
    step : int or None
        The step it happened in, counted from 1; None where the game was played by `play` itself.
    history : History
        Every step before it.
    good_step : int
        The step whose state the game was put back to.
    recording : Recording or None
        What there is of it, if the run was being recorded.
    """

    def __init__(self, player: str, step: int | None = None):
        super().__init__(player, step)
        self.player, self.step = player, step
        self.history, self.good_step, self.recording = History(), 0, None

    def __str__(self):
        where = "" if self.step is None else f" in step {self.step}"
        back = f" The game was put back to its state after step {self.good_step}." if where else ""
        return (
            f"the {self.player}'s loss became NaN or infinite{where}.{back} "
            "A smaller learning_rate is the usual remedy."
        )


def play(game, batches: Iterator, rng: torch.Generator, penalty_rng: torch.Generator | None = None):
    """Play the game for ever, one generator update a step, and yield a Record of each.

    Parameters
    ----------
    game : Game
    batches : iterator of tensors, shape (batch, ...)
        Real samples; for a conditional game, of pairs (samples, labels).
    rng : torch.Generator
        Of the latent points.
    penalty_rng : torch.Generator or None
        Of the points at which a gradient penalty is taken. It has a random stream of its own, so that
        latent points and data are the same under every objective.
    """
    start = time.perf_counter()
    penalty_rng = penalty_rng or forked_rng(rng)
    for step in itertools.count(1):
        for _ in range(game.discriminator_steps):
            real = next(batches)
            fake = game.fake_like(real, rng)
            # Detached: the discriminator's step must not move the generator.
            loss_d, real_scores, fake_scores = game.discriminator_loss(real, fake.detach(), rng, penalty_rng)
            game.update_discriminator(loss_d)

        loss_g = game.generator_loss(real, fake)  # by the discriminator as it now is
        game.update_generator(loss_g)

        yield Record(
            step,
            discriminator_loss=loss_d.item(),
            generator_loss=loss_g.item(),
            real_score=real_scores.mean().item(),
            fake_score=fake_scores.mean().item(),
            accuracy=accuracy(game.objective, real_scores, fake_scores),
            seconds=time.perf_counter() - start,
        )


def accuracy(objective, real_scores, fake_scores):
    """The share called correctly; NaN under an objective whose scores only rank."""
    bound = getattr(objective, "real_above", 0.0)
    if bound is None:
        return math.nan
    right_on_real = torch.count_nonzero(real_scores > bound).item() / len(real_scores)
    right_on_fake = torch.count_nonzero(fake_scores < bound).item() / len(fake_scores)
    return (right_on_real + right_on_fake) / 2


def with_gradient_norms(game, records):
    """The records of a game in play, with the length of the gradient that each player followed last."""
    for record in records:
        yield RecordWithGradients(*record, _gradient_norm(game.discriminator), _gradient_norm(game.generator))


def _gradient_norm(player):
    gradients = [weights.grad for weights in player.parameters() if weights.grad is not None]
    return torch.stack([gradient.norm() for gradient in gradients]).norm().item()


@contextmanager
def finite_loss(player):
    """Turn a complaint about a non-finite score or loss into NonFiniteLoss, before any player moves."""
    try:
        yield
    except NonFiniteError as problem:
        raise NonFiniteLoss(player) from problem
