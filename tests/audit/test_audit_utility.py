"""Whether a synthetic cohort helps a classifier: on known truths, beside the verdict, and on bad input."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from ganlab.audit import audit
from ganlab.audit.inputs import audit_inputs
from ganlab.audit.utility import INSTEAD, WITH, checked_target, judge_utility


def cohort(n, seed, shift=1.5, kinds=("benign", "malignant")):
    """Six features, of which one is `shift` higher in the last kind of patient."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(kinds, n, p=[0.7, *[0.3 / (len(kinds) - 1)] * (len(kinds) - 1)])
    values = rng.normal(size=(n, 6))
    values[:, 0] += shift * (kind == kinds[-1])
    names = [f"{seed}-{i}" for i in range(n)]
    return pd.DataFrame(values, columns=list("abcdef")).assign(diagnosis=kind, patient_id=names)


def judged(real, synthetic, holdout=None, test=None, target="diagnosis", positive=None):
    inputs = audit_inputs(real, synthetic, holdout, {}, test=test, target=target)
    return judge_utility(inputs, target, positive, seed=0)


def test_synthetic_rows_alone_reach_the_auc_that_normal_theory_says():
    """One feature of six shifted by 1.5: AUC Phi(1.5 / sqrt 2) = 0.856, a little less with 1,000 rows."""
    found = judged(cohort(100, 0), cohort(1000, 1), test=cohort(600, 2))
    alone = found.alone.loc[(INSTEAD, "AUC")]
    assert alone["low"] < NormalDist().cdf(1.5 / 2**0.5) < alone["high"] + 0.01
    assert alone["high"] - alone["low"] < 0.1
    assert set(found.alone.columns) == {"mean", "low", "high", "gain", "gain_low", "gain_high"}


def test_an_interval_ends_where_its_metric_does():
    """One feature of six shifted by 2.5: AUC near Phi(2.5 / sqrt 2) = 0.96; plus two errors it passes 1."""
    few, many, test = (cohort(n, seed, shift=2.5) for seed, n in enumerate((100, 200, 60)))
    aucs = judged(few, many, test=test).alone.xs("AUC", level="metric")
    assert (aucs["mean"] < 1).all()
    assert (aucs["high"] == 1).all()


def test_many_fresh_patients_help_where_there_are_few_and_wrong_labels_harm():
    few, test = cohort(60, 0), cohort(600, 2)
    assert judged(few, cohort(1500, 1), test=test).report.differences.loc[(WITH, "AUC"), "mean"] > 0
    swapped = cohort(1500, 1)
    swapped["diagnosis"] = swapped["diagnosis"].map({"benign": "malignant", "malignant": "benign"})
    harmed = judged(few, swapped, test=test)
    assert harmed.check.outcome == "failed"
    assert harmed.alone.loc[(INSTEAD, "AUC"), "high"] < 0.5
    assert "it harms" in next(harmed.sentences)


def test_arms_that_add_rows_add_equally_many_of_each_class_and_metrics_are_all_there():
    found = judged(cohort(100, 0), cohort(200, 1), test=cohort(100, 2))
    counts = found.report.rows.assign(all=lambda t: t["real"] + t["synthetic"]).pivot_table(
        index="arm", columns="diagnosis", values="all"
    )
    assert counts.loc["real + duplicates"].equals(counts.loc[WITH])
    assert counts.loc[WITH].sum() == counts.loc["real"].sum() + 200
    shown = {metric for _, metric, *_ in found.rows}
    assert shown == {"AUC", "balanced accuracy", "Brier score", "calibration bias"}


def test_where_the_test_patients_come_from_is_said():
    real, made, other = cohort(120, 0), cohort(120, 1), cohort(80, 2)
    split, held_out, given = (
        " ".join(judged(real, made, **parts).sentences) for parts in ({}, {"holdout": other}, {"test": other})
    )
    assert "split by patient: 84 to train on, 36 to test on" in split
    assert "Tested on the 80 held-out patients" in held_out
    assert "Tested on the 80 test patients handed in" in given


def test_a_holdout_that_does_not_know_the_target_is_no_test():
    found = judged(cohort(120, 0), cohort(120, 1), holdout=cohort(80, 2).drop(columns="diagnosis"))
    assert "split by patient" in " ".join(found.sentences)
    assert "80 holdout rows have no diagnosis" in " ".join(found.sentences)


def test_one_class_alone_among_the_synthetic_rows_still_augments():
    made = cohort(200, 1).query("diagnosis == 'malignant'")
    found = judged(cohort(120, 0), made, test=cohort(100, 2))
    assert found.alone.empty
    assert WITH in found.report.table.index.unique("arm")
    assert "no classifier can be trained on them alone" in " ".join(found.sentences)


def test_one_of_three_kinds_is_told_from_the_others():
    kinds = ("cyst", "benign", "malignant")
    parts = [cohort(n, seed, kinds=kinds) for n, seed in ((200, 0), (200, 1), (200, 2))]
    with pytest.raises(ValueError, match=r"has 3 values \(benign, cyst, malignant\); say which one"):
        judged(*parts[:2], test=parts[2])
    found = judged(*parts[:2], test=parts[2], positive="malignant")
    assert found.report.n_test == 200
    assert found.positive == "malignant"


def test_a_target_of_numbers_is_not_what_the_classifier_sees():
    parts = [
        cohort(150, seed).assign(dead=lambda t: (t["diagnosis"] == "malignant") * 1) for seed in range(3)
    ]
    found = judged(parts[0], parts[1], test=parts[2], target="dead")
    assert found.report.table.loc[("real", "AUC"), "mean"] < 0.95
    assert found.positive == "1"
    assert "dead is one of the features" in " ".join(found.sentences)


def test_it_stands_beside_the_verdict_and_changes_nothing_in_it():
    real, made, test = cohort(80, 0), cohort(80, 1), cohort(80, 2)
    plain = audit(real, made, n_permutations=319)
    asked = audit(real, made, target="diagnosis", test=test, n_permutations=319)
    pd.testing.assert_frame_equal(plain.to_frame(), asked.to_frame())
    assert plain.verdict == asked.verdict
    assert "This is no part of the verdict" in asked.summary()
    assert asked.about["inputs"]["test"]["rows given"] == 80


A, B, C = cohort(60, 0), cohort(60, 1), cohort(60, 2)


@pytest.mark.parametrize(
    ("parts", "options", "complaint"),
    [
        ((A, B, C), {"target": "grade"}, "real has no column 'grade', asked for with `target`; it has a, b"),
        ((A, B, C.drop(columns="diagnosis")), {}, "test has no column 'diagnosis'"),
        (
            (A.assign(diagnosis="benign"), B, C),
            {},
            "'diagnosis' has one value only, 'benign', among the real",
        ),
        ((A, B, C), {"target": "a"}, "'a' has 60 different values among the real patients, as a feature has"),
        ((A, B, C), {"positive": "cyst"}, "positive is 'cyst', which is no value of 'diagnosis'"),
        ((A[:20], B, C), {}, "real training patients with diagnosis malignant"),
        ((A, B, C[:12]), {}, "test patients with diagnosis malignant and"),
        ((A, B, A), {}, "60 test patients are also in real"),
        ((A, B, A.assign(patient_id=range(60))), {}, "60 of the 60 test rows are also in real"),
        (
            (A, B, pd.concat([C, A[:3]], ignore_index=True).drop(columns="patient_id")),
            {},
            "3 of the 63 test rows",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(parts, options, complaint):
    real, made, test = parts
    with pytest.raises(ValueError, match=complaint):
        judged(real, made, test=test, **options)


def test_test_patients_need_a_target():
    with pytest.raises(ValueError, match="test and positive are for a target"):
        audit(A, B, test=C)


def test_rows_of_whole_numbers_that_coincide_by_chance_are_no_overlap():
    rng = np.random.default_rng(0)
    parts = [
        pd.DataFrame({"nodes": rng.poisson(2, 80), "sex": rng.integers(0, 2, 80), "kind": rng.choice(2, 80)})
        for _ in range(3)
    ]
    assert judged(parts[0], parts[1], test=parts[2], target="kind").report.n_test == 80


def test_the_rarer_of_two_values_is_positive_and_of_equals_the_later():
    inputs = audit_inputs(A, B, None, {}, target="diagnosis")
    assert checked_target(inputs, "diagnosis")[1] == "malignant"
    even = A.assign(diagnosis=["x", "y"] * 30)
    made = B.assign(diagnosis=np.resize(["x", "y"], len(B)))
    assert checked_target(audit_inputs(even, made, None, {}, target="diagnosis"), "diagnosis")[1] == "y"


def test_classes_in_another_spelling_and_one_table_handed_in_twice_are_refused():
    loud = B.assign(diagnosis=B["diagnosis"].str.upper())
    with pytest.raises(ValueError, match="'MALIGNANT' in synthetic rows, but among the real patients"):
        checked_target(audit_inputs(A, loud, None, {}, target="diagnosis"), "diagnosis")
    with pytest.raises(ValueError, match="test holds the same as synthetic"):
        audit_inputs(A, B, None, {}, test=B, target="diagnosis")
    with pytest.raises(ValueError, match="holdout holds the same as synthetic"):
        audit_inputs(A, B, B, {})


def test_truth_values_are_called_by_their_own_words():
    real, made, test = (cohort(200, seed).rename(columns={"diagnosis": "malignant"}) for seed in range(3))
    parts = [part.assign(malignant=part["malignant"] == "malignant") for part in (real, made, test)]
    found = judged(*parts[:2], test=parts[2], target="malignant")
    assert found.positive == "True"
    assert "Does it help to predict malignant (True or not)?" in next(found.sentences)
    with pytest.raises(ValueError, match=r"'0', '1' in synthetic rows.*'False', 'True'"):
        judged(parts[0], parts[1].astype({"malignant": int}), test=parts[2], target="malignant")
