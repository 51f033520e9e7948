"""Drag one of two islands, and see which distance, and which loss, notices."""

import functools
import math

import numpy as np
import torch

from ganlab.models import mlp_discriminator
from ganlab.objectives import GradientPenalty, Minimax, Wasserstein
from ganlab.seeding import seeded_rng
from ganlab.theory import kantorovich_dual, lipschitz_estimate
from ganlab.training import train_discriminator
from ganlab.views import plot_loss_landscape, plot_over_position
from ganlab.widgets.instrument import Instrument, new_figure, slider

SHIFTS = np.linspace(-5, 5, 801)
X = np.linspace(-6, 6, 481)
SAMPLES, STEPS, PENALTY = 128, 200, 10.0
RATE = 2e-2  # of both trained networks


class IslandsExplorer(Instrument):
    """Two islands of one shape in the plane; a slider moves the fake one along the first axis.

    Left, the ground that a fake stands on: the minimax loss of a trained discriminator, and
    the loss that a trained critic gives. Middle and right, the Jensen-Shannon divergence and the
    Wasserstein-1 distance over every position of the island, both in closed form:

    .. math:: \\mathrm{JSD} = \\log 2 \\, \\min(1, |\\theta| / w), \\qquad W_1 = |\\theta|

    for islands of width w; lines, of width 0, have JSD = log 2 wherever they are not the same line. The
    fakes are the real points, moved, so that W1 is exact for the points as well.

    Parameters
    ----------
    position : number in [-5, 5]
        Where the fake island starts; the real one is at 0.
    width : number in [0, 1.5]
        Of both islands; 0 makes them parallel lines.
    seed : int
        Of the points, and of both trained networks.

    Attributes
    ----------
    position, width : ipywidgets.FloatSlider
        The controls; set their ``value`` to move them from code.
    reading : dict
        ``jsd`` (nats) and ``jsd_slope``; ``w1`` and ``w1_slope`` (what one unit further away would
        add; infinite where it jumps); the critic's ``dual`` estimate and ``steepest`` slope; and at the fakes
        the mean size of the slope of either loss, ``minimax_slope`` and ``critic_slope``.

    Examples
    --------
    >>> explorer = IslandsExplorer(position=2.0, width=0.0)
    >>> round(explorer.reading["jsd"], 4), explorer.reading["w1"]
    (0.6931, 2.0)
    """

    def __init__(self, position: float = 2.0, width: float = 0.5, seed: int = 0):
        self.position = slider(-5, 5, 0.1, position, "position")
        self.width = slider(0, 1.5, 0.1, width, "width of islands")
        self._seed = seed
        super().__init__((self.position, self.width))
        self.when_moved(self.redraw, self.position, self.width)
        self.redraw()

    def redraw(self):
        """Measure and draw at the present position of the sliders."""
        theta, width = round(self.position.value, 6), round(self.width.value, 6)
        trained = _trained(theta, width, self._seed)
        self.reading = {
            "jsd": float(_jsd(theta, width)),
            "jsd_slope": _jsd_slope(theta, width),
            "w1": abs(theta),
            "w1_slope": 1.0,
            **trained["reading"],
        }

        figure = new_figure(12, 3.4)
        left, middle, right = figure.subplots(1, 3)
        half = width / 2
        islands = {"real": (-half, half), "fake": (theta - half, theta + half)}
        plot_loss_landscape(X, trained["minimax"], trained["wasserstein"], left, **islands)
        here = {"here": theta, "moved": "position of the fake island"}
        jsd = {"name": "JSD", "quantity": "JSD (nats)", "readings": {"here": self.reading["jsd"]}}
        plot_over_position(SHIFTS, _jsd(SHIFTS, width), middle, **here, **jsd)
        w1 = {"here": self.reading["w1"], "critic's dual estimate": self.reading["dual"]}
        w1 = {"name": "W1", "quantity": "W1 (units of the data)", "readings": w1}
        plot_over_position(SHIFTS, abs(SHIFTS), right, **here, **w1)
        self.show(figure, self._in_words(theta, width))

    def _in_words(self, theta, width):
        reading = self.reading
        rate = f"would change JSD at the rate of {reading['jsd_slope']:.2f}"
        if reading["jsd_slope"] == math.inf:
            rate = "would make JSD jump to its ceiling"
        return (
            f"With the island at {theta:.1f} and width {width:.1f}, JSD is {reading['jsd']:.3f} nats "
            f"({100 * reading['jsd'] / math.log(2):.0f} % of its ceiling, log 2) and W1 is "
            f"{reading['w1']:.2f}; moving it further away {rate}, and W1 at the rate of 1. At the "
            f"fakes the minimax loss has slope {reading['minimax_slope']:.2g}, the Wasserstein "
            f"loss {reading['critic_slope']:.2f}. The critic's dual estimate of W1 is "
            f"{reading['dual']:.2f}, with a steepest slope of {reading['steepest']:.2f}."
        )


def _jsd(theta, width):
    """Of two islands of one shape: their densities are equal where both have land, else one is 0."""
    # The share of either island that the other does not cover.
    apart = np.minimum(1, np.abs(theta) / width) if width > 0 else (np.abs(theta) > 0).astype(float)
    return math.log(2) * apart


def _jsd_slope(theta, width):
    """By how much JSD grows per unit, from here outwards."""
    if theta == width == 0:
        return math.inf
    return math.log(2) / width if abs(theta) < width else 0.0


@functools.lru_cache(maxsize=256)
def _trained(theta, width, seed):
    """A discriminator and a critic trained on the points: both losses over X, and their readings."""
    points = torch.rand(SAMPLES, 2, generator=seeded_rng(seed))
    real = torch.stack([width * (points[:, 0] - 0.5), points[:, 1]], dim=1)
    fake = real + torch.tensor([theta, 0.0])
    way = torch.stack([torch.from_numpy(X).float(), torch.full((len(X),), 0.5)], dim=1)

    discriminator, critic = (mlp_discriminator(width=32, seed=seed) for _ in range(2))
    objectives = {discriminator: Minimax(), critic: Wasserstein(GradientPenalty(PENALTY))}
    for network, objective in objectives.items():
        train_discriminator(network, objective, real, fake, STEPS, learning_rate=RATE, seed=seed)
    losses = {
        "minimax_slope": lambda samples: -torch.nn.functional.softplus(discriminator(samples)),
        "critic_slope": lambda samples: -critic(samples),
    }
    between = fake + torch.rand(SAMPLES, 1, generator=seeded_rng(seed + 1)) * (real - fake)
    reading = {
        "dual": kantorovich_dual(critic, real, fake).item(),
        "steepest": lipschitz_estimate(critic, torch.cat([real, between, fake])),
    }
    reading |= {name: _mean_slope(loss, fake) for name, loss in losses.items()}
    with torch.no_grad():
        minimax, wasserstein = (loss(way).double().numpy() for loss in losses.values())
        wasserstein = wasserstein + critic(real).mean().item()
    return {"reading": reading, "minimax": minimax, "wasserstein": wasserstein}


def _mean_slope(loss, samples):
    """How steep the ground is under the samples, on average."""
    samples = samples.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss(samples).sum(), samples)
    return slopes.norm(dim=1).mean().item()
