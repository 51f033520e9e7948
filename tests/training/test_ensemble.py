"""An ensemble is its members played one by one: the same weights, however they are played together."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ganlab.data import ring
from ganlab.models import image_discriminator, image_generator, mlp_discriminator, mlp_generator
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.training import Game, NonFiniteLoss, balanced_labels, train, train_ensemble

OBJECTIVES = {
    "minimax": Minimax(),
    "non-saturating": NonSaturating(),
    "least squares": LeastSquares(),
    "hinge": Hinge(),
    "clipping": Wasserstein(WeightClipping(0.05)),
    "gradient penalty": Wasserstein(GradientPenalty(1)),
    "spectral norm": Hinge(constraint=SpectralNorm()),
}
IMAGES = torch.rand(40, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture
def in_double():
    """Double precision, so that what is left of a difference is rounding and nothing else."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def points(objective=None, width=8, **settings):
    def make_game(seed):
        networks = mlp_generator(width=width, seed=seed), mlp_discriminator(width=width, seed=seed + 100)
        return Game(*networks, objective or NonSaturating(), **settings)

    return make_game


def images(objective=None, n_classes=None, **settings):
    def make_game(seed):
        generator = image_generator(latent_dim=4, width=4, n_classes=n_classes, seed=seed)
        discriminator = image_discriminator(width=4, n_classes=n_classes, seed=seed + 100)
        return Game(generator, discriminator, objective or NonSaturating(), **settings)

    return make_game


def ensemble(make_game=None, data=None, steps=20, seeds=(3, 7), batch_size=16, **settings):
    data = ring() if data is None else data
    make_game = make_game or points()
    return train_ensemble(make_game, data, steps, seeds, batch_size=batch_size, progress=False, **settings)


def weights(game):
    players = (game.generator, game.discriminator)
    return torch.cat([w.detach().flatten() for player in players for w in player.parameters()])


def assert_equals_single_runs(history, make_game, data, *, steps=20, batch_size=16, tolerance=1e-9):
    for member, seed in enumerate(history.seeds):
        game = make_game(seed)
        single = train(game, data, steps, batch_size=batch_size, seed=seed, progress=False)
        torch.testing.assert_close(weights(history.games[member]), weights(game), rtol=0, atol=tolerance)
        for field in ("discriminator_loss", "generator_loss", "real_score", "fake_score", "accuracy"):
            ours, theirs = getattr(history, field)[member], getattr(single, field)
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance, err_msg=field)


# The same as one by one


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("discriminator_steps", [1, 3])
def test_a_member_is_the_single_run_of_its_seed(name, discriminator_steps, in_double):
    make_game = points(OBJECTIVES[name], discriminator_steps=discriminator_steps)
    assert_equals_single_runs(ensemble(make_game), make_game, ring())


@pytest.mark.parametrize("name", OBJECTIVES)
def test_so_is_a_member_that_makes_images(name, in_double):
    make_game = images(OBJECTIVES[name], discriminator_steps=2)
    data = IMAGES.double()
    history = ensemble(make_game, data, steps=8, batch_size=6)
    assert_equals_single_runs(history, make_game, data, steps=8, batch_size=6)


@pytest.mark.parametrize("fake_labels", [None, balanced_labels])
@pytest.mark.parametrize("name", ["hinge", "gradient penalty"])
def test_so_is_a_member_that_is_told_the_class(name, fake_labels, in_double):
    settings = {} if fake_labels is None else {"fake_labels": fake_labels}
    make_game = images(OBJECTIVES[name], n_classes=3, **settings)
    data = IMAGES.double(), torch.arange(40) % 3
    history = ensemble(make_game, data, steps=6, batch_size=6)
    assert_equals_single_runs(history, make_game, data, steps=6, batch_size=6)
    assert history.sample(4, seed=0, labels=2).shape == (2, 4, 1, 32, 32)


@pytest.mark.parametrize("name", ["non-saturating", "gradient penalty"])
def test_in_single_precision_rounding_is_all_that_differs(name):
    make_game = points(OBJECTIVES[name], width=64)
    assert_equals_single_runs(ensemble(make_game), make_game, ring(), tolerance=2e-5)


def test_more_batches_than_are_drawn_at_a_time(in_double):
    """Data and latent points come from one generator in turns: each draw of data must fall in its place."""
    make_game = points()
    history = ensemble(make_game, steps=120, batch_size=5)
    assert_equals_single_runs(history, make_game, ring(), steps=120, batch_size=5, tolerance=1e-7)


def test_networks_of_any_form_play_along(in_double):
    """A skip connection and a layer that is used twice, which no table of layers would know."""

    class Critic(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.twice, self.last = nn.Linear(2, 6), nn.Linear(6, 6, bias=False), nn.Linear(6, 1)

        def forward(self, samples):
            hidden = self.first(samples)
            return self.last(hidden + self.twice(self.twice(hidden).tanh())).squeeze(1)

    def make_game(seed):
        torch.manual_seed(seed)
        generator = nn.Sequential(nn.Linear(3, 8, bias=False), nn.Tanh(), nn.LayerNorm(8), nn.Linear(8, 2))
        generator.latent_dim = 3
        return Game(generator, Critic(), Minimax())

    assert_equals_single_runs(ensemble(make_game), make_game, ring())


def test_games_that_were_trained_before_go_on_with_their_optimizers_memory(in_double):
    def trained(seed):
        game = points()(seed)
        train(game, ring(), 5, batch_size=8, seed=seed, progress=False)
        return game

    assert_equals_single_runs(ensemble(trained), trained, ring())


def test_a_game_can_be_trained_on_afterwards_as_if_it_had_always_been_alone(in_double):
    history, alone = ensemble(), points()(7)
    train(alone, ring(), 20, batch_size=16, seed=7, progress=False)
    for game in (history.games[1], alone):
        train(game, ring(), 10, batch_size=16, seed=0, progress=False)
    torch.testing.assert_close(weights(history.games[1]), weights(alone), rtol=0, atol=1e-9)


# Independent


def test_another_seed_changes_its_own_member_and_no_other():
    first, second = ensemble(seeds=[1, 2, 3]), ensemble(seeds=[1, 9, 3])
    for member, same in enumerate([True, False, True]):
        assert torch.equal(weights(first.games[member]), weights(second.games[member])) == same
        assert np.array_equal(first.generator_loss[member], second.generator_loss[member]) == same


def test_the_global_random_state_neither_matters_nor_moves():
    losses = []
    for state in (0, 1):
        torch.manual_seed(state)
        before = torch.get_rng_state()
        losses.append(ensemble().generator_loss)
        assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(*losses)


def test_the_games_own_their_memory_in_the_end():
    history = ensemble()
    first, second = (next(game.generator.parameters()) for game in history.games)
    assert first.untyped_storage().data_ptr() != second.untyped_storage().data_ptr()
    assert first.untyped_storage().nbytes() == first.numel() * 4


# A member that blows up


class PoisonedFor(NonSaturating):
    """NaN in one player's loss as soon as a fake's score exceeds a limit."""

    def __init__(self, player, limit):
        super().__init__()
        self.player, self.limit = player, limit

    def __repr__(self):
        return f"PoisonedFor({self.player!r}, {self.limit})"

    def _poison(self, player, loss, scores):
        poisoned = torch.where(scores.abs().max() > self.limit, math.nan, 1.0) if player == self.player else 1
        return loss * poisoned

    def discriminator_loss(self, real_scores, fake_scores):
        return self._poison(
            "discriminator", super().discriminator_loss(real_scores, fake_scores), fake_scores
        )

    def generator_loss(self, fake_scores):
        return self._poison("generator", super().generator_loss(fake_scores), fake_scores)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_a_member_that_fails_is_put_back_and_the_others_notice_nothing(player, in_double):
    steps, seeds = 150, (0, 1, 2, 3, 4, 5)
    healthy = ensemble(steps=steps, seeds=seeds)
    # A limit on the fakes' scores that some games exceed late and others never.
    largest = {}
    for seed in seeds:
        try:
            train(
                points(PoisonedFor(player, 0.75))(seed),
                ring(),
                steps,
                batch_size=16,
                seed=seed,
                progress=False,
            )
        except NonFiniteLoss as problem:
            largest[seed] = problem
    assert 0 < len(largest) < len(seeds), "the limit should catch some games and not others"

    history = ensemble(points(PoisonedFor(player, 0.75)), steps=steps, seeds=seeds)
    assert history.failures.keys() == largest.keys()
    assert f"{len(largest)} of them frozen" in repr(history)
    for member, seed in enumerate(seeds):
        if seed in largest:
            ours, theirs = history.failures[seed], largest[seed]
            assert (ours.step, ours.player, ours.good_step) == (theirs.step, theirs.player, theirs.good_step)
            assert np.isnan(history.generator_loss[member, ours.step - 1 :]).all()
            np.testing.assert_allclose(ours.history.generator_loss, theirs.history.generator_loss, atol=1e-9)
            assert torch.isfinite(history.games[member].sample(5, seed=0)).all()
        else:
            torch.testing.assert_close(
                weights(history.games[member]), weights(healthy.games[member]), rtol=0, atol=1e-9
            )


def test_an_ensemble_of_which_nothing_is_left_ends_and_says_so():
    history = ensemble(points(learning_rate=1e30), steps=50)
    assert set(history.failures) == {3, 7}
    assert "smaller learning_rate" in str(history.failures[3])
    assert all(torch.isfinite(weights(game)).all() for game in history.games)


# Stopping by hand


def test_ctrl_c_returns_the_steps_done():
    def stop_at_four(games, step):
        if step == 4 and 7 in games:
            raise KeyboardInterrupt

    history = ensemble(steps=50, seeds=[7, 3], callbacks=[stop_at_four])
    assert history.stopped_by == "keyboard"
    assert "stopped by keyboard" in repr(history)
    assert history.generator_loss.shape == (2, 4)
    short = ensemble(steps=4, seeds=[7, 3])
    assert torch.equal(weights(history.games[0]), weights(short.games[0]))
    assert np.isfinite(history.generator_loss).all()
    assert ensemble(steps=2).stopped_by is None


# Callbacks


def test_callbacks_see_the_games_as_they_are_after_every_step():
    seen = []

    def look(games, step):
        seen.append((step, {seed: weights(game) for seed, game in games.items()}))

    history = ensemble(steps=3, callbacks=iter([look]))
    assert [step for step, _ in seen] == [1, 2, 3]
    assert all(list(games) == [3, 7] for _, games in seen)
    for member, seed in enumerate(history.seeds):
        assert torch.equal(seen[-1][1][seed], weights(history.games[member]))
        assert not torch.equal(seen[0][1][seed], seen[1][1][seed])
    assert ensemble(steps=3).generator_loss.tolist() == history.generator_loss.tolist()


# The history


def test_samples_come_from_every_member_and_share_no_latent_points():
    history = ensemble()
    samples = history.sample(50, seed=4)
    assert samples.shape == (2, 50, 2)
    assert torch.equal(samples, history.sample(50, seed=4))
    assert torch.equal(samples[0], history.games[0].sample(50, seed=4))
    assert not torch.equal(samples[1], history.games[1].sample(50, seed=4))


def test_an_unknown_field_is_named_with_those_that_exist():
    history = ensemble(steps=1)
    with pytest.raises(AttributeError, match=r"no 'loss'.*discriminator_loss"):
        history.loss  # noqa: B018
    assert repr(history).startswith("EnsembleHistory of 2 games, 1 steps in")
    assert len(history) == 1
    assert history.step.tolist() == [1]
    assert history.seconds.shape == (1,)


# Refused


def different_at_seed_7(one, other):
    return lambda seed: (other if seed == 7 else one)(seed)


@pytest.mark.parametrize(
    ("one", "other", "first", "second"),
    [
        (points(width=8), points(width=16), "out_features=8", "out_features=16"),
        (points(Minimax()), points(Hinge()), r"Minimax\(\)", r"Hinge\(\)"),
        (
            points(Wasserstein(GradientPenalty(1))),
            points(Wasserstein(GradientPenalty(2))),
            "weight=1",
            "weight=2",
        ),
        (points(learning_rate=0.1), points(learning_rate=0.2), "lr 0.1", "lr 0.2"),
        (points(), points(discriminator_steps=2), "discriminator_steps 1", "discriminator_steps 2"),
        (points(), images(), "generator Generator", "generator ImageGenerator"),
    ],
)
def test_games_that_differ_in_more_than_weights_are_refused_naming_both(one, other, first, second):
    with pytest.raises(ValueError, match=f"weights alone; seed 3 has .*{first}.*, seed 7 has .*{second}"):
        ensemble(different_at_seed_7(one, other))


def test_one_game_for_all_seeds_is_refused():
    game = points()(0)
    with pytest.raises(ValueError, match="must make new networks for every seed"):
        ensemble(lambda seed: game)


def test_a_seed_that_make_game_forgets_is_noticed():
    with pytest.raises(ValueError, match=r"seeds 3 and 7 start from the same weights.*pass its seed on"):
        ensemble(lambda seed: points()(0))


@pytest.mark.parametrize(
    ("layer", "reason"), [(nn.BatchNorm1d(8), "running statistics"), (nn.Dropout(0.5), "random numbers")]
)
def test_a_layer_that_cannot_be_stacked_is_refused_by_name(layer, reason):
    def make_game(seed):
        generator = nn.Sequential(nn.Linear(2, 8), layer, nn.Linear(8, 2))
        generator.latent_dim = 2
        return Game(generator, mlp_discriminator(width=8), Minimax())

    with pytest.raises(ValueError, match=rf"layer '1', {type(layer).__name__}\(.*{reason}"):
        ensemble(make_game, seeds=[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "^steps must be a whole number of 1 or more; got 0"),
        ({"batch_size": 0}, "^batch_size must be a whole number of 1 or more; got 0"),
        ({"seeds": []}, "^seeds must be one or more .* got none"),
        ({"seeds": [1, 2, 1]}, "^seeds must be .*; 1 comes twice"),
        ({"seeds": 3}, "^seeds must be whole numbers, such as range"),
        ({"seeds": [0.5]}, "^seeds must be whole numbers"),
        ({"data": torch.zeros(10, 2)}, "batch_size is 16 but data has only 10 samples"),
        ({"data": torch.zeros(40, 3)}, r"samples of shape \(2,\), but .* have shape \(3,\)"),
        ({"data": torch.full((40, 2), math.nan)}, "data must be finite"),
        ({"make_game": lambda seed: seed}, "make_game must return a Game; for seed 3 it returned int"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(settings, message):
    def never(games, step):
        raise AssertionError("a step was played")

    with pytest.raises(ValueError, match=message):
        ensemble(**settings, callbacks=[never])
