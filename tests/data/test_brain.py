"""Brain slices: the physics by hand, the pairing that is hidden, the tumour where the truth says it is."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ganlab.data.simulated.brain import (
    RELAXATION,
    SEQUENCES,
    brain_slices,
    draw_people,
    smooth_fields,
    spin_echo_signal,
    tissue_shares,
)

pytest.importorskip("nilearn", reason="the tissue maps come with nilearn")


# Worked out with a pocket calculator: PD (1 - exp(-TR / T1)) exp(-TE / T2).
@pytest.mark.parametrize(
    ("contrast", "tissue", "signal"),
    [
        ("T1", "white matter", 0.77 * 0.63212 * 0.80711),
        ("T1", "grey matter", 0.86 * 0.45133 * 0.83465),
        ("T1", "fluid", 1.00 * 0.17685 * 0.95543),
        ("T2", "white matter", 0.77 * 0.99966 * 0.23965),
        ("T2", "grey matter", 0.86 * 0.99179 * 0.29975),
        ("T2", "fluid", 1.00 * 0.78924 * 0.73787),
    ],
)
def test_spin_echo_signal_by_hand(contrast, tissue, signal):
    assert spin_echo_signal(*RELAXATION[tissue], *SEQUENCES[contrast]) == pytest.approx(signal, rel=1e-4)


def test_signal_vanishes_for_instant_repetition_and_reaches_the_density_for_an_endless_one():
    assert spin_echo_signal(1000, 100, 0.8, 1e-12, 1) == pytest.approx(0, abs=1e-12)
    assert spin_echo_signal(1000, 100, 0.8, 1e9, 1e-9) == pytest.approx(0.8)


@pytest.mark.parametrize("contrast", ["T1", "T2"])
def test_tissues_have_the_brightness_that_the_formula_predicts(contrast):
    cohort = brain_slices(contrast, 60, seed=0, size=128, tumour_fraction=0.5)
    images = cohort.images / cohort.truth.gain.to_numpy()[:, None, None]
    for tissue, region in cohort.regions.items():
        expected = spin_echo_signal(*RELAXATION[tissue], *SEQUENCES[contrast])
        # 60 people, 3 % spread of T1 and T2, 6 % bias field, up to 10 % of another tissue in the pixel
        assert images[region].mean() == pytest.approx(expected, rel=0.08), tissue


def test_white_matter_is_brightest_in_t1_and_darkest_in_t2_in_every_single_slice():
    for contrast, sign in (("T1", 1), ("T2", -1)):
        cohort = brain_slices(contrast, 40, seed=1, size=96)
        image, white, grey, fluid = (
            cohort.images,
            *(cohort.regions[t] for t in ("white matter", "grey matter", "fluid")),
        )
        for row in range(len(cohort)):
            if min(white[row].sum(), grey[row].sum(), fluid[row].sum()) < 5:
                continue
            means = [np.median(image[row][region[row]]) for region in (white, grey, fluid)]
            assert sign * means[0] > sign * means[1] > sign * means[2], (contrast, row)


def test_paired_contrasts_show_the_same_people_and_unpaired_ones_do_not():
    t1, t2 = (brain_slices(c, 12, seed=5, paired=True, tumour_fraction=0.5) for c in ("T1", "T2"))
    np.testing.assert_array_equal(t1.masks, t2.masks)
    for region in t1.regions:
        np.testing.assert_array_equal(t1.regions[region], t2.regions[region])
    shared = ["patient_id", "diagnosis", "slice_mm", "tumour_radius_mm"]
    assert t1.truth[shared].equals(t2.truth[shared])
    assert not np.array_equal(t1.truth.gain, t2.truth.gain), "two scans, two gains"

    t1, t2 = (brain_slices(c, 12, seed=5) for c in ("T1", "T2"))
    assert not set(t1.truth.patient_id) & set(t2.truth.patient_id)
    assert (t1.truth.slice_mm != t2.truth.slice_mm).all()
    overlap = [np.mean(a == b) for a, b in zip(t1.masks, t2.masks, strict=True)]
    assert max(overlap) < 1


@pytest.mark.parametrize("seed", [None, "generator", True])
def test_pairing_without_a_shared_number_is_refused(seed):
    import torch

    seed = torch.Generator() if seed == "generator" else seed
    with pytest.raises(ValueError, match="whole number as seed"):
        brain_slices("T1", 2, seed=seed, paired=True)


def test_noise_in_air_follows_the_rayleigh_distribution():
    cohort = brain_slices("T1", 30, seed=2)
    corner = cohort.images[:, :6, :6].reshape(30, -1) / cohort.truth.noise_std.to_numpy()[:, None]
    assert not cohort.masks[:, :6, :6].any()
    assert corner.mean() == pytest.approx(np.sqrt(np.pi / 2), rel=0.03)  # 1080 pixels: standard error 1.6 %
    assert (corner**2).mean() == pytest.approx(2, rel=0.12)


def test_tumours_lie_where_the_truth_says_and_are_as_large():
    cohort = brain_slices("T2", 200, seed=3, size=128, tumour_fraction=0.5)
    tumour, truth = cohort.regions["tumour"], cohort.truth
    ill = (truth.diagnosis == "tumour").to_numpy()
    assert 70 <= ill.sum() <= 130  # binomial(200, 1/2): five standard deviations would be 35
    np.testing.assert_array_equal(tumour.any(axis=(1, 2)), ill)
    assert not (tumour & ~cohort.masks).any(), "a tumour outside the head"
    area = tumour[ill].sum(axis=(1, 2)) * cohort.spacing_mm[0] ** 2
    disc = np.pi * truth.tumour_radius_mm[ill] ** 2
    assert np.median(area / disc) == pytest.approx(1.0, abs=0.2)

    t1 = brain_slices("T1", 60, seed=3, tumour_fraction=1.0)
    rows = t1.regions["tumour"].any(axis=(1, 2))
    assert rows.all()
    darker = [
        image[tumour].mean() < image[white].mean()
        for image, tumour, white in zip(
            t1.images, t1.regions["tumour"], t1.regions["white matter"], strict=True
        )
    ]
    assert np.mean(darker) > 0.95


def test_without_tumours_everybody_is_healthy():
    cohort = brain_slices("T1", 5, seed=0)
    assert set(cohort.truth.diagnosis) == {"healthy"}
    assert not cohort.regions["tumour"].any()


def test_whole_head_lies_in_the_field_of_view_and_is_one_piece():
    from scipy.ndimage import label

    masks = brain_slices("T1", 300, seed=4).masks
    assert not masks[:, [0, -1]].any()
    assert not masks[:, :, [0, -1]].any()
    assert np.mean([label(mask)[1] == 1 for mask in masks]) > 0.98
    fraction = masks.mean(axis=(1, 2))
    assert fraction.min() > 0.15
    assert fraction.max() < 0.65


def test_shares_add_up_to_one_inside_the_head_and_to_nothing_outside():
    total = tissue_shares(draw_people(8, np.random.default_rng(0)), 64).sum(axis=1)
    assert total.max() <= 1 + 1e-5
    assert np.abs(total[:, :4, :4]).max() == 0
    assert np.median(total[:, 28:36, 28:36]) == pytest.approx(1, abs=1e-5)


def test_bending_never_folds_the_anatomy():
    from ganlab.data.simulated.brain import _position_mm

    position = _position_mm(draw_people(200, np.random.default_rng(1)), 64)
    (right_row, right_col), (front_row, front_col) = (
        np.gradient(position[:, axis], axis=(1, 2)) for axis in (0, 1)
    )
    assert (right_col * front_row - right_row * front_col).min() > 0


def test_smooth_fields_of_equal_coefficients_are_flat():
    np.testing.assert_allclose(smooth_fields(np.full((2, 6, 6), 3.0), 20), 3.0)


def test_first_people_do_not_depend_on_how_many_follow():
    few, many = (brain_slices("T2", n, seed=6, tumour_fraction=0.4) for n in (3, 150))
    first = many.subset(slice(3))
    np.testing.assert_array_equal(few.images, first.images)
    assert few.truth.equals(first.truth)


def test_seed_decides_every_byte_on_one_thread_or_two():
    code = (
        "from ganlab.data.simulated.brain import brain_slices;"
        "print(brain_slices('T1', 70, seed=7, tumour_fraction=0.3).fingerprint)"
    )
    prints = set()
    for threads in ("1", "2"):
        env = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        prints.add(run.stdout)
    prints.add(brain_slices("T1", 70, seed=7, tumour_fraction=0.3).fingerprint + "\n")
    assert len(prints) == 1
    assert brain_slices("T1", 70, seed=8, tumour_fraction=0.3).fingerprint + "\n" not in prints


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"contrast": "PD"}, "contrast must be"),
        ({"n": 0}, "n must be a whole number"),
        ({"size": 8}, "size must be 16"),
        ({"tumour_fraction": 1.5}, "tumour_fraction must be one number from 0 to 1"),
        ({"tumour_fraction": float("nan")}, "finite"),
        ({"seed": -1}, "seed must be 0 or more"),
    ],
)
def test_bad_requests_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        brain_slices(**({"contrast": "T1", "n": 2} | arguments))
