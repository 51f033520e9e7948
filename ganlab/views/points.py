"""Real and fake points on a plane, and the discriminator's probability beneath them."""

import numpy as np
from matplotlib.axes import Axes

from ganlab.shapes import Array, Points
from ganlab.validation import as_numpy, as_probabilities, as_samples, positive_number
from ganlab.views.palette import DISCRIMINATOR, FAKE, REAL


def plot_points(
    real: Points, fake: Points, axes: Axes, *, half_width: float, probability: Array | None = None
) -> Axes:
    """Draw real points as small dark dots and fake ones as light triangles.

    With a probability, the ground is light where the discriminator says "real" and dark where it says
    "fake"; the black line is 1/2.

    Parameters
    ----------
    real, fake : array, shape (n, 2) and (m, 2)
    axes : matplotlib.axes.Axes
    half_width : number > 0
        The plane is shown from -half_width to half_width both ways.
    probability : array, shape (side, side), in [0, 1], or None
        That a point is real, by the discriminator, on a square grid over the plane shown; row i holds the
        i-th value of the second coordinate.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> points, ground = [[0.0, 1.0], [1.0, 0.0]], [[0.2, 0.8], [0.2, 0.8]]
    >>> axes = plot_points(points, points, Figure().subplots(), half_width=2, probability=ground)
    >>> axes.get_xlim() == (-2, 2)
    True
    """
    real, fake = as_numpy(as_samples(real, "real")), as_numpy(as_samples(fake, "fake"))
    for samples, name in ((real, "real"), (fake, "fake")):
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"{name} must have shape (n, 2); got {samples.shape}.")
    half_width = positive_number(half_width, "half_width")
    if probability is not None:
        _draw_ground(as_numpy(as_probabilities(probability, "probability")), half_width, axes)
    axes.plot(*real.T, "o", color=REAL, markersize=3, alpha=0.7, markeredgewidth=0, label="real")
    edge = {"markeredgewidth": 0.3, "markeredgecolor": "k"}
    axes.plot(*fake.T, "^", color=FAKE, markersize=4, alpha=0.9, label="fake", **edge)
    axes.set(xlim=(-half_width, half_width), ylim=(-half_width, half_width), aspect="equal")
    axes.set(xlabel="first coordinate", ylabel="second coordinate")
    axes.legend(loc="upper right", fontsize=8, framealpha=0.9)
    return axes


def _draw_ground(probability, half_width, axes):
    if probability.ndim != 2 or probability.shape[0] != probability.shape[1]:
        raise ValueError(
            f"probability must lie on a square grid, shape (side, side); got {probability.shape}."
        )
    grey = {"cmap": "gray", "vmin": -0.8, "vmax": 1.1, "interpolation": "bilinear"}
    axes.imshow(probability, extent=(-half_width, half_width) * 2, origin="lower", **grey)
    if probability.min() < 0.5 < probability.max():
        ticks = np.linspace(-half_width, half_width, len(probability))
        axes.contour(ticks, ticks, probability, levels=[0.5], colors=DISCRIMINATOR, linewidths=1.2)
