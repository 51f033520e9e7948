"""Critics of the Wasserstein lesson: the loss they give, their scores, and the distance they read."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from ganlab.shapes import Interval, Values
from ganlab.validation import as_array, as_numpy, as_samples, same_shape
from ganlab.views.palette import CRITICS, DISCRIMINATOR, FAKE, QUIET, REAL, TRAINED


def plot_loss_landscape(
    x: Values, minimax: Values, wasserstein: Values, axes: Axes, *, real: Interval, fake: Interval
) -> Axes:
    """Draw what a fake would cost the generator at each place: the ground that it walks on.

    Parameters
    ----------
    x, minimax, wasserstein : array, shape (n,)
        Places, and the two losses there: log(1 - D), and the critic's -f up to a constant. Below -4 the
        drawing ends.
    axes : matplotlib.axes.Axes
    real, fake : pair (left, right)
        Where the two islands begin and end; an island without width is drawn as a line.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> plot_loss_landscape([0, 1], [-4, 0], [0, 1], axes, real=(0, 0.1), fake=(1, 1.1)).get_xlabel()
    'where a fake lies'
    """
    x, minimax = _line(x, minimax, "x", "minimax")
    x, wasserstein = _line(x, wasserstein, "x", "wasserstein")
    for (left, right), colour, label in ((real, REAL, "real island"), (fake, FAKE, "fake island")):
        thin = max(0.012 * float(x[-1] - x[0]) - (right - left), 0) / 2  # a line is still to be seen
        axes.axvspan(left - thin, right + thin, color=colour, alpha=0.35, linewidth=0, label=label)
    axes.plot(x, minimax, "--", color=TRAINED, linewidth=2.5, label="minimax loss")
    axes.plot(x, wasserstein, color=DISCRIMINATOR, label="Wasserstein loss")
    # The minimax loss falls far down on the real side; what matters is the ground near 0 and above.
    low, high = -4.0, max(2.0, wasserstein.max())
    axes.set(xlabel="where a fake lies", ylabel="generator's loss there")
    axes.set_xlim(float(x[0]), float(x[-1]))
    axes.set_ylim(low, high + 0.35 * (high - low))
    axes.legend(frameon=False, loc="upper center", fontsize=8, ncols=2)
    return axes


def plot_critics(position: Values, scores: Mapping[str, Values], axes: Axes, *, distance: float) -> Axes:
    """Draw critics' scores on the way from the fakes to the real samples, from 0 at the start.

    The broad line has slope 1: what the best 1-Lipschitz critic does on this way.

    Parameters
    ----------
    position : array, shape (n,)
        0 at the fakes.
    scores : mapping of name -> array, shape (n,)
        Three at most.
    axes : matplotlib.axes.Axes
    distance : number
        How far away the real samples are.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_critics([0, 1, 2], {"spectral norm": [0, 1, 2]}, Figure().subplots(), distance=2)
    >>> axes.get_ylabel()
    "critic's score, from 0 at the fakes"
    """
    _refuse_more_than_looks(scores, "scores")
    lines = {name: _line(position, values, "position", name) for name, values in scores.items()}
    axes.plot([0, distance], [0, distance], color=FAKE, linewidth=6, alpha=0.45, label="slope 1")
    for (name, (where, values)), look in zip(lines.items(), CRITICS, strict=False):
        axes.plot(where, values, color=look["color"], linestyle=look["linestyle"], linewidth=2, label=name)
    for place, name in ((0, "fake"), (distance, "real")):
        axes.axvline(place, color=QUIET, linewidth=1, linestyle=":")
        axes.annotate(name, (place, -0.7 * distance), (3, 0), textcoords="offset points", fontsize=8)
    axes.set(xlabel="way from fake to real", ylabel="critic's score, from 0 at the fakes")
    axes.set_ylim(-0.8 * distance, 2.4 * distance)
    axes.legend(frameon=False, loc="upper left", fontsize=8)
    return axes


def plot_readings(readings: Mapping[str, tuple[float, float]], axes: Axes, *, exact: float) -> Axes:
    """Draw what each critic reads for one distance: raw (filled), and divided by its steepest slope (open).

    Parameters
    ----------
    readings : mapping of name -> (raw, divided)
        Numbers > 0, three critics at most.
    axes : matplotlib.axes.Axes
        Its horizontal axis becomes logarithmic.
    exact : number > 0
        The distance itself, and a band of 10 % around it.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_readings({"clipping": (0.5, 1.8), "penalty": (2.2, 2.0)}, Figure().subplots(), exact=2)
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['clipping', 'penalty']
    """
    _refuse_more_than_looks(readings, "readings")
    values = {name: as_numpy(as_array(pair, name)) for name, pair in readings.items()}
    axes.axvspan(0.9 * exact, 1.1 * exact, color=REAL, alpha=0.2, linewidth=0, label="exact, ± 10 %")
    axes.axvline(exact, color=REAL)
    for row, ((_, (raw, divided)), look) in enumerate(zip(values.items(), CRITICS, strict=False)):
        first = row == 0
        axes.plot([raw, divided], [row, row], color=look["color"], linewidth=1)
        shape = {"marker": look["marker"], "markersize": 9, "linestyle": "none", "color": look["color"]}
        axes.plot(raw, row, **shape, label="dual estimate" if first else None)
        shape |= {"markerfacecolor": "white", "markersize": 7}
        axes.plot(divided, row, **shape, label="divided by steepest slope" if first else None)
    everything = [exact, *(abs(value) for pair in values.values() for value in pair)]
    axes.set(xscale="log", xlabel="distance read off (log scale)", ylabel="constraint")
    axes.set_xlim(min(*everything, 0.5 * exact) / 1.5, max(*everything, 2 * exact) * 1.5)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(-0.5, len(values) + 0.6)
    axes.legend(frameon=False, loc="upper center", fontsize=8, ncols=3, columnspacing=0.8, handletextpad=0.3)
    return axes


def _refuse_more_than_looks(critics, name):
    if not 1 <= len(critics) <= len(CRITICS):
        raise ValueError(f"{name} must hold one to {len(CRITICS)} critics; got {len(critics)}.")


def _line(x, y, x_name, y_name):
    x, y = as_numpy(as_samples(x, x_name)), as_numpy(as_samples(y, y_name))
    same_shape(x, y, x_name, y_name)
    return x, y
