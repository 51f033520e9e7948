"""Three objectives race from the same start: their fakes, and the norm of the generator's gradient."""

import functools

import numpy as np
import torch

from ganlab.data import ring
from ganlab.diagnostics import generator_gradient_norms
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import GradientPenalty, Minimax, NonSaturating, Wasserstein
from ganlab.seeding import isolated_randomness
from ganlab.theory import wasserstein1
from ganlab.training import race, train_discriminator
from ganlab.views import plot_layer_norms, plot_points
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider, stops
from ganlab.widgets.player.plane import SHOWN, real_and_floor

STEPS, EVERY = 200, 10
BATCH = 256
DATA = ring(1, radius=2.0, std=0.4)
LANES = {
    "minimax": Minimax(),
    "non-saturating": NonSaturating(),
    "Wasserstein": Wasserstein(GradientPenalty(1.0)),
}
OPTIMIZERS = ("plain descent", "Adam")
# One generator's rate for all lanes; the discriminator has Adam and the same rate throughout.
RATES = {"plain descent": 3e-3, "Adam": 3e-4}
DISCRIMINATOR_RATE = 3e-3
_ADAM = functools.partial(torch.optim.Adam, betas=(0.5, 0.999))  # as Game has it
LAYERS = {"0": "first", "2": "second", "4": "last"}


class GradientRace(Instrument):
    """The same game played by minimax, non-saturating and Wasserstein generators, side by side.

    All lanes have the same initial weights, latent points and data, in the same order. Before the start
    the discriminator may be trained on its own for a while (its head start), and all lanes inherit it.
    Above, real and fake points at the present step; below, the norm of the generator's gradient
    layer by layer over the whole race, on one logarithmic scale.

    One race is one seed: an illustration.

    Parameters
    ----------
    head_start : {0, 30, 100}
        Steps that the discriminator is trained before the race.
    optimizer : {"plain descent", "Adam"}
        With which the generators move.
    seed : int

    Attributes
    ----------
    frame, head_start, optimizer : ipywidgets controls
        Set their ``value`` to move them from code. The race is 200 steps long, 10 to a frame.
    reading : dict
        ``step``; ``norms`` (dict of lane -> norm of the whole generator's gradient); ``distances`` (dict of
        lane -> Wasserstein-1 from real to fake) and ``floor`` (what a perfect generator's distance
        stays below 19 times in 20).

    Examples
    --------
    >>> race_view = GradientRace()
    >>> sorted(race_view.reading["norms"])
    ['Wasserstein', 'minimax', 'non-saturating']
    """

    def __init__(self, head_start: int = 100, optimizer: str = "plain descent", seed: int = 0):
        self.frame = slider(0, STEPS // EVERY, 1, 0, "frame")
        self.head_start = stops([0, 30, 100], head_start, "D's head start")
        self.optimizer = menu(OPTIMIZERS, optimizer, "G moves by")
        self._seed = seed
        super().__init__(self.frame, (self.head_start, self.optimizer))
        self.when_moved(self.redraw, self.frame, self.head_start, self.optimizer)
        self.redraw()

    def redraw(self):
        """Run the race that the settings describe, unless it was run before, and draw the present frame."""
        frame, step = self.frame.value, self.frame.value * EVERY
        settings = self.head_start.value, self.optimizer.value, self._seed
        if settings not in _RACES:
            self.say(f"Playing three games of {STEPS} steps …")
            _RACES[settings] = raced(*settings)
        lanes = _RACES[settings]
        real, floor = _real_and_floor(self._seed)
        self.reading = {
            "step": step,
            "norms": {name: float((norms[frame] ** 2).sum() ** 0.5) for name, (_, norms) in lanes.items()},
            "distances": {name: wasserstein1(real, clouds[frame]) for name, (clouds, _) in lanes.items()},
            "floor": floor,
        }
        figure = new_figure(10.5, 5.6)
        axes = figure.subplots(2, len(lanes))
        figure.subplots_adjust(top=0.95, hspace=0.28)
        everything = np.concatenate([norms for _, norms in lanes.values()])
        limits = everything[everything > 0].min() / 2, everything.max() * 3
        steps = np.arange(0, STEPS + 1, EVERY)
        for (name, (clouds, norms)), above, below in zip(lanes.items(), *axes, strict=True):
            plot_points(real, clouds[frame], above, half_width=4)
            above.set_title(name)
            plot_layer_norms(steps, dict(zip(LAYERS.values(), norms.T, strict=True)), below, here=step)
            below.set_ylim(*limits)
            below.minorticks_off()  # of several decades they are 150 lines, and a quarter of the time
        self.show(figure, self._in_words())

    def _in_words(self):
        reading = self.reading
        norms = ", ".join(f"{name} {norm:.2g}" for name, norm in reading["norms"].items())
        distances = ", ".join(f"{name} {distance:.2f}" for name, distance in reading["distances"].items())
        return (
            f"After {reading['step']} steps of {self.optimizer.value}, behind a discriminator with a head "
            f"start of {self.head_start.value}, the generator's gradient has the norm: {norms}. "
            f"Distance from real to fake (Wasserstein-1): {distances}; of 20 perfect generators, 19 are "
            f"nearer than {reading['floor']:.2f}."
        )


_RACES = {}  # by their settings: a race that was run is only looked up


def raced(head_start, optimizer, seed):
    """{lane: (clouds, norms)}: samples of shape (frames, n, 2), norms of shape (frames, layers)."""
    networks = head_started(head_start, seed)
    settings = {"discriminator_learning_rate": DISCRIMINATOR_RATE, "learning_rate": RATES[optimizer]}
    recorded = {"every": EVERY, "batch_size": BATCH, "seed": seed, "progress": False, "n_samples": SHOWN}
    if optimizer == "plain descent":  # of the generator alone
        settings |= {"optimizer": torch.optim.SGD, "discriminator_optimizer": _ADAM}
    recordings = race(LANES, *networks, DATA, STEPS, **recorded, **settings)
    return {
        name: (
            recording.samples,
            np.stack([_layer_norms(recording.at(step), LANES[name], seed) for step in recording.steps]),
        )
        for name, recording in recordings.items()
    }


def head_started(steps, seed):
    """A generator nobody trained, and a discriminator trained against it for so many steps."""
    generator = mlp_generator(width=64, seed=2 * seed)
    discriminator = mlp_discriminator(width=64, seed=2 * seed + 1)
    if steps:
        with isolated_randomness(seed):
            real, latent = DATA.sample((2 * BATCH,)), torch.randn(2 * BATCH, 2)
        with torch.no_grad():
            fake = generator(latent)
        train_discriminator(
            discriminator, Minimax(), real, fake, steps=steps, learning_rate=DISCRIMINATOR_RATE
        )
    return generator, discriminator


def _layer_norms(game, objective, seed):
    norms = generator_gradient_norms(game, BATCH, seed=seed, objectives=[objective])
    return norms.loc[list(LAYERS)].to_numpy()[:, 0]


@functools.lru_cache(maxsize=12)
def _real_and_floor(seed):
    return real_and_floor(DATA, seed)
