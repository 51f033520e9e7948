"""Drag the generator's density along a line, and see what the best discriminator can still tell apart."""

import functools
import math

import numpy as np
import torch
from scipy import stats
from scipy.special import expit, log_expit

from ganlab.models import mlp_discriminator
from ganlab.objectives import Minimax
from ganlab.seeding import seeded_rng
from ganlab.theory import jensen_shannon, optimal_discriminator
from ganlab.training import train_discriminator
from ganlab.views import plot_densities, plot_discriminator, plot_over_position
from ganlab.widgets.instrument import Instrument, new_figure, slider

# Numpy, not torch, for all that is drawn while a slider moves: on arrays this small torch's threads cost
# more than the arithmetic, and far more while a browser is busy beside them.
X, DX = np.linspace(-25, 25, 2501, retstep=True)  # holds the widest q (std 3) at either end (mean 5)
SHIFTS = np.linspace(-5, 5, 81)
SAMPLES, STEPS = 2000, 100  # for the trained discriminator
LEVELS = {"no overlap: 0": 0.0, "equilibrium: −log 4": -math.log(4)}
VALUES = {"D*": "value_optimal", "trained D": "value_trained"}


class DivergenceExplorer(Instrument):
    """p is the standard normal; two sliders move and widen q.

    Left, the two densities. In the middle D* = p / (p + q) and, on top of it, a discriminator trained on
    2,000 samples of each (always from the same start). Right, 2 JSD - log 4 over every position
    of q, with the value of the game measured at this one: with D* it lies on the curve, with any other
    discriminator below.

    Parameters
    ----------
    mean : number in [-5, 5]
        Where q starts.
    std : number in [0.3, 3]
        How wide q starts.
    seed : int
        Of the samples and of the trained discriminator.

    Attributes
    ----------
    mean, std : ipywidgets.FloatSlider
        The controls; set their ``value`` to move them from code.
    reading : dict
        ``jsd``, ``value_optimal`` and ``value_trained`` in nats, at the present position.

    Examples
    --------
    >>> explorer = DivergenceExplorer(mean=0.0, std=1.0)
    >>> round(explorer.reading["value_optimal"], 4)
    -1.3863
    """

    def __init__(self, mean: float = 2.0, std: float = 1.0, seed: int = 0):
        self.mean = slider(-5, 5, 0.05, mean, "mean of q")
        self.std = slider(0.3, 3, 0.05, std, "width (std) of q")
        self._seed = seed
        super().__init__((self.mean, self.std))
        self.when_moved(self.redraw, self.mean, self.std)
        self.redraw()

    def redraw(self):
        """Measure and draw at the present position of the sliders."""
        mean, std = self.mean.value, self.std.value
        log_p, log_q = stats.norm(0, 1).logpdf(X), stats.norm(mean, std).logpdf(X)
        p, q = np.exp(log_p), np.exp(log_q)
        optimal = optimal_discriminator(p, q)
        trained_scores = self._trained_scores(mean, std)
        self.reading = {
            "jsd": jensen_shannon(p, q, DX),
            "value_optimal": _value(p, q, log_p - log_q),
            "value_trained": _value(p, q, trained_scores),
        }

        figure = new_figure(12, 3.4)
        left, middle, right = figure.subplots(1, 3)
        near = np.abs(X) <= 7
        plot_densities(X[near], p[near], q[near], left)
        plot_discriminator(X[near], optimal[near], middle, trained=expit(trained_scores[near]))
        readings = {f"V({name}, G)": self.reading[key] for name, key in VALUES.items()}
        words = {"name": "2 JSD − log 4", "quantity": "value of the game (nats)", "moved": "mean of q"}
        here = {"here": mean, "readings": readings, "levels": LEVELS}
        plot_over_position(SHIFTS, _best_values(std), right, **here, **words).set_ylim(-1.6, 0.2)
        self.show(figure, self._in_words(mean, std))

    def _trained_scores(self, mean, std):
        noise = torch.randn(2, SAMPLES, 1, generator=seeded_rng(self._seed))
        discriminator = mlp_discriminator(data_dim=1, width=32, seed=self._seed)
        train_discriminator(discriminator, Minimax(), noise[0], mean + std * noise[1], steps=STEPS)
        with torch.no_grad():
            return discriminator(torch.from_numpy(X).float().unsqueeze(1)).double().numpy()

    def _in_words(self, mean, std):
        jsd, best = self.reading["jsd"], self.reading["value_optimal"]
        return (
            f"With q at mean {mean:.2f} and width {std:.2f}, JSD is {jsd:.3f} nats "
            f"({100 * jsd / math.log(2):.0f} % of its ceiling, log 2). The best discriminator earns "
            f"V = {best:.3f}, which is 2 JSD − log 4 = {2 * jsd - math.log(4):.3f}; the trained one earns "
            f"{self.reading['value_trained']:.3f}."
        )


@functools.lru_cache(maxsize=64)
def _best_values(std):
    """2 JSD - log 4 at every position in SHIFTS; the same while only the mean is moved."""
    p = stats.norm(0, 1).pdf(X)
    divergences = [jensen_shannon(p, stats.norm(shift, std).pdf(X), DX) for shift in SHIFTS]
    return 2 * np.array(divergences) - math.log(4)


def _value(p, q, scores):
    """V as an integral over the densities; from raw scores, so that no logarithm of a rounded 0 is taken."""
    return float((_weighted(p, log_expit(scores)) + _weighted(q, log_expit(-scores))).sum() * DX)


def _weighted(density, logarithm):
    """density * logarithm, and 0 where there is no density, whatever D says there."""
    return np.multiply(density, logarithm, out=np.zeros_like(density), where=density > 0)
