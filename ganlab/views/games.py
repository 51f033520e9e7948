"""Many games at once: what each of them makes, which modes it finds, and how often one is lost."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Points, Values
from ganlab.validation import as_array, as_numpy, as_probabilities, positive_number, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, FRAME, QUIET, REAL, colour_bar

COLUMNS = 4


def plot_games(
    samples: Array, axes: Axes, *, lost: Values, reach: float | None = None, centres: Points | None = None
) -> Axes:
    """Draw a few samples of every game, each game in a tile of its own; tiles with a lost mode have a frame.

    Parameters
    ----------
    samples : array, shape (games, n, 2), or (games, n, height, width) in [0, 1]
        Points, or images.
    axes : matplotlib.axes.Axes
    lost : bool array, shape (games,)
        Whether the game has lost a mode.
    reach : number > 0
        Of points alone: half the side of a tile, in their unit.
    centres : array, shape (modes, 2), or None
        Where points should be; drawn as small rings.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> two_games = [[[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    >>> plot_games(two_games, Figure().subplots(), reach=2, lost=[False, True]).get_xlabel()
    'one tile for each game'
    """
    samples, lost = as_numpy(as_array(samples, "samples")), np.asarray(lost, dtype=bool)
    if not (samples.ndim == 4 or (samples.ndim == 3 and samples.shape[2] == 2)):
        raise ValueError(
            "samples must be points, shape (games, n, 2), or images, shape (games, n, height, width); "
            f"got {samples.shape}."
        )
    same_shape(lost, np.empty(len(samples)), "lost", "the games")
    if samples.ndim == 4:
        _draw_images(as_probabilities(samples, "samples"), lost, axes)
    else:
        _draw_points(samples, lost, axes, positive_number(reach, "reach"), centres)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.set(xlabel="one tile for each game", ylabel="black frame: a mode is lost")
    return axes


def plot_mode_shares(
    shares: Array, axes: Axes, *, names: Sequence[str] | None = None, expected: Values | None = None
) -> Axes:
    """Draw the mode histogram of every game as a row: dark where a mode has its due, white where it is lost.

    Parameters
    ----------
    shares : array, shape (games, modes), in [0, 1]
        Of each game's samples on each mode.
    axes : matplotlib.axes.Axes
    names : list of str or None
        Of the modes; None numbers them.
    expected : array, shape (modes,), or None
        The real shares; None: all equal.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_mode_shares([[0.5, 0.5], [1.0, 0.0]], Figure().subplots()).get_ylabel()
    'game'
    """
    shares = as_numpy(as_probabilities(shares, "shares"))
    if shares.ndim != 2:
        raise ValueError(f"shares must have shape (games, modes); got {shares.shape}.")
    modes = shares.shape[1]
    expected = np.full(modes, 1 / modes) if expected is None else expected
    expected = as_numpy(as_probabilities(expected, "expected"))
    if expected.shape != (modes,):
        raise ValueError(f"expected must have shape ({modes},), a share for each mode; got {expected.shape}.")
    picture = axes.imshow(
        shares / expected, cmap="Greys", vmin=0, vmax=1.5, aspect="auto", interpolation="nearest"
    )
    colour_bar(picture, axes, "ratio")
    ticks = np.arange(modes) if modes <= 10 else np.arange(0, modes, 4)
    axes.set_xticks(ticks, ticks if names is None else list(names), fontsize=8)
    axes.set_yticks([])
    axes.set(xlabel="mode (dark: as frequent as it should be)" if names is None else "texture", ylabel="game")
    return axes


def plot_rates(
    labels: Sequence[str], rates: Values, intervals: Array, axes: Axes, *, here: int, quantity: str
) -> Axes:
    """Draw a share of games with its interval for each choice of a setting.

    Parameters
    ----------
    labels : list of str
    rates : array, shape (choices,), in [0, 1]
    intervals : array, shape (choices, 2), in [0, 1]
    axes : matplotlib.axes.Axes
    here : int
        The choice to be marked.
    quantity : str
        What is chosen, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes, intervals = Figure().subplots(), [[0.8, 1.0], [0.0, 0.3]]
    >>> plot_rates(["1", "2"], [1.0, 0.1], intervals, axes, here=1, quantity="pack").get_ylabel()
    'games that lost a mode (%)'
    """
    rates = as_numpy(as_probabilities(rates, "rates"))
    intervals = as_numpy(as_probabilities(intervals, "intervals"))
    if rates.shape != (len(labels),) or intervals.shape != (len(labels), 2):
        raise ValueError(
            f"labels, rates and intervals must have shapes (n,), (n,) and (n, 2); got ({len(labels)},), "
            f"{rates.shape} and {intervals.shape}."
        )
    places, reach = np.arange(len(labels)), 100 * np.abs(intervals.T - rates)
    axes.errorbar(places, 100 * rates, yerr=reach, fmt="o", color=QUIET, capsize=5, markersize=6)
    marked = {"fmt": "D", "color": DISCRIMINATOR, "capsize": 6, "markersize": 9, "linewidth": 2}
    axes.errorbar(here, 100 * rates[here], yerr=reach[:, [here]], **marked)
    axes.set_xticks(places, labels, fontsize=8)
    axes.set(xlabel=quantity, ylabel="games that lost a mode (%)", ylim=(-4, 104))
    axes.set_xlim(-0.5, len(labels) - 0.5)
    return axes


def _draw_points(points, lost, axes, reach, centres):
    corners = _tiles(axes, lost, 2 * reach, 2 * reach)
    places = (corners + reach)[:, None]
    if centres is not None:
        rings = (places + as_numpy(as_array(centres, "centres"))).reshape(-1, 2)
        axes.plot(*rings.T, "o", color=REAL, markersize=4, markerfacecolor="none", markeredgewidth=0.8)
    inside = (np.abs(points) <= reach).all(axis=2)
    shown = (places + points)[inside]
    axes.plot(*shown.T, "^", color=FAKE, markersize=3.2, markeredgewidth=0.3, markeredgecolor="k")


def _draw_images(images, lost, axes):
    _, n, height, width = images.shape
    for (left, low), row in zip(_tiles(axes, lost, n * width + 2, height + 2), images, strict=True):
        extent = (left + 1, left + 1 + n * width, low + 1, low + 1 + height)
        axes.imshow(np.concatenate(list(row), axis=1), cmap="gray", vmin=0, vmax=1, extent=extent)


def _tiles(axes, lost, width, height):
    """Draw the frames; return the lower left corner of every tile, the first one top left."""
    from matplotlib.patches import Rectangle

    rows, (down, across) = -(-len(lost) // COLUMNS), np.divmod(np.arange(len(lost)), COLUMNS)
    corners = np.stack([across * width, (rows - 1.0 - down) * height], axis=1)
    for corner, gone in zip(corners, lost, strict=True):
        inset = 0.02 * height if gone else 0
        look = {"edgecolor": DISCRIMINATOR if gone else FRAME, "linewidth": 2.4 if gone else 0.8}
        size = width - 2 * inset, height - 2 * inset
        axes.add_patch(Rectangle(corner + inset, *size, fill=False, zorder=3, **look))
    axes.set(xlim=(0, min(len(lost), COLUMNS) * width), ylim=(0, rows * height))
    return corners
