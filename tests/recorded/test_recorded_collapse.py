"""The recording behind the collapse lab: complete, small, and what its command records again.

Training amplifies rounding: another processor, or another number of games side by side, and a game drifts
apart from the recorded one after some hundred steps. What must come out again is the first look at the games
on the ring, nearly, and the rates, as rates (tests/training/test_mode_collapse.py plays fresh games).
"""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from ganlab.diagnostics import mode_coverage, prdc
from ganlab.recorded import collapse
from ganlab.recorded.collapse import RING, SETTINGS
from ganlab.seeding import isolated_randomness


def test_every_setting_is_there_with_every_game_and_frame():
    games = collapse.recording()
    assert set(games) == {setting for settings in SETTINGS.values() for setting in settings}
    for setting, arrays in games.items():
        frames = collapse.STEPS[setting.data] // collapse.EVERY[setting.data]
        assert arrays["counts"].shape[:2] == (16, frames)
        assert (arrays["counts"].sum(axis=2) == collapse.JUDGED[setting.data]).all()
        assert arrays["shown"].shape[:2] == (16, frames)
        for name in ("precision", "recall"):
            assert arrays[name].shape == (16, frames)
            assert ((arrays[name] >= 0) & (arrays[name] <= 1)).all()


def test_the_file_is_small_enough_to_ship():
    assert len(collapse.file().read_bytes()) < 300_000


def test_a_game_is_looked_at_as_the_library_would():
    data = collapse.TOYS[RING.data]
    with isolated_randomness(3):
        samples = data.sample((collapse.JUDGED[RING.data],)) * 0.99
    counts, precision, recall, shown = collapse._judge(RING.data)(samples)
    centres = data.component_distribution.mean
    report = mode_coverage(samples, centres, collapse.TOY_STD)
    assert counts.tolist() == [*report.counts.values(), report.outside]
    with isolated_randomness(1):
        real = data.sample((collapse.COMPARED,)).double().numpy()
    expected = prdc(real, samples[: collapse.COMPARED].double().numpy(), collapse.NEIGHBOURS)
    assert (precision, recall) == pytest.approx((expected.precision.value, expected.recall.value))
    reach = collapse.REACH[RING.data]
    np.testing.assert_allclose(
        shown * (2 * reach / 255) - reach, samples[: collapse.POINTS], atol=reach / 255 + 1e-6
    )


@pytest.mark.parametrize("setting", [RING, RING._replace(pack=2)], ids=["plain", "packs of 2"])
def test_the_first_looks_come_out_again(setting):
    again = collapse.play(setting, range(4), 250, progress=False)
    kept = collapse.recording()[setting]
    moved = np.abs(again["counts"][:, 0].astype(int) - kept["counts"][:4, 0]).sum(axis=1) / 2
    assert np.median(moved) <= 0.02 * collapse.JUDGED[setting.data], moved
    assert np.median(np.abs(again["recall"][:, 0] - kept["recall"][:4, 0].astype(float))) <= 0.02


def lost_textures(setting, frame):
    """By how many of the sixteen games each texture was lost."""
    return (collapse.recording()[setting]["counts"][:, frame, :3] < collapse.FEWEST["lesions"]).sum(axis=0)


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
        (collapse.recording()[setting]["counts"][:, -1, :3] < collapse.FEWEST["lesions"]).any(axis=1).sum()
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
    lost = (games["counts"][:, 0, :3] < collapse.FEWEST["lesions"]).sum(axis=0)
    print(f"of 4 fresh games lost by: {dict(zip(collapse.PATTERNS, lost.tolist(), strict=True))}")
    assert lost[1] >= 3
