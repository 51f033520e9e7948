"""The convolutional pair: shapes, ranges, sizes by hand, seeds, stacks, and what they refuse."""

import pytest
import torch
from torch import nn

from ganlab.models import (
    image_discriminator,
    image_generator,
)
from ganlab.models.convolutional import channel_ladder, group_norm

GENERATORS = pytest.mark.parametrize("make", [image_generator])
DISCRIMINATORS = pytest.mark.parametrize("make", [image_discriminator])
EVERY = pytest.mark.parametrize(
    "make",
    [image_generator, image_discriminator],
)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@GENERATORS
@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("n", [1, 3])
def test_a_generator_makes_images_in_range(make, size, n):
    generator = make(size=size, latent_dim=5, width=4, seed=0)
    images = generator(20 * randn(n, 5))
    assert images.shape == (n, 1, size, size)
    assert images.abs().max() <= 1
    assert (generator.size, generator.latent_dim, generator.n_classes) == (size, 5, None)


@DISCRIMINATORS
@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("n", [1, 3])
def test_a_discriminator_gives_one_raw_score_per_image(make, size, channels, n):
    discriminator = make(size=size, width=4, channels=channels, seed=0)
    scores = discriminator(randn(n, channels, size, size))
    assert scores.shape == (n,)
    far = discriminator(1e4 * randn(n, channels, size, size))
    assert far.abs().max() > 10  # no sigmoid hides inside
    assert (discriminator.size, discriminator.channels, discriminator.n_classes) == (size, channels, None)


def test_channels_double_towards_the_smallest_side_up_to_four_times():
    assert channel_ladder(32, 8) == [8, 16, 32]
    assert channel_ladder(64, 8) == [8, 16, 32, 32]


def test_parameters_counted_by_hand():
    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    def convolution(inputs, outputs, side):
        return inputs * outputs * side**2 + outputs

    # 4 x 4 pixels of 16 channels from 5 numbers; each normalisation has a scale and a shift a channel.
    generator = (5 + 1) * 16 * 16 + 2 * 16
    generator += convolution(16, 8, 4) + 2 * 8 + convolution(8, 4, 4) + 2 * 4 + convolution(4, 1, 4)
    assert count(image_generator(latent_dim=5, width=4)) == generator

    features = convolution(1, 4, 4) + convolution(4, 8, 4) + convolution(8, 16, 4)
    assert count(image_discriminator(width=4)) == features + 16 * 16 + 1
    assert count(image_discriminator(width=4, channels=2)) == features + 4 * 16 + 16 * 16 + 1


@GENERATORS
def test_an_image_does_not_depend_on_the_rest_of_its_batch(make):
    generator, latent = make(width=4, seed=0), randn(4, 64)
    torch.testing.assert_close(generator(latent)[:1], generator(latent[:1]), rtol=1e-4, atol=1e-5)


@DISCRIMINATORS
def test_a_score_does_not_depend_on_the_rest_of_its_batch(make):
    discriminator, images = make(width=4, seed=0), randn(4, 1, 32, 32)
    torch.testing.assert_close(discriminator(images)[:1], discriminator(images[:1]), rtol=1e-4, atol=1e-5)


@EVERY
def test_nothing_is_remembered_from_a_forward_pass(make):
    """No running statistics: what batch normalisation would bring, and vmap could not stack."""
    network = make(width=4, seed=0)
    assert list(network.buffers()) == []
    assert not any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())


@DISCRIMINATORS
def test_a_discriminator_has_no_normalisation_so_that_its_slope_can_be_bounded(make):
    assert not any(isinstance(module, nn.GroupNorm) for module in make(width=4).modules())


@GENERATORS
def test_every_latent_number_and_every_weight_matters(make):
    generator = make(latent_dim=6, width=4, seed=0)
    latent = randn(3, 6).requires_grad_()
    images = generator(latent)
    gradients = torch.autograd.grad(images.square().sum(), [latent, *generator.parameters()])
    assert all(gradient.abs().sum() > 0 for gradient in gradients)
    assert images.std(dim=0).mean() > 0.01  # and different latents make different images
    assert (gradients[0].abs() > 0).all()


@DISCRIMINATORS
def test_every_pixel_and_every_weight_matters(make):
    discriminator = make(width=4, seed=0)
    images = randn(2, 1, 32, 32).requires_grad_()
    scores = discriminator(images)
    gradients = torch.autograd.grad(scores.square().sum(), [images, *discriminator.parameters()])
    assert all(gradient.abs().sum() > 0 for gradient in gradients)
    assert (gradients[0] != 0).all()


@EVERY
def test_a_seed_decides_the_weights_and_nothing_else_does(make):
    def weights(seed):
        return torch.cat(
            [parameter.detach().flatten() for parameter in make(width=4, seed=seed).parameters()]
        )

    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = weights(3)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert torch.equal(first, weights(3))
    assert not torch.equal(first, weights(4))
    assert not torch.equal(weights(None), weights(None))


def test_groups_of_channels_are_never_smaller_than_four_unless_there_are_fewer():
    groups = {channels: group_norm(channels).num_groups for channels in (1, 3, 4, 6, 8, 16, 24, 32, 128)}
    assert groups == {1: 1, 3: 1, 4: 1, 6: 1, 8: 2, 16: 4, 24: 4, 32: 8, 128: 8}


@EVERY
@pytest.mark.parametrize("size", [31, 16, 128])
def test_a_size_that_they_are_not_built_for_is_refused(make, size):
    with pytest.raises(ValueError, match=rf"^size must be 32 or 64 pixels.*; got {size}"):
        make(size=size)


@EVERY
@pytest.mark.parametrize("value", [0, -1, 2.5, "4"])
def test_a_number_that_is_no_count_is_refused_by_its_name(make, value):
    is_generator = "generator" in make.__name__
    for name in ("width", "size", "n_classes", "latent_dim" if is_generator else "channels"):
        with pytest.raises(ValueError, match=f"^{name} must be a whole number of 1 or more; got "):
            make(**{name: value})


@GENERATORS
@pytest.mark.parametrize("shape", [(3, 6), (5,), (3, 5, 1), (3, 0)])
def test_latent_points_of_another_length_are_refused_with_both_sides(make, shape):
    with pytest.raises(ValueError) as refusal:
        make(latent_dim=5, width=4)(torch.zeros(shape))
    assert "latent must have shape (n, 5)" in str(refusal.value)
    assert str(tuple(shape)) in str(refusal.value)


@DISCRIMINATORS
@pytest.mark.parametrize("shape", [(3, 3, 32, 32), (3, 1, 64, 64), (3, 32, 32), (1, 32, 32), (3, 1, 32, 31)])
def test_images_of_another_shape_are_refused_with_both_sides(make, shape):
    with pytest.raises(ValueError) as refusal:
        make(width=4)(torch.zeros(shape))
    assert "samples must have shape (n, 1, 32, 32)" in str(refusal.value)
    assert str(tuple(shape)) in str(refusal.value)
