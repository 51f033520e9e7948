"""Ask a conditional generator for a class, walk through its latent space, and mix a cohort of its samples."""

import functools

import ipywidgets
import numpy as np
import torch

from ganlab.data import texture_oracle
from ganlab.data.simulated.lesions import (
    DEFAULT_WEIGHTS,
    IRREGULARITY,
    PATTERNS,
    RADIUS_MM,
    malignancy_probability,
)
from ganlab.diagnostics import share_interval
from ganlab.recorded.lesion_gan import LesionGAN
from ganlab.seeding import seeded_rng
from ganlab.views import plot_composition, plot_one_latent, plot_opinion
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row

COHORT = 400  # generated lesions in a mixed cohort
REACH = 3.0  # standard deviations of the latent points, either way
USUAL = 0.05  # typicality above which the oracle has seen such lesions
DIAGNOSES, TEXTURES = LesionGAN.diagnoses, PATTERNS


class ConditionalSampler(Instrument):
    """Ask for benign or malignant lesions of a recorded conditional GAN, one at a time and by the cohort.

    Left, what one latent point becomes for either diagnosis: the class is the only difference. In the
    middle, which texture an oracle sees in the one asked for. Right, the textures of a cohort of 400
    generated lesions with a chosen malignant fraction, beside those that real patients mixed alike
    have: p(x) = sum over y of p(y) p(x | y), where the slider moves p(y) and nothing else.

    Parameters
    ----------
    asked : {"benign", "malignant"}
        The class asked for at first.
    fraction : number in [0, 1]
        Of malignant lesions in the cohort.
    seed : int
        Of the latent points.

    Attributes
    ----------
    asked, point, first, second, fraction : ipywidgets controls
        The class; which latent point to start from; steps from it in two directions, in standard deviations
        of the latent distribution; and the malignant fraction. Set their ``value`` from code.
    reading : dict
        ``texture`` that the oracle sees in the lesion asked for, how ``sure`` it is, its ``typicality``
        (0.05 and less: hardly ever seen in such lesions); and the ``generated`` and ``real`` shares of
        the three textures in the cohort.

    Examples
    --------
    >>> sampler = ConditionalSampler(fraction=0.0)
    >>> homogeneous, rim, speckled = sampler.reading["generated"]
    >>> homogeneous > speckled  # asked for benign lesions only
    True
    """

    def __init__(self, asked="benign", fraction=0.5, seed=0):
        self.asked = ipywidgets.Dropdown(
            options=DIAGNOSES, value=asked, description="class asked for", **WIDE
        )
        self.point = ipywidgets.IntSlider(0, min=0, max=99, description="latent point", **WIDE)
        steps = {"min": -REACH, "max": REACH, "step": 0.25, **WIDE}
        self.first = ipywidgets.FloatSlider(0.0, description="first direction", **steps)
        self.second = ipywidgets.FloatSlider(0.0, description="second direction", **steps)
        self.fraction = ipywidgets.FloatSlider(
            fraction, min=0, max=1, step=0.01, description="malignant share", **WIDE
        )
        self._gan, self._seed = LesionGAN.recorded(), seed
        rng = seeded_rng(seed)
        self._points = torch.randn(100, self._gan.latent_dim, generator=rng)
        self._directions = torch.randn(2, self._gan.latent_dim, generator=rng)
        self._directions /= self._directions.norm(dim=1, keepdim=True)
        super().__init__(row(self.asked, self.point), row(self.first, self.second), row(self.fraction))
        for control in (self.asked, self.point, self.first, self.second, self.fraction):
            control.observe(lambda change: self.redraw(), "value")
        self.redraw()

    def redraw(self):
        """Generate, ask the oracle, mix the cohort and draw, as the controls stand."""
        oracle, chosen = texture_oracle(), DIAGNOSES.index(self.asked.value)
        step = self.first.value * self._directions[0] + self.second.value * self._directions[1]
        latent = (self._points[self.point.value] + step).unsqueeze(0)
        pair = np.concatenate([self._gan.images(latent, diagnosis) for diagnosis in DIAGNOSES])
        opinion = oracle.predict_proba(pair)[chosen]
        generated, real = self._mixed(_made(self._seed)), self._mixed(_known())
        self.reading = {
            "texture": TEXTURES[opinion.argmax()],
            "sure": float(opinion.max()),
            "typicality": float(oracle.typicality(pair)[chosen]),
            "generated": tuple(generated.tolist()),
            "real": tuple(real.tolist()),
        }

        figure = new_figure(12, 3.4)
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.5, 0.8, 1.2))
        plot_one_latent(pair, DIAGNOSES, left, chosen=chosen)
        plot_opinion(opinion, TEXTURES, middle)
        intervals = np.array([share_interval(share * COHORT, COHORT) for share in generated])
        plot_composition(real, generated, TEXTURES, right, intervals=intervals)
        self.show(figure, self._in_words())

    def _mixed(self, shares):
        """Shares of the textures in a cohort of whole lesions, from those within benign and malignant."""
        malignant = round(self.fraction.value * COHORT) / COHORT
        return (1 - malignant) * shares[0] + malignant * shares[1]

    def _in_words(self):
        reading = self.reading
        usual = "not unusual" if reading["typicality"] > USUAL else "unusual"
        both = [
            f"{100 * made:.0f} % {name} (real {100 * real:.0f} %)"
            for name, made, real in zip(TEXTURES, reading["generated"], reading["real"], strict=True)
        ]
        return (
            f"Asked for a {self.asked.value} lesion, the generator made one that the oracle calls "
            f"{reading['texture']} ({100 * reading['sure']:.0f} % sure) and {usual} for that (typicality "
            f"{reading['typicality']:.2f}). Of {COHORT} lesions generated with a malignant share of "
            f"{100 * self.fraction.value:.0f} %, it calls {', '.join(both[:-1])} and {both[-1]}."
        )


@functools.lru_cache(maxsize=4)
def _made(seed):
    """Shares of the textures that the oracle sees in 400 generated lesions of either diagnosis."""
    gan = LesionGAN.recorded()
    seen = [texture_oracle().predict(gan.sample(diagnosis, COHORT, seed=seed + 1)) for diagnosis in DIAGNOSES]
    return np.array([[np.mean(textures == name) for name in TEXTURES] for textures in seen])


@functools.cache
def _known():
    """Shares of the textures among benign and malignant patients, by Bayes' rule on the simulator's truth."""
    middle = (np.arange(200) + 0.5) / 200  # of 200 equally likely radii and margins
    radius = RADIUS_MM[0] * (RADIUS_MM[1] / RADIUS_MM[0]) ** middle
    margin = IRREGULARITY[0] + (IRREGULARITY[1] - IRREGULARITY[0]) * middle
    malignant = malignancy_probability(np.arange(3)[:, None, None], radius[:, None], margin).mean(axis=(1, 2))
    joint = np.array(DEFAULT_WEIGHTS) * np.array([1 - malignant, malignant])
    return joint / joint.sum(axis=1, keepdims=True)
