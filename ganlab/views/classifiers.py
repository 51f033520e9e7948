"""What a classifier is worth: metrics over cohorts and their size, arm against arm, and in patients."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Values
from ganlab.validation import as_array, as_numpy, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL

# Of patients, from the bottom of the grid; each is told by shape and by shade.
GROUPS = (
    ("malignant, missed", "X", DISCRIMINATOR),
    ("malignant, found", "s", REAL),
    ("benign, false alarm", "^", FAKE),
    ("benign, let go", ".", QUIET),
)
PER_ROW = 40


def plot_metrics(
    metrics: Mapping[str, Values], axes: Axes, *, always: Mapping[str, float] | None = None
) -> Axes:
    """Draw each metric as a row of dots, one for every training cohort, with their mean.

    Parameters
    ----------
    metrics : mapping of name -> array, shape (cohorts,), in [0, 1]
    axes : matplotlib.axes.Axes
    always : mapping of name -> number in [0, 1], or None
        The same metrics of the rule that calls everybody benign and needs no training.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_metrics({"accuracy": [0.9, 0.95]}, Figure().subplots()).get_xlabel()
    'metric (%)'
    """
    names = list(metrics)
    if always is not None and list(always) != names:
        raise ValueError(f"always must name the metrics {', '.join(names)}; got {', '.join(always)}.")
    for row, name in enumerate(names):
        values = _shares(metrics[name], name)
        # Side by side in the order of the cohorts, so that dots of one value do not hide each other.
        heights = row + np.linspace(-0.22, 0.22, len(values))
        axes.plot(100 * values, heights, "o", color=REAL, markersize=4, alpha=0.6, markeredgewidth=0)
        axes.plot([100 * values.mean()] * 2, [row - 0.33, row + 0.33], color=DISCRIMINATOR, linewidth=2.5)
    if always is not None:
        shares = [100 * _shares([always[name]], name)[0] for name in names]
        look = {"color": FAKE, "markersize": 10, "markeredgecolor": DISCRIMINATOR, "linestyle": "none"}
        axes.plot(shares, range(len(names)), "D", label="everybody called benign", **look)
    axes.plot([], [], "o", color=REAL, markersize=4, label="one training cohort each")
    axes.plot([], [], color=DISCRIMINATOR, linewidth=2.5, label="their mean")
    axes.set(xlabel="metric (%)", ylabel="what is measured", xlim=(-4, 104), ylim=(len(names) - 0.5, -0.5))
    axes.set_yticks(range(len(names)), names)
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return axes


def plot_learning_curve(sizes: Values, training: Array, held_out: Array, axes: Axes) -> Axes:
    """Draw balanced accuracy in training and on held-out patients over the number of training patients.

    Parameters
    ----------
    sizes : array, shape (k,)
        Training patients.
    training, held_out : array, shape (draws, k), in [0, 1]
        One row for every cohort that was drawn.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes
        With the mean over cohorts as a line, and a band that holds the middle 95 % of them.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_learning_curve([4, 8], [[1, 1], [1, 0.9]], [[0.7, 0.8], [0.6, 0.9]], Figure().subplots())
    >>> axes.get_xlabel()
    'training patients'
    """
    sizes = as_numpy(as_array(sizes, "sizes"))
    for values, name, label, colour, line, marker in (
        (training, "training", "the patients trained on", FAKE, "--", "^"),
        (held_out, "held_out", "patients held out", REAL, "-", "o"),
    ):
        values = _shares(values, name)
        if values.ndim != 2 or values.shape[1:] != sizes.shape:
            raise ValueError(f"{name} must have shape (draws, {len(sizes)}); got {values.shape}.")
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        axes.fill_between(sizes, 100 * low, 100 * high, color=colour, alpha=0.22, linewidth=0)
        axes.plot(sizes, 100 * values.mean(axis=0), line, marker=marker, color=colour, label=label)
    axes.set(xlabel="training patients", ylabel="balanced accuracy (%)", xscale="log")
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.minorticks_off()
    axes.axhline(100, color=QUIET, linewidth=1, linestyle=":")
    axes.legend(frameon=False, loc="lower right")
    return axes


def plot_trial(
    names: Sequence[str],
    mean: Values,
    low: Values,
    high: Values,
    axes: Axes,
    *,
    metric: str,
    reference: float | None = None,
) -> Axes:
    """Draw the arms of a trial below each other, each a point with its 95 % interval.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    mean, low, high : array, shape (arms,)
    axes : matplotlib.axes.Axes
    metric : str
        What was measured, with its unit.
    reference : number or None
        Where there would be nothing to find, such as 0 for differences.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_trial(["duplicates"], [0.04], [0.01], [0.07], Figure().subplots(), metric="gain").get_xlabel()
    'gain'
    """
    mean, low, high = (
        as_numpy(as_array(values, name)) for values, name in ((mean, "mean"), (low, "low"), (high, "high"))
    )
    same_shape(mean, low, "mean", "low")
    same_shape(mean, high, "mean", "high")
    if len(names) != len(mean):
        raise ValueError(f"there are {len(names)} names and {len(mean)} means.")
    if (low > mean).any() or (mean > high).any():
        raise ValueError("a mean lies outside its interval: low <= mean <= high is expected.")
    if reference is not None:
        axes.axvline(reference, color=QUIET, linewidth=1, linestyle=":")
    rows, reach = np.arange(len(mean)), [mean - low, high - mean]
    axes.errorbar(mean, rows, xerr=reach, fmt="o", color=REAL, ecolor=DISCRIMINATOR, capsize=4, markersize=7)
    axes.set(xlabel=metric, ylabel="arm", ylim=(len(mean) - 0.5, -0.5))
    axes.set_yticks(rows, names)
    return axes


def plot_patient_grid(missed: int, found: int, false_alarms: int, let_go: int, axes: Axes) -> Axes:
    """Draw one symbol per patient: the malignant ones first, missed before found, then the benign ones.

    Parameters
    ----------
    missed, found, false_alarms, let_go : int >= 0
        Patients: malignant and not called so, malignant and called so, benign and called malignant, benign
        and called so.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_patient_grid(1, 3, 0, 96, Figure().subplots())
    >>> [text.get_text() for text in axes.get_legend().get_texts()][:2]
    ['1 malignant, missed', '3 malignant, found']
    """
    counts = [missed, found, false_alarms, let_go]
    if any(count != int(count) or count < 0 for count in counts) or not sum(counts):
        raise ValueError(f"patients are counted in whole numbers, one at least; got {counts}.")
    groups = np.split(np.arange(sum(counts)), np.cumsum(counts)[:-1])
    for (name, marker, colour), places in zip(GROUPS, groups, strict=True):
        look = {"color": colour, "markersize": 3 if marker == "." else 6, "markeredgewidth": 0}
        label = f"{len(places)} {name}"
        axes.plot(places % PER_ROW, places // PER_ROW, marker, linestyle="none", label=label, **look)
    axes.set(xlim=(-1, PER_ROW), ylim=(-1, (sum(counts) - 1) // PER_ROW + 1), xticks=[], yticks=[])
    axes.set(xlabel=f"one symbol is one of {sum(counts):,} patients", ylabel="malignant below, benign above")
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return axes


def _shares(values, name):
    values = as_numpy(as_array(values, name)).astype(float)
    if values.size == 0 or values.min() < 0 or values.max() > 1:
        raise ValueError(f"{name} must hold shares between 0 and 1; a percentage must be divided by 100.")
    return values
