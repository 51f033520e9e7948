"""Toy distributions in one and two dimensions, as torch.distributions objects.

Their densities are known, so every claim made about a generator trained on them can be checked.
"""

import math
from typing import ClassVar

import torch
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, Normal, constraints

from ganlab.validation import as_array, positive_integer, positive_number


def gaussian_1d(mean: float = 0.0, std: float = 1.0) -> Normal:
    r"""The normal distribution on the line.

    .. math:: p(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)

    Parameters
    ----------
    mean : number
    std : number > 0

    Returns
    -------
    torch.distributions.Normal
        ``.sample((n,))`` gives shape (n,), ``.log_prob(x)`` the log density.

    Examples
    --------
    >>> import torch
    >>> gaussian_1d(0.0, 1.0).log_prob(torch.tensor(0.0)).exp()
    tensor(0.3989)
    """
    mean = as_array(mean, "mean")
    if mean.ndim != 0:
        raise ValueError(f"mean must be one number; got shape {tuple(mean.shape)}.")
    return Normal(torch.tensor(mean.item()), torch.tensor(positive_number(std, "std")))


def ring(n_modes: int = 8, radius: float = 2.0, std: float = 0.02) -> MixtureSameFamily:
    r"""Equally likely round Gaussians, evenly spaced on a circle: the classic test of mode coverage.

    Mode :math:`k` sits at :math:`r\,(\cos 2\pi k/n, \sin 2\pi k/n)`, so the n modes are distinct (a ring
    written with both ends of the circle included has only n - 1).

    Parameters
    ----------
    n_modes : int >= 1
    radius : number > 0
        Distance of every centre from the origin.
    std : number > 0
        Standard deviation of each Gaussian along both axes.

    Returns
    -------
    torch.distributions.MixtureSameFamily
        ``.sample((n,))`` gives shape (n, 2); the centres are ``.component_distribution.mean``.

    References
    ----------
    .. [1] Metz et al. (2017), Unrolled Generative Adversarial Networks, arXiv:1611.02163.

    Examples
    --------
    >>> ring(4, radius=1.0).component_distribution.mean.round(decimals=3).abs()
    tensor([[1., 0.],
            [0., 1.],
            [1., 0.],
            [0., 1.]])
    """
    n_modes = positive_integer(n_modes, "n_modes")
    radius = positive_number(radius, "radius")
    angle = 2 * math.pi * torch.arange(n_modes) / n_modes
    centres = radius * torch.stack([angle.cos(), angle.sin()], dim=1)
    return gaussian_mixture(torch.ones(n_modes), centres, positive_number(std, "std"))


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05) -> MixtureSameFamily:
    """Equally likely round Gaussians on a square lattice centred on the origin.

    Parameters
    ----------
    side : int >= 1
        Modes along each edge; side ** 2 in all.
    spacing : number > 0
        Distance between neighbouring centres.
    std : number > 0
        Standard deviation of each Gaussian along both axes.

    Returns
    -------
    torch.distributions.MixtureSameFamily
        ``.sample((n,))`` gives shape (n, 2); the centres are ``.component_distribution.mean``.

    Examples
    --------
    >>> grid(3).component_distribution.mean.shape
    torch.Size([9, 2])
    """
    side = positive_integer(side, "side")
    ticks = positive_number(spacing, "spacing") * (torch.arange(side) - (side - 1) / 2)
    centres = torch.cartesian_prod(ticks, ticks)
    return gaussian_mixture(torch.ones(side**2), centres, positive_number(std, "std"))


class VerticalSegment(Distribution):
    """Uniform on the points (theta, 0) to (theta, 1) of the plane; a line has no density there."""

    arg_constraints: ClassVar = {"theta": constraints.real}
    has_rsample = True

    def __init__(self, theta):
        self.theta = torch.as_tensor(theta, dtype=torch.get_default_dtype())
        super().__init__(event_shape=torch.Size([2]))

    def rsample(self, sample_shape=()):
        height = torch.rand(self._extended_shape(sample_shape)[:-1])
        return torch.stack([self.theta.expand_as(height), height], dim=-1)

    def log_prob(self, value):
        raise ValueError(
            "parallel_lines has no density: all its mass lies on a line of the plane. That is what makes the "
            "Jensen-Shannon divergence of two of them log 2 at every distance."
        )


def parallel_lines(theta: float) -> Distribution:
    r"""Uniform on a vertical segment at distance `theta` from the origin: the classic disjoint support.

    Samples are :math:`(\theta, u)` with :math:`u` uniform on [0, 1]. Against ``parallel_lines(0.0)`` the
    Jensen-Shannon divergence is log 2 for every theta but 0, and the Wasserstein-1 distance is |theta|:
    only the second tells a generator which way to go.

    Parameters
    ----------
    theta : number

    Returns
    -------
    torch.distributions.Distribution
        ``.sample((n,))`` gives shape (n, 2); ``.log_prob`` raises ValueError, as there is no density.

    References
    ----------
    .. [1] Arjovsky, Chintala & Bottou (2017), Wasserstein GAN, arXiv:1701.07875, example 1.

    Examples
    --------
    >>> parallel_lines(0.5).sample((3,))[:, 0]
    tensor([0.5000, 0.5000, 0.5000])
    """
    theta = as_array(theta, "theta")
    if theta.ndim:
        raise ValueError(f"theta must be one number; got shape {tuple(theta.shape)}.")
    return VerticalSegment(theta)


def gaussian_mixture(shares, centres, std):
    """Round Gaussians in these shares, with one standard deviation for all or, shape (k, 1), one for each."""
    scale = torch.as_tensor(std) * torch.ones_like(centres)
    return MixtureSameFamily(Categorical(shares), Independent(Normal(centres, scale), 1))
