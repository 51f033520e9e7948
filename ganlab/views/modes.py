"""Many games at once: what each of them makes, which modes it finds, and how often one is lost."""

import numpy as np

from ganlab.validation import as_array, as_numpy, as_probabilities, positive_number, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL, TRAINED

COLUMNS = 4


def plot_games(points, axes, *, reach, lost, centres=None):
    """Draw a few samples of every game, each game in a tile of its own; tiles with a lost mode have a frame.

    Parameters
    ----------
    points : array, shape (games, n, 2)
    axes : matplotlib.axes.Axes
    reach : number > 0
        Half the side of a tile, in the unit of the points.
    lost : bool array, shape (games,)
        Whether the game has lost a mode.
    centres : array, shape (modes, 2), or None
        Where samples should be; drawn as small rings.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a shape is another or a value is not finite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> two_games = [[[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    >>> plot_games(two_games, Figure().subplots(), reach=2, lost=[False, True]).get_xlabel()
    'one tile for each game'
    """
    points, reach = as_numpy(as_array(points, "points")), positive_number(reach, "reach")
    if points.ndim != 3 or points.shape[2] != 2:
        raise ValueError(f"points must have shape (games, n, 2); got {points.shape}.")
    lost = _flags(lost, len(points))
    corners = _corners(len(points), 2 * reach, 2 * reach)
    places = corners + reach
    if centres is not None:
        rings = (places[:, None] + as_numpy(as_array(centres, "centres"))).reshape(-1, 2)
        axes.plot(*rings.T, "o", color=REAL, markersize=4, markerfacecolor="none", markeredgewidth=0.8)
    inside = np.abs(points) <= reach
    shown = (places[:, None] + points)[inside.all(axis=2)]
    axes.plot(*shown.T, "^", color=FAKE, markersize=3.2, markeredgewidth=0.3, markeredgecolor="k")
    _tiles(axes, corners, 2 * reach, 2 * reach, lost)
    return axes


def plot_game_images(images, axes, *, lost):
    """Draw a few images of every game, each game in a tile of its own; tiles with a lost mode have a frame.

    Parameters
    ----------
    images : array, shape (games, n, height, width), in [0, 1]
    axes : matplotlib.axes.Axes
    lost : bool array, shape (games,)

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shape is another or a value lies outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> plot_game_images(np.zeros((3, 2, 8, 8)), Figure().subplots(), lost=[0, 1, 0]).get_xlabel()
    'one tile for each game'
    """
    images = as_numpy(as_probabilities(images, "images"))
    if images.ndim != 4:
        raise ValueError(f"images must have shape (games, n, height, width); got {images.shape}.")
    lost = _flags(lost, len(images))
    games, n, height, width = images.shape
    corners = _corners(games, n * width + 2, height + 2)
    for (left, low), row in zip(corners, images, strict=True):
        extent = (left + 1, left + 1 + n * width, low + 1, low + 1 + height)
        axes.imshow(np.concatenate(list(row), axis=1), cmap="gray", vmin=0, vmax=1, extent=extent)
    _tiles(axes, corners, n * width + 2, height + 2, lost)
    return axes


def plot_mode_shares(shares, axes, *, names=None, expected=None):
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

    Raises
    ------
    ValueError
        If the shapes do not fit or a share lies outside [0, 1].

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
    expected = (
        np.full(modes, 1 / modes) if expected is None else as_numpy(as_probabilities(expected, "expected"))
    )
    if expected.shape != (modes,):
        raise ValueError(
            f"expected must have shape ({modes},), one share for each mode; got {expected.shape}."
        )
    axes.imshow(shares / expected, cmap="Greys", vmin=0, vmax=1.5, aspect="auto", interpolation="nearest")
    ticks = np.arange(modes) if modes <= 10 else np.arange(0, modes, 4)
    axes.set_xticks(ticks, ticks if names is None else list(names), fontsize=8)
    axes.set_yticks([])
    axes.set(xlabel="mode (dark: as frequent as it should be)" if names is None else "texture", ylabel="game")
    return axes


def plot_precision_and_recall(steps, precision, recall, axes, *, here=None, names=("precision", "recall")):
    """Draw two shares over training: each game as a thin line, the mean of the games as a thick one.

    Parameters
    ----------
    steps : array, shape (frames,)
    precision, recall : array, shape (games, frames), in [0, 1]
    axes : matplotlib.axes.Axes
    here : number or None
        A step to be marked.
    names : pair of str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is no share.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> plot_precision_and_recall([1, 2], [[0.5, 0.9]], [[0.2, 0.1]], axes).get_xlabel()
    'training step'
    """
    steps = as_numpy(as_array(steps, "steps"))
    tables = [as_numpy(as_probabilities(v, n)) for v, n in ((precision, "precision"), (recall, "recall"))]
    for table, name in zip(tables, ("precision", "recall"), strict=True):
        if table.ndim != 2 or table.shape[1:] != steps.shape:
            raise ValueError(f"{name} must have shape (games, {len(steps)}); got {table.shape}.")
    for table, name, colour, style in zip(tables, names, (TRAINED, DISCRIMINATOR), ("--", "-"), strict=True):
        axes.plot(steps, table.T, style, color=colour, linewidth=0.5, alpha=0.35)
        axes.plot(steps, table.mean(axis=0), style, color=colour, linewidth=2.4, label=name)
    if here is not None:
        axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    if len(steps) <= 8:
        axes.set_xticks(steps, [f"{step:g}" for step in steps], fontsize=8)
    axes.set(xlabel="training step", ylabel="share (thick: mean of the games)", ylim=(-0.02, 1.02))
    axes.legend(frameon=False, fontsize=8)
    return axes


def plot_rates(labels, rates, intervals, axes, *, here=None, quantity="setting"):
    """Draw a share of games with its interval for each choice of a setting.

    Parameters
    ----------
    labels : list of str
    rates : array, shape (choices,), in [0, 1]
    intervals : array, shape (choices, 2), in [0, 1]
    axes : matplotlib.axes.Axes
    here : int or None
        The choice to be marked.
    quantity : str
        What is chosen, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ or a value is no share.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_rates(["1", "2"], [1.0, 0.1], [[0.8, 1.0], [0.0, 0.3]], Figure().subplots(), here=1)
    >>> axes.get_ylabel()
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
    if here is not None:
        axes.errorbar(
            places[[here]], 100 * rates[[here]], yerr=reach[:, [here]],
            fmt="D", color=DISCRIMINATOR, capsize=6, markersize=9, linewidth=2,
        )  # fmt: skip
    axes.set_xticks(places, labels, fontsize=8)
    axes.set(xlabel=quantity, ylabel="games that lost a mode (%)", ylim=(-4, 104))
    axes.set_xlim(-0.5, len(labels) - 0.5)
    return axes


def _flags(lost, n):
    lost = np.asarray(lost, dtype=bool)
    same_shape(lost, np.empty(n), "lost", "the games")
    return lost


def _corners(n, width, height):
    """The lower left corner of every tile, the first one top left."""
    rows = -(-n // COLUMNS)
    place = np.arange(n)
    return np.stack([place % COLUMNS * width, (rows - 1 - place // COLUMNS) * height], axis=1).astype(float)


def _tiles(axes, corners, width, height, lost):
    from matplotlib.patches import Rectangle

    for corner, gone in zip(corners, lost, strict=True):
        style = (
            {"edgecolor": DISCRIMINATOR, "linewidth": 2.4}
            if gone
            else {"edgecolor": "#D0D0D0", "linewidth": 0.8}
        )
        inset = 0.02 * height if gone else 0
        axes.add_patch(
            Rectangle(corner + inset, width - 2 * inset, height - 2 * inset, fill=False, zorder=3, **style)
        )
    axes.set_xticks([])
    axes.set_yticks([])
    right, top = corners.max(axis=0)
    axes.set(xlim=(0, right + width), ylim=(0, top + height), aspect="equal")
    axes.set(xlabel="one tile for each game", ylabel="black frame: a mode is lost")
