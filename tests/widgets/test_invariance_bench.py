"""The invariance bench, moved from code: its verdicts are those of the audit."""

import numpy as np
import pytest

from ganlab.radiomics import audit_invariance, necrotic_fraction, smooth, swap_kernel
from ganlab.widgets import InvarianceBench, invariance_bench

NEUTRAL = {"kernel": invariance_bench.AS_SCANNED, "blur": 0, "crop": 100, "gain": 1, "shift": 0}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield InvarianceBench()


@pytest.fixture
def reset(bench):
    for name, value in {**NEUTRAL, "patient": 16}.items():
        getattr(bench, name).value = value
    return bench


def shown(bench):
    return bench.reading, bench._png, bench.sentence


def test_doing_nothing_is_accepted_and_no_feature_moves(reset):
    assert reset.reading["verdict"] == "accept"
    assert reset.reading["reason"] is None
    assert set(reset.reading["outcomes"].values()) == {"passed"}
    before, after = reset.reading["necrotic_fraction"]
    assert before == after > 0.1  # the patient shown first has something to lose
    assert reset.sentence.startswith(
        "Nothing done: accept. Over 30 patients every check that applies passed."
    )


@pytest.mark.parametrize(
    ("control", "value", "reason"),
    [
        ("kernel", "sharp", "features"),
        ("blur", 3.0, "necrosis"),
        ("crop", 50, "lesion area"),
        ("gain", 0.95, "air"),
        ("shift", 40, "water"),
    ],
)
def test_each_control_is_rejected_for_its_own_reason_and_moves_everything(reset, control, value, reason):
    before = shown(reset)
    getattr(reset, control).value = value
    after = shown(reset)
    assert (reset.reading["verdict"], reset.reading["reason"]) == ("reject", reason)
    assert all(a != b for a, b in zip(after, before, strict=True))
    assert f"the check of {reason} failed: {reset.reading['values'][reason]:.3g}" in reset.sentence


def test_another_patient_changes_picture_and_sentence_and_not_the_verdict(reset):
    before = shown(reset)
    reset.patient.value = 3
    after = shown(reset)
    assert after[1] != before[1]
    assert after[2] != before[2]
    assert after[0]["outcomes"] == before[0]["outcomes"]


def test_the_reading_is_that_of_the_audit_of_the_same_transform(reset):
    reset.kernel.value, reset.blur.value = "medium", 1.0

    def by_hand(cohort):
        return smooth(swap_kernel(cohort, "medium"), 1.0)

    table = audit_invariance(reset.cohort, by_hand).to_frame()
    assert reset.reading["outcomes"] == table["outcome"].to_dict()
    assert reset.reading["values"] == pytest.approx(table["value"].to_dict(), nan_ok=True)
    fractions = [necrotic_fraction(cohort)[16] for cohort in (reset.cohort, by_hand(reset.cohort))]
    assert reset.reading["necrotic_fraction"] == pytest.approx(tuple(fractions))
    np.testing.assert_array_equal(reset.transform(reset.cohort).images, by_hand(reset.cohort).images)


def test_the_blur_that_the_assignment_asks_for_is_the_first_that_fails(reset):
    """solutions/08-label-invariance, task blur-limit: 1.5 mm."""
    found = []
    for blur in (1.0, 1.25, 1.5, 1.75):
        reset.blur.value = blur
        found.append(reset.reading["outcomes"]["necrosis"])
    assert found == ["undecided", "undecided", "failed", "failed"]


@pytest.mark.parametrize(
    "corner",
    [
        {"kernel": "sharp", "blur": 4.0, "crop": 50, "gain": 0.8, "shift": -100},
        {"kernel": "medium", "blur": 0.25, "crop": 50, "gain": 1.2, "shift": 100},
        {"kernel": "sharp", "crop": 95, "gain": 1.2, "shift": -100},
    ],
)
def test_every_corner_of_the_sliders_can_be_drawn(reset, corner):
    for name, value in corner.items():
        getattr(reset, name).value = value
    assert reset.reading["verdict"] == "reject"
    assert reset.sentence.startswith(f"{corner['kernel']} kernel, ")


def test_the_same_position_shows_the_same_thing_however_it_was_reached(reset):
    reset.blur.value = 2.0
    reset.shift.value = 10
    reset.blur.value = 0
    reading, _, sentence = shown(reset)
    fresh = InvarianceBench(patient=16)
    fresh.shift.value = 10
    assert (fresh.reading["values"], fresh.sentence) == (reading["values"], sentence)


def test_an_error_reaches_whoever_moved_the_slider(reset, monkeypatch):
    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(invariance_bench, "plot_ct", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        reset.patient.value = 5


def test_without_a_front_end_it_is_a_picture_and_a_sentence(reset, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = reset._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == reset.sentence
