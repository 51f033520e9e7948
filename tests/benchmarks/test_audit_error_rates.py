"""A part of what audit_error_rates.py prints, held on to."""

import numpy as np
import pytest
from audit_error_rates import FAULTS, LAWS, RELATED, line, verdicts
from scipy.stats import binom, skew


@pytest.mark.parametrize("name", LAWS)
def test_two_draws_of_a_law_have_one_shape_and_other_values(name):
    rng = np.random.default_rng(0)
    one, other = (LAWS[name](rng, 50, 7) for _ in range(2))
    assert one.shape == other.shape == (50, 7)
    assert np.isfinite(one).all()
    assert (one != other).any(axis=0).all()


def test_the_faults_are_what_they_are_called():
    rng = np.random.default_rng(0)
    laws = {law: (law(rng, 4000, 4), law(rng, 4000, 4)) for law, _ in FAULTS.values()}
    made = {name: fault(rng, *laws[law]) for name, (law, fault) in FAULTS.items()}
    fresh = {name: laws[law][1] for name, (law, _) in FAULTS.items()}

    def correlation(values):
        return np.corrcoef(values.T)[0, 1]

    name = "variance shrunk by a fifth"
    np.testing.assert_allclose(made[name].var(axis=0), 0.8 * fresh[name].var(axis=0))
    assert np.abs(made["tails cut at 2 deviations"]).max() == 2
    name = "subgroup of 5 % missing"
    assert fresh[name][:, 0].mean() - made[name][:, 0].mean() == pytest.approx(0.1, abs=0.1)
    name = "one correlation flipped"
    assert correlation(fresh[name]) == pytest.approx(RELATED, abs=0.05)
    assert correlation(made[name]) == pytest.approx(-correlation(fresh[name]))
    name = "counts made continuous"
    np.testing.assert_array_equal(made[name].round(), fresh[name])
    name = "one feature's skew flipped"
    np.testing.assert_allclose(skew(made[name])[:2], skew(fresh[name])[:2] * [-1, 1])
    real = {tuple(row) for row in laws[FAULTS["2 % exact copies"][0]][0]}
    assert sum(tuple(row) in real for row in made["2 % exact copies"]) == 80


@pytest.mark.slow
def test_fresh_patients_of_any_law_are_seldom_rejected():
    """8 draws of each of 6 laws. At a true rate of 2.5 % this fails in fewer than 1 of 1,000 seeds."""
    found = [found for law in LAWS for found in verdicts(law, 60, 5, 8)]
    print(line("fresh", found))
    assert sum(word == "reject" for word, _ in found) <= binom.ppf(0.999, len(found), 0.025)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["one correlation flipped", "counts made continuous", "every row a noisy copy"]
)
def test_these_faults_are_found_among_300_patients(name):
    """3 draws each of what was found in every draw; one may slip through by chance."""
    found = verdicts(name, 300, 5, 3)
    print(line(name, found))
    assert sum(word == "reject" for word, _ in found) >= 2
