"""Coverage and recall from one ordering of the neighbours: by hand, against prdc, and as a test."""

import numpy as np
import pytest
from scipy.stats import binom

from ganlab.audit.measures import _neighbours, _shares, low_coverage_p, rank_scores
from ganlab.diagnostics import prdc


def shares(real, synthetic, k):
    points = np.concatenate([real, synthetic])
    return _shares(_neighbours(points, len(real), k), np.arange(len(points)) < len(real), k)


def test_two_groups_apart_are_not_surrounded_and_interleaved_ones_are_by_hand():
    real = np.array([[0.0], [1.1]])
    assert shares(real, np.array([[10.0], [11.2]]), 1).tolist() == [0, 0]
    assert shares(np.array([[0.0], [2.1]]), np.array([[1.0], [3.3]]), 1).tolist() == [1, 1]


@pytest.mark.parametrize(("n", "m", "k"), [(60, 60, 5), (40, 90, 3), (90, 40, 2)])
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_both_shares_are_those_of_prdc(n, m, k, scale):
    rng = np.random.default_rng(n + m)
    real, synthetic = rng.normal(size=(n, 3)), scale * rng.normal(size=(m, 3))
    report = prdc(real, synthetic, k=k)
    assert shares(real, synthetic, k) == pytest.approx([report.coverage.value, report.recall.value])


def test_rank_scores_know_nothing_of_scale_and_outliers():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(2, 30, 2))
    plain, warped = rank_scores(real, synthetic), rank_scores(np.exp(9 * real), np.exp(9 * synthetic))
    assert np.allclose(plain, warped)
    assert np.concatenate(plain).mean(axis=0) == pytest.approx([0, 0], abs=1e-12)


def test_a_collapsed_generator_is_accused_and_a_fresh_one_keeps_its_level():
    """120 draws; at true rates of 10 % this fails in 1 of 1,000 seeds for each of two numbers."""
    rng = np.random.default_rng(1)
    found = []
    for draw in range(120):
        real, fresh = rng.normal(size=(2, 30, 4))
        found.append(list(low_coverage_p(*rank_scores(real, fresh), 3, 99, draw).values()))
    assert (np.mean(np.array(found) <= 0.1, axis=0) <= binom.ppf(0.999, 120, 0.1) / 120).all()
    real, collapsed = rng.normal(size=(60, 4)), 0.1 * rng.normal(size=(60, 4))
    assert max(low_coverage_p(*rank_scores(real, collapsed), 3, 99, 0).values()) == 0.01
