"""A race is fair: the weights, the noise and the data are the same for all, to the last bit."""

import math
import sys

import pytest
import torch
from torch import nn

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
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
from ganlab.training import Game, race, train

TABLE = torch.randn(70, 2, generator=torch.Generator().manual_seed(0))
LANES = {
    "minimax": Minimax(),
    "non-saturating": NonSaturating(),
    "least squares": LeastSquares(),
    "clipping": Wasserstein(WeightClipping(0.05)),
    "penalty": Wasserstein(GradientPenalty(1.0)),
    "spectral": Hinge(constraint=SpectralNorm()),
}


class Listener(nn.Module):
    """Passes on what goes into a network, and keeps a copy; what is kept is shared by all copies."""

    heard = []  # noqa: RUF012

    def __init__(self, network, latent_dim=None):
        super().__init__()
        self.network = network
        if latent_dim:
            self.latent_dim = latent_dim

    def forward(self, inputs):
        if self.training:  # not the looks from outside
            Listener.heard.append((type(self.network).__name__, inputs.detach().clone()))
        return self.network(inputs)


def heard(objective, data, steps, **settings):
    """The noise and the reals of one lane, in order."""
    Listener.heard.clear()
    networks = Listener(mlp_generator(width=8, seed=0), 2), Listener(mlp_discriminator(width=8, seed=1))
    race({"lane": objective}, *networks, data, steps, batch_size=16, seed=3, progress=False, **settings)
    noise = [inputs for name, inputs in Listener.heard if name == "Generator"]
    # What a discriminator hears first after new noise is the real batch.
    pairs = zip(Listener.heard[:-1], Listener.heard[1:], strict=True)
    reals = [
        inputs for (before, _), (name, inputs) in pairs if (before, name) == ("Generator", "Discriminator")
    ]
    return torch.stack(noise), torch.stack(reals)


@pytest.mark.parametrize("data", [TABLE, ring()], ids=["table", "distribution"])
def test_noise_and_data_are_the_same_bit_for_bit_in_every_lane(data):
    noise, reals = heard(LANES["minimax"], data, 6)
    assert noise.shape == reals.shape == (6, 16, 2)
    for name, objective in LANES.items():
        others = heard(objective, data, 6)
        assert torch.equal(others[0], noise), name
        assert torch.equal(others[1], reals), name
    # More discriminator steps use up the same streams faster.
    others = heard(LANES["penalty"], data, 2, discriminator_steps=3)
    assert torch.equal(others[0], noise)
    assert torch.equal(others[1], reals)


def test_a_penalty_that_drew_from_the_noise_would_be_caught(monkeypatch):
    """The test above can fail: with one stream for everything, the lanes drift apart."""
    noise, reals = heard(LANES["penalty"], TABLE, 6)
    monkeypatch.setattr(sys.modules["ganlab.training.train"], "forked_rng", lambda rng: rng)
    one_stream = heard(LANES["penalty"], TABLE, 6)
    assert torch.equal(one_stream[0][0], noise[0])
    assert not torch.equal(one_stream[0][1:], noise[1:])
    assert not torch.equal(one_stream[1], reals)


def test_every_lane_starts_from_the_same_weights_and_the_networks_stay_as_they_were():
    g, d = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    recordings = race(LANES, g, d, TABLE, 4, 2, batch_size=16, seed=3, progress=False)
    assert list(recordings) == list(LANES)
    for name in ("minimax", "non-saturating", "least squares", "penalty"):
        start = recordings[name].at(0)
        for ours, theirs in ((g, start.generator), (d, start.discriminator)):
            assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    for fresh, used in ((mlp_generator(width=8, seed=0), g), (mlp_discriminator(width=8, seed=1), d)):
        assert all(torch.equal(a, b) for a, b in zip(fresh.parameters(), used.parameters(), strict=True))
    assert [len(recording.history) for recording in recordings.values()] == [4] * 6
    assert len({recording.history[-1].generator_loss for recording in recordings.values()}) == 6


def test_a_lane_is_the_single_run_with_the_same_seed():
    g, d = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    lanes = {name: LANES[name] for name in ("minimax", "penalty")}
    recordings = race(lanes, g, d, ring(), 5, batch_size=16, seed=3, progress=False, learning_rate=0.01)
    for name, objective in lanes.items():
        networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
        game = Game(*networks, objective, learning_rate=0.01)
        history = train(game, ring(), 5, batch_size=16, seed=3, progress=False)
        assert history.generator_loss.tolist() == recordings[name].history.generator_loss.tolist()


def test_settings_of_a_lane_are_its_own():
    lanes = {"one": Minimax(), "five": (Minimax(), {"discriminator_steps": 5, "learning_rate": 0.5})}
    networks = mlp_generator(width=8), mlp_discriminator(width=8)
    recordings = race(lanes, *networks, TABLE, 2, batch_size=16, seed=0, progress=False, learning_rate=0.01)
    games = [recording.at(2) for recording in recordings.values()]
    assert [game.discriminator_steps for game in games] == [1, 5]
    assert [game.generator_optimizer.param_groups[0]["lr"] for game in games] == [0.01, 0.5]


def test_without_a_seed_the_lanes_still_share_one():
    networks = mlp_generator(width=8), mlp_discriminator(width=8)
    runs = [
        race({"a": Minimax(), "b": Minimax()}, *networks, TABLE, 3, batch_size=16, seed=None, progress=False)
        for _ in range(2)
    ]
    losses = [recording.history.generator_loss.tolist() for run in runs for recording in run.values()]
    assert losses[0] == losses[1] != losses[2] == losses[3]


def test_a_lane_that_blows_up_ends_and_the_others_go_on():
    class Exploding(Minimax):
        def generator_loss(self, fake_scores):
            return super().generator_loss(fake_scores) * math.nan

    networks = mlp_generator(width=8), mlp_discriminator(width=8)
    lanes = {"exploding": Exploding(), "sound": Minimax()}
    recordings = race(lanes, *networks, TABLE, 3, batch_size=16, seed=0, progress=False)
    assert len(recordings["exploding"].history) == 0
    assert recordings["exploding"].history.stopped_by == "a loss that is no number, in step 1"
    assert len(recordings["sound"].history) == 3
    assert recordings["sound"].history.stopped_by is None


def test_gradient_norms_of_a_race_are_those_of_each_lane():
    networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    lanes = {"minimax": Minimax(), "non-saturating": NonSaturating()}
    recordings = race(lanes, *networks, TABLE, 2, batch_size=16, seed=0, progress=False, gradient_norms=True)
    first = [recording.history[0] for recording in recordings.values()]
    assert first[0].discriminator_gradient == first[1].discriminator_gradient  # the same loss so far
    assert first[0].generator_gradient != first[1].generator_gradient


@pytest.mark.parametrize("objectives", [{}, [Minimax()], Minimax(), None])
def test_a_race_of_nobody_is_refused(objectives):
    with pytest.raises(ValueError, match="objectives must be a dict with a name for each"):
        race(objectives, mlp_generator(), mlp_discriminator(), TABLE, 2)


def test_bad_input_is_refused_before_any_lane_starts():
    networks = mlp_generator(width=8), mlp_discriminator(width=8)
    for lanes, steps, message in (
        ({"a": Minimax(), "b": "hinge"}, 2, "objective must have a method"),
        ({"a": Minimax(), "b": (Minimax(), {"learning_rate": 0})}, 2, "^learning_rate must be"),
        ({"a": Minimax()}, 0, "^steps must be a whole number"),
    ):
        with pytest.raises(ValueError, match=message):
            race(lanes, *networks, TABLE, steps, progress=False)
