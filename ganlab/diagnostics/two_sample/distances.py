"""How far two samples are apart, without a fit and without a classifier: MMD and energy distance."""

import numpy as np

from ganlab.diagnostics.two_sample.comparison import Comparison
from ganlab.diagnostics.two_sample.kernel_sums import kernel_sums
from ganlab.diagnostics.two_sample.kernels import GaussianKernel, negative_distance
from ganlab.diagnostics.two_sample.permutation import Null, memberships
from ganlab.diagnostics.two_sample.sample_pair import sample_pair
from ganlab.diagnostics.two_sample.squared_distance import squared_distance_interval

# Below this the variance of the interactions has no degrees of freedom.
FEWEST_SAMPLES = 4


def mmd(x, y, *, kernel=None, n_permutations=999, seed=0):
    r"""Maximum mean discrepancy, squared: how much more alike samples are within than between.

    .. math:: \mathrm{MMD}^2(P, Q) = \mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y') - 2\,\mathbb{E}\,k(x, y)

    with :math:`x, x' \sim P` and :math:`y, y' \sim Q` independent. The estimate leaves out the pairs of
    a sample with itself. So it is unbiased, a perfect generator gets 0 on average, and about half of all
    perfect generators get a **negative** number; a squared distance is negative only as an estimate.

    A value below the perfect range means that the samples resemble each other more than two independent
    samples do: look for copies.

    Parameters
    ----------
    x : array, shape (n, ...)
        Real samples, 4 or more, one per row. Anything after the first axis is flattened, images into
        pixels; one number per row is one feature. Rows must be independent (one per patient). Features in
        different units should first be divided by the standard deviation of the *real* training samples.
    y : array, shape (m, ...)
        Generated samples, 4 or more, with the same features.
    kernel : callable, optional
        ``kernel(a, b)`` gives the symmetric matrix of k(a_i, b_j), shape (len(a), len(b)). Default: the
        Gaussian kernel at the median distance of the pooled samples, in which every difference counts.
        ``PolynomialKernel()`` on network features makes it the Kernel Inception Distance.
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range.
    seed : int >= 0 or None
        Of the shuffles. The value and the interval do not depend on it.

    Returns
    -------
    Comparison
        Its value is in the unit of the kernel. With the default kernel the interval is for the MMD at the
        bandwidth found, which changes a little from sample to sample; fix a bandwidth to compare runs.

    Raises
    ------
    ValueError
        If a sample has fewer than 4 rows, NaN or infinities, if the features differ, if all samples are
        equal (no median distance), or if the kernel gives something else than a finite symmetric matrix.

    References
    ----------
    .. [1] Gretton et al. (2012), A Kernel Two-Sample Test, JMLR 13, 723-773.
    .. [2] Binkowski et al. (2018), Demystifying MMD GANs, arXiv:1801.01401.
    .. [3] Phipson & Smyth (2010), Permutation p-values should never be zero, doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> real, fake = rng.normal(size=(100, 5)), rng.normal(0.5, 1, size=(100, 5))
    >>> shifted = mmd(real, fake)
    >>> shifted.p_value, shifted.as_perfect
    (0.001, False)
    >>> mmd(real, rng.normal(size=(100, 5))).as_perfect
    True
    """
    x, y = sample_pair(x, y, FEWEST_SAMPLES)
    if kernel is None:
        kernel = GaussianKernel.at_the_median(np.vstack([x, y]))
    else:
        _refuse_asymmetry(kernel, np.vstack([x[:2], y[:2]]))
    return _compared(
        x,
        y,
        kernel,
        name=f"squared MMD ({_kernel_name(kernel)})",
        caveat="sees only what its kernel sees",
        n_permutations=n_permutations,
        seed=seed,
    )


def energy_distance(x, y, *, n_permutations=999, seed=0):
    r"""How much further apart samples are between the two groups than within them.

    .. math:: \mathcal{E}(P, Q) = 2\,\mathbb{E}\lVert x - y \rVert - \mathbb{E}\lVert x - x' \rVert
       - \mathbb{E}\lVert y - y' \rVert

    Zero only for equal distributions, and there is nothing to choose: no bandwidth, no fit. It is the
    squared MMD whose kernel is minus the distance.

    The convention is that of Székely and Rizzo, neither halved nor under a root.
    ``dcor.energy_distance`` gives the same quantity; ``scipy.stats.energy_distance`` (one dimension) gives
    the square root of it; other packages scale it by nm/(n + m). Those estimate by V-statistics,
    which count the distance 0 of each sample to itself and are therefore above 0 for a perfect generator.
    Here such pairs are left out: unbiased, 0 on average for a perfect generator, and often **negative**.

    A value below the perfect range means that the samples resemble each other more than two independent
    samples do: look for copies.

    Parameters
    ----------
    x : array, shape (n, ...)
        Real samples, 4 or more, one per row. Anything after the first axis is flattened, images into
        pixels; one number per row is one feature. Rows must be independent (one per patient). Features in
        different units should first be divided by the standard deviation of the *real* training samples.
    y : array, shape (m, ...)
        Generated samples, 4 or more, with the same features.
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range.
    seed : int >= 0 or None
        Of the shuffles. The value and the interval do not depend on it.

    Returns
    -------
    Comparison
        Its value is in the unit of the features.

    Raises
    ------
    ValueError
        If a sample has fewer than 4 rows, NaN or infinities, or if the features differ.

    References
    ----------
    .. [1] Székely & Rizzo (2013), Energy statistics: a class of statistics based on distances,
       doi:10.1016/j.jspi.2013.03.018.
    .. [2] Sejdinovic et al. (2013), Equivalence of distance-based and RKHS-based statistics,
       doi:10.1214/13-AOS1140.

    Examples
    --------
    By hand: all distances between are 2, those within 0, so the energy is 4.

    >>> energy_distance([0.0] * 4, [2.0] * 4, n_permutations=99).value
    4.0
    """
    x, y = sample_pair(x, y, FEWEST_SAMPLES)
    return _compared(
        x,
        y,
        negative_distance,
        name="energy distance",
        caveat="is dominated by the features with the largest numbers",
        n_permutations=n_permutations,
        seed=seed,
    )


def _compared(x, y, kernel, *, name, caveat, n_permutations, seed):
    sums = kernel_sums(x, y, kernel, memberships(len(x), len(y), n_permutations, seed))
    value, shuffled = float(sums.values[0]), sums.values[1:]
    null = Null(value, shuffled, sums.resolution)
    return Comparison(
        name,
        value,
        squared_distance_interval(value, sums.plug_in, sums.linear, sums.quadratic, min(len(x), len(y))),
        0.0,  # whatever the distribution: the estimate is unbiased
        null.range_large(),
        len(y),
        caveat,
        "interval from the variance of the U-statistic, perfect range from shuffled labels",
        p_value=null.p_large(),
        n_permutations=len(shuffled),
        n_real=len(x),
    )


def _kernel_name(kernel):
    if isinstance(kernel, GaussianKernel):
        return f"Gaussian kernel, bandwidth {kernel.bandwidth:.3g}"
    return getattr(kernel, "__name__", type(kernel).__name__)


def _refuse_asymmetry(kernel, samples):
    if not callable(kernel):
        raise ValueError(
            f"kernel must be a function of two sets of samples; got {kernel!r}. "
            "GaussianKernel(bandwidth) and PolynomialKernel() are two."
        )
    values = np.asarray(kernel(samples, samples), dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("The kernel gave values that are NaN or infinite; rescale the features.")
    if values.ndim != 2 or not np.allclose(values, values.T, rtol=1e-6, atol=1e-6 * np.abs(values).max()):
        raise ValueError("kernel(a, a) must be a symmetric matrix: k(a, b) and k(b, a) are the same number.")
