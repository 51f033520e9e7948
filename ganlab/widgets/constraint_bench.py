"""Three ways to keep a critic from being too steep, side by side on one distance."""

import functools
import math

import ipywidgets
import numpy as np
import torch

from ganlab.data import ring
from ganlab.models import mlp_discriminator
from ganlab.objectives import GradientPenalty, SpectralNorm, Wasserstein, WeightClipping
from ganlab.seeding import isolated_randomness, seeded_rng
from ganlab.theory import kantorovich_dual, lipschitz_estimate, wasserstein1
from ganlab.training import train_discriminator
from ganlab.views import plot_critics, plot_readings
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row

LAYOUTS = ("two islands", "island inside a ring")
SAMPLES, SPREAD = 128, 0.1
# Until the reading stands still: steps, and the learning rate.
TRAINING = {"clipping": (300, 1e-2), "gradient penalty": (200, 2e-2), "spectral norm": (100, 2e-2)}
ON_THE_WAY = np.linspace(-0.5, 1.5, 81)  # in units of the distance


class ConstraintBench(Instrument):
    """Three critics, alike but for their constraint, read one distance that is known exactly.

    Left, their scores on the way from the generated samples to the real ones, beside a line of slope 1.
    Right, what each reads: its dual estimate, and the same divided by its steepest slope.

    Parameters
    ----------
    layout : {"two islands", "island inside a ring"}
        The generated samples are one island; the real ones another, or a ring of eight around it.
    angle : number in [0, 90]
        The compass direction, in degrees, in which the real samples lie.
    distance : number in [1, 4]
    clip : {0.03, 0.1, 0.3}
        The clipping limit.
    weight : {1, 3, 10}
        Of the gradient penalty.
    seed : int
        Of the points, and of the critics' weights.

    Attributes
    ----------
    layout, angle, distance, clip, weight : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``exact``, the W1 of the points; and for "clipping", "gradient penalty" and "spectral norm" a dict
        of the ``dual`` estimate, the ``steepest`` slope met and their ratio, ``divided``.

    Examples
    --------
    >>> bench = ConstraintBench(distance=2.0)
    >>> round(bench.reading["spectral norm"]["dual"] / bench.reading["exact"], 2)
    1.0
    """

    def __init__(self, layout="two islands", angle=0, distance=2.0, clip=0.1, weight=10, seed=0):
        self.angle = ipywidgets.FloatSlider(angle, min=0, max=90, step=5, description="angle (°)", **WIDE)
        self.distance = ipywidgets.FloatSlider(
            distance, min=1, max=4, step=0.5, description="distance", **WIDE
        )
        self.clip = ipywidgets.SelectionSlider(
            options=[0.03, 0.1, 0.3], value=clip, description="clipping limit c", **WIDE
        )
        self.weight = ipywidgets.SelectionSlider(
            options=[1, 3, 10], value=weight, description="penalty weight w", **WIDE
        )
        self.layout_choice = ipywidgets.Dropdown(
            options=list(LAYOUTS), value=layout, description="real samples", **WIDE
        )
        self._seed = seed
        controls = (self.angle, self.distance, self.clip, self.weight, self.layout_choice)
        super().__init__(row(*controls[:2]), row(*controls[2:4]), row(controls[4]))
        for control in controls:
            control.observe(lambda change: self.redraw(), "value")
        self.redraw()

    def redraw(self):
        """Train whichever critic is not known yet at these settings, then draw."""
        place = self.layout_choice.value, self.angle.value, self.distance.value, self._seed
        critics = {
            "clipping": _judged("clipping", self.clip.value, *place),
            "gradient penalty": _judged("gradient penalty", self.weight.value, *place),
            "spectral norm": _judged("spectral norm", None, *place),
        }
        self.reading = {"exact": wasserstein1(*_islands(*place))}
        self.reading |= {name: reading for name, (reading, _) in critics.items()}

        figure = new_figure(12, 3.6)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.1])
        figure.subplots_adjust(wspace=0.38)
        distance = self.distance.value
        profiles = {name: profile for name, (_, profile) in critics.items()}
        plot_critics(distance * ON_THE_WAY, profiles, left, distance=distance)
        readings = {name: (one["dual"], one["divided"]) for name, (one, _) in critics.items()}
        plot_readings(readings, right, exact=self.reading["exact"])
        self.show(figure, self._in_words())

    def _in_words(self):
        settings = {
            "clipping": f" at {self.clip.value:g}",
            "gradient penalty": f" of weight {self.weight.value:g}",
            "spectral norm": "",
        }
        parts = (
            f"{name}{setting} reads {self.reading[name]['dual']:.3g} (steepest slope "
            f"{self.reading[name]['steepest']:.3g}, divided {self.reading[name]['divided']:.3g})"
            for name, setting in settings.items()
        )
        return (
            f"{self.layout_choice.value.capitalize()}, distance {self.distance.value:.1f}, angle "
            f"{self.angle.value:.0f}°: W1 is {self.reading['exact']:.3f}. "
            + "; ".join(parts).capitalize()
            + "."
        )


def _islands(layout, angle, distance, seed):
    """Real and generated samples; the generated island lies half the distance to the other side."""
    compass = _direction(angle)
    noise = torch.randn(2, SAMPLES, 2, generator=seeded_rng(seed))
    if layout == "two islands":
        real = SPREAD * noise[0] + distance / 2 * compass
        return real, SPREAD * noise[1] - distance / 2 * compass
    with isolated_randomness(seed):
        real = ring(8, radius=distance, std=SPREAD).sample((SAMPLES,))
    across = torch.tensor([-compass[1], compass[0]])
    return real @ torch.stack([compass, across]), SPREAD * noise[1]


@functools.lru_cache(maxsize=512)
def _judged(name, setting, layout, angle, distance, seed):
    """Train one critic; what it reads, and its scores on the way."""
    constraint = {
        "clipping": WeightClipping,
        "gradient penalty": GradientPenalty,
        "spectral norm": lambda nothing: SpectralNorm(),
    }[name](setting)
    real, fake = _islands(layout, angle, distance, seed)
    critic = mlp_discriminator(width=32, seed=seed)
    steps, rate = TRAINING[name]
    train_discriminator(critic, Wasserstein(constraint), real, fake, steps, learning_rate=rate, seed=seed)
    between = fake + torch.rand(SAMPLES, 1, generator=seeded_rng(seed)) * (real - fake)
    dual = kantorovich_dual(critic, real, fake).item()
    steepest = lipschitz_estimate(critic, torch.cat([real, between, fake]))
    start = fake.mean(dim=0)
    way = start + torch.from_numpy(distance * ON_THE_WAY).float().unsqueeze(1) * _direction(angle)
    with torch.no_grad():
        profile = (critic(way) - critic(start.unsqueeze(0))).double().numpy()
    return {"dual": dual, "steepest": steepest, "divided": dual / steepest}, profile


def _direction(angle):
    return torch.tensor([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
