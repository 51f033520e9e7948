"""Real and generated points on a plane, without anybody's opinion about them."""

from ganlab.validation import as_numpy, as_samples, positive_number
from ganlab.views.palette import FAKE, REAL


def plot_clouds(real, fake, axes, *, half_width):
    """Draw real points as small dark dots and generated ones as light triangles.

    Parameters
    ----------
    real, fake : array, shape (n, 2) and (m, 2)
    axes : matplotlib.axes.Axes
    half_width : number > 0
        The plane is shown from -half_width to half_width both ways.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a shape is another, a value is not finite, or `half_width` is not above 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> points = [[0.0, 1.0], [1.0, 0.0]]
    >>> plot_clouds(points, points, Figure().subplots(), half_width=2).get_xlim() == (-2, 2)
    True
    """
    real, fake = as_numpy(as_samples(real, "real")), as_numpy(as_samples(fake, "fake"))
    for samples, name in ((real, "real"), (fake, "fake")):
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"{name} must have shape (n, 2); got {samples.shape}.")
    half_width = positive_number(half_width, "half_width")
    axes.plot(*real.T, "o", color=REAL, markersize=3, alpha=0.6, markeredgewidth=0, label="real")
    edge = {"markeredgewidth": 0.3, "markeredgecolor": "k"}
    axes.plot(*fake.T, "^", color=FAKE, markersize=4, alpha=0.9, label="generated", **edge)
    axes.set(xlim=(-half_width, half_width), ylim=(-half_width, half_width), aspect="equal")
    axes.set(xlabel="first coordinate", ylabel="second coordinate")
    axes.legend(loc="upper left", fontsize=8, framealpha=0.9)
    return axes
