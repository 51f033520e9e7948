"""Are all kinds of real patients imitated? Coverage and recall, each with an exact permutation p-value."""

import numpy as np
from scipy import stats

from ganlab.seeding import seeded_numpy_rng


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
    both = np.concatenate([real, synthetic])
    scores = stats.norm.ppf((stats.rankdata(both, axis=0) - 0.5) / len(both))
    return scores[: len(real)], scores[len(real) :]


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
    order = _neighbours(np.concatenate([real, synthetic]) - real.mean(axis=0), n, k)
    labels = np.arange(len(order)) < n
    rng = seeded_numpy_rng(seed)
    observed = _shares(order, labels, k)
    below = np.zeros(2)
    for _ in range(n_permutations):
        below += _shares(order, rng.permutation(labels), k) <= observed + 1e-12
    p_values = (below + 1) / (n_permutations + 1)
    return {"coverage": float(p_values[0]), "recall": float(p_values[1])}


def _neighbours(points, n_real, k):
    """The nearest rows of every row, itself left out, near ones first; shape (N, at most N - 1)."""
    from sklearn.neighbors import NearestNeighbors

    total = len(points)
    # Far enough out to meet k synthetic ones nearly always; what lies beyond is the same for all labels.
    deep = min(total - 1, int(np.ceil(4 * (k + 2) * total / (total - n_real))))
    return NearestNeighbors(n_neighbors=deep).fit(points).kneighbors(return_distance=False)


def _shares(order, is_real, k):
    """Coverage and recall for one assignment of the labels."""
    neighbour_is_real = is_real[order]
    covered = ~neighbour_is_real[is_real, :k].all(axis=1)
    around_synthetic = neighbour_is_real[~is_real]
    inside = (np.cumsum(~around_synthetic, axis=1) < k) & around_synthetic
    reached = np.zeros(len(is_real), bool)
    reached[order[~is_real][inside]] = True
    return np.array([covered.mean(), reached[is_real].mean()])
