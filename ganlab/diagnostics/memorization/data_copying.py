"""The three-sample test for data copying: are synthetic samples nearer to train than held-out ones are?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.cluster import KMeans

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.intervals import LEVEL, auc, auc_interval

# A cell needs this many synthetic and this many held-out samples before anything is said about it.
FEWEST_IN_CELL = 5
METHOD = "DeLong's interval given this train; perfect range of the rank-sum test"


@dataclass(frozen=True)
class DataCopying:
    r"""Three tests of data copying; negative means nearer to train than held-out samples are.

    The Mann-Whitney statistic of the distances to train, synthetic against held-out, in units of its
    standard deviation under "no difference":

    .. math:: Z = \frac{U - mh/2}{\sqrt{mh(m + h + 1)/12}}, \qquad
       U = \#\{(g, h) : d(g, T) > d(h, T)\}

    Below -2: synthetic samples lie too near to train, copying. Above 2: too far, a poor fit. Train is
    cut into cells by k-means, a sample belongs to the cell of its nearest training sample, and the same
    statistic is computed in every cell:

    .. math:: C_T = \frac{\sum_c \hat P(c)\, Z_c}{\sum_c \hat P(c)}, \qquad
       \hat P(c) = \text{share of the holdout in } c

    over the cells with at least 5 synthetic and 5 held-out samples. Mind what an average does: a generator
    that copies in half of the cells and is far off in the other half has :math:`C_T` about 0; look at
    `worst`. Nor does either see copies that are blurred to the usual distance.

    What an interval aims at: the mean of Z over fresh synthetic and held-out samples, as many as these, with
    this train. Z grows with the number of samples: compare it between sets of equal sizes only.

    Parameters
    ----------
    overall : Estimate
        One test of all samples together.
    average : Estimate
        :math:`C_T`: the cells' tests, weighted by their share of the holdout. Copies in one cell and
        bad samples in another cancel.
    worst : Estimate
        The most negative cell, which cannot cancel; its range allows for being the lowest of several,
        and its interval holds for all cells at once.
    cells : DataFrame
        One row per cell: `n_train`, `n_synthetic`, `n_holdout`, `z` and `tested` (enough of both).

    References
    ----------
    .. [1] Meehan, Chaudhuri & Dasgupta (2020), A Non-Parametric Test to Detect Data-Copying in Generative
       Models, arXiv:2004.05675. There a cell belongs to a k-means centre.

    Examples
    --------
    >>> import numpy as np
    >>> from ganlab.diagnostics import memorization
    >>> train, holdout = np.random.default_rng(0).normal(size=(2, 60, 2))
    >>> test = memorization(train, train + 0.001, holdout).data_copying
    >>> test.overall.value < -5, test.overall.as_perfect
    (True, False)
    """

    overall: Estimate
    average: Estimate
    worst: Estimate
    cells: pd.DataFrame

    def summary(self):
        """The three numbers, a sentence each."""
        return "\n".join(part.summary() for part in (self.overall, self.average, self.worst))


def data_copying_test(searches, seed=0):
    """`DataCopying` of `Searches` with a holdout, a cell for every 40 of the smallest set, 10 at most."""
    smallest = min(searches.n_train, searches.n_synthetic, searches.n_holdout)
    n_cells = min(10, max(1, smallest // 40))
    cell = KMeans(n_cells, n_init=3, random_state=seed).fit_predict(searches.train_points)
    of_synthetic = cell[searches.synthetic_to_train.index[:, 0]]
    of_holdout = cell[searches.holdout_to_train.index[:, 0]]
    synthetic, holdout = searches.synthetic_to_train.distance[:, 0], searches.holdout_to_train.distance[:, 0]

    table = pd.DataFrame({"n_train": np.bincount(cell, minlength=n_cells)})
    table["n_synthetic"] = np.bincount(of_synthetic, minlength=n_cells)
    table["n_holdout"] = np.bincount(of_holdout, minlength=n_cells)
    table["tested"] = table[["n_synthetic", "n_holdout"]].min(axis=1) >= FEWEST_IN_CELL
    tested = np.flatnonzero(table["tested"])
    if not len(tested):
        raise ValueError(
            f"the data-copying test needs {FEWEST_IN_CELL} synthetic and {FEWEST_IN_CELL} held-out samples "
            f"near the same training samples, and no cell of {n_cells} has them; got {searches.n_synthetic} "
            f"and {searches.n_holdout} in all. Take more, or read the other numbers of `memorization`."
        )
    pairs = [(synthetic[of_synthetic == c], holdout[of_holdout == c]) for c in tested]
    z = np.array([_z(*pair) for pair in pairs])
    table["z"] = np.nan
    table.loc[tested, "z"] = z
    everything = _z(synthetic, holdout), _z_interval(synthetic, holdout)
    n, normal = searches.n_synthetic, norm.ppf((1 + LEVEL) / 2)
    return DataCopying(
        Estimate(
            "data-copying statistic of all samples", *everything, 0.0, (-normal, normal), n,
            "cannot see copies that are offset by samples too far away", METHOD,
        ),
        _average(pairs, z, table.loc[tested, "n_holdout"].to_numpy(), n),
        _worst(pairs, z, n),
        table,
    )  # fmt: skip


def _average(pairs, z, n_holdout, n):
    weights = n_holdout / n_holdout.sum()
    value = weights @ z
    # The cells hold different samples, so the squared errors add up.
    arms = np.array([_z_interval(*pair) for pair in pairs]) - z[:, None]
    low, high = np.sqrt((weights**2) @ arms**2)
    half = norm.ppf((1 + LEVEL) / 2) * np.sqrt((weights**2).sum())
    return Estimate(
        f"data-copying statistic C_T averaged over {len(z)} cells", value, (value - low, value + high), 0.0,
        (-half, half), n, "cannot see copies in one cell that are offset by poor samples in another", METHOD,
    )  # fmt: skip


def _worst(pairs, z, n):
    k = len(z)
    lowest = int(z.argmin())
    # The lowest of k independent standard normal numbers: P(min > x) = (1 - Phi(x))^k.
    low, middle, high = norm.isf((1 - np.array([(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])) ** (1 / k))
    return Estimate(
        f"data-copying statistic of the worst of {k} cells", z[lowest],
        _z_interval(*pairs[lowest], 1 - (1 - LEVEL) / k), middle, (low, high), n,
        "cannot see copies blurred to the usual distance", METHOD,
    )  # fmt: skip


def _z(synthetic, holdout):
    return float((auc(synthetic, holdout)[0] - 0.5) * _scale(synthetic, holdout))


def _z_interval(synthetic, holdout, level=LEVEL):
    bounds = np.array(auc_interval(synthetic, holdout, level))
    return tuple((bounds - 0.5) * _scale(synthetic, holdout))


def _scale(synthetic, holdout):
    """Standard deviations of "no difference" to the whole of an AUC."""
    m, h = len(synthetic), len(holdout)
    return np.sqrt(12 * m * h / (m + h + 1))
