"""The collapse lab, over every setting that was recorded: it says what the recording holds."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from ganlab.data import lesion_patterns
from ganlab.recorded import collapse
from ganlab.widgets import CollapseLab
from ganlab.widgets.collapse_lab import QUANTITIES

GAMES = collapse.load()


@pytest.fixture(scope="module")
def lab():
    return CollapseLab()


def shown(lab):
    return lab.reading, lab._png, lab.sentence


def go(lab, data="ring of eight", vary="samples in a pack", choice=None, frame=None):
    lab.data.value = data
    lab.vary.value = vary
    if choice is not None:
        lab.choice.value = choice
    if frame is not None:
        lab.frame.value = frame
    return shown(lab)


def by_hand(setting, frame):
    """Games that lost a mode: counted in a plain loop."""
    fewest = np.broadcast_to(collapse.FEWEST[setting.data], GAMES[setting].counts.shape[2] - 1)
    return sum(
        any(n < least for n, least in zip(game[frame][:-1], fewest, strict=True))
        for game in GAMES[setting].counts
    )


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_value_of_every_setting_is_counted_rightly(lab, name):
    go(lab, vary=name)
    for choice in lab.choice.options:
        reading, _, sentence = go(lab, vary=name, choice=choice)
        setting = collapse.RING._replace(**{QUANTITIES[name]: choice})
        lost = by_hand(setting, -1)
        low, high = proportion_confint(lost, 16, method="wilson")
        assert (reading["lost"], reading["games"], reading["step"]) == (lost, 16, 1500)
        assert reading["interval"] == pytest.approx((low, high), abs=1e-9)
        assert f"{lost} of 16 games have lost a mode" in sentence
        assert f"{100 * low:.0f} to {100 * high:.0f} %" in sentence
        assert reading["recall"] == pytest.approx(GAMES[setting].recall[:, -1].mean())
        assert reading["precision"] == pytest.approx(GAMES[setting].precision[:, -1].mean())


@pytest.mark.parametrize("data", ["grid of 25", "lesions"])
def test_other_data_offer_the_packs_alone(lab, data):
    go(lab)
    lab.data.value = data
    assert lab.vary.options == ("samples in a pack",)
    assert lab.frame.value == collapse.STEPS[data]
    for setting in collapse.SETTINGS[data]:
        reading, _, sentence = go(lab, data, choice=setting.pack)
        assert reading["lost"] == by_hand(setting, -1)
        assert sentence.startswith(data.capitalize())
    lab.data.value = "ring of eight"
    assert lab.vary.options == tuple(QUANTITIES)


def test_the_lesions_name_the_textures_lost(lab):
    _, _, sentence = go(lab, "lesions", choice=1)
    counts = GAMES[collapse.LESION].counts[:, -1, :3]
    for name, fewest, column in zip(lesion_patterns().index, (45, 45, 10), counts.T, strict=True):
        assert f"{name} {(column < fewest).sum()}" in sentence
    lab.data.value = "ring of eight"


def test_back_in_training_shows_earlier_games_and_forward_the_same_again(lab):
    end = go(lab, choice=1, frame=1500)
    start = go(lab, choice=1, frame=250)
    assert all(a != b for a, b in zip(end, start, strict=True))
    assert start[0]["lost"] == by_hand(collapse.RING, 0)
    assert "after 250 steps" in start[2]
    assert go(lab, choice=1, frame=1500) == end


def test_the_same_position_shows_the_same_thing_however_it_was_reached(lab):
    go(lab, "lesions")
    go(lab, "ring of eight", "batch size", 32)
    assert go(lab, "ring of eight", "samples in a pack", 2, 1500) == go(
        CollapseLab(vary="samples in a pack"), choice=2
    )


@pytest.mark.parametrize("control", ["data", "vary", "choice", "frame"])
def test_every_control_changes_reading_picture_and_sentence_at_once(control):
    lab = CollapseLab()
    before = shown(lab)
    dial = getattr(lab, control)
    dial.value = next(option for option in dial.options if option != dial.value)
    # The plain game is the same whatever is varied beside it: there the picture and the words change alone.
    parts = (
        zip(before, shown(lab), strict=True)
        if control != "vary"
        else zip(before[1:], shown(lab)[1:], strict=True)
    )
    assert all(a != b for a, b in parts)


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(lab, monkeypatch):
    go(lab, choice=1)

    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("ganlab.widgets.collapse_lab.plot_rates", broken)
    with pytest.raises(RuntimeError, match="broken"):
        lab.choice.value = 4
    monkeypatch.undo()
    lab.choice.value = 1


def test_where_one_quantity_alone_was_varied_the_sentence_says_so():
    lab = CollapseLab()
    assert "only games" not in lab.sentence
    lab.data.value = "grid of 25"
    assert lab.vary.value == "samples in a pack"
    assert lab.sentence.endswith("Of the grid of 25 only games with other samples in a pack were recorded.")
