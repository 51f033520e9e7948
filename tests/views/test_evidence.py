"""Views of an audit: the numbers as given, verdicts told by shape, units on the axes."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ganlab.views import plot_checks, plot_correlation_difference, plot_feature_distances
from ganlab.views.evidence import SMALLEST_P
from ganlab.views.palette import FAKE, REAL

NAMES = ["area", "mean", "entropy"]
VERDICTS = ["close", "different", "undecided"]


@pytest.fixture
def axes():
    return Figure().subplots()


def test_distances_are_drawn_as_given_with_one_shape_for_each_verdict(axes):
    assert (
        plot_feature_distances(NAMES, [0.1, 0.6, 0.2], [0.05, 0.1, 0.3], VERDICTS, axes, margin=0.25) is axes
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
    assert "synthetic minus real" in axes.get_title()


def test_checks_are_drawn_on_a_log_axis_with_the_level_and_their_outcome_in_words(axes):
    plot_checks(NAMES, [0.5, 1e-30, 1.0], ["close", "defect", "undecided"], axes, level=0.025)
    dots = [line for line in axes.lines if line.get_marker() in ("o", "^")]
    assert [line.get_xdata()[0] for line in dots] == [0.5, SMALLEST_P, 1.0]
    assert [line.get_marker() for line in dots] == ["o", "^", "o"]
    assert [to_hex(line.get_color()) for line in dots][:2] == [REAL.lower(), FAKE.lower()]
    assert [text.get_text() for text in axes.texts] == ["close", "defect", "undecided"]
    assert axes.get_xscale() == "log"
    assert "p-value" in axes.get_xlabel()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda a: plot_feature_distances(NAMES, [1, 2], [1], VERDICTS[:2], a, margin=1), "same shape"),
        (lambda a: plot_feature_distances(["x"], [1], [1], ["fine"], a, margin=1), "among them 'fine'"),
        (lambda a: plot_feature_distances(["x"], [1], [1], ["close"], a, margin=0), "margin must be"),
        (lambda a: plot_correlation_difference(NAMES, np.eye(2), a), r"square.* got \(2, 2\)"),
        (lambda a: plot_checks(["x"], [0.0], ["close"], a, level=0.05), "above 0 and at most 1"),
        (lambda a: plot_checks(["x"], [0.5], ["good"], a, level=0.05), "among them 'good'"),
        (lambda a: plot_checks(["x", "y"], [0.5], ["close"], a, level=0.05), "for every name"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.images
