"""The training loop: `play` is the whole story."""

import itertools
import math
import time
from contextlib import contextmanager

import torch

from ganlab.training.history import History, Record, RecordWithGradients
from ganlab.validation import NonFiniteError, refuse_non_finite


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
    recording : Recording or None
        What there is of it, if the run was being recorded.
    """

    def __init__(self, step, player):
        super().__init__(step, player)
        self.step, self.player = step, player
        self.history, self.good_step, self.recording = History(), 0, None

    def __str__(self):
        return (
            f"the {self.player}'s loss became NaN or infinite in step {self.step}. The game was put back "
            f"to its state after step {self.good_step}. A smaller learning_rate is the usual remedy."
        )


def play(game, batches, rng, *, aside=None, after=0):
    """Play the game for ever, one generator update a step, and yield a Record of each.

    Parameters
    ----------
    game : Game
    batches : iterator of tensors, shape (batch, ...)
        Real samples; for a conditional game, of pairs (samples, labels).
    rng : torch.Generator
        Of the latent points.
    aside : torch.Generator or None
        Of what only some objectives draw, so that noise and data are the same for all of them.
    after : int
        The steps played before.
    """
    start = time.perf_counter()
    aside = aside or forked_rng(rng)
    for step in itertools.count(after + 1):
        for _ in range(game.discriminator_steps):
            real = next(batches)
            fake = game.fake_like(real, rng)
            seen = game.remember(fake.detach(), rng)  # D's step must not move G
            real_scores, fake_scores = game.judge_both(real, seen)
            with _finite("discriminator", step):
                loss_d = game.objective.discriminator_loss(real_scores, fake_scores)
                loss_d = loss_d + game.discriminator_penalty(real, seen, aside)
                refuse_non_finite(loss_d, "loss")
            game.update_discriminator(loss_d)

        with _finite("generator", step):
            loss_g = game.objective.generator_loss(game.judge(fake))
            loss_g = loss_g + game.generator_penalty(real, fake)
            refuse_non_finite(loss_g, "loss")
        game.update_generator(loss_g)

        yield Record(
            step,
            discriminator_loss=loss_d.item(),
            generator_loss=loss_g.item(),
            real_score=real_scores.detach().mean().item(),
            fake_score=fake_scores.detach().mean().item(),
            accuracy=_accuracy(game.objective, real_scores, fake_scores),
            seconds=time.perf_counter() - start,
        )


def play_measured(game, batches, rng, **place):
    """`play`, with the length of the gradient that each player followed last in every record.

    The gradient of the whole loss, penalties included, over all weights of the player: its Euclidean norm.
    """
    for record in play(game, batches, rng, **place):
        norms = (_gradient_norm(player) for player in (game.discriminator, game.generator))
        yield RecordWithGradients(*record, *norms)


def forked_rng(rng):
    """A random generator of its own whose start `rng` decides, without `rng` being moved."""
    fork = torch.Generator()
    fork.set_state(rng.get_state())
    return fork.manual_seed(int(torch.randint(2**62, (), generator=fork)))


def _accuracy(objective, real_scores, fake_scores):
    """The share called correctly; NaN under an objective whose scores only rank."""
    bound = getattr(objective, "real_above", 0.0)
    if bound is None:
        return math.nan
    right_on_real = torch.count_nonzero(real_scores > bound).item() / len(real_scores)
    right_on_fake = torch.count_nonzero(fake_scores < bound).item() / len(fake_scores)
    return (right_on_real + right_on_fake) / 2


def _gradient_norm(player):
    gradients = [weights.grad for weights in player.parameters() if weights.grad is not None]
    return torch.stack([gradient.norm() for gradient in gradients]).norm().item()


@contextmanager
def _finite(player, step):
    """Turn a complaint about a non-finite score or loss into NonFiniteLoss, before any player moves."""
    try:
        yield
    except NonFiniteError as problem:
        raise NonFiniteLoss(step, player) from problem
