"""Correlations of two cohorts: by hand, against scipy, what must not fire the test, and what must."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ganlab.radiomics import compare_correlations
from ganlab.radiomics.correlation_blocks import Splits, drawn_in_blocks
from ganlab.radiomics.correlations import Correlation, RankCorrelation

MIX = np.linalg.cholesky(np.array([[1, 0.9, 0.5, 0], [0.9, 1, 0.5, 0], [0.5, 0.5, 1, 0.2], [0, 0, 0.2, 1]]))


def dependent(n, rng):
    """Four features, correlated 0.9, 0.5 (twice), 0.2 and 0 (twice)."""
    return rng.normal(size=(n, 4)) @ MIX.T


# By hand


def test_distance_of_two_and_three_features_by_hand():
    up, down = [[1.0, 10.0], [2, 20], [3, 30], [4, 40]], [[1.0, 40.0], [2, 30], [3, 20], [4, 10]]
    report = compare_correlations(up, down, n_permutations=9, seed=0)
    assert float(report) == pytest.approx(2)  # from +1 to -1, one pair
    third = [[0.0], [1], [1], [0]]  # correlates 0 with both
    report = compare_correlations(np.hstack([up, third]), np.hstack([down, third]), n_permutations=9, seed=0)
    assert float(report) == pytest.approx(np.sqrt((2**2 + 0 + 0) / 3))
    assert report.pairs.iloc[0][["first", "second", "difference"]].tolist() == [
        "feature 0",
        "feature 1",
        pytest.approx(-2),
    ]


def test_the_p_value_counts_the_observed_arrangement_and_is_never_zero():
    rng = np.random.default_rng(0)
    real = dependent(100, rng)
    report = compare_correlations(real, rng.permuted(real, axis=0), n_permutations=19, seed=0)
    assert report.p_value == pytest.approx(1 / 20)
    assert report.pairs["p_adjusted"].min() == pytest.approx(1 / 20)
    copy = compare_correlations(real, real, n_permutations=19, seed=0)
    assert (copy.p_value, float(copy)) == (1, 0)


# Second implementations


@pytest.mark.parametrize("tied", [False, True], ids=["distinct", "tied"])
def test_the_matrices_are_those_of_scipy_and_numpy(tied):
    rng = np.random.default_rng(1)
    real, synthetic = dependent(60, rng), dependent(45, rng) ** 3
    if tied:
        real, synthetic = real.round(), synthetic.round()
    spearman = compare_correlations(real, synthetic, n_permutations=1, seed=0)
    pearson = compare_correlations(real, synthetic, "pearson", n_permutations=1, seed=0)
    for name, table in (("real", real), ("synthetic", synthetic)):
        expected = stats.spearmanr(table)[0]
        assert getattr(spearman, name).to_numpy() == pytest.approx(expected, abs=1e-12)
        assert getattr(pearson, name).to_numpy() == pytest.approx(np.corrcoef(table.T), abs=1e-12)
    upper = np.triu_indices(4, 1)
    difference = (stats.spearmanr(real)[0] - stats.spearmanr(synthetic)[0])[upper]
    assert float(spearman) == pytest.approx(np.sqrt(np.mean(difference**2)))


@pytest.mark.parametrize("tied", [False, True], ids=["distinct", "tied"])
def test_weighting_a_row_is_repeating_it_and_leaving_it_out_is_weight_zero(tied):
    rng = np.random.default_rng(2)
    rows = dependent(40, rng).round(0 if tied else 9)
    weights = rng.integers(0, 4, size=40)
    repeated = np.repeat(rows, weights, axis=0)
    assert RankCorrelation(rows)(weights.astype(float)) == pytest.approx(stats.spearmanr(repeated)[0])
    assert Correlation(rows)(weights.astype(float)) == pytest.approx(np.corrcoef(repeated.T))


def test_the_permutation_test_equals_one_written_out_with_scipy():
    rng = np.random.default_rng(3)
    real, synthetic = dependent(12, rng), dependent(9, rng)
    ours = compare_correlations(real, synthetic, n_permutations=400, seed=0).p_value

    def distance(x, y):
        return np.linalg.norm((stats.spearmanr(x)[0] - stats.spearmanr(y)[0])[np.triu_indices(4, 1)])

    aligned = np.concatenate([stats.rankdata(t, axis=0) / len(t) - 0.5 / len(t) for t in (real, synthetic)])
    hits = 0
    for _ in range(400):
        order = rng.permutation(21)
        hits += distance(aligned[order[:12]], aligned[order[12:]]) >= distance(real, synthetic)
    # Two independent shares of 400: four standard errors of their difference.
    p = (hits + 1) / 401
    assert ours == pytest.approx(p, abs=4 * np.sqrt(2 * p * (1 - p) / 400))


def test_draws_of_blocks_compare_the_means_of_their_correlations():
    rng = np.random.default_rng(2)
    blocks = np.array([stats.spearmanr(dependent(30, rng))[0] for _ in range(9)])
    first = rng.permuted(np.tile(np.arange(9) < 5, (4, 1)), axis=1)
    draws = Splits(first, ~first)
    for j in range(3):
        draws.compare(blocks[:, j, j + 1 :])
    upper = np.triu_indices(4, 1)
    for chosen, distance, largest in zip(first, *draws.found(), strict=True):
        one, other = (blocks[part].mean(axis=0)[upper] for part in (chosen, ~chosen))
        assert distance == pytest.approx(np.sqrt(np.mean((one - other) ** 2)))
        assert largest == pytest.approx(np.abs(np.arctanh(one) - np.arctanh(other)).max())


def test_a_wide_cohort_in_blocks_finds_what_rows_find(monkeypatch):
    rng = np.random.default_rng(5)
    real, synthetic = dependent(500, rng), dependent(450, rng)
    synthetic[:, 0] = rng.permutation(synthetic[:, 0])  # its correlations of 0.9 and 0.5 are gone
    rows = compare_correlations(real, synthetic, n_permutations=199, seed=0)
    monkeypatch.setattr("ganlab.radiomics.correlations.MOST_PRODUCTS", 0)
    blocks = compare_correlations(real, synthetic, n_permutations=199, seed=0)
    assert float(blocks) == float(rows)
    assert blocks.p_value == rows.p_value == 1 / 200
    named = [set(report.broken()[["first", "second"]].itertuples(index=False)) for report in (rows, blocks)]
    assert named[0] == named[1]
    # Both floors are means of 200 draws that depend on one another, of a number that varies by a third.
    assert blocks.distance.perfect == pytest.approx(rows.distance.perfect, rel=0.25)
    width = [np.ptp(report.distance.interval) for report in (rows, blocks)]
    assert width[1] == pytest.approx(width[0], rel=0.35)


# Properties


def test_a_monotone_change_of_a_marginal_changes_nothing_for_spearman():
    rng = np.random.default_rng(4)
    real, synthetic = dependent(50, rng), dependent(40, rng)
    plain = compare_correlations(real, synthetic, n_permutations=50, seed=0)
    changed = compare_correlations(real, np.exp(synthetic) * 9 + 100, n_permutations=50, seed=0)
    assert changed.p_value == plain.p_value
    pd.testing.assert_frame_equal(changed.pairs, plain.pairs)


def test_shift_and_scale_change_nothing_for_pearson():
    rng = np.random.default_rng(4)
    real, synthetic = dependent(50, rng), dependent(40, rng)
    plain = compare_correlations(real, synthetic, "pearson", n_permutations=50, seed=0)
    changed = compare_correlations(real, synthetic * 9 + 100, "pearson", n_permutations=50, seed=0)
    assert changed.p_value == plain.p_value
    assert float(changed) == pytest.approx(float(plain))


def test_intact_marginals_with_a_broken_dependence_are_found_and_the_right_pairs_named():
    rng = np.random.default_rng(5)
    real, synthetic = dependent(150, rng), dependent(150, rng)
    synthetic[:, 0] = rng.permutation(synthetic[:, 0])  # its correlations of 0.9 and 0.5 are gone
    report = compare_correlations(real, synthetic, n_permutations=199, seed=0)
    assert report.p_value == 1 / 200
    assert not report.distance.as_perfect
    broken = {(row["first"], row["second"]) for _, row in report.broken().iterrows()}
    assert broken == {("feature 0", "feature 1"), ("feature 0", "feature 2")}
    assert "feature 0" in report.summary()


def test_the_floor_is_what_two_real_cohorts_of_these_sizes_give():
    rng = np.random.default_rng(6)
    real = dependent(120, rng)
    floor = compare_correlations(real, dependent(20, rng), n_permutations=1, seed=0).distance
    upper = np.triu_indices(4, 1)
    fresh = [
        np.sqrt(
            np.mean(
                (stats.spearmanr(dependent(120, rng))[0] - stats.spearmanr(dependent(20, rng))[0])[upper] ** 2
            )
        )
        for _ in range(300)
    ]
    # The halves of one cohort of 120 know the noise of fresh ones to about a tenth.
    assert floor.perfect == pytest.approx(np.mean(fresh), rel=0.15)
    assert floor.perfect_range[1] == pytest.approx(np.quantile(fresh, 0.95), rel=0.2)


def test_the_same_seed_gives_the_same_report_and_another_moves_little():
    rng = np.random.default_rng(7)
    real, synthetic = dependent(50, rng), dependent(50, rng)
    first, again, other = (
        compare_correlations(real, synthetic, n_permutations=300, seed=seed) for seed in (0, 0, 1)
    )
    assert first.p_value == again.p_value
    assert first.distance == again.distance
    assert other.p_value == pytest.approx(first.p_value, abs=4 * np.sqrt(2 * 0.25 / 300))


def test_constants_correlate_with_nothing_and_those_in_both_are_left_out():
    rng = np.random.default_rng(8)
    real, synthetic = (pd.DataFrame(dependent(30, rng), columns=list("abcd")) for _ in range(2))
    real["still"], synthetic["still"] = 3.0, 3.0
    synthetic["a"] = 1.7
    report = compare_correlations(real, synthetic, n_permutations=9, seed=0)
    assert report.left_out == ("still",)
    assert report.synthetic.loc["a", ["b", "c", "d"]].tolist() == [0, 0, 0]
    assert np.isfinite(report.pairs["p_adjusted"]).all()


@pytest.mark.parametrize(
    ("real", "synthetic", "options", "complaint"),
    [
        (np.eye(4), np.eye(4), {"method": "kendall"}, '"spearman" or "pearson"'),
        (np.eye(4), np.eye(4)[:3], {}, "synthetic has 3 rows; at least 4"),
        (np.ones((5, 3)), np.ones((5, 3)), {}, "two features that vary; these tables have 0"),
        (np.eye(5)[:, :3], np.eye(5)[:, :2], {}, "only the real has 'feature 2'"),
        (np.eye(4), np.eye(4), {"n_permutations": 0}, "n_permutations"),
    ],
)
def test_what_cannot_be_compared_is_refused(real, synthetic, options, complaint):
    with pytest.raises(ValueError, match=complaint):
        compare_correlations(real, synthetic, **options)


# How often it is wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "change"), [("spearman", lambda x: np.exp(x) * 3 + 5), ("pearson", lambda x: x * 3 + 5)]
)
def test_a_shifted_cohort_with_the_same_dependence_raises_an_alarm_in_5_percent_of_draws(
    method, change, monkeypatch
):
    # Permutations are drawn first, and alone decide; interval and floor take three quarters of the time.
    monkeypatch.setattr("ganlab.radiomics.correlations.DRAWS", 1)
    rng = np.random.default_rng(9)
    alarms = []
    for seed in range(150):
        pair = dependent(60, rng), change(dependent(30, rng))
        report = compare_correlations(*pair, method, n_permutations=99, seed=seed)
        alarms.append((report.p_value <= 0.05, len(report.broken()) > 0))
    # Both ways: a test that never fires would pass a bound from above. Either side is missed once in 1,000.
    low, high = stats.binom.ppf([0.001, 0.999], 150, 0.05) / 150
    for share in np.mean(alarms, axis=0):
        assert low <= share <= high


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_blocks_of_a_shifted_cohort_raise_an_alarm_in_5_percent_of_draws(method):
    rng = np.random.default_rng(10)
    ranked = {"spearman": RankCorrelation, "pearson": Correlation}[method].standardised
    alarms = []
    for _ in range(200):
        pair = dependent(500, rng), dependent(400, rng) * 3 + 5
        drawn = drawn_in_blocks(*pair, ranked, 99, 2, rng)
        p_value = (np.sum(drawn.permuted >= drawn.distance) + 1) / 100
        p_of_pairs = (np.sum(drawn.largest >= drawn.differences.max()) + 1) / 100
        alarms.append((p_value <= 0.05, p_of_pairs <= 0.05))
    # Both ways: a test that never fires would pass a bound from above. Either side is missed once in 1,000.
    low, high = stats.binom.ppf([0.001, 0.999], 200, 0.05) / 200
    for share in np.mean(alarms, axis=0):
        assert low <= share <= high
