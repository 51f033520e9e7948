"""One scan on a fixed grey scale, its region outlined between pixels, and a frame for what is hidden."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from ganlab.views import plot_scan


def drawn(image, region=None):
    return plot_scan(image, Figure().subplots(), title="T2", region=region)


def test_grey_runs_from_minus_one_to_one_whatever_the_scan_holds():
    (picture,) = drawn(np.full((4, 4), 0.3)).images
    assert picture.get_clim() == (-1, 1)
    assert (np.asarray(picture.get_array()) == 0.3).all()


def test_a_region_of_one_pixel_is_outlined_by_its_four_edges():
    region = np.zeros((5, 5), bool)
    region[1, 3] = True
    axes = drawn(np.zeros((5, 5)), region)
    segments = {tuple(map(tuple, line)) for lines in axes.collections for line in lines.get_segments()}
    assert segments == {
        ((2.5, 0.5), (3.5, 0.5)),
        ((2.5, 1.5), (3.5, 1.5)),
        ((2.5, 0.5), (2.5, 1.5)),
        ((3.5, 0.5), (3.5, 1.5)),
    }


def test_a_hidden_scan_is_a_question_mark_and_no_image():
    axes = drawn(None)
    assert not axes.images
    assert [text.get_text() for text in axes.texts] == ["?"]


@pytest.mark.parametrize(
    ("image", "region", "message"),
    [
        (np.zeros((1, 4, 4)), None, r"one slice, shape \(height, width\)"),
        (np.full((4, 4), np.nan), None, "image must be finite"),
        (np.zeros((4, 4)), np.zeros((3, 4), bool), "same shape"),
    ],
)
def test_wrong_input_is_named(image, region, message):
    with pytest.raises(ValueError, match=message):
        drawn(image, region)


def test_a_colour_bar_names_the_unit_and_a_hidden_scan_has_none():
    assert [bar.get_title() for bar in drawn(np.zeros((4, 4))).figure.axes[1:]] == ["a.u."]
    assert len(drawn(None).figure.axes) == 1
