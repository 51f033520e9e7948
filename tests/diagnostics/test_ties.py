"""Features whose values repeat: chance is no copy, and a copy is still found where chance is excluded."""

import numpy as np
import pytest

from ganlab.diagnostics import FeatureTable, memorization
from ganlab.diagnostics.memorization.ties import spread_ties


def clinic(rng, n):
    """Age in years, stage, grade, affected nodes, sex."""
    return np.column_stack(
        [
            rng.normal(60, 10, n).round(),
            rng.integers(1, 5, n),
            rng.integers(1, 4, n),
            rng.poisson(2, n),
            rng.integers(0, 2, n),
        ]
    )


def half_zero(rng, n):
    return np.where(rng.random((n, 5)) < 0.4, 0, np.exp(rng.normal(size=(n, 5))))


TABLES = {
    "clinic": clinic,
    "counts": lambda rng, n: rng.poisson(2, (n, 5)).astype(float),
    "rounded to a tenth": lambda rng, n: rng.normal(size=(n, 3)).round(1),
    "zero-inflated": half_zero,
    "heavy tails": lambda rng, n: rng.standard_t(2, (n, 50)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("n", [50, 300])
def test_fresh_patients_are_accused_in_at_most_5_percent_of_draws(name, n):
    """80 draws, with a holdout in every other: 10 or more accusations happen once in 200 at 5 %."""
    accused = 0
    for draw in range(80):
        rng = np.random.default_rng([draw, n])
        train, fresh, holdout = (TABLES[name](rng, n) for _ in range(3))
        found = memorization(train, fresh, holdout if draw % 2 else None, space=FeatureTable())
        accused += found.suspected_copies().p_value <= 0.05
    assert accused < 10


def test_measurements_without_repeated_values_are_left_as_they_are():
    sets = {"train": np.array([[0.0, 5.0], [1.0, 6.0], [0.0, 5.0]]), "synthetic": np.array([[0.0, 5.0]])}
    assert spread_ties(sets, 0) is sets  # a patient who is there twice repeats in everything


def test_a_value_is_spread_as_wide_as_its_neighbours_are_apart_or_as_its_share_asks():
    """Ages 0 to 9 ten times each: neighbours 1 apart, shares a tenth of a spread of 2.87: 0.72. So 1 wide."""
    ages = np.repeat(np.arange(10.0), 10)[:, None]
    spread = spread_ties({"train": ages, "synthetic": ages}, 0)
    for rows in spread.values():
        assert np.abs(rows - ages).max() <= 0.5
        assert np.abs(rows - ages).max() > 0.45
    # Nine in ten are 0: 0.9 * sqrt(2 pi) * 0.3 = 0.677 wide would be less than 1, the distance to the others.
    rare = np.repeat([0.0, 1.0], [90, 10])[:, None]
    spread = spread_ties({"train": rare, "synthetic": rare}, 0)
    assert 0.45 < np.abs(spread["train"] - rare).max() <= 0.5


def test_a_coarse_feature_is_left_out_where_finer_ones_are_there_and_the_report_says_so():
    rng = np.random.default_rng(0)
    train, synthetic = (np.column_stack([rng.integers(0, 2, 100), rng.normal(size=(100, 4))]) for _ in "ab")
    assert spread_ties({"train": train, "synthetic": synthetic}, 0)["train"].shape == (100, 4)
    found = memorization(train, synthetic, space=FeatureTable()).suspected_copies()
    assert "1 in which patients often agree left out" in found.accused.caveat


def test_a_copy_of_a_patient_is_found_beside_sex_and_nodes():
    rng = np.random.default_rng(0)
    train, synthetic = (
        np.column_stack([rng.integers(0, 2, 200), rng.poisson(2, 200), rng.normal(size=(200, 4))])
        for _ in "ab"
    )
    synthetic[7] = train[3]
    table = memorization(train, synthetic, space=FeatureTable()).suspected_copies().table
    assert table.loc[table["accused"], ["synthetic", "train"]].to_numpy().tolist() == [[7, 3]]


def test_a_holdout_that_coincides_by_chance_is_taken_and_one_that_holds_a_patient_again_is_refused():
    rng = np.random.default_rng(1)
    train, synthetic, holdout = (clinic(rng, 300) for _ in range(3))
    assert (train[:, None] == holdout[None]).all(axis=-1).any()
    assert memorization(train, synthetic, holdout, space=FeatureTable()).membership_advantage.as_perfect
    measured = [np.column_stack([part, rng.normal(size=(300, 4))]) for part in (train, synthetic, holdout)]
    measured[2][5] = measured[0][9]
    with pytest.raises(ValueError, match="1 of the 300 holdout samples are also in train"):
        memorization(*measured, space=FeatureTable())
