"""What every comparison of two samples shares: the samples as rows, shuffled labels, p-value, interval."""

import math
from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.estimate import Estimate
from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import as_numpy, as_samples, in_one_order, positive_integer

# Fewer shuffles could not give a two-sided p-value below 0.05.
FEWEST = 79


@dataclass(frozen=True, kw_only=True)
class Comparison(Estimate):
    """How far two samples are apart, and how often two samples of one distribution would be as far apart.

    Parameters
    ----------
    name, value, interval, perfect, perfect_range, n, caveat, method
        As in Estimate; n counts the rows of y, the fake samples.
    p_value : float in (0, 1]
        The share of shuffles, the observed labels among them, at least as extreme as the observed value:
        (b + 1) / (n_permutations + 1), so it is never 0.
    n_permutations : int
        Shuffles of the labels behind the p-value and the perfect range.
    n_real : int
        Rows of x.

    Examples
    --------
    >>> distance = Comparison("energy distance", 0.31, (0.2, 0.42), 0.0, (-0.03, 0.05), 200,
    ...                       p_value=0.001, n_permutations=999, n_real=150)
    >>> print(distance.summary())
    Energy distance: 0.31 (95 % interval 0.2 to 0.42) from 200 samples; a perfect generator would get
    about 0 (-0.03 to 0.05), so this one differs; permutation p = 0.001 (999 shuffles, 150 real samples).
    """

    p_value: float
    n_permutations: int
    n_real: int

    def __post_init__(self):
        super().__post_init__()
        if not 0 < self.p_value <= 1:
            raise ValueError(f"p_value of {self.name!r} must be above 0 and at most 1; got {self.p_value}.")

    def summary(self):
        """The sentence of Estimate, with the p-value."""
        return (
            f"{super().summary()[:-1]}; permutation p = {self.p_value:.2g} "
            f"({self.n_permutations:,} shuffles, {self.n_real:,} real samples)."
        )


def sample_pair(x, y, at_least):
    """Return x and y as float64 arrays (n, d) and (m, d), or say why they cannot be compared.

    One number per sample, shape (n,), is one feature. Images, shape (n, height, width), are flattened:
    each pixel becomes a feature, in the same order for both. The shapes after the first axis must be equal,
    so that a pixel is never compared with another one. Columns of two tables are matched by name.
    """
    y = in_one_order(x, y, "x", "y")
    x, y = (_rows(values, name, at_least) for values, name in ((x, "x"), (y, "y")))
    if x.shape[1:] != y.shape[1:]:
        raise ValueError(
            "x and y must have the same features, in the same order; one sample of x has shape "
            f"{x.shape[1:]}, one of y {y.shape[1:]}."
        )
    return x.reshape(len(x), -1), y.reshape(len(y), -1)


def _rows(values, name, at_least):
    values = as_numpy(as_samples(values, name)).astype(float)
    if values.size == 0:
        raise ValueError(f"{name} has no features; got shape {values.shape}.")
    if len(values) < at_least:
        raise ValueError(
            f"{name} must hold at least {at_least} samples, one per row; got {len(values)}. "
            "A single image or patient needs a leading axis, and more companions."
        )
    # The square of the cube of their product (the polynomial kernel) must not overflow.
    if np.abs(values).max() > 1e20:
        raise ValueError(f"{name} holds numbers above 1e20; rescale the features first.")
    return values


def memberships(n_x, n_y, n_permutations, seed):
    """Who counts as x: bool, shape (n_permutations + 1, n_x + n_y). The first row is the truth."""
    n_permutations = positive_integer(n_permutations, "n_permutations")
    if n_permutations < FEWEST:
        raise ValueError(
            f"n_permutations must be {FEWEST} or more; got {n_permutations}. With fewer shuffles no result "
            "could ever be called significant at 5 %."
        )
    truth = np.arange(n_x + n_y) < n_x
    shuffled = np.tile(truth, (n_permutations, 1))
    return np.vstack([truth, seeded_numpy_rng(seed).permuted(shuffled, axis=1)])


@dataclass(frozen=True)
class Null:
    """The observed value among the shuffled ones.

    Parameters
    ----------
    observed : float
    shuffled : float array, (n_permutations,)
    resolution : float >= 0
        Differences up to this size are rounding; values that close count as ties, which raises the p-value.
    """

    observed: float
    shuffled: np.ndarray
    resolution: float = 0.0

    def p_large(self):
        """(b + 1) / (B + 1), where b shuffled values are at least as large as the observed one."""
        return self._p(self.shuffled >= self.observed - self.resolution)

    def p_two_sided(self):
        """Twice the smaller of the two one-sided p-values, at most 1."""
        low = self._p(self.shuffled <= self.observed + self.resolution)
        return min(1.0, 2 * min(low, self.p_large()))

    def range_large(self):
        """From the smallest shuffled value to the one that only p < 0.05 exceeds.

        Labels that mean nothing put the observed value above it with probability just under 0.05 and
        below it with probability 1 / (B + 1), together at most 0.05.
        """
        total = len(self.shuffled) + 1
        # p < 0.05 means b + 1 < 0.05 total; the observed value then exceeds the k-th largest.
        k = -(-total // 20) - 1
        ordered = np.sort(self.shuffled)
        return float(ordered[0] - self.resolution), float(ordered[-k] + self.resolution)

    def range_two_sided(self):
        """The middle of the shuffled values, left on either side only by a two-sided p < 0.05."""
        total = len(self.shuffled) + 1
        k = -(-total // 40) - 1
        ordered = np.sort(self.shuffled)
        return float(ordered[k - 1] - self.resolution), float(ordered[-k] + self.resolution)

    def _p(self, as_extreme):
        return float((np.count_nonzero(as_extreme) + 1) / (len(self.shuffled) + 1))


def squared_distance_interval(value, plug_in, linear, quadratic, n):
    r"""95 % interval for a squared distance :math:`t` from its unbiased estimate.

    Away from 0 the error is linear in the samples, and its variance grows with the distance, about as
    :math:`\kappa t`. At 0 the linear part vanishes and a quadratic part of variance :math:`v` remains. So
    the interval holds every t that the value does not contradict, each measured by the spread it would have
    (as Wilson's interval does for a proportion):

    .. math:: (\hat t - t)^2 \le z^2 (v + \kappa t)

    For t = 0 that asks whether the estimate is within two standard deviations of what equal distributions
    give; for large t it is the usual interval. A symmetric one fails between: it is too short whenever the
    estimate happens to come out small.

    Parameters
    ----------
    value : float
        The unbiased estimate, possibly negative.
    plug_in : float >= 0
        The biased estimate: the distance of the samples as they stand.
    linear, quadratic : float >= 0
        Estimated variances of the two parts. The first is noisy at 0, and then twice the second on average;
        over the plug-in, which is biased there for the same reason, it gives :math:`\kappa`.
    n : int >= 2
        Size of the smaller sample: z is the 97.5 % quantile of Student's t with n - 1 degrees of freedom, as
        the variances are estimates.

    Returns
    -------
    low, high : float
        Low is below 0 where the data do not exclude equality.
    """
    from scipy.special import stdtrit

    z = stdtrit(n - 1, 0.975)
    slope = linear / plug_in if plug_in > 0 else 0.0
    middle = value + z**2 * slope / 2
    inside = slope * value + quadratic + (z * slope / 2) ** 2
    half_width = z * math.sqrt(max(inside, 0.0))
    # No squared distance is below 0, so reaching down to a negative estimate adds nothing that could be true.
    return float(min(middle - half_width, value)), float(max(middle + half_width, value))
