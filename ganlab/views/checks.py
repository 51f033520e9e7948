"""Checks, drawn: a table of outcomes, one row for each thing audited, and p-values with their level."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ganlab.diagnostics import Check
from ganlab.validation import positive_number
from ganlab.views.palette import FAKE, QUIET, REAL, TRAINED

# Ground, ink and word of an outcome: dark with white text for what ends an argument, light for what does not.
BOXES = {
    "passed": ("#DCEBF5", "black", "passed"),
    "failed": ("#B54A00", "white", "FAILED"),
    "undecided": ("#F7E3B5", "black", "undecided"),
    "not applicable": ("white", QUIET, "–"),
}
# Colour, marker and fill of the same. The shape says it without the colour.
DOTS = {
    "passed": (REAL, "o", REAL),
    "failed": (FAKE, "^", FAKE),
    "undecided": (QUIET, "o", "white"),
    "not applicable": (QUIET, "o", "white"),
}
SMALLEST_P = 1e-9


def plot_checks(audits: Mapping[str, Sequence[Check]], axes: Axes) -> Axes:
    """Draw checks as a table of boxes: outcome and number, one row for each audit, one column for each check.

    Parameters
    ----------
    audits : mapping of what was audited -> its checks
        Each with the same checks in the same order.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> area = Check(name="area", value=0.4, interval=(0.3, 0.5), limit=0.1)
    >>> water = Check(name="water", value=2.0, interval=(1.0, 3.0), limit=7.0)
    >>> axes = plot_checks({"crop": [area, water]}, Figure().subplots())
    >>> [text.get_text() for text in axes.texts]
    ['FAILED\\n0.4', 'passed\\n2']
    """
    rows = {name: list(checks) for name, checks in audits.items()}
    if not rows or not all(rows.values()):
        raise ValueError("audits must hold something that was audited, with a check or more.")
    columns = [check.name for check in next(iter(rows.values()))]
    for name, checks in rows.items():
        names = [check.name for check in checks]
        if names != columns:
            raise ValueError(f"every row needs the checks {columns}; {name!r} has {names}.")
    for place, checks in enumerate(rows.values()):
        for column, check in enumerate(checks):
            ground, ink, words = BOXES[check.outcome]
            sides = [column - 0.48, column + 0.48]
            axes.fill_between(sides, place - 0.46, place + 0.46, facecolor=ground, edgecolor=QUIET)
            words += "" if np.isnan(check.value) else f"\n{check.value:.3g}"
            axes.text(column, place, words, ha="center", va="center", color=ink, fontsize=9)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(range(len(columns)), columns, fontsize=9)
    axes.set_yticks(range(len(rows)), list(rows), fontsize=9)
    axes.set(xlabel="check", ylabel="augmentation")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes


def plot_p_values(checks: Sequence[Check], axes: Axes, *, level: float) -> Axes:
    """Draw each check's corrected p-value on a logarithmic axis, with the level at which it accuses.

    Parameters
    ----------
    checks : sequence of Check
        As `holm` returns them. p-values below 1e-9 are drawn there.
    axes : matplotlib.axes.Axes
    level : number > 0

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> copies = Check(name="copies", value=0.0, interval=(0.0, 0.02), limit=0.05, p_adjusted=0.2)
    >>> plot_p_values([copies], Figure().subplots(), level=0.025).get_xscale()
    'log'
    """
    if not all(0 <= check.p_adjusted <= 1 for check in checks):
        raise ValueError("every check must have a corrected p-value, from 0 to 1.")
    level = positive_number(level, "level")
    axes.axvspan(SMALLEST_P / 3, level, color=FAKE, alpha=0.15, linewidth=0)
    axes.axvline(level, color=TRAINED, linewidth=1.5, linestyle="--")
    for row, check in enumerate(checks):
        colour, marker, fill = DOTS[check.outcome]
        p_value = max(check.p_adjusted, SMALLEST_P)
        axes.plot(p_value, row, marker, color=colour, markerfacecolor=fill, markersize=8)
        axes.annotate(
            check.outcome, (1, row), xycoords=("axes fraction", "data"), xytext=(5, -3),
            textcoords="offset points", fontsize=8,
        )  # fmt: skip
    axes.set(xscale="log", xlim=(SMALLEST_P / 3, 3), xlabel="p-value, corrected (log scale)")
    axes.set_yticks(np.arange(len(checks)), [check.name for check in checks], fontsize=8)
    axes.invert_yaxis()
    return axes
