"""A run put back to a state of it goes on as if it had never stopped."""

import pytest
import torch
from conditional_pair import conditional_data, conditional_game
from torch import nn

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.training import Game, History, train
from ganlab.training.train import Run

TABLE = torch.randn(70, 2, generator=torch.Generator().manual_seed(0))
OBJECTIVES = {
    "minimax": Minimax,
    "non-saturating": NonSaturating,
    "clipping": lambda: Wasserstein(WeightClipping(0.05)),
    "gradient penalty": lambda: Wasserstein(GradientPenalty(1.0)),
    "spectral norm": lambda: Hinge(constraint=SpectralNorm()),
    "power iteration": lambda: Hinge(constraint=SpectralNorm(power_iterations=1)),
}


def plain_game(objective=None, width=8, **settings):
    networks = mlp_generator(width=width, seed=0), mlp_discriminator(width=width, seed=1)
    return Game(*networks, objective or NonSaturating(), learning_rate=0.01, **settings)


class Dropping(nn.Sequential):
    """A student's own networks: they draw from torch's global randomness and keep batch statistics."""

    latent_dim = 2


def dropout_game():
    torch.manual_seed(0)
    g = Dropping(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2))
    d = Dropping(nn.Linear(2, 8), nn.LeakyReLU(), nn.Dropout(0.3), nn.Linear(8, 1), nn.Flatten(0))
    return Game(g, d, NonSaturating())


def state_of(game):
    players = (game.generator, game.discriminator)
    return torch.cat([v.detach().flatten().double() for p in players for v in p.state_dict().values()])


def without_seconds(history):
    return [repr(record[:6] + record[7:]) for record in history]  # repr: every digit, and NaN equals NaN


def assert_the_pause_leaves_no_trace(make_game, data, seed=3, total=14, pause=5):
    whole, paused = make_game(), make_game()
    uninterrupted = train(whole, data, total, batch_size=16, seed=seed, progress=False)
    run = Run(paused, data, batch_size=16, seed=seed)
    run.train(pause, progress=False)
    state, history = run.state_dict(), History(run.history)
    run.train(3, progress=False)  # what happens afterwards must not reach the state

    torch.manual_seed(99)
    resumed = Run(make_game(), data, batch_size=16, seed=0)
    resumed.history = history
    resumed.load_state_dict(state)
    assert resumed.step == pause
    resumed.train(total - pause, progress=False)
    assert without_seconds(resumed.history) == without_seconds(uninterrupted)
    assert torch.equal(state_of(resumed.game), state_of(whole))
    seconds = resumed.history.seconds
    assert (seconds[1:] > seconds[:-1]).all()  # time goes on too


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("data", [ring(), TABLE], ids=["distribution", "table"])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(objective, data):
    def make_game():
        return plain_game(OBJECTIVES[objective](), discriminator_steps=2)

    assert_the_pause_leaves_no_trace(make_game, data)


@pytest.mark.parametrize("pause", [1, 4, 8, 13])
def test_wherever_in_a_pass_it_stopped(pause):
    """70 rows in batches of 16 make passes of 4 steps: within one, at its end, and in a later one."""
    assert_the_pause_leaves_no_trace(plain_game, TABLE, pause=pause)


def test_wherever_in_a_block_of_a_distribution_it_stopped():
    for pause in (49, 50, 51):
        assert_the_pause_leaves_no_trace(plain_game, ring(), total=55, pause=pause)


@pytest.mark.parametrize("objective", [NonSaturating(), Wasserstein(GradientPenalty(1.0))], ids=repr)
def test_a_conditional_run_resumes(objective):
    assert_the_pause_leaves_no_trace(lambda: conditional_game(objective), conditional_data())


def test_dropout_and_batch_statistics_resume():
    assert_the_pause_leaves_no_trace(dropout_game, ring())
