"""Cycle consistency and identity loss: by hand, their gradients, and what they refuse."""

import math

import numpy as np
import pytest
import torch

from ganlab.objectives import cycle_consistency, identity_loss

BOTH = pytest.mark.parametrize("loss", [cycle_consistency, identity_loss])
NAMES = {cycle_consistency: ("original", "reconstructed"), identity_loss: ("target", "mapped")}


@BOTH
def test_mean_absolute_difference_by_hand(loss):
    first, second = [[0.0, 1.0], [2.0, -3.0]], [[0.5, 1.0], [0.0, -4.5]]
    expected = (0.5 + 0 + 2 + 1.5) / 4
    assert loss(torch.tensor(first), torch.tensor(second)).item() == pytest.approx(expected)
    assert loss(np.array(first), np.array(second)) == pytest.approx(expected)
    assert loss(torch.tensor(second), torch.tensor(first)).item() == pytest.approx(expected)


@BOTH
def test_images_of_bytes_do_not_wrap_around(loss):
    dark, bright = np.array([[10]], dtype=np.uint8), np.array([[200]], dtype=np.uint8)
    assert loss(dark, bright) == pytest.approx(190)


@BOTH
def test_gradients_agree_with_finite_differences_and_reach_both(loss):
    rng = torch.Generator().manual_seed(0)
    first, second = (torch.randn(2, 1, 3, 3, generator=rng, dtype=torch.float64) for _ in range(2))
    assert torch.autograd.gradcheck(loss, (first.requires_grad_(), second.requires_grad_()))


@BOTH
def test_inside_vmap_each_member_has_its_own(loss):
    rng = torch.Generator().manual_seed(0)
    first, second = torch.randn(3, 4, 2, generator=rng), torch.randn(3, 4, 2, generator=rng)
    singles = torch.stack([loss(a, b) for a, b in zip(first, second, strict=True)])
    torch.testing.assert_close(torch.func.vmap(loss)(first, second), singles)


@BOTH
def test_nothing_is_broadcast_and_the_rest_is_refused(loss):
    first, second = NAMES[loss]
    for a, b, message in [
        (
            torch.zeros(2, 1, 4, 4),
            torch.zeros(2, 4, 4),
            rf"{first} and {second} .* same shape; got \(2, 1, 4",
        ),
        (torch.zeros(2, 3), torch.zeros(1, 3), rf"{first} and {second} must have the same shape"),
        (torch.zeros(2), np.zeros(2), rf"{first} and {second} must both be torch.*Tensor and ndarray"),
        (torch.zeros(0, 3), torch.zeros(0, 3), f"{first} is empty"),
        (torch.zeros(1), torch.tensor([math.nan]), f"{second} must be finite"),
        (torch.tensor([math.inf]), torch.zeros(1), f"{first} must be finite"),
    ]:
        with pytest.raises(ValueError, match=message):
            loss(a, b)
