"""Is the generated set nearer to the training set than its members are to each other?"""

import numpy as np
from scipy.stats import t

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.chance import LEVEL, mean_interval, share_interval
from ganlab.diagnostics.memorization.surroundings import Surroundings


def nearest_neighbour_ratio(train, generated, holdout=None, *, space=None):
    r"""Distance from generated to train over the spacing within train: about 1 if all is well, 0 for copies.

    .. math:: R = \frac{\frac1m \sum_g \min_t d(g, t)}{\frac1l \sum_t \min_{t' \ne t} d(t, t')}

    The spacing leaves each training sample itself out; with it, the distance would be 0. It is the distance
    to the NEAREST other one: the average over all pairs is several times larger, and would accuse
    every generator.

    What a perfect generator gets is not exactly 1. With a holdout it is measured: held-out patients are new
    samples of the real distribution. Without, it is extrapolated from train: a generated sample has l
    training samples to be near to, a training sample only l - 1 others; the jackknife says what one more
    would change.

    .. math:: R_\text{perfect} \approx 1 - \frac{\overline{d_2} - \overline{d_1}}{(l - 1)\,\overline{d_1}}

    with :math:`d_1, d_2` the distances of a training sample to its nearest and second nearest other one.

    Parameters
    ----------
    train, generated : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once.
    holdout : same, optional
        Real samples that the generator never saw.
    space : feature space, optional
        `Pixels` unless given.

    Returns
    -------
    ratio : Estimate
        >= 0. The interval holds for this training set: what the ratio of endlessly many samples of the
        same generator would be (Student's interval of the mean distance).

    Raises
    ------
    ValueError
        If train has fewer than 3 different samples or another set fewer than 2, shapes differ, values are
        not finite, or a held-out sample is also in train.

    References
    ----------
    .. [1] Efron & Stein (1981), The jackknife estimate of variance, doi:10.1214/aos/1176345462.

    Examples
    --------
    >>> train = [[0.0], [1.0], [3.0]]
    >>> ratio = nearest_neighbour_ratio(train, [[0.5], [4.0]])  # (0.5 + 1) / 2 over (1 + 1 + 2) / 3
    >>> round(float(ratio), 4)
    0.5625
    """
    return ratio_of(Surroundings(train, generated, holdout, space))


def ratio_of(around):
    """`nearest_neighbour_ratio` of `Surroundings`."""
    spacing = around.spacing.mean()
    distance = around.generated_to_train.distance[:, 0] / spacing
    if around.has_holdout:
        held_out = around.holdout_to_train.distance[:, 0] / spacing
        perfect, variance = held_out.mean(), held_out.var(ddof=1)
        error, freedom = np.sqrt(variance / len(held_out) + variance / len(distance)), len(held_out) - 1
        source = "perfect from the holdout"
    else:
        perfect, variance = _extrapolated(around.within_train, spacing)
        error = np.sqrt(variance + around.spacing.var(ddof=1) / spacing**2 / len(distance))
        freedom, source = around.n_train - 1, "perfect from leaving out training samples one by one"
    half = t.ppf((1 + LEVEL) / 2, freedom) * error
    return Estimate(
        "distance to train over the spacing within train",
        distance.mean(),
        mean_interval(distance),
        perfect,
        (max(perfect - half, 0.0), perfect + half),
        around.n_generated,
        f"is an average of distances as {around.space.name}, so a few copies hardly move it",
        f"Student's interval given this train; {source}",
    )


def _extrapolated(within, spacing):
    """A perfect generator's ratio and the variance of the spacing, both by the jackknife."""
    first, second = within.distance.T
    l = len(first)  # noqa: E741
    # Without sample j: its own distance goes, and those to whom it was nearest turn to their second.
    longer = np.bincount(within.index[:, 0], second - first, minlength=l)
    without = (first.sum() - first + longer) / (l - 1)
    perfect = 1 - (second - first).mean() / ((l - 1) * spacing)
    return max(perfect, 0.0), (l - 1) / l * ((without - without.mean()) ** 2).sum() / spacing**2


def authenticity(train, generated, holdout=None, *, space=None):
    r"""Share of generated samples that are not suspiciously near to one training sample.

    A generated sample g is authentic if the training sample t* nearest to it has another TRAINING sample
    nearer than g:

    .. math:: t^*(g) = \arg\min_t d(g, t), \qquad
       A = \frac1m \sum_g 1\Big[ d(g, t^*(g)) > \min_{t' \ne t^*} d(t^*, t') \Big]

    The spacing is that of t*, the sample which might have been copied. (One package looks it up at the
    wrong place, and calls a set of nothing but copies 22 % authentic. Here it is 0.)

    A perfect generator does not get 100 %, and what it gets depends on the dimension: 1/3 on a line. With a
    holdout it is the holdout's own share. Without, each training sample takes its turn as the
    generated one: it comes out authentic unless it and its nearest other are nearest to each other.

    Parameters
    ----------
    train, generated : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once.
    holdout : same, optional
        Real samples that the generator never saw.
    space : feature space, optional
        `Pixels` unless given.

    Returns
    -------
    share : Estimate
        In [0, 1]. The interval holds for this training set (Wilson's, for a share).

    Raises
    ------
    ValueError
        As for `nearest_neighbour_ratio`.

    References
    ----------
    .. [1] Alaa et al. (2022), How Faithful is your Synthetic Data?, arXiv:2102.08921.

    Examples
    --------
    >>> train = [[0.0], [1.0], [3.0]]
    >>> float(authenticity(train, [[0.5], [4.5]]))  # 0.5 is nearer to 0 than 1 is; 3 has 1 at 2, not 1.5
    0.0
    >>> float(authenticity(train, [[0.5], [5.5]]))
    0.5
    """
    return authenticity_of(Surroundings(train, generated, holdout, space))


def authenticity_of(around):
    """`authenticity` of `Surroundings`."""
    authentic = relative_distances(around.generated_to_train, around) > 1
    if around.has_holdout:
        comparators, effective = relative_distances(around.holdout_to_train, around) > 1, around.n_holdout
        source = "perfect from the holdout"
    else:
        # Samples nearest to each other come in pairs, so l samples are only l / 2 independent ones.
        comparators, effective = relative_distances_left_out(around) > 1, around.n_train / 2
        source = "perfect from leaving out training samples one by one"
    low, high = _range_of_difference(comparators.mean(), effective, len(authentic))
    return Estimate(
        "share of authentic samples",
        authentic.mean(),
        share_interval(int(authentic.sum()), len(authentic)),
        comparators.mean(),
        (low, high),
        around.n_generated,
        "depends on the dimension of the space as much as on the generator",
        f"Wilson's interval given this train; {source}",
    )


def relative_distances(found, around):
    """Distance to the nearest training sample, in units of that sample's own spacing."""
    return found.distance[:, 0] / around.spacing[found.index[:, 0]]


def relative_distances_left_out(around):
    """The same for each training sample, as if it were new: left out of its neighbour's spacing, too."""
    first, index = around.within_train.distance, around.within_train.index
    neighbour = index[:, 0]
    mutual = index[neighbour, 0] == np.arange(len(index))
    return first[:, 0] / np.where(mutual, first[neighbour, 1], first[neighbour, 0])


def _range_of_difference(share, n_comparators, n):
    """Where a share of n comes out that equals one estimated from n_comparators; two tries more of each kind
    keep the range from closing where the share is 0 or 1."""
    steadied = (share * n_comparators + 2) / (n_comparators + 4)
    half = 1.96 * np.sqrt(steadied * (1 - steadied) * (1 / n_comparators + 1 / n))
    return max(min(share, steadied - half), 0.0), min(max(share, steadied + half), 1.0)
