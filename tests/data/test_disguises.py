"""Planted copies: the right number, of the right patients, in the disguise that was asked for."""

import numpy as np
import pytest

from ganlab.data import plant_copies, simulate_lesions
from ganlab.data.simulated.planted import DISGUISES, _shifted


@pytest.fixture(scope="module")
def cohorts():
    lesions = simulate_lesions(80, seed=1)
    return lesions.subset(slice(40)), lesions.subset(slice(40, 80))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_as_many_copies_as_asked_for_and_everybody_else_untouched(cohorts, disguise):
    train, fresh = cohorts
    planted = plant_copies(fresh, train, disguise, 15, seed=0)
    rows = planted.truth["train_row"].to_numpy()
    assert (rows >= 0).sum() == len(set(rows[rows >= 0])) == 15
    np.testing.assert_array_equal(planted.images[rows < 0], fresh.images[rows < 0])
    assert not np.array_equal(planted.images[rows >= 0], fresh.images[rows >= 0])
    patterns = planted.truth["pattern"].to_numpy()
    assert (patterns[rows >= 0] == train.truth["pattern"].to_numpy()[rows[rows >= 0]]).all()
    assert planted.truth["patient_id"].tolist() == fresh.truth["patient_id"].tolist()
    assert "train_row" not in fresh.truth


def copied(cohorts, disguise):
    train, fresh = cohorts
    planted = plant_copies(fresh, train, disguise, 20, seed=3)
    here = planted.truth["train_row"].to_numpy()
    return planted.subset(here >= 0), train.subset(here[here >= 0]), train


def test_exact_copies_are_exact(cohorts):
    copies, originals, _ = copied(cohorts, "exact")
    np.testing.assert_array_equal(copies.images, originals.images)
    np.testing.assert_array_equal(copies.masks, originals.masks)


def test_noise_has_the_strength_that_the_docstring_states_and_no_image_is_negative(cohorts):
    copies, originals, _ = copied(cohorts, "noisy")
    bright = originals.images > 0.3  # where the absolute value changes nothing
    noise = (copies.images - originals.images)[bright]
    assert noise.std() == pytest.approx(0.05, rel=0.03)
    assert copies.images.min() >= 0


def test_flips_are_one_of_three_and_all_three_occur(cohorts):
    copies, originals, _ = copied(cohorts, "flipped")
    kinds = []
    for copy, mask, original, region in zip(
        copies.images, copies.masks, originals.images, originals.masks, strict=True
    ):
        same = [np.array_equal(copy, np.flip(original, axes)) for axes in (0, 1, (0, 1))]
        assert sum(same) == 1
        np.testing.assert_array_equal(mask, np.flip(region, ((0,), (1,), (0, 1))[same.index(True)]))
        kinds.append(same.index(True))
    assert set(kinds) == {0, 1, 2}


def test_a_shift_by_hand():
    image = np.arange(25.0).reshape(1, 5, 5)
    moved = _shifted(image, np.array([[1, -2]]))[0]  # one down, two to the left
    np.testing.assert_array_equal(moved[1:, :3], image[0, :4, 2:])
    np.testing.assert_array_equal(moved[0], moved[1])  # the border is repeated
    np.testing.assert_array_equal(moved[:, 3], moved[:, 4])


def test_shifts_move_by_one_or_two_pixels_and_take_the_mask_along(cohorts):
    copies, originals, _ = copied(cohorts, "shifted")
    seen = set()
    for copy, mask, original, region in zip(
        copies.images, copies.masks, originals.images, originals.masks, strict=True
    ):
        moves = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if np.array_equal(np.roll(original, (down, right), (0, 1))[2:-2, 2:-2], copy[2:-2, 2:-2])
        ]
        assert len(moves) == 1
        np.testing.assert_array_equal(np.roll(region, moves[0], (0, 1))[2:-2, 2:-2], mask[2:-2, 2:-2])
        seen.add(moves[0])
    assert (0, 0) not in seen
    assert len(seen) > 5


def test_a_blend_is_half_way_to_somebody_else(cohorts):
    copies, originals, train = copied(cohorts, "blended")
    for copy, original in zip(copies.images, originals.images, strict=True):
        partner = 2 * copy - original
        apart = np.abs(train.images - partner).max(axis=(1, 2))
        assert apart.min() < 1e-6
        assert not np.array_equal(train.images[apart.argmin()], original)


def test_the_same_seed_plants_the_same_copies_and_another_seed_others(cohorts):
    train, fresh = cohorts
    first, again, other = (plant_copies(fresh, train, "shifted", 10, seed=s).fingerprint for s in (5, 5, 6))
    assert first == again != other


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"disguise": "rotated"}, "disguise must be one of"),
        ({"n_copies": 0}, "n_copies"),
        ({"n_copies": 41}, "at most 40"),
        ({"train": np.zeros((3, 32, 32))}, "train must be a Cohort; got ndarray"),
        ({"train": simulate_lesions(50, size=64, seed=0)}, "images of one size"),
    ],
)
def test_what_does_not_fit_is_refused(cohorts, change, complaint):
    train, fresh = cohorts
    with pytest.raises(ValueError, match=complaint):
        plant_copies(**{"fresh": fresh, "train": train, "seed": 0, **change})
