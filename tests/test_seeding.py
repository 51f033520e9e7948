"""The same seed gives the same numbers, and nobody else's randomness is touched."""

import math

import numpy as np
import pytest
import torch

from ganlab.seeding import isolated_randomness, seeded_numpy_rng, seeded_rng


def test_a_seed_decides_the_numbers():
    first, again, other = (torch.rand(100, generator=seeded_rng(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    # A seed means what it means to torch, so runs can be repeated without ganlab.
    assert torch.equal(first, torch.rand(100, generator=torch.Generator().manual_seed(3)))


def test_every_kind_of_whole_number_is_a_seed():
    expected = torch.rand(3, generator=seeded_rng(5))
    for seed in (np.int64(5), torch.tensor(5)):
        assert torch.equal(torch.rand(3, generator=seeded_rng(seed)), expected)
    seeded_rng(0)
    seeded_rng(2**63 - 1)


def test_no_seed_means_fresh_entropy():
    assert not torch.equal(*(torch.rand(4, generator=seeded_rng(None)) for _ in range(2)))


def test_a_generator_is_passed_on():
    rng = torch.Generator().manual_seed(0)
    assert seeded_rng(rng) is rng


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, "1", math.nan, [1]])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed must be (a whole number|0 or more)"):
        seeded_rng(seed)


@pytest.mark.parametrize("problem", [None, KeyboardInterrupt])
def test_global_randomness_is_put_back_whatever_happens(problem):
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    try:
        with isolated_randomness(0):
            torch.rand(50)
            if problem:
                raise problem
    except KeyboardInterrupt:
        pass
    assert torch.equal(torch.rand(3), expected)


def test_inside_the_block_the_seed_alone_decides():
    drawn = []
    for outside in (1, 2):
        torch.manual_seed(outside)
        with isolated_randomness(7):
            drawn.append(torch.rand(5))
    assert torch.equal(*drawn)
    with isolated_randomness(8):
        assert not torch.equal(torch.rand(5), drawn[0])


def test_a_generator_gives_every_block_other_numbers():
    rng = seeded_rng(0)
    drawn = []
    for _ in range(2):
        with isolated_randomness(rng):
            drawn.append(torch.rand(5))
    assert not torch.equal(*drawn)


def test_numpys_generator_follows_the_same_seed():
    def draw(seed):
        return seeded_numpy_rng(seed).random(4).tolist()

    assert draw(3) == draw(3) != draw(4)
    assert draw(None) != draw(None)
    rng = seeded_rng(3)
    assert draw(rng) == draw(3)
    assert draw(rng) != draw(3)  # a torch generator moves on
    with pytest.raises(ValueError, match=r"^seed must be 0 or more"):
        seeded_numpy_rng(-1)
