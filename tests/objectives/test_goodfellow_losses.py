"""The two objectives of Goodfellow et al. 2014: by hand, far out, and their slopes."""

import math

import numpy as np
import pytest
import torch

from ganlab.objectives import Minimax, NonSaturating
from ganlab.theory import value_function

LOG2 = math.log(2)
BOTH = pytest.mark.parametrize("objective", [Minimax(), NonSaturating()], ids=lambda o: type(o).__name__)


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


# Scores whose probability is a round number: sigmoid(log 3) = 3/4, sigmoid(-log 3) = 1/4.
LOG3 = math.log(3)


@BOTH
@pytest.mark.parametrize(
    ("real", "fake", "loss"),
    [
        ([0.0], [0.0], 2 * LOG2),
        ([LOG3], [-LOG3], -2 * math.log(3 / 4)),  # right about both
        ([-LOG3], [LOG3], -2 * math.log(1 / 4)),  # wrong about both
        ([LOG3], [LOG3], -math.log(3 / 4) - math.log(1 / 4)),
        # Means, each over its own batch.
        ([LOG3, LOG3, -LOG3], [0.0], -(2 * math.log(3 / 4) + math.log(1 / 4)) / 3 + LOG2),
    ],
)
def test_discriminator_loss_by_hand(objective, real, fake, loss):
    assert objective.discriminator_loss(double(*real), double(*fake)).item() == pytest.approx(loss)


@pytest.mark.parametrize(
    ("fake", "minimax", "non_saturating"),
    [
        ([0.0], -LOG2, LOG2),
        ([LOG3], math.log(1 / 4), -math.log(3 / 4)),  # taken for real with probability 3/4
        ([-LOG3], math.log(3 / 4), -math.log(1 / 4)),
        (
            [LOG3, LOG3, -LOG3],
            (2 * math.log(1 / 4) + math.log(3 / 4)) / 3,
            -(2 * math.log(3 / 4) + math.log(1 / 4)) / 3,
        ),
    ],
)
def test_generator_loss_by_hand(fake, minimax, non_saturating):
    assert Minimax().generator_loss(double(*fake)).item() == pytest.approx(minimax)
    assert NonSaturating().generator_loss(double(*fake)).item() == pytest.approx(non_saturating)


@BOTH
def test_discriminator_loss_is_minus_the_value_of_the_game(objective):
    rng = torch.Generator().manual_seed(0)
    real, fake = (3 * torch.randn(n, generator=rng, dtype=torch.float64) for n in (20, 30))
    value = value_function(real.sigmoid().numpy(), fake.sigmoid().numpy())
    assert objective.discriminator_loss(real, fake).item() == pytest.approx(-value, rel=1e-12)


def test_minimax_is_zero_sum_in_what_the_generator_can_move():
    real, fake = double(0.3, -1.2), double(0.7, 2.0)
    sum_of_losses = Minimax().discriminator_loss(real, fake) + Minimax().generator_loss(fake)
    other = Minimax().discriminator_loss(real, -fake) + Minimax().generator_loss(-fake)
    assert sum_of_losses.item() == pytest.approx(other.item())


@BOTH
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_losses_are_finite_and_right_at_scores_of_ten_thousand(objective, dtype):
    high, low = torch.tensor([1e4], dtype=dtype), torch.tensor([-1e4], dtype=dtype)
    assert objective.discriminator_loss(high, low).item() == 0
    assert objective.discriminator_loss(low, high).item() == pytest.approx(2e4)
    expected = {Minimax: (-1e4, 0), NonSaturating: (0, 1e4)}[type(objective)]
    losses = tuple(objective.generator_loss(scores).item() for scores in (high, low))
    assert losses == pytest.approx(expected)
    for scores in (high, low):
        scores.requires_grad_()
        (slope,) = torch.autograd.grad(objective.generator_loss(scores), scores)
        assert torch.isfinite(slope).all()


SCORES = double(-30.0, -3.0, -0.5, 0.0, 0.5, 3.0, 30.0)


def slopes(loss, scores):
    """d(sum over samples of the loss) / d score: the mean's gradient times the batch size."""
    scores = scores.clone().requires_grad_()
    return torch.autograd.grad(loss(scores), scores)[0] * len(scores)


def test_slopes_are_those_of_the_docstrings():
    torch.testing.assert_close(slopes(Minimax().generator_loss, SCORES), -torch.sigmoid(SCORES))
    torch.testing.assert_close(slopes(NonSaturating().generator_loss, SCORES), -(1 - torch.sigmoid(SCORES)))


@BOTH
def test_the_discriminator_raises_reals_and_lowers_fakes(objective):
    fixed = double(0.0)
    of_real = slopes(lambda real: objective.discriminator_loss(real, fixed), SCORES)
    of_fake = slopes(lambda fake: objective.discriminator_loss(fixed, fake), SCORES)
    torch.testing.assert_close(of_real, -(1 - torch.sigmoid(SCORES)))
    torch.testing.assert_close(of_fake, torch.sigmoid(SCORES))


def test_only_the_minimax_generator_starves_when_it_is_caught():
    caught = double(-10.0)
    assert slopes(Minimax().generator_loss, caught).abs().item() < 1e-4
    assert slopes(NonSaturating().generator_loss, caught).abs().item() > 0.999


@BOTH
def test_gradients_agree_with_finite_differences(objective):
    rng = torch.Generator().manual_seed(1)
    real, fake = (2 * torch.randn(n, generator=rng, dtype=torch.float64) for n in (5, 4))
    for scores in (real, fake):
        scores.requires_grad_()
    assert torch.autograd.gradcheck(objective.discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(objective.generator_loss, (fake,))


GOOD = torch.zeros(3)
BAD = [
    (torch.zeros(3, 1), r"must have shape \(batch,\) with one score or more; got \(3, 1\).*squeeze"),
    (torch.tensor(0.0), r"must have shape \(batch,\).*got \(\)"),
    (torch.zeros(0), r"must have shape \(batch,\) with one score or more; got \(0,\)"),
    (
        torch.zeros(3, dtype=torch.int64),
        "must be a floating-point torch tensor of raw scores; got torch.int64",
    ),
    (np.zeros(3), "must be a floating-point torch tensor of raw scores; got ndarray"),
    ([0.0], "must be a floating-point torch tensor of raw scores; got list"),
    ("scores", "must be a floating-point torch tensor of raw scores; got str"),
    (torch.tensor([0.0, math.nan]), r"must be finite; 1 of its values .* index \(1,\)"),
    (torch.tensor([-math.inf, 0.0]), "must be finite"),
]


@BOTH
@pytest.mark.parametrize(("scores", "message"), BAD)
def test_what_is_no_batch_of_scores_is_refused_by_its_name(objective, scores, message):
    with pytest.raises(ValueError, match=f"^real_scores {message}"):
        objective.discriminator_loss(scores, GOOD)
    with pytest.raises(ValueError, match=f"^fake_scores {message}"):
        objective.discriminator_loss(GOOD, scores)
    with pytest.raises(ValueError, match=f"^fake_scores {message}"):
        objective.generator_loss(scores)
