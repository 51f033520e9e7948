"""The games of the collapse lab: complete, and what their command plays again.

Training amplifies rounding: another processor, or another number of games side by side, and a game drifts
apart from the recorded one after some hundred steps. What must come out again is the first look at the games
on the ring, nearly, and the rates, as rates (tests/training/test_mode_collapse.py plays fresh games).
"""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from ganlab.data import texture_oracle
from ganlab.diagnostics import mode_coverage, prdc
from ganlab.recorded import collapse
from ganlab.recorded.collapse import RING, SETTINGS
from ganlab.seeding import isolated_randomness


def test_every_setting_is_there_with_every_game_and_frame():
    games = collapse.load()
    assert set(games) == {setting for settings in SETTINGS.values() for setting in settings}
    for setting, arrays in games.items():
        frames = collapse.STEPS[setting.data] // collapse.EVERY[setting.data]
        assert arrays.counts.shape[:2] == (16, frames)
        assert (arrays.counts.sum(axis=2) == collapse.SAMPLES[setting.data]).all()
        assert arrays.shown.shape[:3] == (16, frames, collapse.SHOWN[setting.data])
        for shares in (arrays.precision, arrays.recall):
            assert shares.shape == (16, frames)
            assert ((shares >= 0) & (shares <= 1)).all()


def test_a_game_is_looked_at_as_the_library_would():
    data = collapse.TOYS[RING.data]
    with isolated_randomness(3):
        samples = data.sample((collapse.SAMPLES[RING.data],)) * 0.99
    counts, precision, recall, shown = collapse.measured(RING.data, samples)
    centres = data.component_distribution.mean
    report = mode_coverage(samples, centres, collapse.TOY_STD)
    assert counts.tolist() == [*report.counts.values(), report.outside]
    with isolated_randomness(1):
        real = data.sample((collapse.COMPARED,)).double().numpy()
    expected = prdc(real, samples[: collapse.COMPARED].double().numpy(), collapse.NEIGHBOURS)
    assert (precision, recall) == pytest.approx((expected.precision.value, expected.recall.value))
    np.testing.assert_array_equal(shown, samples[: collapse.SHOWN[RING.data]])


@pytest.mark.parametrize("setting", [RING, RING._replace(pack=2)], ids=["plain", "packs of 2"])
def test_the_first_looks_come_out_again(setting, copied, monkeypatch):
    """Four games as far as their first frame, by `make`.

    The scale is the distance to the recorded games of other seeds, median over games: 76 (packs of 2: 91) of
    2,500 samples on another mode, 0.03 (0.25) in recall, and 1.7 (0.8) in the coordinates of the samples
    shown, which came out again to within the step they are stored in (0.007) on two processors.
    """
    kept = collapse.load()[setting]
    monkeypatch.setattr(collapse, "SETTINGS", {RING.data: (setting,)})
    monkeypatch.setattr(collapse, "PARTS", (RING.data,))
    monkeypatch.setattr(collapse, "STEPS", {RING.data: 250})
    monkeypatch.setattr(collapse, "SEEDS", range(4))
    collapse.make([RING.data])
    again = collapse.load()[setting]
    moved = np.abs(again.counts[:, 0] - kept.counts[:4, 0]).sum(axis=1) / 2
    assert np.median(moved) <= 0.02 * collapse.SAMPLES[setting.data], moved
    assert np.median(np.abs(again.recall[:, 0] - kept.recall[:4, 0])) <= 0.02
    own, of_other_seed = (
        np.median(np.abs(again.shown[:, 0] - np.roll(kept.shown[:4, 0], places, axis=0))) for places in (0, 1)
    )
    assert own < of_other_seed / 10


def lost_textures(setting, frame):
    """By how many of the sixteen games each texture was lost."""
    return (collapse.load()[setting].counts[:, frame, :3] < collapse.FEWEST["lesions"]).sum(axis=0)


def test_what_the_lesson_says_of_lost_textures():
    """Plain games that lost homogeneous, rim-enhancing, speckled: 7, 16, 14 of 16 after 500 steps; 2, 4, 9
    after 1,000; 1, 0, 3 after 1,500. With packs of 2 at the end 4, 0, 1. Seeds 0 to 15, torch 2.13.0 (CPU).

    So the frequent rim-enhancing texture is the one lost most often early, and at the end the rare one is
    not shown to be.
    """
    early, late = lost_textures(collapse.LESION, 0), lost_textures(collapse.LESION, -1)
    assert early[1] == early.max()
    assert proportion_confint(early[1], 16, method="wilson")[0] > 0.5
    assert all(proportion_confint(lost, 16, method="wilson")[1] < 0.5 for lost in late)
    for frequent in late[:2]:
        low, high = confint_proportions_2indep(late[2], 16, frequent, 16, method="newcomb")
        assert low < 0 < high


def test_packs_are_not_shown_to_keep_more_textures():
    games = [
        (collapse.load()[setting].counts[:, -1, :3] < collapse.FEWEST["lesions"]).any(axis=1).sum()
        for setting in (collapse.LESION, collapse.LESION._replace(pack=2))
    ]
    low, high = confint_proportions_2indep(games[0], 16, games[1], 16, method="newcomb")
    assert low < 0 < high


@pytest.mark.slow
def test_fresh_lesion_games_lack_the_rim_enhancing_texture_early_on_too():
    """The recording has it lost by 16 of 16 games after 500 steps; seeds 100 to 103 are not among them.

    A single game does not come out again: played among two and among sixteen, on one machine, the samples
    of seed 0 differed in 36 of 500 after 500 steps and those of seed 1 in 183. So the rate is checked.
    """
    games = collapse.play(collapse.LESION, range(100, 104), 500, progress=False)
    lost = (games.counts[:, 0, :3] < collapse.FEWEST["lesions"]).sum(axis=0)
    print(f"of 4 fresh games lost by: {dict(zip(texture_oracle().patterns, lost.tolist(), strict=True))}")
    assert lost[1] >= 3
