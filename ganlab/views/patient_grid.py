"""A thousand patients, one symbol each: what a rate means in people."""

import numpy as np

from ganlab.validation import positive_integer
from ganlab.views.palette import DISCRIMINATOR, FAKE, QUIET, REAL

# From the bottom of the grid; each is told by shape and by shade.
GROUPS = (
    ("malignant, missed", "X", DISCRIMINATOR),
    ("malignant, found", "s", REAL),
    ("benign, false alarm", "^", FAKE),
    ("benign, let go", ".", QUIET),
)


def plot_patient_grid(missed, found, false_alarms, let_go, axes, *, per_row=40):
    """Draw one symbol per patient: the malignant ones first, missed before found, then the benign ones.

    Parameters
    ----------
    missed, found, false_alarms, let_go : int >= 0
        Patients: malignant and not called so, malignant and called so, benign and called malignant, benign
        and called so.
    axes : matplotlib.axes.Axes
    per_row : int >= 1

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a number is negative or not whole, or there is nobody.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_patient_grid(1, 3, 0, 96, Figure().subplots())
    >>> [text.get_text() for text in axes.get_legend().get_texts()][:2]
    ['1 malignant, missed', '3 malignant, found']
    """
    counts = [missed, found, false_alarms, let_go]
    if any(count != int(count) or count < 0 for count in counts) or not sum(counts):
        raise ValueError(
            f"patients are counted in whole numbers, and there must be one at least; got {counts}."
        )
    places = np.arange(sum(counts))
    across, up = places % positive_integer(per_row, "per_row"), places // per_row
    start = 0
    for (name, marker, colour), count in zip(GROUPS, map(int, counts), strict=True):
        here = slice(start, start + count)
        style = {"color": colour, "markersize": 3 if marker == "." else 6, "markeredgewidth": 0}
        axes.plot(across[here], up[here], marker, linestyle="none", label=f"{count} {name}", **style)
        start += count
    axes.set(xlim=(-1, per_row), ylim=(-1, up[-1] + 1), xticks=[], yticks=[])
    axes.set(xlabel=f"one symbol is one of {sum(counts):,} patients", ylabel="malignant below, benign above")
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return axes
