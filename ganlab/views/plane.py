"""The game on a plane: what is real, what is generated, and where the discriminator draws the line."""

import numpy as np

from ganlab.validation import as_numpy, as_probabilities, as_samples, positive_number
from ganlab.views.palette import DISCRIMINATOR, FAKE, REAL


def plot_plane(real, fake, probability, axes, *, half_width):
    """Draw real and generated points over the discriminator's probability of "real".

    Light ground means "real" to the discriminator, dark ground "generated"; the black line is 1/2.

    Parameters
    ----------
    real, fake : array, shape (n, 2)
    probability : array, shape (side, side), in [0, 1]
        The discriminator on a square grid over [-half_width, half_width] squared; row i holds the i-th
        value of the second coordinate.
    axes : matplotlib.axes.Axes
    half_width : number > 0

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a shape is another, a value is not finite or not a probability, or `half_width` is not above 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> points, ground = [[0.0, 1.0], [1.0, 0.0]], [[0.2, 0.8], [0.2, 0.8]]
    >>> plot_plane(points, points, ground, Figure().subplots(), half_width=2).get_xlim() == (-2, 2)
    True
    """
    real, fake = as_numpy(as_samples(real, "real")), as_numpy(as_samples(fake, "fake"))
    for samples, name in ((real, "real"), (fake, "fake")):
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"{name} must have shape (n, 2); got {samples.shape}.")
    probability = as_numpy(as_probabilities(probability, "probability"))
    if probability.ndim != 2 or probability.shape[0] != probability.shape[1]:
        raise ValueError(
            f"probability must lie on a square grid, shape (side, side); got {probability.shape}."
        )
    half_width = positive_number(half_width, "half_width")
    extent = (-half_width, half_width) * 2
    axes.imshow(
        probability, extent=extent, origin="lower", cmap="gray", vmin=-0.8, vmax=1.1, interpolation="bilinear"
    )
    if probability.min() < 0.5 < probability.max():
        ticks = np.linspace(-half_width, half_width, len(probability))
        axes.contour(ticks, ticks, probability, levels=[0.5], colors=DISCRIMINATOR, linewidths=1.2)
    axes.plot(*real.T, "o", color=REAL, markersize=3, alpha=0.7, markeredgewidth=0, label="real")
    edge = {"markeredgewidth": 0.3, "markeredgecolor": "k"}
    axes.plot(*fake.T, "^", color=FAKE, markersize=4, alpha=0.9, label="generated", **edge)
    axes.set(xlim=extent[:2], ylim=extent[:2], aspect="equal")
    axes.set(xlabel="first coordinate", ylabel="second coordinate")
    axes.legend(loc="upper right", fontsize=8, framealpha=0.9)
    return axes
