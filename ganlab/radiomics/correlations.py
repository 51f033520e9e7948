"""Correlations of the features in two cohorts, compared pair by pair and as a whole."""

import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.diagnostics import Estimate
from ganlab.progress import with_progress
from ganlab.radiomics.correlation_blocks import Drawn, drawn_in_blocks, enough_for_blocks
from ganlab.radiomics.tables import ROUNDING, is_constant, paired_tables
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Points, Seed, Table
from ganlab.validation import positive_integer

# Draws behind the interval and behind the floor: their ends are quantiles at 2.5 % and 95 %.
DRAWS = 200
# Products of numbers in all permutations, some ten seconds of them: above, wide cohorts are cut into blocks.
MOST_PRODUCTS = 2e10


@dataclass(frozen=True)
class CorrelationReport:
    """What `compare_correlations` found.

    Parameters
    ----------
    distance : Estimate
        Root mean square difference of the correlations over all pairs of features; in its field `perfect`
        the floor that two real cohorts of these sizes give.
    p_value : float in (0, 1]
        Of a distance as large as this if both cohorts had one and the same dependence.
    real, synthetic : DataFrame, shape (features, features)
        The correlation matrices.
    pairs : DataFrame
        One row per pair, the most broken first: ``first``, ``second``, ``real``, ``synthetic``,
        ``difference`` and ``p_adjusted``, corrected over all pairs.
    left_out : tuple of str
        Features that are constant in both cohorts, which correlate with nothing.
    method : str
    n_permutations : int

    Examples
    --------
    See :func:`compare_correlations`.
    """

    distance: Estimate
    p_value: float
    real: pd.DataFrame = field(repr=False)
    synthetic: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    left_out: tuple
    method: str
    n_permutations: int

    def __float__(self):
        return float(self.distance)

    def broken(self, alpha: float = 0.05):
        """The pairs whose correlation differs, at most `alpha` of a chance that any is named wrongly."""
        return self.pairs[self.pairs["p_adjusted"] <= alpha]

    def summary(self):
        """Distance, floor, p-value and the worst pair, in two plain sentences."""
        broken, worst = self.broken(), self.pairs.iloc[0]
        return (
            f"{self.distance.summary()} Permutation p = {self.p_value:.3g}; {len(broken)} of "
            f"{len(self.pairs)} pairs broke, foremost {str(worst['first'])!r} with "
            f"{str(worst['second'])!r}: "
            f"{worst['real']:.2f} among the reals, {worst['synthetic']:.2f} among the synthetic "
            f"(adjusted p = {worst['p_adjusted']:.3g})."
        )


def compare_correlations(
    real: Table | Points,
    synthetic: Table | Points,
    method: str = "spearman",
    n_permutations: int = 999,
    seed: Seed = 0,
) -> CorrelationReport:
    r"""The correlation matrices of two cohorts: how far apart, whether by chance, and which pairs broke.

    A generator can get every feature right and still make patients who cannot exist. The distance is

    .. math:: d = \sqrt{\frac{2}{p (p - 1)} \sum_{i < j} (r_{ij} - \tilde r_{ij})^2}

    over pairs, without the diagonal: the ones there agree whatever happens, and make the RV coefficient
    of two unrelated matrices come out near 0.8.

    The p-value is :math:`(b + 1) / (B + 1)`, with b the number of B random reassignments of the rows to two
    cohorts that are as far apart. A mere shift of a feature must not fire it: if the cohorts were pooled as
    they are, the shift itself would look like correlation. So each cohort's features are first put
    on one scale *within the cohort* (ranks for Spearman, z-scores for Pearson), pooled then, and after
    every reassignment ranked or standardised again, as the observed ones are.

    Parameters
    ----------
    real, synthetic : DataFrame, or array of shape (n, features)
        At least two features and four rows; columns, settings and rows as for
        :func:`~ganlab.radiomics.compare_marginals`.
    method : {"spearman", "pearson"}
        Spearman's sees any monotone dependence, is unmoved by monotone transforms and by outliers, and is
        the choice for the skewed features of radiomics. Pearson's can change when only a marginal's shape
        does.
    n_permutations : int >= 1
        999 allow a p-value down to 0.001.
    seed : int, torch.Generator or None

    Returns
    -------
    CorrelationReport
        With `distance` (an Estimate), `p_value`, `real`, `synthetic`, `pairs`, ``broken(alpha)`` and
        ``summary()``. float(report) is the distance.

    Notes
    -----
    *Pairs.* Their p-values come from the same permutations by the largest difference of any pair (Westfall
    and Young's single step), in Fisher's z, where a difference weighs as much near 1 as near 0. They hold
    jointly: at level alpha, a pair is named wrongly with a chance of at most about alpha.

    *Floor.* The reals are halved at random 200 times. A squared distance from noise alone is
    proportional to 1/n + 1/m, so the halves' is scaled by that from their sizes to these. `perfect_range`
    runs from 0 to the 95th percentile. *Interval*: both cohorts are resampled, which adds a second helping
    of noise to d squared; it is taken off again on average. Where nothing broke the interval is too wide
    (it held the truth in 99 % of 400 draws).

    *Wide cohorts.* Where the rows times the squared number of features times `n_permutations` exceed 2e10 (as
    for 1,000 + 1,000 patients, 100 features and 999 permutations) and both cohorts have 400 rows or more,
    blocks of patients (25 of them or more, at most 64 blocks of the smaller cohort) are permuted instead of
    patients. The p-values are then of the means of the blocks' own correlations: where both cohorts have one
    dependence, whatever their marginals, blocks are exchangeable and the test is exact. A few rows that fill
    no block take no part in it, and the interval comes from random halves of the blocks. Their correlations
    are kept in single precision, seven digits.

    A feature that is constant in one cohort correlates 0 with all others there. The permutation test is
    exact only where the two dependences agree as a whole; where just the correlations do, and the
    tails do not, it is approximate.

    References
    ----------
    .. [1] Mantel (1967), The detection of disease clustering, Cancer Res. 27, 209-220.
    .. [2] Westfall & Young (1993), Resampling-Based Multiple Testing, ISBN 978-0-471-55761-6.
    .. [3] Phipson & Smyth (2010), Permutation p-values should never be zero, doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> real = rng.normal(size=(200, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0], [0, 0, 1]])
    >>> independent = rng.permuted(real, axis=0)  # every marginal intact, every correlation gone
    >>> report = compare_correlations(real, independent, n_permutations=199, seed=0)
    >>> report.p_value, report.broken()[["first", "second"]].to_numpy().tolist()
    (0.005, [['feature 0', 'feature 1']])
    """
    correlation = _by_method(method)
    n_permutations = positive_integer(n_permutations, "n_permutations")
    real, synthetic = paired_tables(real, synthetic, least=4)
    both = pd.concat([real, synthetic])
    left_out = tuple(name for name in real.columns if is_constant(both[name].to_numpy()))
    names = [name for name in real.columns if name not in left_out]
    if len(names) < 2:
        raise ValueError(f"a correlation needs two features that vary; these tables have {len(names)}.")
    x, y = real[names].to_numpy(), synthetic[names].to_numpy()
    rng = seeded_numpy_rng(seed)
    in_real, in_synthetic = correlation(x), correlation(y)
    observed = in_real(np.ones(len(x))), in_synthetic(np.ones(len(y)))
    distance, differences = _distance(*observed), _fisher_differences(*observed)
    too_many = len(both) * len(names) ** 2 * n_permutations > MOST_PRODUCTS
    if too_many and enough_for_blocks(len(x), len(y)):
        drawn = drawn_in_blocks(x, y, correlation.standardised, n_permutations, DRAWS, rng)
        how = f"random halves of both cohorts in blocks, {DRAWS} draws"
    else:
        drawn = _drawn_by_rows(in_real, in_synthetic, distance, differences, n_permutations, rng)
        how = f"bootstrap and random halves of the reals, {DRAWS} draws each"
    as_far = np.count_nonzero(drawn.permuted >= drawn.distance - 1e-12)
    above = n_permutations - np.searchsorted(np.sort(drawn.largest), drawn.differences - 1e-12)

    first, second = np.triu_indices(len(names), 1)
    pairs = pd.DataFrame(
        {
            "first": np.array(names, dtype=object)[first],
            "second": np.array(names, dtype=object)[second],
            "real": observed[0][first, second],
            "synthetic": observed[1][first, second],
            "difference": (observed[1] - observed[0])[first, second],
            "p_adjusted": (above + 1) / (n_permutations + 1),
        }
    )
    worst_first = np.argsort(-differences, kind="stable")
    matrices = (pd.DataFrame(matrix, index=names, columns=names) for matrix in observed)
    return CorrelationReport(
        _estimate(distance, drawn, len(y), method, how),
        (int(as_far) + 1) / (n_permutations + 1),
        *matrices,
        pairs.iloc[worst_first].reset_index(drop=True),
        left_out,
        method,
        n_permutations,
    )


def correlation_distance(real: Table | Points, synthetic: Table | Points, method: str = "spearman") -> float:
    r"""Root mean square difference of the correlations of two cohorts, over all pairs of features.

    The number alone, as `compare_correlations` reports it with its interval, its floor and its p-value:

    .. math:: d = \sqrt{\frac{2}{p (p - 1)} \sum_{i < j} (r_{ij} - \tilde r_{ij})^2}

    Parameters
    ----------
    real, synthetic : DataFrame, or array of shape (n, features)
        As for `compare_correlations`.
    method : {"spearman", "pearson"}

    Returns
    -------
    distance : float, 0 to 2

    Examples
    --------
    >>> up, down = [[1, 1], [2, 2], [3, 3], [4, 4]], [[1, 4], [2, 3], [3, 2], [4, 1]]
    >>> correlation_distance(up, down)
    2.0
    """
    correlation = _by_method(method)
    tables = (table.to_numpy() for table in paired_tables(real, synthetic, least=4))
    matrices = [correlation(values)(np.ones(len(values))) for values in tables]
    if len(matrices[0]) < 2:
        raise ValueError("a correlation needs two features; these tables have one.")
    return _distance(*matrices)


class Correlation:
    """Pearson's matrix of a cohort's rows, each counted as often as its weight says."""

    def __init__(self, values):
        self.values = values
        self.aligned = _standardised(values)

    def __call__(self, weights):
        counted = np.flatnonzero(weights)
        weights = weights[counted]
        values = self._values_of(weights, counted)
        if (weights == 1).all():  # as in every permutation: a product with itself takes half the time
            z = _standardised(values)
            return np.clip(z.T @ z / len(z), -1, 1)
        z = _standardised(values, weights)
        return np.clip((z * weights[:, None]).T @ z / weights.sum(), -1, 1)

    def _values_of(self, weights, counted):
        return self.values[counted]

    @staticmethod
    def standardised(rows):
        """Columns whose products are the correlations of these rows."""
        return _standardised(rows)


class RankCorrelation(Correlation):
    """Spearman's matrix: the same for ranks, found anew for every choice of rows without sorting again.

    Rows are sorted once. A row's rank among those chosen is the number of chosen rows below it, read off a
    running sum; rows that tie share the mean of their places.
    """

    def __init__(self, values):
        n, p = values.shape
        columns = np.arange(p)
        self.order = np.argsort(values, axis=0, kind="stable")
        in_order, numbers = values[self.order, columns], np.arange(n)[:, None]
        # The first and the last of the rows that tie with each row, where all stand in order.
        rises = np.diff(in_order, axis=0) != 0
        firsts, lasts = np.zeros((n, p), int), np.full((n, p), n)
        np.maximum.accumulate(np.where(rises, numbers[1:], 0), axis=0, out=firsts[1:])
        lasts[:-1] = np.minimum.accumulate(np.where(rises, numbers[1:], n)[::-1], axis=0)[::-1]
        places, ends = np.empty((n, p), int), np.empty((n, p), int)
        places[self.order, columns], ends[self.order, columns] = firsts, lasts
        self._from, self._to = places * p + columns, ends * p + columns  # in the flattened running sum
        self.aligned = (places + ends) / (2 * n)  # the mean rank, on (0, 1)

    def _values_of(self, weights, counted):
        n, p = self.order.shape
        # Counts are exact in single precision up to 16 million rows, at half the memory to run through.
        below = np.zeros((n + 1, p), np.float32)
        full = np.zeros(n, np.float32)
        full[counted] = weights
        np.cumsum(full[self.order], axis=0, out=below[1:])
        return (below.take(self._from[counted]) + below.take(self._to[counted])).astype(float) / 2

    @staticmethod
    def standardised(rows):
        """The same, of ranks."""
        return _standardised(stats.rankdata(rows, axis=0))


def _by_method(method):
    if method not in ("spearman", "pearson"):
        raise ValueError(f'method must be "spearman" or "pearson"; got {method!r}.')
    return RankCorrelation if method == "spearman" else Correlation


def _standardised(values, weights=None):
    """Mean 0 and mean square 1 in every column; a column without spread becomes 0."""
    centred = values - np.average(values, axis=0, weights=weights)
    scale = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    flat = scale <= ROUNDING * np.abs(values).max(axis=0)
    return np.divide(centred, scale, out=np.zeros_like(centred), where=~flat)


def _split_at_random(cohort, n, m, rng):
    chosen = np.zeros(n + m)
    chosen[rng.permutation(n + m)[:n]] = 1
    return cohort(chosen), cohort(1 - chosen)


def _upper(matrix):
    return matrix[_above_diagonal(len(matrix))]


@functools.lru_cache(maxsize=1)
def _above_diagonal(p):
    return ~np.tri(p, dtype=bool)


def _distance(first, second):
    difference = _upper(first - second)
    return float(np.sqrt(np.mean(difference**2)))


def _fisher_differences(first, second):
    # A correlation of 1 would be infinitely far from any other.
    z = [np.arctanh(np.clip(_upper(matrix), -0.999999, 0.999999)) for matrix in (first, second)]
    return np.abs(z[0] - z[1])


def _drawn_by_rows(real, synthetic, distance, differences, n_permutations, rng):
    """Permute the rows, resample both cohorts, and halve the reals, ranked or standardised anew in each."""
    n, m = len(real.aligned), len(synthetic.aligned)
    pooled = type(real)(np.concatenate([real.aligned, synthetic.aligned]))
    permuted, largest = np.empty((2, n_permutations))
    # One permutation at a time: a matrix of 2,000 features takes 32 MB, and all of them many gigabytes.
    for i in with_progress(range(n_permutations), "permuting correlations"):
        matrices = _split_at_random(pooled, n, m, rng)
        permuted[i] = _distance(*matrices)
        largest[i] = _fisher_differences(*matrices).max()
    resampled = [
        _distance(_bootstrap(real, n, rng), _bootstrap(synthetic, m, rng))
        for _ in with_progress(range(DRAWS), "resampling correlations")
    ]
    half = n // 2
    halves = [
        _distance(*_split_at_random(real, half, n - half, rng))
        for _ in with_progress(range(DRAWS), "halving the reals")
    ]
    halved = np.array(halves) * np.sqrt((1 / n + 1 / m) / (1 / half + 1 / (n - half)))
    return Drawn(distance, differences, permuted, largest, np.array(resampled), halved)


def _estimate(distance, drawn, m, method, how):
    squared = np.maximum(drawn.resampled**2 - np.mean(drawn.resampled**2) + distance**2, 0)
    interval = np.sqrt(np.quantile(squared, [0.025, 0.975]))
    return Estimate(
        f"distance of {method.capitalize()} correlations",
        distance,
        tuple(interval),
        drawn.halved.mean(),
        (0.0, np.quantile(drawn.halved, 0.95)),
        m,
        "cannot see copies, which lie at or below the floor",
        how,
    )


def _bootstrap(cohort, n, rng):
    return cohort(np.bincount(rng.integers(n, size=n), minlength=n).astype(float))
