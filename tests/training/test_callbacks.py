"""Callbacks: averaged weights, lowered rates, augmentation as needed, by hand; and what they refuse."""

import copy
import pickle

import pytest
import torch
from torch import nn

from ganlab.data import ring
from ganlab.models import augmented, image_discriminator, image_generator, mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating, SpectralNorm, Wasserstein
from ganlab.training import AdaptiveAugmentation, Game, MovingAverage, RateDecay, Record, train


def test_by_hand():
    """From 1 by way of 3 and 5 with a decay of a half: 1, then 2, then 3.5."""
    generator = nn.Linear(1, 1, bias=False)
    generator.latent_dim = 1
    game = Game(generator, nn.Linear(1, 1), NonSaturating())
    values = []
    for weight in (1.0, 3.0, 5.0):
        nn.init.constant_(generator.weight, weight)
        if weight == 1.0:
            average = MovingAverage(game, decay=0.5)
        else:
            average(game, None)
        values.append(average.generator.weight.item())
    assert values == [1.0, 2.0, 3.5]
    assert generator.weight.item() == 5.0


@pytest.mark.parametrize(("decay", "as_the_last"), [(0.0, True), (0.9, False)])
def test_without_decay_it_is_the_generator_and_the_game_goes_as_without_it(decay, as_the_last):
    def played(*callbacks):
        game = Game(mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1), NonSaturating())
        callbacks = [make(game) for make in callbacks]
        train(game, ring(), 20, batch_size=16, callbacks=callbacks, progress=False)
        return game, *callbacks

    game, average = played(lambda game: MovingAverage(game, decay))
    alone, latent = played()[0], torch.zeros(3, 2)
    assert torch.equal(game.generator(latent), alone.generator(latent))
    assert torch.equal(average.generator(latent), game.generator(latent)) == as_the_last


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_of_a_game_with_its_average_goes_on_as_they_do(copied):
    game = Game(mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1), NonSaturating())
    average, latent = MovingAverage(game, 0.9), torch.ones(3, 2)
    train(game, ring(), 3, batch_size=16, callbacks=[average], progress=False)
    other_game, other_average = copied((game, average))
    before = average.generator(latent)
    train(other_game, ring(), 3, batch_size=16, callbacks=[other_average], progress=False)
    assert torch.equal(average.generator(latent), before)
    train(game, ring(), 3, batch_size=16, callbacks=[average], progress=False)
    assert torch.equal(other_average.generator(latent), average.generator(latent))


def test_a_decay_that_is_no_share_is_refused():
    game = Game(mlp_generator(width=8), mlp_discriminator(width=8), NonSaturating())
    with pytest.raises(ValueError, match=r"decay must be one number from 0 to 1; got 1\.5"):
        MovingAverage(game, 1.5)


@pytest.mark.parametrize("make", [MovingAverage, lambda game: RateDecay(game, 10), AdaptiveAugmentation])
def test_a_callback_of_another_game_is_refused(make):
    games, images = [game_of_images() for _ in range(2)], torch.zeros(4, 1, 32, 32)
    with pytest.raises(ValueError, match="was made of another game; make a new one of the game"):
        train(games[0], images, 1, batch_size=4, callbacks=[make(games[1])], progress=False)
    with pytest.raises(ValueError, match=r"made of one Game .*; got list\. An ensemble needs"):
        make(games[0])(games, 1)  # as an ensemble calls
    with pytest.raises(ValueError, match=r"made of one Game .*; got ReLU"):
        make(nn.ReLU())


def test_rates_by_hand():
    """Thirty steps from 0.004 and 0.008: at their start for half of them, then by two steps down to 1/20."""
    rates = {"learning_rate": 0.004, "discriminator_learning_rate": 0.008}
    game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating(), **rates)
    seen = {}

    def look(game, record):
        optimizers = game.generator_optimizer, game.discriminator_optimizer
        seen[record.step] = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]

    train(game, ring(), 30, batch_size=2, callbacks=[RateDecay(game, 30), look], progress=False)
    for step, left in {
        1: 1,
        15: 1,
        16: 28 / 30,
        17: 28 / 30,
        20: 2 / 3,
        26: 8 / 30,
        28: 4 / 30,
        30: 0.05,
    }.items():
        assert seen[step] == pytest.approx([0.004 * left, 0.008 * left])


def test_a_number_of_steps_that_is_none_is_refused():
    game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating())
    with pytest.raises(ValueError, match=r"^steps must be a whole number of 1 or more; got 0"):
        RateDecay(game, 0)


def test_a_game_in_pieces_is_slowed_down_like_a_whole_one():
    ends = []
    for pieces in ([30], [7, 13, 10]):
        game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating())
        slower = RateDecay(game, 30)
        for steps in pieces:
            train(game, ring(), steps, batch_size=2, callbacks=[slower], progress=False)
        ends.append(game.generator_optimizer.param_groups[0]["lr"])
    assert ends == pytest.approx([5e-5, 5e-5])


def game_of_images(probability=0.5, objective=None):
    discriminator = augmented(image_discriminator(width=4, seed=1), ["flips"], probability)
    return Game(image_generator(width=4, seed=0), discriminator, objective or NonSaturating())


def told(needed, game, accuracies):
    """The probability after each step of these accuracies."""
    probabilities = []
    for step, accuracy in enumerate(accuracies, start=1):
        needed(game, Record(step, 1.0, 1.0, 0.0, 0.0, accuracy, 0.0))
        probabilities.append(round(needed.probability, 6))
    return probabilities


def test_the_probability_of_a_change_by_hand():
    """With 40 steps from 0 to 1 each look moves it by 4 / 40; 2 * 0.8 - 1 = 0.6 is the border."""
    game = game_of_images(probability=0.5)
    needed = AdaptiveAugmentation(game, target=0.6, steps=40)
    assert told(needed, game, [0.9] * 4) == [0.5, 0.5, 0.5, 0.6]
    assert told(needed, game, [0.7, 0.9, 0.7, 0.8]) == [0.6, 0.6, 0.6, 0.5]  # a mean of 0.775
    assert told(needed, game, [0.7, 0.95, 0.8, 0.8])[-1] == 0.6  # of 0.8125
    assert told(needed, game, [1.0] * 40)[-1] == 1.0
    assert told(needed, game, [0.5] * 80)[-1] == 0.0


def test_the_probability_does_not_rise_while_the_discriminator_errs():
    game = game_of_images(probability=0)
    needed = AdaptiveAugmentation(game, target=1.0, steps=4)
    images = torch.rand(64, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    train(game, images, 12, batch_size=8, callbacks=[needed], progress=False)
    assert needed.probability == 0


def test_augmentation_as_needed_needs_an_augmented_discriminator():
    game = Game(image_generator(width=4), image_discriminator(width=4), NonSaturating())
    with pytest.raises(ValueError, match="needs a game with an augmented discriminator; got a"):
        AdaptiveAugmentation(game)


def test_a_critic_calls_nothing_real():
    game = game_of_images(objective=Wasserstein(SpectralNorm()))
    images = torch.rand(64, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with pytest.raises(ValueError, match=r"scores only rank them\. Take NonSaturating or Hinge"):
        train(game, images, 1, batch_size=8, callbacks=[AdaptiveAugmentation(game)], progress=False)
