"""Kernels against scikit-learn's, and distances against scipy's."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import rbf_kernel

from ganlab.diagnostics import GaussianKernel
from ganlab.diagnostics.two_sample.distances import negative_distance, squared_distances


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(20, 7)), rng.normal(1, 2, size=(30, 7))


def test_kernels_by_hand():
    assert GaussianKernel(2.0)([[0.0]], [[2.0]]).item() == pytest.approx(np.exp(-0.5))
    assert negative_distance([[0.0, 0.0]], [[3.0, 4.0]]).item() == pytest.approx(-5.0)


def test_kernels_agree_with_those_of_scikit_learn(rows):
    a, b = rows
    ours, theirs = GaussianKernel(1.7)(a, b), rbf_kernel(a, b, gamma=1 / (2 * 1.7**2))
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("origin", [0.0, 1e6])
def test_distances_agree_with_those_of_scipy_far_from_the_origin_too(rows, origin):
    a, b = rows[0] + origin, rows[1] + origin
    np.testing.assert_allclose(squared_distances(a, b), cdist(a, b, "sqeuclidean"), rtol=1e-9)


def test_a_sample_is_at_no_distance_from_itself(rows):
    assert np.diag(squared_distances(rows[0], rows[0])).max() < 1e-13


def test_the_median_bandwidth_by_hand():
    # The distances are 1, 3, 4, and three zeros (a row and its duplicates), which do not count.
    assert GaussianKernel.at_the_median([[0.0], [1.0], [4.0]]).bandwidth == pytest.approx(3.0)
    assert GaussianKernel.at_the_median([[0.0], [0.0], [0.0], [2.0]]).bandwidth == pytest.approx(2.0)


def test_the_median_of_many_is_that_of_a_part():
    rows = np.random.default_rng(0).normal(size=(3000, 2))
    everything = np.median(cdist(rows, rows)[np.triu_indices(3000, 1)])
    assert GaussianKernel.at_the_median(rows).bandwidth == pytest.approx(everything, rel=0.02)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="collapsed"):
        GaussianKernel.at_the_median(np.ones((5, 2)))
    for bandwidth in (0, -1, np.nan, "median"):
        with pytest.raises(ValueError, match="bandwidth"):
            GaussianKernel(bandwidth)
