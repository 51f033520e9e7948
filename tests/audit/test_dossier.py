"""The dossier: its checks by hand, what it refuses, and a page that hides nothing and runs nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_audit_page import EVIL, Tags

from ganlab.audit import (
    REQUIRED,
    Dossier,
    broken_laws,
    cohort_checks,
    sha256_of_table,
    split_check,
    three_parts,
)
from ganlab.audit.dossier_checks import _told_apart
from ganlab.augmentation import feature_arms
from ganlab.data import load_wdbc
from ganlab.diagnostics import Check

WDBC = load_wdbc()


def check(name="a", value=0.0, interval=(0.0, 0.0), limit=0.0):
    facts = {"question": "Really?", "method": "counted"}
    return Check(name=name, value=value, interval=interval, limit=limit, **facts)


def test_three_parts_share_nobody_and_lose_nobody_although_patients_have_several_rows():
    twice = pd.concat([WDBC, WDBC.head(100)], ignore_index=True)
    for seed in range(20):
        parts = [set(part["patient_id"]) for part in three_parts(twice, seed)]
        assert sum(map(len, parts)) == len(set().union(*parts)) == WDBC["patient_id"].nunique()


def test_laws_by_hand_and_on_all_real_patients():
    rows = pd.DataFrame({"mean area": [1.0, 1.0, 3.0], "mean perimeter": [4.0, -4.0, 6.0]})
    rows["worst area"] = [2.0, 0.5, 3.0]
    assert broken_laws(rows).to_numpy().tolist() == [
        [False, False, False],  # a square: 4 pi 1 <= 16
        [True, True, False],
        [False, False, True],  # 4 pi 3 > 36
    ]
    assert not broken_laws(WDBC).to_numpy().any()


def test_any_change_of_the_table_changes_its_fingerprint():
    table = WDBC.head(3)
    others = [table.iloc[::-1], table.rename(columns={"mean area": "area"}), table.iloc[:, :-1], table.copy()]
    others[-1].loc[0, "mean area"] += 1e-9
    assert len({sha256_of_table(one) for one in [table, *others]}) == 5


def test_patients_who_leak_are_counted_once_each_also_through_the_generator():
    parts = [pd.DataFrame({"patient_id": ids}) for ids in ([1, 2, 2], [3, 2], [4, 3])]
    assert split_check(*parts, [1, 2]).value == 2
    assert split_check(*parts, [1, 4, 4]).value == 3


@pytest.fixture(scope="module")
def parts():
    return three_parts(WDBC, seed=1)


def test_fresh_patients_fail_nothing(parts):
    train, holdout, test = parts
    fresh = test[test["diagnosis"] == "malignant"]
    assert [one.name for one in cohort_checks(train, fresh, holdout, 0) if one.outcome == "failed"] == []


def test_copies_fail_although_they_are_possible_and_alike(parts):
    train, holdout, _ = parts
    ill = train[train["diagnosis"] == "malignant"]
    outcomes = {one.name: one.outcome for one in cohort_checks(train, ill, holdout, 0)}
    assert (outcomes["copies"], outcomes["membership"]) == ("failed", "failed")
    assert (outcomes["possible patients"], outcomes["right diagnosis"]) == ("passed", "passed")


def test_shuffled_columns_fail_where_they_should(parts):
    train, holdout, test = parts
    rng = np.random.default_rng(0)
    shuffled = test[test["diagnosis"] == "malignant"].copy()
    for name in shuffled.columns[2:]:
        shuffled[name] = rng.permutation(shuffled[name])
    outcomes = {one.name: one.outcome for one in cohort_checks(train, shuffled, holdout, 0)}
    assert {name for name, word in outcomes.items() if word == "failed"} >= {
        "possible patients",
        "correlations",
    }


def test_a_point_between_two_possible_patients_keeps_the_laws(parts):
    made = feature_arms()["SMOTE"](parts[0], 0).query("is_synthetic")
    assert len(made) > 50
    assert not broken_laws(made).to_numpy().any()


def test_the_two_sample_interval_holds_the_coin_for_fresh_patients():
    held = 0
    for seed in range(20):
        _, holdout, test = three_parts(WDBC, seed)
        ill = [part[part["diagnosis"] == "malignant"].iloc[:, 2:] for part in (holdout, test)]
        low, high = _told_apart(*ill, seed).interval
        held += low <= 0.5 <= high
    assert held >= 17  # of 20; five folds are not independent


def dossier(**changes):
    checks = [check(name) for name in REQUIRED]
    facts = {
        "title": f"A cohort {EVIL}", "author": EVIL, "intended_use": EVIL, "reason": EVIL, "limits": (EVIL,),
        "change_control": EVIL, "patients": {"train": [1, 2], "holdout": [3], "test": [4]},
        "generator_patients": (1, 2), "n_synthetic": 7, "seeds": {EVIL: 0}, "sha256": {EVIL: "0a" * 32},
        "metrics": {"GAN": [0.9, 0.8], "duplicates": [0.85, 0.85], EVIL: [1.0, 1.0]}, "checks": checks,
        "verdict": "accept",
    }  # fmt: skip
    return Dossier(**{**facts, **changes})


def with_check(one):
    return [one if other.name == one.name else other for other in dossier().checks]


BAD = check("copies", 0.1, (0.08, 0.12), 0.05)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"checks": dossier().checks[:-1]}, "'utility' is missing"),
        ({"checks": [*dossier().checks, check("copies")]}, "twice"),
        ({"checks": with_check(BAD)}, "the verdict is 'accept', but these checks allow 'reject'"),
        ({"verdict": "undecided"}, "allow 'accept'"),
        ({"patients": {"train": [1, 2], "holdout": [3], "test": [2]}}, "by the lists there are 1"),
        ({"generator_patients": (1, 4)}, "by the lists there are 1"),
        ({"patients": {"train": [1, 2], "test": [2]}}, "must name the parts"),
        ({"metrics": {"GAN": [0.95, 0.9], "duplicates": [0.85, 0.85]}}, "the draws give"),
        ({"metrics": {"GAN": [0.85], "duplicates": [0.85, 0.85]}}, "same draws"),
        ({"sha256": {"table": "0a"}}, "hexadecimal"),
        ({"seeds": {"split": None}}, "not declared"),
        ({"seeds": {}}, "seeds is empty"),
        ({"limits": ()}, "limits is empty"),
    ],
)
def test_a_dossier_that_contradicts_itself_is_not_written(changes, problem, tmp_path):
    with pytest.raises(ValueError, match="is not written") as refusal:
        dossier(**changes).to_html(tmp_path / "dossier.html")
    assert problem in str(refusal.value)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_dossier_is_left_alone_and_an_earlier_dossier_is_replaced(tmp_path):
    theirs = tmp_path / "thesis.html"
    theirs.write_text("years of work")
    with pytest.raises(FileExistsError, match="not an earlier dossier"):
        dossier().to_html(theirs)
    with pytest.raises(FileExistsError, match="is a folder"):
        dossier().to_html(tmp_path)
    assert theirs.read_text() == "years of work"
    path = dossier().to_html(tmp_path / "dossier.html")
    dossier(author="somebody else").to_html(path)
    assert "somebody else" in path.read_text(encoding="utf-8")


def test_nothing_runs_nothing_is_fetched_and_what_the_author_wrote_arrives_as_text():
    text = dossier().page()
    found = Tags(text)
    assert "<script" not in text
    assert found.text.count(EVIL) >= 7
    assert {tag for tag, _ in found.tags} & {"script", "img", "iframe", "object", "form", "base"} == set()
    for _, attrs in found.tags:
        for name in ("src", "href", "srcset", "action"):
            assert (attrs.get(name) or "data:").startswith("data:")
        assert not [name for name in attrs if name.startswith("on")]


def test_every_check_stands_on_the_page_with_its_outcome_and_failures_come_first():
    found = replace(BAD, accused=True, finding="patient 3 was copied")
    page = dossier(checks=with_check(found), verdict="reject").page()
    text = " ".join(Tags(page).text.split())
    assert all(f"{name}." in text for name in REQUIRED)
    assert "Do not use for the purpose" in text
    assert "8 passed, 1 failed and 0 are undecided" in text
    assert "Found: patient 3 was copied." in text
    assert "0.08\u00a0to\u00a00.12" in Tags(page).text
    assert text.index("copies.") < text.index("leak-free split.")
    for fact in ("0a" * 32, "version: numpy", "patients: train", "synthetic patients"):
        assert fact in text
