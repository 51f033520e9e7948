"""Planted truth: which diagnostic calls which generator imperfect, and how often.

    python tests/benchmarks/planted_truth.py --draws 100
    python tests/benchmarks/planted_truth.py --draws 20 --only ring-8/prdc

Four generators whose defect is known (`ganlab.data.planted_points` and `planted_lesions`, at their defaults),
on the ring of eight modes and on simulated lesions. In every draw 300 real samples are the reference, 300
others train, 300 others the holdout, and each generator gives 300. A diagnostic calls a generator imperfect
where its number lies outside the perfect range, `not .as_perfect`. The table has the share of draws in which
that happened, in %, with its Wilson 95 % interval: on `good` these are false alarms. In front stands the side
on which most of those numbers lay: < below the perfect range, > above it.

Ring: the points themselves, all new in every draw. Lesions: the 96 features of `RandomConvolutions`, in units
of their spread over 500 lesions that no draw uses; for the Frechet distance and the classifier the first 10
principal components of those 500. "lesions, sharp": the same after a blur of 0.5 pixels, not 1.5. Images
are made once. Reference, train, holdout and the good generator's set are different patients among 12,000, so
that no chance difference between two pools stays in all draws; the underfit and the collapsed generator have
pools of 3,000. Two draws share a tenth of their patients. Copies are made anew from each draw's train. The
textures are named by `texture_oracle`. The whole table takes 17 minutes of one core.
"""

import argparse
from dataclasses import dataclass
from functools import cache, lru_cache, partial

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KNeighborsClassifier
from statsmodels.stats.proportion import proportion_confint

from ganlab.data import (
    lesion_patterns,
    planted_lesions,
    planted_points,
    ring,
    simulate_lesions,
    texture_oracle,
)
from ganlab.diagnostics import (
    RandomConvolutions,
    birthday_paradox,
    birthday_threshold,
    class_recall,
    classifier_two_sample,
    energy_distance,
    frechet_distance,
    memorization,
    mmd,
    mode_coverage,
    mode_histogram,
    pattern_labels,
    prdc,
    vendi_score,
)
from ganlab.seeding import isolated_randomness

N = 300
POOL = 3000  # lesions of each imperfect generator; four times as many of the real law
CALIBRATION = 500
GENERATORS = ("good", "underfit", "collapsed", "copying")
SHUFFLES = 199
UNTYPICAL = 0.05  # share of real lesions that the oracle gives up


@dataclass(frozen=True)
class Draw:
    """What the diagnostics of one draw look at: real sets, and each generator's set and report on modes."""

    reference: np.ndarray
    classes: np.ndarray
    train: np.ndarray
    holdout: np.ndarray
    generated: dict
    modes: dict


class Ring:
    """The ring of eight Gaussians, as points."""

    missing = 0  # the first mode that the collapsed generator never draws
    kernel = partial(rbf_kernel, gamma=1 / (2 * 0.5**2))  # alike within half a unit: a third of the spacing
    # Where every mode has the right centre a line or a plane cannot tell two sets apart; neighbours can.
    classifier = KNeighborsClassifier(5)

    def __init__(self, seed=0):
        self.seed = seed
        self.centres = ring().component_distribution.mean.numpy().astype(float)
        self.components = lambda points: points

    def draw(self, number):
        rng = np.random.default_rng([self.seed, number])
        with isolated_randomness(int(rng.integers(2**62))):
            reference, train, holdout = ring().sample((3, N)).numpy().astype(float)
        generated = {
            name: sampler.sample(N, int(rng.integers(2**62))).numpy().astype(float)
            for name, sampler in planted_points(ring(), train).items()
        }
        modes = {name: mode_coverage(points, self.centres, 0.02) for name, points in generated.items()}
        distances = np.linalg.norm(reference[:, None] - self.centres, axis=2)
        return Draw(reference, distances.argmin(axis=1), train, holdout, generated, modes)


class Lesions:
    """Simulated lesions, as features of random convolutions."""

    missing = "speckled"
    classifier = None  # logistic regression

    def __init__(self, seed=0, pool=POOL, blur=1.5):
        self.seed, self.pool = seed, pool
        seeds = np.random.default_rng([seed, 2**20]).integers(2**62, size=4).tolist()
        calibration = simulate_lesions(CALIBRATION, seed=seeds[0])
        self.space = RandomConvolutions(blur=blur).fit(calibration.images.astype(float))
        placed = self.features(calibration)
        self.components = PCA(10, svd_solver="full").fit(placed).transform
        self.kernel = partial(rbf_kernel, gamma=1 / (2 * np.median(pdist(placed)) ** 2))
        # Only the copying generator looks at its train, and has another one in every draw.
        samplers = planted_lesions(calibration)
        self.real = samplers["good"].sample(4 * pool, seeds[1])
        self.real_looks = self.looks(self.real)
        self.pools = {
            name: self.looks(samplers[name].sample(pool, own))
            for name, own in zip(("underfit", "collapsed"), seeds[2:], strict=True)
        }

    def features(self, cohort):
        return self.space.place(cohort.images.astype(float))

    def looks(self, cohort):
        """Features, and the patterns that the oracle names."""
        return self.features(cohort), pattern_labels(texture_oracle(), cohort, typicality=UNTYPICAL)

    def draw(self, number):
        rng = np.random.default_rng([self.seed, number])
        reference, train, holdout, good = rng.choice(4 * self.pool, (4, N), replace=False)
        sets = {"good": tuple(values[good] for values in self.real_looks)}
        for name, pool in self.pools.items():
            rows = rng.choice(self.pool, N, replace=False)
            sets[name] = tuple(values[rows] for values in pool)
        copying = planted_lesions(self.real.subset(train))["copying"]
        sets["copying"] = self.looks(copying.sample(N, int(rng.integers(2**62))))
        weights = dict(lesion_patterns()["all"])
        features = self.real_looks[0]
        return Draw(
            features[reference],
            self.real.truth["pattern"].to_numpy(dtype=str)[reference],
            features[train],
            features[holdout],
            {name: of_images for name, (of_images, _) in sets.items()},
            {name: mode_histogram(labels, weights, outside=UNTYPICAL) for name, (_, labels) in sets.items()},
        )


def modes(data, draw, name):
    report = draw.modes[name]
    return {
        "modes found": report.found,
        "high-quality share": report.high_quality,
        "KL(fake || real)": report.kl_from_real,
        "KL(real || fake)": report.kl_to_fake,
    }


def manifold(data, draw, name):
    report = prdc(draw.reference, draw.generated[name])
    return {one: getattr(report, one) for one in ("precision", "recall", "density", "coverage")}


def recall_of_one(data, draw, name):
    recalls = class_recall(draw.reference, draw.classes, draw.generated[name])
    # One class, chosen beforehand: one or another of eight is outside its range in a third of all draws.
    return {"recall of the lost class": recalls[data.missing]}


def diversity(data, draw, name):
    return {"Vendi score": vendi_score(draw.generated[name], kernel=data.kernel, real=draw.reference)}


def birthday(data, draw, name):
    threshold = birthday_threshold(draw.train, rank=10)
    found = birthday_paradox(draw.generated[name], threshold, real=draw.reference)
    return {"birthday paradox": found.support}


def copying(data, draw, name):
    report = memorization(draw.train, draw.generated[name], draw.holdout)
    return {
        "suspected copies": report.suspected_copies().accused,
        "nearest-neighbour ratio": report.nearest_neighbour_ratio,
        "authenticity": report.authenticity,
        "share nearer train": report.share_nearer_train,
        "membership advantage": report.membership_advantage,
        "data copying, overall": report.data_copying.overall,
        "data copying, C_T": report.data_copying.average,
        "data copying, worst cell": report.data_copying.worst,
    }


def two_sample(data, draw, name):
    real, fake = draw.reference, draw.generated[name]
    return {
        "squared MMD": mmd(real, fake, n_permutations=SHUFFLES),
        "energy distance": energy_distance(real, fake, n_permutations=SHUFFLES),
        "Frechet distance": frechet_distance(
            data.components(real), data.components(fake), n_permutations=SHUFFLES
        ),
    }


def classifier(data, draw, name):
    real, fake = (data.components(samples) for samples in (draw.reference, draw.generated[name]))
    return {
        "classifier two-sample": classifier_two_sample(
            real, fake, classifier=data.classifier, n_folds=2, n_permutations=79
        )
    }


FAMILIES = {
    "modes": modes,
    "prdc": manifold,
    "class recall": recall_of_one,
    "vendi": diversity,
    "birthday": birthday,
    "memorization": copying,
    "distances": two_sample,
    "classifier": classifier,
}
DATA = {
    "ring-8": (cache(Ring), tuple(FAMILIES)),
    "lesions": (cache(Lesions), tuple(FAMILIES)),
    # The fine grain of the texture that is lost survives a blur of half a pixel, and not the usual 1.5.
    "lesions, sharp": (
        cache(partial(Lesions, blur=0.5)),
        ("prdc", "class recall", "vendi", "memorization", "distances"),
    ),
}


@lru_cache(maxsize=256)
def drawn(data, number):
    return data.draw(number)


def calls(data, family, draws):
    """How often each number of a family called each generator imperfect.

    Returns
    -------
    table : DataFrame
        A row for each (number, generator), in their order; columns "below" and "above": in how many draws the
        number was below the perfect range, and above it.
    """
    found = [
        (number, name, estimate.value < estimate.perfect_range[0], estimate.value > estimate.perfect_range[1])
        for draw in (drawn(data, place) for place in range(draws))
        for name in GENERATORS
        for number, estimate in FAMILIES[family](data, draw, name).items()
    ]
    table = pd.DataFrame(found, columns=["number", "generator", "below", "above"])
    return table.groupby(["number", "generator"], sort=False).sum()


def cell(below, above, draws):
    """The share called, its interval, and on which side of the perfect range most of them lay."""
    low, high = proportion_confint(below + above, draws, method="wilson")
    side = " " if below == above else "<" if below > above else ">"
    return f"{side}{100 * (below + above) / draws:3.0f} ({100 * low:.0f}-{100 * high:.0f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--only", default="", help="data/family that contain this, as in lesions/prdc")
    wanted = parser.parse_args()
    print(f"{'':15}{'called imperfect, %':26}" + "".join(f"{name:>16}" for name in GENERATORS))
    for data_name, (make, families) in DATA.items():
        for family in families:
            if wanted.only in f"{data_name}/{family}":
                table = calls(make(), family, wanted.draws)
                for number, counts in table.groupby(level="number", sort=False):
                    cells = (cell(*sides, wanted.draws) for sides in counts.to_numpy())
                    print(f"{data_name:15}{number:26}" + "".join(f"{one:>16}" for one in cells), flush=True)
