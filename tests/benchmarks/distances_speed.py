"""Our distances beside the reference packages, on the same arrays, in turns; ratios, not seconds, count.

    python tests/benchmarks/distances_speed.py --sizes 500 2000
    python tests/benchmarks/distances_speed.py --sizes 10000 --rounds 3

Needs the optional extra `references` (dcor takes a minute to import, once). The two sides are not alike in
what they give: ours always comes with an interval, a p-value and the perfect range.
"""

import argparse
import itertools
from functools import partial

import numpy as np
import torch
from side_by_side import Stopwatch
from sklearn.metrics.pairwise import polynomial_kernel

from ganlab.diagnostics import energy_distance, frechet_distance, mmd
from ganlab.diagnostics.two_sample.frechet import _PairOfFits

FEATURES = 100
SHUFFLES = 199  # on both sides, where the other side shuffles


def contests(x, y):
    """Name of the contest to (what we do, what the other package does)."""
    import dcor
    from scipy.linalg import sqrtm
    from torchmetrics.image.fid import _compute_fid
    from torchmetrics.image.kid import poly_mmd

    tensors = torch.tensor(x), torch.tensor(y)

    def frechet_by_torchmetrics():
        mean_x, mean_y = (rows.mean(dim=0) for rows in tensors)
        return _compute_fid(mean_x, torch.cov(tensors[0].T), mean_y, torch.cov(tensors[1].T))

    def frechet_by_scipy():
        covariance_x, covariance_y = np.cov(x.T), np.cov(y.T)
        gap = x.mean(axis=0) - y.mean(axis=0)
        root = sqrtm(covariance_x @ covariance_y).real
        return gap @ gap + np.trace(covariance_x + covariance_y - 2 * root)

    cubic = partial(polynomial_kernel, degree=3)  # of the Kernel Inception Distance

    def frechet_alone():
        pair = _PairOfFits(x, y)
        return pair.plug_in - pair.bias

    def energy(shuffles):
        return lambda: energy_distance(x, y, n_permutations=shuffles)

    yield "energy, 79 shuffles : dcor's value", energy(79), lambda: dcor.energy_distance(x, y)
    if len(x) <= 2000:  # theirs takes minutes beyond
        yield (
            f"energy, {SHUFFLES} shuffles : dcor's test, as many",
            energy(SHUFFLES),
            lambda: dcor.homogeneity.energy_test(x, y, num_resamples=SHUFFLES),
        )
    yield (
        "KID, 79 shuffles : torchmetrics' value",
        lambda: mmd(x, y, kernel=cubic, n_permutations=79),
        lambda: poly_mmd(*tensors, degree=3, gamma=None, coef=1.0),
    )
    yield "Fréchet, value alone : torchmetrics' value", frechet_alone, frechet_by_torchmetrics
    yield "Fréchet, value alone : scipy sqrtm's value", frechet_alone, frechet_by_scipy
    yield (
        "Fréchet, 79 shuffles : torchmetrics' value",
        lambda: frechet_distance(x, y, n_permutations=79),
        frechet_by_torchmetrics,
    )


def repeated(call):
    return (call() for _ in itertools.count())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="for torch; numpy's by OMP_NUM_THREADS")
    options = parser.parse_args()
    print(f"time of ours / time of theirs, {FEATURES} features: median (range) of {options.rounds} rounds")
    for n in options.sizes:
        rng = np.random.default_rng(n)
        x, y = rng.normal(size=(n, FEATURES)), rng.normal(0.1, 1, size=(n, FEATURES))
        for name, ours, theirs in contests(x, y):
            contestants = {
                "ours": (repeated(ours), options.threads),
                "theirs": (repeated(theirs), options.threads),
            }
            watch = Stopwatch(contestants, items=1, rounds=options.rounds, warm_up=1)
            middle, low, high = watch.ratio("ours", "theirs")
            print(f"n = {n:6,}  {name:50}{middle:8.2f} ({low:.2f} to {high:.2f})", flush=True)


if __name__ == "__main__":
    main()
