"""The texture pair: shapes, sizes by hand, what the noise does, groups of four, and what they refuse."""

import pytest
import torch

from ganlab.data import simulate_lesions
from ganlab.models import texture_discriminator, texture_generator
from ganlab.objectives import NonSaturating, R1Penalty
from ganlab.training import Game, train


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("n_classes", [None, 3])
def test_images_in_range_of_latent_points_that_hold_the_noise_of_every_layer(size, n_classes):
    generator = texture_generator(size=size, latent_dim=5, width=4, n_classes=n_classes)
    sides = [8, 16, 32, 64][: 3 if size == 32 else 4]
    assert generator.parts == [5, *(side**2 for side in sides)]
    labels = () if n_classes is None else (torch.tensor([0, 2]),)
    images = generator(20 * randn(2, generator.latent_dim), *labels)
    assert images.shape == (2, 1, size, size)
    assert images.abs().max() <= 1
    assert (generator.size, generator.n_classes) == (size, n_classes)


def test_parameters_counted_by_hand():
    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    def convolution(inputs, outputs, side):
        return inputs * outputs * side**2 + outputs

    # 4 x 4 pixels of 16 channels from 5 numbers; each convolution has one strength of noise a channel.
    generator = (5 + 1) * 16 * 16 + convolution(16, 8, 3) + 8 + convolution(8, 4, 3) + 4
    generator += convolution(4, 4, 3) + 4 + convolution(4, 1, 3)
    assert count(texture_generator(latent_dim=5, width=4)) == generator
    assert count(texture_generator(latent_dim=5, width=4, n_classes=2)) == generator + 2 * 2 * 16
    # One channel more, the deviation, before the last convolution.
    discriminator = convolution(1, 4, 4) + convolution(4, 8, 4) + convolution(8, 16, 4)
    discriminator += convolution(17, 16, 3) + 16 * 16 + 1
    assert count(texture_discriminator(width=4)) == discriminator


def test_noise_does_nothing_at_the_start_and_moves_its_own_pixel_once_it_has_a_strength():
    generator = texture_generator(width=4)
    latent = randn(1, generator.latent_dim)
    other = latent.clone()
    other[0, -1] += 5  # the noise of the last pixel of the last layer
    assert torch.equal(generator(latent), generator(other))
    with torch.no_grad():
        for strength in generator.strengths:
            strength.fill_(1.0)
    moved = (generator(latent) != generator(other)).squeeze().nonzero()
    # A 3 x 3 convolution follows.
    assert moved.min() >= 30
    assert (moved == 31).all(dim=1).any()


def test_an_image_does_not_depend_on_the_rest_of_its_batch_and_a_seed_decides_everything():
    generator = texture_generator(width=4, seed=3)
    latent = randn(4, generator.latent_dim)
    torch.testing.assert_close(generator(latent)[:1], generator(latent[:1]), rtol=1e-4, atol=1e-5)
    assert torch.equal(generator(latent), texture_generator(width=4, seed=3)(latent))
    assert not torch.equal(generator(latent), texture_generator(width=4, seed=4)(latent))


def test_the_class_decides_the_image_and_the_score():
    generator = texture_generator(width=4, n_classes=2)
    discriminator = texture_discriminator(width=4, n_classes=2)
    latent = randn(4, generator.latent_dim)
    first, second = (torch.full((4,), label) for label in (0, 1))
    images = generator(latent, first)
    assert not torch.equal(images, generator(latent, second))
    assert not torch.equal(discriminator(images, first), discriminator(images, second))
    with pytest.raises(ValueError, match="labels must be from 0 to 1"):
        generator(latent, second + 1)


def test_a_score_depends_on_its_group_of_four_and_on_no_other():
    discriminator, images = texture_discriminator(width=4), randn(8, 1, 32, 32)
    scores = discriminator(images)
    assert scores.shape == (8,)
    torch.testing.assert_close(discriminator(images[:4]), scores[:4], rtol=1e-4, atol=1e-5)
    changed = images.clone()
    changed[1] = images[0]
    assert not torch.allclose(discriminator(changed)[[0, 2, 3]], scores[[0, 2, 3]])
    torch.testing.assert_close(discriminator(changed)[4:], scores[4:], rtol=1e-4, atol=1e-5)


def test_reals_and_fakes_are_never_scored_in_one_group():
    game = Game(texture_generator(width=4), texture_discriminator(width=4), NonSaturating())
    assert not game.in_one_pass


@pytest.mark.parametrize("n_classes", [None, 2])
def test_a_game_of_the_pair_trains_and_comes_out_again(n_classes):
    def played():
        game = Game(
            texture_generator(width=4, n_classes=n_classes),
            texture_discriminator(width=4, n_classes=n_classes),
            NonSaturating(constraint=R1Penalty(every=2)),
        )
        train(game, simulate_lesions(40, seed=0), 4, batch_size=8, progress=False)
        return game.sample(2, seed=5)

    images = played()
    assert torch.isfinite(images).all()
    assert torch.equal(images, played())


def test_refusals():
    with pytest.raises(ValueError, match="size must be 32 or 64 pixels"):
        texture_generator(size=16)
    with pytest.raises(ValueError, match=r"latent must have shape \(n, 1408\).*got \(2, 64\)"):
        texture_generator()(torch.zeros(2, 64))
    with pytest.raises(ValueError, match="groups of 4 needs a number of samples that 4 divides; got 6"):
        texture_discriminator(width=4)(torch.zeros(6, 1, 32, 32))
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 1, 32, 32\)"):
        texture_discriminator(width=4)(torch.zeros(4, 1, 64, 64))
    with pytest.raises(ValueError, match="n_classes must be a whole number of 1 or more; got 0"):
        texture_generator(n_classes=0)


@pytest.mark.parametrize("n_classes", [None, 2])
def test_data_out_of_its_reach_are_refused_before_the_first_step(n_classes):
    players = [
        make(width=4, n_classes=n_classes, seed=0) for make in (texture_generator, texture_discriminator)
    ]
    images, labels = torch.full((8, 1, 32, 32), 200.0), torch.arange(8) % 2
    data = images if n_classes is None else (images, labels)
    with pytest.raises(ValueError, match=r"the data range from 200 to 200, but the generator ends in Tanh"):
        train(Game(*players, NonSaturating()), data, 1, batch_size=4, progress=False)


def test_a_batch_that_groups_do_not_divide_is_refused_before_the_first_step():
    game = Game(texture_generator(width=4), texture_discriminator(width=4), NonSaturating())
    with pytest.raises(ValueError, match=r"groups of 4 needs a number of samples that 4 divides; got 10"):
        train(game, torch.zeros(40, 1, 32, 32), 1, batch_size=10, progress=False)
    assert not game.generator_optimizer.state


def test_without_classes_labels_are_refused():
    generator = texture_generator(width=4)
    with pytest.raises(ValueError, match=r"is not conditional \(its n_classes is None\); it takes no labels"):
        generator(torch.zeros(1, generator.latent_dim), [0])


def test_a_frozen_player_is_refused_with_what_to_do():
    game = Game(texture_generator(width=4), texture_discriminator(width=4), NonSaturating())
    game.generator.requires_grad_(False)
    with pytest.raises(ValueError, match=r"are frozen, .*call requires_grad_\(True\) on it first"):
        train(game, torch.zeros(40, 1, 32, 32), 1, batch_size=4, progress=False)
