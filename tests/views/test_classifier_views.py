"""Views of a classifier's scores and of its patients: what is drawn is what was given."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ganlab.views import plot_learning_curve, plot_metrics, plot_patient_grid, plot_trial
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL

METRICS = {"accuracy": [0.9, 0.8, 1.0], "sensitivity": [0.0, 0.5, 0.1]}
HELD_OUT = np.array([[0.6, 0.9], [0.8, 0.9], [0.7, 1.0]])
VIEWS = {
    "metrics": lambda axes: plot_metrics(METRICS, axes),
    "learning curve": lambda axes: plot_learning_curve([4, 8], np.ones((3, 2)), HELD_OUT, axes),
    "trial": lambda axes: plot_trial(
        ["none", "copies"], [0.5, 0.6], [0.4, 0.5], [0.6, 0.8], axes, metric="AUC"
    ),
    "patients": lambda axes: plot_patient_grid(2, 5, 3, 90, axes),
}


@pytest.fixture
def axes():
    return Figure().subplots()


def line(axes, label):
    (found,) = [one for one in axes.lines if one.get_label() == label]
    return found


@pytest.mark.parametrize("draw", VIEWS.values(), ids=VIEWS)
def test_a_view_returns_the_axes_it_was_given_labelled_and_drawn_on(draw, axes):
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.lines
    axes.figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("kind", [np.asarray, list, torch.tensor])
def test_every_cohort_is_a_dot_and_the_mean_a_bar_in_percent(kind, axes):
    plot_metrics({name: kind(values) for name, values in METRICS.items()}, axes)
    dots = [one for one in axes.lines if one.get_marker() == "o" and len(one.get_xdata())]
    bars = [one for one in axes.lines if one.get_linewidth() == 2.5 and len(one.get_xdata())]
    for row, (values, dot, bar) in enumerate(zip(METRICS.values(), dots, bars, strict=True)):
        np.testing.assert_allclose(dot.get_xdata(), 100 * np.array(values), rtol=1e-6)
        np.testing.assert_allclose(bar.get_xdata(), 100 * np.mean(values), rtol=1e-6)
        assert np.abs(np.asarray(dot.get_ydata()) - row).max() < 0.5
    assert [text.get_text() for text in axes.get_yticklabels()] == list(METRICS)
    assert axes.yaxis_inverted()


def test_the_rule_without_training_is_a_diamond_in_each_row(axes):
    plot_metrics(METRICS, axes, always={"accuracy": 0.95, "sensitivity": 0.0})
    diamonds = line(axes, "everybody called benign")
    np.testing.assert_allclose(diamonds.get_xdata(), [95, 0])
    assert list(diamonds.get_ydata()) == [0, 1]


def test_the_learning_curve_draws_means_and_the_middle_of_the_repeats(axes):
    plot_learning_curve([4, 8], np.ones((3, 2)), HELD_OUT, axes)
    np.testing.assert_allclose(line(axes, "patients held out").get_ydata(), [70, 93.333333])
    np.testing.assert_allclose(line(axes, "the patients trained on").get_ydata(), [100, 100])
    band = axes.collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(100 * np.quantile(HELD_OUT[:, 0], 0.025))
    assert axes.get_xscale() == "log"
    assert [text.get_text() for text in axes.get_xticklabels()] == ["4", "8"]


def test_a_trial_draws_each_arm_with_its_interval(axes):
    plot_trial(["none", "copies"], [0.5, 0.6], [0.4, 0.5], [0.6, 0.8], axes, metric="AUC", reference=0.5)
    (bars,) = axes.containers
    np.testing.assert_allclose(bars.lines[0].get_xdata(), [0.5, 0.6])
    segments = np.array(bars.lines[2][0].get_segments())[:, :, 0]
    np.testing.assert_allclose(segments, [[0.4, 0.6], [0.5, 0.8]])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["none", "copies"]


def test_a_thousand_patients_are_a_thousand_symbols_each_in_a_place_of_its_own(axes):
    plot_patient_grid(17, 74, 10, 899, axes)
    assert [len(one.get_xdata()) for one in axes.lines] == [17, 74, 10, 899]
    places = np.concatenate([one.get_xydata() for one in axes.lines])
    assert len(np.unique(places, axis=0)) == 1000
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == [
        "17 malignant, missed",
        "74 malignant, found",
        "10 benign, false alarm",
        "899 benign, let go",
    ]
    assert "1,000" in axes.get_xlabel()


def test_groups_differ_in_shape_and_in_grey():
    axes = plot_patient_grid(1, 1, 1, 1, Figure().subplots())
    assert len({one.get_marker() for one in axes.lines}) == 4
    greys = sorted(np.dot(to_rgb(one), (0.299, 0.587, 0.114)) for one in (DISCRIMINATOR, REAL, QUIET, FAKE))
    assert np.diff(greys).min() > 0.08


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda axes: plot_metrics({"accuracy": [90, 95]}, axes), "divided by 100"),
        (
            lambda axes: plot_metrics(METRICS, axes, always={"accuracy": 1}),
            "always must name the metrics",
        ),
        (
            lambda axes: plot_learning_curve([4, 8, 9], np.ones((3, 2)), HELD_OUT, axes),
            r"training must have shape \(draws, 3\)",
        ),
        (lambda axes: plot_learning_curve([4, 8], 2 * np.ones((3, 2)), HELD_OUT, axes), "between 0 and 1"),
        (lambda axes: plot_trial(["a"], [0.5], [0.6], [0.7], axes, metric="AUC"), "outside its interval"),
        (lambda axes: plot_trial(["a", "b"], [0.5], [0.4], [0.7], axes, metric="AUC"), "2 names and 1 means"),
        (lambda axes: plot_patient_grid(-1, 5, 3, 90, axes), "whole numbers"),
        (lambda axes: plot_patient_grid(0.5, 5, 3, 90, axes), "whole numbers"),
        (lambda axes: plot_patient_grid(0, 0, 0, 0, axes), "one at least"),
    ],
)
def test_a_view_refuses_what_it_cannot_draw(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
