"""Planted copies of simulated patients: which feature space finds which kind, and who is accused falsely.

    python tests/benchmarks/planted_copies.py --draws 20 --clean 200

Train, holdout and generated sets are 200 patients each, drawn independently by `simulate_lesions`; a share
of the generated images is replaced by altered training images. AUC: how well the score of
`memorization(...).suspected_copies()` ranks the planted ones above the clean ones. Found: share of planted
ones accused at the default threshold, of those that were planted. Accused falsely: share of entirely clean
generated sets in which any image is accused, with a 95 % interval.
"""

import argparse
from functools import lru_cache

import numpy as np
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from ganlab.data import simulate_lesions
from ganlab.diagnostics import AlignedPixels, Blends, Pixels, RandomConvolutions, memorization
from ganlab.diagnostics.memorization.searches import Searches
from ganlab.diagnostics.memorization.suspected_copies import LowerTail, tail_of_train

N = 200
SPACES = (Pixels(), AlignedPixels(), RandomConvolutions(), Blends())
SHARES = (0.01, 0.05, 0.2)


def with_noise(std):
    def noisy(images, rng):
        return images + std * rng.standard_normal(images.shape)

    return noisy


def exact(images, rng):
    return images


def shifted(images, rng):
    """By up to 2 pixels in each direction, never by none; the border is repeated."""
    moves = rng.integers(25, size=len(images))
    moves[moves == 12] = 13  # 12 is the middle: no move
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)), mode="edge")
    height, width = images.shape[1:]
    return np.stack(
        [
            image[down : down + height, right : right + width]
            for image, down, right in zip(padded, moves // 5, moves % 5, strict=True)
        ]
    )


def flipped(images, rng):
    upside_down = rng.random(len(images)) < 0.5
    return np.where(upside_down[:, None, None], images[:, ::-1], images[:, :, ::-1])


def blended(images, rng):
    """Half of one patient and half of another."""
    partners = np.roll(images, 1, axis=0) if len(images) > 1 else images[:, ::-1, ::-1]
    return (images + partners) / 2


KINDS = {
    "exact": exact,
    "noise 0.02": with_noise(0.02),  # like the scanner's own, 0.012 to 0.024
    "noise 0.05": with_noise(0.05),
    "noise 0.10": with_noise(0.10),
    "shift 1-2 pixels": shifted,
    "flip": flipped,
    "blend of two": blended,
}


@lru_cache(maxsize=32)
def cohorts(seed):
    """Train, generated (clean) and holdout: images of different patients."""
    images = simulate_lesions(3 * N, seed=seed).images.astype(float)
    return images[:N], images[N : 2 * N], images[2 * N :]


def plant(train, generated, kind, share, rng):
    """The generated set with its first images replaced by altered training images, and how many."""
    count = max(2, round(share * len(generated)))
    sources = rng.choice(len(train), count, replace=False)
    return np.concatenate([KINDS[kind](train[sources], rng), generated[count:]]), count


def auc_and_found(space, kind, share, seed):
    train, generated, holdout = cohorts(seed)
    planted, count = plant(train, generated, kind, share, np.random.default_rng(seed))
    table = memorization(train, planted, holdout, space=space).suspected_copies().table
    is_copy = table["synthetic"] < count
    return roc_auc_score(is_copy, -table["score"]), table.loc[is_copy, "accused"].mean()


def falsely_accused(space, seed):
    """Whether anybody is accused in a clean set at the default threshold, with a holdout and without.

    The two parts of `suspected_copies()` that differ, so that the search is made once for both.
    """
    train, generated, holdout = cohorts(seed)
    searches = Searches(train, generated, holdout, space)
    lowest = searches.relative_distances(searches.synthetic_to_train).min()
    alone = lowest < tail_of_train(searches).threshold(0.05 / N)
    tail_of_holdout = LowerTail(searches.relative_distances(searches.holdout_to_train))
    return alone and lowest < tail_of_holdout.threshold(0.05 / N), alone


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--clean", type=int, default=200)
    parser.add_argument("--spaces", nargs="*", default=[space.name for space in SPACES])
    wanted = parser.parse_args()
    spaces = [space for space in SPACES if space.name in wanted.spaces]
    print(
        "AUC (lowest of the draws) and share found, in %, by share planted; mean over", wanted.draws, "draws"
    )
    for space in spaces:
        for kind in KINDS:
            cells = []
            for share in SHARES:
                draws = [auc_and_found(space, kind, share, seed) for seed in range(wanted.draws)]
                (auc, found), lowest = np.mean(draws, axis=0), min(auc for auc, _ in draws)
                cells.append(f"{share:5.0%}: {auc:.3f} ({lowest:.3f}) {100 * found:4.0f}")
            print(f"{space.name:20}{kind:18}" + "   ".join(cells), flush=True)
    print("\nClean sets with anybody accused, of", wanted.clean)
    accused = np.array(
        [[falsely_accused(space, 20_000 + seed) for space in spaces] for seed in range(wanted.clean)]
    )
    for space, counts in zip(spaces, accused.sum(axis=0), strict=True):
        for control, count in zip(("holdout", "no holdout"), counts, strict=True):
            low, high = proportion_confint(count, wanted.clean, method="beta")
            rates = f"{100 * count / wanted.clean:6.1f} % ({100 * low:.1f} to {100 * high:.1f})"
            print(f"{space.name:20}{control:12}{rates}")
