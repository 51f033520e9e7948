"""Intervals for the three things that memorization is counted in: shares, means and who is ahead of whom."""

import numpy as np
from scipy.stats import norm, rankdata, t

LEVEL = 0.95


def share_interval(count, n, level=LEVEL):
    r"""Wilson's interval of a share: the shares from which the one found is not too far away.

    .. math:: |\hat p - p| \le z \sqrt{p (1 - p) / n}

    The spread is that of the share asked for, not of the one found, so the interval stays inside [0, 1]
    and has a length also where the count is 0 or n.

    Parameters
    ----------
    count : number from 0 to n
        Hits; a tie may count a half.
    n : number > 0
        Independent trials. Need not be whole: dependent trials count as fewer.
    level : number in (0, 1)
        How often such an interval contains the truth.

    Returns
    -------
    low, high : float
        In [0, 1], the share count / n between them.

    References
    ----------
    .. [1] Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference,
       doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> low, high = share_interval(0, 73)  # none of 73
    >>> low, round(high, 3)
    (0.0, 0.05)
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    return float(min(low, count / n)), float(max(high, count / n))


def mean_interval(values, level=LEVEL):
    """Student's interval of a mean."""
    values = np.asarray(values)
    half = t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def chance_ahead(first, second):
    r"""P(a value of `first` is above one of `second`), ties counting a half: the area under the ROC curve.

    .. math:: \hat\theta = \frac{1}{mn} \sum_{i,j} 1[x_i > y_j] + \tfrac12 1[x_i = y_j]

    Returns
    -------
    theta, standard_error : floats
        The error by DeLong's formula, from how far each value is ahead of the other group.
    """
    m, n = len(first), len(second)
    ranks = rankdata(np.concatenate([first, second]))
    ahead = (ranks[:m] - rankdata(first)) / n
    behind = 1 - (ranks[m:] - rankdata(second)) / m
    return float(ahead.mean()), float(np.sqrt(ahead.var(ddof=1) / m + behind.var(ddof=1) / n))


def chance_ahead_interval(first, second, level=LEVEL):
    """Interval of `chance_ahead`, on the logit scale, so that it stays inside [0, 1].

    Where the groups do not overlap at all the formula's error is 0; then the bound is the chance that
    leaves a non-overlap of the smaller group its share of luck, as for 0 of n.
    """
    theta, error = chance_ahead(first, second)
    if theta in (0.0, 1.0):
        furthest = 1 - ((1 - level) / 2) ** (1 / min(len(first), len(second)))
        return (0.0, furthest) if theta == 0 else (1 - furthest, 1.0)
    half = norm.ppf((1 + level) / 2) * error / (theta * (1 - theta))
    logit = np.log(theta / (1 - theta))
    return tuple(float(1 / (1 + np.exp(-bound))) for bound in (logit - half, logit + half))


def relabelled_shares(counts, n_first, seed, draws=20_000):
    """What the first group's part of the total would be if the labels were dealt out again at random.

    Parameters
    ----------
    counts : int array, shape (n,)
        What each member holds, first group and second.
    n_first : int
        Size of the first group.
    seed : int

    Returns
    -------
    shares : array, shape (draws,)
    """
    held, members = np.unique(counts, return_counts=True)
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(
        members, n_first, size=draws, method="marginals"
    )
    return dealt @ held / (members @ held)
