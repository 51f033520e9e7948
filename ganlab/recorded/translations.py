"""Recorded CycleGANs: too long to train in a lesson, short enough to make again with one command.

    python -m ganlab.recorded.translations

plays 36 games (about twenty minutes on one idle core) and writes ``translations.npz`` beside this module. A
slow test plays one of them again and compares.
"""

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganlab.data import brain_slices, median_scaled
from ganlab.diagnostics import lesion_contrast, translation_scores
from ganlab.models import patch_discriminator, translation_generator
from ganlab.objectives import LeastSquares
from ganlab.seeding import one_thread
from ganlab.training import TranslationGame, train

FILE = Path(__file__).with_suffix(".npz")
SIZE, N_TRAINING, N_TEST, STEPS, BATCH = 32, 300, 60, 500, 4
SEEDS = range(6)
SHOWN = 3  # people whose images are kept

# Share of people with a tumour in the T1 and in the T2 archive.
ARCHIVES = {
    "tumours in both": (0.3, 0.3),
    "none in T2": (0.5, 0.0),
    "none in T1": (0.0, 0.5),
}


class Setting(NamedTuple):
    """What was chosen for a game: the archives it learnt from, and the weights of cycle and identity."""

    archives: str
    cycle_weight: float
    identity_weight: float


SETTINGS = [
    *(Setting("tumours in both", weight, 0.0) for weight in (0.0, 3.0, 10.0)),
    Setting("tumours in both", 3.0, 5.0),
    Setting("none in T2", 3.0, 0.0),
    Setting("none in T1", 3.0, 0.0),
]


class HeldOut(NamedTuple):
    """Sixty people with a tumour, and the same sixty without, in both contrasts; masks of what is where."""

    ill: tuple  # T1 and T2 tensors, shape (n, 1, 32, 32)
    healthy: tuple
    tumours: np.ndarray
    heads: np.ndarray
    white_matter: np.ndarray

    @property
    def contrast(self):
        """What the tumours' contrast truly is in T2, one number a person."""
        return lesion_contrast(self.ill[1], self.tumours, self.heads)

    @property
    def bright_share(self):
        """Share of each healthy person's white matter that is truly as bright as a tumour in T2."""
        return bright_share(self.healthy[1], self)


class Outcome(NamedTuple):
    """One game, judged on the held-out people; arrays have one entry a person."""

    mae: np.ndarray
    ssim: np.ndarray
    tumour_contrast: np.ndarray
    contrast_without: np.ndarray
    bright_share: np.ndarray
    cycle_error: np.ndarray
    images: np.ndarray  # (SHOWN, ill or healthy, translated or restored, 32, 32) in [-1, 1]


def archives(name):
    """The T1 and the T2 scans to learn from, of different people; two tensors."""
    shares = ARCHIVES[name]
    return tuple(
        median_scaled(brain_slices(contrast, N_TRAINING, seed=0, size=SIZE, tumour_fraction=share))
        for contrast, share in zip(("T1", "T2"), shares, strict=True)
    )


@functools.cache
def held_out():
    """The people that nobody trains on, paired."""
    cohorts = {
        share: [
            brain_slices(contrast, N_TEST, seed=1, paired=True, size=SIZE, tumour_fraction=share)
            for contrast in ("T1", "T2")
        ]
        for share in (1.0, 0.0)
    }
    ill, healthy = (tuple(map(median_scaled, cohorts[share])) for share in (1.0, 0.0))
    regions = cohorts[1.0][1].regions
    return HeldOut(
        ill, healthy, regions["tumour"], cohorts[1.0][1].masks, cohorts[0.0][1].regions["white matter"]
    )


def game(setting, seed):
    """The game of the lesson, before its first step."""
    translators = (translation_generator(SIZE, width=8, depth=2, seed=4 * seed + i) for i in (0, 1))
    judges = (patch_discriminator(SIZE, width=16, seed=4 * seed + i) for i in (2, 3))
    return TranslationGame(
        *translators,
        *judges,
        LeastSquares(),
        cycle_weight=setting.cycle_weight,
        identity_weight=setting.identity_weight,
        learning_rate=1e-3,
        discriminator_learning_rate=2e-3,
    )


def played(setting, seed, steps=STEPS, progress=False):
    """The outcome of one game."""
    playing = game(setting, seed)
    with one_thread():
        train(playing, archives(setting.archives), steps, batch_size=BATCH, seed=seed, progress=progress)
    return judged(playing)


def judged(playing):
    """Judge a game on the held-out people."""
    people = held_out()
    shown = []
    translated = {}
    for name, (t1, _) in (("ill", people.ill), ("healthy", people.healthy)):
        translated[name] = playing.translate(t1)
        shown.append(torch.stack([translated[name], playing.translate_back(translated[name])]))
    scores = translation_scores(translated["healthy"], people.healthy[1])
    contrast = functools.partial(lesion_contrast, lesions=people.tumours, heads=people.heads)
    restored = shown[1][1] - people.healthy[0]
    return Outcome(
        scores["mae"].to_numpy(),
        scores["ssim"].to_numpy(),
        contrast(translated["ill"]),
        contrast(translated["healthy"]),
        bright_share(translated["healthy"], people),
        restored.abs().mean(dim=(1, 2, 3)).numpy(),
        torch.stack(shown)[:, :, :SHOWN, 0].permute(2, 0, 1, 3, 4).numpy(),
    )


def bright_share(images, people):
    """Share of each person's white matter that is as bright as a tumour, in T2.

    As bright: nearer to the mean of the true tumours than to that of the true white matter.
    """
    truth = people.ill[1][:, 0].numpy()
    tumour = truth[people.tumours].mean()
    white = people.healthy[1][:, 0].numpy()[people.white_matter].mean()
    bright = images[:, 0].numpy() > (tumour + white) / 2
    return (bright & people.white_matter).sum(axis=(1, 2)) / people.white_matter.sum(axis=(1, 2))


def record_all(file=FILE):
    """Play every setting with every seed and write what came of it."""
    from tqdm.auto import tqdm

    runs = [(setting, seed) for setting in SETTINGS for seed in SEEDS]
    write([played(setting, seed) for setting, seed in tqdm(runs, desc="games")], file)


def write(outcomes, file=FILE):
    """Write the outcomes of all games, ordered by setting and then by seed."""
    shape = len(SETTINGS), len(SEEDS)
    stored = {
        name: np.array([getattr(outcome, name) for outcome in outcomes], np.float32).reshape(*shape, -1)
        for name in Outcome._fields
        if name != "images"
    }
    images = np.array([outcome.images for outcome in outcomes]).reshape(*shape, *outcomes[0].images.shape)
    np.savez_compressed(file, images=np.round(127.5 * (images + 1)).astype(np.uint8), **stored)


def recorded(file=FILE):
    """What `record_all` wrote.

    Returns
    -------
    dict {name: array}
        ``images``, shape (settings, seeds, people shown, 2, 2, 32, 32), in [-1, 1]; every other field of
        Outcome, shape (settings, seeds, people).
    """
    with np.load(file) as stored:
        found = {name: stored[name] for name in stored.files}
    return found | {"images": found["images"] / 127.5 - 1}


if __name__ == "__main__":
    record_all()
