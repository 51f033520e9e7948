"""Numbers over a slider or over training."""

import numpy as np

from ganlab.validation import as_array, as_numpy, positive_integer, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL, TRAINED


def plot_value_curve(shifts, values, axes, *, here, optimal_value, trained_value=None):
    """Draw 2 JSD - log 4 over the position of q, and the value of the game measured at one position.

    Parameters
    ----------
    shifts, values : array, shape (n,)
        Positions of q, and 2 JSD - log 4 there (nats).
    axes : matplotlib.axes.Axes
    here : number
        The present position of q.
    optimal_value, trained_value : number
        V at `here` with the optimal and with a trained discriminator (nats).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ, or a value is not finite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> shifts, values = [-1, 0, 1], [-1.2, -1.386, -1.2]
    >>> plot_value_curve(shifts, values, Figure().subplots(), here=1, optimal_value=-1.2).get_ylabel()
    'value of the game (nats)'
    """
    shifts, values = as_numpy(as_array(shifts, "shifts")), as_numpy(as_array(values, "values"))
    same_shape(shifts, values, "shifts", "values")
    axes.plot(shifts, values, color=REAL, label="2 JSD − log 4")
    axes.axhline(0, color=QUIET, linewidth=1, linestyle=":")
    axes.axhline(-np.log(4), color=QUIET, linewidth=1, linestyle=":")
    axes.annotate("no overlap: 0", (shifts[0], 0), (2, 3), textcoords="offset points", fontsize=8)
    axes.annotate(
        "equilibrium: −log 4", (shifts[0], -np.log(4)), (2, 3), textcoords="offset points", fontsize=8
    )
    axes.plot(here, optimal_value, "o", color=DISCRIMINATOR, markersize=9, label="V(D*, G)")
    if trained_value is not None:
        axes.plot(
            here,
            trained_value,
            "D",
            color=TRAINED,
            markersize=7,
            markeredgecolor="k",
            label="V(trained D, G)",
        )
    axes.set(xlabel="mean of q", ylabel="value of the game (nats)", ylim=(-1.6, 0.2))
    axes.legend(frameon=False, loc="upper center", fontsize=8, bbox_to_anchor=(0.5, 0.93))
    return axes


def plot_history(history, axes, *, window=25):
    """Draw the discriminator's accuracy over training, smoothed, with the coin flip at 50 %.

    Parameters
    ----------
    history : ganlab.training.History
    axes : matplotlib.axes.Axes
    window : int >= 1
        Steps in the running mean.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `window` is not a whole number of 1 or more.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from ganlab.training import History
    >>> plot_history(History(), Figure().subplots()).get_ylabel()
    "discriminator's accuracy (%)"
    """
    accuracy = 100 * history.accuracy
    window = min(positive_integer(window, "window"), max(len(accuracy), 1))
    smooth = np.convolve(accuracy, np.ones(window) / window, mode="valid") if len(accuracy) else accuracy
    steps = history.step[window - 1 :] if len(accuracy) else accuracy
    axes.axhline(50, color=QUIET, linewidth=1, linestyle=":")
    axes.annotate("coin flip", (0, 50), (3, -11), textcoords="offset points", fontsize=8, color=QUIET)
    axes.plot(history.step, accuracy, color=FAKE, alpha=0.35, linewidth=0.8)
    axes.plot(steps, smooth, color=DISCRIMINATOR)
    axes.set(xlabel="training step", ylabel="discriminator's accuracy (%)", ylim=(0, 103))
    return axes
