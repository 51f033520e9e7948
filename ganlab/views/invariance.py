"""What a transform did to the same patients: agreement, how far features moved, and the verdicts."""

import numpy as np

from ganlab.validation import as_array, as_numpy, same_shape
from ganlab.views.palette import FAKE, QUIET, REAL

# Dark ground with white text for what ends an argument; light ground for what does not.
STATUS = {
    "pass": ("#DCEBF5", "black", "pass"),
    "fail": ("#B54A00", "white", "FAIL"),
    "undecided": ("#F7E3B5", "black", "unsure"),
    "not applicable": ("white", QUIET, "–"),
}


def plot_agreement(first, second, axes, *, labels=("first", "second"), name="feature"):
    """Draw each patient measured twice, with the line on which both measurements are equal.

    Points along another line are correlated without agreeing: only on the dashed one does the number mean
    the same both times.

    Parameters
    ----------
    first, second : array, shape (n,)
        The same patients in the same order.
    axes : matplotlib.axes.Axes
    labels : pair of str
        What was different the second time.
    name : str
        What was measured, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_agreement([1, 2], [2, 4], Figure().subplots(), labels=("soft", "sharp"), name="mean (HU)")
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('soft', 'sharp')
    """
    first, second = (
        as_numpy(as_array(values, label)) for values, label in ((first, "first"), (second, "second"))
    )
    same_shape(first, second, "first", "second")
    both = np.concatenate([first, second])
    margin = 0.05 * (np.ptp(both) or 1.0)
    ends = (both.min() - margin, both.max() + margin)
    axes.plot(ends, ends, "--", color=QUIET, linewidth=1, label="equal")
    axes.plot(first, second, "o", color=REAL, markersize=4, alpha=0.7, markeredgewidth=0)
    axes.set(xlim=ends, ylim=ends, xlabel=labels[0], ylabel=labels[1], title=name)
    return axes


def plot_feature_shifts(names, before, after, spread, axes):
    """Draw how far features of one patient moved, in units of how much patients differ, with the numbers.

    Parameters
    ----------
    names : sequence of str, length n
    before, after : array, shape (n,)
        The features of one patient; NaN where one is not defined.
    spread : array, shape (n,), > 0
        Standard deviation of each feature between patients.
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the lengths differ, or a spread is not above 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_feature_shifts(["Mean (HU)"], [80.0], [70.0], [20.0], Figure().subplots())
    >>> [text.get_text() for text in axes.texts]
    ['80 → 70']
    """
    before, after, spread = (np.asarray(values, float) for values in (before, after, spread))
    for values, label in ((before, "before"), (after, "after"), (spread, "spread")):
        if values.shape != (len(names),):
            raise ValueError(f"{label} must hold one number for each of {len(names)} names.")
    if not (spread > 0).all():
        raise ValueError("spread must be above 0: a feature that is the same in everybody has no scale.")
    moved = np.clip((after - before) / spread, -4, 4)
    places = np.arange(len(names))[::-1]
    axes.axvspan(-1, 1, color=QUIET, alpha=0.12, linewidth=0)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.hlines(places, 0, np.nan_to_num(moved), color=FAKE, linewidth=2)
    axes.plot(np.zeros(len(names)), places, "o", color=REAL, markersize=6, label="before")
    axes.plot(moved, places, "^", color=FAKE, markersize=8, markeredgecolor="k", label="after")
    for place, one, other in zip(places, before, after, strict=True):
        words = f"{one:.3g} → {other:.3g}" if np.isfinite(other) else f"{one:.3g} → undefined"
        axes.annotate(words, (4.2, place), va="center", fontsize=8, annotation_clip=False)
    axes.set_yticks(places, names, fontsize=8)
    axes.set(xlim=(-4.2, 4.2), ylim=(-0.7, len(names) - 0.3))
    axes.set(xlabel="moved by (standard deviations between patients)", xticks=(-4, -2, 0, 2, 4))
    return axes


def plot_verdicts(statuses, axes, *, values=None):
    """Draw a table of checks: one row for each transform, one column for each question.

    Parameters
    ----------
    statuses : mapping of transform -> mapping of check -> {"pass", "fail", "undecided", "not applicable"}
        Every transform with the same checks.
    axes : matplotlib.axes.Axes
    values : mapping of the same form, of numbers, or None
        Written below each status.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, the checks differ between transforms or a status is unknown.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_verdicts({"crop": {"area": "fail", "water": "pass"}}, Figure().subplots())
    >>> [text.get_text() for text in axes.texts]
    ['FAIL', 'pass']
    """
    rows = {name: dict(checks) for name, checks in dict(statuses).items()}
    if not rows or not all(rows.values()):
        raise ValueError("statuses must hold a transform with a check, or more.")
    checks = list(next(iter(rows.values())))
    for name, found in rows.items():
        if list(found) != checks:
            raise ValueError(f"every transform needs the checks {checks}; {name!r} has {list(found)}.")
        unknown = sorted(set(found.values()) - set(STATUS))
        if unknown:
            raise ValueError(f"a status must be one of {', '.join(STATUS)}; got {unknown}.")
    for place, (name, found) in enumerate(rows.items()):
        for column, check in enumerate(checks):
            ground, ink, words = STATUS[found[check]]
            axes.fill_between(
                [column - 0.48, column + 0.48], place - 0.46, place + 0.46, facecolor=ground, edgecolor=QUIET
            )
            number = np.nan if values is None else values[name][check]
            words += "" if np.isnan(number) else f"\n{number:.3g}"
            axes.text(column, place, words, ha="center", va="center", color=ink, fontsize=9)
    axes.set(xlim=(-0.5, len(checks) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(range(len(checks)), checks, fontsize=9)
    axes.set_yticks(range(len(rows)), list(rows), fontsize=9)
    axes.set(xlabel="check", ylabel="augmentation")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes
