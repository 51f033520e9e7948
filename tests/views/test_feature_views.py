"""Views of features: the numbers as given, conclusions told by shape, units on the axes."""

import io
import math

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ganlab.views import (
    plot_agreement,
    plot_correlation_difference,
    plot_feature_distances,
    plot_feature_shifts,
)
from ganlab.views.palette import FAKE, REAL

NAMES = ["area", "mean", "entropy"]
CONCLUSIONS = ["close", "different", "undecided"]


@pytest.fixture
def axes():
    return Figure().subplots()


def draw_shifts(axes):
    return plot_feature_shifts(["a", "b"], [1.0, 2.0], [3.0, math.nan], [1.0, 4.0], axes)


@pytest.mark.parametrize("draw", [lambda axes: plot_agreement([1, 2, 3], [2, 3, 5], axes), draw_shifts])
def test_a_view_returns_the_axes_it_was_given_labelled_and_renders(draw, axes):
    assert draw(axes) is axes
    assert axes.get_xlabel()
    axes.figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("kind", [list, np.asarray, lambda v: torch.tensor(v, requires_grad=True)])
def test_agreement_is_drawn_as_given_with_the_line_of_equality_on_equal_scales(kind, axes):
    plot_agreement(kind([1.0, 2.0, 3.0]), kind([2.0, 4.0, 6.0]), axes, labels=("soft", "sharp"), name="mean")
    equality, points = axes.lines
    np.testing.assert_allclose(points.get_xydata(), [[1, 2], [2, 4], [3, 6]])
    np.testing.assert_allclose(equality.get_xdata(), equality.get_ydata())
    assert axes.get_xlim() == axes.get_ylim() == pytest.approx((0.75, 6.25))  # 5 % of 1 to 6 either side
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("soft", "sharp", "mean")


def test_shifts_are_measured_in_spreads_between_patients(axes):
    """From 10 to 16 with a spread of 4: one and a half. From 1 to 900: clipped, the number told."""
    plot_feature_shifts(["a", "b"], [10.0, 1.0], [16.0, 900.0], [4.0, 1.0], axes)
    before, after = (line for line in axes.lines if line.get_label() in ("before", "after"))
    np.testing.assert_allclose(before.get_xydata(), [[0, 1], [0, 0]])
    np.testing.assert_allclose(after.get_xydata(), [[1.5, 1], [4, 0]])
    assert (before.get_color(), after.get_color()) == (REAL, FAKE)
    assert [text.get_text() for text in axes.texts] == ["10 → 16", "1 → 900"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_an_undefined_feature_says_so(axes):
    draw_shifts(axes)
    assert [text.get_text() for text in axes.texts] == ["1 → 3", "2 → undefined"]


def test_distances_are_drawn_as_given_with_one_shape_for_each_conclusion(axes):
    assert (
        plot_feature_distances(NAMES, [0.1, 0.6, 0.2], [0.05, 0.1, 0.3], CONCLUSIONS, axes, margin=0.25)
        is axes
    )
    dots = {dot.get_label(): dot.lines[0] for dot in axes.containers}
    assert {label: line.get_xydata().tolist() for label, line in dots.items()} == {
        "close (1)": [[0.1, 0]],
        "different (1)": [[0.6, 1]],
        "undecided (1)": [[0.2, 2]],
    }
    assert len({(line.get_marker(), to_hex(line.get_markerfacecolor())) for line in dots.values()}) == 3
    assert dots["different (1)"].get_marker() != dots["close (1)"].get_marker()
    assert [label.get_text() for label in axes.get_yticklabels()] == NAMES
    assert axes.get_xlabel() == "distance W1 (real standard deviations)"
    assert any(set(line.get_xdata()) == {0.25} for line in axes.lines)  # the margin
    axes.figure.savefig(io.BytesIO(), format="png")


def test_an_interval_of_a_distance_does_not_reach_below_zero(axes):
    plot_feature_distances(["area"], [0.1], [0.3], ["undecided"], axes, margin=0.25)
    (segment,) = [c for dot in axes.containers if len(dot.lines[0].get_xdata()) for c in dot.lines[2]]
    assert segment.get_segments()[0][:, 0].tolist() == pytest.approx([0.0, 0.4])


def test_the_difference_of_correlations_is_drawn_as_given_on_a_fixed_scale(axes):
    difference = np.array([[0, -0.5, 0.1], [-0.5, 0, 0.2], [0.1, 0.2, 0]])
    assert plot_correlation_difference(NAMES, difference, axes) is axes
    (image,) = axes.images
    np.testing.assert_allclose(image.get_array(), difference)
    assert image.get_clim() == (-1, 1)
    assert axes.get_title() == ""  # the caller says what the figure asks


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda a: plot_agreement([1, 2], [1, 2, 3], a), "first and second must have the same shape"),
        (lambda a: plot_agreement([1, math.nan], [1, 2], a), "first must be finite"),
        (lambda a: plot_feature_shifts(["a"], [1.0, 2.0], [1.0], [1.0], a), "before must hold one number"),
        (lambda a: plot_feature_shifts(["a"], [1.0], [1.0], [0.0], a), "spread must be above 0"),
        (lambda a: plot_feature_distances(NAMES, [1, 2], [1], CONCLUSIONS[:2], a, margin=1), "same shape"),
        (lambda a: plot_feature_distances(["x"], [1], [1], ["fine"], a, margin=1), "among them 'fine'"),
        (lambda a: plot_feature_distances(["x"], [1], [1], ["close"], a, margin=0), "margin must be"),
        (lambda a: plot_correlation_difference(NAMES, np.eye(2), a), r"square.* got \(2, 2\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.images
    assert not axes.texts
