"""Views: the same Axes back, labels in words, the data as given, and colours that survive greyscale."""

import ast
import io
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import ganlab.views
from ganlab.views import plot_densities, plot_discriminator, plot_over_position, plot_points
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL, TRAINED

X = np.linspace(-1, 1, 5)
P, Q = np.array([0.0, 0.5, 1.0, 0.5, 0.0]), np.array([1.0, 0.5, 0.0, 0.5, 1.0])
POINTS = np.array([[0.0, 1.0], [1.0, -1.0], [0.5, 0.25]])
GROUND = np.linspace(0, 1, 16).reshape(4, 4)


def on_ground(probability, axes):
    return plot_points(POINTS, -POINTS, axes, half_width=2.0, probability=probability)


VALUE = {"name": "2 JSD − log 4", "quantity": "value of the game (nats)", "moved": "mean of q"}


def value_curve(positions, values, axes, **readings):
    return plot_over_position(positions, values, axes, here=0.25, readings=readings, **VALUE)


VIEWS = {
    "densities": lambda axes: plot_densities(X, P, Q, axes),
    "discriminator": lambda axes: plot_discriminator(X, P, axes, trained=Q),
    "value curve": lambda axes: value_curve(X, -P, axes, best=-0.5),
    "points": lambda axes: plot_points(POINTS, -POINTS, axes, half_width=2.0),
    "ground": lambda axes: on_ground(GROUND, axes),
}


@pytest.fixture
def axes():
    return Figure().subplots()


def lines(axes, label=None):
    found = [line for line in axes.lines if label is None or line.get_label() == label]
    assert found, [line.get_label() for line in axes.lines]
    return found


@pytest.mark.parametrize("draw", VIEWS.values(), ids=VIEWS)
def test_a_view_returns_the_axes_it_was_given_labelled_and_drawn_on(draw, axes):
    assert isinstance(axes, Axes)
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.lines
    axes.figure.savefig(io.BytesIO(), format="png")  # it renders


def test_units_stand_on_the_axes(axes):
    VIEWS["value curve"](axes)
    assert "(nats)" in axes.get_ylabel()
    axes.clear()
    plot_densities(X, P, Q, axes, quantity="radius (mm)", labels=("benign", "malignant"))
    assert axes.get_xlabel() == "radius (mm)"
    assert axes.get_ylabel() == "density (per unit of radius)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["benign", "malignant"]
    axes.clear()
    plot_discriminator(X, P, axes, quantity="radius (mm)")
    assert axes.get_xlabel() == "radius (mm)"


@pytest.mark.parametrize(
    "kind", [np.asarray, list, lambda v: torch.tensor(np.asarray(v), requires_grad=True)]
)
def test_densities_are_drawn_as_given(kind, axes):
    plot_densities(kind(X), kind(P), kind(Q), axes)
    for label, density, colour, style in (("real, p", P, REAL, "-"), ("fake, q", Q, FAKE, "--")):
        (line,) = lines(axes, label)
        np.testing.assert_allclose(line.get_xdata(), X)
        np.testing.assert_allclose(line.get_ydata(), density)
        assert (line.get_color(), line.get_linestyle()) == (colour, style)
    assert axes.get_xlim() == (-1, 1)


@pytest.mark.parametrize(
    "kind", [np.asarray, list, lambda v: torch.tensor(np.asarray(v), requires_grad=True)]
)
def test_discriminators_are_drawn_as_given(kind, axes):
    plot_discriminator(kind(X), kind(P), axes, trained=kind(Q))
    np.testing.assert_allclose(lines(axes, "optimal, D*")[0].get_ydata(), P)
    np.testing.assert_allclose(lines(axes, "trained on samples")[0].get_ydata(), Q)
    assert any(set(np.atleast_1d(line.get_ydata())) == {0.5} for line in axes.lines)  # the coin flip
    axes.clear()
    plot_discriminator(X, P, axes)
    assert "trained on samples" not in [line.get_label() for line in axes.lines]


def test_the_value_curve_and_both_values_are_drawn_as_given(axes):
    values = np.array([-1.0, -1.2, -1.3, -1.2, -1.0])
    readings = {"V(D*, G)": -1.25, "V(trained D, G)": -1.5}
    levels = {"no overlap: 0": 0.0, "equilibrium: −log 4": -math.log(4)}
    plot_over_position(X, values, axes, here=0.25, readings=readings, levels=levels, **VALUE)
    np.testing.assert_allclose(lines(axes, "2 JSD − log 4")[0].get_ydata(), values)
    for label, value in (("V(D*, G)", -1.25), ("V(trained D, G)", -1.5)):
        (dot,) = lines(axes, label)
        assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([0.25], [value])
    dotted = [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == ":"]
    assert sorted(dotted) == pytest.approx([-math.log(4), 0.0])


def test_points_and_ground_are_drawn_as_given(axes):
    points = torch.tensor(POINTS, requires_grad=True)
    plot_points(points, (-POINTS).tolist(), axes, half_width=2.0, probability=GROUND)
    np.testing.assert_allclose(lines(axes, "real")[0].get_xydata(), POINTS)
    np.testing.assert_allclose(lines(axes, "fake")[0].get_xydata(), -POINTS)
    (image,) = axes.images
    np.testing.assert_allclose(image.get_array(), GROUND)
    assert axes.get_xlim() == axes.get_ylim() == (-2, 2)


def test_the_ground_is_light_where_the_discriminator_sees_reals_and_its_rows_go_up():
    """Row 0 is the lowest second coordinate. Drawn without points, then looked at."""
    top = np.vstack([np.zeros((2, 4)), np.ones((2, 4))])
    nothing_here = np.full((1, 2), 50.0)
    figure = Figure(figsize=(2, 2), dpi=50)
    axes = figure.add_axes((0, 0, 1, 1))
    plot_points(nothing_here, nothing_here, axes, half_width=1.0, probability=top)
    axes.set_axis_off()
    axes.get_legend().remove()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=2)
    assert pixels[10, 50] > pixels[90, 50] + 50  # row 10 of the picture is near its upper edge
    (contour,) = [c for c in axes.collections if hasattr(c, "levels")]
    heights = np.concatenate([path.vertices[:, 1] for path in contour.get_paths()])
    np.testing.assert_allclose(heights, 0.0, atol=1e-6)  # 1/2 lies half way between rows 1 and 2


def test_a_discriminator_without_an_opinion_draws_no_line(axes):
    on_ground(np.full((4, 4), 0.7), axes)
    assert not [c for c in axes.collections if hasattr(c, "levels")]


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_luminance_of_black_white_and_grey_by_hand():
    assert luminance("black") == 0
    assert luminance("white") == pytest.approx(1)
    assert luminance("#808080") == pytest.approx(0.2159, abs=1e-4)


@pytest.mark.parametrize(
    ("first", "second"), [(REAL, FAKE), (DISCRIMINATOR, TRAINED), (DISCRIMINATOR, FAKE), (REAL, "white")]
)
def test_colours_drawn_together_differ_in_greyscale(first, second):
    assert abs(luminance(first) - luminance(second)) >= 0.15


@pytest.mark.parametrize("colour", [REAL, DISCRIMINATOR, QUIET])
def test_thin_lines_reach_the_contrast_of_text_on_white(colour):
    assert (1 + 0.05) / (luminance(colour) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda a: plot_densities(X[:4], P, Q, a),
            r"x and p must have the same shape; got \(4,\) and \(5,\)",
        ),
        (lambda a: plot_densities(X, P, Q[:4], a), "p and q must have the same shape"),
        (lambda a: plot_densities(X, -P, Q, a), "p must be a density, zero or more"),
        (lambda a: plot_densities([], [], [], a), "x is empty"),
        (
            lambda a: plot_densities(X[None], P[None], Q[None], a),
            r"x must hold points on a line, shape \(n,\)",
        ),
        (lambda a: plot_densities(X * math.nan, P, Q, a), "x must be finite"),
        (lambda a: plot_discriminator(X, 2 * P, a), "optimal must hold probabilities between 0 and 1"),
        (lambda a: plot_discriminator(X, P, a, trained=P - 1), "trained must hold probabilities.*sigmoid"),
        (lambda a: plot_discriminator(X, P[:4], a), "x and optimal must have the same shape"),
        (lambda a: plot_discriminator(X, P, a, trained=Q[:4]), "x and trained must have the same shape"),
        (lambda a: value_curve(X, P[:4], a), "positions and values must have the same shape"),
        (lambda a: value_curve(X, P + math.inf, a), "values must be finite"),
        (
            lambda a: plot_points(X, POINTS, a, half_width=1),
            r"real must have shape \(n, 2\); got \(5,\)",
        ),
        (lambda a: plot_points(POINTS, POINTS.T, a, half_width=1), r"fake must have shape \(n, 2\)"),
        (
            lambda a: on_ground(GROUND[:3], a),
            r"square grid.* got \(3, 4\)",
        ),
        (lambda a: on_ground(P, a), r"square grid.* got \(5,\)"),
        (
            lambda a: on_ground(9 * GROUND, a),
            "probability must hold probab",
        ),
        (lambda a: plot_points(POINTS, POINTS, a, half_width=0), "half_width must be a finite number"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.images


def _titles(tree):
    """What is given as a title of Axes or of a figure, wherever in the code."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", "")
        if name in ("set_title", "suptitle"):
            yield call.args[0]
        elif name == "set":
            yield from (keyword.value for keyword in call.keywords if keyword.arg == "title")


def test_a_view_writes_no_title_in_words_of_its_own():
    files = sorted(Path(ganlab.views.__file__).parent.glob("*.py"))
    titles = [(file.name, title) for file in files for title in _titles(ast.parse(file.read_text("utf-8")))]
    assert {name for name, _ in titles} >= {"scans.py", "features.py"}  # they pass one on
    assert [name for name, title in titles if not isinstance(title, ast.Name)] == []
