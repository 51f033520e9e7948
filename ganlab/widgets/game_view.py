"""One game in the plane, live: a slider goes forward and back through its steps."""

import ipywidgets
import numpy as np
import torch

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import Minimax, NonSaturating
from ganlab.seeding import isolated_randomness, one_thread, seeded_rng
from ganlab.theory import wasserstein1
from ganlab.training import Game, History, play
from ganlab.views import plot_history, plot_points
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider, stops

STEPS_PER_FRAME, FRAMES = 10, 200
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
SHOWN, BATCH = 300, 256
HALF_WIDTH, SIDE = 3.5, 50
FLOOR_PAIRS = 20

DATA = {
    "one blob": ring(1, radius=2.0, std=0.4),
    "two islands": ring(2, radius=1.5, std=0.2),
    "ring of eight": ring(8, radius=2.0, std=0.1),
}
OBJECTIVES = {"non-saturating": NonSaturating, "minimax": Minimax}


class GameView(Instrument):
    """Watch a generator learn a cloud of points while a discriminator learns to tell it from the data.

    Play runs the game forward, 10 steps a frame; the slider goes to any frame, back as well as forward.
    The same settings always give the same game: changing one starts a new game from the same seed.

    Parameters
    ----------
    data : {"one blob", "two islands", "ring of eight"}
    objective : {"non-saturating", "minimax"}
    seed : int

    Attributes
    ----------
    frame, data, objective, generator_rate, discriminator_rate : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        At the present frame: ``step``, ``accuracy`` of the discriminator on 300 fresh samples of each
        kind, ``distance`` (Wasserstein-1 from real to fake) and ``floor`` (the 95 % quantile of the
        same distance between two samples of the real data: what a perfect generator stays below).

    Examples
    --------
    >>> view = GameView("one blob")
    >>> view.frame.value = 2
    >>> view.reading["step"]
    20
    """

    def __init__(self, data: str = "one blob", objective: str = "non-saturating", seed: int = 0):
        self.data = menu(DATA, data, "real data")
        self.objective = menu(OBJECTIVES, objective, "generator's loss")
        self.generator_rate = stops(RATES, 3e-4, "G's learning rate")
        self.discriminator_rate = stops(RATES, 3e-3, "D's learning rate")
        self.frame = slider(0, FRAMES, 1, 0, "frame")
        player = ipywidgets.Play(value=0, min=0, max=FRAMES, interval=250)
        ipywidgets.jslink((self.frame, "value"), (player, "value"))
        self._seed = seed
        super().__init__(
            (self.data, self.objective),
            (self.generator_rate, self.discriminator_rate),
            (self.frame, player),
        )
        settings = (self.data, self.objective, self.generator_rate, self.discriminator_rate)
        self.when_moved(self.restart, *settings)
        self.when_moved(self.redraw, self.frame)
        self.restart()

    def restart(self):
        """Begin the game that the settings describe, from its seed."""
        distribution = DATA[self.data.value]
        self._game = Game(
            mlp_generator(width=64, seed=self._seed),
            mlp_discriminator(width=64, seed=self._seed + 1),
            OBJECTIVES[self.objective.value](),
            learning_rate=self.generator_rate.value,
            discriminator_learning_rate=self.discriminator_rate.value,
        )
        rng = seeded_rng(self._seed + 2)
        self._records = play(self._game, self._game.real_batches(distribution, BATCH, rng), rng)
        self._history = History()
        self._real, self._floor = real_and_floor(distribution, self._seed)
        self._frames = [self._look()]
        if self.frame.value == 0:
            self.redraw()
        else:
            self.frame.value = 0  # redraws

    def redraw(self):
        """Play on to the present frame if it was never reached, then draw it."""
        wanted = self.frame.value
        missing = wanted + 1 - len(self._frames)
        if missing > 40:
            self.say(f"Playing {missing * STEPS_PER_FRAME} steps …")
        with one_thread():  # for networks this small a second one waits more than it works
            while len(self._frames) <= wanted:
                self._history.records += [next(self._records) for _ in range(STEPS_PER_FRAME)]
                self._frames.append(self._look())
        fake, probability, accuracy = self._frames[wanted]
        step = wanted * STEPS_PER_FRAME
        self.reading = {
            "step": step,
            "accuracy": accuracy,
            "distance": wasserstein1(self._real, fake),
            "floor": self._floor,
        }

        figure = new_figure(10.5, 4.4)
        plane, curve = figure.subplots(1, 2)
        plot_points(self._real, fake, plane, half_width=HALF_WIDTH, probability=probability)
        plot_history(History(self._history[:step]), curve)
        curve.set_xlim(0, FRAMES * STEPS_PER_FRAME)
        self.show(figure, self._in_words())

    def _look(self):
        """What is drawn of the game as it stands: samples, the discriminator's ground, its accuracy."""
        fake = self._game.sample(SHOWN, seed=self._seed + 4)
        ticks = torch.linspace(-HALF_WIDTH, HALF_WIDTH, SIDE)
        points = torch.cartesian_prod(ticks, ticks).flip(1)
        probability = self._game.score(points).sigmoid().reshape(SIDE, SIDE)
        caught = (self._game.score(fake) < 0).float().mean()
        recognised = (self._game.score(self._real) > 0).float().mean()
        return fake, probability, float(caught + recognised) / 2

    def _in_words(self):
        reading = self.reading
        compared = "within" if reading["distance"] <= reading["floor"] else "above"
        return (
            f"After {reading['step']} steps the discriminator is right about "
            f"{100 * reading['accuracy']:.0f} % of the points shown (a coin flip: 50 %). The fake "
            f"cloud is {reading['distance']:.2f} away from the real one (Wasserstein-1), {compared} the "
            f"{reading['floor']:.2f} that a perfect generator stays below 19 times in 20."
        )


def real_and_floor(distribution, seed):
    """Real points, and the 95 % quantile of the Wasserstein-1 distance between them and other real points."""
    with isolated_randomness(seed + 3):
        real, *samples = (distribution.sample((SHOWN,)) for _ in range(1 + FLOOR_PAIRS))
    return real, float(np.quantile([wasserstein1(real, sample) for sample in samples], 0.95))
