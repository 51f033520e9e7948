"""The islands explorer, moved from code over its range."""

import math

import numpy as np
import pytest
from scipy.stats import uniform

from ganlab.theory import jensen_shannon
from ganlab.widgets import IslandsExplorer, islands_explorer

LOG2 = math.log(2)


@pytest.fixture(scope="module")
def explorer():
    return IslandsExplorer()


def shown(explorer):
    return explorer.reading, explorer._png, explorer.sentence


def move(explorer, position, width):
    explorer.position.value, explorer.width.value = position, width
    return explorer.reading


@pytest.mark.parametrize(("control", "value"), [("position", 0.3), ("width", 1.5)])
def test_every_control_changes_reading_picture_and_sentence(explorer, control, value):
    move(explorer, 2.0, 0.5)
    before = shown(explorer)
    getattr(explorer, control).value = value
    assert all(a != b for a, b in zip(shown(explorer), before, strict=True))


@pytest.mark.parametrize(
    ("position", "width"), [(0.0, 0.5), (0.2, 1.0), (-0.7, 1.5), (3.0, 0.5), (-5.0, 1.5)]
)
def test_both_distances_match_theory(explorer, position, width):
    reading = move(explorer, position, width)
    x, dx = np.linspace(-8, 8, 64_001, retstep=True)
    p, q = (uniform(centre - width / 2, width).pdf(x) for centre in (0.0, position))
    assert reading["jsd"] == pytest.approx(jensen_shannon(p, q, dx), abs=1e-3)
    assert reading["w1"] == abs(position)
    assert f"JSD is {reading['jsd']:.3f} nats" in explorer.sentence
    assert f"W1 is {reading['w1']:.2f}" in explorer.sentence


@pytest.mark.parametrize("position", [0.1, 2.0, -4.0])
def test_lines_are_log_2_apart_at_every_distance(explorer, position):
    reading = move(explorer, position, 0.0)
    assert (reading["jsd"], reading["jsd_slope"]) == (LOG2, 0.0)
    assert reading["w1"] == abs(position)


def test_a_line_on_top_of_the_other_says_that_the_jsd_jumps(explorer):
    reading = move(explorer, 0.0, 0.0)
    assert (reading["jsd"], reading["w1"], reading["jsd_slope"]) == (0.0, 0.0, math.inf)
    assert "would make JSD jump to its ceiling" in explorer.sentence


def test_the_slope_of_the_jsd_is_that_of_its_curve_until_the_islands_part(explorer):
    assert move(explorer, 0.2, 0.5)["jsd_slope"] == pytest.approx((0.3 - 0.2) / 0.5 * LOG2 / 0.1)
    assert move(explorer, 0.0, 0.5)["jsd_slope"] == pytest.approx(2 * LOG2)
    assert move(explorer, 0.5, 0.5)["jsd_slope"] == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_apart_only_the_critics_ground_has_a_slope_and_it_is_a_little_steeper_than_1(seed):
    reading = IslandsExplorer(position=3.0, width=0.5, seed=seed).reading
    assert reading["minimax_slope"] < 0.01
    assert reading["critic_slope"] == pytest.approx(1 + 3 / 20, abs=0.05)
    assert reading["dual"] == pytest.approx(3 * (1 + 3 / 20), rel=0.05)
    assert reading["dual"] / reading["steepest"] == pytest.approx(3, rel=0.1)


def test_the_same_position_shows_the_same_thing_however_it_was_reached(explorer):
    move(explorer, -4.0, 0.2)
    move(explorer, 1.0, 0.8)
    assert shown(IslandsExplorer(position=1.0, width=0.8)) == shown(explorer)


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(explorer, monkeypatch):
    move(explorer, 2.0, 0.5)

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(islands_explorer, "plot_over_position", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        explorer.position.value = 1.0


def test_without_a_front_end_it_is_a_picture_and_a_sentence(explorer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == explorer.sentence
