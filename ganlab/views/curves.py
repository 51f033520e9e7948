"""Curves over one number: densities, discriminators, distances over a position, losses over the score."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from ganlab.shapes import Values
from ganlab.validation import as_array, as_densities, as_numpy, as_probabilities, as_samples, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, LOSSES, QUIET, REAL, TRAINED


def plot_densities(
    x: Values,
    p: Values,
    q: Values,
    axes: Axes,
    *,
    labels: tuple[str, str] = ("real, p", "fake, q"),
    quantity: str = "x",
) -> Axes:
    """Draw two densities over the same points: the first dark and solid, the second light and dashed.

    Parameters
    ----------
    x, p, q : array, shape (n,)
        Points, and the two densities there (>= 0).
    axes : matplotlib.axes.Axes
    labels : pair of str
    quantity : str
        What x is, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_densities([0, 1, 2], [0.5, 0.5, 0], [0, 0.5, 0.5], Figure().subplots(), quantity="x (mm)")
    >>> axes.get_ylabel()
    'density (per unit of x)'
    """
    x, (p, q) = _points(x), map(as_numpy, as_densities(p, q))
    same_shape(x, p, "x", "p")
    for density, colour, line, label in zip((p, q), (REAL, FAKE), ("-", "--"), labels, strict=True):
        axes.fill_between(x, density, color=colour, alpha=0.25, linewidth=0)
        axes.plot(x, density, line, color=colour, label=label)
    axes.set(xlabel=quantity, ylabel=f"density (per unit of {quantity.split(' (')[0]})")
    axes.set_xlim(float(x[0]), float(x[-1]))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return axes


def plot_discriminator(
    x: Values, optimal: Values, axes: Axes, *, trained: Values | None = None, quantity: str = "x"
) -> Axes:
    """Draw the optimal discriminator, and a trained one on top of it, with the coin flip at 1/2.

    Parameters
    ----------
    x, optimal : array, shape (n,)
        Points, and D*(x) in [0, 1].
    axes : matplotlib.axes.Axes
    trained : array, shape (n,), or None
        A trained discriminator's probabilities at the same points; raw scores need a sigmoid first.
    quantity : str
        What x is, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_discriminator([0, 1, 2], [0.9, 0.5, 0.1], Figure().subplots())
    >>> [line.get_label() for line in axes.lines][-1]
    'optimal, D*'
    """
    x, optimal = _points(x), as_numpy(as_probabilities(optimal, "optimal"))
    same_shape(x, optimal, "x", "optimal")
    if trained is not None:
        trained = as_numpy(as_probabilities(trained, "trained"))
        same_shape(x, trained, "x", "trained")
    axes.axhline(0.5, color=QUIET, linewidth=1, linestyle=":")
    axes.plot(x, optimal, color=DISCRIMINATOR, label="optimal, D*")
    if trained is not None:
        axes.plot(x, trained, "--", color=TRAINED, linewidth=2.5, label="trained on samples")
    axes.set(xlabel=quantity, ylabel="probability that x is real", ylim=(-0.03, 1.03))
    axes.set_xlim(float(x[0]), float(x[-1]))
    axes.legend(frameon=False)
    return axes


def plot_over_position(
    positions: Values,
    values: Values,
    axes: Axes,
    *,
    here: float,
    readings: Mapping[str, float],
    name: str,
    quantity: str,
    moved: str,
    levels: Mapping[str, float] | None = None,
) -> Axes:
    """Draw a divergence or a distance over the position of what a slider moves, and its value here.

    Parameters
    ----------
    positions, values : array, shape (n,)
        Positions, and the quantity at each.
    axes : matplotlib.axes.Axes
    here : number
        The present position.
    readings : mapping of label -> number
        What is measured here: the first is a dot; a second one, by a trained network, a diamond.
    name : str
        Of the curve.
    quantity, moved : str
        What the values and the positions are, with the unit.
    levels : mapping of label -> number, or None
        Values drawn as dotted lines.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes, words = Figure().subplots(), {"name": "W1", "quantity": "W1 (mm)", "moved": "position (mm)"}
    >>> axes = plot_over_position([-1, 0, 1], [1, 0, 1], axes, here=1, readings={"here": 1}, **words)
    >>> axes.get_ylabel()
    'W1 (mm)'
    """
    positions, values = as_numpy(as_samples(positions, "positions")), as_numpy(as_samples(values, "values"))
    same_shape(positions, values, "positions", "values")
    if len(readings) not in (1, 2):
        raise ValueError(f"readings must hold one number or two; got {len(readings)}.")
    axes.plot(positions, values, color=REAL, label=name)
    for label, level in (levels or {}).items():
        axes.axhline(level, color=QUIET, linewidth=1, linestyle=":")
        axes.annotate(label, (positions[0], level), (2, 3), textcoords="offset points", fontsize=8)
    dot = {"marker": "o", "color": DISCRIMINATOR, "markersize": 9}
    diamond = {"marker": "D", "color": TRAINED, "markersize": 7, "markeredgecolor": "k"}
    for (label, value), look in zip(readings.items(), (dot, diamond), strict=False):
        axes.plot(here, value, linestyle="none", label=label, **look)
    low, high = min(0.0, values.min(), *readings.values()), max(0.0, values.max(), *readings.values())
    axes.set_ylim(low - 0.05 * (high - low), high + 0.45 * (high - low))  # room for the legend
    axes.set(xlabel=moved, ylabel=quantity)
    axes.legend(frameon=False, loc="upper center", fontsize=8, bbox_to_anchor=(0.5, 0.93 if levels else 1))
    return axes


def plot_over_scores(
    scores: Values,
    curves: Mapping[str, Values],
    axes: Axes,
    *,
    here: float,
    quantity: str,
    logarithmic: bool = False,
) -> Axes:
    """Draw one curve for each loss over the raw score, and mark every curve at one score.

    Parameters
    ----------
    scores : array, shape (n,)
        Raw scores, from "surely fake" to "surely real".
    curves : mapping of name -> array, shape (n,)
        One to three of them, such as the losses or their slopes.
    axes : matplotlib.axes.Axes
    here : number
        The present score; a marker is put on each curve at the nearest of `scores`.
    quantity : str
        What the curves are, with its unit.
    logarithmic : bool
        Draw them on a logarithmic scale, for sizes that are all above 0.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = {"minimax": [-0.1, -0.5], "non-saturating": [-0.9, -0.5]}
    >>> axes = plot_over_scores([-2, 0], curves, Figure().subplots(), here=0, quantity="slope")
    >>> axes.get_xlabel()
    "discriminator's raw score of a fake"
    """
    scores = as_numpy(as_array(scores, "scores"))
    curves = {name: as_numpy(as_array(values, name)) for name, values in curves.items()}
    if not 1 <= len(curves) <= len(LOSSES):
        raise ValueError(f"curves must hold one to {len(LOSSES)} curves; got {len(curves)}.")
    for name, values in curves.items():
        same_shape(scores, values, "scores", name)
        if logarithmic and values.min() <= 0:
            raise ValueError(f"{name} must be above 0 everywhere on a logarithmic scale.")
    nearest = abs(scores - here).argmin()
    axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    for (name, values), look in zip(curves.items(), LOSSES, strict=False):
        axes.plot(scores, values, look["linestyle"], color=look["color"], label=name, linewidth=2)
        mark = {"color": look["color"], "markersize": 9, "markeredgecolor": "k"}
        axes.plot(scores[nearest], values[nearest], look["marker"], **mark)
    axes.set(xlabel="discriminator's raw score of a fake", ylabel=quantity)
    axes.set_xlim(float(scores[0]), float(scores[-1]))
    if logarithmic:
        axes.set_yscale("log")
    axes.legend(frameon=False)
    return axes


def _points(x):
    x = as_numpy(as_samples(x, "x"))
    if x.ndim != 1:
        raise ValueError(f"x must hold points on a line, shape (n,); got {x.shape}.")
    return x
