"""What an audit rests on: how far each feature is, which correlations broke, and every check's p-value."""

import numpy as np

from ganlab.validation import as_array, as_numpy, positive_number, same_shape
from ganlab.views.palette import FAKE, QUIET, REAL, TRAINED

# Conclusion: colour, marker, fill. The shape says it without the colour.
MARKS = {
    "close": (REAL, "o", REAL),
    "undecided": (QUIET, "o", "white"),
    "different": (FAKE, "^", FAKE),
}
OUTCOMES = {
    "close": MARKS["close"],
    "no defect": MARKS["close"],
    "undecided": MARKS["undecided"],
    "defect": MARKS["different"],
}
SMALLEST_P = 1e-9


def plot_feature_distances(names, distances, half_widths, conclusions, axes, *, margin):
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

    Raises
    ------
    ValueError
        If the lengths differ, a number is not finite, or a conclusion is another word.

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
    _known(conclusions, MARKS, "conclusions", len(distances))
    margin = positive_number(margin, "margin")
    rows = np.arange(len(distances))
    axes.axvspan(0, margin, color=REAL, alpha=0.08, linewidth=0)
    axes.axvline(margin, color=REAL, linewidth=1, linestyle="--")
    for conclusion, (colour, marker, fill) in MARKS.items():
        here = np.array([one == conclusion for one in conclusions])
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
    axes.set_ylabel("")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return axes


def plot_correlation_difference(names, difference, axes):
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

    Raises
    ------
    ValueError
        If the matrix is not square or does not fit the names.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> plot_correlation_difference(["area", "perimeter"], [[0, -0.9], [-0.9, 0]], axes).get_title()
    'correlation: synthetic minus real'
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
    axes.set_title("correlation: synthetic minus real", fontsize=9)
    axes.figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02).ax.tick_params(labelsize=8)
    return axes


def plot_checks(names, p_values, outcomes, axes, *, level):
    """Draw each check's corrected p-value on a logarithmic axis, with the level at which it accuses.

    Parameters
    ----------
    names : sequence of n str
    p_values : array, shape (n,), in (0, 1]
        Corrected over the checks. Those below 1e-9 are drawn there.
    outcomes : sequence of n str
        "close" or "no defect" (filled dot), "undecided" (hollow dot), "defect" (triangle).
    axes : matplotlib.axes.Axes
    level : number > 0

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the lengths differ, a p-value lies outside (0, 1], or an outcome is another word.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_checks(["copies"], [0.2], ["close"], Figure().subplots(), level=0.025).get_xscale()
    'log'
    """
    p_values = as_numpy(as_array(p_values, "p_values")).ravel()
    _known(outcomes, OUTCOMES, "outcomes", len(p_values))
    if len(names) != len(p_values) or (p_values <= 0).any() or (p_values > 1).any():
        raise ValueError("p_values must hold one number above 0 and at most 1 for every name.")
    level = positive_number(level, "level")
    axes.axvspan(SMALLEST_P / 3, level, color=FAKE, alpha=0.15, linewidth=0)
    axes.axvline(level, color=TRAINED, linewidth=1.5, linestyle="--")
    for row, (p_value, outcome) in enumerate(zip(p_values, outcomes, strict=True)):
        colour, marker, fill = OUTCOMES[outcome]
        axes.plot(max(p_value, SMALLEST_P), row, marker, color=colour, markerfacecolor=fill, markersize=8)
        axes.annotate(
            outcome, (1, row), xycoords=("axes fraction", "data"), xytext=(5, -3),
            textcoords="offset points", fontsize=8,
        )  # fmt: skip
    axes.set(xscale="log", xlim=(SMALLEST_P / 3, 3), xlabel="p-value, corrected (log scale)", ylabel="")
    axes.set_yticks(np.arange(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    return axes


def _known(words, known, name, n):
    strangers = sorted(set(words) - set(known))
    if strangers or len(words) != n:
        raise ValueError(
            f"{name} must hold {n} of the words {', '.join(known)}; got {len(words)}"
            + (f", among them {strangers[0]!r}." if strangers else ".")
        )
