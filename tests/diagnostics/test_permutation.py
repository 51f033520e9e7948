"""Shuffled labels, the p-values they give, and the range a perfect generator falls into."""

import numpy as np
import pytest

from ganlab.diagnostics.two_sample.comparison import FEWEST, Null, memberships


def test_the_first_row_is_the_truth_and_every_shuffle_keeps_the_sizes():
    members = memberships(3, 5, 200, seed=1)
    assert members.shape == (201, 8)
    assert members[0].tolist() == [True] * 3 + [False] * 5
    assert (members.sum(axis=1) == 3).all()


def test_every_row_is_as_often_in_x_as_any_other():
    # Each count is Binomial(4000, 0.4); five standard deviations, over ten rows: a false alarm in 10^5.
    counts = memberships(4, 6, 4000, seed=2)[1:].sum(axis=0)
    assert np.abs(counts - 1600).max() < 5 * np.sqrt(4000 * 0.4 * 0.6)


def test_a_seed_repeats_the_shuffles():
    assert (memberships(4, 6, 99, 7) == memberships(4, 6, 99, 7)).all()
    assert (memberships(4, 6, 99, 7) != memberships(4, 6, 99, 8)).any()


@pytest.mark.parametrize("n", [FEWEST - 1, 0, 99.5, "many"])
def test_too_few_shuffles_are_refused(n):
    with pytest.raises(ValueError, match="n_permutations"):
        memberships(4, 4, n, 0)


def test_p_values_by_hand():
    shuffled = np.arange(1.0, 100.0)  # 99 values
    assert Null(200.0, shuffled).p_large() == pytest.approx(1 / 100)  # never 0
    assert Null(98.0, shuffled).p_large() == pytest.approx(3 / 100)  # 98 itself counts
    assert Null(-5.0, shuffled).p_large() == 1.0
    assert Null(-5.0, shuffled).p_two_sided() == pytest.approx(2 / 100)
    assert Null(50.0, shuffled).p_two_sided() == 1.0


def test_values_equal_but_for_rounding_are_ties():
    assert Null(1 + 1e-14, np.ones(99), resolution=1e-12).p_large() == 1.0


@pytest.mark.parametrize("n_permutations", [79, 99, 139, 199, 999, 1000])
def test_the_range_and_the_p_value_never_disagree(n_permutations):
    rng = np.random.default_rng(n_permutations)
    shuffled = rng.normal(size=n_permutations)
    for observed in [*np.linspace(-4, 4, 801), *shuffled]:
        null = Null(observed, shuffled)
        low, high = null.range_large()
        assert (observed > high) == (null.p_large() < 0.05)
        assert (observed < low) == (observed < shuffled.min())
        low, high = null.range_two_sided()
        assert (low <= observed <= high) == (null.p_two_sided() >= 0.05)


@pytest.mark.parametrize("n_permutations", [79, 99, 999])
def test_a_value_like_the_shuffled_ones_is_called_in_at_most_five_cases_of_a_hundred(n_permutations):
    # Over all ranks that the observed value can have, each as likely: exact, no luck involved.
    ranks = np.arange(n_permutations + 1.0)
    for bounds in (Null.range_large, Null.range_two_sided):
        outside = 0
        for observed in ranks:
            low, high = bounds(Null(observed, np.delete(ranks, int(observed))))
            outside += not low <= observed <= high
        assert 0 < outside <= 0.05 * len(ranks)
