"""One slice as a radiologist sees it, MR or CT, with regions outlined on top."""

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array
from ganlab.validation import as_numpy, as_samples, positive_number, same_shape
from ganlab.views.palette import FAKE, QUIET, REAL, colour_bar

SOFT_TISSUE = (-125.0, 225.0)  # level 50, width 350: a usual window for the abdomen


def plot_scan(image: Array | None, axes: Axes, *, title: str, region: Array | None = None) -> Axes:
    """Draw one MR scan in grey, from -1 (black, air) to 1 (white), and the outline of a region on it.

    Parameters
    ----------
    image : array, shape (height, width), or None
        In [-1, 1]; what lies outside is black or white. None draws an empty frame with a question mark:
        a scan that is not shown yet.
    axes : matplotlib.axes.Axes
    title : str
        What is shown, such as "T1, as scanned".
    region : bool array, same shape, or None
        Outlined, if any of it is True.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_scan(np.zeros((8, 8)), Figure().subplots(), title="T1").get_title()
    'T1'
    """
    axes.set_title(title, fontsize=10)
    axes.set(xticks=[], yticks=[])
    if image is None:
        axes.text(0.5, 0.5, "?", ha="center", va="center", fontsize=28, color=QUIET, transform=axes.transAxes)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        return axes
    image = _slice(image)
    picture = axes.imshow(image, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")
    colour_bar(picture, axes, "a.u.")
    if region is not None:
        region = np.asarray(region, bool)
        same_shape(region, image, "region", "image")
        _outline(region, axes)
    return axes


def plot_ct(
    image: Array, mask: Array, axes: Axes, *, spacing_mm: tuple[float, float], core: Array | None = None
) -> Axes:
    """Draw a CT slice in grey, the lesion's outline solid and that of its core dashed.

    The window is that of soft tissue, -125 to 225 HU: everything darker is black and everything brighter
    white, as on a reading screen.

    Parameters
    ----------
    image : array, shape (height, width)
        In HU.
    mask : array of bool, same shape
        The lesion.
    axes : matplotlib.axes.Axes
    spacing_mm : pair (row, column)
        Millimetres between neighbouring pixels.
    core : array of bool, same shape, or None
        A part of the lesion, such as its necrosis; may be empty.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> image = np.array([[-1000.0, 60.0], [0.0, 114.0]])
    >>> plot_ct(image, image == 60, Figure().subplots(), spacing_mm=(1, 1)).get_xlabel()
    'mm'
    """
    image = _slice(image)
    outlines = [("mask", mask, FAKE, "solid")] + ([] if core is None else [("core", core, REAL, "dashed")])
    for name, region, _, _ in outlines:
        same_shape(np.asarray(region), image, name, "image")
    row_mm, column_mm = (positive_number(length, "spacing_mm") for length in spacing_mm)
    low, high = SOFT_TISSUE
    height, width = image.shape
    extent = (0, width * column_mm, height * row_mm, 0)
    picture = axes.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent, interpolation="nearest")
    colour_bar(picture, axes, "HU")
    columns, rows = (np.arange(width) + 0.5) * column_mm, (np.arange(height) + 0.5) * row_mm
    for _, region, colour, style in outlines:
        region = np.asarray(region, float)
        if region.min() < 0.5 < region.max():
            # White below the colour: it stays visible on black, on grey and without colours.
            axes.contour(columns, rows, region, [0.5], colors="white", linewidths=2.6, linestyles="solid")
            axes.contour(columns, rows, region, [0.5], colors=colour, linewidths=1.4, linestyles=style)
    axes.set(xlabel="mm", ylabel="mm")
    return axes


def _slice(image):
    image = as_numpy(as_samples(image, "image"))
    if image.ndim != 2:
        raise ValueError(f"image must be one slice, shape (height, width); got {image.shape}.")
    return image


def _outline(region, axes):
    """The edges between pixels inside and outside, so that no pixel is covered."""
    padded = np.pad(region, 1)
    edges = {"colors": FAKE, "linewidths": 1.5}
    rows, columns = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    axes.hlines(rows - 0.5, columns - 0.5, columns + 0.5, **edges)
    rows, columns = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])
    axes.vlines(columns - 0.5, rows - 0.5, rows + 0.5, **edges)
