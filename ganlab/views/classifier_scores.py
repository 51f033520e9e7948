"""What a classifier is worth: over many training cohorts, over their size, and arm against arm."""

import numpy as np

from ganlab.validation import as_array, as_numpy, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL


def plot_cohort_scores(scores, axes, *, always=None, always_label="everybody called benign"):
    """Draw each score as a row of dots, one for every training cohort, with their mean.

    Parameters
    ----------
    scores : dict of name -> array, shape (cohorts,), in [0, 1]
    axes : matplotlib.axes.Axes
    always : dict of name -> number in [0, 1], or None
        The same scores of a rule that needs no training.
    always_label : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a score is outside [0, 1], or `always` names other scores.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_cohort_scores({"accuracy": [0.9, 0.95]}, Figure().subplots()).get_xlabel()
    'score (%)'
    """
    names = list(scores)
    if always is not None and list(always) != names:
        raise ValueError(f"always must name the scores {', '.join(names)}; got {', '.join(always)}.")
    for row, name in enumerate(names):
        values = _shares(scores[name], name)
        # Side by side in the order of the cohorts, so that dots of one value do not hide each other.
        heights = row + np.linspace(-0.22, 0.22, len(values))
        axes.plot(100 * values, heights, "o", color=REAL, markersize=4, alpha=0.6, markeredgewidth=0)
        axes.plot([100 * values.mean()] * 2, [row - 0.33, row + 0.33], color=DISCRIMINATOR, linewidth=2.5)
    if always is not None:
        shares = [100 * _shares([always[name]], name)[0] for name in names]
        style = {"color": FAKE, "markersize": 10, "markeredgecolor": DISCRIMINATOR, "linestyle": "none"}
        axes.plot(shares, range(len(names)), "D", label=always_label, **style)
    axes.plot([], [], "o", color=REAL, markersize=4, label="one training cohort each")
    axes.plot([], [], color=DISCRIMINATOR, linewidth=2.5, label="their mean")
    axes.set(xlabel="score (%)", ylabel="what is measured", xlim=(-4, 104), ylim=(len(names) - 0.5, -0.5))
    axes.set_yticks(range(len(names)), names)
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return axes


def plot_learning_curve(sizes, training, held_out, axes, *, score="balanced accuracy"):
    """Draw a score in training and on held-out patients over the number of training patients.

    Parameters
    ----------
    sizes : array, shape (k,)
        Training patients.
    training, held_out : array, shape (repeats, k), in [0, 1]
        One row for every cohort that was drawn.
    axes : matplotlib.axes.Axes
    score : str

    Returns
    -------
    matplotlib.axes.Axes
        With the mean over cohorts as a line, and a band that holds the middle 95 % of them.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a score is outside [0, 1].

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_learning_curve([4, 8], [[1, 1], [1, 0.9]], [[0.7, 0.8], [0.6, 0.9]], Figure().subplots())
    >>> axes.get_xlabel()
    'training patients'
    """
    sizes = as_numpy(as_array(sizes, "sizes"))
    for values, name, colour, line, marker in (
        (training, "the patients trained on", FAKE, "--", "^"),
        (held_out, "patients held out", REAL, "-", "o"),
    ):
        values = _shares(values, name)
        if values.ndim != 2 or values.shape[1:] != sizes.shape:
            raise ValueError(f"{name}: expected shape (repeats, {len(sizes)}); got {values.shape}.")
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        axes.fill_between(sizes, 100 * low, 100 * high, color=colour, alpha=0.22, linewidth=0)
        axes.plot(sizes, 100 * values.mean(axis=0), line, marker=marker, color=colour, label=name)
    axes.set(xlabel="training patients", ylabel=f"{score} (%)", xscale="log")
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.minorticks_off()
    axes.axhline(100, color=QUIET, linewidth=1, linestyle=":")
    axes.legend(frameon=False, loc="lower right")
    return axes


def plot_trial(names, mean, low, high, axes, *, score, reference=None):
    """Draw the arms of a trial below each other, each a point with its 95 % interval.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    mean, low, high : array, shape (arms,)
    axes : matplotlib.axes.Axes
    score : str
        What was measured, with its unit.
    reference : number or None
        Where there would be nothing to find, such as 0 for differences.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the lengths differ, or a mean lies outside its interval.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_trial(["duplicates"], [0.04], [0.01], [0.07], Figure().subplots(), score="gain").get_xlabel()
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
    rows = np.arange(len(mean))
    reach = [mean - low, high - mean]
    axes.errorbar(mean, rows, xerr=reach, fmt="o", color=REAL, ecolor=DISCRIMINATOR, capsize=4, markersize=7)
    axes.set(xlabel=score, ylabel="arm", ylim=(len(mean) - 0.5, -0.5))
    axes.set_yticks(rows, names)
    return axes


def _shares(values, name):
    values = as_numpy(as_array(values, name)).astype(float)
    if values.size == 0 or values.min() < 0 or values.max() > 1:
        raise ValueError(f"{name}: a score is a share between 0 and 1; a percentage must be divided by 100.")
    return values
