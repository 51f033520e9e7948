"""A recording as one page: what the front end is given is what the games looked like at their snapshots."""

import base64
import json

import numpy as np
import pytest

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import Minimax, NonSaturating
from ganlab.training import race
from ganlab.widgets import recording_to_html
from ganlab.widgets.player import plane, recording_page
from ganlab.widgets.player.frames import frame_bytes


@pytest.fixture(scope="module")
def recordings():
    lanes = {"minimax": Minimax(), "non-saturating": NonSaturating()}
    networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    return race(lanes, *networks, ring(), 12, every=4, batch_size=16, progress=False)


@pytest.fixture
def page(tmp_path, monkeypatch):
    """What the page hands to its front end."""
    for name, value in {"COUNTED_REAL": 2000, "COUNTED_FAKE": 500, "FLOOR_PAIRS": 2}.items():
        monkeypatch.setattr(plane, name, value)

    def written(recording):
        recording_to_html(recording, ring(), tmp_path / "page.html")
        text = (tmp_path / "page.html").read_text("utf-8")
        assert "http" not in text
        state, _ = json.JSONDecoder().raw_decode(text.split("\nrenderPage(")[1])
        return state

    return written


def test_one_game_is_shown_as_it_was_at_every_snapshot(recordings, page):
    recording = recordings["minimax"]
    state = page(recording)
    assert state["kept"] == [0, 4, 8, 12]
    seen = plane.Plane(ring(), seed=0)
    for step, (frame,) in zip(state["kept"], state["frames"], strict=True):
        assert base64.b64decode(frame) == frame_bytes(0, step, seen.look(recording.at(step)))
    distance = seen.distance(recording.at(12))
    assert f"The fake cloud is {distance:.2f} away" in state["sentences"][-1]
    strip = np.frombuffer(base64.b64decode(state["strips"][0]), np.float32)
    rows = strip[3 : 3 + 7 * 12].reshape(12, 7)
    assert rows[:, 1] == pytest.approx(recording.history.discriminator_loss, rel=1e-6)
    assert rows[:, 4] == pytest.approx(recording.history.fake_score, rel=1e-6)
    assert np.isnan(rows[:, 5:]).all()  # gradients were not noted
    assert strip[-1] == pytest.approx(distance)


def test_a_race_is_shown_side_by_side_and_no_more_frames_than_fit(recordings, page, monkeypatch):
    monkeypatch.setattr(recording_page, "KEPT", 6)
    state = page(recordings)
    assert state["names"] == ["minimax", "non-saturating"]
    assert state["kept"] == [0, 8, 12]  # half of six each, evenly spread, the first and the last among them
    assert [len(frames) for frames in state["frames"]] == [2, 2, 2]
    assert state["sentences"][-1].startswith("After 12 steps from the same start")
    with pytest.raises(ValueError, match="recording holds no game"):
        page({})
