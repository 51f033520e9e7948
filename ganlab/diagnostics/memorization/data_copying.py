"""The three-sample test for data copying: train, generated, and held-out samples to compare with."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.chance import LEVEL, chance_ahead, chance_ahead_interval
from ganlab.diagnostics.memorization.surroundings import Surroundings
from ganlab.validation import positive_integer

# A cell needs this many generated and this many held-out samples before anything is said about it.
FEWEST_IN_CELL = 5
METHOD = "DeLong's interval given this train; perfect range of the rank-sum test"


@dataclass(frozen=True)
class DataCopying:
    """What `data_copying_test` found; negative means nearer to train than held-out samples are.

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
        One row per cell: `n_train`, `n_generated`, `n_holdout`, `z` and `tested` (enough of both).

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> train, holdout = rng.normal(size=(2, 60, 2))
    >>> test = data_copying_test(train, train + 0.001, holdout)
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


def data_copying_test(train, generated, holdout, *, n_cells=None, space=None, seed=0):
    r"""Are generated samples nearer to train than new real samples are?

    The Mann-Whitney statistic of the distances to train, generated against held-out, in units of its
    standard deviation under "no difference":

    .. math:: Z = \frac{U - mh/2}{\sqrt{mh(m + h + 1)/12}}, \qquad
       U = \#\{(g, h) : d(g, T) > d(h, T)\}

    Below -2: generated samples lie too near to train, copying. Above 2: too far, a poor fit. Train is
    cut into cells by k-means, a sample belongs to the cell of its nearest training sample, and the same
    statistic is computed in every cell:

    .. math:: C_T = \frac{\sum_c \hat P(c)\, Z_c}{\sum_c \hat P(c)}, \qquad
       \hat P(c) = \text{share of the holdout in } c

    over the cells with at least 5 generated and 5 held-out samples. Mind what an average does: a generator
    that copies in half of the cells and is far off in the other half has :math:`C_T` about 0; look at
    `worst`. Nor does either see copies that are blurred to the usual distance.

    Parameters
    ----------
    train, generated, holdout : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once.
    n_cells : int >= 1, optional
        Unless given, one for every 40 of the smallest set, 10 at most.
    space : feature space, optional
        `Pixels` unless given.
    seed : int >= 0
        Of k-means.

    Returns
    -------
    test : DataCopying
        Three Estimates in units of standard deviations, and the table of cells. What an interval aims at:
        the mean of Z over fresh generated and held-out samples, as many as these, with this train. Z grows
        with the number of samples: compare it between sets of equal sizes only.

    Raises
    ------
    ValueError
        If a set is too small, shapes differ, values are not finite, a held-out sample is also in train, or no
        cell has enough samples.

    References
    ----------
    .. [1] Meehan, Chaudhuri & Dasgupta (2020), A Non-Parametric Test to Detect Data-Copying in Generative
       Models, arXiv:2004.05675. There a cell belongs to a k-means centre.

    Examples
    --------
    >>> import numpy as np
    >>> train, generated, holdout = np.random.default_rng(1).normal(size=(3, 60, 2))
    >>> print(data_copying_test(train, generated, holdout, n_cells=1).overall.as_perfect)
    True
    """
    return data_copying_of(Surroundings(train, generated, holdout, space), n_cells, seed)


def data_copying_of(around, n_cells=None, seed=0):
    """`data_copying_test` of `Surroundings`."""
    if n_cells is None:
        n_cells = min(10, max(1, min(around.n_train, around.n_generated, around.n_holdout) // 40))
    n_cells = min(positive_integer(n_cells, "n_cells"), around.n_train)
    cell = _cells(around.train_points, n_cells, seed)
    of_generated = cell[around.generated_to_train.index[:, 0]]
    of_holdout = cell[around.holdout_to_train.index[:, 0]]
    generated, holdout = around.generated_to_train.distance[:, 0], around.holdout_to_train.distance[:, 0]

    table = pd.DataFrame({"n_train": np.bincount(cell, minlength=n_cells)})
    table["n_generated"] = np.bincount(of_generated, minlength=n_cells)
    table["n_holdout"] = np.bincount(of_holdout, minlength=n_cells)
    table["tested"] = table[["n_generated", "n_holdout"]].min(axis=1) >= FEWEST_IN_CELL
    tested = np.flatnonzero(table["tested"])
    if not len(tested):
        raise ValueError(
            f"none of the {n_cells} cells holds {FEWEST_IN_CELL} generated and {FEWEST_IN_CELL} held-out "
            "samples; take fewer cells, or more samples."
        )
    pairs = [(generated[of_generated == c], holdout[of_holdout == c]) for c in tested]
    z = np.array([_z(*pair) for pair in pairs])
    table["z"] = np.nan
    table.loc[tested, "z"] = z
    everything = _z(generated, holdout), _z_interval(generated, holdout, LEVEL)
    n = around.n_generated
    normal = norm.ppf((1 + LEVEL) / 2)
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
    arms = np.array(
        [np.abs(np.array(_z_interval(*pair, LEVEL)) - own) for pair, own in zip(pairs, z, strict=True)]
    )
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
    low, middle, high = (
        norm.isf((1 - share) ** (1 / k)) for share in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)
    )
    return Estimate(
        f"data-copying statistic of the worst of {k} cells", z[lowest],
        _z_interval(*pairs[lowest], 1 - (1 - LEVEL) / k), middle, (low, high), n,
        "cannot see copies blurred to the usual distance", METHOD,
    )  # fmt: skip


def _z(generated, holdout):
    theta, _ = chance_ahead(generated, holdout)
    return _in_standard_deviations(theta, len(generated), len(holdout))


def _z_interval(generated, holdout, level):
    bounds = chance_ahead_interval(generated, holdout, level)
    return tuple(_in_standard_deviations(bound, len(generated), len(holdout)) for bound in bounds)


def _in_standard_deviations(theta, m, h):
    return float((theta - 0.5) * np.sqrt(12 * m * h / (m + h + 1)))


def _cells(points, n_cells, seed):
    """The k-means cell of each training sample."""
    if n_cells == 1:
        return np.zeros(len(points), dtype=int)
    from sklearn.cluster import KMeans

    return KMeans(n_cells, n_init=3, random_state=seed).fit_predict(points)
