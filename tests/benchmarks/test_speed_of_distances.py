"""Our distances beside the reference packages, on the same arrays, in turns.

dcor comes with the optional extra `references`, and takes a minute to import, once. The two sides are not
alike in what they give: ours always comes with an interval, a p-value and the perfect range.
"""

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from side_by_side import Stopwatch
from sklearn.metrics.pairwise import polynomial_kernel

from ganlab.diagnostics import energy_distance, frechet_distance, mmd
from ganlab.diagnostics.two_sample.frechet import _PairOfFits

FEATURES = 100
SHUFFLES = 199  # on both sides, where the other side shuffles


def contests(x, y):
    """Name of the contest to (what we do, what the other package does)."""
    dcor = pytest.importorskip("dcor")
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

    yield "dcor's energy distance / ours with 79 shuffles", energy(79), lambda: dcor.energy_distance(x, y)
    if len(x) <= 2000:  # theirs takes minutes beyond
        yield (
            f"dcor's energy test / ours, {SHUFFLES} shuffles each",
            energy(SHUFFLES),
            lambda: dcor.homogeneity.energy_test(x, y, num_resamples=SHUFFLES),
        )
    yield (
        "torchmetrics' KID / ours with 79 shuffles",
        lambda: mmd(x, y, kernel=cubic, n_permutations=79),
        lambda: poly_mmd(*tensors, degree=3, gamma=None, coef=1.0),
    )
    yield "torchmetrics' Fréchet distance / ours, value alone", frechet_alone, frechet_by_torchmetrics
    yield "scipy's sqrtm / our Fréchet distance, value alone", frechet_alone, frechet_by_scipy
    yield (
        "torchmetrics' Fréchet distance / ours with 79 shuffles",
        lambda: frechet_distance(x, y, n_permutations=79),
        frechet_by_torchmetrics,
    )


def repeated(call):
    return (call() for _ in itertools.count())


@pytest.mark.bench
@pytest.mark.parametrize("n", [500, 2000])
def test_speed_beside_the_packages(n, keep_ratio):
    rng = np.random.default_rng(n)
    x, y = rng.normal(size=(n, FEATURES)), rng.normal(0.1, 1, size=(n, FEATURES))
    for name, ours, theirs in contests(x, y):
        contestants = {"ours": (repeated(ours), 2), "theirs": (repeated(theirs), 2)}
        watch = Stopwatch(contestants, items=1, rounds=3, warm_up=1)
        keep_ratio(f"{n:,} points of {FEATURES} features: {name}", watch.ratios("theirs", "ours"))
