"""The lesion game of the lesson on collapse, played in moves, and what is measured of its fakes."""

import functools
from typing import NamedTuple

import numpy as np
import torch

from ganlab.data import lesion_patterns, simulate_lesions
from ganlab.recorded import collapse
from ganlab.widgets.player.live_game import GameInMoves

PATIENTS, MEASURED = 2000, 200  # real lesions that are learnt from; fakes that a measurement asks
FRESH = 4  # real samples of as many, of other patients, that show where a perfect generator would be
TEXTURES = tuple(lesion_patterns().index)
NO_TEXTURE = "none of these"


class Measured(NamedTuple):
    """What one sample of lesions comes to: counts of the three textures and of none, and two shares."""

    counts: np.ndarray
    precision: float
    recall: float


class RealLesions(NamedTuple):
    """The real side of the game, which is the same for every seed."""

    images: torch.Tensor  # in the network's range
    shares: np.ndarray  # of the textures and of none, as the oracle counts fresh lesions
    precision: tuple[float, float]  # lowest and highest of the fresh samples
    recall: tuple[float, float]


@functools.cache
def real_lesions():
    """Real lesions to learn from, and what is measured of others, whom the game never sees."""
    fresh = simulate_lesions(FRESH * MEASURED, seed=2).to_tensor().split(MEASURED)
    levels = np.array([measured(sample)[1:] for sample in fresh])
    typical = 1 - collapse.UNTYPICAL
    return RealLesions(
        simulate_lesions(PATIENTS, seed=0).to_tensor(),
        np.array([*(typical * lesion_patterns()["all"]), collapse.UNTYPICAL]),
        *zip(levels.min(axis=0).tolist(), levels.max(axis=0).tolist(), strict=True),
    )


def measured(images):
    """What the recorded games were measured by, for images in the network's range, shape (n, 1, 32, 32)."""
    counts, precision, recall, _ = collapse.measured(collapse.LESIONS, images)
    return Measured(counts, float(precision), float(recall))


class LesionGame(GameInMoves):
    """The game of the recorded lesions, from its seed.

    Attributes
    ----------
    shares : dict of step -> Measured
        Of every step that was measured.
    """

    def __init__(self, *, seed, batch, **settings):
        game = collapse.make_game(collapse.LESION, seed)
        super().__init__(game, real_lesions().images, batch=batch, seed=seed)
        self.change(batch=batch, **settings)
        self.shares = {}

    def look(self):
        """Fakes, always of the same latent points, in the network's range; they are measured on the way."""
        fakes = self.game.sample(MEASURED, seed=1)
        if self.steps not in self.shares:
            self.shares[self.steps] = measured(fakes)
        return fakes
