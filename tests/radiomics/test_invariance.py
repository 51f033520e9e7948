"""The audit of augmentations: the five verdicts with their reasons, and each measure by itself."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from ganlab.data import Cohort, simulate_ct, simulate_lesions
from ganlab.diagnostics import Check
from ganlab.radiomics import (
    audit_invariance,
    central_crop,
    flip_and_rotate,
    invariance,
    necrotic_fraction,
    reference_hu,
    rescale_intensity,
    shortcut,
    smooth,
    swap_kernel,
)
from ganlab.radiomics.physics import outline_contrast
from ganlab.radiomics.shortcut import shortcut_probe


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "cache"))


def turned(cohort):
    return flip_and_rotate(cohort, seed=1)


def rescaled(cohort):
    return rescale_intensity(cohort, seed=1)


# Show 4. What each augmentation does wrong first; None: nothing.
REASONS = {
    turned: None,
    rescaled: "water",
    swap_kernel: "features",
    central_crop: "lesion area",
    smooth: "necrosis",
}


def assert_right(report, reason):
    if reason is None:
        assert report.verdict == "accept", report.summary()
        assert report.reason is None
    else:
        assert report.verdict == "reject", report.summary()
        assert report.reason.name == reason, report.summary()


@pytest.mark.parametrize(
    ("transform", "reason"), REASONS.items(), ids=lambda x: getattr(x, "__name__", str(x))
)
def test_each_augmentation_is_judged_for_its_own_reason(transform, reason):
    cohort = simulate_ct(40, necrosis=0.5, seed=0)
    assert_right(audit_invariance(cohort, transform), reason)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_the_verdicts_do_not_hang_on_one_cohort(seed):
    """Six further cohorts of 40 patients, five augmentations each: thirty verdicts, each for its reason."""
    cohort = simulate_ct(40, necrosis=0.5, seed=seed)
    for transform, reason in REASONS.items():
        assert_right(audit_invariance(cohort, transform, seed=seed), reason)


def test_a_kernel_moves_texture_and_leaves_calibration_and_necrosis():
    report = audit_invariance(simulate_ct(40, necrosis=0.5, seed=0), swap_kernel)
    outcome = report.to_frame()["outcome"]
    assert outcome[["lesion area", "necrosis", "water", "air"]].tolist() == ["passed"] * 4
    assert outcome[["features", "shortcut"]].tolist() == ["failed"] * 2
    assert report.stability.loc["original_firstorder_Mean", "icc"] > 0.9
    assert report.stability.loc["original_glcm_Contrast", "icc"] < 0.5
    assert (report.stability.filter(like="shape2D", axis=0)["icc"] == 1).all()


def test_doing_nothing_is_accepted_and_a_mask_left_behind_is_not():
    cohort = simulate_ct(40, necrosis=0.5, seed=0)
    assert audit_invariance(cohort, lambda c: c).verdict == "accept"

    def image_only(c):
        parts = {"masks": c.masks, "truth": c.truth, "spacing_mm": c.spacing_mm, "regions": c.regions}
        return Cohort(c.images[:, :, ::-1], **parts, intensity_unit="HU", name="image flipped", provenance="")

    report = audit_invariance(cohort, image_only)
    assert report.verdict == "reject"
    assert report.to_frame().loc["outline", "outcome"] == "failed"


def test_a_feature_that_is_lost_does_not_agree_with_itself():
    """In a lesion painted flat, texture is undefined; first-order features and shape are not."""
    cohort = simulate_ct(12, seed=0)

    def flat(cohort):
        means = [image[mask].mean() for image, mask in zip(cohort.images, cohort.masks, strict=True)]
        return cohort.replace(images=np.where(cohort.masks, np.reshape(means, (-1, 1, 1)), cohort.images))

    report = audit_invariance(cohort, flat)
    check = next(check for check in report.checks if check.name == "features")
    texture = [name for name in report.stability.index if name.split("_")[1].startswith(("gl", "ngtdm"))]
    assert len(texture) == 75
    assert report.stability.loc[texture, "icc"].isna().all()
    assert check.value >= 75
    assert "features of 102" in check.method


def test_a_cohort_without_truth_is_judged_on_what_it_has():
    report = audit_invariance(simulate_lesions(30, size=64, seed=0), turned)
    outcome = report.to_frame()["outcome"]
    assert (outcome[["necrosis", "water", "air"]] == "not applicable").all()
    assert (outcome[["lesion area", "outline", "features", "shortcut"]] == "passed").all()


def test_few_patients_leave_a_small_change_undecided():
    """Noise of 3 HU on six patients: no feature is surely bad, and not all are surely good."""
    cohort = simulate_ct(6, necrosis=0.5, seed=0)

    def noisy(c):
        images = c.images + np.random.default_rng(0).normal(0, 3, c.images.shape)
        parts = {"masks": c.masks, "truth": c.truth, "spacing_mm": c.spacing_mm, "regions": c.regions}
        return Cohort(images, **parts, intensity_unit="HU", name="noisy", provenance="")

    report = audit_invariance(cohort, noisy)
    assert report.verdict == "undecided"
    assert report.reason.outcome == "undecided"


def test_the_summary_has_the_number_its_interval_and_the_limit():
    report = audit_invariance(simulate_ct(20, necrosis=0.5, seed=0), central_crop)
    text = report.summary()
    assert text.startswith("central_crop, 20 patients: reject; lesion area is 0.4")
    assert "95 % interval" in text
    assert "half a pixel" in text
    assert "<table" in report._repr_html_()


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        (lambda c: c.images, "must give back a Cohort"),
        (lambda c: c.subset(slice(None, None, -1)), "must keep the patients and their order"),
        (lambda c: simulate_lesions(5, size=64, seed=0), "must keep the unit"),
    ],
)
def test_a_transform_must_keep_the_patients(transform, message):
    with pytest.raises(ValueError, match=message):
        audit_invariance(simulate_ct(5, seed=0), transform)


@pytest.mark.parametrize(
    ("spread", "outcome"), [(0.0, "passed"), (0.1, "passed"), (5.0, "undecided"), (40.0, "undecided")]
)
def test_an_interval_across_the_limit_decides_nothing(spread, outcome):
    """Values around 6.5 with a limit of 7: sure only while the patients agree with each other."""
    values = 6.5 + spread * np.array([-1.0, 1.0] * 10)

    def check(values):
        measured = invariance._over_patients(values, np.mean, np.random.default_rng(0))
        return Check(name="x", **measured, limit=7.0)

    assert check(values).outcome == outcome
    assert check(values + 100).outcome == "failed"


def test_a_bootstrap_interval_is_that_of_the_normal_law():
    """A mean of 400 numbers: 1.96 standard errors either side, which 2,000 draws know to a few per cent."""
    values = np.random.default_rng(0).normal(size=400)
    interval = invariance._over_patients(values, np.mean, np.random.default_rng(1))["interval"]
    half = 1.96 * values.std() / 20
    assert interval == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_two_images_are_too_few():
    with pytest.raises(ValueError, match="three are the least"):
        audit_invariance(simulate_ct(2, seed=0), turned)


# Calibration


def test_references_of_the_ideal_scene_are_exact():
    means = reference_hu(simulate_ct(5, kernel="ideal", seed=0))
    assert (means["air"] == -1000).all()
    assert (means["water"] == 0).all()


@pytest.mark.parametrize("kernel", ["soft", "medium", "sharp"])
def test_every_kernel_keeps_the_scale(kernel):
    """Regions of 100 pixels and more under noise of at most 37 HU that has hardly any slow part."""
    means = reference_hu(simulate_ct(40, kernel=kernel, seed=0))
    assert np.abs(means["water"]).max() < 10
    assert np.abs(means["air"] + 1000).max() < 5


def test_references_by_hand():
    scene = simulate_ct(3, kernel="ideal", seed=0)
    darker = rescale_intensity(scene, gain=(0.9, 0.9), offset=(30, 30))
    means = reference_hu(darker)
    assert means["air"].to_numpy() == pytest.approx(-870)
    assert means["water"].to_numpy() == pytest.approx(30)


def test_a_lost_reference_is_missing_and_not_zero():
    assert reference_hu(central_crop(simulate_ct(3, seed=0)))["water"].isna().all()


def test_arbitrary_units_have_no_calibration():
    with pytest.raises(ValueError, match=r"can be checked in HU.*in a\.u\."):
        reference_hu(simulate_lesions(2, seed=0))
    with pytest.raises(ValueError, match=r"means nothing in a\.u\."):
        necrotic_fraction(simulate_lesions(2, seed=0))


# Necrosis and outline


def halves(inside=(20.0, 90.0), outside=110.0):
    """A square lesion, its left half at one value and its right at another."""
    image = np.full((1, 40, 40), outside)
    image[:, 10:30, 10:20], image[:, 10:30, 20:30] = inside
    mask = np.zeros(image.shape, bool)
    mask[:, 10:30, 10:30] = True
    truth = pd.DataFrame({"patient_id": [0], "diagnosis": ["benign"]})
    return Cohort(image, mask, truth, 1.0, "HU", "halves", "by hand")


def test_half_a_dead_lesion_is_a_half():
    """55 lies half-way, so averaging moves no pixel across; the brighter outside must not reach in."""
    assert necrotic_fraction(halves(), below_hu=55)[0] == pytest.approx(0.5)
    assert necrotic_fraction(halves(outside=1000.0), below_hu=55)[0] == pytest.approx(0.5)
    assert necrotic_fraction(halves(outside=-1000.0), below_hu=55)[0] == pytest.approx(0.5)
    assert necrotic_fraction(halves((80.0, 90.0)))[0] == 0
    assert necrotic_fraction(halves((10.0, 20.0)))[0] == 1


@pytest.mark.parametrize("kernel", ["soft", "medium", "sharp"])
def test_the_necrotic_fraction_is_near_the_truth_under_every_kernel(kernel):
    cohort = simulate_ct(100, kernel=kernel, necrosis=0.5, seed=0)
    error = necrotic_fraction(cohort) - cohort.truth["necrotic_fraction"]
    assert np.sqrt(np.mean(error**2)) < 0.07
    assert -0.06 < error.mean() < 0


def test_outline_contrast_by_hand():
    assert outline_contrast(halves())[0] == pytest.approx((20 + 90) / 2 - 110)


@pytest.mark.parametrize("spacing", [5.0, (0.7, 6.0)])
def test_pixels_larger_than_the_ring_is_wide_have_surroundings_too(spacing):
    cohort = halves().replace(spacing_mm=spacing)
    assert outline_contrast(cohort)[0] == pytest.approx((20 + 90) / 2 - 110)


# Shortcut


def tables(n, effect, trace, seed=0):
    """Features of n patients: the first knows the disease by `effect`, the last the processing by `trace`."""
    rng = np.random.default_rng(seed)
    diagnosis = np.repeat(["benign", "malignant"], n // 2)
    plain = rng.normal(size=(n, 5))
    plain[:, 0] += effect * (diagnosis == "malignant")
    processed = plain.copy()
    processed[:, 4] += trace
    return pd.DataFrame(plain), pd.DataFrame(processed), diagnosis


def test_a_processing_without_a_trace_costs_nothing():
    found = shortcut_probe(*tables(60, 1.0, 0.0), seed=0)
    assert found.drop == 0
    assert found.interval == (0.0, 0.0)
    assert found.confounded == found.independent


def test_features_that_say_nothing_are_a_coin():
    plain, _, diagnosis = tables(20, 1.0, 0.0)
    found = shortcut_probe(plain * 0, plain * 0, diagnosis, seed=0)
    assert found.confounded == found.independent == 0.5


def test_a_plain_trace_is_all_that_is_learnt():
    """Ten standard deviations of trace and no disease: perfect where confounded, a coin where not."""
    found = shortcut_probe(*tables(200, 0.0, 10.0), seed=0)
    assert found.confounded > 0.999
    assert abs(found.independent - 0.5) < 0.05
    assert found.interval[0] > 0.4
    assert found.interval[0] <= found.drop <= found.interval[1]


def test_the_areas_are_scikit_learns():
    plain, processed, diagnosis = tables(80, 1.0, 1.5)
    second = diagnosis == "malignant"
    rng = np.random.default_rng(0)
    half = rng.permutation(np.arange(80) % 2)
    wins = shortcut._tested(plain.to_numpy(), processed.to_numpy(), second, half == 0, half == 1)
    confounded = np.where(second[:, None], processed, plain)
    model = shortcut._fitted(confounded[half == 0], second[half == 0])
    test = half == 1
    expected = roc_auc_score(second[test], model.decision_function(confounded[test]))
    assert wins["confounded"].mean() == pytest.approx(expected)
    both = np.concatenate([plain.to_numpy()[test], processed.to_numpy()[test]])
    expected = roc_auc_score(np.tile(second[test], 2), model.decision_function(both))
    assert wins["independent"].mean() == pytest.approx(expected)


def test_the_bootstrap_has_the_spread_of_delongs_formula():
    """For independent scores the variance of an AUC is known from its placements (DeLong et al. 1988)."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=60), rng.normal(1, 1, size=80)
    wins = (second[:, None] > first[None, :]).astype(float)
    expected = wins.mean(axis=1).var(ddof=1) / 80 + wins.mean(axis=0).var(ddof=1) / 60
    drawn = shortcut._resampled(wins, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(wins.mean(), abs=0.005)
    # 2,000 draws know a standard deviation to 1.6 %, and the bootstrap's has terms of order 1/n besides.
    assert drawn.std() == pytest.approx(np.sqrt(expected), rel=0.08)
    assert stats.norm.isf(0.025) * drawn.std() < 0.1


def test_rows_and_columns_with_gaps_are_left_out():
    plain, processed, diagnosis = tables(60, 1.0, 0.0)
    plain.iloc[3] = np.nan
    processed.iloc[:, 2] = np.nan
    found = shortcut_probe(plain, processed, diagnosis, seed=0)
    assert found.n == 59


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, q, d: (p, q.iloc[:-1], d), "the same patients"),
        (lambda p, q, d: (p, q, d[:-1]), "the same patients"),
        (lambda p, q, d: (p, q, np.full(len(d), "benign")), "two different values"),
        (lambda p, q, d: (p, q, np.where(np.arange(len(d)) < 3, "a", "b")), "got 3 patients of the rarer"),
        (lambda p, q, d: (p * np.nan, q, d), "got 0 patients"),
    ],
)
def test_a_probe_needs_patients_of_both_kinds(change, message):
    with pytest.raises(ValueError, match=message):
        shortcut_probe(*change(*tables(20, 1.0, 0.0)))
