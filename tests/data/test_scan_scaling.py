"""Each scan on the scale of its own head."""

import numpy as np
import pytest

from ganlab.data import Cohort, brain_slices, median_scaled, simulate_ct


def with_images(cohort, images):
    return Cohort(images, cohort.masks, cohort.truth, cohort.spacing_mm, "a.u.", "changed", "a test")


@pytest.fixture(scope="module")
def cohort():
    return brain_slices("T1", 6, seed=0, size=32)


def test_by_hand_median_becomes_0_air_minus_1_and_twice_the_median_1(cohort):
    images = cohort.images.copy()
    images[0] = 0.0
    images[0][cohort.masks[0]] = 10.0
    first = np.argwhere(cohort.masks[0])[0]
    images[0][tuple(first)] = 70.0  # brighter than twice the median: clipped
    scaled = median_scaled(with_images(cohort, images))[0, 0].numpy()
    assert scaled[tuple(first)] == 1
    assert (scaled[~cohort.masks[0]] == -1).all()
    assert np.median(scaled[cohort.masks[0]]) == 0


def test_the_gain_of_a_scanner_makes_no_difference(cohort):
    louder = with_images(cohort, cohort.images * np.float32(3.7))
    assert median_scaled(louder).numpy() == pytest.approx(median_scaled(cohort).numpy(), abs=1e-6)


def test_hounsfield_units_are_refused():
    with pytest.raises(ValueError, match="Hounsfield units, whose meaning it"):
        median_scaled(simulate_ct(2, seed=0))


def test_a_median_of_0_or_less_is_named_by_its_row(cohort):
    images = cohort.images.copy()
    images[4] *= -1
    with pytest.raises(ValueError, match="the mask of image 4 marks a median intensity of -"):
        median_scaled(with_images(cohort, images))
