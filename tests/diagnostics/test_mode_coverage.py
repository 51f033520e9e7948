"""Modes by hand, against scipy's entropies, and what a perfect sampler gets."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.data import grid, ring, simulate_lesions, texture_oracle
from ganlab.diagnostics import mode_coverage, mode_histogram, pattern_labels
from ganlab.seeding import isolated_randomness

CENTERS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def sampled(distribution, n, seed=0):
    with isolated_randomness(seed):
        return distribution.sample((n,))


def test_a_sample_beyond_the_threshold_belongs_to_no_mode():
    samples = [[0, 0], [3, 0], [0, -3], [3.001, 0], [10, 2.9], [5, 5], [1e6, 0]]
    report = mode_coverage(samples, CENTERS, std=1.0, minimum_count=2)
    assert report.counts == {0: 3, 1: 1, 2: 0}
    assert report.outside == 3
    assert report.found.value == 1
    assert mode_coverage(samples, CENTERS, 1.0, minimum_count=1).found.value == 2
    assert mode_coverage(samples, CENTERS, 1.0, minimum_count=4).found.value == 0
    assert report.high_quality.value == 4 / 7
    # Half the threshold, half of the samples on the border: none of those at 3.
    assert mode_coverage(samples, CENTERS, 0.5).outside == 6


def test_divergences_by_hand_with_the_smoothing_said():
    report = mode_histogram(["a"] * 5 + ["b"] * 2 + [None] * 9, {"a": 3, "b": 1, "c": 4}, pseudocount=0.5)
    q, p = np.array([5.5, 2.5, 0.5]) / 8.5, np.array([3, 1, 4]) / 8
    assert report.kl_from_real.value == pytest.approx((q * np.log(q / p)).sum())
    assert report.kl_to_fake.value == pytest.approx((p * np.log(p / q)).sum())
    assert report.kl_from_real.value == pytest.approx(stats.entropy(q, p))
    assert report.kl_to_fake.value == pytest.approx(stats.entropy(p, q))
    assert report.kl_from_real.value != pytest.approx(report.kl_to_fake.value)


@pytest.mark.parametrize(("data", "std", "k"), [(ring(), 0.02, 8), (grid(), 0.05, 25)])
def test_a_perfect_sampler_looks_perfect(data, std, k):
    report = mode_coverage(sampled(data, 2500), data.component_distribution.mean, std)
    for number in (report.found, report.high_quality, report.kl_from_real, report.kl_to_fake):
        assert number.as_perfect, number.summary()
    assert report.found.value == report.found.perfect == k
    assert report.high_quality.perfect == pytest.approx(1 - math.exp(-4.5), rel=1e-12)
    # The floor of (k - 1) / 2n, of the 98.89 % that belong to a mode.
    for divergence in (report.kl_from_real, report.kl_to_fake):
        assert divergence.perfect == pytest.approx((k - 1) / (2 * 2500 * 0.9889), rel=0.05)
        assert divergence.perfect > 0


def test_the_rule_for_found_is_the_20_of_2500_of_the_literature():
    data = grid()
    report = mode_coverage(sampled(data, 2500), data.component_distribution.mean, 0.05)
    assert set(report.minimum_counts.values()) == {20}
    assert mode_histogram(["a", "b"] * 50, {"a": 1, "b": 1}).minimum_counts == {"a": 10, "b": 10}
    assert mode_histogram(["a", "b"] * 50, {"a": 9, "b": 1}).minimum_counts == {"a": 18, "b": 2}


@pytest.mark.parametrize("d", [1, 2, 3, 10])
def test_the_share_within_three_standard_deviations_is_that_of_fresh_gaussians(d):
    rng = np.random.default_rng(d)
    centers = np.zeros((2, d))
    centers[1, 0] = 100
    samples = centers[rng.integers(2, size=40_000)] + rng.normal(size=(40_000, d))
    report = mode_coverage(samples, centers, 1.0)
    assert report.high_quality.perfect == pytest.approx(stats.chi(d).cdf(3))
    error = math.sqrt(report.high_quality.perfect * (1 - report.high_quality.perfect) / 40_000)
    assert abs(report.high_quality.value - report.high_quality.perfect) < 4 * error  # 1 seed in 16,000


def test_noise_may_hit_every_mode_but_not_pass():
    data = grid()
    noise = np.random.default_rng(0).uniform(-5, 5, size=(2500, 2))
    report = mode_coverage(noise, data.component_distribution.mean, 0.05, minimum_count=1)
    assert report.found.value > 12  # "hit at least once" is too kind
    assert report.high_quality.value < 0.05
    assert not report.high_quality.as_perfect
    strict = mode_coverage(noise, data.component_distribution.mean, 0.05)
    assert strict.found.value == 0
    assert not strict.found.as_perfect


def test_no_good_sample_at_all_is_infinitely_far_and_not_perfectly_even():
    report = mode_coverage(np.full((50, 2), 5.0), CENTERS, 1.0)
    for divergence in (report.kl_from_real, report.kl_to_fake):
        assert divergence.value == math.inf
        assert not divergence.as_perfect
    assert report.high_quality.value == 0
    assert report.found.value == 0


def test_one_mode_alone_shows_in_all_but_quality():
    rng = np.random.default_rng(0)
    report = mode_coverage(rng.normal(size=(300, 2)), CENTERS, 1.0)
    assert report.found.value == 1
    assert report.high_quality.as_perfect
    assert report.kl_from_real.value == pytest.approx(math.log(3), rel=0.05)
    assert report.kl_to_fake.value > report.kl_from_real.value
    assert [one.as_perfect for one in (report.found, report.kl_from_real, report.kl_to_fake)] == [False] * 3
    assert len(report.summary().splitlines()) == 4


def test_a_perfect_generator_misses_modes_where_samples_are_few():
    report = mode_histogram([0] * 5, dict.fromkeys(range(25), 1))
    # 5 balls in 25 boxes fill 25 (1 - 0.96^5) of them on average.
    assert report.found.perfect == pytest.approx(25 * (1 - 0.96**5), rel=0.01)
    assert report.minimum_counts[0] == 1


def test_weights_torch_and_lines_are_understood():
    samples = torch.tensor([0.0] * 90 + [5.0] * 10)
    uneven = mode_coverage(samples, [0.0, 5.0], 0.1, weights=[9, 1])
    assert uneven.counts == {0: 90, 1: 10}
    assert uneven.kl_from_real.as_perfect
    assert not mode_coverage(samples, [0.0, 5.0], 0.1).kl_from_real.as_perfect


def test_lesion_textures_are_counted_by_the_oracle():
    oracle = texture_oracle()
    good = simulate_lesions(120, (45, 45, 10), seed=5)
    noise = np.random.default_rng(0).uniform(0.2, 0.8, size=(30, 32, 32))
    labels = pattern_labels(oracle, np.concatenate([good.images, noise]))
    weights = {"homogeneous": 45, "rim-enhancing": 45, "speckled": 10}
    report = mode_histogram(labels, weights, outside=0.05)
    assert report.outside >= 30
    assert not report.high_quality.as_perfect
    report = mode_histogram(labels[:120], weights, outside=0.05)
    assert report.found.value == 3
    assert report.high_quality.as_perfect
    assert report.kl_to_fake.as_perfect
    lost = mode_histogram(
        [None if label == "speckled" else label for label in labels[:120]], weights, outside=0.05
    )
    assert lost.found.value == 2
    assert not lost.found.as_perfect


def test_numbers_repeat():
    labels = ["a"] * 30 + ["b"] * 20
    assert mode_histogram(labels, {"a": 1, "b": 1}) == mode_histogram(labels, {"a": 1, "b": 1})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"samples": []}, "samples is empty"),
        ({"samples": [[0.0, math.nan]]}, "samples must be finite"),
        ({"samples": np.zeros((4, 3))}, "same number of dimensions; got 3 and 2"),
        ({"samples": np.zeros((4, 2, 1))}, r"samples must have shape \(n, d\)"),
        ({"centers": CENTERS[:1]}, "two modes or more"),
        ({"centers": [[0.0, 0.0], [0.0, 0.0]]}, "would belong to two modes; the closest two are 0 apart"),
        ({"std": 2.0}, r"at least 2 \* threshold \* std = 12 apart"),
        ({"std": 0}, "std must be"),
        ({"threshold": -1}, "threshold must be"),
        ({"weights": [1, 2]}, "one number for each of 3 modes; got 2"),
        ({"weights": [1, 0, 1]}, "weights must be numbers above 0"),
        ({"minimum_count": 0}, "minimum_count must be a whole number"),
        ({"pseudocount": 0}, "pseudocount must be"),
        # A normal point in 200 dimensions lies 14 standard deviations from its centre, and never within 3.
        ({"samples": np.zeros((50, 200)), "centers": 99 * np.eye(2, 200)}, "none of 50 samples .* threshold"),
    ],
)
def test_what_cannot_be_counted_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(**({"samples": [[0.0, 0.0]], "centers": CENTERS, "std": 1.0} | changed))


@pytest.mark.parametrize(
    ("labels", "weights", "outside", "message"),
    [
        (["a", "B"], {"a": 1, "b": 1}, 0, r"labels must name one of the modes \['a', 'b'\].*got 'B'"),
        ([], {"a": 1, "b": 1}, 0, "there are no samples"),
        (["a"], {"a": 1}, 0, "two modes or more"),
        (["a"], ["a", "b"], 0, "weights must map"),
        (["a"], {"a": 1, "b": -1}, 0, "numbers above 0"),
        (["a"], {"a": 1, "b": 1}, 1, "outside must be a share"),
        (["a"], {"a": 1, "b": 1}, math.nan, "outside must be finite"),
        (["a"], {"a": 1, "b": 1}, [0.1, 0.2], "outside must be a share"),
        (["a"], {"a": 1, "b": 1}, 1 - 1e-9, "none of 1 samples .* lower outside"),
    ],
)
def test_labels_of_no_mode_are_refused(labels, weights, outside, message):
    with pytest.raises(ValueError, match=message):
        mode_histogram(labels, weights, outside=outside)
