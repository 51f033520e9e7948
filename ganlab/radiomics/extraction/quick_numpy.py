"""numpy for small arrays without NaN: the same sums, means and percentiles with less ceremony.

PyRadiomics' feature classes call ``nanmean``, ``nanpercentile`` and their kin about a hundred times per
lesion, on arrays of a few thousand numbers in which nothing is NaN; most of their time is spent finding
that out. Here each of them first does the plain thing, and the careful thing only if that gives NaN.
"""

import types

import numpy as np


def _sum(values, axis=None, keepdims=False):
    return np.add.reduce(values, axis=axis, keepdims=keepdims)


def _mean(values, axis=None, keepdims=False):
    values = np.asarray(values)
    total = np.add.reduce(values, axis=axis, keepdims=keepdims)
    return total / (values.size / max(total.size, 1))


def _or_careful(plain, careful):
    def function(values, *arguments, **named):
        values = np.asarray(values)
        if values.size:
            found = plain(values, *arguments, **named)
            if not np.isnan(found).any():
                return found
        return careful(values, *arguments, **named)

    return function


def _percentile(values, percent, axis):
    """By linear interpolation between the two nearest of the sorted values, numpy's default."""
    ranked = np.sort(values, axis=axis)
    if np.isnan(np.take(ranked, -1, axis)).any():
        return np.nan  # NaN sorts to the end, where a low percentile would not meet it
    place = percent / 100 * (values.shape[axis] - 1)
    below = int(place)
    lower = np.take(ranked, below, axis)
    upper = np.take(ranked, min(below + 1, values.shape[axis] - 1), axis)
    share = place - below
    # From the nearer end, as numpy does it: so both give the same last digit.
    return lower + (upper - lower) * share if share < 0.5 else upper - (upper - lower) * (1 - share)


def _median(values, axis):
    return np.median(values, axis=axis)


quick_numpy = types.SimpleNamespace(
    **{
        **vars(np),
        "sum": _sum,
        "nansum": _or_careful(_sum, np.nansum),
        "nanmean": _or_careful(_mean, np.nanmean),
        "nanmin": _or_careful(np.min, np.nanmin),
        "nanmax": _or_careful(np.max, np.nanmax),
        "nanstd": _or_careful(np.std, np.nanstd),
        "nanpercentile": _or_careful(_percentile, np.nanpercentile),
        "nanmedian": _or_careful(_median, np.nanmedian),
    }
)
