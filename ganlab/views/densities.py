"""Densities on a line, and what a discriminator makes of them."""

from ganlab.validation import as_densities, as_numpy, as_probabilities, as_samples, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL, TRAINED


def plot_densities(x, p, q, axes, *, labels=("real, p", "generated, q"), quantity="x"):
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

    Raises
    ------
    ValueError
        If the shapes differ, or a density is negative, empty or not finite.

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


def plot_discriminator(x, optimal, axes, *, trained=None, quantity="x"):
    """Draw the optimal discriminator, and a trained one on top of it, with the coin flip at 1/2.

    Parameters
    ----------
    x, optimal : array, shape (n,)
        Points, and D*(x) in [0, 1].
    axes : matplotlib.axes.Axes
    trained : array, shape (n,), or None
        A trained discriminator's probabilities at the same points.
    quantity : str
        What x is, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ, or a value is not a probability: raw scores need a sigmoid first.

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


def _points(x):
    x = as_numpy(as_samples(x, "x"))
    if x.ndim != 1:
        raise ValueError(f"x must hold points on a line, shape (n,); got {x.shape}.")
    return x
