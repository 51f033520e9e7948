"""An audit by groups: a group that is missing, thinned or unlike is found, a small one named, sites told."""

from math import comb

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.audit import audit
from ganlab.audit.groups import checked_groups, compare_groups, group_labels
from ganlab.audit.inputs import audit_inputs
from ganlab.audit.limits import Limits
from ganlab.data import simulate_lesions

FEW = {"n_permutations": 359}


def cohort(n, seed, shares=(0.5, 0.3, 0.2), shift=0.0):
    """Three sites, of which b lies `shift` higher in one of three features."""
    rng = np.random.default_rng(seed)
    site = rng.choice(list("abc"), n, p=shares)
    table = pd.DataFrame(rng.normal(size=(n, 3)), columns=["x", "y", "z"])
    return table.assign(site=site, x=table["x"] + shift * (site == "b"))


def compared(real, synthetic, by="site", n_permutations=99):
    inputs = audit_inputs(real, synthetic, None, {}, by=by)
    return compare_groups(inputs, by, Limits(), n_permutations, 8, seed=0)


@pytest.mark.parametrize("seed", [None, torch.Generator()])
def test_an_audit_of_any_seed_names_the_number_that_repeats_it(tmp_path, seed):
    found = audit(cohort(60, 0), cohort(60, 1), by="site", seed=seed, **FEW)
    again = audit(cohort(60, 0), cohort(60, 1), by="site", seed=found.about["settings"]["seed"], **FEW)
    pd.testing.assert_frame_equal(found.to_frame(), again.to_frame())
    assert found.to_json(tmp_path / "audit.json").stat().st_size > 0


def test_a_missing_group_by_hand():
    """30 of 100 reals are in group b and none of 100 synthetic ones: all 30 of 200 by chance are real."""
    real = cohort(100, 0).assign(site=["b"] * 30 + ["a"] * 70)
    found = compared(real, cohort(100, 1).assign(site="a"))
    by_hand = comb(100, 30) / comb(200, 30)
    assert found.table.loc["b", "count"] == pytest.approx(by_hand)
    assert found.p_value == pytest.approx(4 * by_hand)  # Holm: two counts, one group of two tests
    assert list(found.failed.index) == ["b"]
    assert list(found.in_words()) == ["site b has 0 of 100 synthetic rows, against 30 of 100 real ones"]


def test_a_new_group_and_a_thinned_one_are_found_and_one_that_grew_is_not_accused_for_it():
    real = cohort(200, 0).assign(site=["b"] * 100 + ["a"] * 100)
    made = cohort(200, 1).assign(site=["b"] * 50 + ["a"] * 130 + ["q"] * 20)
    counts = compared(real, made).table["count"]
    assert counts["b"] < 1e-5
    assert counts["q"] == pytest.approx(comb(200, 20) / comb(400, 20))
    assert counts["a"] > 0.5


def test_a_group_that_is_unlike_rejects_the_cohort_though_all_rows_together_may_not_show_it():
    made = cohort(400, 1)
    made.loc[made["site"] == "c", "y"] += 1.5
    report = audit(cohort(400, 0), made, by="site", **FEW)
    check = report.to_frame().loc["groups (site)"]
    assert (report.verdict, check["outcome"], check["value"]) == ("reject", "failed", 1)
    assert "in site c the furthest feature, 'y', is 1." in report.summary()


def test_fresh_patients_pass_and_a_small_group_is_named_and_left_out():
    shares = (0.6, 0.36, 0.04)
    report = audit(cohort(200, 0, shares), cohort(200, 1, shares), by="site", **FEW)
    table = report.groups.table
    assert report.to_frame().loc["groups (site)", "outcome"] == "passed"
    assert table.loc["c", "outcome"] == "not applicable"
    assert np.isnan(table.loc["c", "two_sample"])
    assert "fewer than 20 rows on a side were counted, but not compared: c (" in report.summary()
    assert "nothing was found in any" in report.summary()


@pytest.mark.slow
def test_fresh_patients_are_accused_no_more_often_than_the_level():
    """30 draws at 2.5 %: five accusations or more happen by chance once in 1,000."""
    accused = [compared(cohort(90, seed), cohort(90, seed + 100)).p_value <= 0.025 for seed in range(30)]
    assert sum(accused) < 5


def test_features_that_tell_the_site_are_warned_of_and_others_are_not():
    apart = compared(cohort(300, 0, shift=2.0), cohort(300, 1, shift=2.0))
    assert apart.told_apart.index[0] == "b"
    assert apart.told_apart.iloc[0]["low"] < 0.92 < apart.told_apart.iloc[0]["high"]  # Phi(2 / sqrt 2)
    assert "ComBat" in " ".join(apart.sentences)
    assert "ComBat" not in " ".join(compared(cohort(300, 2), cohort(300, 3)).sentences)


def test_groups_that_are_numbers_are_a_column_of_features_but_not_asked_about_inside_a_group():
    real, made = (cohort(120, seed).assign(sex=np.arange(120) % 2) for seed in (0, 1))
    report = audit(real.drop(columns="site"), made.drop(columns="site").assign(sex=lambda t: t["sex"] * 1.0),
                   by="sex", **FEW)  # fmt: skip
    assert list(report.groups.table.index) in (["0", "1"], ["1", "0"])
    assert "sex" in report.evidence.marginals.index
    assert set(report.groups.table["feature"]) <= {"x", "y", "z"}


def test_numbers_and_their_text_are_one_group_and_empty_cells_are_none():
    labels = [group_labels(pd.DataFrame({"g": values}), "g") for values in ([1, 2], ["1", " 2"], [1.0, None])]
    assert labels[0].tolist() == ["1", "2"]
    assert labels[1].tolist() == ["1", "2"]
    assert labels[2].tolist() == ["1", None]
    holes = cohort(100, 1)
    holes.loc[:4, "site"] = None
    assert "5 synthetic rows have no site" in " ".join(compared(cohort(100, 0), holes).sentences)


def test_a_cohort_is_grouped_by_its_truth():
    lesions = simulate_lesions(120, seed=3)
    halves = lesions.subset(slice(60)), lesions.subset(slice(60, 120))
    report = audit(*halves, by="diagnosis", classes=["firstorder"], **FEW)
    counts = [half.truth["diagnosis"].value_counts() for half in halves]
    for name, row in report.groups.table.iterrows():
        assert (row["real"], row["synthetic"]) == tuple(count[name] for count in counts)


@pytest.mark.parametrize(
    ("real", "made", "by", "complaint"),
    [
        (
            cohort(60, 0),
            cohort(60, 1),
            "scanner",
            "real has no column 'scanner', asked for with `by`; it has x",
        ),
        (cohort(60, 0), cohort(60, 1).drop(columns="site"), "site", "synthetic has no column 'site'"),
        (cohort(60, 0).assign(site="a"), cohort(60, 1), "site", "'site' has one value only, 'a' among the"),
        (cohort(60, 0).assign(site=None), cohort(60, 1), "site", "'site' has no value among the real"),
        (
            cohort(60, 0),
            cohort(60, 1),
            "x",
            "'x' has 60 different values among the real",
        ),
        (cohort(60, 0), cohort(60, 1).assign(site=None), "site", "no synthetic row has a value of 'site'"),
        (cohort(12, 0), cohort(12, 1), "site", "no group of 'site' has 20 real and 20 synthetic rows: a has"),
    ],
)
def test_a_column_that_makes_no_groups_is_refused_in_a_sentence(real, made, by, complaint):
    with pytest.raises(ValueError, match=complaint):
        checked_groups(audit_inputs(real, made, None, {}, by=by), by)


def test_one_check_more_needs_more_permutations():
    with pytest.raises(ValueError, match="n_permutations must be 359 or more; got 319"):
        audit(cohort(60, 0), cohort(60, 1), by="site", n_permutations=319)


def test_the_risk_of_accusing_a_copy_is_divided_among_as_many_checks_as_are_made():
    """Half of 2.5 %, divided among eight checks, nine with the groups, and then among the synthetic rows."""
    real, made = cohort(60, 0), cohort(50, 1)
    for by, checks in ((None, 8), ("site", 9)):
        (search,) = audit(real, made, by=by, **FEW).evidence.copies
        assert search.suspects.accused.perfect == pytest.approx(0.025 / checks / 2 / 50)
