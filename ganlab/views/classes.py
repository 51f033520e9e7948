"""Samples of a conditional generator: one of each class, the oracle's opinion of it, shares in a cohort."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Images, Values
from ganlab.validation import as_array, as_numpy, as_probabilities, as_samples, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL

BLACK, WHITE = 0.0, 1.25  # a.u.; the range of the simulated lesions


def plot_one_latent(images: Images, names: Sequence[str], axes: Axes, *, chosen: int) -> Axes:
    """Draw what one latent point becomes for each class, side by side; the class asked for is framed.

    Parameters
    ----------
    images : array, shape (classes, height, width)
        In a.u.
    names : sequence of str
        Of the classes.
    axes : matplotlib.axes.Axes
    chosen : int
        The place of the class asked for.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> images = [[[0.0, 1.0]] * 2, [[1.0, 0.0]] * 2]
    >>> axes = plot_one_latent(images, ["benign", "malignant"], Figure().subplots(), chosen=1)
    >>> axes.get_xlabel()
    'intensities from 0 (black) to 1.25 a.u. (white)'
    """
    images = as_numpy(as_samples(images, "images"))
    if images.ndim != 3 or len(images) != len(names):
        raise ValueError(f"images must be one for each of {len(names)} classes; got shape {images.shape}.")
    if chosen not in range(len(names)):
        raise ValueError(f"chosen must be a class from 0 to {len(names) - 1}; got {chosen!r}.")
    n, height, width = images.shape
    gap = width / 8
    for place, (image, name) in enumerate(zip(images, names, strict=True)):
        left = place * (width + gap)
        extent = (left, left + width, 0, height)
        axes.imshow(image, extent=extent, cmap="gray", vmin=BLACK, vmax=WHITE)
        asked = place == chosen
        look = {"weight": "bold", "color": DISCRIMINATOR} if asked else {"color": QUIET}
        title = f"asked for: {name}" if asked else name
        axes.text(left + width / 2, height * 1.03, title, ha="center", **look)
        if asked:
            right = left + width
            axes.plot([left, right, right, left, left], [0, 0, height, height, 0], color=FAKE, linewidth=4)
    axes.set(xlim=(-gap / 3, n * (width + gap) - gap * 2 / 3), ylim=(-gap / 3, height * 1.14), aspect="equal")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(f"intensities from {BLACK:g} (black) to {WHITE:g} a.u. (white)", fontsize=8)
    axes.spines[:].set_visible(False)
    return axes


def plot_opinion(probability: Values, names: Sequence[str], axes: Axes) -> Axes:
    """Draw how sure an oracle is of each class for one sample.

    Parameters
    ----------
    probability : array, shape (classes,), in [0, 1]
    names : sequence of str
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_opinion([0.9, 0.1], ["smooth", "rough"], Figure().subplots()).get_xlabel()
    "the oracle's probability (%)"
    """
    probability = _one_for_each(as_probabilities(probability, "probability"), names, "probability")
    places = np.arange(len(names))[::-1]
    axes.barh(places, 100 * probability, color=DISCRIMINATOR, height=0.5)
    for place, share in zip(places, 100 * probability, strict=True):
        at, side, colour = (share - 2, "right", "white") if share > 50 else (share + 2, "left", DISCRIMINATOR)
        axes.text(at, place, f"{share:.0f} %", va="center", ha=side, color=colour)
    for place, name in zip(places, names, strict=True):
        axes.text(1, place + 0.29, name, va="bottom")  # above its bar: names are long and figures narrow
    axes.set(yticks=[], ylim=(-0.4, len(names) - 0.3))
    axes.set(xlim=(0, 100), xlabel="the oracle's probability (%)")
    return axes


def plot_composition(
    real: Values, synthetic: Values, names: Sequence[str], axes: Axes, *, intervals: Array | None = None
) -> Axes:
    """Draw the shares of the kinds of patients in two cohorts side by side: real dark, synthetic light.

    Parameters
    ----------
    real, synthetic : array, shape (kinds,), in [0, 1]
        Shares that add up to 1.
    names : sequence of str
        Of the kinds.
    axes : matplotlib.axes.Axes
    intervals : array, shape (kinds, 2), or None
        Low and high of each synthetic share.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_composition([0.5, 0.5], [0.7, 0.3], ["smooth", "rough"], Figure().subplots()).get_ylabel()
    'share of the cohort (%)'
    """
    real = _one_for_each(as_probabilities(real, "real"), names, "real")
    synthetic = _one_for_each(as_probabilities(synthetic, "synthetic"), names, "synthetic")
    places = np.arange(len(names))
    axes.bar(places - 0.2, 100 * real, width=0.36, color=REAL, label="real")
    hatched = {"color": FAKE, "edgecolor": "k", "hatch": "//", "linewidth": 0.5}
    axes.bar(places + 0.2, 100 * synthetic, width=0.36, label="synthetic", **hatched)
    if intervals is not None:
        low, high = 100 * as_numpy(as_array(intervals, "intervals")).T
        same_shape(low, synthetic, "intervals", "synthetic")
        axes.vlines(places + 0.2, low, high, color=DISCRIMINATOR, linewidth=2)
    axes.set_xticks(places, names)
    axes.set(ylim=(0, 100), ylabel="share of the cohort (%)")
    axes.legend(frameon=False, loc="upper right", fontsize=8)
    return axes


def _one_for_each(shares, names, name):
    shares = as_numpy(shares)
    if shares.shape != (len(names),):
        raise ValueError(f"{name} must hold one number for each of {len(names)}; got shape {shares.shape}.")
    return shares
