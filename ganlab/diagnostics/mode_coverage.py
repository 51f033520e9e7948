"""Coverage of modes whose centres are known: the ring, the grid, and whatever else is a mixture."""

import numpy as np

from ganlab.diagnostics.mode_histogram import ModeCoverage, checked_shares, report_on_counts
from ganlab.shapes import Points, Seed, Values
from ganlab.validation import as_numpy, as_samples, positive_number


def mode_coverage(
    samples: Points,
    centers: Points,
    std: float,
    *,
    weights: Values | None = None,
    threshold: float = 3.0,
    minimum_count: int | None = None,
    pseudocount: float = 0.5,
    seed: Seed = 0,
) -> ModeCoverage:
    r"""Modes found, share of good samples and the histogram's KL, for round Gaussian modes at known places.

    A sample belongs to the mode with the nearest centre if that is at most `threshold` standard deviations
    away, and to no mode otherwise: it is not rounded to the nearest, however far. A perfect sampler of
    Gaussians in d dimensions leaves some outside, too:

    .. math:: P(\lVert x - \mu \rVert \le t \sigma) = F_{\chi^2_d}(t^2), \qquad
       \text{in the plane } 1 - e^{-t^2 / 2} = 98.89 \,\% \text{ at } t = 3

    Parameters
    ----------
    samples : array, shape (n, d), or (n,) on a line
        Fake samples.
    centers : array, shape (k, d), or (k,) on a line
        Of the k >= 2 modes, at least ``2 * threshold * std`` apart.
    std : number > 0
        Standard deviation of each mode along every axis.
    weights : array, shape (k,), > 0, or None
        How frequent each mode is, on any scale; None: all equally.
    threshold : number > 0
        In standard deviations. 3 is for few dimensions: in d of them most samples lie about sqrt(d) away.
    minimum_count, pseudocount, seed
        As for :func:`mode_histogram`, where the numbers and their intervals are explained.

    Returns
    -------
    ModeCoverage
        Modes go by their row in `centers`: 0 to k - 1.

    Raises
    ------
    ValueError
        If shapes do not fit, modes overlap, a number is out of its range, or the threshold is so low that a
        perfect generator would put none of n samples into a mode.

    References
    ----------
    .. [1] Srivastava et al. (2017), VEEGAN, arXiv:1705.07761.
    .. [2] Lin et al. (2018), PacGAN, arXiv:1712.04086.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.seeding import isolated_randomness
    >>> data = ring()
    >>> with isolated_randomness(0):
    ...     samples = data.sample((2500,))
    >>> report = mode_coverage(samples, data.component_distribution.mean, std=0.02)
    >>> report.found.value, report.high_quality.as_perfect, round(report.high_quality.perfect, 4)
    (8.0, True, 0.9889)
    >>> mode_coverage(samples * 0.9, data.component_distribution.mean, std=0.02).found.value
    0.0
    """
    from scipy.stats import chi2
    from sklearn.neighbors import NearestNeighbors

    samples, centers = _rows(samples, "samples"), _rows(centers, "centers")
    if samples.shape[1] != centers.shape[1]:
        raise ValueError(
            "samples and centers must have the same number of dimensions; "
            f"got {samples.shape[1]} and {centers.shape[1]}."
        )
    if len(centers) < 2:
        raise ValueError("centers must hold two modes or more: one mode cannot be missed.")
    std, threshold = positive_number(std, "std"), positive_number(threshold, "threshold")
    _refuse_overlap(centers, 2 * threshold * std)
    shares = checked_shares(np.ones(len(centers)) if weights is None else weights)
    if len(shares) != len(centers):
        raise ValueError(f"weights must hold one number for each of {len(centers)} modes; got {len(shares)}.")

    distance, nearest = NearestNeighbors(n_neighbors=1).fit(centers).kneighbors(samples)
    modes = np.where(distance[:, 0] <= threshold * std, nearest[:, 0], len(centers))
    counts = np.bincount(modes, minlength=len(centers) + 1)
    inside = float(chi2.cdf(threshold**2, df=centers.shape[1]))
    return report_on_counts(range(len(centers)), counts, shares, inside, minimum_count, pseudocount, seed)


def _rows(values, name):
    values = as_numpy(as_samples(values, name)).astype(float)
    if values.ndim > 2 or values.size == 0:
        raise ValueError(f"{name} must have shape (n, d), or (n,) on a line; got {values.shape}.")
    return values.reshape(len(values), -1)


def _refuse_overlap(centers, fewest):
    from scipy.spatial.distance import pdist

    closest = pdist(centers).min()
    # The smallest allowed distance may come out a rounding error short.
    if closest < fewest * (1 - 1e-6):
        raise ValueError(
            f"centers must lie at least 2 * threshold * std = {fewest:.4g} apart, or a sample would belong "
            f"to two modes; the closest two are {closest:.4g} apart. Lower the threshold, or drop repeated "
            "centers."
        )
