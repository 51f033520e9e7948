"""A small part of what interval_coverage_distances.py prints, held on to."""

import numpy as np
import pytest
from interval_coverage_distances import coverage, few_shuffles, true_energy, true_frechet, true_mmd
from scipy.stats import binom

from ganlab.diagnostics import GaussianKernel, energy_distance, frechet_distance, mmd

DRAWS = 300
# An interval that holds the truth in 92 % or in 98 % of draws, the edges of what is promised, leaves these
# bounds in 1 of 1,000 runs; there are 12 runs here.
FEWEST = binom.ppf(0.001, DRAWS, 0.92)
MOST = binom.ppf(0.999, DRAWS, 0.98)

KERNEL = GaussianKernel(2.0)
CASES = [
    pytest.param(few_shuffles(frechet_distance), lambda d, *to: true_frechet(d, *to), 5, id="frechet"),
    pytest.param(few_shuffles(mmd, kernel=KERNEL), lambda d, *to: true_mmd(d, *to, 2.0), 2, id="mmd"),
    pytest.param(few_shuffles(energy_distance), lambda d, *to: true_energy(*to), 1, id="energy"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("compare", "true_value", "d"), CASES)
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 1.0), (1.0, 1.0), (0.0, 1.7)])
def test_intervals_hold_the_truth_as_often_as_they_say(compare, true_value, d, shift, scale):
    rng = np.random.default_rng(0)
    truth = true_value(d, shift, scale)
    held, _, _ = coverage(rng, compare, (50, 60, d, shift, scale), truth, DRAWS)
    assert FEWEST <= held <= MOST
