"""Views of what an augmentation did: agreement, shifts of features, and the table of verdicts."""

import io
import math

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ganlab.views import plot_agreement, plot_feature_shifts, plot_verdicts
from ganlab.views.invariance import STATUS
from ganlab.views.palette import FAKE, REAL

VERDICTS = {
    "turn": {"area": "pass", "water": "pass", "shortcut": "undecided"},
    "crop": {"area": "fail", "water": "not applicable", "shortcut": "fail"},
}


@pytest.fixture
def axes():
    return Figure().subplots()


def draw_shifts(axes):
    return plot_feature_shifts(["a", "b"], [1.0, 2.0], [3.0, math.nan], [1.0, 4.0], axes)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: plot_agreement([1, 2, 3], [2, 3, 5], axes),
        draw_shifts,
        lambda axes: plot_verdicts(VERDICTS, axes),
    ],
)
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


def test_verdicts_lie_in_rows_and_columns_with_their_numbers(axes):
    values = {"turn": {"area": 0.0, "water": 1.5, "shortcut": 0.04}}
    values["crop"] = {"area": 0.421, "water": math.nan, "shortcut": 0.46}
    plot_verdicts(VERDICTS, axes, values=values)
    found = {text.get_position(): text.get_text() for text in axes.texts}
    assert found == {
        (0, 0): "pass\n0",
        (1, 0): "pass\n1.5",
        (2, 0): "unsure\n0.04",
        (0, 1): "FAIL\n0.421",
        (1, 1): "–",
        (2, 1): "FAIL\n0.46",
    }
    assert [label.get_text() for label in axes.get_yticklabels()] == ["turn", "crop"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["area", "water", "shortcut"]
    top, bottom = sorted(axes.get_ylim(), reverse=True)
    assert axes.get_ylim() == (top, bottom)  # the first row is at the top


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("status", STATUS)
def test_words_on_their_ground_reach_the_contrast_of_text(status):
    ground, ink, _ = STATUS[status]
    light, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_failure_differs_in_greyscale_from_everything_else():
    fail = luminance(STATUS["fail"][0])
    assert all(luminance(STATUS[other][0]) - fail >= 0.15 for other in STATUS if other != "fail")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda a: plot_agreement([1, 2], [1, 2, 3], a), "first and second must have the same shape"),
        (lambda a: plot_agreement([1, math.nan], [1, 2], a), "first must be finite"),
        (lambda a: plot_feature_shifts(["a"], [1.0, 2.0], [1.0], [1.0], a), "before must hold one number"),
        (lambda a: plot_feature_shifts(["a"], [1.0], [1.0], [0.0], a), "spread must be above 0"),
        (lambda a: plot_verdicts({}, a), "must hold a transform"),
        (lambda a: plot_verdicts({"crop": {}}, a), "must hold a transform"),
        (lambda a: plot_verdicts({"crop": {"area": "bad"}}, a), "a status must be one of pass, fail"),
        (
            lambda a: plot_verdicts({"crop": {"area": "fail"}, "turn": {"water": "pass"}}, a),
            "every transform needs the checks",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.texts
