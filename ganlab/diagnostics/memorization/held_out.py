"""The honest control: patients that the generator never saw ought to fare like those it learnt from."""

import numpy as np
from scipy.stats import norm

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.chance import (
    LEVEL,
    chance_ahead,
    chance_ahead_interval,
    relabelled_shares,
    share_interval,
)
from ganlab.diagnostics.memorization.surroundings import Surroundings


def share_nearer_train(train, generated, holdout, *, space=None, seed=0):
    r"""Share of generated samples whose nearest real sample is a training sample, not a held-out one.

    .. math:: S = \frac1m \sum_g 1\Big[\min_t d(g, t) < \min_h d(g, h)\Big] + \tfrac12 1[\ldots = \ldots]

    also called the DCR share (distance to the closest record). To a generator that took nothing from
    particular training samples, train and holdout are alike, and only their sizes l and h count:
    :math:`S_\text{perfect} = l / (l + h)`. Always 1/2 would be wrong unless l = h.

    The perfect range deals the labels "train" and "holdout" out again at random, many times, with the
    generated set as it is: exact whatever the space, and wide where a few real samples are nearest to many
    generated ones.

    Parameters
    ----------
    train, generated, holdout : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once.
    space : feature space, optional
        `Pixels` unless given.
    seed : int >= 0
        Of the labels dealt out.

    Returns
    -------
    share : Estimate
        In [0, 1]. The interval holds for this train and this holdout (Wilson's, for a share); the perfect
        range allows for the luck of which patients were held out, too.

    Raises
    ------
    ValueError
        If a set is too small, shapes differ, values are not finite, or a held-out sample is also in train.

    References
    ----------
    .. [1] Platzer & Reutterer (2021), Holdout-Based Empirical Assessment of Mixed-Type Synthetic Data,
       doi:10.3389/fdata.2021.679939.

    Examples
    --------
    >>> share = share_nearer_train([[0.0], [1.0], [5.0]], [[0.1], [1.2], [8.5]], [[4.0], [9.0]])
    >>> round(float(share), 3), share.perfect
    (0.667, 0.6)
    """
    return share_nearer_train_of(Surroundings(train, generated, holdout, space), seed)


def share_nearer_train_of(around, seed=0):
    """`share_nearer_train` of `Surroundings`."""
    to_train, to_holdout = around.generated_to_train, around.generated_to_holdout
    first, second = to_train.distance[:, 0], to_holdout.distance[:, 0]
    nearer = np.where(first == second, 0.5, first < second)
    l, h = around.n_train, around.n_holdout  # noqa: E741
    nearest = np.where(first <= second, to_train.index[:, 0], l + to_holdout.index[:, 0])
    dealt = relabelled_shares(np.bincount(nearest, minlength=l + h), l, seed)
    return Estimate(
        "share of generated samples nearer to train than to the holdout",
        nearer.mean(),
        share_interval(nearer.sum(), len(nearer)),
        l / (l + h),
        tuple(np.quantile(dealt, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")),
        around.n_generated,
        "is moved little by a few copies",
        "Wilson's interval given train and holdout; perfect range by dealing the labels out again",
    )


def membership_advantage(train, generated, holdout, *, space=None):
    r"""How much better than guessing somebody who sees the generated set can tell who was in train.

    The attacker holds the record of a patient and asks: was this one used? The nearer the nearest
    generated sample, the more likely yes. Shown one patient of train and one of the holdout, the
    attacker is right with probability

    .. math:: \text{AUC} = P\big(\min_g d(t, g) < \min_g d(h, g)\big), \qquad
       \text{advantage} = 2\,\text{AUC} - 1

    which is 0 for a perfect generator and 1 where every patient in train is given away. The best
    threshold's "true minus false positive rate", also in use, is above 0 for EVERY generator when it is
    chosen and measured on the same patients; the area under the curve has no such bias.

    Parameters
    ----------
    train, generated, holdout : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once.
    space : feature space, optional
        `Pixels` unless given.

    Returns
    -------
    advantage : Estimate
        In [-1, 1]; its n is the number of patients attacked, l + h. The interval holds for this generated
        set, over patients (DeLong's error on the logit scale).

    Raises
    ------
    ValueError
        If a set is too small, shapes differ, values are not finite, or a held-out sample is also in train.

    References
    ----------
    .. [1] Yeom et al. (2018), Privacy Risk in Machine Learning, arXiv:1709.01604.
    .. [2] DeLong, DeLong & Clarke-Pearson (1988), doi:10.2307/2531595.

    Examples
    --------
    >>> train, holdout = [[0.0], [1.0], [5.0]], [[2.0], [3.0], [9.0]]
    >>> float(membership_advantage(train, [[0.1], [4.8]], holdout))  # 0.1, 0.9, 0.2 against 1.9, 1.8, 4.2
    1.0
    """
    return membership_advantage_of(Surroundings(train, generated, holdout, space))


def membership_advantage_of(around):
    """`membership_advantage` of `Surroundings`."""
    members, others = (
        found.distance[:, 0] for found in (around.train_to_generated, around.holdout_to_generated)
    )
    ahead, _ = chance_ahead(others, members)
    low, high = chance_ahead_interval(others, members)
    l, h = len(members), len(others)  # noqa: E741
    half = norm.ppf((1 + LEVEL) / 2) * np.sqrt((l + h + 1) / (3 * l * h))  # Wilcoxon's, 2 AUC - 1 wide
    return Estimate(
        "membership advantage",
        2 * ahead - 1,
        (2 * low - 1, 2 * high - 1),
        0.0,
        (max(-half, -1.0), min(half, 1.0)),
        l + h,
        "is what one simple attacker gains, and others may gain more",
        "DeLong's interval given the generated set; perfect range of the rank-sum test",
    )
