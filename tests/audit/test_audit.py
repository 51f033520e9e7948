"""The audit: verdicts on cohorts whose truth is known, bad input, and the rule behind the verdict."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ganlab.audit import audit
from ganlab.audit.checks import copies, measurable, more_than, sentence
from ganlab.audit.inputs import audit_inputs
from ganlab.audit.measures import CopySearch, perfect_marginals, round_up, search_copies
from ganlab.audit.pages.audit_page import page
from ganlab.data import Cohort, simulate_lesions
from ganlab.diagnostics import Check, Estimate, holm

FEW = {"n_permutations": 319}
NAMES = ["area", "mean", "entropy"]
MIX = np.array([[1, 0.7, 0], [0, 0.7, 0.5], [0, 0, 0.9]])


def patients(n, seed):
    """n rows of three correlated features."""
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)) @ MIX, columns=NAMES)


@pytest.fixture(scope="module")
def real():
    return patients(500, 0)


def failed(found):
    return {check.name for check in found.checks if check.outcome == "failed"}


# Verdicts


def test_fresh_patients_are_accepted_once_there_are_enough():
    """800 of each, where nearly every perfect generator is: 2 draws, of which one may fail by chance."""
    verdicts = [audit(patients(800, seed), patients(800, seed + 50), **FEW) for seed in range(2)]
    accepted = [found for found in verdicts if found.verdict == "accept"]
    assert accepted, verdicts[0].summary()
    assert accepted[0].needed is None
    assert {check.outcome for check in accepted[0].checks} == {"passed"}
    assert "Accept" in accepted[0].summary()


def test_a_shift_is_rejected_and_the_marginals_say_so_first(real):
    found = audit(real, patients(500, 2) + np.array([0.6, 0, 0]), **FEW)
    assert found.verdict == "reject"
    assert "marginals" in failed(found)
    assert found.evidence.marginals.index[0] == "area"
    assert "'area'" in " ".join(found.reasons)
    assert found.reasons[0].split(":")[0].lower() in failed(found)


def test_broken_correlations_are_rejected_though_every_marginal_is_intact(real):
    shuffled = pd.DataFrame(np.random.default_rng(3).permuted(patients(500, 4), axis=0), columns=NAMES)
    found = audit(real, shuffled, **FEW)
    assert found.verdict == "reject"
    assert "correlations" in failed(found)
    assert "marginals" not in failed(found)


def test_a_few_copies_among_fresh_patients_are_rejected_and_named(real):
    some = patients(200, 5)
    some.iloc[[7, 19]] = real.iloc[[100, 300]].to_numpy()
    found = audit(real[:400], some, **FEW)
    assert found.verdict == "reject"
    assert failed(found) == {"copies (features)"}
    nearest = found.evidence.copies[0].suspects.table.head(2)
    assert set(zip(nearest["synthetic"], nearest["train"], strict=True)) == {(7, 100), (19, 300)}


@pytest.mark.parametrize("n", [9, 100])
def test_identical_tables_are_copies(n):
    table = patients(n, 6)
    found = audit(table, table.copy(), **FEW)
    assert found.verdict == "reject"
    assert found.ranked[0].name == "copies (features)"
    assert found.evidence.copies[0].suspects.accused.value == 1


def test_twelve_against_nine_is_undecided_and_says_how_many_are_needed():
    found = audit(patients(12, 7), patients(9, 8), **FEW)
    assert found.verdict == "undecided"
    assert 100 < found.needed < 10_000
    assert f"About {found.needed:,} of each are needed" in found.summary()


def test_undecided_with_enough_patients_asks_for_no_more():
    assert (more_than(499, 500), more_than(500, 500)) == (500, None)
    undecided = Check(name="a", value=0.3, interval=(0.0, 0.6), limit=0.1, p_value=1.0)
    assert "would usually have been found close" in sentence(undecided)


def test_the_same_seed_gives_the_same_numbers(real):
    first, again = (audit(real[:60], patients(60, 1), seed=4, **FEW).to_frame() for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


# Parts


def test_no_copies_are_shown_only_from_73_synthetic_rows():
    """Wilson's interval of none of 73 ends at 0.05 by hand: 3.8415 / (73 + 3.8415)."""
    rng = np.random.default_rng(0)
    train, synthetic = map(pd.DataFrame, rng.normal(size=(2, 200, 5)))
    outcomes = [copies(search_copies("features", 0.003, train, synthetic[:m])).outcome for m in (72, 73)]
    assert outcomes == ["undecided", "passed"]
    assert 3.8415 / (73 + 3.8415) < 0.05 < 3.8415 / (72 + 3.8415)


def test_the_p_value_of_copies_is_the_level_at_which_the_accusation_begins():
    rng = np.random.default_rng(1)
    train, synthetic = map(pd.DataFrame, rng.normal(size=(2, 80, 3)))
    synthetic.loc[0] = train.loc[0] + 0.003
    p_value = search_copies("features", 0.01, train, synthetic).p_value
    assert 1e-9 < p_value < 0.5
    for level, accused in ((p_value * 1.05, True), (p_value * 0.9, False)):
        suspects = search_copies("features", level, train, synthetic).suspects
        assert (suspects.accused.value > 0) == accused


def test_the_number_needed_follows_the_margin_squared():
    table = patients(300, 10)
    (_, wide), (_, narrow) = (perfect_marginals(table, 300, margin, seed=0) for margin in (0.4, 0.2))
    assert narrow == pytest.approx(4 * wide, rel=0.1)


def test_the_number_needed_agrees_with_trials_of_many_features():
    """20 normal features: in 200 trials each, 82, 96, 97 and 98 % passed at n = 600, 700, 800 and 900."""
    tables = (pd.DataFrame(np.random.default_rng(seed).normal(size=(400, 20))) for seed in range(3))
    needed = np.mean([perfect_marginals(table, 400, 0.25, seed=0)[1] for table in tables])
    assert 600 < needed < 950


@pytest.mark.parametrize(("number", "rounded"), [(73, 73), (101, 110), (1234, 1300), (0.2, 1)])
def test_numbers_of_patients_are_rounded_up_to_two_digits(number, rounded):
    assert round_up(number) == rounded


# Input


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda t: t.rename(columns={"mean": "median"}),
            "only the real has 'mean' and only the synthetic has",
        ),
        (lambda t: t.assign(mean="text"), "column 'mean', row 0, 'text'"),
        (lambda t: t[:3], "3 rows; at least 4"),
        (lambda t: t * np.nan, "no row of synthetic is complete"),
        (lambda t: t.to_numpy(), "must be a Cohort or a DataFrame"),
        (lambda t: simulate_lesions(5, seed=0), "must be of one kind"),
    ],
)
def test_tables_that_do_not_fit_are_refused_by_name(real, change, complaint):
    with pytest.raises(ValueError, match=complaint):
        audit(real[:20], change(patients(20, 1)), **FEW)


def test_a_holdout_that_does_not_fit_is_called_by_its_name(real):
    with pytest.raises(ValueError, match="only the real has 'mean' and only the holdout has 'median'"):
        audit(real[:20], patients(20, 1), patients(20, 2).rename(columns={"mean": "median"}), **FEW)


def test_an_overlapping_holdout_is_refused(real):
    with pytest.raises(ValueError, match="10 of the 40 holdout samples are also in train"):
        audit(real[:50], patients(20, 1), real[40:80], **FEW)


def test_different_settings_are_refused(real):
    one, other = real[:20].copy(), patients(20, 1)
    one.attrs["settings"], other.attrs["settings"] = {"bin_width": 25.0}, {"bin_width": 10.0}
    with pytest.raises(ValueError, match=r"different bin widths \(25\.0 and 10\.0\)"):
        audit(one, other, **FEW)
    column = "diagnostics_Configuration_Settings"
    with pytest.raises(ValueError, match="different settings"):
        audit(real[:20].assign(**{column: "{'binWidth': 25}"}), other.assign(**{column: "{'binWidth': 5}"}))


@pytest.mark.parametrize(
    ("option", "value"), [("n_permutations", 318), ("margin", 0), ("bin_width", 25), ("seed", -1)]
)
def test_an_option_out_of_range_is_refused_by_its_name(real, option, value):
    with pytest.raises(ValueError, match=f"^{option}"):
        audit(real[:20], patients(20, 1), **{option: value})


def test_rows_without_features_are_left_out_counted_and_compared_in_number(real):
    broken = patients(60, 1)
    broken.iloc[:20, 1] = np.nan
    found = audit(real[:60], broken, **FEW)
    assert found.to_frame().loc["measurable", "value"] == pytest.approx(1 / 3)
    assert "measurable" in failed(found), "A generator whose failures are left out must not gain by it."
    assert found.inputs["synthetic"].left_out[0] == ("0", "no value for mean")
    assert len(found.inputs["synthetic"]) == 40


def test_fishers_test_of_what_was_left_out_by_hand():
    class Side:
        def __init__(self, left_out, n):
            self.left_out, self.n_patients = (("x", "?"),) * left_out, n

    # Two synthetic failures of two against none of two: (2 choose 2) / (4 choose 2), on both sides.
    assert measurable(Side(0, 2), Side(2, 2)).p_value == pytest.approx(2 / 6)


def test_columns_that_are_no_features_are_set_aside_and_named(real):
    one, other = (
        table.assign(patient_id=[f"p{i}" for i in range(20)], diagnosis="benign", diagnostics_Mask="x")
        for table in (real[:20], patients(20, 1))
    )
    found = audit(one, other, **FEW)
    assert list(found.inputs["real"].table.columns) == NAMES
    assert "patient_id, diagnosis, diagnostics_Mask" in found.inputs["real"].notes[0]
    assert found.inputs["real"].table.index[3] == "p3"


def test_of_a_patient_with_several_rows_the_first_counts(real):
    twice = pd.concat([real[:20], real[:20] + 1]).assign(patient_id=list(range(20)) * 2)
    found = audit_inputs(twice, patients(20, 1).assign(patient_id=range(20)), None, {}, n_jobs=None)
    assert len(found["real"]) == 20
    assert "40 rows of 20 patients" in found["real"].notes[-1]


def test_a_feature_that_is_constant_in_both_does_no_harm_and_one_that_is_not_is_seen(real):
    one, other = real[:80].assign(grade=3.0), patients(80, 1).assign(grade=3.0)
    assert audit(one, other, **FEW).verdict == "undecided"
    assert audit(one, other.assign(grade=4.0), **FEW).verdict == "reject"


def test_tables_of_one_feature_are_audited_without_correlations():
    rng = np.random.default_rng(0)
    one, other = (pd.DataFrame({"area": rng.normal(size=500)}) for _ in range(2))
    for table in (one, one.assign(grade=3.0)):
        report = audit(table, other.assign(grade=3.0)[table.columns], **FEW)
        outcomes = {check.name: check.outcome for check in report.checks}
        assert outcomes.pop("correlations") == "not applicable"
        assert set(outcomes.values()) == {"passed"}
        assert report.verdict == "accept"
        assert "Not applicable: fewer than two features vary" in page(report)
    assert audit(one, other + 0.5, **FEW).verdict == "reject"


def test_tables_without_any_feature_that_varies_are_refused(real):
    with pytest.raises(ValueError, match="nothing to compare"):
        audit(pd.DataFrame({"grade": np.ones(30)}), pd.DataFrame({"grade": np.ones(30)}), **FEW)


def test_columns_called_by_numbers_are_told_by_those_numbers():
    tables = (pd.DataFrame(np.random.default_rng(seed).normal(size=(30, 3))) for seed in range(2))
    report = audit(*tables, **FEW)
    assert "the furthest, '" in report.summary()
    assert "np.int64" not in report.summary() + page(report)


def test_a_feature_a_thousand_million_deviations_away_from_0_is_no_constant(real):
    one, other = real[:200], patients(200, 1)
    near, far = audit(one, other, **FEW), audit(one + 1e10, other + 1e10, **FEW)
    for check, again in zip(near.checks, far.checks, strict=True):
        assert again.value == pytest.approx(check.value, abs=1e-4)
        assert again.outcome == check.outcome
    assert audit(one + 1e10, (other - other.mean()) * 0.5 + 1e10, **FEW).verdict == "reject"


@pytest.mark.parametrize("with_holdout", [False, True])
def test_rows_that_are_there_twice_count_once_among_the_comparators(real, with_holdout):
    one, other, holdout = real[:40], patients(40, 1), patients(30, 2) if with_holdout else None
    twice = [pd.concat([table, table, table]) for table in (one, holdout) if table is not None]
    once = search_copies("features", 0.01, one, other, holdout)
    assert search_copies("features", 0.01, twice[0], other, *twice[1:]).p_value == once.p_value


# Cohorts

QUICK = {**FEW, "classes": ["firstorder", "shape2D"]}


@pytest.fixture(scope="module")
def lesions():
    return simulate_lesions(160, seed=11)


def changed(cohort, rows=slice(None), **parts):
    """The cohort with some of its parts exchanged."""
    given = {"images": cohort.images, "masks": cohort.masks, "truth": cohort.truth}
    facts = {"spacing_mm": cohort.spacing_mm, "intensity_unit": cohort.intensity_unit}
    return Cohort(**{**given, **facts, "name": "changed", "provenance": "test", **parts})


def test_flipped_copies_are_found_among_the_images(lesions):
    real, fresh, holdout = (
        lesions.subset(slice(60)),
        lesions.subset(slice(60, 110)),
        lesions.subset(slice(110, 160)),
    )
    images, masks = fresh.images.copy(), fresh.masks.copy()
    images[:5], masks[:5] = real.images[:5, :, ::-1], real.masks[:5, :, ::-1]
    found = audit(real, changed(fresh, images=images, masks=masks), holdout, **QUICK)
    assert found.verdict == "reject"
    assert "copies (images)" in failed(found)
    suspects = next(one for one in found.evidence.copies if one.space == "images").suspects.table
    assert set(suspects.loc[suspects["accused"], "synthetic"]) == set(range(5))


def test_lesions_that_cannot_be_measured_are_left_out_with_a_reason_and_borders_are_noted(lesions):
    real, other = lesions.subset(slice(60)), lesions.subset(slice(60, 110))
    images, masks = other.images.copy(), other.masks.copy()
    masks[0] = False
    masks[0, 3, 3] = True  # a single voxel
    images[1][masks[1]] = 0.5  # a constant region
    masks[2] = False
    masks[2, :9, :9] = True  # at the border
    settings = {**QUICK, "classes": ["firstorder", "glcm"]}
    found = audit(real, changed(other, images=images, masks=masks), **settings)
    left = dict(found.inputs["synthetic"].left_out)
    assert "one-voxel mask" in left["60"]
    assert "constant region" in left["61"]
    assert len(left) == 2
    assert any("touch the edge" in note for note in found.inputs["synthetic"].notes)
    assert found.verdict == "undecided"


def test_cohorts_in_other_units_or_spacings_are_refused(lesions):
    real, other = lesions.subset(slice(20)), lesions.subset(slice(20, 40))
    with pytest.raises(ValueError, match="differ in intensity unit"):
        audit(real, changed(other, intensity_unit="HU"), **QUICK)
    with pytest.raises(ValueError, match="differ in pixel spacing"):
        audit(real, changed(other, spacing_mm=0.7), **QUICK)


def test_of_a_patient_with_several_slices_the_largest_region_counts(lesions):
    truth = lesions.truth[:40].assign(patient_id=np.repeat(np.arange(20), 2))
    slices = changed(lesions.subset(slice(40)), truth=truth)
    found = audit(slices, lesions.subset(slice(40, 80)), **QUICK)
    areas = lesions.masks[:40].sum(axis=(1, 2)).reshape(20, 2)
    assert found.inputs["real"].masks.sum(axis=(1, 2)).tolist() == areas.max(axis=1).tolist()
    assert "40 images of 20 patients" in found.inputs["real"].notes[0]


def test_images_of_another_size_are_compared_by_their_features_alone(lesions):
    real, other = lesions.subset(slice(30)), lesions.subset(slice(30, 60))
    cut = changed(other, images=other.images[:, 1:], masks=other.masks[:, 1:])
    found = audit(real, cut, **QUICK)
    assert [one.space for one in found.evidence.copies] == ["features"]
    assert any("differ in size" in note for note in found.inputs["synthetic"].notes)


def test_the_settings_that_were_used_are_on_record(lesions):
    found = audit(lesions.subset(slice(30)), lesions.subset(slice(30, 60)), bin_width=0.1, seed=5, **QUICK)
    settings = found.about["settings"]
    assert (settings["bin_width"], settings["seed"], settings["n_permutations"]) == (0.1, 5, 319)
    assert settings["classes"] == ["firstorder", "shape2D"]
    hashes = {facts["SHA-256"] for facts in found.about["inputs"].values()}
    assert len(hashes) == 2
    assert all(len(one) == 64 for one in hashes)
    assert found.about["versions"]["numpy"] == np.__version__


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.1, 0.2])
@pytest.mark.parametrize("with_holdout", [False, True])
def test_a_table_of_the_reals_with_noise_on_every_row_is_rejected(noise, with_holdout):
    """No row is near enough to be accused alone; all of them together are nearer than fresh ones."""
    rng = np.random.default_rng(0)
    real, holdout = (pd.DataFrame(rng.normal(size=(1000, 4)), columns=list("abcd")) for _ in range(2))
    copied = real + noise * rng.normal(size=real.shape)
    report = audit(real, copied, holdout if with_holdout else None, n_permutations=319)
    assert report.verdict == "reject"
    assert "copies (features)" in [check.name for check in report.checks if check.outcome == "failed"]


@pytest.mark.parametrize("with_holdout", [False, True])
def test_rows_that_scatter_too_little_are_no_copies_and_loose_copies_are(with_holdout):
    """Half of the variance: nearer to all reals, to none in particular. Chance alone fails 1 seed in 100."""
    rng = np.random.default_rng(0)
    real, fresh, holdout = (pd.DataFrame(values) for values in rng.normal(size=(3, 200, 20)))
    holdout = holdout if with_holdout else None
    assert search_copies("features", 0.003, real, 0.7 * fresh, holdout).p_value > 0.01
    loose = real + 0.3 * rng.normal(size=real.shape)
    assert search_copies("features", 0.003, real, loose, holdout).p_value < 1e-6


@pytest.mark.slow
def test_fresh_patients_of_whole_numbers_are_not_rejected():
    """Ages, stages, counts: 30 draws; 5 rejections or more of the 2.5 % allowed happen once in 1,000."""
    rejected = 0
    for draw in range(30):
        rng = np.random.default_rng([6, draw])
        real, fresh = (
            pd.DataFrame(
                {
                    "age": rng.normal(60, 10, 100).round(),
                    "stage_number": rng.integers(1, 5, 100),
                    "nodes": rng.poisson(2, 100),
                    "female": rng.integers(0, 2, 100),
                }
            ).astype(float)
            for _ in range(2)
        )
        rejected += audit(real, fresh, n_permutations=319, seed=draw).verdict == "reject"
    assert rejected < 5


def test_loose_copies_that_the_correction_lets_through_are_no_proof_that_nothing_was_copied():
    """At a p between the level and what is left of it over all checks: neither failed nor passed."""
    share = Estimate("accused", 0.0, (0.0, 0.03), 0.0, (0.0, 0.0), 100, "", "")
    low = Estimate("authentic, and nearest to second", 0.3, (0.2, 0.4), 0.5, (0.4, 0.6), 100, "", "")
    nearest = pd.DataFrame({"score": [0.2], "accused": [False]})

    def outcome(p_value):
        suspects = SimpleNamespace(accused=share, table=nearest, threshold=0.01)
        search = CopySearch("features", suspects, low, low, p_value, has_holdout=False)
        (check,) = holm([copies(search)], 0.025 / 8)  # as if seven checks more were asked
        return check.outcome, "together they lie too near" in check.finding

    assert outcome(0.5) == ("passed", False)
    assert outcome(0.02) == ("undecided", True)
    assert outcome(0.002) == ("failed", True)
