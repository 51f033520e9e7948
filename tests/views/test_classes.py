"""The three views of a conditional generator, drawn and read back."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from ganlab.views import plot_composition, plot_one_latent, plot_opinion

NAMES = ("benign", "malignant")
PAIR = np.arange(32.0).reshape(2, 4, 4) / 32
TEXTURES = ("homogeneous", "rim-enhancing", "speckled")


@pytest.fixture
def axes():
    return Figure().subplots()


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_images_stand_side_by_side_as_given_and_the_one_asked_for_is_framed(axes):
    plot_one_latent(torch.tensor(PAIR), NAMES, axes, chosen=1)
    first, second = axes.images
    np.testing.assert_allclose(first.get_array(), PAIR[0])
    np.testing.assert_allclose(second.get_array(), PAIR[1])
    assert first.get_clim() == second.get_clim() == (0.0, 1.25)  # one grey for one intensity
    assert first.get_extent()[1] < second.get_extent()[0]
    assert texts(axes) == ["benign", "asked for: malignant"]
    (frame,) = axes.lines
    assert set(frame.get_xdata()) == set(second.get_extent()[:2])


def test_bars_of_an_opinion_are_in_percent_from_the_first_class_at_the_top(axes):
    plot_opinion([0.9, 0.06, 0.04], TEXTURES, axes)
    heights = [bar.get_y() for bar in axes.patches]
    assert heights == sorted(heights, reverse=True)
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], [90, 6, 4])
    assert [text for text in texts(axes) if text.endswith("%")] == ["90 %", "6 %", "4 %"]
    assert [text for text in texts(axes) if not text.endswith("%")] == list(TEXTURES)


def test_the_composition_shows_both_cohorts_in_percent_with_an_interval_on_the_synthetic_one(axes):
    intervals = [(0.4, 0.6), (0.2, 0.4), (0.1, 0.3)]
    plot_composition([0.2, 0.3, 0.5], [0.5, 0.3, 0.2], TEXTURES, axes, intervals=intervals)
    real, synthetic = axes.containers
    np.testing.assert_allclose([bar.get_height() for bar in real], [20, 30, 50])
    np.testing.assert_allclose([bar.get_height() for bar in synthetic], [50, 30, 20])
    (lines,) = axes.collections
    np.testing.assert_allclose([line[:, 1] for line in lines.get_segments()], 100 * np.array(intervals))
    assert all(bar.get_hatch() for bar in synthetic)  # told apart without colour
    assert not any(bar.get_hatch() for bar in real)
    assert [label.get_text() for label in axes.get_xticklabels()] == list(TEXTURES)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["real", "synthetic"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda a: plot_one_latent(PAIR[0], NAMES, a, chosen=0),
            r"one for each of 2 classes; got .*\(4, 4\)",
        ),
        (lambda a: plot_one_latent(PAIR, TEXTURES, a, chosen=0), "one for each of 3 classes"),
        (lambda a: plot_one_latent(PAIR, NAMES, a, chosen=2), "chosen must be a class from 0 to 1; got 2"),
        (lambda a: plot_one_latent(PAIR * np.nan, NAMES, a, chosen=0), "images must be finite"),
        (lambda a: plot_opinion([0.5, 0.5], TEXTURES, a), "one number for each of 3"),
        (lambda a: plot_opinion([1.5, -0.5], NAMES, a), "probability must hold probabilities"),
        (lambda a: plot_composition([1.0], [0.5, 0.5], NAMES, a), "real must hold one number for each of 2"),
        (lambda a: plot_composition([0.5, 0.5], [50, 50], NAMES, a), "synthetic must hold probabilities"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.images
    assert not axes.patches
