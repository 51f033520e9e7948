"""Distances over a slider, and what critics make of them: drawn as given."""

import io

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from ganlab.views import plot_critics, plot_loss_landscape, plot_over_position, plot_readings
from ganlab.views.palette import CRITICS, FAKE, REAL

X = np.linspace(-2, 2, 9)
ISLANDS = {"real": (-0.2, 0.2), "fake": (1.0, 1.4)}
HERE = {"here": 1.0}
CURVE = {"here": 1.0, "name": "W1", "quantity": "W1 (mm)", "moved": "position"}
READINGS = {"clipping": (0.05, 1.8), "gradient penalty": (2.2, 2.0), "spectral norm": (1.0, 1.2)}

VIEWS = {
    "distance curve": lambda axes: plot_over_position(X, abs(X), axes, readings=HERE, **CURVE),
    "loss landscape": lambda axes: plot_loss_landscape(X, -abs(X), X, axes, **ISLANDS),
    "critics": lambda axes: plot_critics(X, {"clipping": X, "penalty": 2 * X}, axes, distance=2.0),
    "readings": lambda axes: plot_readings(READINGS, axes, exact=2.0),
}


@pytest.fixture
def axes():
    return Figure().subplots()


def line(axes, label):
    (found,) = (one for one in axes.lines if one.get_label() == label)
    return found


@pytest.mark.parametrize("draw", VIEWS.values(), ids=VIEWS)
def test_a_view_returns_the_axes_it_was_given_labelled_and_drawn_on(draw, axes):
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.lines
    assert axes.get_legend() is not None
    axes.figure.savefig(io.BytesIO(), format="png")  # it renders


@pytest.mark.parametrize(
    "kind", [np.asarray, list, lambda v: torch.tensor(np.asarray(v), requires_grad=True)]
)
def test_a_distance_its_present_value_and_an_estimate_are_drawn_as_given(kind, axes):
    readings = HERE | {"critic's dual estimate": 1.25}
    plot_over_position(kind(X), kind(abs(X)), axes, readings=readings, **CURVE)
    np.testing.assert_allclose(line(axes, "W1").get_ydata(), abs(X))
    for label, height in (("here", 1.0), ("critic's dual estimate", 1.25)):
        assert line(axes, label).get_xydata().tolist() == [[1.0, height]]
    assert axes.get_ylabel() == "W1 (mm)"
    assert axes.get_ylim()[1] > 2


def test_without_an_estimate_there_is_no_diamond(axes):
    plot_over_position(X, abs(X), axes, readings=HERE, **CURVE)
    assert [line.get_marker() for line in axes.lines] == ["None", "o"]


def test_both_grounds_and_both_islands_are_drawn_where_they_are(axes):
    plot_loss_landscape(X, -abs(X), X, axes, **ISLANDS)
    np.testing.assert_allclose(line(axes, "minimax loss").get_ydata(), -abs(X))
    np.testing.assert_allclose(line(axes, "Wasserstein loss").get_ydata(), X)
    spans = {patch.get_label(): patch for patch in axes.patches}
    for label, (left, right) in (("real island", (-0.2, 0.2)), ("fake island", (1.0, 1.4))):
        assert spans[label].get_x() == pytest.approx(left)
        assert spans[label].get_width() == pytest.approx(right - left)


def test_an_island_without_width_is_still_to_be_seen(axes):
    plot_loss_landscape(X, X, X, axes, real=(0.0, 0.0), fake=(1.0, 1.0))
    for patch, place in zip(axes.patches, (0.0, 1.0), strict=True):
        assert patch.get_width() > 0.02
        assert patch.get_x() + patch.get_width() / 2 == pytest.approx(place)


def test_critics_are_drawn_beside_a_line_of_slope_one(axes):
    plot_critics(X, {"clipping": 0 * X, "penalty": 1.1 * X, "norm": X}, axes, distance=1.5)
    assert line(axes, "slope 1").get_xydata().tolist() == [[0, 0], [1.5, 1.5]]
    np.testing.assert_allclose(line(axes, "penalty").get_ydata(), 1.1 * X)
    assert line(axes, "clipping").get_linestyle() != line(axes, "norm").get_linestyle()


def test_readings_are_drawn_raw_and_divided_around_the_exact_distance(axes):
    plot_readings(READINGS, axes, exact=2.0)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(READINGS)
    points = [one for one in axes.lines if one.get_marker() != "None" and one.get_linestyle() == "None"]
    drawn = [(float(one.get_xdata()[0]), one.get_markerfacecolor() == "white") for one in points]
    assert drawn == [(value, n == 1) for pair in READINGS.values() for n, value in enumerate(pair)]
    (band,) = axes.patches
    assert band.get_x() == pytest.approx(1.8)
    assert band.get_width() == pytest.approx(0.4)
    low, high = axes.get_xlim()
    assert low < 0.05 < 2.2 < high


def test_the_looks_of_three_critics_differ_without_colour():
    assert len({look["linestyle"] for look in CRITICS}) == len({look["marker"] for look in CRITICS}) == 3
    assert not {look["color"] for look in CRITICS} & {REAL, FAKE}  # these two mean samples


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda a: plot_over_position(X, X[1:], a, readings=HERE, **CURVE),
            "positions and values must have the same shape",
        ),
        (lambda a: plot_over_position(X, X * np.nan, a, readings=HERE, **CURVE), "values must be finite"),
        (lambda a: plot_loss_landscape(X, X[1:], X, a, **ISLANDS), "x and minimax must have the same shape"),
        (lambda a: plot_loss_landscape(X, X, X[1:], a, **ISLANDS), "x and wasserstein must have the same"),
        (lambda a: plot_critics(X, {"norm": X[1:]}, a, distance=1.0), "position and norm must have the same"),
        (lambda a: plot_readings({"norm": (np.inf, 1.0)}, a, exact=1.0), "norm must be finite"),
        # A fourth critic has no look of its own, and must not vanish without a word.
        (lambda a: plot_critics(X, dict.fromkeys("abcd", X), a, distance=1.0), "one to 3 critics; got 4"),
        (lambda a: plot_readings(dict.fromkeys("abcd", (1, 1)), a, exact=1.0), "one to 3 critics; got 4"),
        (
            lambda a: plot_over_position(X, X, a, readings=dict.fromkeys("abc", 1.0), **CURVE),
            "one number or two; got 3",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
