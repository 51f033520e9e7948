"""Precision, recall, density, coverage, and recall by class: by hand, by brute force, by the prdc package."""

import contextlib
import io
import sys

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from ganlab.diagnostics import class_recall, prdc
from ganlab.diagnostics.prdc import expected_coverage

NAMES = ("precision", "recall", "density", "coverage")


def values(report):
    return [getattr(report, name).value for name in NAMES]


def brute_force(real, fake, k):
    def radii(points):
        return np.sort(cdist(points, points), axis=1)[:, k]  # place 0 is the point itself

    distance = cdist(real, fake)
    in_real_ball, in_fake_ball = distance <= radii(real)[:, None], distance <= radii(fake)
    return [
        in_real_ball.any(0).mean(),
        in_fake_ball.any(1).mean(),
        in_real_ball.sum(0).mean() / k,
        in_real_ball.any(1).mean(),
    ]


def test_four_numbers_by_hand():
    real = [0.0, 1.0, 10.0, 11.0, 20.0, 21.0, 30.0, 31.0]  # every ball has radius 1
    # 0.5 lies in two balls; 2, 12 and 21.5 in one each, the first two on its surface; the rest in none.
    # Their own balls: 0.5 +- 1.5, 2 +- 1.5, 12 +- 3, 15 +- 3, 21.5 +- 6.5, 40 +- 1, 41 +- 1, 50 +- 9.
    fake = [0.5, 2.0, 12.0, 15.0, 21.5, 40.0, 41.0, 50.0]
    expected = [4 / 8, 6 / 8, 5 / 8, 4 / 8]
    assert values(prdc(real, fake, k=1)) == expected
    assert values(prdc(torch.tensor(real)[:, None], np.array(fake)[:, None], k=1)) == expected
    # Far from the origin, and beside a constant column, nothing changes.
    moved = [np.stack([np.array(points) + 1e6, np.full(8, -3e5)], axis=1) for points in (real, fake)]
    assert values(prdc(*moved, k=1)) == expected


@pytest.mark.parametrize(
    ("n", "m", "d", "k"), [(60, 60, 2, 5), (40, 90, 7, 3), (90, 40, 30, 1), (64, 65, 1, 5)]
)
def test_numbers_are_those_of_brute_force_and_of_the_prdc_package(n, m, d, k, monkeypatch):
    reference = pytest.importorskip("prdc")
    # Many blocks, the last one incomplete.
    monkeypatch.setattr(sys.modules[expected_coverage.__module__], "CELLS_AT_A_TIME", 500)
    rng = np.random.default_rng(n)
    real, fake = rng.normal(size=(n, d)), rng.normal(0.3, 0.8, size=(m, d))
    found = values(prdc(real, fake, k))
    assert found == pytest.approx(brute_force(real, fake, k), abs=1e-12)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = reference.compute_prdc(real, fake, k)
    assert found == pytest.approx([theirs[name] for name in NAMES], abs=1e-12)


def test_images_are_their_pixels():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(30, 1, 4, 4)), rng.normal(size=(30, 1, 4, 4))
    assert prdc(torch.tensor(real), fake) == prdc(real.reshape(30, 16), fake.reshape(30, 16))


def test_a_set_of_copies_scores_as_the_definition_has_it():
    real = np.random.default_rng(0).normal(size=(100, 3))
    report = prdc(real, real[::-1], k=5)
    assert values(report) == [1, 1, 6 / 5, 1]  # its own copy lies in each ball, besides the 5 neighbours'
    assert all(getattr(report, name).interval[1] >= getattr(report, name).value for name in NAMES)


def test_equal_values_lie_in_each_others_balls():
    same, other = np.ones((24, 2)) * 0.1, np.ones((24, 2)) * 0.7
    assert values(prdc(same, same)) == [1, 1, 24 / 5, 1]  # of radius 0, with a surface
    assert values(prdc(same, other)) == [0, 0, 0, 0]
    assert prdc(same, other).density.interval[1] > 0  # nothing seen is not nothing there
    doubled = np.repeat(np.random.default_rng(0).normal(size=(30, 2)), 2, axis=0)
    assert values(prdc(doubled, doubled, k=1))[0] == 1


def test_far_away_scores_nothing_and_a_collapse_loses_recall_but_not_precision():
    rng = np.random.default_rng(1)
    real = rng.normal(size=(100, 4))
    assert values(prdc(real, real + 1000)) == [0, 0, 0, 0]
    collapsed = prdc(real, 0.05 * rng.normal(size=(100, 4)))
    assert collapsed.precision.value == 1
    assert collapsed.recall.value < 0.1
    swapped = prdc(0.05 * rng.normal(size=(100, 4)), real)
    assert swapped.recall.value == 1  # the two are each other's mirror
    assert swapped.precision.value < 0.1


def test_expected_coverage_is_the_mean_over_fresh_samples():
    assert expected_coverage(2, 1, 1) == pytest.approx(1 / 2)  # 1 - (2 - 1) / (1 + 2 - 1)
    rng = np.random.default_rng(0)
    for n, m, k in ((20, 30, 2), (50, 20, 4)):
        found = [brute_force(rng.normal(size=(n, 2)), rng.normal(size=(m, 2)), k)[2:] for _ in range(400)]
        error = np.std(found, axis=0) / 20
        assert abs(np.mean(found, axis=0) - [1, expected_coverage(n, m, k)]).max() < 4 * error.max()


@pytest.mark.parametrize(("n", "m", "d"), [(60, 60, 2), (120, 60, 5)])
def test_perfect_precision_and_recall_are_those_of_fresh_samples(n, m, d):
    rng = np.random.default_rng(d)
    reports = [prdc(rng.normal(size=(n, d)), rng.normal(size=(m, d)), seed=0) for _ in range(25)]
    for name in ("precision", "recall"):
        gap = [getattr(report, name).value - getattr(report, name).perfect for report in reports]
        assert abs(np.mean(gap)) < 4 * np.std(gap) / 25**0.5


def test_uncertainty_shrinks_like_the_root_of_n_and_repeats():
    rng = np.random.default_rng(3)
    widths = []
    for n in (250, 1000):
        real, fake = rng.normal(size=(n, 6)), rng.normal(0.2, 1, size=(n, 6))
        report = prdc(real, fake, seed=1)
        assert report == prdc(real, fake, seed=1)
        widths.append([np.ptp(getattr(report, name).interval) for name in NAMES])
    ratio = np.divide(*widths)
    assert (ratio > 1.4).all()  # 2, give or take the estimate
    assert (ratio < 2.9).all()


def test_the_sentences_are_plain():
    real = np.random.default_rng(0).normal(size=(40, 2))
    summary = prdc(real, real + 0.1).summary()
    assert [sentence.split(":")[0] for sentence in summary.splitlines()] == [
        "Precision",
        "Recall",
        "Density",
        "Coverage",
    ]


GOOD = np.random.default_rng(0).normal(size=(30, 2))


@pytest.mark.parametrize(
    ("real", "fake", "k", "message"),
    [
        (GOOD[:23], GOOD, 5, r"real must hold at least 24 samples, 4 \(k \+ 1\), k being 5.*got 23"),
        (GOOD, GOOD[:4], 5, "fake must hold at least 24 samples"),
        (GOOD, GOOD[:, :1], 5, r"samples of the same shape; got \(2,\) and \(1,\)"),
        (GOOD, np.where(GOOD.max() == GOOD, np.nan, GOOD), 5, "fake must be finite"),
        (GOOD, [], 5, "fake is empty"),
        (GOOD[:, :0], GOOD[:, :0], 5, "without a single number"),
        (GOOD, GOOD, 0, "k must be a whole number of 1 or more"),
        (GOOD, GOOD, 2.5, "k must be a whole number"),
    ],
)
def test_what_has_no_neighbours_is_refused(real, fake, k, message):
    with pytest.raises(ValueError, match=message):
        prdc(real, fake, k)
    with pytest.raises(ValueError, match=message):
        class_recall(real, np.arange(len(real)) % 2, fake, k)


# By class


def two_classes(n_common, n_rare, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(["common", "rare"], [n_common, n_rare])
    return rng.normal(size=(len(labels), 3)) + 8 * (labels == "rare")[:, None], labels


def test_class_recalls_average_to_the_recall():
    real, labels = two_classes(80, 20)
    fake = np.random.default_rng(1).normal(0.5, 1, size=(90, 3))
    recalls = class_recall(real, labels, fake)
    assert list(recalls) == ["common", "rare"]
    together = (80 * recalls["common"].value + 20 * recalls["rare"].value) / 100
    assert together == pytest.approx(prdc(real, fake).recall.value)
    # The order of the rows means nothing.
    rows = np.random.default_rng(2).permutation(100)
    shuffled = class_recall(real[rows], labels[rows], fake)
    assert [one.value for one in shuffled.values()] == [one.value for one in recalls.values()]


def test_a_missing_class_is_named_and_hidden_in_the_average():
    real, labels = two_classes(180, 20)
    fake = np.random.default_rng(1).normal(size=(200, 3))
    recalls = class_recall(real, labels, fake)
    assert recalls["rare"].value == 0
    assert not recalls["rare"].as_perfect
    assert recalls["common"].as_perfect
    assert 0 < recalls["rare"].interval[1] < 0.25
    assert "with 20 real samples" in recalls["rare"].summary()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0] * 29, r"labels must have shape \(30,\), one for each real sample; got \(29,\)"),
        ([0] * 29 + [1], "every class needs two real samples or more; .*1.* has 1"),
        ([0.0] * 29 + [np.nan], "labels must be finite"),
        (["a"] * 29 + [None], "labels must be complete"),
    ],
)
def test_labels_that_name_no_class_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        class_recall(GOOD, labels, GOOD)
