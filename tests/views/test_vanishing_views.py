"""The views of module 02: the Axes that came in, the data as given, logarithmic scales where norms stand."""

import io
import math

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ganlab.views import plot_layer_norms, plot_norms_over_seeds, plot_over_scores
from ganlab.views.palette import LOSSES

SCORES = np.linspace(-4, 2, 7)
SLOPES = {"minimax": -1 / (1 + np.exp(-SCORES)), "non-saturating": -1 / (1 + np.exp(SCORES))}
STEPS = np.array([0, 1, 10])
SEEDS = {"minimax": np.array([[1.0, 0.1, 1e-4], [4.0, 0.1, 1e-2]]), "other": np.ones((2, 3))}
LAYERS = pd.DataFrame({"first": [1.0, 0.5, 0.0], "last": [2.0, 1.0, 0.1]})

VIEWS = {
    "over scores": lambda axes: plot_over_scores(SCORES, SLOPES, axes, here=-2, quantity="slope (nats)"),
    "layers": lambda axes: plot_layer_norms(STEPS, LAYERS, axes, here=1),
    "seeds": lambda axes: plot_norms_over_seeds(STEPS, SEEDS, axes),
}


@pytest.fixture
def axes():
    return Figure().subplots()


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return found


@pytest.mark.parametrize("draw", VIEWS.values(), ids=VIEWS)
def test_a_view_returns_the_axes_it_was_given_labelled_and_drawn_on(draw, axes):
    assert isinstance(axes, Axes)
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_legend()
    axes.figure.savefig(io.BytesIO(), format="png")  # it renders


@pytest.mark.parametrize("kind", [np.asarray, list, lambda v: torch.tensor(v, requires_grad=True)])
def test_curves_over_the_score_are_drawn_as_given_and_marked_at_the_score(kind, axes):
    curves = {name: kind(values) for name, values in SLOPES.items()}
    plot_over_scores(kind(SCORES), curves, axes, here=-2.1, quantity="slope (nats)")
    for name, values in SLOPES.items():
        np.testing.assert_allclose(line(axes, name).get_xdata(), SCORES)
        np.testing.assert_allclose(line(axes, name).get_ydata(), values)
    markers = [mark for mark in axes.lines if mark.get_marker() in "o^" and len(mark.get_xdata()) == 1]
    assert [mark.get_xydata()[0].tolist() for mark in markers] == [
        [-2.0, values[2]] for values in SLOPES.values()
    ]
    assert axes.get_ylabel() == "slope (nats)"
    assert axes.get_yscale() == "linear"


def test_sizes_can_stand_on_a_logarithmic_scale(axes):
    sizes = {name: -values for name, values in SLOPES.items()}
    plot_over_scores(SCORES, sizes, axes, here=0, quantity="size", logarithmic=True)
    assert axes.get_yscale() == "log"


def test_layers_are_lines_and_a_norm_of_0_leaves_a_gap(axes):
    plot_layer_norms(STEPS, LAYERS, axes, here=1)
    assert axes.get_yscale() == "log"
    np.testing.assert_array_equal(line(axes, "first").get_ydata(), [1.0, 0.5, np.nan])
    np.testing.assert_array_equal(line(axes, "last").get_ydata(), [2.0, 1.0, 0.1])
    assert line(axes, "first").get_linestyle() != line(axes, "last").get_linestyle()
    assert axes.lines[-1].get_xdata()[0] == 1


def test_over_seeds_every_seed_is_drawn_and_the_thick_line_is_the_geometric_mean(axes):
    plot_norms_over_seeds(STEPS, SEEDS, axes)
    np.testing.assert_allclose(line(axes, "minimax").get_ydata(), [2.0, 0.1, 1e-3])
    thin = [drawn for drawn in axes.lines if drawn.get_linewidth() < 1]
    assert len(thin) == 4
    np.testing.assert_allclose(thin[0].get_ydata(), SEEDS["minimax"][0])
    assert axes.get_yscale() == "log"
    assert axes.get_xscale() == "symlog"  # step 0 has its place


def test_curves_drawn_together_differ_in_greyscale_in_line_and_in_marker():
    shades = [np.dot(to_rgb(style["color"]), (0.299, 0.587, 0.114)) for style in LOSSES]
    assert np.diff(sorted(shades)).min() >= 0.15
    assert len({style["linestyle"] for style in LOSSES}) == len({style["marker"] for style in LOSSES}) == 3


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda a: plot_over_scores(SCORES, {}, a, here=0, quantity="x"), "one to 3 curves; got 0"),
        (
            lambda a: plot_over_scores(SCORES, {"m": SCORES[:3]}, a, here=0, quantity="x"),
            "scores and m must have the same",
        ),
        (
            lambda a: plot_over_scores(SCORES, SLOPES, a, here=0, quantity="x", logarithmic=True),
            "minimax must be above 0 everywhere",
        ),
        (
            lambda a: plot_over_scores(SCORES, {"m": SCORES * math.nan}, a, here=0, quantity="x"),
            "m must be finite",
        ),
        (lambda a: plot_layer_norms(STEPS, {}, a), "norms holds no layer"),
        (
            lambda a: plot_layer_norms(STEPS, {"first": [1.0]}, a),
            r"first must have one norm per step.*\(1,\)",
        ),
        (lambda a: plot_layer_norms(STEPS, {"first": [1, -1, 1]}, a), "first holds a negative norm"),
        (lambda a: plot_norms_over_seeds(STEPS, {}, a), "one to 3 kinds; got 0"),
        (
            lambda a: plot_norms_over_seeds(STEPS, {"m": [1, 1, 1]}, a),
            r"m must have shape \(seeds, 3\); got \(3,\)",
        ),
        (lambda a: plot_norms_over_seeds(STEPS, {"m": [[1, 0, 1]]}, a), "m must be above 0 everywhere"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
