"""Suspected copies beside the patients they resemble, and how well a threshold tells them apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Images, Interval, Values
from ganlab.validation import as_array, as_numpy, as_samples, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL, colour_bar


def plot_pairs(
    synthetic: Images,
    train: Images,
    axes: Axes,
    *,
    labels: Sequence[str] | None = None,
    intensity_range: Interval | None = None,
    unit: str = "a.u.",
) -> Axes:
    """Draw synthetic images above the training images they are nearest to, pair by pair.

    Parameters
    ----------
    synthetic, train : array, shape (n, height, width)
        Image i of one belongs to image i of the other.
    axes : matplotlib.axes.Axes
    labels : n strings, optional
        Written above each pair.
    intensity_range : pair (low, high), optional
        Drawn black and white, for all images alike; the range of all that are given unless stated.
    unit : str
        Of the intensities, named at the colour bar.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> images = np.arange(32.0).reshape(2, 4, 4)
    >>> axes = plot_pairs(images, images, Figure().subplots(), labels=["a", "b"])
    >>> [text.get_text() for text in axes.texts]
    ['a', 'b']
    """
    synthetic, train = as_numpy(as_samples(synthetic, "synthetic")), as_numpy(as_samples(train, "train"))
    same_shape(synthetic, train, "synthetic", "train")
    if synthetic.ndim != 3:
        raise ValueError(f"synthetic must hold images, shape (n, height, width); got {synthetic.shape}.")
    if labels is not None and len(labels) != len(synthetic):
        raise ValueError(f"labels must be one for each of {len(synthetic)} pairs; got {len(labels)}.")
    both = np.stack([synthetic, train])
    low, high = intensity_range or (both.min(), both.max())
    n, height, width = synthetic.shape
    gap = max(2, width // 10)
    sheet = np.full((2 * height + 1, n * (width + gap) - gap), np.nan)
    for pair, (above, below) in enumerate(zip(synthetic, train, strict=True)):
        left = pair * (width + gap)
        sheet[:height, left : left + width] = above
        sheet[height + 1 :, left : left + width] = below
        if labels is not None:
            axes.text(left + width / 2, -1.5, labels[pair], ha="center", va="bottom", fontsize=9)
    picture = axes.imshow(sheet, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    colour_bar(picture, axes, unit)
    axes.set_yticks([height / 2, 1.5 * height + 1], ["synthetic", "nearest in train"])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes


def plot_scores(synthetic: Values, holdout: Values, axes: Axes, *, threshold: float | None = None) -> Axes:
    """Draw the scores of synthetic images over those of held-out patients, whom the generator never saw.

    Parameters
    ----------
    synthetic, holdout : array, shape (n,) and (m,), >= 0
        Distance to the nearest training image, in units of that image's own spacing. Small is suspicious.
    axes : matplotlib.axes.Axes
    threshold : number, optional
        An image that scores below it is accused.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_scores([0.0, 0.9], [0.8, 1.1], Figure().subplots(), threshold=0.5)
    >>> axes.get_ylabel()
    'share of images (%)'
    """
    synthetic, holdout = _scores(synthetic, "synthetic"), _scores(holdout, "holdout")
    bins = np.linspace(0, 1.02 * max(synthetic.max(), holdout.max(), 1e-9), 41)
    for scores, colour, look, label in (
        (holdout, REAL, {"alpha": 0.35, "histtype": "stepfilled"}, "held out"),
        (synthetic, FAKE, {"linewidth": 2, "histtype": "step"}, "synthetic"),
    ):
        weights = np.full(len(scores), 100 / len(scores))
        axes.hist(scores, bins, weights=weights, color=colour, label=f"{label} (n = {len(scores)})", **look)
    if threshold is not None:
        axes.axvline(threshold, color=DISCRIMINATOR, linestyle="--", label="threshold")
    axes.set(xlabel="distance to train / spacing", ylabel="share of images (%)", xlim=(0, bins[-1]))
    axes.legend(frameon=False, fontsize=8)
    return axes


def plot_roc(copies: Values, clean: Values, axes: Axes, *, threshold: float | None = None) -> Axes:
    """Draw the share of copies found against the share of clean images accused, over all thresholds.

    Parameters
    ----------
    copies, clean : array, shape (n,) and (m,), >= 0
        Scores; an image below the threshold is accused.
    axes : matplotlib.axes.Axes
    threshold : number, optional
        Marked on the curve.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_roc([0.1, 0.2], [0.8, 1.1], Figure().subplots(), threshold=0.5)
    >>> [float(share) for share in (*axes.lines[-1].get_xdata(), *axes.lines[-1].get_ydata())]
    [0.0, 100.0]
    """
    copies, clean = _scores(copies, "copies"), _scores(clean, "clean")
    thresholds = np.append(np.unique(np.concatenate([copies, clean])), np.inf)
    found, accused = (100 * (scores < thresholds[:, None]).mean(axis=1) for scores in (copies, clean))
    axes.plot([0, 100], [0, 100], ":", color=QUIET, linewidth=1)
    axes.annotate("guessing", (70, 70), (4, -12), textcoords="offset points", fontsize=8, color=QUIET)
    axes.plot(accused, found, color=FAKE, linewidth=2)
    if threshold is not None:
        here = [100 * (clean < threshold).mean()], [100 * (copies < threshold).mean()]
        axes.plot(*here, "o", color=DISCRIMINATOR, markersize=9)
    axes.set(xlabel="clean images accused (%)", ylabel="copies found (%)", xlim=(-3, 103), ylim=(-3, 103))
    return axes


def _scores(values, name):
    values = as_numpy(as_array(values, name)).astype(float)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"{name} must hold one finite score for each image; got shape {values.shape}.")
    return values
