"""Simulated MRI lesions: are they what their truth says, and is the truth what the docstring says?

Seeds are fixed, so these tests give one answer for ever. The bound of a statistical one is so wide that a
right simulator would fail it for fewer than one seed in a million (|z| < 5).
"""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_erosion
from scipy.stats import ks_2samp

from ganlab.data import bayes_ceiling, simulate_lesions
from ganlab.data.simulated.lesions import PATTERNS, malignancy_probability, natural_malignant_rate


@pytest.fixture(scope="module")
def lesions():
    return simulate_lesions(4000, (1, 1, 1), seed=20)


class TestTruth:
    def test_default_mix_is_45_45_10(self):
        shares = simulate_lesions(8000, seed=1).truth["pattern"].value_counts(normalize=True)
        for pattern, share in zip(PATTERNS, (0.45, 0.45, 0.10), strict=True):
            assert abs(shares[pattern] - share) < 5 * np.sqrt(share * (1 - share) / 8000)

    def test_weights_are_relative_and_may_be_named(self):
        only = simulate_lesions(50, {"speckled": 3}, seed=0)
        assert set(only.truth["pattern"]) == {"speckled"}
        assert simulate_lesions(50, (0, 0, 7), seed=0).fingerprint == only.fingerprint

    def test_probability_by_hand(self):
        # rim: 0.2; twice 12 mm: +2; irregularity 0.04 above 0.06: +1.4; sigmoid(3.6)
        assert malignancy_probability(1, 24.0, 0.10) == pytest.approx(1 / (1 + np.exp(-3.6)))
        assert malignancy_probability(0, 12.0, 0.06) == pytest.approx(1 / (1 + np.exp(2.4)))

    def test_the_table_holds_the_formula(self, lesions):
        truth = lesions.truth
        codes = truth["pattern"].map(PATTERNS.index)
        expected = malignancy_probability(codes, truth["radius_mm"], truth["margin_irregularity"])
        np.testing.assert_allclose(truth["malignancy_probability"], expected, rtol=1e-12)

    @pytest.mark.parametrize("fraction", [None, 0.1, 0.8])
    def test_probabilities_are_calibrated(self, fraction):
        truth = simulate_lesions(8000, malignant_fraction=fraction, seed=2).truth
        p, malignant = truth["malignancy_probability"], truth["diagnosis"] == "malignant"
        for low, high in [(0, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1)]:
            band = (p > low) & (p <= high)
            spread = np.sqrt((p * (1 - p))[band].sum())
            assert abs((malignant - p)[band].sum()) < 5 * spread + 1e-9

    def test_natural_rate_agrees_with_a_large_draw(self):
        rate = simulate_lesions(8000, seed=3).truth["malignancy_probability"].mean()
        assert rate == pytest.approx(natural_malignant_rate(), abs=5 * 0.32 / np.sqrt(8000))

    @pytest.mark.parametrize(
        ("fraction", "n", "count"), [(0, 30, 0), (1, 30, 30), (0.1, 205, 20), (0.5, 1, 0)]
    )
    def test_a_fixed_fraction_is_exact(self, fraction, n, count):
        truth = simulate_lesions(n, malignant_fraction=fraction, seed=4).truth
        assert (truth["diagnosis"] == "malignant").sum() == count

    def test_a_fixed_fraction_leaves_each_diagnosis_as_it_was(self):
        natural = simulate_lesions(5000, seed=5)
        scarce = simulate_lesions(5000, malignant_fraction=0.1, seed=6)
        for column in ("radius_mm", "margin_irregularity", "contrast"):
            samples = [c.truth[c.truth["diagnosis"] == "malignant"][column] for c in (natural, scarce)]
            assert ks_2samp(*samples).pvalue > 1e-6
        for diagnosis in ("benign", "malignant"):
            tables = (cohort.truth[cohort.truth["diagnosis"] == diagnosis] for cohort in (natural, scarce))
            rim = [table["pattern"].eq("rim-enhancing") for table in tables]
            spread = np.sqrt(sum(0.25 / len(r) for r in rim))
            assert abs(rim[0].mean() - rim[1].mean()) < 5 * spread

    def test_the_ceiling_is_known_and_below_certainty(self):
        ceiling = bayes_ceiling(simulate_lesions(8000, seed=7).truth["malignancy_probability"])
        assert ceiling.accuracy == pytest.approx(0.79, abs=0.012)
        assert ceiling.auc == pytest.approx(0.866, abs=0.012)


class TestImages:
    def test_shape_unit_and_spacing(self):
        for size, spacing in ((32, 1.5), (64, 0.75)):
            cohort = simulate_lesions(3, size=size, seed=0)
            assert cohort.images.shape == (3, size, size)
            assert cohort.spacing_mm == (spacing, spacing)
            assert cohort.intensity_unit == "a.u."
            assert cohort.images.min() >= 0  # a magnitude

    def test_mask_area_is_the_radius_it_says(self, lesions):
        area = lesions.masks.sum(axis=(1, 2)) * 1.5**2
        expected = np.pi * lesions.truth["radius_mm"].to_numpy() ** 2
        assert (area / expected).mean() == pytest.approx(1, abs=0.002)
        assert np.abs(area / expected - 1).max() < 0.08  # pixels are 1.5 mm wide

    def test_no_lesion_is_cut_by_the_image(self, lesions):
        edge = np.ones((32, 32), bool)
        edge[1:-1, 1:-1] = False
        assert not lesions.masks[:, edge].any()

    def test_both_sizes_show_the_same_patients(self):
        small, large = (simulate_lesions(40, size=size, seed=8) for size in (32, 64))
        assert small.truth.equals(large.truth)
        halved = large.images.reshape(40, 32, 2, 32, 2).mean(axis=(2, 4))
        for row in np.flatnonzero(small.truth["pattern"] != "speckled"):
            assert np.corrcoef(small.images[row].ravel(), halved[row].ravel())[0, 1] > 0.7

    def test_each_texture_is_what_its_name_says(self, lesions):
        pattern = lesions.truth["pattern"].to_numpy()
        inner = binary_erosion(lesions.masks, np.ones((1, 3, 3)), iterations=2)
        rim = lesions.masks & ~binary_erosion(lesions.masks, np.ones((1, 3, 3)), iterations=1)
        rough, rim_minus_core, outside = [], [], ~lesions.masks
        for image, core, border, around in zip(lesions.images, inner, rim, outside, strict=True):
            rough.append(image[core].std() if core.sum() > 4 else np.nan)
            rim_minus_core.append(image[border].mean() - image[core].mean() if core.any() else np.nan)
            assert 0.3 < np.median(image[around]) < 0.7  # liver
        rough, rim_minus_core = np.array(rough), np.array(rim_minus_core)
        even, rimmed, speckled = (pattern == name for name in PATTERNS)
        assert np.nanmedian(rough[speckled]) > 3 * np.nanmedian(rough[even])
        assert np.nanmedian(rim_minus_core[rimmed]) > 0.15
        assert abs(np.nanmedian(rim_minus_core[speckled])) < 0.03

    def test_the_organs_edge_shows_in_some_images(self):
        dark = (simulate_lesions(3000, seed=9).images < 0.25).mean(axis=(1, 2))
        assert 0.1 < (dark > 0.05).mean() < 0.3

    def test_two_patients_never_look_like_one_patient_scanned_twice(self):
        cohort = simulate_lesions(1500, seed=10)
        images = cohort.images.reshape(1500, -1).astype(np.float64)
        noise = cohort.truth["noise_std"].to_numpy()
        squared = np.square(images).sum(axis=1)
        apart = np.maximum(squared[:, None] + squared[None] - 2 * images @ images.T, 0) / images.shape[1]
        by_noise = np.sqrt(
            apart / (noise[:, None] ** 2 + noise[None] ** 2)
        )  # 1: nothing but noise between them
        assert by_noise[~np.eye(1500, dtype=bool)].min() > 1.5


class TestRepeatability:
    def test_same_seed_same_bytes_another_seed_others(self):
        first, again, other = (simulate_lesions(70, seed=seed) for seed in (11, 11, 12))
        assert first.fingerprint == again.fingerprint
        assert first.images.tobytes() == again.images.tobytes()
        assert not np.isclose(first.images, other.images, atol=1e-3).all(axis=(1, 2)).any()

    def test_the_first_rows_do_not_depend_on_n(self):
        # 150 is more than two blocks, and ends in the middle of the third
        few, more = simulate_lesions(70, seed=13), simulate_lesions(150, seed=13)
        assert more.subset(slice(0, 70)).fingerprint == few.fingerprint

    def test_the_global_random_state_is_left_alone(self):
        before = torch.get_rng_state()
        simulate_lesions(5, seed=1)
        simulate_lesions(5)
        assert torch.equal(torch.get_rng_state(), before)

    def test_threads_do_not_matter(self):
        script = (
            "import sys, torch; torch.set_num_threads(int(sys.argv[1]));"
            "from ganlab.data import simulate_ct, simulate_lesions;"
            "print(*[simulate_lesions(130, size=s, seed=3).fingerprint for s in (32, 64)],"
            "*[simulate_ct(70, k, seed=3).fingerprint for k in ('soft', 'sharp', 'ideal')])"
        )
        answers = {
            subprocess.run(
                [sys.executable, "-c", script, threads],
                env={**os.environ, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for threads in ("1", "2")
        }
        assert len(answers) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 0}, "n must be"),
        ({"n": 2.5}, "n must be"),
        ({"pattern_weights": (1, 2)}, "pattern_weights"),
        ({"pattern_weights": (0, 0, 0)}, "pattern_weights"),
        ({"pattern_weights": (1, -1, 1)}, "pattern_weights"),
        ({"pattern_weights": (1, np.nan, 1)}, "pattern_weights"),
        ({"pattern_weights": {"striped": 1}}, "striped"),
        ({"malignant_fraction": 1.2}, "malignant_fraction"),
        ({"malignant_fraction": "half"}, "malignant_fraction"),
        ({"size": 48}, "size must be 32 or 64"),
        ({"seed": -1}, "seed"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        simulate_lesions(**{"n": 4, "seed": 0, **changes})
