"""The table of utility, in short: that it can be made, and that its parts share nobody."""

import numpy as np
import pytest
from utility_wdbc import HEADER, lines, pool_and_test, trial


def test_nobody_is_on_both_sides_and_both_have_the_same_share_of_malignant():
    pool, test = pool_and_test()
    assert len(pool) + len(test) == 569
    assert not set(pool["patient_id"]) & set(test["patient_id"])
    shares = [np.mean(part["diagnosis"] == "malignant") for part in (pool, test)]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_every_line_of_the_table_can_be_made():
    report = trial(10, draws=2, steps=5)
    made = list(lines(10, report))
    print("", HEADER, *made, sep="\n")
    assert len(made) == 4 * 6
    assert not any("nan" in line for line in made)
    balanced = report.rows[report.rows["arm"] != "none"]
    assert (balanced["real"] + balanced["synthetic"] == 100).all()
