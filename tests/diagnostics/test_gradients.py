"""Gradient norms by hand, by finite differences, and without a trace in the game."""

import copy
import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import nn

from ganlab.diagnostics import generator_gradient_norms
from ganlab.models import image_discriminator, image_generator, mlp_discriminator, mlp_generator
from ganlab.objectives import Hinge, LeastSquares, Minimax, NonSaturating, SpectralNorm
from ganlab.theory import jensen_shannon
from ganlab.training import Game


class Shift(nn.Module):
    """z -> z + theta."""

    latent_dim = 1

    def __init__(self, theta):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([float(theta)]))

    def forward(self, latent):
        return latent + self.theta


class BestScore(nn.Module):
    """log p(x) / q(x) for p = N(0, 1) and q = N(theta, 1), frozen."""

    def __init__(self, theta):
        super().__init__()
        self.theta = theta
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.theta**2 / 2 - self.theta * x[:, 0]


def shift_game(theta):
    return Game(Shift(theta), BestScore(theta), NonSaturating())


@pytest.mark.parametrize("theta", [0.1, 1.0, 3.0, 8.0])
def test_saturating_and_non_saturating_pull_by_theta_together(theta):
    norms = generator_gradient_norms(shift_game(theta), 500, seed=0)
    assert norms.loc["Shift", "minimax"] + norms.loc["Shift", "non-saturating"] == pytest.approx(
        theta, rel=1e-5
    )
    assert norms.loc["Shift", "Wasserstein"] == pytest.approx(theta, rel=1e-5)
    assert norms.loc["Shift", "hinge"] == norms.loc["Shift", "Wasserstein"]


def test_the_minimax_pull_is_twice_the_slope_of_jensen_shannon():
    theta, step = 1.5, 1e-3
    x = np.linspace(-12, 14, 20001)
    divergence = [
        jensen_shannon(stats.norm.pdf(x), stats.norm.pdf(x, where), x[1] - x[0])
        for where in (theta - step, theta + step)
    ]
    expected = (divergence[1] - divergence[0]) / step  # 2 dJSD / dtheta
    norms = generator_gradient_norms(shift_game(theta), 100_000, seed=0)
    # E[D] over q, whose standard deviation is below 1/2: 4 standard errors of theta E[D].
    assert norms.loc["Shift", "minimax"] == pytest.approx(expected, abs=4 * theta * 0.5 / math.sqrt(100_000))
    by_quadrature = (
        theta
        * integrate.quad(
            lambda x: stats.norm.pdf(x, theta) / (1 + math.exp(theta * x - theta**2 / 2)), -10, 14
        )[0]
    )
    assert expected == pytest.approx(by_quadrature, rel=1e-5)


def test_a_sure_discriminator_silences_minimax_alone():
    norms = generator_gradient_norms(shift_game(12.0), 200, seed=0)
    assert 0 < norms.loc["Shift", "minimax"] < 1e-6 * norms.loc["Shift", "non-saturating"]


def test_norms_are_those_of_finite_differences():
    torch.manual_seed(0)
    game = Game(mlp_generator(width=5, seed=0), mlp_discriminator(width=5, seed=1), NonSaturating())
    game.generator.double(), game.discriminator.double()
    latent = game.latent(30, torch.Generator().manual_seed(4)).double()
    game.latent = lambda n, rng: latent
    norms = generator_gradient_norms(game, 30, seed=4)
    for objective, name in ((Minimax(), "minimax"), (LeastSquares(), "least squares")):
        for layer, module in game.generator.named_modules():
            weights = list(module.parameters(recurse=False))
            if not weights:
                continue
            squares = 0.0
            for tensor in weights:
                for place in range(tensor.numel()):
                    losses = []
                    for step in (1e-5, -1e-5):
                        with torch.no_grad():
                            tensor.view(-1)[place] += step
                            fake_scores = game.discriminator(game.generator(latent))
                            losses.append(objective.generator_loss(fake_scores).item())
                            tensor.view(-1)[place] -= step
                    squares += ((losses[0] - losses[1]) / 2e-5) ** 2
            assert norms.loc[layer, name] == pytest.approx(math.sqrt(squares), rel=1e-4)


def test_the_rows_add_up_to_the_whole_gradient_of_the_game():
    game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), Hinge())
    norms = generator_gradient_norms(game, 64, seed=5, objectives=[Hinge()])
    scores = game.discriminator(game.generator(game.latent(64, torch.Generator().manual_seed(5))))
    gradients = torch.autograd.grad(Hinge().generator_loss(scores), list(game.generator.parameters()))
    whole = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
    assert ((norms**2).sum() ** 0.5)["Hinge()"] == pytest.approx(whole, rel=1e-5)


def game_with_running_statistics():
    generator = mlp_generator(width=8, seed=0)
    generator.extra = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(0.3))
    generator.register_forward_hook(lambda module, inputs, samples: module.extra(samples))
    return Game(generator, mlp_discriminator(seed=1), Minimax())


GAMES = {
    "running statistics": game_with_running_statistics,
    "points": lambda: Game(mlp_generator(seed=0), mlp_discriminator(seed=1), Minimax()),
    "spectral norm": lambda: Game(
        mlp_generator(seed=0), mlp_discriminator(seed=1), Hinge(constraint=SpectralNorm())
    ),
    "images": lambda: Game(image_generator(width=4, seed=0), image_discriminator(width=4, seed=1), Minimax()),
    "classes": lambda: Game(
        image_generator(width=4, n_classes=3, seed=0),
        image_discriminator(width=4, n_classes=3, seed=1),
        Minimax(),
    ),
}


@pytest.mark.parametrize("kind", GAMES)
def test_measuring_leaves_no_trace_and_repeats(kind):
    game = GAMES[kind]()
    # A gradient, a frozen mode and a random state of somebody else, all of which must stay.
    first = next(game.generator.parameters())
    first.grad = torch.full_like(first, 7.0)
    game.discriminator.eval()
    before, random_state = copy.deepcopy(game.state_dict()), torch.random.get_rng_state()
    norms = generator_gradient_norms(game, 12, seed=0)
    assert norms.equals(generator_gradient_norms(game, 12, seed=0))
    assert not norms.equals(generator_gradient_norms(game, 12, seed=1))
    assert np.isfinite(norms.to_numpy()).all()
    assert (norms.to_numpy() > 0).any()
    for player in ("generator", "discriminator"):
        for name, value in getattr(game, player).state_dict().items():
            assert torch.equal(value, before[player][name]), name
    assert (first.grad == 7).all()
    assert [weights.grad is None for weights in game.discriminator.parameters()].count(False) == 0
    assert game.generator.training
    assert not game.discriminator.training
    assert torch.equal(random_state, torch.random.get_rng_state())


def test_classes_can_be_chosen():
    game = GAMES["classes"]()
    assert not generator_gradient_norms(game, 6, 0, labels=0).equals(
        generator_gradient_norms(game, 6, 0, labels=1)
    )
    mixed = generator_gradient_norms(game, 6, 0, labels=[0, 1, 2, 0, 1, 2])
    assert mixed.equals(generator_gradient_norms(game, 6, 0))


def test_a_layer_that_the_loss_does_not_reach_has_norm_0():
    game = shift_game(1.0)
    game.generator.idle = nn.Linear(3, 3)
    assert (generator_gradient_norms(game, 5, seed=0).loc["idle"] == 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be a whole number of 1 or more"),
        ({"objectives": []}, "objectives is empty"),
        ({"objectives": ["hinge"]}, "generator_loss; got 'hinge'"),
        ({"objectives": {"h": Hinge}}, "not its class"),
        ({"labels": 0}, "not conditional"),
        ({"game": nn.Linear(1, 1)}, "game must be a Game"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        generator_gradient_norms(**({"game": shift_game(1.0), "n": 5, "seed": 0} | arguments))
