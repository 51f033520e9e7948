"""What audit_power.py says that no test could exceed, against a formula, and the audit beneath it."""

import numpy as np
import pytest
from audit_power import ALPHA, MARGIN, NARROW, all_close, at_most
from scipy.optimize import brentq
from scipy.stats import binom, norm, wasserstein_distance


@pytest.mark.parametrize("n", [100, 200, 400])
def test_for_one_feature_the_best_test_accepts_a_small_mean_difference(n):
    """The best test of one normal mean, in standard errors: accept where it is below c."""
    off = MARGIN / np.sqrt(2 / n)
    c = brentq(lambda c: norm.cdf(c - off) - norm.cdf(-c - off) - ALPHA, 0, off + 5)
    assert at_most(n, 1) == pytest.approx(2 * norm.cdf(c) - 1, abs=0.015)


def test_more_features_are_harder_and_more_patients_easier():
    assert at_most(200, 60) < at_most(200, 20) < at_most(200, 5) < at_most(400, 5)


def test_the_narrow_feature_lies_at_the_margin():
    quantiles = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert wasserstein_distance(quantiles, NARROW * quantiles) == pytest.approx(MARGIN, abs=0.001)


@pytest.mark.parametrize("change", [{"shift": MARGIN}, {"scale": NARROW}])
def test_a_feature_at_the_margin_is_seldom_found_close(change):
    """60 draws. At a true rate of 5 % this fails in fewer than 1 of 1,000 seeds."""
    assert sum(all_close(300, 1, draw, **change) for draw in range(60)) <= binom.ppf(0.999, 60, ALPHA)


def test_a_perfect_feature_is_found_close_by_500():
    """60 draws. At a true rate of 95 % this fails in fewer than 1 of 1,000 seeds."""
    assert sum(all_close(500, 1, draw) for draw in range(60)) >= binom.ppf(0.001, 60, 0.95)
