"""One rule outlines real and generated lesions: what it finds, and what it refuses."""

import numpy as np
import pytest
from scipy.ndimage import rotate

from ganlab.data import simulate_lesions
from ganlab.radiomics import outline_lesions


def disc(radius, inside, side=32, around=0.5):
    place = np.arange(side) - (side - 1) / 2
    return np.where(np.hypot(place[:, None], place) <= radius, inside, around)


@pytest.mark.parametrize(("inside", "side"), [(0.3, 16), (0.7, 16), (0.2, 18), (0.8, 18)])
def test_a_square_is_found_with_the_width_worked_out_by_hand(inside, side):
    """Beside a straight edge of contrast c the map is c Phi(-d), d in smoothing lengths, one pixel each.

    Half a pixel outside that is 0.31 c: 0.12 for c = 0.4, below 0.16, and 0.19 for c = 0.6, above. One and a
    half outside, 0.07 c, both are below. So the square of 16 pixels stays, or grows by one on each side.
    """
    image = np.full((32, 32), 0.5)
    image[8:24, 8:24] = inside
    (found,) = outline_lesions(image[None], 1.5)
    assert found[16].sum() == found[:, 16].sum() == side
    assert not found[:7].any()


def test_the_hole_of_a_ring_belongs_to_the_lesion_and_a_distant_vessel_does_not():
    ring = np.where(disc(5, True, around=False), 0.5, disc(9, 0.8))
    ring[:, 1:3] = 0.8
    (found,) = outline_lesions(ring[None], 1.5)
    assert found[14:18, 14:18].all()
    assert not found[:, :4].any()


def test_only_ratios_count_and_turning_an_image_turns_its_mask():
    images = simulate_lesions(20, seed=3).images
    found = outline_lesions(images, 1.5)
    np.testing.assert_array_equal(outline_lesions(7.0 * images, 1.5), found)
    turned = outline_lesions(rotate(images, 90, axes=(1, 2), reshape=False, order=0), 1.5)
    np.testing.assert_array_equal(np.rot90(turned, -1, axes=(1, 2)), found)


@pytest.mark.parametrize(("size", "spacing_mm"), [(32, 1.5), (64, 0.75)])
def test_simulated_lesions_overlap_with_their_true_masks_as_the_docstring_says(size, spacing_mm):
    """0.866 over 2,000, with a spread of 0.13: over 150 a right rule fails at 3 standard errors of 0.011."""
    cohort = simulate_lesions(150, size=size, seed=11)
    found = outline_lesions(cohort.images, spacing_mm)
    dice = 2 * (found & cohort.masks).sum((1, 2)) / (found.sum((1, 2)) + cohort.masks.sum((1, 2)))
    assert dice.mean() == pytest.approx(0.87, abs=0.033)


def test_an_image_without_a_lesion_gets_an_empty_mask():
    assert not outline_lesions(np.full((2, 32, 32), 0.5), 1.5).any()


@pytest.mark.parametrize(
    ("images", "spacing_mm", "message"),
    [
        (np.zeros((2, 32, 32)), 1.5, r"border of image 0 has the median 0 \(2 such images\)"),
        (np.ones((32, 32)), 1.5, r"shape \(n, height, width\); got \(32, 32\)"),
        (np.full((2, 32, 32), np.nan), 1.5, "images"),
        (np.ones((2, 32, 32)), 0, "spacing_mm"),
    ],
)
def test_what_cannot_be_outlined_is_refused(images, spacing_mm, message):
    with pytest.raises(ValueError, match=message):
        outline_lesions(images, spacing_mm)
