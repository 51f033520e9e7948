"""GANs of 50 to 2,000 lesions whose discriminator sees every image changed, or not (half an hour to make).

The lesson's pair (`image_generator`, `image_discriminator`) plays 1,500 steps of 32 images on the first 50,
200 or 2,000 patients of `simulate_lesions`, non-saturating, Adam at 1e-3. In four arms the discriminator
sees the images as they are; flipped and moved at random (`augmented`); with their contrast inverted at random
as well, which leaks; or flipped and moved as often as it needs (`AdaptiveAugmentation`). What is measured is
the moving average of the generator's weights: 1,000 samples, beside 1,000 fresh patients.
"""

import functools
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.diagnostics import RandomConvolutions, memorization, prdc
from ganlab.models import augmented, image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.recorded.store import (
    chosen,
    from_bytes,
    read_arrays,
    read_table,
    to_bytes,
    write_arrays,
    write_table,
)
from ganlab.seeding import one_thread, seeded_rng
from ganlab.shapes import Array
from ganlab.training import AdaptiveAugmentation, Game, MovingAverage, train

FILE, SHEETS = "few_images.csv", "few_images.npz"
PARTS = PATIENTS = (50, 200, 2000)
# Not 1: when these were played, training refused one bright grain among its 2,000 patients.
SEEDS = (0, 2, 3, 4)
NEEDED = "as needed"
ARMS = {
    "nothing": (),
    "flips, translation": ("flips", "translation"),
    "and inverted contrast": ("flips", "translation", "inverted contrast"),
    NEEDED: ("flips", "translation"),
}
STEPS, BATCH, DECAY, COMPARED = 1500, 32, 0.995, 1000
EARLY = 100  # the step after which the samples' spread is noted, so that a test can train that far
LIVER, INVERTED_LIVER = 0.5, 0.75  # a.u.; the network's 0 lies half-way between
INTENSITIES = (0.0, 1.25)  # of lesions, a.u.
# Of these games of 50 patients (arm and seed) six samples are kept, to be seen.
SHOWN = [
    ("nothing", 0),
    ("flips, translation", 0),
    ("and inverted contrast", 0),
    ("and inverted contrast", 2),
]


class Played(NamedTuple):
    """A game that was played, the average of its generator, and the spread of its samples early on."""

    game: Game
    generator: torch.nn.Module
    early: float


def load() -> pd.DataFrame:
    """What was measured of every game: one row each.

    Returns
    -------
    DataFrame
        ``patients``, ``arm``, ``seed``; of 1,000 samples the shares that are ``typical`` (0.95 of real ones
        are), that have each texture, and that are ``inverted`` (a brighter liver than any patient has);
        ``precision``, ``recall`` and ``coverage`` against fresh patients; ``ratio``, how far the samples lie
        from their nearest training patient, relative to fresh patients; the discriminator's mean scores of
        training patients, fresh patients and samples as they are (``train_score``, ``fresh_score``,
        ``fake_score``); ``early``, the spread of the samples after 100 steps; and ``probability``, with which
        each change was made at the end.

    Examples
    --------
    >>> table = load()
    >>> sorted(set(table["patients"]))
    [50, 200, 2000]
    """
    return read_table(FILE)


def sheet(arm: str, seed: int = 0) -> Array:
    """Six samples of a game of 50 patients, array of shape (6, 32, 32), in a.u.

    Parameters
    ----------
    arm : {"nothing", "flips, translation", "and inverted contrast"}
    seed : int
        Of the game: 0, and of inverted contrast also 2.

    Examples
    --------
    >>> sheet("nothing").shape
    (6, 32, 32)
    """
    if (arm, seed) not in SHOWN:
        raise ValueError(
            f"no samples are kept of the arm {arm!r} with seed {seed!r}; there are "
            f"{', '.join(f'{shown!r} with seed {number}' for shown, number in SHOWN)}."
        )
    return from_bytes(read_arrays(SHEETS)[f"{arm}/{seed}"], *INTENSITIES)


def make(parts: list | tuple = PARTS) -> None:
    """Play the games again and write the files.

    Parameters
    ----------
    parts : iterable
        The numbers of patients to do, some of `PARTS`; the others stay.
    """
    for n in chosen(parts, PARTS):
        rows, sheets = [], {}
        for seed in SEEDS:
            for arm in ARMS:
                played = play(n, arm, seed)
                rows.append({"patients": n, "arm": arm, "seed": seed, **measured(played, n, seed)})
                sheets[arm, seed] = to_bytes(_images(played.generator)[:6], *INTENSITIES)
                print(f"{n} patients, {arm}, seed {seed} recorded", flush=True)
        write_table(FILE, pd.DataFrame(rows), by="patients", float_format="%.4g")
        if n == PATIENTS[0]:
            write_arrays(SHEETS, {f"{arm}/{seed}": sheets[arm, seed] for arm, seed in SHOWN})


def play(n, arm, seed, steps=STEPS):
    """One game; the seed decides the patients, the weights and the game."""
    discriminator = image_discriminator(seed=2 * seed + 1)
    if ARMS[arm]:
        discriminator = augmented(discriminator, ARMS[arm], 0 if arm == NEEDED else 1)
    game = Game(image_generator(seed=2 * seed), discriminator, NonSaturating())
    average, early = MovingAverage(game, DECAY), []
    callbacks = [AdaptiveAugmentation(game)] if arm == NEEDED else []

    def note(game, record):
        if record.step == EARLY:
            early.append(float(_images(average.generator).std()))

    callbacks += [average, note]
    patients = simulate_lesions(n, seed=seed)
    with one_thread():
        train(game, patients, steps, batch_size=BATCH, seed=seed, callbacks=callbacks, progress=False)
    return Played(game, average.generator, early[0])


def measured(played, n, seed):
    """The columns of the table, from `typical` on."""
    trained_on, fresh, oracle = simulate_lesions(n, seed=seed), _fresh(seed), texture_oracle()
    images = _images(played.generator)
    seen = oracle.predict(images)
    row = {"typical": (oracle.typicality(images) > 0.05).mean()}
    row |= {texture: (seen == texture).mean() for texture in oracle.patterns}
    row["inverted"] = inverted(images).mean()
    space, of_fresh = _space(seed)
    shares = prdc(of_fresh, space.place(images))
    row |= {name: float(getattr(shares, name)) for name in ("precision", "recall", "coverage")}
    row["ratio"] = float(memorization(trained_on.images, images, fresh.images).nearest_neighbour_ratio)
    for name, scans in (("train", trained_on.images), ("fresh", fresh.images), ("fake", images)):
        pixels = torch.from_numpy(fresh.scaling.to_network(scans)).float().unsqueeze(1)
        row[f"{name}_score"] = played.game.score(pixels).mean().item()
    return row | {
        "early": played.early,
        "probability": float(getattr(played.game.discriminator, "probability", 0)),
    }


def inverted(images):
    """Whether the liver, the median of an image in a.u., is nearer to its inverse than to itself."""
    return np.median(images, axis=(1, 2)) > (LIVER + INVERTED_LIVER) / 2


@functools.lru_cache(maxsize=2)
def _fresh(seed):
    return simulate_lesions(COMPARED, seed=10_000 + seed)


@functools.lru_cache(maxsize=1)
def _space(seed):
    fresh = _fresh(seed).images
    space = RandomConvolutions().fit(fresh)
    return space, space.place(fresh)


@torch.no_grad()
def _images(generator):
    """Samples in a.u."""
    latent = torch.randn(COMPARED, generator.latent_dim, generator=seeded_rng(1))
    made = torch.cat([generator(part) for part in latent.split(250)])
    return _fresh(0).scaling.to_intensity(made.squeeze(1).numpy())
