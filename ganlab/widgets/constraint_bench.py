"""Three ways to keep a critic from being too steep, side by side on one distance."""

import functools
import math

import numpy as np
import torch

from ganlab.data import ring
from ganlab.models import mlp_discriminator
from ganlab.objectives import GradientPenalty, SpectralNorm, Wasserstein, WeightClipping
from ganlab.seeding import isolated_randomness, seeded_rng
from ganlab.theory import kantorovich_dual, lipschitz_estimate, wasserstein1
from ganlab.training import train_discriminator
from ganlab.views import plot_critics, plot_readings
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider, stops

LAYOUTS = ("two islands", "island inside a ring")
SAMPLES, SPREAD = 128, 0.1
# Until the reading stands still: steps, and the learning rate.
TRAINING = {"clipping": (300, 1e-2), "gradient penalty": (200, 2e-2), "spectral norm": (100, 2e-2)}
ON_THE_WAY = np.linspace(-0.5, 1.5, 81)  # in units of the distance


class ConstraintBench(Instrument):
    """Three critics, alike but for their constraint, read one distance that is known exactly.

    Left, their scores on the way from the fakes to the real samples, beside a line of slope 1.
    Right, what each reads: its dual estimate, and the same divided by its steepest slope.

    Parameters
    ----------
    layout : {"two islands", "island inside a ring"}
        The fakes are one island; the real samples another, or a ring of eight around it.
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
    layout_choice, angle, distance, clip, weight : ipywidgets controls
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

    def __init__(
        self,
        layout: str = "two islands",
        angle: float = 0,
        distance: float = 2.0,
        clip: float = 0.1,
        weight: int = 10,
        seed: int = 0,
    ):
        self.angle = slider(0, 90, 5.0, angle, "angle (°)")
        self.distance = slider(1, 4, 0.5, distance, "distance")
        self.clip = stops([0.03, 0.1, 0.3], clip, "clipping limit c")
        self.weight = stops([1, 3, 10], weight, "penalty weight w")
        self.layout_choice = menu(LAYOUTS, layout, "real samples")
        self._seed = seed
        controls = (self.angle, self.distance, self.clip, self.weight, self.layout_choice)
        super().__init__(controls[:2], controls[2:4], controls[4])
        self.when_moved(self.redraw, *controls)
        self.redraw()

    def redraw(self):
        """Train the critics that are not known yet at these settings, then draw."""
        place = self.layout_choice.value, self.angle.value, self.distance.value, self._seed
        critics = {
            "clipping": _trained("clipping", self.clip.value, *place),
            "gradient penalty": _trained("gradient penalty", self.weight.value, *place),
            "spectral norm": _trained("spectral norm", None, *place),
        }
        self.reading = {"exact": wasserstein1(*_islands(*place))}
        self.reading |= {name: reading for name, (reading, _) in critics.items()}

        figure = new_figure(12, 3.6)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.1])
        figure.subplots_adjust(wspace=0.38)
        distance = self.distance.value
        profiles = {name: profile for name, (_, profile) in critics.items()}
        plot_critics(distance * ON_THE_WAY, profiles, left, distance=distance)
        readings = {name: (reading["dual"], reading["divided"]) for name, (reading, _) in critics.items()}
        plot_readings(readings, right, exact=self.reading["exact"])
        self.show(figure, self._in_words())

    def _in_words(self):
        settings = (f" at {self.clip.value:g}", f" of weight {self.weight.value:g}", "")
        parts = (
            "{}{} reads {dual:.3g} (steepest slope {steepest:.3g}, divided {divided:.3g})".format(
                name, setting, **self.reading[name]
            )
            for name, setting in zip(("clipping", "gradient penalty", "spectral norm"), settings, strict=True)
        )
        return (
            f"{self.layout_choice.value.capitalize()}, distance {self.distance.value:.1f}, angle "
            f"{self.angle.value:.0f}°: W1 is {self.reading['exact']:.3f}. {'; '.join(parts).capitalize()}."
        )


def _islands(layout, angle, distance, seed):
    """Real samples and fakes; the island of fakes lies half the distance to the other side."""
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
def _trained(name, setting, layout, angle, distance, seed):
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
