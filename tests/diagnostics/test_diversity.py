"""Vendi score by hand, against the vendi_score package, and how its luck is judged."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel

from ganlab.diagnostics import vendi_score

GAUSSIAN = partial(rbf_kernel, gamma=0.5)


def test_kinds_that_have_nothing_in_common_are_counted():
    kinds = np.repeat(np.eye(4), 25, axis=0)
    assert vendi_score(kinds).value == pytest.approx(4)
    assert vendi_score(kinds * [[2.0, 3.0, 4.0, 5.0]]).value == pytest.approx(4)  # length means nothing
    assert vendi_score(np.ones((30, 3))).value == pytest.approx(1)
    assert vendi_score(np.eye(7)).value == pytest.approx(7)


def test_unequal_kinds_by_hand():
    kinds = np.repeat(np.eye(2), [3, 1], axis=0)  # shares 3/4 and 1/4
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert vendi_score(kinds).value == pytest.approx(math.exp(entropy))


@pytest.mark.parametrize("kernel", [None, GAUSSIAN])
def test_it_agrees_with_the_package_on_the_same_kernel(kernel):
    reference = pytest.importorskip("vendi_score.vendi", exc_type=ImportError)
    x = np.random.default_rng(0).normal(size=(60, 5))
    table = (kernel or cosine_similarity)(x, x)
    assert vendi_score(torch.tensor(x), kernel=kernel).value == pytest.approx(
        reference.score_K(table), rel=1e-9
    )


def test_the_interval_is_the_jackknifes():
    """20 samples are 20 groups of one: leave one out at a time, and take Student's quantile."""
    x = np.random.default_rng(1).normal(size=(20, 2))
    scores = [vendi_score(np.delete(x, row, axis=0), kernel=GAUSSIAN).value for row in range(20)]
    error = np.sqrt(19 / 20 * np.square(np.log(scores) - np.log(scores).mean()).sum())
    low, high = vendi_score(x, kernel=GAUSSIAN).interval
    assert math.log(high / low) == pytest.approx(2 * 2.093024 * error, rel=1e-6)  # t of 19 degrees


def test_perfect_is_what_as_many_real_samples_get():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(300, 2))
    alike = vendi_score(rng.normal(size=(100, 2)), kernel=GAUSSIAN, real=real)
    parts = [vendi_score(part, kernel=GAUSSIAN).value for part in np.split(real, 3)]
    assert alike.perfect == pytest.approx(np.mean(parts), rel=0.05)
    assert alike.as_perfect
    narrow = vendi_score(0.3 * rng.normal(size=(100, 2)), kernel=GAUSSIAN, real=real)
    assert narrow.value < narrow.perfect_range[0]
    assert "without real samples" in vendi_score(real, kernel=GAUSSIAN).summary()
    assert vendi_score(real, kernel=GAUSSIAN).perfect_range == (1, 300)


def test_noise_counts_as_diverse():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(100, 2))
    assert (
        vendi_score(10 * real, kernel=GAUSSIAN, real=real).value
        > 3 * vendi_score(real, kernel=GAUSSIAN).value
    )


@pytest.mark.parametrize(
    ("x", "arguments", "message"),
    [
        ([[1.0, 0.0]], {}, "two samples or more"),
        ([], {}, "x is empty"),
        ([[1.0], [math.nan]], {}, "x must be finite"),
        ([[1.0, 1.0], [0.0, 0.0]], {}, "row 1 of x is all zeros"),
        (np.eye(3), {"kernel": lambda a, b: a @ b.T * 2}, "1 between a sample and itself"),
        (np.eye(3), {"kernel": lambda a, b: np.eye(3) + np.triu(np.ones((3, 3)), 1)}, "symmetric"),
        (np.eye(3), {"kernel": lambda a, b: 2 * np.eye(3) - 1 + 0}, "positive semi-definite"),
        (np.eye(3), {"kernel": lambda a, b: np.ones(3)}, r"must give shape \(3, 3\)"),
        (np.eye(3), {"real": np.eye(3)[:2]}, "at least as many samples as x"),
        (np.eye(3), {"real": np.ones((5, 2))}, "equal features; got 3 and 2"),
    ],
)
def test_what_has_no_diversity_is_refused(x, arguments, message):
    with pytest.raises(ValueError, match=message):
        vendi_score(x, **arguments)
