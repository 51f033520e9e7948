"""One feature at a time: by hand, against other implementations, and how often the conclusions are wrong."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_ind

from ganlab.radiomics import compare_marginals, samples_needed, transport_and_error
from ganlab.radiomics.marginals import wasserstein_and_error


def normal(n, features, seed):
    return np.random.default_rng(seed).normal(size=(n, features))


# By hand


def test_two_points_against_two_points_by_hand():
    table = compare_marginals(pd.DataFrame({"area": [0.0, 2.0]}), pd.DataFrame({"area": [1.0, 5.0]}))
    area = table.loc["area"]
    scale = np.sqrt(2)  # the standard deviation of 0 and 2
    assert area["smd"] == pytest.approx((3 - 1) / scale)
    assert area["wasserstein"] == pytest.approx((1 + 3) / 2 / scale)  # 0 goes to 1, and 2 to 5
    assert area["ks"] == pytest.approx(0.5)
    assert area["superiority"] == pytest.approx(3 / 4)  # 1 > 0, 5 > 0, 5 > 2


def test_a_shift_by_one_real_deviation_is_one_however_wide_the_synthetic_scatters():
    real = np.array([[-1.0], [1.0]] * 50)
    shifted = real * 3 + real.std(ddof=1)
    assert compare_marginals(real, shifted)["smd"].iloc[0] == pytest.approx(1)
    assert compare_marginals(shifted, real)["smd"].iloc[0] == pytest.approx(-1 / 3)  # scaled by the reals


def test_the_interval_of_the_mean_difference_by_hand():
    # u = -1, 1 and the difference is 0, so each side contributes its variance over n and nothing else.
    real, synthetic = np.array([-1.0, 1.0] * 8), np.array([-2.0, 2.0] * 8)
    scale = real.std(ddof=1)
    a, b = 1 / 16, (synthetic / scale).var(ddof=1) / 16
    df = (a + b) ** 2 / (a**2 / 15 + b**2 / 15)
    row = compare_marginals(real[:, None], synthetic[:, None]).iloc[0]
    half = stats.t.ppf(0.975, df) * np.sqrt(a + b)
    assert (row["smd_low"], row["smd_high"]) == pytest.approx((-half, half))


# Second implementations


def test_the_standard_error_of_the_mean_difference_is_the_jackknife_for_skewed_features_too():
    rng = np.random.default_rng(8)
    real, synthetic = rng.exponential(size=400), rng.exponential(size=300) + 0.8

    def smd(x, y):
        return (y.mean() - x.mean()) / x.std(ddof=1)

    left_out = [smd(np.delete(real, i), synthetic) for i in range(400)]
    also = [smd(real, np.delete(synthetic, i)) for i in range(300)]
    variance = sum((len(v) - 1) * np.var(v) for v in (left_out, also))
    row = compare_marginals(real[:, None], synthetic[:, None]).iloc[0]
    assert (row["smd_high"] - row["smd_low"]) / 2 == pytest.approx(1.963 * np.sqrt(variance), rel=0.02)


def test_statistics_and_p_values_are_those_of_scipy_and_statsmodels():
    real, synthetic = normal(80, 6, 0) ** 3, normal(50, 6, 1) ** 3 + 0.4
    table = compare_marginals(real, synthetic, margin=0.3)
    for i, (_, row) in enumerate(table.iterrows()):
        x, y = real[:, i], synthetic[:, i]
        scale = np.std(x, ddof=1)
        ks = stats.ks_2samp(x, y)
        assert (row["ks"], row["ks_p"]) == pytest.approx((ks.statistic, ks.pvalue), rel=1e-12)
        assert row["wasserstein"] == pytest.approx(stats.wasserstein_distance(x, y) / scale, rel=1e-12)
        assert row["superiority"] == pytest.approx(np.mean(y[:, None] > x), rel=1e-12)
        tost = ttost_ind(y, x, -0.3 * scale, 0.3 * scale, usevar="unequal")[0]
        assert row["tost_p"] == pytest.approx(tost, rel=1e-12)


def test_two_one_sided_tests_are_two_calls_of_scipy_too():
    real, synthetic = normal(300, 1, 2), normal(200, 1, 3)
    row = compare_marginals(real, synthetic).iloc[0]
    margin = 0.25 * real.std(ddof=1)
    above = stats.ttest_ind(synthetic + margin, real, equal_var=False, alternative="greater").pvalue[0]
    below = stats.ttest_ind(synthetic - margin, real, equal_var=False, alternative="less").pvalue[0]
    assert row["tost_p"] == pytest.approx(max(above, below), rel=1e-10)


@pytest.mark.parametrize("correction", ["holm", "fdr_bh", "bonferroni"])
def test_the_corrections_are_statsmodels(correction):
    table = compare_marginals(normal(60, 8, 4), normal(60, 8, 5) + np.linspace(0, 1, 8), correction)
    for column in ("ks_p", "equivalence_p"):
        expected = multipletests(table[column], method=correction)[1]
        assert table[f"{column}_adjusted"].to_numpy() == pytest.approx(expected)


def test_for_a_pure_shift_the_transport_test_is_the_t_test():
    # Every synthetic quantile lies above the real one, so the optimal critic is the identity.
    x, shift = normal(400, 1, 6), 0.2
    row = compare_marginals(x, x + shift, margin=0.5).iloc[0]
    scale = x.std(ddof=1)
    influence = x + (shift / scale) * (x - x.mean()) ** 2 / scale / 2  # with the uncertainty of the scale
    a, b = (influence / scale).var(ddof=1) / 400, (x / scale).var(ddof=1) / 400
    df = (a + b) ** 2 / ((a**2 + b**2) / 399)
    assert row["wasserstein_p"] == pytest.approx(stats.t.sf((0.5 - shift / scale) / np.sqrt(a + b), df))


def test_the_standard_error_of_the_transport_distance_is_its_spread_over_cohorts():
    # Independent of the dual: 400 fresh pairs of cohorts, whose distances scatter by what is claimed.
    rng = np.random.default_rng(7)
    found = [wasserstein_and_error(rng.normal(size=300), rng.normal(0.3, 1.6, 200))[:2] for _ in range(400)]
    distances, errors = np.transpose(found)
    # A standard deviation from 400 draws is known to 3.5 %; four times that, and 5 % for the asymptotics.
    assert np.mean(errors) == pytest.approx(np.std(distances), rel=0.19)


# Conclusions


def test_twelve_against_nine_is_undecided_and_says_how_many_are_needed():
    table = compare_marginals(normal(12, 5, 0), normal(9, 5, 1))
    assert set(table["conclusion"]) == {"undecided"}
    assert table.attrs["samples_needed"] > 100
    assert f"about {table.attrs['samples_needed']} of each are needed" in table.attrs["summary"]


def test_a_change_of_spread_with_the_mean_kept_is_no_equivalence():
    real = normal(2000, 1, 0)
    row = compare_marginals(real, normal(2000, 1, 1) * 0.6).iloc[0]
    assert row["tost_p"] < 1e-6  # the means agree, and a test of means is satisfied
    assert row["wasserstein_p"] > 0.5
    assert row["conclusion"] == "different"


def test_in_a_huge_cohort_a_harmless_difference_is_significant_and_equivalent():
    real = normal(20_000, 1, 0)
    row = compare_marginals(real, normal(20_000, 1, 1) + 0.05).iloc[0]
    assert row["ks_p_adjusted"] < 0.01
    assert row["conclusion"] == "equivalent"


def test_the_order_of_columns_and_rows_and_the_units_change_nothing():
    real, synthetic = normal(40, 3, 0), normal(30, 3, 1) + np.array([0, 1, 2])
    real, synthetic = (pd.DataFrame(table, columns=list("abc")) for table in (real, synthetic))
    plain = compare_marginals(real, synthetic)
    turned = compare_marginals(real[::-1] * 25.4, synthetic[["c", "a", "b"]] * 25.4)
    pd.testing.assert_frame_equal(plain, turned)


def test_torch_and_numpy_give_the_same():
    torch = pytest.importorskip("torch")
    real, synthetic = normal(30, 2, 0), normal(30, 2, 1)
    pd.testing.assert_frame_equal(
        compare_marginals(real, synthetic),
        compare_marginals(torch.from_numpy(real), torch.from_numpy(synthetic)),
    )


# Features without spread


def constants(synthetic, n=40):
    real = pd.DataFrame({"still": np.full(n, 7.0), "moving": normal(n, 1, 0)[:, 0]})
    return compare_marginals(
        real, pd.DataFrame({"still": synthetic, "moving": normal(len(synthetic), 1, 1)[:, 0]})
    )


def test_a_feature_with_one_value_in_both_is_equivalent_by_definition_and_counts_for_no_correction():
    table = constants(np.full(40, 7.0 + 1e-12))
    still, moving = table.loc["still"], table.loc["moving"]
    assert still[["ks", "wasserstein", "half_width", "smd", "smd_low", "smd_high"]].tolist() == [0] * 6
    assert (still["conclusion"], still["note"]) == ("equivalent", "constant, and the same in both")
    assert moving["ks_p_adjusted"] == moving["ks_p"]


@pytest.mark.parametrize("synthetic", [np.full(40, 8.0), np.linspace(6, 9, 40)])
def test_where_only_the_reals_are_constant_there_is_no_scale_and_the_ranks_decide(synthetic):
    still = constants(synthetic).loc["still"]
    assert np.isinf(still["wasserstein"])
    assert (still["conclusion"], still["equivalence_p"]) == ("different", 1)
    assert not np.isnan(still.drop(["conclusion", "note"]).to_numpy(dtype=float)).any()


def test_a_synthetic_cohort_stuck_at_the_real_mean_is_different():
    real = normal(100, 1, 0)
    row = compare_marginals(real, np.full((100, 1), real.mean())).iloc[0]
    assert (row["conclusion"], row["smd"]) == ("different", pytest.approx(0, abs=1e-12))


def test_all_features_constant_is_an_answer_too():
    assert compare_marginals(np.ones((5, 2)), np.ones((4, 2)))["conclusion"].tolist() == ["equivalent"] * 2


# Bad input


REAL = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2]})


@pytest.mark.parametrize(
    ("synthetic", "complaint"),
    [
        (REAL.drop(columns="b"), "only the real has 'b'"),
        (REAL.rename(columns={"b": "B"}), "only the real has 'b' and only the synthetic has 'B'"),
        (REAL.assign(patient_id=1), r"'patient_id', which no feature is.*drop\(columns"),
        (REAL.assign(b=["1", "n/a", "2"]), "columns that are not numbers: 'b'"),
        (REAL.assign(b=[1, np.nan, np.inf]), r"NaN or infinite values in 2 rows.*'b'"),
        (REAL[:1], "synthetic has 1 rows; at least 2"),
        (pd.concat([REAL, REAL["a"]], axis=1), "two columns called 'a'"),
        (REAL["a"], "one column"),
        (np.ones(3), r"shape \(3,\)"),
        (np.ones((3, 0)), "no features"),
    ],
)
def test_tables_that_do_not_fit_are_refused_and_the_column_is_named(synthetic, complaint):
    with pytest.raises(ValueError, match=complaint):
        compare_marginals(REAL, synthetic)


@pytest.mark.parametrize(
    ("ours", "theirs", "complaint"),
    [
        ({"bin_width": 25.0}, {"bin_width": 10.0}, r"different bin widths \(25.0 and 10.0\)"),
        ({"intensity_unit": "HU"}, {"intensity_unit": "a.u."}, r"different intensity units \(HU and a.u.\)"),
        ({"bin_width": 25.0}, {"bin_width": None}, r"different bin widths \(25.0 and None\)"),
        ({}, {"bin_width": 25.0}, r"different bin widths \(None and 25.0\)"),
    ],
)
def test_tables_of_different_settings_are_refused(ours, theirs, complaint):
    real, synthetic = REAL.copy(), REAL.copy()
    real.attrs["settings"], synthetic.attrs["settings"] = ours, theirs
    with pytest.raises(ValueError, match=complaint):
        compare_marginals(real, synthetic)


def test_equal_settings_and_a_table_that_does_not_state_its_own_pass():
    real, synthetic = REAL.copy(), REAL.copy()
    real.attrs["settings"] = {"spacing_mm": [0.8, 0.8]}
    compare_marginals(real, synthetic)
    synthetic.attrs["settings"] = {"spacing_mm": (0.8, 0.8)}
    compare_marginals(real, synthetic)


@pytest.mark.parametrize(
    "options", [{"correction": "none of these"}, {"margin": 0}, {"alpha": 1}, {"alpha": float("nan")}]
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="|".join(options)):
        compare_marginals(REAL, REAL, **options)


# How often the conclusions are wrong


def shares(make_pair, draws, seed):
    """Share of draws in which any feature was called different, and in which any was called equivalent."""
    rng = np.random.default_rng(seed)
    conclusions = [set(compare_marginals(*make_pair(rng))["conclusion"]) for _ in range(draws)]
    return [np.mean([word in found for found in conclusions]) for word in ("different", "equivalent")]


# At a true rate of 5 %, 400 draws show more than 8.3 % once in 1,000 runs (binomial), 150 more than 11 %.


@pytest.mark.slow
@pytest.mark.parametrize("transform", [lambda x: x, np.exp, np.round], ids=["normal", "skewed", "tied"])
def test_real_against_real_raises_an_alarm_in_at_most_5_percent_of_draws(transform):
    different, _ = shares(lambda rng: transform(rng.normal(size=(2, 60, 8))), 150, 0)
    assert different <= stats.binom.ppf(0.999, 150, 0.05) / 150


@pytest.mark.slow
@pytest.mark.parametrize(
    "at_margin",
    [lambda x: x + 0.25, lambda x: x - 0.25, lambda x: x * (1 + 0.25 * np.sqrt(np.pi / 2))],
    ids=["up", "down", "wider"],
)
def test_equivalence_is_declared_in_at_most_5_percent_of_draws_at_the_margin(at_margin):
    def pair(rng):
        real, synthetic = rng.normal(size=(2, 500, 1))
        return real, at_margin(synthetic)

    _, equivalent = shares(pair, 400, 1)
    assert equivalent <= stats.binom.ppf(0.999, 400, 0.05) / 400


@pytest.mark.slow
def test_the_interval_of_the_mean_difference_holds_the_truth_in_95_percent_of_draws():
    rng = np.random.default_rng(2)
    holds = []
    for _ in range(60):
        row = compare_marginals(rng.normal(size=(40, 10)), 0.5 + 1.5 * rng.normal(size=(25, 10)))
        holds += ((row["smd_low"] <= 0.5) & (row["smd_high"] >= 0.5)).tolist()
    low, high = stats.binom.ppf([0.0005, 0.9995], 600, 0.95) / 600
    assert low <= np.mean(holds) <= high


@pytest.mark.slow
@pytest.mark.parametrize("n_features", [1, 20])
def test_with_the_samples_needed_a_perfect_feature_passes_the_strictest_step_as_often_as_promised(n_features):
    n, rng = samples_needed(n_features), np.random.default_rng(3)
    passes = np.concatenate(
        [
            compare_marginals(*rng.normal(size=(2, n, 20)), "bonferroni")["equivalence_p"] < 0.05 / n_features
            for _ in range(20)
        ]
    )
    # 400 features: 2 % of standard error here and as much in the 500 draws inside; four of both.
    assert np.mean(passes) == pytest.approx(0.8, abs=0.11)


def test_more_features_a_closer_margin_and_more_power_need_more_samples():
    assert samples_needed(1) < samples_needed(10) < samples_needed(10, margin=0.2)
    assert samples_needed(1) < samples_needed(1, power=0.95)
    assert samples_needed(1, margin=0.125) == pytest.approx(4 * samples_needed(1), rel=0.01)
    with pytest.raises(ValueError, match="power"):
        samples_needed(power=1)


def test_many_features_at_once_are_as_far_apart_as_scipy_says_one_by_one():
    rng = np.random.default_rng(0)
    points = np.sort(np.stack([rng.normal(size=41), rng.poisson(1, 41), np.zeros(41)]), axis=1)
    side = rng.permuted(np.tile(np.repeat([1, -1, 0], [20, 18, 3]), (3, 1)), axis=1)
    distance, error, _, scale = transport_and_error(points, side)
    for i, (row, sides) in enumerate(zip(points, side, strict=True)):
        x, y = row[sides == 1], row[sides == -1]
        assert distance[i] == pytest.approx(stats.wasserstein_distance(x, y))
        assert scale[i] == pytest.approx(x.std(ddof=1))
        if i < 2:
            alone = wasserstein_and_error(x, y)
            assert (distance[i] / scale[i], error[i] / scale[i]) == pytest.approx(alone[:2])
    assert (distance[2], error[2], scale[2]) == (0, 0, 0)
