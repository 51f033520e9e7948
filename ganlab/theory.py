"""What the adversarial game is worth: its value, its best discriminator, and the distances behind it.

Natural logarithms throughout, so information is in nats. Numpy in, numpy or float out; torch in,
torch out, and gradients flow through.
"""

import math

from array_api_compat import array_namespace, is_torch_array

from ganlab.validation import as_densities, as_numpy, as_probabilities, as_samples, positive_number

# Probability mass that a grid may miss (or count twice) before a divergence on it is refused.
MASS_TOLERANCE = 0.01


def value_function(d_real, d_fake):
    r"""What the discriminator earns and the generator pays.

    .. math:: V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]

    Parameters
    ----------
    d_real, d_fake : array, any shape, values in [0, 1]
        Probabilities, after the sigmoid, that D gives to real and to generated samples. The two may
        differ in size: each expectation is the mean over its own samples.

    Returns
    -------
    value : float, or a scalar tensor for torch input
        At most 0; -log 4 = -1.386 when D says 1/2 to everything; minus infinity when D is certain and
        wrong about a sample.

    Raises
    ------
    ValueError
        If an input is empty, not finite or outside [0, 1].

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


def optimal_discriminator(p, q):
    r"""The best answer to a fixed generator: the share of the real among all samples at each point.

    .. math:: D^*(x) = \frac{p(x)}{p(x) + q(x)}

    It is the posterior probability of "real" when both kinds are equally frequent. Where neither
    density has mass no sample ever falls, any value is optimal, and 1/2 is returned.

    Parameters
    ----------
    p, q : array, same shape, >= 0
        Densities of the real and of the generated samples at the same points.

    Returns
    -------
    array like p, values in [0, 1]

    Raises
    ------
    ValueError
        If the shapes differ, or a density is negative, empty or not finite.

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


def kullback_leibler(p, q, dx):
    r"""How surprised somebody who believes in q is by samples of p.

    .. math:: \mathrm{KL}(p \| q) = \int p(x) \log\frac{p(x)}{q(x)} \, dx

    Parameters
    ----------
    p, q : array, same shape, >= 0
        Densities on a regular grid; each must integrate to 1 on it (within 1 %).
    dx : number > 0
        Length (area, volume) of one grid cell.

    Returns
    -------
    divergence : float, or a scalar tensor for torch input
        In nats, >= 0 up to the grid's error; infinite where p has mass and q has none.

    Raises
    ------
    ValueError
        If the shapes differ, a density is negative, not finite or does not integrate to 1.

    References
    ----------
    .. [1] Kullback & Leibler (1951), On Information and Sufficiency, doi:10.1214/aoms/1177729694.

    Examples
    --------
    >>> round(kullback_leibler([0.5, 0.5], [0.9, 0.1], dx=1.0), 4)
    0.5108
    """
    p, q, dx = _densities_on_grid(p, q, dx)
    return _number(_relative_entropy(p, q).sum() * dx)


def jensen_shannon(p, q, dx):
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

    Raises
    ------
    ValueError
        If the shapes differ, a density is negative, not finite or does not integrate to 1.

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


def wasserstein1(x, y):
    r"""The least work that moves one set of samples onto the other: mass times distance.

    .. math:: W_1(P, Q) = \inf_{\gamma} \mathbb{E}_{(x, y) \sim \gamma} \lVert x - y \rVert_2

    over all couplings :math:`\gamma` of the two empirical distributions. Exact for samples, by sorting
    in one dimension and by optimal transport in more; two samples of one distribution are never at
    distance 0, so compare with what a second real sample gets.

    Parameters
    ----------
    x, y : array, shape (n,) or (n, n_features) and (m,) or (m, n_features)
        Samples; the numbers n and m may differ.

    Returns
    -------
    distance : float >= 0
        In the unit of the data. Always a float: no gradient flows through it.

    Raises
    ------
    ValueError
        If a sample is empty or not finite, or the numbers of features differ.

    References
    ----------
    .. [1] Villani (2009), Optimal Transport: Old and New, doi:10.1007/978-3-540-71050-9.

    Examples
    --------
    >>> wasserstein1([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])
    5.0
    """
    x, y = (_numpy_rows(values, name) for values, name in ((x, "x"), (y, "y")))
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have the same number of features; got {x.shape[1]} and {y.shape[1]}.")
    if x.shape[1] == 1:
        from scipy.stats import wasserstein_distance

        return float(wasserstein_distance(x[:, 0], y[:, 0]))
    import ot

    return float(ot.emd2([], [], ot.dist(x, y, metric="euclidean"), numItermax=2_000_000))


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
    """p log(p / q) cell by cell, with 0 log(0 / q) = 0 and infinity where only q is 0."""
    xp = array_namespace(p, q)
    here = p > 0
    beyond = here & (q == 0)
    ratio_is_safe = here & ~beyond
    one = xp.ones_like(p)
    # The difference of logs: a ratio of two very small densities could overflow.
    terms = p * (xp.log(xp.where(ratio_is_safe, p, one)) - xp.log(xp.where(ratio_is_safe, q, one)))
    return xp.where(beyond, xp.full_like(p, math.inf), terms)


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
