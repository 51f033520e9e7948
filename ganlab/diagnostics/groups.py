"""How sure? Cut the samples into independent groups, ask each, and see how much the answers differ.

Statistics of nearest neighbours cannot be bootstrapped: samples drawn with replacement have neighbours at
distance 0, which no fresh sample has. Groups drawn without replacement have none of that. The variance of
an average over places, each of which looks at its neighbourhood only, falls like 1 / n; so the variance
over groups of n / g samples, divided by g, is the variance at n.
"""

import numpy as np

# Differences between groups that the variance is averaged over, however the groups are cut.
DEGREES_OF_FREEDOM = 60


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
    for _ in range(partitions):
        sides = [np.array_split(rng.permutation(size), n_groups) for size in sizes]
        values = np.array([values_of(*parts) for parts in zip(*sides, strict=True)])
        variances.append(values.var(axis=0, ddof=1) / n_groups)
    return np.mean(variances, axis=0)
