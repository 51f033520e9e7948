"""The table of the four candidates, in short: each gets the verdict it deserves."""

import pytest
from audit_four_candidates import RIGHT, draw, line, pool, verdicts
from scipy.stats import binom

CLASSES = ("firstorder", "shape2D")


def test_the_candidates_are_what_they_are_called():
    table, diagnoses = pool(300, CLASSES)
    real, made = draw(table, diagnoses, 100, seed=0)
    good, broken = made["good"], made["broken"]
    assert set(made) == set(RIGHT)
    assert not set(real.iloc[:, 0]) & set(good.iloc[:, 0])
    assert ((made["shifted"] - good).mean() > 0).sum() == 18
    for name in table.columns:
        assert sorted(broken[name]) == sorted(good[name])
    near = (made["copies"].iloc[::10] - real.iloc[::10]).abs() / table.std()
    assert near.to_numpy().max() < 0.15


@pytest.mark.slow
def test_shifted_broken_and_copied_cohorts_are_rejected():
    """3 draws of 200 each. In 50 draws each was rejected in 49 or 50; one may slip through by chance."""
    found = verdicts(*pool(1800, CLASSES), 200, 3, ("shifted", "broken", "copies"))
    for name, audits in found.items():
        print(line(name, 200, audits))
        assert sum(one.verdict == "reject" for one in audits) >= 2


@pytest.mark.slow
def test_fresh_patients_are_accepted_when_there_are_enough():
    """4 draws of 900. At a true rate of 95 % fewer than 2 are accepted in 1 of 2,000 seeds."""
    audits = verdicts(*pool(1800, CLASSES), 900, 4, ("good",))["good"]
    print(line("good", 900, audits))
    assert sum(one.verdict == "accept" for one in audits) >= 2


@pytest.mark.slow
def test_with_few_patients_fresh_ones_are_undecided_and_seldom_rejected():
    """15 draws of 20. At a true rate of 2.5 % the limit is passed in fewer than 1 of 1,000 seeds."""
    audits = verdicts(*pool(1800, CLASSES), 20, 15, ("good",))["good"]
    print(line("good", 20, audits))
    assert sum(one.verdict == "reject" for one in audits) <= binom.ppf(0.999, 15, 0.025)
    assert not any(one.verdict == "accept" for one in audits)
