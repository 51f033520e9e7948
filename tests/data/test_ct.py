"""Simulated CT: the scale, the kernels and the necrosis are what the docstring says."""

import logging

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk
from scipy.integrate import quad
from scipy.ndimage import binary_erosion
from scipy.special import j0

from ganlab.data import simulate_ct
from ganlab.data.simulated import ct

KERNELS = ("soft", "medium", "sharp")


@pytest.fixture(scope="module")
def scans():
    return {kernel: simulate_ct(150, kernel, seed=5) for kernel in (*KERNELS, "ideal")}


class TestScale:
    def test_air_and_water_are_exact_before_the_scanner(self, scans):
        ideal = scans["ideal"]
        assert (ideal.images[ideal.regions["air"]] == -1000).all()
        assert (ideal.images[ideal.regions["water"]] == 0).all()

    def test_every_patient_has_air_and_water_to_measure(self, scans):
        for name, pixels in (("air", 300), ("water", 45)):
            assert scans["soft"].regions[name].sum(axis=(1, 2)).min() >= pixels

    @pytest.mark.parametrize("kernel", KERNELS)
    def test_point_spread_alone_keeps_the_scale(self, kernel, monkeypatch):
        monkeypatch.setattr(ct, "noise_std", lambda kernel: 0.0)
        scan = simulate_ct(60, kernel, seed=6)
        for name, truth in (("air", -1000), ("water", 0)):
            assert np.abs(scan.images[scan.regions[name]] - truth).max() < 0.2

    @pytest.mark.parametrize("kernel", KERNELS)
    def test_calibration_can_be_checked_from_the_regions(self, scans, kernel):
        # Standard error of the mean over 150 water regions: at most 2.3 / sqrt(150) = 0.19 HU; |z| < 5.
        scan = scans[kernel]
        water, air = (
            np.array(
                [image[region].mean() for image, region in zip(scan.images, scan.regions[name], strict=True)]
            )
            for name in ("water", "air")
        )
        assert abs(water.mean()) < 5 * water.std() / np.sqrt(150)
        assert abs(air.mean() + 1000) < 5 * air.std() / np.sqrt(150)

    def test_tissues_lie_in_their_ranges(self, scans):
        ideal, truth = scans["ideal"], scans["ideal"].truth
        inside = binary_erosion(ideal.masks, np.ones((1, 3, 3)))
        viable = inside & ~ideal.regions["necrosis"]
        for row in range(150):
            lesion = np.median(ideal.images[row][viable[row]])
            assert (
                truth["lesion_hu"][row] - 10 < lesion < truth["lesion_hu"][row] + 35
            )  # 30 HU of rim at most
        assert truth["lesion_hu"].between(50, 95).all()
        assert truth["liver_hu"].between(84, 144).all()
        assert (truth["liver_hu"] - truth["lesion_hu"] >= 20).all()
        assert truth["necrosis_hu"].dropna().between(10, 30).all()


class TestKernels:
    @pytest.mark.parametrize("kernel", KERNELS)
    def test_point_spread_and_mtf_are_one_another_s_transform(self, kernel):
        # The transform of a round function: 2 pi times the integral of PSF(r) J0(2 pi f r) r.
        for frequency in (0.0, 0.2, 0.5, 0.9):
            integral, _ = quad(
                lambda r, f=frequency: ct.KERNELS[kernel].point_spread(r) * j0(2 * np.pi * f * r) * r,
                0,
                8,
                limit=200,
            )
            assert 2 * np.pi * integral == pytest.approx(ct.KERNELS[kernel].mtf(frequency), abs=1e-6)

    @pytest.mark.parametrize(
        ("kernel", "line_pairs_per_cm"), [("soft", 3.0), ("medium", 4.0), ("sharp", 9.2)]
    )
    def test_mtf_falls_to_one_half_where_the_comment_says(self, kernel, line_pairs_per_cm):
        assert ct.KERNELS[kernel].mtf(line_pairs_per_cm / 10) == pytest.approx(0.5, abs=0.01)

    def test_only_the_sharp_kernel_overshoots(self):
        frequency = np.linspace(0, 1, 200)
        assert [bool(ct.KERNELS[kernel].mtf(frequency).max() > 1.01) for kernel in KERNELS] == [
            False,
            False,
            True,
        ]

    def test_the_same_patients_under_every_kernel(self, scans):
        truths = [scan.truth.drop(columns="kernel") for scan in scans.values()]
        assert all(truth.equals(truths[0]) for truth in truths)
        assert all((scan.masks == scans["soft"].masks).all() for scan in scans.values())
        for name in ("air", "water", "necrosis"):
            assert all((scan.regions[name] == scans["soft"].regions[name]).all() for scan in scans.values())
        assert [set(scan.truth["kernel"]) for scan in scans.values()] == [
            {"soft"},
            {"medium"},
            {"sharp"},
            {"ideal"},
        ]

    @pytest.mark.parametrize("kernel", KERNELS)
    def test_noise_in_air_has_the_deviation_it_should(self, scans, kernel):
        scan = scans[kernel]
        measured = scan.images[scan.regions["air"]].std()
        # The dose factor is uniform on 0.85 to 1.15: root mean square 1.0037. 100,000 correlated pixels.
        assert measured == pytest.approx(1.0037 * ct.noise_std(kernel), rel=0.03)

    def test_a_sharper_kernel_is_noisier(self):
        soft, medium, sharp = (ct.noise_std(kernel) for kernel in KERNELS)
        assert soft == 10
        assert soft * 1.3 < medium < sharp / 1.3

    @pytest.mark.parametrize("kernel", KERNELS)
    def test_noise_power_is_ramp_times_mtf_squared(self, kernel, monkeypatch):
        # A second route: numpy's periodogram of (scan - scan without noise) in a window without seams.
        noisy = simulate_ct(400, kernel, seed=7).images
        monkeypatch.setattr(ct, "noise_std", lambda kernel: 0.0)
        noise = (noisy - simulate_ct(400, kernel, seed=7).images).astype(float)
        window = np.hanning(64)[:, None] * np.hanning(64)[None, :]
        power = (np.abs(np.fft.fft2(noise * window)) ** 2).mean(axis=0)
        frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64))) / ct.SPACING_MM
        column, row = np.fft.fftfreq(64), np.fft.fftfreq(64)
        transfer = _sampled_transfer(kernel, row, column)
        band = (frequency > 0.08) & (frequency < 0.5)
        ratio = power[band] / (frequency * transfer**2)[band]
        # 400 periodograms: each ratio has a relative deviation of 1/20 about a constant.
        assert ratio.std() / ratio.mean() < 0.08
        coarse = [
            ratio[(frequency[band] > low) & (frequency[band] < low + 0.14)].mean()
            for low in (0.08, 0.22, 0.36)
        ]
        assert max(coarse) / min(coarse) < 1.06

    def test_texture_features_follow_the_kernel(self, scans):
        """GLCM of PyRadiomics on the same lesions: sharper means more contrast and less homogeneity."""
        features = {kernel: glcm(scans[kernel], range(24)) for kernel in KERNELS}
        for name, sign in (("Contrast", 1), ("JointEntropy", 1), ("Idm", -1), ("Correlation", -1)):
            steps = [
                features[b][name] - features[a][name] for a, b in (("soft", "medium"), ("medium", "sharp"))
            ]
            for step in steps:
                # 24 patients; under no effect 21 or more agree in direction with probability 1.4e-4
                assert (sign * step > 0).sum() >= 21, name

    def test_mean_intensity_hardly_follows_it(self, scans):
        means = [
            [image[mask].mean() for image, mask in zip(s.images, s.masks, strict=True)]
            for s in scans.values()
        ]
        assert np.abs(np.array(means) - means[0]).mean() < 3


class TestNecrosis:
    def test_core_lies_inside_the_lesion_and_is_counted_right(self, scans):
        cohort = scans["soft"]
        core = cohort.regions["necrosis"]
        assert not (core & ~cohort.masks).any()
        assert (core.any(axis=(1, 2)) == cohort.truth["has_necrosis"]).all()
        share = core.sum(axis=(1, 2)) / cohort.masks.sum(axis=(1, 2))
        np.testing.assert_allclose(cohort.truth["necrotic_fraction"], share)
        assert share[share > 0].min() > 0.05
        assert share.max() < 0.5

    def test_core_is_darker_than_the_rest_by_what_the_truth_says(self, scans):
        ideal, truth = scans["ideal"], scans["ideal"].truth
        for row in np.flatnonzero(truth["has_necrosis"]):
            core = binary_erosion(ideal.regions["necrosis"][row])
            if core.any():
                assert ideal.images[row][core].mean() == pytest.approx(truth["necrosis_hu"][row], abs=1.5)

    @pytest.mark.parametrize("share", [0, 0.4, 1])
    def test_share_of_patients(self, share):
        has = simulate_ct(400, "ideal", necrosis=share, seed=8).truth["has_necrosis"]
        assert abs(has.mean() - share) <= 5 * np.sqrt(share * (1 - share) / 400)

    def test_malignancy_follows_it_as_written(self, scans):
        truth = scans["soft"].truth
        expected = ct.malignancy_probability(
            truth["has_necrosis"], truth["radius_mm"], truth["margin_irregularity"]
        )
        np.testing.assert_allclose(truth["malignancy_probability"], expected)
        assert ct.malignancy_probability(True, 8.0, 0.06) == pytest.approx(1 / (1 + np.exp(-1.0)))
        assert ct.malignancy_probability(False, 16.0, 0.06) == pytest.approx(1 / (1 + np.exp(0.1)))

    def test_probabilities_are_calibrated(self):
        truth = simulate_ct(3000, "ideal", seed=9).truth
        p, malignant = truth["malignancy_probability"], truth["diagnosis"] == "malignant"
        for band in (p < 0.3, (p >= 0.3) & (p < 0.7), p >= 0.7):
            assert abs((malignant - p)[band].sum()) < 5 * np.sqrt((p * (1 - p))[band].sum())


def test_same_seed_same_bytes_and_the_first_rows_do_not_depend_on_n():
    few, again, more = (simulate_ct(n, "sharp", seed=3) for n in (70, 70, 100))
    assert few.images.tobytes() == again.images.tobytes()
    assert more.subset(slice(0, 70)).fingerprint == few.fingerprint
    assert simulate_ct(70, "sharp", seed=4).fingerprint != few.fingerprint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 0}, "n must be"),
        ({"kernel": "B70"}, "kernel must be one of"),
        ({"kernel": None}, "kernel must be one of"),
        ({"necrosis": -0.1}, "necrosis"),
        ({"necrosis": "some"}, "necrosis"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        simulate_ct(**{"n": 3, "seed": 0, **changes})


def means_inside(images, regions):
    return np.array([image[region].mean() for image, region in zip(images, regions, strict=True)])


def _sampled_transfer(kernel, rows, columns):
    """Transform of the point spread sampled at the pixels, by summing cosines instead of an FFT."""
    place = np.arange(-12, 13)
    weights = ct.KERNELS[kernel].point_spread(np.hypot(place[:, None], place[None, :]) * ct.SPACING_MM)
    down, across = (np.cos(2 * np.pi * np.outer(line, place)) for line in (rows, columns))
    return down @ (weights / weights.sum()) @ across.T


def glcm(cohort, rows):
    """PyRadiomics' GLCM features of some rows, dict of arrays; 25 HU a bin."""
    from radiomics.glcm import RadiomicsGLCM

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    table = []
    for row in rows:
        image = sitk.GetImageFromArray(cohort.images[row][None])
        mask = sitk.GetImageFromArray(cohort.masks[row][None].astype(np.uint8))
        calculator = RadiomicsGLCM(image, mask, binWidth=25, force2D=True, force2Ddimension=0)
        calculator.enableAllFeatures()
        table.append({name: float(value) for name, value in calculator.execute().items()})
    return {name: column.to_numpy() for name, column in pd.DataFrame(table).items()}
