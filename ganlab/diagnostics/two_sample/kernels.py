"""Kernels: how alike two samples are, as one number. An MMD sees what its kernel sees, and no more."""

from dataclasses import dataclass

import numpy as np

from ganlab.validation import as_samples, positive_integer, positive_number

# The median of the distances between this many rows is as good as between all of them.
ROWS_FOR_MEDIAN = 2000


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

    Raises
    ------
    ValueError
        If the bandwidth is not a positive number.

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
    def at_the_median(cls, samples):
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


@dataclass(frozen=True)
class PolynomialKernel:
    r"""Alike when the products of their features agree: it compares moments up to its degree.

    .. math:: k(a, b) = \left(\frac{a \cdot b}{d} + c\right)^{p}

    With degree 3 and offset 1 it is the kernel of the Kernel Inception Distance. Two distributions with
    equal moments up to the degree are at distance 0 for it, however different. It depends on the origin and
    on the scale of the features.

    Parameters
    ----------
    degree : int >= 1
        :math:`p`.
    offset : number >= 0
        :math:`c`; 0 leaves only moments of order `degree`.

    Raises
    ------
    ValueError
        If the degree is not a whole number above 0, or the offset is negative or no number.

    References
    ----------
    .. [1] Binkowski et al. (2018), Demystifying MMD GANs, arXiv:1801.01401, section 4.

    Examples
    --------
    >>> PolynomialKernel()([[1.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]])
    array([[8., 1.]])
    """

    degree: int = 3
    offset: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "degree", positive_integer(self.degree, "degree"))
        if self.offset != 0:
            object.__setattr__(self, "offset", positive_number(self.offset, "offset"))

    def __call__(self, a, b):
        """The matrix of k(a_i, b_j), shape (len(a), len(b))."""
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
        return (a @ b.T / a.shape[1] + self.offset) ** self.degree


def negative_distance(a, b):
    """Minus the Euclidean distance: the kernel whose MMD is the energy distance."""
    return -np.sqrt(squared_distances(a, b))


def squared_distances(a, b):
    """Squared Euclidean distances between rows, by one matrix product, never negative."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    # About a common origin near the data: |a|^2 + |b|^2 - 2ab loses what the origin adds.
    origin = b.mean(axis=0)
    a, b = a - origin, b - origin
    squared = a @ b.T
    squared *= -2
    squared += np.square(a).sum(axis=1)[:, None]
    squared += np.square(b).sum(axis=1)
    return np.maximum(squared, 0, out=squared)
