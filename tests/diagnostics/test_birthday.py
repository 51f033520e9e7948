"""The birthday paradox by hand, by counting, and against its textbook approximation."""

import math

import numpy as np
import pytest
import torch

from ganlab.diagnostics import birthday_paradox, birthday_threshold


def test_pairs_by_hand():
    samples = [0.0, 5.0, 0.25, 9.0, 5.5]  # within 0.5: the pairs 0-2 and 1-4, of 10
    report = birthday_paradox(samples, 0.5)
    assert report.n_duplicates == 2
    assert report.pairs.tolist() == [[0, 2], [1, 4]]  # the closest first
    assert report.support.value == 10 / 2
    assert report.even_odds_batch == pytest.approx(math.sqrt(2 * math.log(2) * 5))
    assert birthday_paradox(torch.tensor(samples)[:, None], 0.3).pairs.tolist() == [[0, 2]]
    assert birthday_paradox([1.0, 1.0, 2.0], 0).n_duplicates == 1


def test_every_pair_is_found_where_it_is():
    x = np.random.default_rng(0).normal(size=(17, 2))
    report = birthday_paradox(x, 0.4)
    distance = np.linalg.norm(x[:, None] - x[None], axis=2)
    expected = {(i, j) for i in range(17) for j in range(i + 1, 17) if distance[i, j] <= 0.4}
    assert {tuple(pair) for pair in report.pairs.tolist()} == expected
    assert len(expected) > 3


def test_no_duplicates_means_a_bound_and_not_a_size():
    report = birthday_paradox(np.arange(100.0), 0.5)
    assert report.support.value == math.inf
    assert report.even_odds_batch == math.inf
    low, high = report.support.interval
    # 4,950 pairs; none of them seen is still possible with 2.5 expected.
    assert low == pytest.approx(4950 / 2.51, rel=0.01)
    assert high == math.inf
    assert "inf" in report.summary()


def test_all_alike_has_a_support_of_1():
    report = birthday_paradox(np.ones((30, 4)), 0)
    assert report.support.value == 1
    assert report.support.interval == pytest.approx((1, 1), rel=0.01)
    assert len(report.pairs) == 50


def test_half_of_the_batches_of_the_even_odds_size_hold_a_duplicate():
    rng = np.random.default_rng(0)
    kinds = 400
    size = round(birthday_paradox(np.arange(kinds).repeat(20), 0).even_odds_batch)
    # The support is 400 up to the pairs of a sample with itself, and sqrt(2 ln 2 * 400) = 23.5.
    assert size in (23, 24)
    hits = np.mean([len(set(rng.integers(kinds, size=size))) < size for _ in range(4000)])
    assert hits == pytest.approx(0.5, abs=0.05)  # the rule is an approximation, good to a few per cent


@pytest.mark.parametrize("shares", [np.ones(50), 1 / np.arange(1, 31)])
def test_the_support_is_one_over_the_chance_of_a_collision(shares):
    shares = shares / shares.sum()
    rng = np.random.default_rng(1)
    chances = [
        1 / birthday_paradox(rng.choice(len(shares), 80, p=shares).astype(float), 0.1).support.value
        for _ in range(200)
    ]
    error = np.std(chances) / math.sqrt(200)
    assert abs(np.mean(chances) - (shares**2).sum()) < 4 * error


def test_a_threshold_from_real_samples():
    real = np.array([[0.0], [1.0], [5.0], [5.5]])
    assert birthday_threshold(real) == 0.5
    assert birthday_threshold(real, rank=2) == 1.0
    assert birthday_threshold([1.0, 1.0, 3.0]) == 0.0


def test_a_continuous_generator_passes_and_one_of_thirty_images_does_not():
    rng = np.random.default_rng(2)
    chosen_on, real, fresh = (rng.normal(size=(200, 8)) for _ in range(3))
    threshold = birthday_threshold(chosen_on, rank=5)
    assert birthday_paradox(fresh, threshold, real=real).support.as_perfect
    collapsed = fresh[rng.integers(30, size=200)] + 0.01 * rng.normal(size=(200, 8))
    report = birthday_paradox(collapsed, threshold, real=real)
    assert not report.support.as_perfect
    assert report.support.interval[0] < 30 < report.support.interval[1]


def test_copies_of_training_samples_go_unseen():
    train = np.random.default_rng(0).normal(size=(100, 8))
    assert birthday_paradox(train.copy(), birthday_threshold(train) / 2).support.value == math.inf


@pytest.mark.parametrize(
    ("samples", "threshold", "real", "message"),
    [
        ([1.0], 0.1, None, "samples must hold two samples or more"),
        ([], 0.1, None, "samples is empty"),
        ([1.0, math.nan], 0.1, None, "samples must be finite"),
        ([1.0, 2.0], -0.1, None, "threshold must be a finite number above 0"),
        ([1.0, 2.0], "near", None, "threshold must be a number"),
        ([1.0, 2.0], 0.1, [[1.0, 2.0], [3.0, 4.0]], "equal features; got 1 and 2"),
    ],
)
def test_what_has_no_pairs_is_refused(samples, threshold, real, message):
    with pytest.raises(ValueError, match=message):
        birthday_paradox(samples, threshold, real=real)


def test_a_rank_beyond_the_pairs_is_refused():
    with pytest.raises(ValueError, match="rank must be at most the number of pairs, 3; got 4"):
        birthday_threshold([1.0, 2.0, 4.0], rank=4)
