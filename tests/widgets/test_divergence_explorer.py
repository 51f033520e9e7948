"""The divergence explorer, moved from code over all of its range."""

import math

import numpy as np
import pytest
from scipy import stats

from ganlab.theory import jensen_shannon
from ganlab.widgets import DivergenceExplorer, divergence_explorer

LOG4 = math.log(4)


@pytest.fixture(scope="module")
def explorer():
    return DivergenceExplorer()


def shown(explorer):
    return explorer.reading, explorer._png, explorer.sentence


def move(explorer, mean, std):
    explorer.mean.value, explorer.std.value = mean, std


@pytest.mark.parametrize(("control", "value"), [("mean", -1.5), ("std", 2.5)])
def test_every_control_changes_reading_picture_and_sentence(explorer, control, value):
    move(explorer, 2.0, 1.0)
    before = shown(explorer)
    getattr(explorer, control).value = value
    after = shown(explorer)
    assert all(a != b for a, b in zip(after, before, strict=True))
    assert all(after[0][key] != before[0][key] for key in ("jsd", "value_optimal", "value_trained"))


@pytest.mark.parametrize("std", [0.3, 1.0, 2.2, 3.0])
@pytest.mark.parametrize("mean", [-5.0, 0.0, 2.0, 5.0])
def test_reading_matches_theory_at_the_middle_and_every_corner_of_the_sliders(explorer, mean, std):
    move(explorer, mean, std)
    x = np.linspace(-30, 30, 30001)
    p, q = stats.norm(0, 1).pdf(x), stats.norm(mean, std).pdf(x)
    expected = jensen_shannon(p, q, x[1] - x[0])
    reading = explorer.reading
    assert reading["jsd"] == pytest.approx(expected, abs=1e-6)
    assert reading["value_optimal"] == pytest.approx(2 * expected - LOG4, abs=1e-6)
    # No judge earns more than the best one, and this one has learnt something.
    assert reading["value_optimal"] - 0.05 < reading["value_trained"] <= reading["value_optimal"] + 1e-9
    for number in reading.values():
        assert f"{number:.3f}" in explorer.sentence
    assert f"2 JSD − log 4 = {2 * expected - LOG4:.3f}" in explorer.sentence


def test_with_q_on_top_of_p_the_best_judge_earns_minus_log_4(explorer):
    move(explorer, 0.0, 1.0)
    assert explorer.reading["jsd"] == pytest.approx(0, abs=1e-12)
    assert explorer.reading["value_optimal"] == pytest.approx(-LOG4, abs=1e-6)
    assert "JSD is 0.000 nats (0 % of its ceiling, log 2)" in explorer.sentence
    assert "V = -1.386" in explorer.sentence


def test_left_and_right_are_equally_far(explorer):
    readings = []
    for mean in (-3.0, 3.0):
        move(explorer, mean, 1.0)
        readings.append(explorer.reading["jsd"])
    assert readings[0] == pytest.approx(readings[1], rel=1e-9)


def test_the_same_position_shows_the_same_thing_however_it_was_reached(explorer):
    move(explorer, -4.0, 2.0)
    move(explorer, 1.0, 0.5)
    fresh = DivergenceExplorer(mean=1.0, std=0.5)
    assert shown(fresh) == shown(explorer)
    assert DivergenceExplorer(mean=1.0, std=0.5, seed=1).reading != fresh.reading


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(explorer, monkeypatch):
    move(explorer, 0.0, 1.0)

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(divergence_explorer, "plot_densities", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        explorer.mean.value = 1.0


def test_without_a_front_end_it_is_a_picture_and_a_sentence(explorer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == explorer.sentence
    assert explorer.sentence.startswith("With q at mean ")
