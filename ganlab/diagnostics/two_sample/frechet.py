"""The Fréchet distance of two Gaussian fits, without the bias that makes small samples look bad."""

from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.two_sample.comparison import (
    Comparison,
    Null,
    memberships,
    sample_pair,
    squared_distance_interval,
)
from ganlab.shapes import Samples, Seed


@dataclass(frozen=True, kw_only=True)
class FrechetComparison(Comparison):
    """A Comparison of Gaussian fits that also keeps the number that other programs print.

    Parameters
    ----------
    name, value, interval, perfect, perfect_range, n, caveat, method, p_value, n_permutations, n_real
        As in Comparison; the value is corrected for the bias of a finite sample.
    plug_in : float >= 0
        The distance between the two fits as they stand, uncorrected: what is published as FID.
    plug_in_perfect : float > 0
        What `plug_in` is on average for a second sample of the real distribution, of the same size.
    """

    plug_in: float
    plug_in_perfect: float


class GaussianFit:
    """Mean and covariance of the rows, with the covariance taken apart.

    Attributes
    ----------
    n : int
    mean : (d,)
    centred : (n, d)
    variances : (d,)
        Variances along the axes of the covariance; 0 where there is none but rounding.
    root : (d, d)
        root.T @ root is the covariance.
    whitened : (n, d)
        The rows along those axes, each divided by its standard deviation; 0 where that is 0.
    """

    def __init__(self, rows):
        self.n = len(rows)
        self.mean = rows.mean(axis=0)
        self.centred = rows - self.mean
        covariance = self.centred.T @ self.centred / (self.n - 1)
        variances, axes = np.linalg.eigh(covariance)
        negligible = variances <= len(variances) * np.finfo(float).eps * variances[-1]
        self.variances = np.where(negligible, 0, variances)
        deviations = np.sqrt(self.variances)
        self.root = deviations[:, None] * axes.T
        self.whitened = self.centred @ axes / np.where(negligible, np.inf, deviations)


def frechet_distance(
    x: Samples, y: Samples, *, n_permutations: int = 199, seed: Seed = 0
) -> FrechetComparison:
    r"""Squared Fréchet (2-Wasserstein) distance between Gaussians with the samples' moments.

    .. math:: d^2 = \lVert \mu_x - \mu_y \rVert^2
       + \operatorname{tr}\left(\Sigma_x + \Sigma_y - 2 (\Sigma_x \Sigma_y)^{1/2}\right)

    On features of the Inception network this is the FID; here the features are yours. It compares
    means and covariances and nothing else.

    Put in the moments of finite samples and the result is too large, by an amount of order 1/n that grows
    with the square of the number d of features: two samples of 50 from one N(0, I) with d = 10 are "1.5"
    apart. The value here has that bias removed. The bias is half the mean of the second derivative of
    :math:`d^2` along the errors of the moments, which has a closed form. With
    :math:`\Sigma_x = R^\top R`, :math:`\Sigma_y = Q^\top Q` and the singular values
    :math:`R Q^\top = U \operatorname{diag}(s) V^\top`, x adds

    .. math:: \frac{\operatorname{tr} \Sigma_x}{n} + \frac{1}{2n} \sum_{ij} \frac{s_i s_j}{s_i + s_j}
       \operatorname{Var}(w_i w_j), \qquad w = U^\top R^{-\top} (x - \mu_x)

    and y the same with V and Q. It is what extrapolation to infinitely many samples [2]_ aims at, without
    the noise of fitting a line. What is left is of order 1/n^2: small from n = 5 d on, not at n near d. The
    value of a perfect generator is 0 on average and often **negative**.

    Parameters
    ----------
    x : array, shape (n, ...)
        Real samples, one per row, more than there are features. Anything after the first axis is
        flattened; one number per row is one feature. Rows must be independent (one per patient). The
        distance is in squared units of the features and dominated by the largest, so divide them first by
        the standard deviations of the *real* training samples.
    y : array, shape (m, ...)
        Fake samples, more than there are features.
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range. Each costs a singular value decomposition.
    seed : int, torch.Generator or None
        Of the shuffles, and of those few that the calibration of the bias draws: the value moves by a small
        part of its interval from one seed to another.

    Returns
    -------
    FrechetComparison
        `value` without the bias of first order; `plug_in`, with it, is what other programs print, and
        `plug_in_perfect` what they print for a second real sample of this size. The p-value and the perfect
        range are for `value`. A constant column, or a collapsed sample, is no obstacle: a direction
        without variance has neither bias nor error.

    Notes
    -----
    The interval held the truth in 91 to 98 of 100 draws of 50 to 300 samples with 5 or 20 independent
    lognormal features (150 draws for each of 11 settings, equality among them).

    Raises
    ------
    ValueError
        If a sample has no more rows than features (its covariance would be singular and the distance mostly
        bias), holds NaN or infinities, or if the features differ.

    References
    ----------
    .. [1] Heusel et al. (2017), GANs Trained by a Two Time-Scale Update Rule, arXiv:1706.08500.
    .. [2] Chong & Forsyth (2020), Effectively Unbiased FID and Inception Score, arXiv:1911.07023.
    .. [3] Dowson & Landau (1982), The Fréchet distance between multivariate normal distributions,
       doi:10.1016/0047-259X(82)90077-X.
    .. [4] Rippl, Munk & Sturm (2016), Limit laws of the empirical Wasserstein distance: Gaussian
       distributions, doi:10.1016/j.jmva.2016.06.005.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> real, again = rng.normal(size=(2, 100, 10))
    >>> same = frechet_distance(real, again)
    >>> same.as_perfect
    True
    >>> bool(same.plug_in > 0.5), bool(abs(same.value) < 0.25)
    (True, True)
    """
    x, y = sample_pair(x, y, at_least=2)
    _refuse_fewer_rows_than_features(x, y)
    pooled = np.vstack([x, y])
    # The distance does not depend on the origin; its rounding error does.
    pooled -= pooled.mean(axis=0)
    members = memberships(len(x), len(y), n_permutations, seed)
    both = [_PairOfFits(pooled[of_x], pooled[~of_x]) for of_x in members]
    observed, plug_in = both[0], np.array([pair.plug_in for pair in both])
    bias = np.array([pair.bias for pair in both])
    second_real = np.array([pair.bias_of_second_real() for pair in both])
    calibration = _calibration(plug_in[1:], bias[1:])
    values = plug_in - calibration * bias
    value = float(values[0])
    null = Null(value, values[1:], 1e-12 * float(np.square(pooled).sum() / len(pooled)))
    perfect = 0.0  # to which the shuffled values were calibrated
    quadratic = float(np.var(values[1:], ddof=1))
    smaller = min(len(x), len(y))
    interval = squared_distance_interval(value, observed.plug_in, observed.linear, quadratic, smaller)
    return FrechetComparison(
        "Fréchet distance", value, interval, perfect, null.range_large(), len(y), _caveat(x, y),
        "bias removed to first order and to what shuffled labels show beyond; interval from the delta "
        "method, and from shuffled labels near equality",
        p_value=null.p_large(), n_permutations=len(members) - 1, n_real=len(x), plug_in=observed.plug_in,
        plug_in_perfect=_calibration(plug_in[1:], second_real[1:]) * second_real[0],
    )  # fmt: skip


class _PairOfFits:
    """Two fits brought to common axes: their distance, its bias and the variances of its two parts."""

    def __init__(self, rows_x, rows_y):
        self.x, self.y = GaussianFit(rows_x), GaussianFit(rows_y)
        # The trace of the root of the product is the sum of these singular values. No square of a covariance
        # is formed, and no root taken that could come out complex.
        left, self.s, right = np.linalg.svd(self.x.root @ self.y.root.T)
        self.turned_x, self.turned_y = self.x.whitened @ left, self.y.whitened @ right.T
        self.gap = self.x.mean - self.y.mean
        variances = self.x.variances.sum() + self.y.variances.sum()
        self.plug_in = max(float(np.square(self.gap).sum() + variances - 2 * self.s.sum()), 0.0)

    @property
    def bias(self):
        return _bias(self.x, self.turned_x, self.s) + _bias(self.y, self.turned_y, self.s)

    def bias_of_second_real(self):
        """The bias if y were drawn like x: two equal fits share their axes, and s is their variances."""
        return _bias(self.x, self.x.whitened, self.x.variances) * (1 + self.x.n / self.y.n)

    @property
    def linear(self):
        """Estimated variance of the part that is linear in the samples, from the influence of each row."""
        of_x = _influence_variance(self.x, self.turned_x, self.s, self.gap)
        return of_x + _influence_variance(self.y, self.turned_y, self.s, -self.gap)


def _calibration(plug_in, bias):
    """How many times the bias of first order two samples of one distribution really show, at this size.

    Shuffled samples have distance 0, so their plug-in is all bias. Near 1 for many samples, and 1 where
    nothing varies.
    """
    return float(plug_in.sum() / bias.sum()) if bias.sum() > 0 else 1.0


def _bias(fit, turned, s):
    """How much the errors of one fit's moments raise the distance on average, to the order 1/n."""
    curvature = (_stiffness(s) * _variance_of_products(turned)).sum() / 2
    return float((fit.variances.sum() + curvature) / fit.n)


def _stiffness(s):
    """Half the second derivative of the distance along each entry of a covariance: s_i s_j / (s_i + s_j)."""
    both = s[:, None] + s
    return np.outer(s, s) / np.where(both > 0, both, 1)


def _variance_of_products(turned):
    """Var(w_i w_j) over the rows w, (d, d)."""
    n = len(turned)
    squares = np.square(turned)
    # Rows whitened by their own covariance cannot lie far out; this restores the fourth moments, exactly
    # on average for Gaussian rows.
    fourth = squares.T @ squares / n * (n**2 * (n + 1) / (n - 1) ** 3)
    # By their construction the rows have mean product 1 of an entry with itself, 0 with another.
    return np.maximum(fourth - np.diag(squares.any(axis=0)), 0)


def _influence_variance(fit, turned, s, gap):
    """Derivative of the distance along each row: 2 gap c + c (1 - T) c, with T the optimal transport map."""
    influence = (
        2 * fit.centred @ gap + np.square(fit.centred).sum(axis=1) - (s * np.square(turned)).sum(axis=1)
    )
    return np.var(influence, ddof=1) / fit.n


def _refuse_fewer_rows_than_features(x, y):
    d = x.shape[1]
    for values, name in ((x, "x"), (y, "y")):
        if len(values) <= d:
            raise ValueError(
                f"{name} has {len(values)} samples of {d} features; the Fréchet distance needs more samples "
                "than features, and 5 times as many to be worth reading. Take fewer features (principal "
                "components of other real samples, or a choice made beforehand), or use energy_distance, "
                "which needs no covariance."
            )


def _caveat(x, y):
    if min(len(x), len(y)) < 5 * x.shape[1]:
        return "compares means and covariances only, and has fewer than 5 samples per feature to do so"
    return "compares means and covariances only"
