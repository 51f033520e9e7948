"""Radiomic features compared: the same patients twice, or a synthetic cohort with a real one."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Values
from ganlab.validation import as_array, as_numpy, positive_number, same_shape
from ganlab.views.palette import FAKE, QUIET, REAL, colour_bar

# What is concluded of a feature: colour, marker, fill. The shape says it without the colour.
MARKS = {
    "close": (REAL, "o", REAL),
    "undecided": (QUIET, "o", "white"),
    "different": (FAKE, "^", FAKE),
}


def plot_agreement(
    first: Values,
    second: Values,
    axes: Axes,
    *,
    labels: tuple[str, str] = ("first", "second"),
    name: str = "feature",
) -> Axes:
    """Draw each patient measured twice, with the line on which both measurements are equal.

    Points along another line are correlated without agreeing: only on the dashed one does the number mean
    the same both times.

    Parameters
    ----------
    first, second : array, shape (n,)
        The same patients in the same order.
    axes : matplotlib.axes.Axes
    labels : pair of str
        What was different the second time.
    name : str
        What was measured, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_agreement([1, 2], [2, 4], Figure().subplots(), labels=("soft", "sharp"), name="mean (HU)")
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('soft', 'sharp')
    """
    first, second = (
        as_numpy(as_array(values, label)) for values, label in ((first, "first"), (second, "second"))
    )
    same_shape(first, second, "first", "second")
    both = np.concatenate([first, second])
    margin = 0.05 * (np.ptp(both) or 1.0)
    ends = (both.min() - margin, both.max() + margin)
    axes.plot(ends, ends, "--", color=QUIET, linewidth=1, label="equal")
    axes.plot(first, second, "o", color=REAL, markersize=4, alpha=0.7, markeredgewidth=0)
    axes.set(xlim=ends, ylim=ends, xlabel=labels[0], ylabel=labels[1], title=name)
    return axes


def plot_feature_shifts(
    names: Sequence[str], before: Values, after: Values, spread: Values, axes: Axes
) -> Axes:
    """Draw how far features of one patient moved, in units of how much patients differ, with the numbers.

    Parameters
    ----------
    names : sequence of str, length n
    before, after : array, shape (n,)
        The features of one patient; NaN where one is not defined.
    spread : array, shape (n,), > 0
        Standard deviation of each feature between patients.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_feature_shifts(["Mean (HU)"], [80.0], [70.0], [20.0], Figure().subplots())
    >>> [text.get_text() for text in axes.texts]
    ['80 → 70']
    """
    before, after, spread = (np.asarray(values, float) for values in (before, after, spread))
    for values, label in ((before, "before"), (after, "after"), (spread, "spread")):
        if values.shape != (len(names),):
            raise ValueError(f"{label} must hold one number for each of {len(names)} names.")
    if not (spread > 0).all():
        raise ValueError("spread must be above 0: a feature that is the same in everybody has no scale.")
    moved = np.clip((after - before) / spread, -4, 4)
    places = np.arange(len(names))[::-1]
    axes.axvspan(-1, 1, color=QUIET, alpha=0.12, linewidth=0)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.hlines(places, 0, np.nan_to_num(moved), color=FAKE, linewidth=2)
    axes.plot(np.zeros(len(names)), places, "o", color=REAL, markersize=6, label="before")
    axes.plot(moved, places, "^", color=FAKE, markersize=8, markeredgecolor="k", label="after")
    for place, start, end in zip(places, before, after, strict=True):
        words = f"{start:.3g} → {end:.3g}" if np.isfinite(end) else f"{start:.3g} → undefined"
        axes.annotate(words, (4.2, place), va="center", fontsize=8, annotation_clip=False)
    axes.set_yticks(places, names, fontsize=8)
    axes.set(xlim=(-4.2, 4.2), ylim=(-0.7, len(names) - 0.3))
    axes.set(xlabel="moved by (standard deviations between patients)", xticks=(-4, -2, 0, 2, 4))
    return axes


def plot_feature_distances(
    names: Sequence[str],
    distances: Values,
    half_widths: Values,
    conclusions: Sequence[str],
    axes: Axes,
    *,
    margin: float,
) -> Axes:
    """Draw how far each feature is from the real cohort, with its 95 % interval and the margin.

    Parameters
    ----------
    names : sequence of n str
    distances, half_widths : array, shape (n,)
        Wasserstein distance and half of its 95 % interval, in real standard deviations (>= 0).
    conclusions : sequence of n str
        "close" (filled dot), "undecided" (hollow dot) or "different" (triangle).
    axes : matplotlib.axes.Axes
    margin : number > 0
        What is close enough, in the same unit.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> plot_feature_distances(["area"], [0.1], [0.05], ["close"], axes, margin=0.25).get_xlabel()
    'distance W1 (real standard deviations)'
    """
    distances, half_widths = (
        as_numpy(as_array(values, name)).ravel()
        for values, name in ((distances, "distances"), (half_widths, "half_widths"))
    )
    same_shape(distances, half_widths, "distances", "half_widths")
    strangers = sorted(set(conclusions) - set(MARKS))
    if strangers or len(conclusions) != len(distances):
        raise ValueError(
            f"conclusions must hold {len(distances)} of the words {', '.join(MARKS)}; got {len(conclusions)}"
            + (f", among them {strangers[0]!r}." if strangers else ".")
        )
    margin = positive_number(margin, "margin")
    rows = np.arange(len(distances))
    axes.axvspan(0, margin, color=REAL, alpha=0.08, linewidth=0)
    axes.axvline(margin, color=REAL, linewidth=1, linestyle="--")
    for conclusion, (colour, marker, fill) in MARKS.items():
        here = np.array(conclusions) == conclusion
        low = np.minimum(half_widths, distances)  # a distance is never below 0
        axes.errorbar(
            distances[here],
            rows[here],
            xerr=[low[here], half_widths[here]],
            fmt=marker,
            color=colour,
            markerfacecolor=fill,
            markersize=6,
            linewidth=1.2,
            label=f"{conclusion} ({here.sum()})",
        )
    axes.set_yticks(rows, names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, max(2.2 * margin, 1.05 * (distances + half_widths).max()))
    axes.set_xlabel("distance W1 (real standard deviations)")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return axes


def plot_correlation_difference(names: Sequence[str], difference: Array, axes: Axes) -> Axes:
    """Draw how much each correlation differs from the real cohort's, as a square of colours.

    Purple: weaker or more negative than among the reals; orange: stronger. White: as it should be.

    Parameters
    ----------
    names : sequence of p str
    difference : array, shape (p, p)
        Synthetic minus real correlation, in [-2, 2].
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_correlation_difference(["area", "perimeter"], [[0, -0.9], [-0.9, 0]], Figure().subplots())
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['area', 'perimeter']
    """
    difference = as_numpy(as_array(difference, "difference"))
    if difference.shape != (len(names), len(names)):
        raise ValueError(
            f"difference must be square, one row and column for each of {len(names)} names; "
            f"got {difference.shape}."
        )
    image = axes.imshow(difference, cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
    axes.set_xticks([])
    axes.set_yticks(np.arange(len(names)), names, fontsize=8)
    colour_bar(image, axes, "")
    return axes
