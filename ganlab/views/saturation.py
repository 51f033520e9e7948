"""Losses and slopes over the discriminator's raw score of one fake."""

from ganlab.validation import as_array, as_numpy, same_shape
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL

# Two losses in one figure: told apart by colour, by darkness, by line and by marker.
STYLES = (
    {"color": REAL, "linestyle": "-", "marker": "o"},
    {"color": FAKE, "linestyle": "--", "marker": "^"},
    {"color": DISCRIMINATOR, "linestyle": ":", "marker": "s"},
)


def plot_over_scores(scores, curves, axes, *, here, quantity, logarithmic=False):
    """Draw one curve for each loss over the raw score, and mark every curve at one score.

    Parameters
    ----------
    scores : array, shape (n,)
        Raw scores, from "surely generated" to "surely real".
    curves : dict of name -> array, shape (n,)
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

    Raises
    ------
    ValueError
        If there are no curves or more than three, shapes differ, or a value is not finite, or not above
        0 on a logarithmic scale.

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
    if not 1 <= len(curves) <= len(STYLES):
        raise ValueError(f"curves must hold one to {len(STYLES)} curves; got {len(curves)}.")
    for name, values in curves.items():
        same_shape(scores, values, "scores", name)
        if logarithmic and values.min() <= 0:
            raise ValueError(f"{name} must be above 0 everywhere on a logarithmic scale.")
    nearest = abs(scores - here).argmin()
    axes.axvline(here, color=QUIET, linewidth=1, linestyle=":")
    for (name, values), style in zip(curves.items(), STYLES, strict=False):
        line = {part: style[part] for part in ("color", "linestyle")}
        axes.plot(scores, values, label=name, linewidth=2, **line)
        axes.plot(
            scores[nearest],
            values[nearest],
            style["marker"],
            color=style["color"],
            markersize=9,
            markeredgecolor="k",
        )
    axes.set(xlabel="discriminator's raw score of a fake", ylabel=quantity)
    axes.set_xlim(float(scores[0]), float(scores[-1]))
    if logarithmic:
        axes.set_yscale("log")
    axes.legend(frameon=False)
    return axes
