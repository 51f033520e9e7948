"""Sixteen games of every setting of the collapse lab, as they went.

    python -m ganlab.recorded.collapse          # all of it, about half an hour of one core
    python -m ganlab.recorded.collapse lesions  # one part, the others kept

What is kept of a game at every frame: how many of its samples fall on each mode, precision, recall, and a
few samples to look at. The set-up in full:

- *ring of eight* (radius 2, standard deviation 0.1) and *grid of 25* (spacing 2, 0.1): two layers of 64
  units in both players, latent length 2, batch 128, Adam with decay rates 0.5 and 0.999, learning rate 3e-3
  for the generator and 1e-3 for the judge, non-saturating loss, 1,500 steps; a `Setting` says what differs.
  Judged by 2,500 samples; a mode with 20 of them or more is found, as in the literature.
- *lesions*: 2,000 simulated lesions of 32 x 32 pixels, 45 : 45 : 10; the convolutional pair of width 8,
  latent length 64, batch 32, learning rate 2e-3 for both players, non-saturating loss, 1,500 steps. Judged
  by 500 samples, whose texture the oracle names; a texture is found from a fifth of its due on (45, 45 and
  10).

Recorded with torch 2.13.0 on two CPU cores. Training amplifies rounding, so elsewhere single games come out
differently, and rates like these.

Precision and recall: 500 generated and 500 real samples, five neighbours; for lesions among the features of
random convolutions after a blur of 0.5 pixels.
"""

import functools
import io
import sys
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from ganlab.data import grid, ring, simulate_lesions, texture_oracle
from ganlab.data.simulated.lesions import PATTERNS
from ganlab.diagnostics import RandomConvolutions, pattern_labels
from ganlab.files import written_whole
from ganlab.models import image_discriminator, image_generator, mlp_discriminator, mlp_generator, packed
from ganlab.objectives import LeastSquares, Minimax, NonSaturating
from ganlab.seeding import isolated_randomness
from ganlab.training import Game, train_ensemble

SEEDS = tuple(range(16))
OBJECTIVES = {"non-saturating": NonSaturating, "minimax": Minimax, "least squares": LeastSquares}
TOYS = {"ring of eight": ring(std=0.1), "grid of 25": grid(std=0.1)}
TOY_STD, LESIONS = 0.1, "lesions"
GENERATOR_RATE, LESION_RATE = 3e-3, 2e-3
STEPS = {"ring of eight": 1500, "grid of 25": 1500, LESIONS: 1500}
EVERY = {"ring of eight": 250, "grid of 25": 250, LESIONS: 500}
JUDGED = {"ring of eight": 2500, "grid of 25": 2500, LESIONS: 500}
FEWEST = {"ring of eight": 20, "grid of 25": 20, LESIONS: (45, 45, 10)}  # samples of a mode that is found
UNTYPICAL = 0.05  # share of real lesions that the oracle gives up
NEIGHBOURS, COMPARED = 5, 500
POINTS, IMAGES = 24, 2  # samples kept of a game at a frame
REACH = {"ring of eight": 3.5, "grid of 25": 5.5}  # points are kept in steps of 2 * reach / 255
GREYS = 31  # lesions are kept in 32 greys
KINDS = {"counts": np.uint16, "precision": np.float16, "recall": np.float16, "shown": np.uint8}


class Setting(NamedTuple):
    """What a game is played with; the defaults are the plain game of the lesson."""

    data: str = "ring of eight"
    pack: int = 1
    judge_rate: float = 1e-3
    latent: int = 2
    batch: int = 128
    objective: str = "non-saturating"


RING, LESION = Setting(), Setting(LESIONS, judge_rate=LESION_RATE, latent=64, batch=32)
# Every choice of every axis, the others as in the plain game.
AXES = {
    "judge_rate": (3e-4, 1e-3, 2e-3, 3e-3),
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


def make_game(setting):
    """A function seed -> Game of this setting."""

    def game(seed):
        if setting.data == LESIONS:
            generator = image_generator(latent_dim=setting.latent, width=8, seed=seed)
            judge = image_discriminator(width=8, channels=setting.pack, seed=seed + 10_000)
        else:
            generator = mlp_generator(latent_dim=setting.latent, width=64, seed=seed)
            judge = mlp_discriminator(data_dim=2 * setting.pack, width=64, seed=seed + 10_000)
        rate = LESION_RATE if setting.data == LESIONS else GENERATOR_RATE
        judge = packed(judge, setting.pack) if setting.pack > 1 else judge
        objective = OBJECTIVES[setting.objective]()
        return Game(
            generator, judge, objective, learning_rate=rate, discriminator_learning_rate=setting.judge_rate
        )

    return game


def play(setting, seeds=SEEDS, steps=None, *, progress=True):
    """Play the games of a setting and look at each of them every so many steps.

    Parameters
    ----------
    setting : Setting
    seeds : iterable of int
    steps : int or None
        A multiple of ``EVERY[setting.data]``; None: as recorded.

    Returns
    -------
    dict of arrays
        `counts`, shape (seeds, frames, modes + 1), the last of samples on no mode; `precision` and `recall`,
        shape (seeds, frames); `shown`, uint8, shape (seeds, frames, samples kept, ...).
    """
    seeds, looks, judge = list(seeds), [], _judge(setting.data)

    def look(games, step):
        if step % EVERY[setting.data] == 0:
            looks.append([judge(game.sample(JUDGED[setting.data], seed=1)) for game in games.values()])

    data = _lesions().to_tensor() if setting.data == LESIONS else TOYS[setting.data]
    train_ensemble(
        make_game(setting), data, steps or STEPS[setting.data], seeds,
        batch_size=setting.batch, callbacks=[look], progress=progress,
    )  # fmt: skip
    return {
        name: np.stack([[one[place] for one in frame] for frame in looks], axis=1)
        for place, name in enumerate(KINDS)
    }


@functools.cache
def _lesions():
    return simulate_lesions(2000, seed=0)


@functools.cache
def _judge(data):
    """A function from a game's samples to counts, precision, recall and the samples to be shown."""
    if data == LESIONS:
        fresh = simulate_lesions(COMPARED, seed=1)
        space = RandomConvolutions(blur=0.5).fit(fresh.images.astype(float))
        real, scaling = space.place(fresh.images.astype(float)), _lesions().scaling
        codes = {pattern: code for code, pattern in enumerate(PATTERNS)} | {None: len(PATTERNS)}

        def judge(samples):
            images = scaling.to_intensity(samples)[:, 0].numpy()
            labels = pattern_labels(texture_oracle(), images, typicality=UNTYPICAL)
            counts = np.bincount([codes[label] for label in labels], minlength=len(codes))
            kept = ((samples[:IMAGES, 0].numpy() + 1) / 2 * GREYS).round().clip(0, GREYS)
            shares = _precision_and_recall(real, space.place(images[:COMPARED].astype(float)))
            return counts, *shares, kept.astype(np.uint8)

        return judge

    centres, reach = TOYS[data].component_distribution.mean, REACH[data]
    with isolated_randomness(1):
        real = TOYS[data].sample((COMPARED,)).double().numpy()

    def judge(samples):
        counts = counts_on(centres, samples)
        kept = ((samples[:POINTS].numpy() + reach) * 255 / (2 * reach)).round().clip(0, 255)
        return (
            counts,
            *_precision_and_recall(real, samples[:COMPARED].double().numpy()),
            kept.astype(np.uint8),
        )

    return judge


def counts_on(centres, samples):
    """Samples within three standard deviations of each centre, and those of none."""
    distance, nearest = torch.cdist(samples, centres).min(dim=1)
    nearest[distance > 3 * TOY_STD] = len(centres)
    return torch.bincount(nearest, minlength=len(centres) + 1).numpy()


def _precision_and_recall(real, fake):
    """The values of `prdc` without their intervals, which nobody looks at here."""
    neighbours = NearestNeighbors(n_neighbors=NEIGHBOURS)
    real_radii, fake_radii = (neighbours.fit(points).kneighbors()[0][:, -1] for points in (real, fake))
    distances = cdist(real, fake)
    precision = (distances <= real_radii[:, None]).any(axis=0).mean()
    return precision, (distances <= fake_radii).any(axis=1).mean()


def file():
    """Where the recording lies."""
    return files("ganlab.recorded").joinpath("collapse.npz")


@functools.cache
def recording():
    """What `record` wrote: {Setting: dict of arrays}, as :func:`play` gives them.

    Examples
    --------
    >>> games = recording()[Setting()]
    >>> games["counts"].shape  # games, frames, eight modes and none
    (16, 6, 9)
    """
    with np.load(io.BytesIO(file().read_bytes())) as archive:
        return {
            setting: {name: archive[f"{data}/{number}/{name}"] for name in KINDS}
            for data, settings in SETTINGS.items()
            for number, setting in enumerate(settings)
        }


def record(parts=tuple(SETTINGS)):
    """Play every setting of these parts and write the file; about half an hour of one core for all."""
    kept = {}
    if set(parts) < set(SETTINGS) and file().is_file():
        with np.load(io.BytesIO(file().read_bytes())) as archive:
            kept = {name: archive[name] for name in archive.files if name.split("/")[0] not in parts}
    for data in parts:
        for number, setting in enumerate(SETTINGS[data]):
            print(setting, flush=True)
            games = play(setting)
            kept |= {f"{data}/{number}/{name}": games[name].astype(kind) for name, kind in KINDS.items()}
    with written_whole(file()) as archive:
        np.savez_compressed(archive, **kept)


if __name__ == "__main__":
    record(tuple(sys.argv[1:]) or tuple(SETTINGS))
