"""The copy detective, moved from code over all of its controls."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ganlab.diagnostics import AlignedPixels, Blends, Pixels, RandomConvolutions, memorization
from ganlab.widgets import CopyDetective, copy_detective
from ganlab.widgets.copy_detective import DISGUISES, SPACES, gathered, patients, planted


@pytest.fixture(scope="module")
def detective():
    return CopyDetective()


def shown(detective):
    return detective.reading, detective._png, detective.sentence


def move(detective, disguise, space, threshold):
    detective.disguise.value, detective.space.value = disguise, space
    detective.threshold.value = threshold


@pytest.mark.parametrize(
    ("control", "value"), [("disguise", "shifted"), ("space", "blends of two"), ("threshold", 1.1)]
)
def test_every_control_changes_reading_picture_and_sentence(detective, control, value):
    move(detective, "noisy", "pixels", 0.8)
    before = shown(detective)
    getattr(detective, control).value = value
    assert all(a != b for a, b in zip(shown(detective), before, strict=True))


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("pixels", Pixels()),
        ("aligned pixels", AlignedPixels()),
        ("random convolutions", RandomConvolutions()),
        ("blends of two", Blends()),
    ],
)
def test_reading_agrees_with_suspected_copies_and_scikit_learn(detective, name, space):
    move(detective, "shifted", name, 0.9)
    train, _, holdout = patients(0)
    images = planted("shifted", 0)
    suspects = memorization(train, images, holdout, space=space).suspected_copies()
    table = suspects.table.sort_values("synthetic")
    is_copy = (images.truth["train_row"] >= 0).to_numpy()
    scores = table["score"].to_numpy()
    reading = detective.reading
    assert reading["auc"] == pytest.approx(roc_auc_score(is_copy, -scores))
    assert reading["found"] == (scores[is_copy] < 0.9).sum()
    assert reading["falsely_accused"] == (scores[~is_copy] < 0.9).sum()
    np.testing.assert_array_equal(gathered("shifted", name, 0).nearest, table["train"])


def test_the_sentence_says_what_the_reading_holds(detective):
    move(detective, "flipped", "pixels", 0.95)
    reading = detective.reading
    assert f"threshold of 0.95 lie {reading['found']} of 20 copies" in detective.sentence
    assert f"{reading['falsely_accused']} of 80 clean images" in detective.sentence
    assert f"{reading['holdout_accused']} of 100 held-out patients" in detective.sentence
    assert f"{100 * reading['auc']:.0f} % of the time" in detective.sentence


def test_at_a_threshold_of_0_nobody_is_accused_and_above_everybody_all_copies_are(detective):
    move(detective, "exact", "pixels", 0)
    assert detective.reading["found"] == detective.reading["falsely_accused"] == 0
    detective.threshold.value = 0.01
    assert (detective.reading["found"], detective.reading["auc"]) == (20, 1.0)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_everything_can_be_chosen(detective, disguise):
    for space in SPACES:
        move(detective, disguise, space, 0.5)
        assert detective.sentence.startswith(f"The copies are {disguise}, compared as {space}.")
        assert 0 <= detective.reading["auc"] <= 1


def test_the_same_case_looks_the_same_however_it_was_reached(detective):
    move(detective, "blended", "blends of two", 0.3)
    move(detective, "noisy", "aligned pixels", 0.7)
    assert shown(CopyDetective("noisy", "aligned pixels", threshold=0.7)) == shown(detective)
    assert CopyDetective("noisy", "aligned pixels", threshold=0.7, seed=1).reading != detective.reading


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(detective, monkeypatch):
    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    move(detective, "exact", "pixels", 0.5)
    monkeypatch.setattr(copy_detective, "plot_roc", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        detective.threshold.value = 0.6


def test_without_a_front_end_it_is_a_picture_and_a_sentence(detective, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = detective._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == detective.sentence
