"""The view of a CT slice: the window, the outlines where the masks are, and refusals."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ganlab.views import plot_ct
from ganlab.views.palette import FAKE, REAL

IMAGE = np.linspace(-1000, 200, 48).reshape(6, 8)
MASK = np.zeros((6, 8), bool)
MASK[2:4, 3:6] = True
CORE = np.zeros((6, 8), bool)
CORE[2, 4] = True


@pytest.fixture
def axes():
    return Figure().subplots()


def test_it_returns_the_axes_it_was_given_in_mm_and_renders(axes):
    assert plot_ct(IMAGE, MASK, axes, spacing_mm=(0.5, 0.25)) is axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("mm", "mm")
    assert axes.get_xlim() == (0, 2.0)
    assert axes.get_ylim() == (3.0, 0)  # the first row of the image is at the top
    axes.figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("kind", [np.asarray, list, torch.tensor])
def test_the_image_is_drawn_as_given_in_the_window_of_soft_tissue(kind, axes):
    plot_ct(kind(IMAGE), MASK, axes, spacing_mm=(1, 1))
    (drawn,) = axes.images
    np.testing.assert_allclose(drawn.get_array(), IMAGE)
    assert drawn.get_clim() == (-125, 225)


def outlines(axes, colour):
    """Corners of the contour of this colour: (smallest x, largest x, smallest y, largest y)."""
    found = [lines for lines in axes.collections if to_hex(lines.get_edgecolor()[0]) == colour.lower()]
    points = np.concatenate([path.vertices for lines in found for path in lines.get_paths()])
    return (*np.quantile(points[:, 0], (0, 1)), *np.quantile(points[:, 1], (0, 1)))


def test_outlines_run_half_way_between_pixels_inside_and_outside(axes):
    """Pixels of 2 mm by 1 mm: rows 2 and 3 end at 4 and 8 mm, columns 3 to 5 at 3 and 6 mm."""
    plot_ct(IMAGE, MASK, axes, spacing_mm=(2, 1), core=CORE)
    assert outlines(axes, FAKE) == pytest.approx((3, 6, 4, 8))
    assert outlines(axes, REAL) == pytest.approx((4, 5, 4, 6))


@pytest.mark.parametrize("mask", [np.zeros((6, 8), bool), np.ones((6, 8), bool)])
def test_a_mask_without_an_edge_draws_no_line(mask, axes):
    plot_ct(IMAGE, mask, axes, spacing_mm=(1, 1), core=mask)
    assert not axes.collections


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image": IMAGE[None]}, r"one slice, shape \(height, width\); got \(1, 6, 8\)"),
        ({"image": IMAGE * np.nan}, "image must be finite"),
        ({"mask": MASK[:4]}, "mask and image must have the same shape"),
        ({"core": MASK[:, :4]}, "core and image must have the same shape"),
        ({"spacing_mm": (0, 1)}, "spacing_mm must be a finite number above 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(arguments, message, axes):
    arguments = {"image": IMAGE, "mask": MASK, "spacing_mm": (1, 1), **arguments}
    with pytest.raises(ValueError, match=message):
        plot_ct(arguments.pop("image"), arguments.pop("mask"), axes, **arguments)
    assert not axes.images


def test_a_colour_bar_names_the_unit(axes):
    plot_ct(IMAGE, MASK, axes, spacing_mm=(1, 1))
    assert [bar.get_title() for bar in axes.figure.axes[1:]] == ["HU"]
