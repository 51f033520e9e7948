"""95 % intervals: of a share (Wilson), of a mean (Student), of an AUC (DeLong), and from random groups.

Statistics of nearest neighbours cannot be bootstrapped: samples drawn with replacement have neighbours at
distance 0, which no fresh sample has. Groups drawn without replacement have none of that. The variance of
an average over places, each of which looks at its neighbourhood only, falls like 1 / n; so the variance
over groups of n / g samples, divided by g, is the variance at n.
"""

import numpy as np
from scipy.stats import beta, betabinom, norm, rankdata, t

from ganlab.progress import with_progress
from ganlab.shapes import Interval

LEVEL = 0.95
# Differences between groups that the variance is averaged over, however the groups are cut.
DEGREES_OF_FREEDOM = 60


def share_interval(count: float, n: float, level: float = LEVEL) -> Interval:
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
    # Rounding could leave a share of exactly 0 or 1 just outside its own interval.
    return float(min(low, count / n)), float(max(high, count / n))


def dependent_share_interval(share, variance, n):
    """`share_interval` of dependent samples: among as many independent ones as would have this variance.

    Never more than n, and n itself for a share of 0 or 1, whose variance cannot be estimated.
    """
    if variance > 0 and 0 < share < 1:
        n = min(n, share * (1 - share) / variance)
    return share_interval(share * n, n)


def mean_of_shares_interval(shares: tuple[float, float], sizes: tuple[float, float]) -> Interval:
    """Newcombe's 95 % interval of the mean of two independent shares, from Wilson's interval of each.

    Parameters
    ----------
    shares : pair of numbers in [0, 1]
    sizes : pair of numbers > 0
        Of how many each is a share.

    Returns
    -------
    low, high : float
        In [0, 1].

    References
    ----------
    .. [1] Newcombe (1998), Interval estimation for the difference between independent proportions: comparison
       of eleven methods, Statistics in Medicine 17(8), 873-890.

    Examples
    --------
    The balanced accuracy of 40 right of 50 and of 30 right of 50:

    >>> low, high = mean_of_shares_interval((0.8, 0.6), (50, 50))
    >>> round(low, 3), round(high, 3)
    (0.605, 0.776)
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    (first, second), (n, m) = shares, sizes
    # The mean is half of 1 more than the difference to the share of misses.
    low, high = confint_proportions_2indep(
        first * n, n, (1 - second) * m, m, method="newcomb", compare="diff"
    )
    return float(1 + low) / 2, float(1 + high) / 2


def range_of_share(expected, variance, n):
    """Where a share with this expectation and variance falls 95 times in 100: a beta law on steps of 1/n."""
    variance = min(variance, 0.999 * expected * (1 - expected))
    if variance <= 0:
        return expected, expected
    total = expected * (1 - expected) / variance - 1
    low, high = beta.ppf([0.025, 0.975], expected * total, (1 - expected) * total)
    return float(np.floor(low * n) / n), float(np.ceil(high * n) / n)


def range_of_next_share(share, n, n_next):
    """Where the share of the next sample falls 95 times in 100, after `share` was seen among n.

    Both samples are lucky or not: the beta-binomial law, with half a success and half a failure added.
    """
    low, high = betabinom.ppf([0.025, 0.975], n_next, share * n + 0.5, (1 - share) * n + 0.5)
    return float(low) / n_next, float(high) / n_next


def mean_interval(values):
    """Student's interval of a mean."""
    half = t.ppf((1 + LEVEL) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def auc(first, second):
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


def auc_interval(first, second, level=LEVEL):
    """Interval of `auc`, on the logit scale, so that it stays inside [0, 1].

    Where the groups do not overlap at all the formula's error is 0; then the bound is the chance that
    leaves a non-overlap of the smaller group its share of luck, as for 0 of n.
    """
    theta, error = auc(first, second)
    if theta in (0.0, 1.0):
        furthest = 1 - ((1 - level) / 2) ** (1 / min(len(first), len(second)))
        return (0.0, furthest) if theta == 0 else (1 - furthest, 1.0)
    half = norm.ppf((1 + level) / 2) * error / (theta * (1 - theta))
    logit = np.log(theta / (1 - theta))
    return tuple(float(1 / (1 + np.exp(-bound))) for bound in (logit - half, logit + half))


def groups_of(n, smallest):
    """Into how many groups n samples go: 10 at most, 2 at least, of `smallest` each where that can be."""
    return int(np.clip(n // smallest, 2, 10))


def spread_between_groups(values_of, sizes, n_groups, rng):
    """Variances of statistics at full size, from random partitions into groups.

    Parameters
    ----------
    values_of : function
        One index array for each of `sizes` -> array of statistics.
    sizes : sequence of int
        Samples on each side; every side is cut into as many groups.
    n_groups : int >= 2
    rng : numpy.random.Generator

    Returns
    -------
    variances : array, one for each statistic
    """
    partitions = -(-DEGREES_OF_FREEDOM // (n_groups - 1))
    variances = []
    for _ in with_progress(range(partitions), "comparing groups"):
        sides = [np.array_split(rng.permutation(size), n_groups) for size in sizes]
        values = np.array([values_of(*parts) for parts in zip(*sides, strict=True)])
        variances.append(values.var(axis=0, ddof=1) / n_groups)
    return np.mean(variances, axis=0)
