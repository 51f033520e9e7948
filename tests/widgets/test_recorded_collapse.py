"""The recording behind the collapse lab: complete, small, and what its command records again.

Training amplifies rounding, so another processor's games drift apart from these after some hundred steps.
What must come out again is the first look at every game, nearly, and the rate, as a rate.
"""

import numpy as np
import pytest

from ganlab.diagnostics import mode_coverage, prdc
from ganlab.seeding import isolated_randomness
from ganlab.widgets.recorded import collapse
from ganlab.widgets.recorded.collapse import RING, SETTINGS


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


@pytest.mark.slow
def test_the_first_look_at_the_lesion_games_comes_out_again():
    """Two of the sixteen games, a third of the way: half a minute of one core."""
    again = collapse.play(collapse.LESION, range(2), 500, progress=False)
    kept = collapse.recording()[collapse.LESION]
    moved = np.abs(again["counts"][:, 0].astype(int) - kept["counts"][:2, 0]).sum(axis=1) / 2
    assert np.median(moved) <= 0.1 * collapse.JUDGED["lesions"], moved
