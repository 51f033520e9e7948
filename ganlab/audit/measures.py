"""What an audit measures: all marginals at once, correlations, a two-sample test, coverage, and copies."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special, stats

from ganlab.audit.partial_copies import PartialCopies, partial_copies
from ganlab.audit.possible_values import PossibleValues, possible_values
from ganlab.diagnostics import (
    AlignedPixels,
    Estimate,
    FeatureTable,
    SuspectedCopies,
    energy_distance,
    holm_adjusted,
    memorization,
    prdc,
)
from ganlab.progress import with_progress
from ganlab.radiomics import (
    MARGIN,
    CorrelationReport,
    compare_correlations,
    compare_marginals,
    is_constant,
    samples_needed,
    transport_and_error,
)
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed, Table

# What a verdict may cost a perfect generator: half of it by a false alarm, half by missing evidence.
RISK = 0.05
LEVEL = RISK / 2
MOST_CHECKS = 8
NEIGHBOURS = 5
HALVINGS = 40
FEWEST_IN_A_HALF = 8
ROWS_AT_A_TIME = 1000
FEATURES_AT_A_TIME = 4  # whose sorted values stay in the cache, and whose copies need no new memory
SMALLEST_P = 1e-9  # of a search for copies


class Coverage(NamedTuple):
    """The PRDC report, None with too few samples, and p-values of its coverage and recall."""

    report: object
    p_values: dict


@dataclass(frozen=True)
class CopySearch:
    """What a search for copies in one space found.

    Parameters
    ----------
    space : str
        "features" or "images".
    suspects : SuspectedCopies
        At half of the level granted. Its row numbers count the rows that were compared.
    authenticity : Estimate
        Share of rows that are not suspiciously near to one real row. It accuses nobody: rows that scatter
        too little lower it without a copy.
    nearest_to_second : Estimate
        How much nearer a row is to one real row than to any other: what many loose copies lower.
    p_value : float in (0, 1]
        The lowest risk of a false accusation at which the most suspicious row or that ratio is accused.
    has_holdout : bool
    partial : PartialCopies or None
        Rows that agree with a real one in several features to the last digit; None for images.
    """

    space: str
    suspects: SuspectedCopies = field(repr=False)
    authenticity: Estimate = field(repr=False)
    nearest_to_second: Estimate = field(repr=False)
    p_value: float
    has_holdout: bool
    partial: PartialCopies | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything that an audit has measured; `ganlab.audit.checks` makes checks of it.

    Parameters
    ----------
    marginals : DataFrame
        One row for each feature, the furthest first.
    correlations : CorrelationReport, or None where fewer than two features vary
    two_sample : Comparison
    coverage : Coverage
    copies : tuple of CopySearch
    possible : PossibleValues or None
        None for images, whose features are measured here and obey the laws of their formulas.
    """

    marginals: pd.DataFrame = field(repr=False)
    correlations: CorrelationReport | None = field(repr=False)
    two_sample: object = field(repr=False)
    coverage: Coverage = field(repr=False)
    copies: tuple = field(repr=False)
    possible: PossibleValues | None = field(repr=False)


def measure(inputs, limits, n_permutations, n_checks, seed):
    """Measure the synthetic cohort against the real one: the slow part of an audit, and each thing once.

    Parameters
    ----------
    inputs : dict of AuditInput
    limits : Limits
    n_permutations : int
    n_checks : int
        Of the audit, among which the risk of a false accusation is divided.
    seed : int, torch.Generator or None

    Returns
    -------
    Evidence
    """
    seeds = [int(number) for number in seeded_numpy_rng(seed).integers(2**31, size=4)]
    real, synthetic = inputs["real"].table, inputs["synthetic"].table
    if all(is_constant(column) for column in real.to_numpy().T):
        raise ValueError(
            "every feature of the real table has one and the same value in all rows, so there is nothing to "
            "compare; expected one feature or more that varies."
        )
    ranks = rank_scores(real.to_numpy(), synthetic.to_numpy())
    margins = pd.Series(limits.margins_of(real.columns), real.columns)
    marginals = judged_marginals(real, synthetic, margins)
    marginals.attrs["perfect"] = perfect_marginals(real, len(synthetic), margins, seeds[3])
    return Evidence(
        marginals,
        _correlations(real, synthetic, n_permutations, seeds[0]),
        energy_distance(*ranks, n_permutations=n_permutations, seed=seeds[1]),
        _coverage(ranks, n_permutations, seeds[2]),
        tuple(_searches(inputs, marginals, LEVEL / n_checks)),
        _possible(inputs),
    )


def _correlations(real, synthetic, n_permutations, seed):
    both = np.concatenate([real, synthetic])
    if sum(not is_constant(column) for column in both.T) < 2:
        return None
    return compare_correlations(real, synthetic, n_permutations=n_permutations, seed=seed)


def judged_marginals(real, synthetic, margins):
    """`compare_marginals`, where features may have a margin each, and what follows for each feature."""
    groups = [names.index for _, names in margins.groupby(margins)]
    tables = [
        compare_marginals(real[names], synthetic[names], margin=float(margins[names[0]])) for names in groups
    ]
    table = pd.concat(tables).loc[real.columns]
    if len(tables) > 1:  # each was corrected by itself
        tested = table.loc[(table["note"] == "") | np.isinf(table["wasserstein"]), "ks_p"]
        if len(tested):
            table.loc[tested.index, "ks_p_adjusted"] = holm_adjusted(tested)
    table.attrs = tables[0].attrs
    return judge_marginals(table.assign(margin=margins))


def judge_marginals(table: Table, alpha: float = RISK) -> pd.DataFrame:
    """Conclude for every feature what an audit does: all of them have to be close.

    To claim that *all* are close, each may be tested at the full level (an intersection-union test), so
    no correction is made there; to claim that *some* differs, one is.

    Parameters
    ----------
    table : DataFrame
        Of `compare_marginals`; with a column ``margin`` if each feature has one of its own.
    alpha : number in (0, 1)
        Of the test that a feature is close; half of it, of the one that it differs.

    Returns
    -------
    DataFrame
        Furthest feature first, each as a share of its ``margin``; ``conclusion`` is "close", "different" or
        "undecided".

    Examples
    --------
    >>> from ganlab.radiomics import compare_marginals
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 400, 2)) + [[[0, 0]], [[0, 1]]]
    >>> judge_marginals(compare_marginals(real, synthetic))["conclusion"].to_dict()
    {'feature 1': 'different', 'feature 0': 'close'}
    """
    close = table["equivalence_p"] < alpha
    different = (table["ks_p_adjusted"] <= alpha / 2) & ~close
    conclusion = np.select([close, different], ["close", "different"], "undecided")
    table = table.assign(conclusion=conclusion, margin=table.get("margin", table.attrs["margin"]))
    furthest = (table["wasserstein"] / table["margin"]).sort_values(ascending=False, kind="stable")
    return table.loc[furthest.index]


def perfect_marginals(
    real: Table, n_synthetic: int, margin: float | pd.Series = MARGIN, seed: Seed = 0
) -> tuple[float, int]:
    r"""How far the furthest feature of a perfect generator is, and how many rows show that all are close.

    The reals are halved at random, so each half is a perfect generator for the other. With h rows in a
    half, every feature is shown close if :math:`\max_j (W_j + t\,\mathrm{se}_j)` is below the margin, and
    that maximum shrinks like :math:`1/\sqrt h`. From its 97.5th percentile c the number follows:
    :math:`h\,(c / \mathrm{margin})^2`. Unlike a formula for a normal feature this knows how many
    there are, and their tails. It is an estimate: for 20 normal features and 400 reals it came to 610 to 850
    (six tables), where trials say 800 to 900.

    Parameters
    ----------
    real : DataFrame
        One row per patient, features only.
    n_synthetic : int
    margin : number > 0, or a Series with one for each feature
    seed : int, torch.Generator or None

    Returns
    -------
    distance : float
        On average at the sizes given, in real standard deviations; where margins differ, of a feature with
        the smallest.
    needed : int
        Rows in each cohort.

    Examples
    --------
    >>> real = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 3)))
    >>> distance, needed = perfect_marginals(real, n_synthetic=100)
    >>> round(distance, 1), 100 < needed < 600
    (0.2, True)
    """
    values = real.to_numpy()
    varies = [not is_constant(column) for column in values.T]
    values = values[:, varies] / values[:, varies].std(axis=0, ddof=1)
    margins = np.broadcast_to(margin, real.shape[1])[varies]
    smallest = margins.min(initial=np.max(margin))
    n, half = len(values), len(values) // 2
    rng = seeded_numpy_rng(seed)
    side = np.zeros((HALVINGS, n), dtype=int)
    for sides in side:
        rows = rng.permutation(n)
        sides[rows[:half]], sides[rows[half : 2 * half]] = 1, -1
    furthest, slack = np.zeros(HALVINGS), np.zeros(HALVINGS)
    for start in with_progress(range(0, values.shape[1], FEATURES_AT_A_TIME), "halving the reals"):
        few = slice(start, start + FEATURES_AT_A_TIME)
        order = np.argsort(values[:, few].T, axis=1, kind="stable")
        points = np.take_along_axis(values[:, few].T, order, axis=1)
        in_smallest = smallest / margins[few]
        for i, sides in enumerate(side):
            # In units of all reals instead of those of one half, whose spread is luckier.
            distance, error, df, _ = transport_and_error(points, sides[order])
            shown = distance + stats.t.ppf(1 - RISK, df) * error
            furthest[i] = max(furthest[i], (distance * in_smallest).max())
            slack[i] = max(slack[i], (shown * in_smallest).max())
    # Two cohorts of n and m rows are as lucky as two of 2 / (1/n + 1/m).
    perfect = float(np.mean(furthest) * np.sqrt(half * (1 / n + 1 / n_synthetic) / 2))
    needed = samples_needed(margin=smallest, power=1 - LEVEL)
    if half >= FEWEST_IN_A_HALF:
        needed = max(needed, half * (np.quantile(slack, 1 - LEVEL) / smallest) ** 2)
    return perfect, round_up(needed)


def logistic(class_weight=None):
    """The classifier of every question that takes one: logistic regression on standardized features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight=class_weight))


def round_up(number):
    """To two digits: what is said of sample sizes is no more certain.

    Examples
    --------
    >>> round_up(1234), round_up(8.1)
    (1300, 9)
    """
    step = 10 ** max(0, int(np.floor(np.log10(max(number, 1)))) - 1)
    return int(np.ceil(number / step) * step)


def rank_scores(real, synthetic):
    """Each feature as the normal quantile of its rank among all rows of both tables, both centred.

    Ranks tame the tails of texture features, and since they know nothing of who is real, any statistic of
    them that is permuted with the labels has an exact p-value. Scales of the reals alone would not do.

    Parameters
    ----------
    real, synthetic : arrays, shape (n, features) and (m, features)

    Returns
    -------
    real, synthetic : arrays of the same shapes, about standard normal when pooled
    """
    scores = np.concatenate([real, synthetic], dtype=float)
    for start in with_progress(range(0, scores.shape[1], FEATURES_AT_A_TIME), "ranking features"):
        few = scores[:, start : start + FEATURES_AT_A_TIME]
        few[:] = special.ndtri((stats.rankdata(few, axis=0) - 0.5) / len(scores))
    return scores[: len(real)], scores[len(real) :]


def _coverage(ranks, n_permutations, seed):
    k = min(NEIGHBOURS, min(map(len, ranks)) // 4 - 1)
    if k < 1:
        return Coverage(None, {})
    return Coverage(prdc(*ranks, k=k, seed=seed), low_coverage_p(*ranks, k, n_permutations, seed))


def low_coverage_p(real, synthetic, k, n_permutations, seed):
    r"""How often fresh patients would surround the reals as poorly: p-values of coverage and of recall.

    The ball of a real sample reaches to its k-th nearest other real one. It holds no synthetic sample just
    if the first k neighbours among *all* rows are real. A real sample lies in the ball of a synthetic one
    if, going outwards from that one, it comes before the k-th other synthetic. So one ordering of the
    neighbours gives both shares for every reassignment of the labels, and the p-values

    .. math:: p = \frac{1 + \#\{\text{permuted share} \le \text{observed share}\}}{1 + B}

    are exact for rows that are exchangeable: those of a perfect generator are.

    Parameters
    ----------
    real, synthetic : arrays, shape (n, features) and (m, features)
    k : int
    n_permutations : int
    seed : int

    Returns
    -------
    dict
        "coverage" and "recall": each its p-value, in (0, 1].
    """
    n = len(real)
    # Large offsets would cost the distances their digits.
    order = _neighbours(np.concatenate([real, synthetic]) - real.mean(axis=0), n, k)
    labels = np.arange(len(order)) < n
    rng = seeded_numpy_rng(seed)
    observed = _shares(order, labels, k)
    below = np.zeros(2)
    for _ in with_progress(range(n_permutations), "permuting neighbours"):
        below += _shares(order, rng.permutation(labels), k) <= observed + 1e-12
    p_values = (below + 1) / (n_permutations + 1)
    return {"coverage": float(p_values[0]), "recall": float(p_values[1])}


def _neighbours(points, n_real, k):
    """The nearest rows of every row, itself left out, near ones first; shape (N, at most N - 1)."""
    from sklearn.neighbors import NearestNeighbors

    total = len(points)
    # Far enough out to meet k synthetic ones nearly always; what lies beyond is the same for all labels.
    deep = min(total - 1, int(np.ceil(4 * (k + 2) * total / (total - n_real))))
    search = NearestNeighbors(n_neighbors=min(total, deep + 1)).fit(points)
    order = np.empty((total, deep), dtype=np.int32)
    for start in with_progress(range(0, total, ROWS_AT_A_TIME), "looking for neighbours"):
        rows = np.arange(start, min(start + ROWS_AT_A_TIME, total))
        nearest = search.kneighbors(points[rows], return_distance=False)
        others = nearest != rows[:, None]
        others[others.all(axis=1), 0] = False  # behind its twins, who are as near
        order[rows] = nearest[others].reshape(len(rows), deep)
    return order


def _shares(order, is_real, k):
    """Coverage and recall for one assignment of the labels."""
    covered = ~is_real[order[is_real, :k]].all(axis=1)
    around_synthetic = order[~is_real]
    real_there = is_real[around_synthetic]
    small = np.min_scalar_type(order.shape[1])  # counted to, so that a count takes a byte and not eight
    inside = (np.cumsum(~real_there, axis=1, dtype=small) < k) & real_there
    reached = np.zeros(len(is_real), bool)
    reached[around_synthetic[inside]] = True
    return np.array([covered.mean(), reached[is_real].mean()])


def _possible(inputs):
    if inputs["real"].images is not None:
        return None
    reals = pd.concat([part.table for name, part in inputs.items() if name != "synthetic"])
    return possible_values(reals, inputs["synthetic"].table, LEVEL)


def _searches(inputs, marginals, level):
    """Copies among the features, and among the images where there are any of one shape."""
    constant = marginals.index[marginals["note"] != ""]
    yield search_copies(
        "features", level, **{name: part.table.drop(columns=constant) for name, part in inputs.items()}
    )
    shapes = {None if part.images is None else part.images.shape[1:] for part in inputs.values()}
    if len(shapes) == 1 and None not in shapes and min(*shapes.pop()) >= 8:
        yield search_copies("images", level, **{name: part.images for name, part in inputs.items()})


def search_copies(space, level, real, synthetic, holdout=None):
    """Look for copies among features (each in real standard deviations) or among aligned images.

    Parameters
    ----------
    space : {"features", "images"}
    level : number in (0, 1)
        Risk of accusing anybody in a set without copies.
    real, synthetic, holdout : tables of features, or arrays of images; holdout may be None

    Returns
    -------
    CopySearch
    """
    chosen = {"features": FeatureTable, "images": AlignedPixels}[space]()
    report = memorization(real, synthetic, holdout, space=chosen)
    suspects = report.suspected_copies(level / 2)
    # Bonferroni, of two.
    p_value = 2 * min(suspects.p_value, report.nearest_to_second_p)
    partial = None
    if space == "features":
        partial = partial_copies(real, synthetic, [] if holdout is None else [holdout])
        p_value = min(p_value, partial.p_value)  # 1, or so small that it adds nothing to the risk
    p_value = min(1.0, max(p_value, SMALLEST_P))
    return CopySearch(
        space, suspects, report.authenticity, report.nearest_to_second, p_value, holdout is not None, partial
    )
