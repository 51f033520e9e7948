"""Toy distributions: where their modes are, and that density and samples agree."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.data import gaussian_1d, grid, ring
from ganlab.seeding import isolated_randomness


def draw(distribution, n, seed=0):
    with isolated_randomness(seed):
        return distribution.sample((n,))


def centres(distribution):
    return distribution.component_distribution.mean


def test_gaussian_1d_is_the_normal_distribution():
    x = torch.linspace(-3, 7, 11)
    density = gaussian_1d(2.0, 0.5).log_prob(x).exp()
    np.testing.assert_allclose(density, stats.norm(2.0, 0.5).pdf(x), rtol=1e-4, atol=1e-30)
    # Kolmogorov-Smirnov at 1 in 1,000 false alarms over seeds; the seed is fixed.
    samples = draw(gaussian_1d(2.0, 0.5), 4000)
    assert samples.shape == (4000,)
    assert stats.kstest(samples, stats.norm(2.0, 0.5).cdf).pvalue > 0.001


def test_ring_of_four_by_hand():
    expected = torch.tensor([[1.5, 0.0], [0.0, 1.5], [-1.5, 0.0], [0.0, -1.5]])
    torch.testing.assert_close(centres(ring(4, radius=1.5)), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("n_modes", [1, 2, 3, 8, 25])
def test_ring_modes_are_distinct_and_evenly_spaced_on_the_circle(n_modes):
    points = centres(ring(n_modes, radius=2.0)).double()
    np.testing.assert_allclose(points.norm(dim=1), 2.0, rtol=1e-6)
    chord = 2 * 2.0 * math.sin(math.pi / n_modes)  # a ring with both ends of the circle has a chord of 0
    np.testing.assert_allclose((points - points.roll(-1, 0)).norm(dim=1), chord, atol=1e-5)


def test_grid_of_nine_by_hand():
    found = {tuple(point) for point in centres(grid(3, spacing=2.0)).tolist()}
    assert found == {(x, y) for x in (-2.0, 0.0, 2.0) for y in (-2.0, 0.0, 2.0)}
    assert centres(grid(5)).shape == (25, 2)
    assert {abs(x) for point in centres(grid(2, spacing=3.0)).tolist() for x in point} == {1.5}


@pytest.mark.parametrize(
    ("distribution", "std"), [(ring(8, std=0.02), 0.02), (grid(5, std=0.05), 0.05), (ring(1, std=0.4), 0.4)]
)
def test_density_is_the_mean_of_round_gaussians(distribution, std):
    points = draw(distribution, 20)
    by_hand = np.mean(
        [stats.multivariate_normal(c, std**2).pdf(points) for c in centres(distribution).numpy()], 0
    )
    np.testing.assert_allclose(distribution.log_prob(points).exp(), by_hand, rtol=1e-3)


@pytest.mark.parametrize(("distribution", "std"), [(ring(8, std=0.02), 0.02), (grid(5, std=0.05), 0.05)])
def test_samples_fill_every_mode_evenly_and_stay_near_it(distribution, std):
    points, modes = draw(distribution, 5000), centres(distribution)
    assert points.shape == (5000, 2)
    away, nearest = torch.cdist(points, modes).min(1)
    # Chi-squared at 1 in 1,000 false alarms over seeds; the seed is fixed.
    assert stats.chisquare(torch.bincount(nearest, minlength=len(modes))).pvalue > 0.001
    # Within three standard deviations in the plane lie 1 - exp(-4.5) = 98.89 %, and not 99.73 %.
    caught = int((away < 3 * std).sum())
    assert stats.binomtest(caught, 5000, 1 - math.exp(-4.5)).pvalue > 0.001


def test_a_seed_decides_the_samples():
    assert torch.equal(draw(ring(), 10, seed=1), draw(ring(), 10, seed=1))
    assert not torch.equal(draw(ring(), 10, seed=1), draw(ring(), 10, seed=2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gaussian_1d(0.0, 0.0), "std must be a finite number above 0; got 0"),
        (lambda: gaussian_1d(0.0, "1"), "std must be a number above 0; got '1'"),
        (lambda: gaussian_1d(math.nan, 1.0), "mean must be finite"),
        (lambda: gaussian_1d([0.0, 1.0], 1.0), r"mean must be one number; got shape \(2,\)"),
        (lambda: gaussian_1d("a", 1.0), "mean must hold numbers"),
        (lambda: ring(0), "n_modes must be a whole number of 1 or more; got 0"),
        (lambda: ring(2.5), "n_modes must be a whole number of 1 or more; got 2.5"),
        (lambda: ring(radius=-1), "radius must be a finite number above 0; got -1"),
        (lambda: ring(std=math.inf), "std must be a finite number above 0; got inf"),
        (lambda: grid(0), "side must be a whole number of 1 or more; got 0"),
        (lambda: grid(spacing=0), "spacing must be a finite number above 0; got 0"),
        (lambda: grid(std=-0.1), "std must be a finite number above 0; got -0.1"),
    ],
)
def test_impossible_distributions_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
