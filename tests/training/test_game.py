"""The two players: who moves when, and by how much."""

import copy
import functools
import math

import pytest
import torch
from torch import nn

from ganlab.data import simulate_lesions
from ganlab.models import (
    image_discriminator,
    image_generator,
    mlp_discriminator,
    mlp_generator,
    packed,
    with_minibatch_deviation,
)
from ganlab.objectives import Hinge, Minimax, NonSaturating, Wasserstein, WeightClipping
from ganlab.training import Game, train
from ganlab.training.batches import Batch


def small_game(objective=None, **settings):
    networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    return Game(*networks, objective or NonSaturating(), **settings)


def weights(player):
    return torch.cat([parameter.detach().flatten() for parameter in player.parameters()])


def losses(game, seed=2):
    rng = torch.Generator().manual_seed(seed)
    real, fake = torch.randn(16, 2, generator=rng), game.generator(game.latent(16, rng))
    loss_d = game.objective.discriminator_loss(game.discriminator(real), game.discriminator(fake.detach()))
    return loss_d, game.objective.generator_loss(game.discriminator(fake))


def test_each_update_moves_its_own_player_and_no_other():
    game = small_game()
    g, d = weights(game.generator), weights(game.discriminator)
    game.update_discriminator(losses(game)[0])
    assert torch.equal(weights(game.generator), g)
    assert not torch.equal(weights(game.discriminator), d)

    d = weights(game.discriminator)
    game.update_generator(losses(game)[1])
    assert not torch.equal(weights(game.generator), g)
    assert torch.equal(weights(game.discriminator), d)


def test_the_generators_loss_leaves_nothing_behind_in_the_discriminator():
    """A gradient left over from G's step would be added to D's next one."""
    game, reference = small_game(), small_game()
    game.update_generator(losses(game)[1])
    reference.generator.load_state_dict(game.generator.state_dict())
    game.update_discriminator(losses(game)[0])
    reference.update_discriminator(losses(reference)[0])
    assert torch.equal(weights(game.discriminator), weights(reference.discriminator))


def test_an_update_goes_downhill():
    game = small_game(learning_rate=1e-3)
    before = losses(game)
    game.update_discriminator(before[0])
    assert losses(game)[0] < before[0]
    before = losses(game)
    game.update_generator(before[1])
    assert losses(game)[1] < before[1]


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_the_first_adam_step_by_hand(player):
    """From a fresh start Adam's bias correction cancels: every weight moves by rate * g / (|g| + eps)."""
    game = small_game(learning_rate=3e-3, discriminator_learning_rate=7e-3)
    rate = {"generator": 3e-3, "discriminator": 7e-3}[player]
    network = getattr(game, player)
    loss = losses(game)[player == "generator"]
    gradient = torch.cat(
        [g.flatten() for g in torch.autograd.grad(loss, network.parameters(), retain_graph=True)]
    )
    before = weights(network)
    getattr(game, f"update_{player}")(loss)
    torch.testing.assert_close(
        weights(network), before - rate * gradient / (gradient.abs() + 1e-8), rtol=0, atol=1e-6
    )


def test_the_learning_rate_holds_for_both_players_unless_one_is_named():
    def rates(**settings):
        game = small_game(**settings)
        return [o.param_groups[0]["lr"] for o in (game.generator_optimizer, game.discriminator_optimizer)]

    assert rates(learning_rate=0.02) == [0.02, 0.02]
    assert rates(learning_rate=0.02, discriminator_learning_rate=0.5) == [0.02, 0.5]
    game = small_game(optimizer=functools.partial(torch.optim.Adam, betas=(0.1, 0.9)))
    assert game.generator_optimizer.param_groups[0]["betas"] == (0.1, 0.9)
    assert game.discriminator_optimizer.param_groups[0]["betas"] == (0.1, 0.9)
    assert small_game().generator_optimizer.param_groups[0]["betas"] == (0.5, 0.999)


def test_samples_are_what_the_generator_makes_of_standard_normal_points():
    game = small_game()
    latent = torch.randn(5, 2, generator=torch.Generator().manual_seed(9))
    sample = game.sample(5, seed=9)
    assert torch.equal(sample, game.generator(latent).detach())
    assert not sample.requires_grad
    assert not torch.equal(sample, game.sample(5, seed=8))
    before = torch.get_rng_state()
    game.sample(5, seed=9)
    assert torch.equal(torch.get_rng_state(), before)


def test_scores_are_raw_and_carry_no_gradient():
    game = small_game()
    scores = game.score(torch.ones(3, 2))
    assert torch.equal(scores, game.discriminator(torch.ones(3, 2)).detach())
    assert not scores.requires_grad


def play_a_little(game, steps=3, seed=5):
    for step in range(steps):
        game.update_discriminator(losses(game, seed + step)[0])
        game.update_generator(losses(game, seed + step)[1])


def test_a_saved_state_is_not_touched_by_further_training_and_brings_everything_back():
    game = small_game(learning_rate=0.01)
    play_a_little(game)
    state = game.state_dict()
    kept = copy.deepcopy(state)
    play_a_little(game)
    after = weights(game.generator), weights(game.discriminator)
    for part in kept:
        assert str(state[part]) == str(kept[part])

    # The optimizers' memory comes back too: the same steps lead to the same place, twice.
    for _ in range(2):
        game.load_state_dict(state)
        play_a_little(game)
        assert torch.equal(weights(game.generator), after[0])
        assert torch.equal(weights(game.discriminator), after[1])

    # And into a game of its own, in which the optimizers start empty.
    other = small_game(learning_rate=0.01)
    other.load_state_dict(state)
    play_a_little(other)
    assert torch.equal(weights(other.generator), after[0])
    assert torch.equal(weights(other.discriminator), after[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning_rate": 0}, "^learning_rate must be a finite number above 0; got 0"),
        ({"learning_rate": "fast"}, "^learning_rate must be a number above 0; got 'fast'"),
        ({"discriminator_learning_rate": -1}, "^discriminator_learning_rate must be a finite number above 0"),
        ({"learning_rate": math.nan}, "^learning_rate must be a finite number above 0; got nan"),
        ({"discriminator_steps": 0}, "^discriminator_steps must be a whole number of 1 or more; got 0"),
        ({"discriminator_steps": 1.5}, "^discriminator_steps must be a whole number of 1 or more"),
        ({"optimizer": functools.partial(torch.optim.Adam, betas=(0.5, 1.0))}, "beta"),
    ],
)
def test_settings_out_of_range_are_refused_by_their_name(settings, message):
    with pytest.raises(ValueError, match=message):
        small_game(**settings)


@pytest.mark.parametrize("objective", ["hinge", None, nn.BCEWithLogitsLoss(), Minimax])
def test_what_is_no_objective_is_refused_with_an_example_of_one(objective):
    with pytest.raises(
        ValueError, match=r"objective must have a method discriminator_loss.*NonSaturating\(\)"
    ):
        Game(mlp_generator(), mlp_discriminator(), objective)


def test_a_generator_that_hides_its_latent_dimension_is_refused():
    with pytest.raises(ValueError, match=r"generator must have an attribute latent_dim.*Linear has none"):
        Game(nn.Linear(2, 2), mlp_discriminator(), Minimax())


@pytest.mark.parametrize("n", [0, -3, 2.0, None])
def test_a_sample_of_none_is_refused(n):
    with pytest.raises(ValueError, match=r"^n must be a whole number of 1 or more"):
        small_game().sample(n)


# Reals and fakes in one pass


def passes(game):
    """How often the discriminator looks at samples in one step, and the scores that it gave."""
    looks = []
    game.discriminator.register_forward_hook(lambda *_: looks.append(1))
    real, fake = torch.rand(6, 2), torch.rand(6, 2) - 2
    scores = game.scores_of_both(real, fake)
    return len(looks), torch.cat(scores), torch.cat([game.scores(real), game.scores(fake)])


class Normalised(nn.Sequential):
    n_classes = None

    def __init__(self):
        super().__init__(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 1), nn.Flatten(0))


@pytest.mark.parametrize(
    ("discriminator", "objective", "looks"),
    [
        (lambda: mlp_discriminator(width=8, seed=1), NonSaturating(), 1),
        (lambda: mlp_discriminator(width=8, seed=1), Hinge(), 1),
        (lambda: mlp_discriminator(width=8, seed=1), Wasserstein(WeightClipping(0.1)), 2),
        (lambda: packed(mlp_discriminator(data_dim=4, width=8, seed=1), 2), NonSaturating(), 2),
        (lambda: with_minibatch_deviation(mlp_discriminator(3, width=8, seed=1)), NonSaturating(), 2),
        (Normalised, NonSaturating(), 2),
    ],
)
def test_reals_and_fakes_share_a_pass_only_where_it_changes_nothing(discriminator, objective, looks):
    torch.manual_seed(0)
    found, together, apart = passes(Game(mlp_generator(width=8, seed=0), discriminator(), objective))
    assert found == looks
    torch.testing.assert_close(together, apart)


def test_a_pass_of_images_with_classes_keeps_every_label_with_its_image():
    networks = (
        image_generator(width=4, n_classes=3, seed=0),
        image_discriminator(width=4, n_classes=3, seed=1),
    )
    game = Game(*networks, NonSaturating())
    real, fake = (
        Batch((torch.rand(5, 1, 32, 32), classes)) for classes in (torch.arange(5) % 3, torch.ones(5).long())
    )
    both = game.scores_of_both(real, fake)
    for scores, batch in zip(both, (real, fake), strict=True):
        torch.testing.assert_close(scores, game.scores(batch), rtol=1e-4, atol=1e-5)


def test_single_pixels_of_noise_do_not_stand_in_the_way_of_a_whole_cohort():
    """Of 2,000 simulated lesions two pixels lie beyond the generator's reach and its slack."""
    images = simulate_lesions(2000, seed=1).to_tensor()
    assert images.max() > 1.1
    game = Game(image_generator(width=4), image_discriminator(width=4), NonSaturating())
    train(game, images, 1, batch_size=8, progress=False)
    assert torch.isfinite(game.sample(1)).all()
