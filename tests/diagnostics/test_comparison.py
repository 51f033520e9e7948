"""An Estimate with a p-value, and the interval of a squared distance."""

import math

import numpy as np
import pytest

from ganlab.diagnostics.two_sample.comparison import Comparison, squared_distance_interval


def comparison(**changed):
    fields = {
        "name": "energy distance",
        "value": 0.31,
        "interval": (0.2, 0.42),
        "perfect": 0.0,
        "perfect_range": (-0.03, 0.05),
        "n": 1200,
        "p_value": 0.001,
        "n_permutations": 999,
        "n_real": 1150,
    }
    return Comparison(**(fields | changed))


def test_the_sentence_ends_with_the_p_value():
    assert comparison(caveat="is blind").summary() == (
        "Energy distance: 0.31 (95 % interval 0.2 to 0.42) from 1,200 samples; a perfect generator would get "
        "about 0 (-0.03 to 0.05), so this one differs; it is blind; permutation p = 0.001 "
        "(999 shuffles, 1,150 real samples)."
    )


@pytest.mark.parametrize("p_value", [0, -0.1, 1.01, math.nan])
def test_a_p_value_of_zero_or_beyond_one_is_refused(p_value):
    with pytest.raises(ValueError, match="p_value of 'energy distance'"):
        comparison(p_value=p_value)


def test_the_checks_of_an_estimate_still_hold():
    with pytest.raises(ValueError, match="interval of"):
        comparison(interval=(1, 0))


def test_without_a_linear_part_the_interval_is_the_usual_one():
    low, high = squared_distance_interval(0.5, 0.6, linear=0.0, quadratic=0.04, n=10**9)
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.2, 0.5 + 1.96 * 0.2), abs=1e-4)


def test_both_ends_of_the_interval_are_where_the_value_starts_to_contradict_them():
    value, plug_in, linear, quadratic = 0.5, 0.6, 0.12, 0.01
    for t in squared_distance_interval(value, plug_in, linear, quadratic, n=10**9):
        assert abs(value - t) == pytest.approx(1.96 * math.sqrt(quadratic + linear / plug_in * t), rel=1e-4)


def test_a_negative_estimate_lies_within_its_interval_and_so_does_zero():
    low, high = squared_distance_interval(-1.0, 0.1, linear=8.0, quadratic=2.0, n=100)
    assert low <= -1 < 0 < high


def test_nothing_varies_and_the_interval_is_the_value():
    assert squared_distance_interval(4.0, 4.0, 0.0, 0.0, n=9) == (4.0, 4.0)
    assert squared_distance_interval(0.0, 0.0, 0.0, 0.0, n=9) == (0.0, 0.0)


@pytest.mark.parametrize("truth", [0.0, 0.02, 0.1, 0.5, 4.0])
def test_the_squared_distance_of_a_normal_mean_is_held_in_95_of_100_draws(truth):
    # One mean of variance v, all known: its square less v has linear variance 4 v t and quadratic 2 v^2, and
    # 4 v z^2 is the usual noisy estimate. 20,000 draws: a standard error of 0.15 %. The worst loss comes
    # from skewness, between equality and clear difference.
    v, rng = 0.04, np.random.default_rng(0)
    z = math.sqrt(truth) + math.sqrt(v) * rng.normal(size=20_000)
    held = [
        low <= truth <= high
        for low, high in (
            squared_distance_interval(mean**2 - v, mean**2, 4 * v * mean**2, 2 * v**2, 10**9) for mean in z
        )
    ]
    assert 0.93 < np.mean(held) < 0.97
