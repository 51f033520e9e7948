"""Intervals and ranges for shares of samples, also where the samples are not independent of each other."""

import numpy as np


def wilson(share, n):
    """The Wilson 95 % interval of a share among n independent samples; n need not be whole."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(share * n, n, method="wilson")
    # Rounding could leave a share of exactly 0 or 1 just outside its own interval.
    return min(float(low), share), max(float(high), share)


def effective_wilson(share, variance, n):
    """The same for a share with a known variance: among as many independent samples as would have it.

    Never more than n, and n itself for a share of 0 or 1, whose variance cannot be estimated.
    """
    if variance > 0 and 0 < share < 1:
        n = min(n, share * (1 - share) / variance)
    return wilson(share, n)


def range_of_share(expected, variance, n):
    """Where a share with this expectation and variance falls 95 times in 100: a beta law on steps of 1/n."""
    from scipy.stats import beta

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
    from scipy.stats import betabinom

    low, high = betabinom.ppf([0.025, 0.975], n_next, share * n + 0.5, (1 - share) * n + 0.5)
    return float(low) / n_next, float(high) / n_next
