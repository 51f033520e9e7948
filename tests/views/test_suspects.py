"""Views of suspected copies: the data as given, in words and units, and refusals."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from ganlab.views import plot_pairs, plot_roc, plot_scores

IMAGES = np.random.default_rng(0).uniform(0.2, 0.9, (3, 8, 6))


@pytest.fixture
def axes():
    return Figure().subplots()


def test_each_synthetic_image_stands_above_its_training_image_in_one_grey_scale(axes):
    other = IMAGES[::-1] / 2
    assert plot_pairs(IMAGES, other, axes, labels=["a", "b", "c"], intensity_range=(0, 1)) is axes
    (image,) = axes.images
    sheet = np.asarray(image.get_array())
    for pair in range(3):
        left = pair * 8  # six columns and a gap of two
        np.testing.assert_array_equal(sheet[:8, left : left + 6], IMAGES[pair])
        np.testing.assert_array_equal(sheet[9:, left : left + 6], other[pair])
    assert image.get_clim() == (0, 1)
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["synthetic", "nearest in train"]
    axes.figure.savefig(io.BytesIO(), format="png")


def test_without_a_range_the_darkest_is_black_and_the_brightest_white(axes):
    plot_pairs(IMAGES, IMAGES / 2, axes)
    assert axes.images[0].get_clim() == pytest.approx((IMAGES.min() / 2, IMAGES.max()))


def test_score_bars_are_shares_of_their_own_group(axes):
    assert plot_scores([0.0, 0.1, 0.9, 1.2], [0.8, 1.1], axes, threshold=0.5) is axes
    labels = axes.get_legend_handles_labels()[1]
    assert labels == ["held out (n = 2)", "synthetic (n = 4)", "threshold"]
    assert axes.get_xlabel() == "distance to train / spacing"
    assert axes.lines[0].get_xdata() == [0.5, 0.5]
    # An outlined histogram is one polygon whose tops are the bars: both groups reach what they should.
    tops = [patch.get_xy()[:, 1].max() for patch in axes.patches]
    assert sorted(tops) == pytest.approx([25, 50])


def test_roc_by_hand(axes):
    """Copies at 0.1 and 0.6, clean at 0.5 and 0.9; at 0.55 one copy is found and one innocent accused."""
    assert plot_roc([0.1, 0.6], [0.5, 0.9], axes, threshold=0.55) is axes
    _, curve, dot = axes.lines
    np.testing.assert_allclose(curve.get_xdata(), [0, 0, 50, 50, 100])
    np.testing.assert_allclose(curve.get_ydata(), [0, 50, 50, 100, 100])
    assert (dot.get_xdata(), dot.get_ydata()) == ([50], [50])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("clean images accused (%)", "copies found (%)")


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda axes: plot_pairs(IMAGES, IMAGES[:2], axes), "shape"),
        (lambda axes: plot_pairs(IMAGES[0], IMAGES[0], axes), "must hold images"),
        (lambda axes: plot_pairs(IMAGES, IMAGES, axes, labels=["a"]), "one for each of 3 pairs; got 1"),
        (lambda axes: plot_scores([np.nan], [1.0], axes), "synthetic must be finite"),
        (lambda axes: plot_scores([1.0], [], axes), "holdout"),
        (lambda axes: plot_roc([[1.0]], [1.0], axes), "copies must hold one finite score"),
    ],
)
def test_what_cannot_be_drawn_is_refused(axes, draw, complaint):
    with pytest.raises(ValueError, match=complaint):
        draw(axes)


def test_a_colour_bar_names_the_unit(axes):
    plot_pairs(IMAGES, IMAGES, axes, unit="HU")
    assert [bar.get_title() for bar in axes.figure.axes[1:]] == ["HU"]
