"""A confidence interval for a squared distance, which behaves differently at 0 than away from it."""

import math


def squared_distance_interval(value, plug_in, linear, quadratic, n):
    r"""95 % interval for a squared distance :math:`t` from its unbiased estimate.

    Away from 0 the error is linear in the samples, and its variance grows with the distance, about as
    :math:`\kappa t`. At 0 the linear part vanishes and a quadratic part of variance :math:`v` remains. So
    the interval holds every t that the value does not contradict, each judged by the spread it would have
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
