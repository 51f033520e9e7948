"""MR scans side by side, all on one grey scale, with a region outlined."""

import numpy as np

from ganlab.validation import as_numpy, as_samples, same_shape
from ganlab.views.palette import FAKE, QUIET


def plot_scan(image, axes, *, title, region=None):
    """Draw one scan in grey, from -1 (black, air) to 1 (white), and the outline of a region on it.

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

    Raises
    ------
    ValueError
        If the image is not one slice, a value is not finite, or the region has another shape.

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
    image = as_numpy(as_samples(image, "image"))
    if image.ndim != 2:
        raise ValueError(f"image must be one slice, shape (height, width); got {image.shape}.")
    axes.imshow(image, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")
    if region is not None:
        region = np.asarray(region, bool)
        same_shape(region, image, "region", "image")
        _outline(region, axes)
    return axes


def _outline(region, axes):
    """The edges between pixels inside and outside, so that no pixel is covered."""
    padded = np.pad(region, 1)
    edges = {"colors": FAKE, "linewidths": 1.5}
    rows, columns = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    axes.hlines(rows - 0.5, columns - 0.5, columns + 0.5, **edges)
    rows, columns = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])
    axes.vlines(columns - 0.5, rows - 0.5, rows + 0.5, **edges)
