"""The five augmentations: what each does to the pixels, and what it leaves alone."""

import numpy as np
import pytest

from ganlab.data import Cohort, simulate_ct, simulate_lesions
from ganlab.radiomics import central_crop, flip_and_rotate, rescale_intensity, smooth, swap_kernel

ALL = [flip_and_rotate, rescale_intensity, swap_kernel, central_crop, smooth]


@pytest.fixture(scope="module")
def soft():
    return simulate_ct(30, necrosis=0.5, seed=0)


@pytest.mark.parametrize("transform", ALL)
def test_patients_and_the_original_stay(transform, soft):
    before = soft.fingerprint
    after = transform(soft)
    assert soft.fingerprint == before
    assert after.truth["patient_id"].tolist() == soft.truth["patient_id"].tolist()
    assert after.intensity_unit == "HU"
    assert after.spacing_mm == soft.spacing_mm
    assert set(after.regions) == set(soft.regions)
    assert after.name != soft.name
    assert (after.images.shape != soft.images.shape) == (transform is central_crop)


def test_flips_take_mask_and_regions_along(soft):
    after = flip_and_rotate(soft, seed=1)
    for before_part, after_part in (
        (soft.masks, after.masks),
        *((soft.regions[name], after.regions[name]) for name in soft.regions),
    ):
        for row in range(len(soft)):
            np.testing.assert_array_equal(
                np.sort(after.images[row][after_part[row]]), np.sort(soft.images[row][before_part[row]])
            )


def test_all_eight_symmetries_occur_and_one_is_the_identity():
    """400 images, so 50 of each on average; outside 25 to 80 in less than 1 run of 1,000."""
    image = np.arange(9.0).reshape(3, 3)
    many = simulate_ct(1, seed=0).subset([0] * 400)
    cohort = Cohort(np.repeat(image[None], 400, 0), np.ones((400, 3, 3)), many.truth, 1.0, "HU", "n", "p")
    after = flip_and_rotate(cohort, seed=0)
    kinds, counts = np.unique(after.images.reshape(400, 9), axis=0, return_counts=True)
    assert len(kinds) == 8
    assert counts.min() > 25
    assert counts.max() < 80
    assert (kinds == image.ravel()).all(axis=1).any()


@pytest.mark.parametrize(("shape", "spacing"), [((4, 6), 1.0), ((5, 5), (1.0, 2.0))])
def test_pixels_that_are_not_square_are_never_turned_by_a_quarter(shape, spacing):
    rng = np.random.default_rng(0)
    truth = simulate_ct(50, seed=0).truth
    cohort = Cohort(rng.normal(size=(50, *shape)), np.ones((50, *shape)), truth, spacing, "HU", "n", "p")
    after = flip_and_rotate(cohort, seed=0)
    assert after.images.shape == cohort.images.shape
    for before, image in zip(cohort.images, after.images, strict=True):
        assert any((image == before[::rows, ::columns]).all() for rows in (1, -1) for columns in (1, -1))


def test_rescaling_is_a_straight_line_for_each_image(soft):
    after = rescale_intensity(soft, gain=(0.8, 1.2), offset=(-40, 40), seed=0)
    lines = [np.polyfit(a.ravel(), b.ravel(), 1) for a, b in zip(soft.images, after.images, strict=True)]
    gains, offsets = np.array(lines).T
    assert ((gains >= 0.8) & (gains <= 1.2)).all()
    assert (np.abs(offsets) <= 40.01).all()
    assert gains.std() > 0.05
    assert np.corrcoef(gains, offsets)[0, 1] ** 2 < 0.5


@pytest.mark.parametrize("kernel", ["medium", "sharp"])
def test_a_swapped_kernel_is_the_simulators_own(kernel, soft):
    """The same patients and photons under the other kernel, to 0.05 HU away from the edges of the image."""
    simulated = simulate_ct(30, kernel=kernel, necrosis=0.5, seed=0)
    swapped = swap_kernel(soft, kernel)
    inside = (slice(None), slice(12, -12), slice(12, -12))
    np.testing.assert_allclose(swapped.images[inside], simulated.images[inside], rtol=0, atol=0.05)
    assert np.abs(soft.images[inside] - simulated.images[inside]).mean() > 3
    assert (swapped.truth["kernel"] == kernel).all()


def test_a_kernel_swapped_back_is_the_old_one(soft):
    back = swap_kernel(swap_kernel(soft, "sharp"), "soft")
    np.testing.assert_allclose(back.images, soft.images, rtol=0, atol=0.05)


def test_a_crop_is_the_middle(soft):
    after = central_crop(soft, 0.5)
    np.testing.assert_array_equal(after.images, soft.images[:, 16:48, 16:48])
    np.testing.assert_array_equal(after.masks, soft.masks[:, 16:48, 16:48])
    np.testing.assert_array_equal(central_crop(soft, 1).images, soft.images)


def test_smoothing_spreads_a_point_by_sigma_and_keeps_its_sum():
    image = np.zeros((1, 41, 61))
    image[0, 20, 30] = 1000.0
    cohort = Cohort(image, np.ones(image.shape), simulate_ct(1, seed=0).truth, (1.5, 0.5), "HU", "point", "p")
    after = smooth(cohort, sigma_mm=3.0).images[0].astype(float)
    assert after.sum() == pytest.approx(1000, rel=1e-4)
    rows, columns = np.indices(after.shape)
    spread = [
        np.sqrt((after * (place - middle) ** 2).sum() / after.sum()) * spacing
        for place, middle, spacing in ((rows, 20, 1.5), (columns, 30, 0.5))
    ]
    assert spread == pytest.approx([3.0, 3.0], rel=0.02)


@pytest.mark.parametrize("transform", [flip_and_rotate, rescale_intensity])
def test_a_seed_repeats(transform, soft):
    assert transform(soft, seed=3).fingerprint == transform(soft, seed=3).fingerprint
    assert transform(soft, seed=3).fingerprint != transform(soft, seed=4).fingerprint


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: rescale_intensity(c, gain=(1.1, 0.9)), "gain must be a pair"),
        (lambda c: rescale_intensity(c, gain=(0, 1)), "gain must be a finite number above 0"),
        (lambda c: rescale_intensity(c, offset=5), "offset is .*a single number"),
        (lambda c: swap_kernel(c, "lung"), "a kernel must be one of soft, medium, sharp; got 'lung'"),
        (lambda c: swap_kernel(simulate_lesions(2, seed=0)), "needs a cohort in HU whose truth has"),
        (
            lambda c: swap_kernel(simulate_ct(2, "ideal", seed=0)),
            "a kernel must be one of soft, medium, sharp; got 'ideal'",
        ),
        (lambda c: central_crop(c, 1.5), "fraction must be above 0 and at most 1"),
        (lambda c: central_crop(c, 0.05), "empty mask"),
        (lambda c: smooth(c, 0), "sigma_mm must be a finite number above 0"),
    ],
)
def test_what_cannot_be_done_is_refused(call, message, soft):
    with pytest.raises(ValueError, match=message):
        call(soft)
