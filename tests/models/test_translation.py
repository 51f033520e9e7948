"""The translator and the patch judge: shapes, what a patch sees, seeds, and what they refuse."""

import pytest
import torch
from torch import nn

from ganlab.models import patch_discriminator, residual_translator, translation_generator
from ganlab.models.translation import ResidualBlock

BOTH = pytest.mark.parametrize("make", [translation_generator, patch_discriminator])


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("size", [16, 20, 64])
def test_a_translation_has_the_shape_of_its_original_and_stays_in_range(size):
    generator = translation_generator(size=size, width=4, seed=0)
    images = generator(10 * randn(2, 1, size, size))
    assert images.shape == (2, 1, size, size)
    assert images.abs().max() <= 1
    assert (generator.size, generator.n_classes) == (size, None)


def test_a_translation_keeps_place():
    """A change at one pixel changes the output around it: nothing is mirrored, turned or swapped."""
    generator = translation_generator(size=64, width=4, depth=1, seed=0)
    image = randn(1, 1, 64, 64).requires_grad_()
    (slope,) = torch.autograd.grad(generator(image)[0, 0, 10, 50], image)
    # Normalisation couples all pixels a little; convolutions couple near ones a lot.
    assert slope[0, 0, :32, 32:].abs().sum() > 0.6 * slope.abs().sum()
    row, column = divmod(slope.abs().argmax().item(), 64)
    assert abs(row - 10) <= 8
    assert abs(column - 50) <= 8


def test_an_overall_brightness_is_not_lost():
    """What instance normalisation would do to two even images: make them one."""
    generator = translation_generator(size=16, width=8, seed=0)
    dark, bright = generator(torch.stack([torch.full((1, 16, 16), level) for level in (-0.8, 0.3)]))
    assert (dark - bright).abs().mean() > 0.01


def test_channels_are_normalised_in_groups_and_blocks_add_to_their_input():
    generator = translation_generator(size=16, width=8, seed=0)
    norms = [module for module in generator.modules() if isinstance(module, nn.GroupNorm)]
    assert len(norms) == 3 + 2 * 3
    assert all(norm.num_channels // norm.num_groups >= 4 for norm in norms)
    for block in (module for module in generator if isinstance(module, ResidualBlock)):
        nn.init.zeros_(block.convolutions[-1].weight)
        images = randn(2, 16, 8, 8)
        torch.testing.assert_close(block(images), images)


@pytest.mark.parametrize("size", [16, 64])
def test_the_score_is_the_mean_over_patches(size):
    discriminator = patch_discriminator(size=size, width=4, seed=0)
    images = randn(3, 1, size, size)
    scores, patches = discriminator(images), discriminator.patch_scores(images)
    assert scores.shape == (3,)
    assert patches.shape == (3, size // 4, size // 4)
    torch.testing.assert_close(scores, patches.flatten(1).mean(1))


@pytest.mark.parametrize(("depth", "side", "before"), [(1, 8, 3), (2, 18, 7), (3, 38, 15)])
def test_a_patch_is_five_times_two_to_the_depth_less_two_a_side_and_lies_where_its_score_is(
    depth, side, before
):
    discriminator = patch_discriminator(size=64, width=4, depth=depth, seed=0)
    image = randn(1, 1, 64, 64).requires_grad_()
    # The score in row 20 / 2^depth and column 32 / 2^depth, whose patch lies inside the image.
    place = 24 // 2**depth, 32 // 2**depth
    (slope,) = torch.autograd.grad(discriminator.patch_scores(image)[0, *place], image)
    rows, columns = (slope[0, 0] != 0).nonzero().T
    for start, indices in zip((24, 32), (rows, columns), strict=True):
        assert (indices.min().item(), indices.max().item()) == (start - before, start - before + side - 1)


def test_a_residual_translator_adds_what_its_convolutions_make_of_the_clipped_image():
    """A second way to write it: torch's functions, layer by layer."""
    network = residual_translator(width=4, seed=0)
    images = 3 * randn(2, 1, 12, 9)
    made = images.clamp(-1, 1)
    for place in (0, 2, 4):
        made = nn.functional.pad(made, (2, 2, 2, 2), mode="reflect")
        made = nn.functional.conv2d(made, network[place].weight, network[place].bias)
        made = made.relu() if place < 4 else made
    torch.testing.assert_close(network(images), images + made)
    air = torch.full((1, 1, 20, 20), -5.0)
    assert (network(air) - air).std() < 1e-5


def test_a_residual_translator_refuses_what_is_no_grey_image():
    network = residual_translator(seed=0)
    for shape in [(2, 3, 16, 16), (1, 16, 16), (2, 1, 2, 16)]:
        with pytest.raises(ValueError, match=r"shape \(n, 1, height, width\), with 3 pixels a side"):
            network(torch.zeros(shape))


def test_parameters_counted_by_hand():
    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    def convolution(inputs, outputs, side):
        return inputs * outputs * side**2 + outputs

    assert count(patch_discriminator(width=4)) == (
        convolution(1, 4, 4) + convolution(4, 8, 4) + convolution(8, 1, 3)
    )
    ends = convolution(1, 4, 5) + 2 * 4 + convolution(4, 8, 4) + 2 * 8
    ends += convolution(8, 4, 4) + 2 * 4 + convolution(4, 1, 5)
    block = 2 * (convolution(8, 8, 3) + 2 * 8)
    assert count(translation_generator(width=4, depth=2)) == ends + 2 * block


@BOTH
def test_every_weight_matters_and_nothing_is_remembered(make):
    network = make(size=16, width=4, seed=0)
    loss = network(randn(2, 1, 16, 16)).square().sum()
    assert all((g != 0).any() for g in torch.autograd.grad(loss, list(network.parameters())))
    assert list(network.buffers()) == []


@BOTH
def test_a_seed_decides_the_weights_and_nothing_else_does(make):
    def weights(seed):
        return torch.cat([p.detach().flatten() for p in make(size=16, width=4, seed=seed).parameters()])

    before = torch.get_rng_state()
    first = weights(3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, weights(3))
    assert not torch.equal(first, weights(4))


def test_a_side_that_cannot_be_halved_so_often_is_refused():
    with pytest.raises(ValueError, match=r"a multiple of 16, to be halved 4 times; got 24\.$"):
        patch_discriminator(size=24, depth=4)
    with pytest.raises(ValueError, match=r"^depth must be a whole number of 1 or more; got 0"):
        patch_discriminator(depth=0)


@BOTH
def test_bad_sizes_and_other_shapes_are_refused_with_both_sides(make):
    for size in (12, 30):
        with pytest.raises(ValueError, match=f"^size must be 16 or more and a multiple of 4.*; got {size}"):
            make(size=size)
    for name in ("size", "width"):
        with pytest.raises(ValueError, match=f"^{name} must be a whole number of 1 or more; got 0"):
            make(**{name: 0})
    for shape in [(2, 3, 16, 16), (2, 1, 32, 32), (2, 16, 16)]:
        with pytest.raises(ValueError) as refusal:
            make(size=16, width=4)(torch.zeros(shape))
        assert "must have shape (n, 1, 16, 16)" in str(refusal.value)
        assert str(shape) in str(refusal.value)
