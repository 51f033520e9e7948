"""Intraclass correlation: Shrout and Fleiss' own table, pingouin as a second implementation, coverage."""

import numpy as np
import pandas as pd
import pytest

from ganlab.radiomics import feature_stability, intraclass_correlation

RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_published_example():
    """Shrout & Fleiss (1979), table 4: ICC(2,1) = 0.29; McGraw & Wong's interval is 0.02 to 0.76."""
    found = intraclass_correlation(RATINGS)
    assert found.value == pytest.approx(0.2898, abs=1e-4)
    assert found.interval == pytest.approx((0.0187, 0.7611), abs=1e-3)
    assert found.n == 6


def test_a_constant_shift_by_hand():
    """1, 2, 3 and the same plus 1: MS_R = 2, MS_C = 3/2, MS_E = 0, so 2 / (2 + 2/3 * 3/2) = 2/3."""
    found = intraclass_correlation([[1, 2], [2, 3], [3, 4]])
    assert found.value == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("k", [2, 5])
def test_pingouin_finds_the_same(seed, k):
    pingouin = pytest.importorskip("pingouin")
    rng = np.random.default_rng(seed)
    n = 12
    ratings = rng.normal(size=(n, 1)) + rng.normal(size=(1, k)) * 0.5 + rng.normal(size=(n, k)) * 0.2 * seed
    long = pd.DataFrame(ratings).reset_index(names="patient").melt(id_vars="patient", var_name="rater")
    table = pingouin.intraclass_corr(long, targets="patient", raters="rater", ratings="value")
    row = table[table["Type"].isin(["ICC2", "ICC(A,1)"])].iloc[0]
    interval = next(row[name] for name in table.columns if name.startswith("CI95"))
    found = intraclass_correlation(ratings)
    assert found.value == pytest.approx(row["ICC"], abs=1e-10)
    assert found.interval == pytest.approx(tuple(interval), abs=0.0051)  # pingouin rounds to two digits


def test_a_shift_that_correlation_cannot_see():
    x = np.arange(10.0)
    assert np.corrcoef(x, x + 5)[0, 1] == pytest.approx(1)
    assert intraclass_correlation(np.stack([x, x + 5], axis=1)).value < 0.5


def test_the_interval_covers_the_truth():
    """200 draws of 40 patients, true ICC 4/5, no shift. An interval that covers in 95 % misses 10 times on
    average, and fewer than 3 or more than 20 times in 4 runs of 1,000; the seed is fixed."""
    rng = np.random.default_rng(0)
    missed = 0
    for _ in range(200):
        ratings = rng.normal(size=(40, 1)) * 2 + rng.normal(size=(40, 2))
        low, high = intraclass_correlation(ratings).interval
        missed += not low <= 0.8 <= high
    assert 3 <= missed <= 20


def test_copies_agree_even_where_all_patients_are_alike():
    for values in (np.arange(5.0), np.full(5, 3.0), np.zeros(5)):
        copies = np.stack([values, values * (1 + 1e-13)], axis=1)
        assert intraclass_correlation(copies) == (1.0, (1.0, 1.0), 5)


def test_a_wider_confidence_gives_a_wider_interval():
    narrow, wide = (intraclass_correlation(RATINGS, confidence).interval for confidence in (0.9, 0.999))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ([[1, 2], [3, 4]], "three patients"),
        ([[1], [2], [3]], "two measurements"),
        ([1, 2, 3], r"shape \(n, k\)"),
        ([[1, np.nan], [3, 4], [5, 6]], "ratings must be finite"),
    ],
)
def test_too_little_to_compare_is_refused(ratings, message):
    with pytest.raises(ValueError, match=message):
        intraclass_correlation(ratings)


def test_confidence_is_a_probability():
    with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
        intraclass_correlation(RATINGS, confidence=95)


def test_each_feature_counts_the_patients_that_have_it():
    before = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, np.nan, 3, 4], "c": [1.0, np.nan, np.nan, 4]})
    after = pd.DataFrame({"a": [4.0, 3, 2, 1], "b": [1.0, 2, 3, 4], "c": [1.0, 2, 3, 4]})
    table = feature_stability(before, after)
    assert table["n"].tolist() == [4, 3, 2]
    assert table.loc["a", "icc"] < 0
    assert table.loc["b", "icc"] == 1
    assert table.loc["c"].isna().sum() == 3


def test_tables_of_different_features_are_refused():
    table = pd.DataFrame({"a": [1.0, 2, 3]})
    with pytest.raises(ValueError, match="before and after are tables with different columns: a, b"):
        feature_stability(table, table.rename(columns={"a": "b"}))
    with pytest.raises(ValueError, match="same patients in the same order; got 3 and 2 rows"):
        feature_stability(table, table.iloc[:2])


def test_the_order_of_the_columns_means_nothing():
    table = pd.DataFrame({"a": [1.0, 2, 3], "b": [30.0, 10, 20]})
    found = feature_stability(table, table[["b", "a"]])
    assert found["icc"].to_dict() == {"a": 1, "b": 1}


def test_a_second_reading_without_any_trace_of_the_patients_has_bounds_too():
    """Hardly a degree of freedom is left, and the quantile of F is beyond all numbers: 1e287 here."""
    first = np.random.default_rng(0).normal(size=30)
    table = np.stack([1e-4 * first, 10 + 1e-4 * first[::-1]], axis=1)
    agreement = intraclass_correlation(table)
    low, high = agreement.interval
    assert -1 <= low <= agreement.value <= high <= 1
