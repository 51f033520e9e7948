"""Gradient norms over training, always on a logarithmic scale: what falls, falls by orders of magnitude."""

import numpy as np

from ganlab.validation import as_array, as_numpy
from ganlab.views.palette import QUIET
from ganlab.views.saturation import STYLES

# Layers in one figure, from latent to sample: darker and more broken the closer to the sample.
LAYER_LINES = ("-", "--", ":", "-.")


def plot_layer_norms(steps, norms, axes, *, here=None):
    """Draw the norm of the generator's gradient over training, one line for each layer.

    Parameters
    ----------
    steps : array, shape (n,)
    norms : pandas.DataFrame or dict of name -> array, shape (n,)
        One column per layer, >= 0. A norm of exactly 0 has no place on the scale and is left out.
    axes : matplotlib.axes.Axes
    here : number or None
        A step to mark.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no layers, lengths differ, or a norm is negative or not finite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_layer_norms([0, 10], {"first": [1.0, 0.1], "last": [2.0, 0.2]}, Figure().subplots())
    >>> axes.get_ylabel(), axes.get_yscale()
    ("norm of G's gradient", 'log')
    """
    steps = as_numpy(as_array(steps, "steps"))
    layers = {str(name): _norms(values, str(name), len(steps)) for name, values in dict(norms).items()}
    if not layers:
        raise ValueError("norms holds no layer; expected one column per layer.")
    shades = np.linspace(0, 0.6, len(layers))
    for i, (name, values) in enumerate(layers.items()):
        style = {"color": str(shades[i]), "linestyle": LAYER_LINES[i % len(LAYER_LINES)]}
        axes.plot(steps, np.where(values > 0, values, np.nan), label=name, linewidth=1.8, **style)
    if here is not None:
        axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    axes.set(xlabel="training step", ylabel="norm of G's gradient", yscale="log")
    axes.legend(frameon=False, fontsize=8, title="layer", title_fontsize=8)
    return axes


def plot_norms_over_seeds(steps, norms, axes):
    """Draw norms over training on two logarithmic scales: every seed thin, their geometric mean thick.

    Parameters
    ----------
    steps : array, shape (n,), >= 0
        How far the discriminator was trained; step 0 is drawn at 0, before the first.
    norms : dict of name -> array, shape (seeds, n), > 0
        One to three kinds of norm, one row per seed.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no norms or more than three kinds, a shape does not fit, or a norm is not above 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> norms = {"minimax": [[1.0, 0.01], [1.0, 0.0001]]}
    >>> axes = plot_norms_over_seeds([0, 100], norms, Figure().subplots())
    >>> axes.lines[-1].get_ydata().round(6).tolist()
    [1.0, 0.001]
    """
    steps = as_numpy(as_array(steps, "steps"))
    if not 1 <= len(norms) <= len(STYLES):
        raise ValueError(f"norms must hold one to {len(STYLES)} kinds; got {len(norms)}.")
    for (name, values), style in zip(norms.items(), STYLES, strict=False):
        values = as_numpy(as_array(values, name))
        if values.ndim != 2 or values.shape[1] != len(steps):
            raise ValueError(f"{name} must have shape (seeds, {len(steps)}); got {values.shape}.")
        if values.min() <= 0:
            raise ValueError(f"{name} must be above 0 everywhere to stand on a logarithmic scale.")
        for row in values:
            axes.plot(steps, row, color=style["color"], linewidth=0.7, alpha=0.4)
        mean = np.exp(np.log(values).mean(0))
        apart = max(1, len(steps) // 8)  # a marker at every step of many would hide the line
        axes.plot(
            steps,
            mean,
            linewidth=2.5,
            markersize=5,
            markeredgecolor="k",
            markevery=apart,
            label=name,
            **style,
        )
    axes.set(xlabel="discriminator's training steps, generator frozen", ylabel="norm of G's gradient")
    axes.set_xscale("symlog", linthresh=1)
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    axes.legend(frameon=False)
    return axes


def _norms(values, name, length):
    values = as_numpy(as_array(values, name))
    if values.shape != (length,):
        raise ValueError(f"{name} must have one norm per step, shape ({length},); got {values.shape}.")
    if values.min(initial=0) < 0:
        raise ValueError(f"{name} holds a negative norm; the length of a gradient is never below 0.")
    return values
