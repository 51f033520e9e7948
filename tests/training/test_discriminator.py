"""One player alone: classification, whose optimum is known."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from ganlab.models import mlp_discriminator
from ganlab.objectives import GradientPenalty, Minimax, SpectralNorm, Wasserstein, WeightClipping
from ganlab.objectives.constraints import Unconstrained
from ganlab.theory import optimal_discriminator
from ganlab.training import train_discriminator


def test_it_finds_the_optimal_discriminator_of_a_table_of_counts():
    """On three points every answer can be reached, so the shares of the real samples are the optimum."""
    real = np.repeat([0.0, 1.0, 2.0], [30, 20, 0])
    fake = np.repeat([0.0, 1.0, 2.0], [10, 20, 20])
    discriminator = mlp_discriminator(data_dim=1, width=16, seed=0)
    train_discriminator(discriminator, Minimax(), real, fake, steps=400)
    answers = discriminator(torch.tensor([[0.0], [1.0], [2.0]])).sigmoid().detach()
    best = optimal_discriminator([0.6, 0.4, 0.0], [0.2, 0.4, 0.4])
    np.testing.assert_allclose(answers, best, atol=0.02)


def test_losses_equal_those_of_a_loop_by_hand():
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(12, 2, generator=rng), torch.randn(9, 2, generator=rng) + 1
    losses = train_discriminator(
        mlp_discriminator(width=8, seed=1), Minimax(), real, fake, 6, learning_rate=0.03
    )
    network = mlp_discriminator(width=8, seed=1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
    by_hand = []
    for _ in range(6):
        loss = softplus(-network(real)).mean() + softplus(network(fake)).mean()
        by_hand.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(losses, by_hand, atol=1e-5)
    assert not losses.requires_grad


def test_the_generator_behind_the_fakes_gets_no_gradient():
    generator = nn.Linear(2, 2)
    fake = generator(torch.ones(8, 2))
    train_discriminator(mlp_discriminator(width=8, seed=0), Minimax(), torch.zeros(8, 2), fake, steps=3)
    assert all(parameter.grad is None for parameter in generator.parameters())


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_points_of_any_kind_on_a_line_become_rows(kind):
    network = mlp_discriminator(data_dim=1, width=8, seed=0)
    assert train_discriminator(network, Minimax(), kind([1.0, 2.0]), kind([3.0]), steps=2).shape == (2,)


GOOD = torch.zeros(3, 2)


@pytest.mark.parametrize(
    ("real", "fake", "settings", "message"),
    [
        (torch.zeros(0, 2), GOOD, {}, "real is empty"),
        (GOOD, torch.full((3, 2), math.nan), {}, "fake must be finite"),
        ("real", GOOD, {}, "real must hold numbers"),
        (torch.zeros(3, 1), GOOD, {}, r"discriminator does not accept samples of shape \(1,\)"),
        (GOOD, torch.zeros(3, 5), {}, r"discriminator does not accept samples of shape \(5,\)"),
        (torch.zeros(3, 4, 2), GOOD, {}, r"one raw score per sample, shape \(3,\); it gave \(12,\)"),
        (GOOD, GOOD, {"steps": 0}, "^steps must be a whole number of 1 or more"),
        (GOOD, GOOD, {"learning_rate": 0}, "^learning_rate must be a finite number above 0"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(real, fake, settings, message):
    network = mlp_discriminator(width=8, seed=0)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    with pytest.raises(ValueError, match=message):
        train_discriminator(network, Minimax(), real, fake, **{"steps": 3, **settings})
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


@pytest.mark.parametrize(
    ("constraint", "steepest"),
    [(WeightClipping(0.05), 0.2), (SpectralNorm(), 1.001), (GradientPenalty(10), 1.5)],
)
def test_a_critic_obeys_its_constraint(constraint, steepest):
    """Of two heaps 4 apart: without a constraint the critic would be steeper every step."""
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(60, 2, generator=rng) + 2, torch.randn(40, 2, generator=rng) - 2
    slopes = {}
    for name, objective in (("bound", Wasserstein(constraint)), ("free", Wasserstein(Unconstrained()))):
        critic = mlp_discriminator(width=16, seed=0)
        train_discriminator(critic, objective, real, fake, steps=300, seed=1)
        points = torch.cat([real, fake]).requires_grad_()
        (slope,) = torch.autograd.grad(critic(points).sum(), points)
        slopes[name] = slope.norm(dim=1).max().item()
    assert slopes["bound"] <= steepest
    assert slopes["free"] > 10


def test_the_seed_decides_where_the_penalty_is_taken():
    real, fake = torch.randn(8, 2, generator=torch.Generator().manual_seed(0)), torch.zeros(5, 2)

    def losses(seed):
        critic = mlp_discriminator(width=8, seed=0)
        return train_discriminator(critic, Wasserstein(GradientPenalty()), real, fake, steps=4, seed=seed)

    assert torch.equal(losses(0), losses(0))
    assert not torch.equal(losses(0), losses(1))
