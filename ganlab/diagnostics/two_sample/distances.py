"""Maximum mean discrepancy (MMD), its Gaussian kernel, and the energy distance, with permutation tests."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.two_sample.comparison import (
    Comparison,
    Null,
    memberships,
    sample_pair,
    squared_distance_interval,
)
from ganlab.progress import with_progress
from ganlab.shapes import Samples, Seed
from ganlab.validation import as_samples, positive_number

# Entries of the kernel matrix held at a time, 32 MB: twice 10,000 samples need no 3 GB.
BLOCK = 4_000_000
# The median of the distances between this many rows is as good as between all of them.
ROWS_FOR_MEDIAN = 2000
# Below this the variance of the interactions has no degrees of freedom.
FEWEST_SAMPLES = 4
# Of 5 normal, lognormal or Student's t features, 50 or 100 samples, at equality and away from it: 250 draws
# for each of 34 settings.
HELD = "its interval held the truth in 89 to 98 of 100 draws"


@dataclass(frozen=True)
class GaussianKernel:
    r"""Alike when close: a bump of one width around each sample.

    .. math:: k(a, b) = \exp\left(-\frac{\lVert a - b \rVert^2}{2 \sigma^2}\right)

    It is characteristic: an MMD of 0 means equal distributions. What it finds *easily* is a difference on
    the scale of the bandwidth.

    Parameters
    ----------
    bandwidth : number > 0
        The standard deviation :math:`\sigma` of the bump, in the unit of the features.

    References
    ----------
    .. [1] Gretton et al. (2012), A Kernel Two-Sample Test, JMLR 13, 723-773.

    Examples
    --------
    >>> GaussianKernel(bandwidth=1.0)([[0.0]], [[0.0], [1.0]]).round(4)
    array([[1.    , 0.6065]])
    """

    bandwidth: float

    def __post_init__(self):
        object.__setattr__(self, "bandwidth", positive_number(self.bandwidth, "bandwidth"))

    def __call__(self, a, b):
        """The matrix of k(a_i, b_j), shape (len(a), len(b)), values in [0, 1]."""
        return np.exp(squared_distances(a, b) / (-2 * self.bandwidth**2))

    @classmethod
    def at_the_median(cls, samples: Samples) -> "GaussianKernel":
        """The kernel whose bandwidth is the median distance between the rows of `samples`.

        Distances of 0 (duplicates) are left out. The rows must be the pooled ones of both samples: a
        bandwidth that knew which row is real would spoil the permutation test. Of more than 2,000 rows,
        2,000 chosen at random (always the same ones) stand for all.
        """
        samples = np.asarray(as_samples(samples, "samples"))
        if len(samples) > ROWS_FOR_MEDIAN:
            chosen = np.random.default_rng(0).choice(len(samples), ROWS_FOR_MEDIAN, replace=False)
            samples = samples[chosen]
        squared = squared_distances(samples, samples)[np.triu_indices(len(samples), 1)]
        apart = squared[squared > 1e-12 * squared.max(initial=0)]
        if apart.size == 0:
            raise ValueError(
                "The samples are all the same, so there is no distance to set a bandwidth by; "
                "both samples may have collapsed to one point. Hand in GaussianKernel(bandwidth)."
            )
        return cls(float(np.sqrt(np.median(apart))))


def mmd(
    x: Samples, y: Samples, *, kernel: Callable | None = None, n_permutations: int = 999, seed: Seed = 0
) -> Comparison:
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
        Fake samples, 4 or more, with the same features.
    kernel : callable, optional
        ``kernel(a, b)`` gives the symmetric matrix of k(a_i, b_j), shape (len(a), len(b)). Default: the
        Gaussian kernel at the median distance of the pooled samples, in which every difference counts.
        ``functools.partial(sklearn.metrics.pairwise.polynomial_kernel, degree=3)`` on network features makes
        it the Kernel Inception Distance.
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range.
    seed : int, torch.Generator or None
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
    members = memberships(len(x), len(y), n_permutations, seed)
    name = f"squared MMD ({_kernel_name(kernel)})"
    return _compared(x, y, kernel, members, name, f"sees only what its kernel sees, and {HELD}")


def energy_distance(x: Samples, y: Samples, *, n_permutations: int = 999, seed: Seed = 0) -> Comparison:
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
        Fake samples, 4 or more, with the same features.
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range.
    seed : int, torch.Generator or None
        Of the shuffles. The value and the interval do not depend on it.

    Returns
    -------
    Comparison
        Its value is in the unit of the features.

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
    members = memberships(len(x), len(y), n_permutations, seed)
    caveat = f"is dominated by the features with the largest numbers, unless all share a scale, and {HELD}"
    return _compared(x, y, negative_distance, members, "energy distance", caveat)


def _compared(x, y, kernel, members, name, caveat):
    sums = kernel_sums(x, y, kernel, members)
    value, shuffled = float(sums.values[0]), sums.values[1:]
    null = Null(value, shuffled, sums.resolution)
    smaller = min(len(x), len(y))
    interval = squared_distance_interval(value, sums.plug_in, sums.linear, sums.quadratic, smaller)
    perfect = 0.0  # whatever the distribution: the estimate is unbiased
    return Comparison(
        name, value, interval, perfect, null.range_large(), len(y), caveat,
        "interval from the variance of the U-statistic, perfect range from shuffled labels",
        p_value=null.p_large(), n_permutations=len(shuffled), n_real=len(x),
    )  # fmt: skip


def _kernel_name(kernel):
    if isinstance(kernel, GaussianKernel):
        return f"Gaussian kernel, bandwidth {kernel.bandwidth:.3g}"
    return getattr(getattr(kernel, "func", kernel), "__name__", type(kernel).__name__)


def _refuse_asymmetry(kernel, samples):
    if not callable(kernel):
        raise ValueError(
            f"kernel must be a function of two sets of samples; got {kernel!r}. "
            "GaussianKernel(bandwidth) is one."
        )
    values = np.asarray(kernel(samples, samples), dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("The kernel gave values that are NaN or infinite; rescale the features.")
    if values.ndim != 2 or not np.allclose(values, values.T, rtol=1e-6, atol=1e-6 * np.abs(values).max()):
        raise ValueError("kernel(a, a) must be a symmetric matrix: k(a, b) and k(b, a) are the same number.")


def negative_distance(a, b):
    """Minus the Euclidean distance: the kernel whose MMD is the energy distance."""
    return -np.sqrt(squared_distances(a, b))


def squared_distances(a, b):
    """Squared Euclidean distances between rows, by one matrix product, never negative."""
    from sklearn.metrics.pairwise import euclidean_distances

    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    # About a common origin near the data: |a|^2 + |b|^2 - 2ab loses what the origin adds.
    origin = b.mean(axis=0)
    return euclidean_distances(a - origin, b - origin, squared=True)


@dataclass(frozen=True)
class KernelSums:
    """Everything about the kernel matrix of the pooled samples that a comparison needs.

    Parameters
    ----------
    values : float array, (n_permutations + 1,)
        The unbiased squared MMD of the samples, and of each shuffle.
    plug_in : float
        The first of them with the pairs of each sample with itself counted in: >= 0 for a kernel, biased.
    linear, quadratic : float >= 0
        Estimated variances of the two parts of the first: see squared_distance_interval.
    resolution : float
        Rounding error of a value, generously.
    """

    values: np.ndarray
    plug_in: float
    linear: float
    quadratic: float
    resolution: float


def kernel_sums(x, y, kernel, members):
    """Run over the kernel matrix of the rows of x and y once, for all rows of `members`.

    With s the 0/1 vector of who counts as x and K the matrix with an empty diagonal, the sums within
    and between the samples are s'Ks, s'K1 - s'Ks and what is left of 1'K1. One matrix product per block
    gives K s for all shuffles. K is symmetric, so only the blocks on and above its diagonal are measured.
    """
    pooled = np.vstack([x, y])
    n, m, total = len(x), len(y), len(pooled)
    indicators = members.T.astype(float)  # (pooled row, shuffle)
    within = np.zeros(len(members))  # s'Ks
    row_sums, to_x, itself = np.zeros(total), np.zeros(total), np.empty(total)
    squares = np.zeros((2, 2))  # of the entries from x or y to x or y
    step = max(1, BLOCK // total)
    for start in with_progress(range(0, total, step), "measuring distances"):
        stop = min(start + step, total)
        rows, later, size = np.arange(start, stop), np.arange(stop, total), stop - start
        block = _checked_block(kernel, pooled[start:stop], pooled[start:])
        itself[rows] = np.diag(block)
        np.fill_diagonal(block, 0)
        # What lies beyond the square on the diagonal counts for its mirror image as well.
        row_sums[rows] += block.sum(axis=1)
        row_sums[later] += block[:, size:].sum(axis=0)
        to_x[rows] += block @ indicators[start:, 0]
        to_x[later] += indicators[rows, 0] @ block[:, size:]
        block[:, :size] /= 2
        within += 2 * np.einsum("rp,rp->p", indicators[rows], block @ indicators[start:])
        block[:, :size] *= np.sqrt(2)
        np.square(block, out=block)
        columns_of_x = max(0, n - start)
        for side, here in enumerate((rows < n, rows >= n)):
            to = np.array([block[here, :columns_of_x].sum(), block[here, columns_of_x:].sum()])
            squares[side] += to
            squares[:, side] += to
    from_members = row_sums @ indicators
    between = from_members - within
    others = row_sums.sum() - 2 * from_members + within
    values = within / (n * (n - 1)) + others / (m * (m - 1)) - 2 * between / (n * m)
    to_y = row_sums - to_x
    x_to_x, x_to_y = to_x[:n] / (n - 1), to_y[:n] / m
    y_to_x, y_to_y = to_x[n:] / n, to_y[n:] / (m - 1)
    return KernelSums(
        values,
        plug_in=float(values[0] + (itself[:n] - x_to_x).sum() / n**2 + (itself[n:] - y_to_y).sum() / m**2),
        linear=4 * float(np.var(x_to_x - x_to_y, ddof=1) / n + np.var(y_to_y - y_to_x, ddof=1) / m),
        quadratic=2 * _interaction_within(squares[0, 0], x_to_x) / n**2
        + 2 * _interaction_within(squares[1, 1], y_to_y) / m**2
        + 4 * _interaction_between(squares[0, 1], x_to_y, y_to_x) / (n * m),
        resolution=1e-12 * float(np.sqrt(squares.sum() / (total * (total - 1)))),
    )


def _interaction_within(sum_of_squares, row_means):
    """Variance of what is left of a symmetric matrix without diagonal after its row effects."""
    n = len(row_means)
    mean = row_means.mean()
    effects = (row_means - mean) * (n - 1) / (n - 2)
    rest = sum_of_squares - n * (n - 1) * mean**2 - 2 * (n - 2) * np.square(effects).sum()
    return float(max(rest, 0) / (n * (n - 3)))


def _interaction_between(sum_of_squares, row_means, column_means):
    """Variance of what is left of a rectangular matrix after its row and column effects."""
    n, m = len(row_means), len(column_means)
    mean = row_means.mean()
    rows, columns = np.square(row_means - mean).sum(), np.square(column_means - mean).sum()
    rest = sum_of_squares - n * m * mean**2 - m * rows - n * columns
    return float(max(rest, 0) / ((n - 1) * (m - 1)))


def _checked_block(kernel, rows, pooled):
    block = np.array(kernel(rows, pooled), dtype=float)
    if block.shape != (len(rows), len(pooled)):
        raise ValueError(
            f"The kernel must give one value per pair, shape ({len(rows)}, {len(pooled)}) for these rows; "
            f"it gave {block.shape}."
        )
    if not np.isfinite(block).all():
        raise ValueError("The kernel gave values that are NaN or infinite; rescale the features.")
    return block
