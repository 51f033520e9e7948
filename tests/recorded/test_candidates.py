"""The recorded patients are what measuring gives, and the four candidates are what they are called."""

import numpy as np
import pandas as pd
import pytest

from ganlab.radiomics import correlation_distance
from ganlab.recorded import audits, four_candidates, lesion_features
from ganlab.recorded.candidates import drawn_candidates


@pytest.mark.parametrize("n", [60, pytest.param(lesion_features.PATIENTS, marks=pytest.mark.slow)])
def test_the_recorded_patients_are_measured_again_to_the_same_numbers(copied, n):
    """No training, so to the same numbers on any machine. All 4,000 take about 30 s of CPU."""
    features, diagnosis = lesion_features.load()
    lesion_features.make(n)
    again, diagnosis_again = lesion_features.load()
    assert len(again) == n
    np.testing.assert_allclose(features.to_numpy()[:n], again.to_numpy(), rtol=1e-4, atol=1e-6)
    assert (diagnosis[:n] == diagnosis_again).all()


@pytest.fixture(scope="module")
def drawn():
    return four_candidates(200, seed=3)


def test_the_good_ones_are_other_patients_of_the_pool(drawn):
    real, made = drawn
    pool = {tuple(row) for row in lesion_features.load()[0].to_numpy()}
    of_real, of_good = ({tuple(row) for row in table.to_numpy()} for table in (real, made["good"]))
    assert len(of_real) == len(of_good) == 200
    assert of_real | of_good <= pool
    assert not of_real & of_good


def test_shifted_is_half_a_standard_deviation_in_the_first_order_features_alone(drawn):
    _, made = drawn
    moved = ((made["shifted"] - made["good"]) / lesion_features.load()[0].std()).to_numpy()
    first_order = ["firstorder" in name for name in made["good"].columns]
    np.testing.assert_allclose(moved[:, first_order], 0.5)
    np.testing.assert_allclose(moved[:, ~np.array(first_order)], 0.0)


def test_broken_keeps_every_marginal_and_loses_the_correlations(drawn):
    real, made = drawn
    for name in real.columns:
        assert sorted(made["broken"][name]) == sorted(made["good"][name])
    assert correlation_distance(real, made["broken"]) > 3 * correlation_distance(real, made["good"])


def test_broken_patients_break_the_isoperimetric_inequality_and_real_ones_do_not(drawn):
    """What the lecture shows: among plane shapes of one perimeter the circle has the largest area."""
    real, made = drawn
    impossible = {
        name: (table["shape2D_PixelSurface"] > table["shape2D_Perimeter"] ** 2 / (4 * np.pi)).mean()
        for name, table in (("real", real), ("broken", made["broken"]))
    }
    assert impossible["real"] == 0
    assert impossible["broken"] > 0.2


def test_every_tenth_of_the_copies_is_a_real_patient_and_the_others_are_fresh(drawn):
    real, made = drawn
    near = (made["copies"] - real).abs() / lesion_features.load()[0].std()
    assert near.iloc[::10].to_numpy().max() < 0.1
    kept = np.arange(200) % 10 != 0
    pd.testing.assert_frame_equal(made["copies"][kept], made["good"][kept])


def test_shuffling_stays_within_the_diagnosis():
    table = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0)})
    diagnosis = np.where(np.arange(40) < 20, "benign", "malignant")
    _, made = drawn_candidates(table, diagnosis, 20, np.random.default_rng(0))
    assert ((made["broken"] < 20) == (made["good"] < 20)).all(axis=None)
    assert (made["broken"] != made["good"]).any(axis=None)


def test_the_same_seed_draws_the_same_and_another_does_not():
    first, again, other_seed = (four_candidates(30, seed=seed)[1]["broken"] for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other_seed)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [({"n": 2001}, "need a pool of 4002; this has 4000"), ({"n": 0}, "n must be")],
)
def test_what_cannot_be_drawn_is_refused(given, complaint):
    with pytest.raises(ValueError, match=complaint):
        four_candidates(**given)


@pytest.mark.parametrize("planned", [("good", 50, 0), ("broken", 100, 4)])
def test_an_audit_on_record_comes_out_the_same_today(planned):
    again = audits.run_audit(*planned)
    record = audits.load().set_index(["candidate", "n", "draw"]).sort_index().loc[planned]
    assert again["verdict"].tolist() == record["verdict"].tolist()
    numbers = ["value", "low", "high", "perfect", "limit", "p"]
    np.testing.assert_allclose(again[numbers], record[numbers], rtol=1e-3)
    assert again["check"].tolist() == record["check"].tolist()


def test_every_planned_audit_is_on_record_once():
    record = audits.load().drop_duplicates(["candidate", "n", "draw"])
    assert set(record[["candidate", "n", "draw"]].itertuples(index=False, name=None)) == set(
        audits.planned_audits()
    )
    assert set(record["candidate"]) == set(audits.RIGHT)


# correlation_distance


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # Spearman 1, -0.9, -0.9 against 0.3, 0.7, 0.7: sqrt((0.49 + 2.56 + 2.56) / 3).
        ("spearman", 1.3674794),
        # Pearson 0.850928, -0.923760, -0.899427 against 0.048247, 0.512823, 0.874218.
        ("pearson", 1.3968875),
    ],
)
def test_correlation_distance_by_hand(method, expected):
    real = [[1, 1, 8], [2, 4, 7], [3, 9, 4], [4, 16, 5], [5, 60, 1]]
    synthetic = [[1, 5, 2], [2, 1, 3], [3, 40, 9], [4, 2, 4], [5, 7, 6]]
    assert correlation_distance(real, synthetic, method) == pytest.approx(expected, abs=1e-6)


def test_correlation_distance_is_that_of_the_report_and_refuses_what_it_refuses(drawn):
    from ganlab.radiomics import compare_correlations

    real, made = drawn
    report = compare_correlations(real, made["broken"], n_permutations=1, seed=0)
    assert correlation_distance(real, made["broken"]) == pytest.approx(float(report))
    for bad, complaint in (((real, real, "kendall"), "method"), ((real.iloc[:, :1],) * 2, "two features")):
        with pytest.raises(ValueError, match=complaint):
            correlation_distance(*bad)
