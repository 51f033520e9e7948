"""The cycle viewer: what it reads is what was recorded, and every control changes what is shown."""

import numpy as np
import pytest
from scipy import stats

from ganlab.recorded import translations
from ganlab.widgets import CycleViewer

SHOWN = translations.Setting("tumours in both", 3.0, 0.0)


@pytest.fixture
def viewer():
    return CycleViewer(cycle_weight=3, identity_weight=0)


def test_a_reading_is_the_mean_over_games_with_students_interval(viewer):
    games = translations.load()[SHOWN].ssim.mean(axis=1)
    mean, low, high = viewer.reading["ssim"]
    assert mean == pytest.approx(games.mean())
    expected = stats.t.interval(0.95, len(games) - 1, games.mean(), stats.sem(games))
    assert (low, high) == pytest.approx(expected)
    assert f"{mean:.2f} ({low:.2f} to {high:.2f})" in viewer.sentence


def test_contrast_kept_is_translated_over_true_contrast(viewer):
    translated = translations.load()[SHOWN].tumour_contrast.mean()
    assert viewer.reading["contrast_kept"][0] == pytest.approx(
        translated / translations.holdout().contrast.mean(), rel=1e-5
    )


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("cycle_weight", 10.0),
        ("identity_weight", 5.0),
        ("archives", "none in T1"),
        ("teacher", "small patches"),
    ],
)
def test_another_game_is_read_differently(viewer, control, value):
    before = viewer.reading, viewer.sentence, viewer._png
    getattr(viewer, control).value = value
    assert all(a != b for a, b in zip(before, (viewer.reading, viewer.sentence, viewer._png), strict=True))


@pytest.mark.parametrize(("control", "value"), [("person", 2), ("planted", True), ("uncovered", True)])
def test_another_view_of_the_same_games_changes_the_picture_and_not_the_reading(viewer, control, value):
    reading, picture = viewer.reading, viewer._png
    getattr(viewer, control).value = value
    assert viewer.reading == reading
    assert viewer._png != picture


def test_another_game_has_a_similarity_of_its_own_and_the_same_means(viewer):
    before = dict(viewer.reading)
    viewer.game.value = 3
    own = translations.load()[SHOWN].ssim[2].mean()
    assert viewer.reading.pop("ssim_of_game") == pytest.approx(own)
    assert before.pop("ssim_of_game") != pytest.approx(own)
    assert viewer.reading == before


def test_a_control_without_another_recording_cannot_be_moved(viewer):
    viewer.cycle_weight.value = 10.0
    assert viewer.identity_weight.disabled
    viewer.archives.value = "none in T2"
    assert (viewer.cycle_weight.value, viewer.identity_weight.value) == (3.0, 0.0)
    assert viewer.cycle_weight.disabled
    viewer.archives.value = "tumours in both"
    assert not viewer.cycle_weight.disabled
    assert not viewer.identity_weight.disabled
    viewer.teacher.value = "pairs"
    assert (viewer.cycle_weight.value, viewer.identity_weight.value) == (0.0, 0.0)
    assert viewer.cycle_weight.disabled
    assert viewer.archives.disabled
    viewer.teacher.value = "small patches"
    assert viewer.cycle_weight.value == 3.0


def test_what_was_not_recorded_is_refused_with_what_was():
    with pytest.raises(ValueError, match=r"no game was recorded with .*there are"):
        CycleViewer(cycle_weight=7)


def test_the_recording_has_one_number_for_every_setting_seed_and_person():
    recorded = translations.load()
    assert list(recorded) == translations.SETTINGS
    for games in recorded.values():
        for values in games[:-2]:
            assert values.shape == (len(translations.SEEDS), translations.N_TEST)
            assert np.isfinite(values).all()
        assert games.weights.shape[0] == len(translations.SEEDS)
        assert np.isfinite(games.weights).all()
        assert games.images.shape == (len(translations.SEEDS), translations.SHOWN, 2, 2, 32, 32)


def test_a_control_that_is_fixed_has_its_reason_in_the_sentence():
    viewer = CycleViewer()
    assert "recorded" not in viewer.sentence
    viewer.cycle_weight.value = 10.0
    assert viewer.identity_weight.disabled
    assert viewer.sentence.endswith("recorded with cycle weight 3 alone: here it is fixed at 0.")
    viewer.archives.value = next(name for name in viewer.archives.options if name != "tumours in both")
    assert (viewer.cycle_weight.disabled, viewer.cycle_weight.value) == (True, 3.0)
    assert viewer.sentence.endswith("only cycle weight 3 was recorded, and no identity loss.")
