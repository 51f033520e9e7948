"""What changes while a game is played: gradient norms, precision and recall."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Values
from ganlab.validation import as_array, as_numpy, as_probabilities
from ganlab.views.palette import DISCRIMINATOR, LOSSES, QUIET, TRAINED

# Layers in one figure, from latent to sample: darker and more broken the closer to the sample.
LAYER_LINES = ("-", "--", ":", "-.")


def plot_layer_norms(
    steps: Values, norms: Mapping[str, Values], axes: Axes, *, here: float | None = None
) -> Axes:
    """Draw the norm of the generator's gradient over training, one line for each layer.

    The scale is logarithmic: what falls, falls by orders of magnitude.

    Parameters
    ----------
    steps : array, shape (n,)
    norms : pandas.DataFrame or mapping of name -> array, shape (n,)
        One column per layer, >= 0. A norm of exactly 0 has no place on the scale and is left out.
    axes : matplotlib.axes.Axes
    here : number or None
        A step to mark.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_layer_norms([0, 10], {"first": [1.0, 0.1], "last": [2.0, 0.2]}, Figure().subplots())
    >>> axes.get_ylabel(), axes.get_yscale()
    ("norm of G's gradient", 'log')
    """
    steps = as_numpy(as_array(steps, "steps"))
    layers = {str(name): as_numpy(as_array(values, str(name))) for name, values in dict(norms).items()}
    if not layers:
        raise ValueError("norms holds no layer; expected one column per layer.")
    for name, values in layers.items():
        if values.shape != steps.shape:
            raise ValueError(f"{name} must have one norm per step, shape {steps.shape}; got {values.shape}.")
        if values.min(initial=0) < 0:
            raise ValueError(f"{name} holds a negative norm; the length of a gradient is never below 0.")
    shades = np.linspace(0, 0.6, len(layers))
    for place, (name, values) in enumerate(layers.items()):
        look = {"color": str(shades[place]), "linestyle": LAYER_LINES[place % len(LAYER_LINES)]}
        axes.plot(steps, np.where(values > 0, values, np.nan), label=name, linewidth=1.8, **look)
    if here is not None:
        axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    axes.set(xlabel="training step", ylabel="norm of G's gradient", yscale="log")
    axes.legend(frameon=False, fontsize=8, title="layer", title_fontsize=8)
    return axes


def plot_norms_over_seeds(steps: Values, norms: Mapping[str, Array], axes: Axes) -> Axes:
    """Draw norms over training on two logarithmic scales: every seed thin, their geometric mean thick.

    Parameters
    ----------
    steps : array, shape (n,), >= 0
        How far the discriminator was trained; step 0 is drawn at 0, before the first.
    norms : mapping of name -> array, shape (seeds, n), > 0
        One to three kinds of norm, one row per seed.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> norms = {"minimax": [[1.0, 0.01], [1.0, 0.0001]]}
    >>> axes = plot_norms_over_seeds([0, 100], norms, Figure().subplots())
    >>> axes.lines[-1].get_ydata().round(6).tolist()
    [1.0, 0.001]
    """
    steps = as_numpy(as_array(steps, "steps"))
    if not 1 <= len(norms) <= len(LOSSES):
        raise ValueError(f"norms must hold one to {len(LOSSES)} kinds; got {len(norms)}.")
    for (name, values), look in zip(norms.items(), LOSSES, strict=False):
        values = as_numpy(as_array(values, name))
        if values.ndim != 2 or values.shape[1] != len(steps):
            raise ValueError(f"{name} must have shape (seeds, {len(steps)}); got {values.shape}.")
        if values.min() <= 0:
            raise ValueError(f"{name} must be above 0 everywhere to stand on a logarithmic scale.")
        axes.plot(steps, values.T, color=look["color"], linewidth=0.7, alpha=0.4)
        mark = {"markersize": 5, "markeredgecolor": "k"}
        mark["markevery"] = max(1, len(steps) // 8)  # a marker at every step of many would hide the line
        axes.plot(steps, np.exp(np.log(values).mean(0)), linewidth=2.5, label=name, **mark, **look)
    axes.set(xlabel="discriminator's training steps, generator frozen", ylabel="norm of G's gradient")
    axes.set_xscale("symlog", linthresh=1)
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    axes.legend(frameon=False)
    return axes


def plot_precision_and_recall(
    steps: Values,
    precision: Array,
    recall: Array,
    axes: Axes,
    *,
    here: float | None = None,
) -> Axes:
    """Draw two shares over training: each game as a thin line, the mean of the games as a thick one.

    Parameters
    ----------
    steps : array, shape (frames,)
    precision, recall : array, shape (games, frames), in [0, 1]
    axes : matplotlib.axes.Axes
    here : number or None
        A step to be marked.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> plot_precision_and_recall([1, 2], [[0.5, 0.9]], [[0.2, 0.1]], axes).get_xlabel()
    'training step'
    """
    steps = as_numpy(as_array(steps, "steps"))
    shares = {"precision": precision, "recall": recall}
    shares = {name: as_numpy(as_probabilities(table, name)) for name, table in shares.items()}
    for name, table in shares.items():
        if table.ndim != 2 or table.shape[1:] != steps.shape:
            raise ValueError(f"{name} must have shape (games, {len(steps)}); got {table.shape}.")
    for (name, table), colour, style in zip(
        shares.items(), (TRAINED, DISCRIMINATOR), ("--", "-"), strict=True
    ):
        axes.plot(steps, table.T, style, color=colour, linewidth=0.5, alpha=0.35)
        axes.plot(steps, table.mean(axis=0), style, color=colour, linewidth=2.4, label=name)
    if here is not None:
        axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    if len(steps) <= 8:
        axes.set_xticks(steps, [f"{step:g}" for step in steps], fontsize=8)
    axes.set(xlabel="training step", ylabel="share (thick: mean of the games)", ylim=(-0.02, 1.02))
    axes.legend(frameon=False, fontsize=8)
    return axes
