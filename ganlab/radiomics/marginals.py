"""One feature at a time: is the synthetic cohort different, equivalent, or too small to tell?"""

import functools
import math
import warnings

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.diagnostics import holm_adjusted
from ganlab.progress import with_progress
from ganlab.radiomics.tables import is_constant, paired_tables
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Points, Table, Values
from ganlab.validation import positive_integer, positive_number

# A quarter of a real standard deviation. Above it Rubin (2001) no longer trusts regression to repair a
# difference between groups; between two normal features at this distance the AUC is 0.57, nearly a guess.
MARGIN = 0.25


def compare_marginals(
    real: Table | Points,
    synthetic: Table | Points,
    correction: str = "holm",
    *,
    margin: float = MARGIN,
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Each feature's distribution, real against synthetic: a difference, an equivalence, or neither.

    "p > 0.05" is no evidence that two cohorts agree: with few samples everything passes. So two opposite
    questions are asked of every feature, each with a p-value corrected over all features.

    1. *Is it different?* The Kolmogorov-Smirnov test.
    2. *Is it close enough?* Two tests that the distance is at least `margin` real standard deviations
       :math:`s`: the two one-sided t-tests on the means (Welch), and one on the whole distribution,

       .. math:: t = \frac{\mathrm{margin} - W_1 / s}{\mathrm{se}(W_1 / s)}

       with the standard error that the dual gives: the optimal Kantorovich potential is a critic of slope
       at most 1, and :math:`W_1` is the difference of its two means. For a pure shift that is the t-test
       over again; for a change of spread it is the one that notices. The larger p of the two counts.

    The conclusion is "equivalent" if the second is shown, also where a large cohort makes a harmless
    difference significant; "different" if only the first is; and "undecided" if neither is.

    Every distance is in *real* standard deviations. Scaled by its own, a synthetic cohort that scatters too
    widely would look close.

    Parameters
    ----------
    real, synthetic : DataFrame, or array of shape (n, features)
        One row per lesion, numbers throughout; the same columns in any order. If both carry
        ``attrs["settings"]``, these must agree. Rows count as independent: several slices of one patient
        do not, so hand in one row of each.
    correction : str
        As in statsmodels' multipletests: "holm" (default) bounds the chance of a single false alarm,
        "fdr_bh" the expected share of false ones among the alarms, "bonferroni", ...
    margin : number > 0
        What is close enough, in real standard deviations. State it before you look.
    alpha : number in (0, 1)
        Of either question, after correction.

    Returns
    -------
    DataFrame, one row per feature
        ``ks`` in [0, 1], ``ks_p``, ``ks_p_adjusted``; ``wasserstein`` >= 0, in real standard deviations, and
        ``half_width``, half of its 95 % interval (0 for a feature that is constant among the reals);
        ``superiority`` in [0, 1], the chance that a synthetic value exceeds a real one (1/2 for equal
        distributions, and blind to any monotone change of scale); ``smd``, ``smd_low``, ``smd_high``, the
        standardized difference of means (synthetic minus real) with its 95 % interval; ``tost_p`` and
        ``wasserstein_p``, ``equivalence_p``, the larger of these, and ``equivalence_p_adjusted``;
        ``conclusion``; ``note``. `attrs` holds the settings, both sample sizes, ``samples_needed`` (see
        :func:`samples_needed`, for this many features) and a ``summary`` sentence.

        A feature that is constant among the reals has no scale. If the synthetic ones all have that same
        value too, it is "equivalent" by definition and stays out of the correction. If they have not, its
        distances are infinite, it cannot be equivalent, and the Kolmogorov-Smirnov test decides.

    Notes
    -----
    The interval of ``smd`` and ``wasserstein_p`` count the uncertainty of the real standard deviation too;
    ``tost_p``, as it is usually done, takes it as known. To claim that *all* features are equivalent no
    correction is needed: ask for ``equivalence_p.max() < alpha`` (an intersection-union test). For wildly
    skewed features the standard deviation belongs to the tail, and the equivalence test is somewhat too
    generous (7 % instead of 5 % at the margin for log-normal features, 300 of each): compare ``np.log`` of
    both tables, or read ``superiority``.

    References
    ----------
    .. [1] Schuirmann (1987), A comparison of the two one-sided tests procedure, doi:10.1007/BF01068419.
    .. [2] Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65-70.
    .. [3] Rubin (2001), Using propensity scores to help design observational studies,
       doi:10.1023/A:1020363010465 (the quarter of a standard deviation).
    .. [4] Vargha & Delaney (2000), A critique and improvement of the CL common language effect size,
       doi:10.3102/10769986025002101.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = rng.normal(size=(2, 1000, 3))
    >>> synthetic[:, 1] += 0.5
    >>> synthetic[:, 2] *= 0.6
    >>> table = compare_marginals(real, synthetic)
    >>> table[["wasserstein", "smd", "conclusion"]].round(1)
               wasserstein  smd  conclusion
    feature 0          0.1  0.1  equivalent
    feature 1          0.5  0.5   different
    feature 2          0.4  0.1   different
    """
    real, synthetic = paired_tables(real, synthetic)
    margin, alpha = positive_number(margin, "margin"), _level(alpha)
    rows = {
        name: _compare(real[name].to_numpy(), synthetic[name].to_numpy(), margin)
        for name in with_progress(real.columns, "comparing features")
    }
    table = pd.DataFrame(rows).T
    table = table.astype({column: float for column in table.columns if column != "note"})
    tested = table["note"] != SAME_CONSTANT
    for column in ("ks_p", "equivalence_p"):
        table.insert(table.columns.get_loc(column) + 1, f"{column}_adjusted", table[column])
        if tested.any():
            table.loc[tested, f"{column}_adjusted"] = _adjusted(table.loc[tested, column], correction)
    equivalent = table["equivalence_p_adjusted"] < alpha
    different = (table["ks_p_adjusted"] < alpha) & ~equivalent
    conclusion = np.select([equivalent, different], ["equivalent", "different"], "undecided")
    table.insert(table.columns.get_loc("note"), "conclusion", conclusion)
    table.attrs = {
        "correction": correction,
        "margin": margin,
        "alpha": alpha,
        "n_real": len(real),
        "n_synthetic": len(synthetic),
        "samples_needed": samples_needed(max(1, int(tested.sum())), margin=margin, alpha=alpha),
    }
    table.attrs["summary"] = _summary(table)
    return table


def samples_needed(
    n_features: int = 1, *, margin: float = MARGIN, power: float = 0.8, alpha: float = 0.05
) -> int:
    r"""How many samples a cohort needs before a perfect generator's feature can be called equivalent.

    With n samples in each cohort the conclusion "equivalent" asks that :math:`(A + t B) / \sqrt n` be below
    the margin, where :math:`A / \sqrt n` is the distance that two samples of one distribution have anyway
    and :math:`B / \sqrt n` its standard error, for the means and for the Wasserstein distance. All are
    drawn here 500 times for a normal feature, at 400 samples, and n is chosen so that the share `power` of
    draws passes both tests. It is the number for the strictest step of Holm's correction, so most features
    need somewhat fewer; skewed ones need more.

    Parameters
    ----------
    n_features : int >= 1
        Compared at once, each at level ``alpha / n_features``.
    margin : number > 0
        In real standard deviations.
    power : number in (0, 1)
        Wanted chance of the conclusion "equivalent", for a feature that is.
    alpha : number in (0, 1)

    Returns
    -------
    n : int
        Rows in the real cohort, and as many in the synthetic one.

    Examples
    --------
    >>> samples_needed() < samples_needed(n_features=100) < samples_needed(n_features=100, margin=0.2)
    True
    """
    level = _level(alpha) / positive_integer(n_features, "n_features")
    margin, power = positive_number(margin, "margin"), _level(power, "power")
    of_means, of_distances = _two_perfect_cohorts(n=400, draws=500)
    root_of_n = [
        np.sqrt(400) * (distance + stats.t.ppf(1 - level, df) * error) / margin
        for distance, error, df in (of_means, of_distances)
    ]
    return max(2, math.ceil(np.quantile(np.maximum(*root_of_n), power) ** 2))


@functools.cache
def _two_perfect_cohorts(n, draws):
    """For the means and for W1 of pairs of normal samples: distance, standard error, df; each (draws,)."""
    pairs = seeded_numpy_rng(0).normal(size=(draws, 2, n))
    means = [(abs(x.mean() - y.mean()), *_welch(x, y)) for x, y in pairs]
    return np.transpose(means), np.transpose([wasserstein_and_error(x, y) for x, y in pairs])


SAME_CONSTANT, REAL_CONSTANT = "constant, and the same in both", "constant in the real cohort"
# The row of a feature with one value in both cohorts; what is measured replaces it.
NOTHING_DIFFERS = {
    "ks": 0.0,
    "ks_p": 1.0,
    "wasserstein": 0.0,
    "half_width": 0.0,
    "superiority": 0.5,
    **dict.fromkeys(["smd", "smd_low", "smd_high", "tost_p", "wasserstein_p", "equivalence_p"], 0.0),
    "note": SAME_CONSTANT,
}


def _compare(real, synthetic, margin):
    """One row of the table, before the correction."""
    if is_constant(real) and is_constant(np.concatenate([real, synthetic])):
        return NOTHING_DIFFERS
    with warnings.catch_warnings():
        # For some sizes scipy cannot compute the exact p-value, says so, and takes the asymptotic one.
        warnings.filterwarnings("ignore", message="ks_2samp: Exact calculation unsuccessful")
        test = stats.ks_2samp(real, synthetic)
    ranks = stats.mannwhitneyu(synthetic, real, method="asymptotic").statistic
    row = NOTHING_DIFFERS | {
        "ks": test.statistic,
        "ks_p": test.pvalue,
        "superiority": ranks / (len(real) * len(synthetic)),
    }
    if is_constant(real):
        shift = synthetic.mean() - real.mean()
        return row | {
            "wasserstein": np.inf,
            "smd": np.sign(shift) * np.inf if shift else 0.0,
            "smd_low": -np.inf,
            "smd_high": np.inf,
            **dict.fromkeys(["tost_p", "wasserstein_p", "equivalence_p"], 1.0),
            "note": REAL_CONSTANT,
        }
    distance, error, df = wasserstein_and_error(real, synthetic)
    smd, smd_half_width = _smd(real, synthetic)
    closeness = {
        "tost_p": _tost(real, synthetic, margin * real.std(ddof=1)),
        "wasserstein_p": stats.t.sf((margin - distance) / error, df),
    }
    return row | {
        "wasserstein": distance,
        "half_width": stats.t.ppf(0.975, df) * error,
        "smd": smd,
        "smd_low": smd - smd_half_width,
        "smd_high": smd + smd_half_width,
        **closeness,
        "equivalence_p": max(closeness.values()),
        "note": "",
    }


def _tost(real, synthetic, margin):
    from statsmodels.stats.weightstats import ttost_ind

    return float(ttost_ind(synthetic, real, -margin, margin, usevar="unequal")[0])


def _smd(real, synthetic):
    """Difference of means in real standard deviations, and half its 95 % interval by the delta method."""
    mean, scale = real.mean(), real.std(ddof=1)
    u = (real - mean) / scale
    smd = (synthetic.mean() - mean) / scale
    # What each real patient contributes: through the mean, and through the standard deviation below the line.
    influence = u + smd * (u**2 - 1) / 2
    error, df = _welch(influence, synthetic / scale)
    return smd, stats.t.ppf(0.975, df) * error


def wasserstein_and_error(x: Values, y: Values) -> tuple[float, float, float]:
    """Wasserstein distance W1 of two samples, in standard deviations of the first, and its standard error.

    The optimal Kantorovich potential has slope at most 1, and W1 is the difference of its two means; so its
    error is that of a difference of means. The standard deviation of x counts as an estimate too.

    Parameters
    ----------
    x, y : arrays of shape (n,) and (m,)
        x must vary.

    Returns
    -------
    distance, error, df : float
        ``distance + scipy.stats.t.ppf(0.95, df) * error`` bounds the distance from above at 95 %.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> distance, error, df = wasserstein_and_error(rng.normal(size=500), rng.normal(size=500) + 1)
    >>> bool(distance - 2 * error < 1 < distance + 2 * error)
    True
    """
    points = np.concatenate([x, y])
    order = np.argsort(points, kind="stable")
    side = np.where(order < len(x), 1, -1)
    found = transport_and_error(points[order][None], side[None])
    distance, error, df, scale = (float(values[0]) for values in found)
    return distance / scale, error / scale, df


def transport_and_error(points: Points, side: Points) -> tuple[Values, Values, Values, Values]:
    """`wasserstein_and_error` of many features at once, from their sorted values, and in their own unit.

    Parameters
    ----------
    points : array, shape (features, n)
        Values of both samples, each row in rising order.
    side : int array, shape (features, n)
        1 where the value is of the first sample, -1 where of the second, 0 where it does not count.

    Returns
    -------
    distance, error, df, scale : arrays of shape (features,)
        The last is the standard deviation of the first sample. Where it is 0 the error is too.

    Examples
    --------
    Two samples of two values each, one apart:

    >>> transport_and_error(np.array([[0.0, 1, 2, 3]]), np.array([[1, -1, 1, -1]]))[0]
    array([1.])
    """
    of_x, of_y = (side > 0).astype(float), (side < 0).astype(float)
    n, m = int(of_x[0].sum()), int(of_y[0].sum())
    gaps = np.diff(points)
    # In whole numbers, so that level is level; by place: 0, 1 and -1.
    ahead = np.cumsum(np.array([0.0, m, -n])[side], axis=1)[:, :-1]
    # The potential rises by 1 where y lies to the right of x, and falls by 1 where to the left. Where the two
    # are level any slope is optimal: it goes on as it went.
    slope = np.sign(ahead)
    _go_on(slope, np.flatnonzero((ahead == 0) | (gaps <= 0)))
    potential = np.zeros(points.shape)
    np.cumsum(slope * gaps, axis=1, out=potential[:, 1:])
    distance = np.einsum("fn,fn->f", np.abs(ahead), gaps) / (n * m)
    squares = np.square(points - np.einsum("fn,fn->f", points, of_x)[:, None] / n)
    ends = (np.argmax(of_x, axis=1), of_x.shape[1] - 1 - np.argmax(of_x[:, ::-1], axis=1))
    lowest, highest = (points[np.arange(len(points)), place] for place in ends)
    deviation = np.sqrt(np.einsum("fn,fn->f", squares, of_x) / max(n - 1, 1))
    scale = np.where(lowest == highest, 0.0, deviation)
    varies = scale > 0
    # The reals count twice: as one side of the transport, and through the standard deviation it is told in.
    weight = distance / (2 * np.where(varies, scale, np.inf) ** 2)
    squares *= weight[:, None]
    squares += potential
    error, df = _error_of_means(_variance(squares, of_x, n) / n, _variance(potential, of_y, m) / m, n, m)
    return distance, np.where(varies, error, 0.0), np.where(varies, df, n + m - 2.0), scale


def _go_on(slope, unknown):
    """Put in each of these places, in rising order, the last known slope of its row; 0 if there is none."""
    begins = np.diff(unknown, prepend=-2) != 1
    begins |= unknown % slope.shape[1] == 0
    first = np.maximum.accumulate(np.where(begins, unknown, 0))
    slope.flat[unknown] = np.where(first % slope.shape[1] == 0, 0.0, slope.flat[first - 1])


def _variance(values, among, n):
    """Of the values along the last axis among which 1 stands, and not 0."""
    centred = values - np.einsum("fn,fn->f", values, among)[:, None] / n
    return np.einsum("fn,fn,fn->f", centred, centred, among) / (n - 1)


def _welch(x, y):
    """Standard errors of differences of means along the last axis, and their degrees of freedom."""
    n, m = x.shape[-1], y.shape[-1]
    return _error_of_means(x.var(axis=-1, ddof=1) / n, y.var(axis=-1, ddof=1) / m, n, m)


def _error_of_means(a, b, n, m):
    """The same from the squared errors of both means."""
    certain = a + b == 0
    below = np.where(certain, 1.0, a**2 / (n - 1) + b**2 / (m - 1))
    error = np.where(certain, np.finfo(float).tiny, np.sqrt(a + b))
    return error, np.where(certain, n + m - 2.0, (a + b) ** 2 / below)


def _adjusted(p_values, correction):
    if correction == "holm":
        return holm_adjusted(p_values)
    from statsmodels.stats.multitest import multipletests

    try:
        return multipletests(p_values.to_numpy(), method=correction)[1]
    except ValueError:
        raise ValueError(
            f'correction must be one that statsmodels knows, such as "holm" or "fdr_bh"; got {correction!r}.'
        ) from None


def _level(value, name="alpha"):
    value = positive_number(value, name)
    if value >= 1:
        raise ValueError(f"{name} must lie between 0 and 1; got {value:g}.")
    return value


def _summary(table):
    facts, counts = table.attrs, table["conclusion"].value_counts()
    parts = [f"{counts.get(word, 0)} {word}" for word in ("equivalent", "different", "undecided")]
    text = (
        f"Of {len(table)} features {parts[0]}, {parts[1]} and {parts[2]}, with {facts['n_real']} real "
        f"against {facts['n_synthetic']} synthetic samples "
        f"(margin {facts['margin']:g} real standard deviations)"
    )
    if counts.get("undecided", 0) and min(facts["n_real"], facts["n_synthetic"]) < facts["samples_needed"]:
        text += f"; about {facts['samples_needed']} of each are needed to call a perfect one equivalent"
    return text + "."
