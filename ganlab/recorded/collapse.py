"""Sixteen games of every setting of the collapse lab, as they went (half an hour of one core to make).

What is kept of a game at every frame: how many of its samples fall on each mode, precision, recall, and a
few samples to look at. The set-up in full:

- *ring of eight* (radius 2, standard deviation 0.1) and *grid of 25* (spacing 2, 0.1): two layers of 64
  units in both players, latent length 2, batch 128, Adam with decay rates 0.5 and 0.999, learning rate 3e-3
  for the generator and 1e-3 for the discriminator, non-saturating loss, 1,500 steps; a `Setting` says what
  differs. Of 2,500 samples a mode needs 20 or more to be found, as in the literature.
- *lesions*: 2,000 simulated lesions of 32 x 32 pixels, 45 : 45 : 10; the convolutional pair of width 8,
  latent length 64, batch 32, learning rate 2e-3 for both players, non-saturating loss, 1,500 steps. The
  texture oracle names the texture of 500 samples; a texture is found from a fifth of its due on (45, 45 and
  10).

Recorded with torch 2.13.0 on two CPU cores. Training amplifies rounding, so elsewhere single games come out
differently, and rates like these.

Precision and recall: 500 fake and 500 real samples, five neighbours; for lesions among the features of
random convolutions after a blur of 0.5 pixels.
"""

import functools
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from ganlab.data import grid, ring, simulate_lesions, texture_oracle
from ganlab.diagnostics import RandomConvolutions, mode_coverage, pattern_labels
from ganlab.models import image_discriminator, image_generator, mlp_discriminator, mlp_generator, packed
from ganlab.objectives import LeastSquares, Minimax, NonSaturating
from ganlab.recorded.store import chosen, from_bytes, read_games, to_bytes, write_games
from ganlab.seeding import isolated_randomness
from ganlab.training import Game, train_ensemble

FILE = "collapse.npz"
SEEDS = tuple(range(16))
OBJECTIVES = {"non-saturating": NonSaturating, "minimax": Minimax, "least squares": LeastSquares}
TOYS = {"ring of eight": ring(std=0.1), "grid of 25": grid(std=0.1)}
TOY_STD, LESIONS = 0.1, "lesions"
PARTS = (*TOYS, LESIONS)
TOY_RATE, LESION_RATE = 3e-3, 2e-3  # of the generator
STEPS = {"ring of eight": 1500, "grid of 25": 1500, LESIONS: 1500}
EVERY = {"ring of eight": 250, "grid of 25": 250, LESIONS: 500}
SAMPLES = {"ring of eight": 2500, "grid of 25": 2500, LESIONS: 500}  # that a game is measured by
FEWEST = {"ring of eight": 20, "grid of 25": 20, LESIONS: (45, 45, 10)}  # samples of a mode that is found
UNTYPICAL = 0.05  # share of real lesions that the oracle gives up
NEIGHBOURS, COMPARED = 5, 500
REACH = {"ring of eight": 3.5, "grid of 25": 5.5}  # of the points that are kept, to either side
SHOWN = {"ring of eight": 24, "grid of 25": 24, LESIONS: 2}  # samples kept of a game at a frame


class Setting(NamedTuple):
    """What a game is played with; the defaults are the plain game of the lesson."""

    data: str = "ring of eight"
    pack: int = 1
    discriminator_rate: float = 1e-3
    latent: int = 2
    batch: int = 128
    objective: str = "non-saturating"


class Games(NamedTuple):
    """What came of the games of one setting; the first two axes of every array are games and frames."""

    counts: np.ndarray  # samples on each mode, and last on none
    precision: np.ndarray
    recall: np.ndarray
    shown: np.ndarray  # samples: points, (..., 24, 2), or images with values in [0, 1], (..., 2, 32, 32)


RING, LESION = Setting(), Setting(LESIONS, discriminator_rate=LESION_RATE, latent=64, batch=32)
# Every choice of every axis, the others as in the plain game.
AXES = {
    "discriminator_rate": (3e-4, 1e-3, 2e-3, 3e-3),
    "pack": (1, 2, 4),
    "latent": (2, 16, 64),
    "batch": (32, 128, 512),
    "objective": tuple(OBJECTIVES),
}
SETTINGS = {
    "ring of eight": tuple(
        dict.fromkeys(RING._replace(**{name: choice}) for name, choices in AXES.items() for choice in choices)
    ),
    "grid of 25": tuple(RING._replace(data="grid of 25", pack=pack) for pack in (1, 2, 4)),
    LESIONS: tuple(LESION._replace(pack=pack) for pack in (1, 2)),
}


def load() -> dict[Setting, Games]:
    """The games of every setting.

    Returns
    -------
    dict {Setting: Games}
        `Games` has the arrays ``counts``, ``precision``, ``recall`` and ``shown``.

    Examples
    --------
    >>> games = load()[Setting()]
    >>> games.counts.shape  # games, frames, eight modes and none
    (16, 6, 9)
    """
    settings = [setting for part in PARTS for setting in SETTINGS[part]]
    return {
        setting: games._replace(shown=from_bytes(games.shown, *_grid(setting.data)))
        for setting, games in read_games(FILE, settings, Games).items()
    }


def make(parts: list | tuple = PARTS) -> None:
    """Play the games again and write the file.

    Parameters
    ----------
    parts : iterable
        The data to do, some of `PARTS`; the others stay.
    """
    fresh = {}
    for part in chosen(parts, PARTS):
        for setting in SETTINGS[part]:
            print(setting, flush=True)
            games = play(setting, SEEDS)
            fresh[setting] = games._replace(shown=to_bytes(games.shown, *_grid(part)))
    write_games(FILE, fresh)


def make_game(setting, seed=0):
    """A game of this setting, before its first step."""
    if setting.data == LESIONS:
        generator = image_generator(latent_dim=setting.latent, width=8, seed=seed)
        discriminator = image_discriminator(width=8, channels=setting.pack, seed=seed + 10_000)
    else:
        generator = mlp_generator(latent_dim=setting.latent, width=64, seed=seed)
        discriminator = mlp_discriminator(data_dim=2 * setting.pack, width=64, seed=seed + 10_000)
    return Game(
        generator,
        packed(discriminator, setting.pack) if setting.pack > 1 else discriminator,
        OBJECTIVES[setting.objective](),
        learning_rate=LESION_RATE if setting.data == LESIONS else TOY_RATE,
        discriminator_learning_rate=setting.discriminator_rate,
    )


def play(setting, seeds=SEEDS, steps=None, progress=True):
    """The `Games` of these seeds, looked at every so many steps; `steps` None: as many as recorded."""
    frames = []

    def look(games, step):
        if step % EVERY[setting.data] == 0:
            samples = (game.sample(SAMPLES[setting.data], seed=1) for game in games.values())
            frames.append(zip(*(measured(setting.data, fake) for fake in samples), strict=True))

    data = _lesions().to_tensor() if setting.data == LESIONS else TOYS[setting.data]
    train_ensemble(
        functools.partial(make_game, setting), data, steps or STEPS[setting.data], list(seeds),
        batch_size=setting.batch, callbacks=[look], progress=progress,
    )  # fmt: skip
    return Games(*(np.stack(values, axis=1) for values in zip(*frames, strict=True)))


def measured(data, samples):
    """Counts on the modes, precision and recall of one game's samples, and those that are shown."""
    space, real = _real(data)
    if data == LESIONS:
        oracle, images = texture_oracle(), _lesions().scaling.to_intensity(samples)[:, 0].numpy()
        labels = pattern_labels(oracle, images, typicality=UNTYPICAL)
        counts = [sum(label == mode for label in labels) for mode in (*oracle.patterns, None)]
        fake, shown = space.place(images[:COMPARED].astype(float)), (samples[:, 0] + 1) / 2
    else:
        report = mode_coverage(samples, TOYS[data].component_distribution.mean, TOY_STD)
        counts, fake = [*report.counts.values(), report.outside], samples[:COMPARED].double().numpy()
        shown = samples
    precision, recall = _share_inside(fake, real), _share_inside(real, fake)
    return np.array(counts), precision, recall, shown[: SHOWN[data]].numpy()


def _share_inside(points, others):
    """Share of points in a ball around one of the others that reaches to its fifth neighbour.

    It is the precision, or recall, of `prdc` without its interval, which would take fifty times as long.
    """
    radii = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(others).kneighbors()[0][:, -1]
    return (cdist(points, others) <= radii).any(axis=1).mean()


def _grid(data):
    """Between which values, and in how many steps, the samples shown are stored."""
    return (0, 1, 31) if data == LESIONS else (-REACH[data], REACH[data], 255)


@functools.cache
def _lesions():
    return simulate_lesions(2000, seed=0)


@functools.cache
def _real(data):
    """The space in which samples are compared (None: as they are), and the real ones in it."""
    if data == LESIONS:
        images = simulate_lesions(COMPARED, seed=1).images.astype(float)
        space = RandomConvolutions(blur=0.5).fit(images)
        return space, space.place(images)
    with isolated_randomness(1):
        return None, TOYS[data].sample((COMPARED,)).double().numpy()
