"""Agreement of repeated measurements of the same patients: the intraclass correlation and its interval."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

from ganlab.shapes import Points, Table
from ganlab.validation import as_array, as_numpy, in_one_order

# Values that differ by less than this are one value: what rounding leaves of an exact copy.
ROUNDING = 1e-9


class Agreement(NamedTuple):
    """An intraclass correlation, the bounds of its confidence interval, and the number of patients."""

    value: float
    interval: tuple
    n: int


def intraclass_correlation(ratings: Points, confidence: float = 0.95) -> Agreement:
    r"""Absolute agreement of repeated measurements of the same patients: ICC(2,1), or ICC(A,1).

    .. math:: \mathrm{ICC} = \frac{MS_R - MS_E}{MS_R + (k-1)\,MS_E + \tfrac{k}{n}(MS_C - MS_E)}

    from the mean squares of n patients (rows), k measurements (columns) and the rest. Unlike a correlation
    coefficient it counts a shift or a change of scale between the measurements as disagreement. Below 0.5
    it is called poor, below 0.75 moderate, below 0.9 good, above that excellent [3]_. It compares the
    disagreement with the differences between patients, so it needs patients as varied as those it is to
    speak for, and each patient in one row: values pooled over patients mean nothing.

    Parameters
    ----------
    ratings : array, shape (n, k)
        One row per patient, n >= 3, one column per measurement, k >= 2.
    confidence : number in (0, 1)
        Of the interval, by the F distribution [2]_.

    Returns
    -------
    Agreement
        ``.value`` at most 1, and 1 for exact copies, even where all patients are alike; ``.interval``;
        ``.n``.

    References
    ----------
    .. [1] Shrout & Fleiss (1979), Intraclass correlations, doi:10.1037/0033-2909.86.2.420.
    .. [2] McGraw & Wong (1996), Forming inferences about some intraclass correlation coefficients,
       doi:10.1037/1082-989X.1.1.30.
    .. [3] Koo & Li (2016), A guideline of selecting and reporting intraclass correlation coefficients,
       doi:10.1016/j.jcm.2016.02.012.

    Examples
    --------
    The six subjects and four raters of Shrout & Fleiss:

    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> agreement = intraclass_correlation(ratings)
    >>> round(agreement.value, 2), tuple(round(bound, 2) for bound in agreement.interval)
    (0.29, (0.02, 0.76))
    """
    ratings = as_numpy(as_array(ratings, "ratings")).astype(float)
    if ratings.ndim != 2 or ratings.shape[0] < 3 or ratings.shape[1] < 2:
        raise ValueError(
            f"ratings must have shape (n, k), three patients and two measurements or more; "
            f"got {ratings.shape}."
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1; got {confidence!r}.")
    n, k = ratings.shape
    if (np.ptp(ratings, axis=1) <= ROUNDING * np.abs(ratings).max()).all():
        return Agreement(1.0, (1.0, 1.0), n)
    of_patients, of_columns, rest = _mean_squares(ratings)
    value = (of_patients - rest) / (of_patients + (k - 1) * rest + k * (of_columns - rest) / n)

    if value >= 1:  # up to rounding
        return Agreement(1.0, (1.0, 1.0), n)

    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    # Satterthwaite's degrees of freedom of the sum a MS_C + b MS_E
    freedom_each = (n - 1) * (k - 1)
    spread_of_sum = (a * of_columns) ** 2 / (k - 1) + (b * rest) ** 2 / freedom_each
    freedom = (a * of_columns + b * rest) ** 2 / spread_of_sum if spread_of_sum > 0 else freedom_each
    tail = 1 - (1 - confidence) / 2
    lower, upper = f_distribution.ppf(tail, n - 1, freedom), f_distribution.ppf(tail, freedom, n - 1)
    spread = k * of_columns + (k * n - k - n) * rest
    # Divided by `lower`, which is beyond all numbers where hardly a degree of freedom is left.
    low = n * (of_patients / lower - rest) / (spread + n * of_patients / lower)
    high = n * (upper * of_patients - rest) / (spread + n * upper * of_patients)
    return Agreement(float(value), (float(low), float(high)), n)


def feature_stability(before: Table, after: Table, confidence: float = 0.95) -> Table:
    """`intraclass_correlation` of every feature between two tables of the same patients in the same order.

    Parameters
    ----------
    before, after : pandas.DataFrame
        As `extract_features` gives them: the same features, in any order, and as many rows.
    confidence : number in (0, 1)

    Returns
    -------
    pandas.DataFrame, one row per feature
        `icc`, `low`, `high`, and `n`, the patients in whom the feature is defined both times; NaN where
        these are fewer than three.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> from ganlab.radiomics import extract_features
    >>> first, again = (
    ...     extract_features(simulate_ct(12, kernel=kernel, seed=0), classes="firstorder")
    ...     for kernel in ("soft", "sharp")
    ... )
    >>> table = feature_stability(first, again)
    >>> bool(table.icc["original_firstorder_Mean"] > 0.9), bool(table.icc["original_firstorder_Range"] < 0.5)
    (True, True)
    """
    after = in_one_order(before, after, "before", "after")
    if len(before) != len(after):
        raise ValueError(
            f"before and after must hold the same patients in the same order; got {len(before)} and "
            f"{len(after)} rows."
        )
    rows = {}
    for name in before.columns:
        ratings = np.stack([before[name], after[name]], axis=1)
        ratings = ratings[np.isfinite(ratings).all(axis=1)]
        if len(ratings) < 3:
            rows[name] = (np.nan, np.nan, np.nan, len(ratings))
        else:
            agreement = intraclass_correlation(ratings, confidence)
            rows[name] = (agreement.value, *agreement.interval, agreement.n)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["icc", "low", "high", "n"])


def _mean_squares(ratings):
    n, k = ratings.shape
    mean = ratings.mean()
    by_patient, by_column = ratings.mean(axis=1), ratings.mean(axis=0)
    rest = ratings - by_patient[:, None] - by_column[None, :] + mean
    return (
        k * np.sum((by_patient - mean) ** 2) / (n - 1),
        n * np.sum((by_column - mean) ** 2) / (k - 1),
        np.sum(rest**2) / ((n - 1) * (k - 1)),
    )
