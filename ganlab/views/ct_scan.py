"""One CT slice as a radiologist sees it: a window of Hounsfield units, and outlines on top."""

import numpy as np

from ganlab.validation import as_numpy, as_samples, positive_number, same_shape
from ganlab.views.palette import FAKE, REAL

SOFT_TISSUE = (-125.0, 225.0)  # level 50, width 350: a usual window for the abdomen


def plot_ct(image, mask, axes, *, spacing_mm, core=None, window=SOFT_TISSUE):
    """Draw a slice in grey, the lesion's outline solid and that of its core dashed.

    Everything darker than the window is black and everything brighter is white, as on a reading screen.

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
    window : pair (low, high)
        The HU that are drawn black and white.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a shape is another, an intensity is not finite or the window is not two numbers in order.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> image = np.array([[-1000.0, 60.0], [0.0, 114.0]])
    >>> plot_ct(image, image == 60, Figure().subplots(), spacing_mm=(1, 1)).get_xlabel()
    'mm'
    """
    image = as_numpy(as_samples(image, "image"))
    if image.ndim != 2:
        raise ValueError(f"image must be one slice, shape (height, width); got {image.shape}.")
    outlines = [("mask", mask, FAKE, "solid")] + ([] if core is None else [("core", core, REAL, "dashed")])
    for name, region, _, _ in outlines:
        same_shape(np.asarray(region), image, name, "image")
    row_mm, column_mm = (positive_number(length, "spacing_mm") for length in spacing_mm)
    low, high = map(float, window)
    if not low < high:
        raise ValueError(f"window must be two numbers (low, high) in order; got {window!r}.")
    height, width = image.shape[0] * row_mm, image.shape[1] * column_mm
    axes.imshow(
        image, cmap="gray", vmin=low, vmax=high, extent=(0, width, height, 0), interpolation="nearest"
    )
    columns = (np.arange(image.shape[1]) + 0.5) * column_mm
    rows = (np.arange(image.shape[0]) + 0.5) * row_mm
    for _, region, colour, style in outlines:
        region = np.asarray(region, float)
        if region.min() < 0.5 < region.max():
            # White below the colour: it stays visible on black, on grey and without colours.
            axes.contour(columns, rows, region, [0.5], colors="white", linewidths=2.6, linestyles="solid")
            axes.contour(columns, rows, region, [0.5], colors=colour, linewidths=1.4, linestyles=style)
    axes.set(xlabel="mm", ylabel="mm")
    return axes
