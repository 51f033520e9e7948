"""Theory of the game: its value, the optimal discriminator, the Jensen-Shannon and Wasserstein distances.

Natural logarithms throughout, so information is in nats. Numpy in, numpy or float out; torch in,
torch out, and gradients flow through.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from array_api_compat import array_namespace, is_torch_array

from ganlab.seeding import undisturbed
from ganlab.shapes import Array, Points, Samples
from ganlab.validation import (
    as_densities,
    as_numpy,
    as_probabilities,
    as_samples,
    in_one_order,
    positive_integer,
    positive_number,
    refuse_non_finite,
)

# Probability mass that a grid may miss (or count twice) before a divergence on it is refused.
MASS_TOLERANCE = 0.01


def value_function(d_real: Array, d_fake: Array):
    r"""What the discriminator earns and the generator pays.

    .. math:: V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]

    Parameters
    ----------
    d_real, d_fake : array, any shape, values in [0, 1]
        Probabilities, after the sigmoid, that D gives to real and to fakes. The two may
        differ in size: each expectation is the mean over its own samples.

    Returns
    -------
    value : float, or a scalar tensor for torch input
        At most 0; -log 4 = -1.386 when D says 1/2 to everything; minus infinity when D is certain and
        wrong about a sample.

    References
    ----------
    .. [1] Goodfellow et al. (2014), Generative Adversarial Nets, arXiv:1406.2661, eq. 1.

    Examples
    --------
    >>> round(value_function([0.5, 0.5], [0.5]), 4)
    -1.3863
    """
    d_real, d_fake = as_probabilities(d_real, "d_real"), as_probabilities(d_fake, "d_fake")
    return _number(_log(d_real).mean()) + _number(_log(1 - d_fake).mean())


def optimal_discriminator(p: Array, q: Array) -> Array:
    r"""The best answer to a fixed generator: the share of the real among all samples at each point.

    .. math:: D^*(x) = \frac{p(x)}{p(x) + q(x)}

    It is the posterior probability of "real" when both kinds are equally frequent. Where neither
    density has mass no sample ever falls, any value is optimal, and 1/2 is returned.

    Parameters
    ----------
    p, q : array, same shape, >= 0
        Densities of the real and of the fakes at the same points.

    Returns
    -------
    array like p, values in [0, 1]

    References
    ----------
    .. [1] Goodfellow et al. (2014), Generative Adversarial Nets, arXiv:1406.2661, proposition 1.

    Examples
    --------
    >>> optimal_discriminator([0.3, 0.0, 0.0], [0.1, 0.2, 0.0])
    array([0.75, 0.  , 0.5 ])
    """
    p, q = as_densities(p, q)
    xp = array_namespace(p, q)
    # Scaled by the larger one first: the sum of two densities near the smallest float would underflow.
    scale = xp.maximum(p, q)
    empty = scale == 0
    scale = xp.where(empty, xp.ones_like(scale), scale)
    p, q = p / scale, q / scale
    return xp.where(empty, 0.5 * xp.ones_like(p), p / xp.where(empty, xp.ones_like(p), p + q))


def jensen_shannon(p: Array, q: Array, dx: float):
    r"""How far apart two densities are, on a scale that ends at log 2.

    .. math:: \mathrm{JSD}(p, q) = \tfrac12 \mathrm{KL}(p \| m) + \tfrac12 \mathrm{KL}(q \| m),
       \qquad m = \tfrac12 (p + q)

    The value of the game against the optimal discriminator is :math:`2\,\mathrm{JSD} - \log 4`. Beware
    of ``scipy.spatial.distance.jensenshannon``: it returns the square root of this.

    Parameters
    ----------
    p, q : array, same shape, >= 0
        Densities on a regular grid; each must integrate to 1 on it (within 1 %).
    dx : number > 0
        Length (area, volume) of one grid cell.

    Returns
    -------
    divergence : float, or a scalar tensor for torch input
        In nats, from 0 (equal) to log 2 = 0.693 (no overlap), up to the grid's error; always finite.

    References
    ----------
    .. [1] Lin (1991), Divergence measures based on the Shannon entropy, doi:10.1109/18.61115.

    Examples
    --------
    >>> round(jensen_shannon([1.0, 0.0], [0.0, 1.0], dx=1.0), 4)
    0.6931
    """
    p, q, dx = _densities_on_grid(p, q, dx)
    # Against p + q, and the factor 2 put right outside: half of the smallest float would be 0, and the
    # logarithm infinite.
    both = p + q
    from_both = _relative_entropy(p, both).sum() + _relative_entropy(q, both).sum()
    return _number((from_both + math.log(2) * both.sum()) * dx / 2)


def wasserstein1(x: Points, y: Points) -> float:
    r"""The least work that moves one set of samples onto the other: mass times distance.

    .. math:: W_1(P, Q) = \inf_{\gamma} \mathbb{E}_{(x, y) \sim \gamma} \lVert x - y \rVert_2

    over all couplings :math:`\gamma` of the two empirical distributions. Exact for samples, by sorting
    in one dimension and by optimal transport in more. Two samples of one continuous distribution are not
    at distance 0, so compare with what a second real sample gets.

    Parameters
    ----------
    x, y : array, shape (n,) or (n, n_features) and (m,) or (m, n_features)
        Samples; the numbers n and m may differ.

    Returns
    -------
    distance : float >= 0
        In the unit of the data. Always a float: no gradient flows through it.

    References
    ----------
    .. [1] Villani (2009), Optimal Transport: Old and New, doi:10.1007/978-3-540-71050-9.

    Examples
    --------
    >>> wasserstein1([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])
    5.0
    """
    y = in_one_order(x, y, "x", "y")
    x, y = (_numpy_rows(values, name) for values, name in ((x, "x"), (y, "y")))
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have the same number of features; got {x.shape[1]} and {y.shape[1]}.")
    if x.shape == y.shape and x.shape[1] == 1:
        return float(np.abs(np.sort(x[:, 0]) - np.sort(y[:, 0])).mean())
    if x.shape[1] == 1:
        from scipy.stats import wasserstein_distance

        return float(wasserstein_distance(x[:, 0], y[:, 0]))
    import ot

    costs = ot.dist(x, y, metric="euclidean")
    return float(ot.emd2([], [], costs, numItermax=2_000_000))  # []: every sample counts equally


def kantorovich_dual(critic: Callable, x: Samples, y: Samples):
    r"""By how much a critic scores one set of samples above another: what a Wasserstein critic maximises.

    .. math:: \frac1n \sum_i f(x_i) - \frac1m \sum_j f(y_j) \;\le\; \lVert f \rVert_L \, W_1(x, y)

    The best critic among those of Lipschitz constant 1 reaches W1, and none exceeds it. So this number
    is a lower bound of the distance only after division by the critic's Lipschitz constant, of which
    :func:`lipschitz_estimate` gives no more than a lower bound itself.

    Parameters
    ----------
    critic : callable
        A tensor of samples, shape (n, ...), to raw scores, shape (n,) or (n, 1).
    x, y : array, shape (n, ...) and (m, ...)
        Samples: for a critic's usual sign, the real ones first. Numpy arrays and lists reach the critic
        as tensors of its own precision.

    Returns
    -------
    difference : float, or a scalar tensor if x and y are both torch
        In the units of the score. Gradients flow through it into the critic and into the samples.

    References
    ----------
    .. [1] Villani (2009), Optimal Transport: Old and New, doi:10.1007/978-3-540-71050-9, theorem 5.10.
    .. [2] Arjovsky et al. (2017), Wasserstein GAN, arXiv:1701.07875, eq. 2.

    Examples
    --------
    >>> kantorovich_dual(lambda points: points[:, 0], [[3.0, 0.0], [5.0, 0.0]], [[1.0, 9.0]])
    3.0
    """
    both_torch = is_torch_array(x) and is_torch_array(y)
    means = [
        _scores(critic, _for_critic(critic, side, name), name).mean() for side, name in ((x, "x"), (y, "y"))
    ]
    difference = means[0] - means[1]
    return difference if both_torch else difference.item()


def lipschitz_estimate(critic: Callable, x: Samples, *, batch_size: int = 1024) -> float:
    r"""How steep a critic gets at the given points: a lower bound of its Lipschitz constant.

    .. math:: \max_i \, \lVert \nabla_x f(x_i) \rVert_2 \;\le\; \sup_{x \neq y}
       \frac{|f(x) - f(y)|}{\lVert x - y \rVert_2} = \lVert f \rVert_L

    More points can only raise it, and it may be steeper where nobody looked: a value above 1 proves that a
    critic is not 1-Lipschitz, and a value below proves nothing. Ask on the lines between real and fake
    samples too, where the Wasserstein distance is decided. Each score must depend on its own sample
    alone. A network is asked in evaluation mode, where batch normalisation keeps to that; its mode, its
    weights and their gradients are left as they were.

    Parameters
    ----------
    critic : callable
        A tensor of samples, shape (n, ...), to raw scores, shape (n,) or (n, 1), differentiable by torch.
    x : array, shape (n, ...)
        Where to ask. The norm is over all axes but the first.
    batch_size : int >= 1
        Points at a time: memory, not the result, depends on it.

    Returns
    -------
    steepest : float >= 0
        In units of the score per unit of the data.

    References
    ----------
    .. [1] Gulrajani et al. (2017), Improved Training of Wasserstein GANs, arXiv:1704.00028.

    Examples
    --------
    >>> lipschitz_estimate(lambda points: 3 * points[:, 0] - 4 * points[:, 1], [[0.0, 0.0], [7.0, 1.0]])
    5.0
    """
    x = _for_critic(critic, x, "x").detach()
    steepest = 0.0
    networks = [critic] if isinstance(critic, torch.nn.Module) else []
    with undisturbed(*networks), torch.enable_grad():
        for points in x.split(positive_integer(batch_size, "batch_size")):
            points = points.clone().requires_grad_()
            total = _scores(critic, points, "x").sum()
            slopes = torch.autograd.grad(total, points, allow_unused=True)[0] if total.requires_grad else None
            if slopes is None:
                raise ValueError(
                    "the critic's scores do not depend on x as far as torch can see. Compute them with torch "
                    "operations, without detach() or numpy."
                )
            refuse_non_finite(slopes, "the critic's gradient")
            steepest = max(steepest, torch.linalg.vector_norm(slopes.flatten(1), dim=1).max().item())
    return steepest


def _densities_on_grid(p, q, dx):
    p, q = as_densities(p, q)
    dx = positive_number(dx, "dx")
    for values, name in ((p, "p"), (q, "q")):
        mass = values.sum().item() * dx
        if not math.isclose(mass, 1, abs_tol=MASS_TOLERANCE):
            raise ValueError(
                f"{name} must integrate to 1 on the grid; sum({name}) * dx is {mass:.4g}. "
                "Widen the grid until it holds all the mass, check dx, or divide by the integral."
            )
    return p, q, dx


def _relative_entropy(p, q):
    """p log(p / q) cell by cell, with 0 log(0 / q) = 0; q has mass wherever p has."""
    xp = array_namespace(p, q)
    here, ones = p > 0, xp.ones_like(p)
    # The difference of logs: a ratio of two very small densities could overflow.
    return p * (xp.log(xp.where(here, p, ones)) - xp.log(xp.where(here, q, ones)))


def _for_critic(critic, samples, name):
    """Samples as a tensor: torch's stay as they are, others come in the precision of the critic."""
    samples = as_samples(samples, name)
    if is_torch_array(samples):
        return samples
    weights = next(critic.parameters(), None) if isinstance(critic, torch.nn.Module) else None
    dtype = torch.get_default_dtype() if weights is None else weights.dtype
    return torch.as_tensor(samples).to(dtype)


def _scores(critic, samples, name):
    scores = critic(samples)
    shape = tuple(getattr(scores, "shape", ()))
    if not is_torch_array(scores) or shape not in ((len(samples),), (len(samples), 1)):
        raise ValueError(
            f"the critic must give one score per sample of {name}, shape ({len(samples)},) or "
            f"({len(samples)}, 1); it gave {type(scores).__name__} of shape {shape}."
        )
    refuse_non_finite(scores, f"the critic's score of {name}")
    return scores.reshape(-1)


def _log(probability):
    """log with log 0 = -infinity, without numpy's warning."""
    xp = array_namespace(probability)
    zero = probability == 0
    safe = xp.where(zero, xp.ones_like(probability), probability)
    return xp.where(zero, xp.full_like(probability, -math.inf), xp.log(safe))


def _number(scalar):
    return scalar if is_torch_array(scalar) else float(scalar)


def _numpy_rows(values, name):
    values = as_numpy(as_samples(values, name)).astype(float)
    if values.ndim > 2 or values.size == 0:
        raise ValueError(
            f"{name} must have shape (n,) or (n, n_features) with one feature or more; got {values.shape}."
        )
    return values.reshape(len(values), -1)
