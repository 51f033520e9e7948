"""How often the intervals of the memorization diagnostics hold the truth, and how often a perfect generator
is called imperfect.

    python tests/benchmarks/interval_coverage_memorization.py --draws 400

Real samples are Gaussian, 100 in train and 100 held out; the generator makes 100. It is perfect, or it
copies: every sample is with probability 0.3 a training sample plus noise of standard deviation 0.1. For
every draw the truth that an interval aims at is found from fresh samples of the same generator with the
same train (and holdout, where the docstring says so); that of the membership advantage, an average over
whole studies, is the mean of all draws.
"""

import argparse

import numpy as np

from ganlab.diagnostics import memorization
from ganlab.diagnostics.intervals import auc
from ganlab.diagnostics.memorization.searches import Searches

N, N_FRESH, N_STUDIES = 100, 4000, 20
GENERATORS = {"perfect": 0.0, "copying 30 %": 0.3}


def samples_of(train, copied, n, rng):
    """n samples of a generator that copies with probability `copied`."""
    fresh = rng.normal(size=(n, train.shape[1]))
    copies = train[rng.integers(len(train), size=n)] + 0.1 * rng.normal(size=fresh.shape)
    return np.where(rng.random((n, 1)) < copied, copies, fresh)


def one_draw(n_features, copied, seed):
    """name -> (Estimate, truth); truth None where only the mean over draws is the truth."""
    rng = np.random.default_rng(seed)
    train, holdout = rng.normal(size=(2, N, n_features))
    found = memorization(train, samples_of(train, copied, N, rng), holdout)
    many = samples_of(train, copied, N_FRESH, rng), rng.normal(size=(N_FRESH, n_features))
    fresh, searches = memorization(train, *many), Searches(train, *many)
    same_holdout = memorization(train, samples_of(train, copied, N_FRESH, rng), holdout)
    alone = memorization(train, samples_of(train, copied, N, rng))

    copying = found.data_copying
    theta, _ = auc(searches.synthetic_to_train.distance[:, 0], searches.holdout_to_train.distance[:, 0])
    studies = [
        memorization(train, samples_of(train, copied, N, rng), rng.normal(size=(N, n_features))).data_copying
        for _ in range(N_STUDIES)
    ]
    worst = int(copying.cells["z"].idxmin())
    suspects, suspects_alone = found.suspected_copies(), alone.suspected_copies()
    scores = searches.relative_distances(searches.synthetic_to_train)
    ratio, authenticity = fresh.nearest_neighbour_ratio.value, fresh.authenticity.value
    return {
        "ratio": (found.nearest_neighbour_ratio, ratio),
        "ratio, no holdout": (alone.nearest_neighbour_ratio, ratio),
        "authenticity": (found.authenticity, authenticity),
        "authenticity, no holdout": (alone.authenticity, authenticity),
        "share nearer train": (found.share_nearer_train, same_holdout.share_nearer_train.value),
        "copying test, overall": (copying.overall, (theta - 0.5) * np.sqrt(12 * N * N / (2 * N + 1))),
        "copying test, average": (copying.average, np.mean([study.average.value for study in studies])),
        "copying test, worst": (copying.worst, np.nanmean([study.cells["z"][worst] for study in studies])),
        "membership advantage": (found.membership_advantage, None),
        "accused": (suspects.accused, (scores < suspects.threshold).mean()),
        "accused, no holdout": (suspects_alone.accused, (scores < suspects_alone.threshold).mean()),
    }


def measure(n_features, copied, draws):
    """name -> (share of intervals that hold the truth, share of draws called imperfect)."""
    found = [one_draw(n_features, copied, seed) for seed in range(draws)]
    table = {}
    for name in found[0]:
        estimates = [draw[name][0] for draw in found]
        mean = np.mean([estimate.value for estimate in estimates])
        truths = [mean if draw[name][1] is None else draw[name][1] for draw in found]
        covered = [
            e.interval[0] <= truth <= e.interval[1] for e, truth in zip(estimates, truths, strict=True)
        ]
        called = [not estimate.as_perfect for estimate in estimates]
        table[name] = np.mean(covered), np.mean(called), mean, np.mean([e.perfect for e in estimates])
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--features", type=int, nargs="*", default=[2, 10])
    wanted = parser.parse_args()
    columns = ("covered %", "called %", "mean", "perfect")
    print(f"{'generator':14}{'features':>9}  {'number':26}" + "".join(f"{column:>10}" for column in columns))
    for generator, copied in GENERATORS.items():
        for n_features in wanted.features:
            for name, (covered, called, mean, perfect) in measure(n_features, copied, wanted.draws).items():
                print(
                    f"{generator:14}{n_features:9}  {name:26}{100 * covered:10.1f}{100 * called:10.1f}"
                    f"{mean:10.3f}{perfect:10.3f}",
                    flush=True,
                )
