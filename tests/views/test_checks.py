"""Views of checks: outcomes in rows and columns with their numbers, and p-values with their level."""

import io
import math

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from ganlab.diagnostics import Check
from ganlab.views import plot_checks, plot_p_values
from ganlab.views.checks import BOXES, SMALLEST_P
from ganlab.views.palette import FAKE, REAL


def check(name, value, outcome):
    """A check of this outcome, told by its interval against a limit of 5."""
    facts = {
        "passed": {"interval": (0, 4), "limit": 5},
        "failed": {"interval": (6, 7), "limit": 5},
        "undecided": {"interval": (4, 6), "limit": 5},
        "not applicable": {"interval": (math.nan, math.nan)},
    }[outcome]
    return Check(name=name, value=value, **facts)


AUDITS = {
    "turn": [
        check("area", 0.0, "passed"),
        check("water", 1.5, "passed"),
        check("shortcut", 0.04, "undecided"),
    ],
    "crop": [
        check("area", 0.421, "failed"),
        check("water", math.nan, "not applicable"),
        check("shortcut", 0.46, "failed"),
    ],
}


@pytest.fixture
def axes():
    return Figure().subplots()


def test_checks_lie_in_rows_and_columns_with_their_numbers(axes):
    assert plot_checks(AUDITS, axes) is axes
    assert {text.get_position(): text.get_text() for text in axes.texts} == {
        (0, 0): "passed\n0",
        (1, 0): "passed\n1.5",
        (2, 0): "undecided\n0.04",
        (0, 1): "FAILED\n0.421",
        (1, 1): "–",
        (2, 1): "FAILED\n0.46",
    }
    assert [label.get_text() for label in axes.get_yticklabels()] == ["turn", "crop"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["area", "water", "shortcut"]
    assert axes.get_xlabel()
    top, bottom = sorted(axes.get_ylim(), reverse=True)
    assert axes.get_ylim() == (top, bottom)  # the first row is at the top
    axes.figure.savefig(io.BytesIO(), format="png")


def test_p_values_are_drawn_on_a_log_axis_with_the_level_and_their_outcome_in_words(axes):
    facts = {"value": 0.0, "interval": (0.0, 1.0)}
    checks = [
        Check(name="area", p_adjusted=0.5, **facts),
        Check(name="mean", p_adjusted=1e-30, accused=True, **facts),
        Check(name="entropy", p_adjusted=1.0, limit=0.5, **facts),
    ]
    assert plot_p_values(checks, axes, level=0.025) is axes
    dots = [line for line in axes.lines if line.get_marker() in ("o", "^")]
    assert [line.get_xdata()[0] for line in dots] == [0.5, SMALLEST_P, 1.0]
    assert [line.get_marker() for line in dots] == ["o", "^", "o"]
    assert [to_hex(line.get_color()) for line in dots][:2] == [REAL.lower(), FAKE.lower()]
    assert [text.get_text() for text in axes.texts] == ["passed", "failed", "undecided"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["area", "mean", "entropy"]
    assert axes.get_xscale() == "log"
    assert "p-value" in axes.get_xlabel()
    axes.figure.savefig(io.BytesIO(), format="png")


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("outcome", BOXES)
def test_words_on_their_ground_reach_the_contrast_of_text(outcome):
    ground, ink, _ = BOXES[outcome]
    light, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_failure_differs_in_greyscale_from_everything_else():
    failed = luminance(BOXES["failed"][0])
    assert all(luminance(BOXES[outcome][0]) - failed >= 0.15 for outcome in BOXES if outcome != "failed")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda a: plot_checks({}, a), "must hold something that was audited"),
        (lambda a: plot_checks({"crop": []}, a), "must hold something that was audited"),
        (lambda a: plot_checks({"crop": AUDITS["crop"], "turn": []}, a), "must hold something"),
        (lambda a: plot_checks({"crop": AUDITS["crop"], "turn": AUDITS["turn"][:1]}, a), "every row needs"),
        (lambda a: plot_p_values([check("x", 0, "passed")], a, level=0.05), "a corrected p-value"),
        (lambda a: plot_p_values([], a, level=0), "level must be"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.texts
