"""Small networks: their shapes, their sizes counted by hand, and whose randomness they use."""

import math

import pytest
import torch
from torch import nn

from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.seeding import seeded_rng


@pytest.mark.parametrize(("latent_dim", "data_dim"), [(1, 1), (3, 2), (2, 30)])
@pytest.mark.parametrize("n", [1, 7])
def test_a_generator_maps_latent_points_to_samples(latent_dim, data_dim, n):
    generator = mlp_generator(latent_dim, data_dim, width=5, seed=0)
    assert generator(torch.zeros(n, latent_dim)).shape == (n, data_dim)
    assert (generator.latent_dim, generator.data_dim) == (latent_dim, data_dim)


@pytest.mark.parametrize("data_dim", [1, 2, 30])
@pytest.mark.parametrize("n", [1, 7])
def test_a_discriminator_gives_one_score_per_sample(data_dim, n):
    discriminator = mlp_discriminator(data_dim, width=5, seed=0)
    assert discriminator(torch.zeros(n, data_dim)).shape == (n,)
    assert discriminator.data_dim == data_dim


def test_parameters_counted_by_hand():
    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    # Weights and biases of 3 -> 5 -> 5 -> 2, then of 2 -> 128 -> 128 -> 2 (the defaults).
    assert count(mlp_generator(3, 2, width=5, depth=2)) == (3 * 5 + 5) + (5 * 5 + 5) + (5 * 2 + 2)
    assert count(mlp_generator()) == 3 * 128 + 129 * 128 + 129 * 2
    assert count(mlp_generator(3, 2, width=5, depth=1)) == (3 * 5 + 5) + (5 * 2 + 2)
    assert count(mlp_discriminator(4, width=5, depth=3)) == (4 * 5 + 5) + 2 * (5 * 5 + 5) + (5 + 1)
    assert count(mlp_discriminator()) == 3 * 128 + 129 * 128 + 129


def test_a_tiny_network_by_hand():
    """One unit a layer, every weight 1 and bias 0: the generator is relu, the discriminator leaky relu."""
    for network, negative in ((mlp_generator(1, 1, 1, 1), 0.0), (mlp_discriminator(1, 1, 1), -0.2 * 3)):
        for parameter in network.parameters():
            nn.init.constant_(parameter, 1.0 if parameter.ndim == 2 else 0.0)
        out = network(torch.tensor([[2.0], [-3.0]])).flatten()
        torch.testing.assert_close(out, torch.tensor([2.0, negative]))


def test_outputs_are_unbounded_raw_numbers():
    """No sigmoid and no tanh at the end: a network ten times as large answers ten times as much."""
    for network in (mlp_generator(seed=0), mlp_discriminator(seed=0)):
        for parameter in network.parameters():
            if parameter.ndim == 1:
                nn.init.zeros_(parameter)
        point = torch.tensor([[1.0, 2.0]])
        small, large = network(point), network(1e4 * point)
        torch.testing.assert_close(large, 1e4 * small, rtol=1e-4, atol=0)
        assert large.abs().max() > 1


@pytest.mark.parametrize("make", [mlp_generator, mlp_discriminator])
def test_a_seed_decides_the_weights_and_nothing_else_does(make):
    def weights(**seed):
        return torch.cat([parameter.detach().flatten() for parameter in make(width=8, **seed).parameters()])

    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = weights(seed=3)
    assert torch.equal(torch.get_rng_state(), before)  # the global state was only borrowed
    torch.manual_seed(1)
    assert torch.equal(first, weights(seed=3))
    assert not torch.equal(first, weights(seed=4))
    assert torch.equal(weights(), weights(seed=0))
    assert not torch.equal(weights(seed=None), weights(seed=None))

    rng = seeded_rng(3)
    assert torch.equal(first, weights(seed=rng))
    assert not torch.equal(first, weights(seed=rng))  # a generator moves on


@pytest.mark.parametrize("make", [mlp_generator, mlp_discriminator])
@pytest.mark.parametrize("size", ["data_dim", "width", "depth"])
@pytest.mark.parametrize("value", [0, -1, 2.0, "2", None, math.nan])
def test_a_size_that_is_no_count_is_refused_by_its_name(make, size, value):
    with pytest.raises(ValueError, match=f"^{size} must be a whole number of 1 or more; got "):
        make(**{size: value})


def test_a_latent_dimension_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"^latent_dim must be a whole number of 1 or more; got 0"):
        mlp_generator(latent_dim=0)
