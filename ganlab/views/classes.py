"""What a conditional generator made of a class, what an oracle says to it, what a cohort of them holds."""

import numpy as np

from ganlab.validation import as_array, as_numpy, as_probabilities, as_samples, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL


def plot_one_latent(images, names, axes, *, chosen, limits=(0.0, 1.25), unit="a.u."):
    """Draw what one latent point becomes for each class, side by side; the class asked for is framed.

    Parameters
    ----------
    images : array, shape (classes, height, width)
        In the unit of `limits`.
    names : sequence of str
        Of the classes.
    axes : matplotlib.axes.Axes
    chosen : int
        The place of the class asked for.
    limits : pair of numbers
        The intensities drawn black and white.
    unit : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is not one image for each name, or no class `chosen`.

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
        axes.imshow(image, extent=extent, cmap="gray", vmin=limits[0], vmax=limits[1])
        asked = place == chosen
        title = f"asked for: {name}" if asked else name
        weight, colour = ("bold", DISCRIMINATOR) if asked else ("normal", QUIET)
        axes.text(left + width / 2, height * 1.03, title, ha="center", weight=weight, color=colour)
        if asked:
            axes.plot(
                [left, left + width, left + width, left, left],
                [0, 0, height, height, 0],
                color=FAKE,
                linewidth=4,
            )
    axes.set(xlim=(-gap / 3, n * (width + gap) - gap * 2 / 3), ylim=(-gap / 3, height * 1.14), aspect="equal")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(f"intensities from {limits[0]:g} (black) to {limits[1]:g} {unit} (white)", fontsize=8)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def plot_opinion(probability, names, axes, *, judge="oracle"):
    """Draw how sure a judge is of each class for one sample.

    Parameters
    ----------
    probability : array, shape (classes,), in [0, 1]
    names : sequence of str
    axes : matplotlib.axes.Axes
    judge : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is not one probability for each name.

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
    axes.set(xlim=(0, 100), xlabel=f"the {judge}'s probability (%)")
    return axes


def plot_composition(real, fake, names, axes, *, intervals=None, kinds=("real patients", "generated")):
    """Draw the shares of a cohort's kinds beside those of another: real dark, generated light.

    Parameters
    ----------
    real, fake : array, shape (kinds,), in [0, 1]
        Shares that add up to 1.
    names : sequence of str
        Of the kinds.
    axes : matplotlib.axes.Axes
    intervals : array, shape (kinds, 2), or None
        Low and high of each generated share.
    kinds : pair of str
        What the two are called.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is not one share for each name on both sides, or a share is not in [0, 1].

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_composition([0.5, 0.5], [0.7, 0.3], ["smooth", "rough"], Figure().subplots()).get_ylabel()
    'share of the cohort (%)'
    """
    real = _one_for_each(as_probabilities(real, "real"), names, "real")
    fake = _one_for_each(as_probabilities(fake, "fake"), names, "fake")
    places = np.arange(len(names))
    axes.bar(places - 0.2, 100 * real, width=0.36, color=REAL, label=kinds[0])
    axes.bar(
        places + 0.2,
        100 * fake,
        width=0.36,
        color=FAKE,
        edgecolor="k",
        hatch="//",
        linewidth=0.5,
        label=kinds[1],
    )
    if intervals is not None:
        low, high = 100 * as_numpy(as_array(intervals, "intervals")).T
        same_shape(low, fake, "intervals", "fake")
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
