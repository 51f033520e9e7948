"""Has the generator copied its patients? `memorization` and the numbers that bear on it, side by side."""

from functools import cached_property

import numpy as np
from scipy.stats import norm, ttest_ind_from_stats

from ganlab.diagnostics import intervals
from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.data_copying import DataCopying, data_copying_test
from ganlab.diagnostics.memorization.feature_spaces import FeatureSpace
from ganlab.diagnostics.memorization.searches import Searches
from ganlab.diagnostics.memorization.suspected_copies import SuspectedCopies, search_copies
from ganlab.diagnostics.two_sample.comparison import Null, memberships
from ganlab.seeding import whole_seed
from ganlab.shapes import Samples, Seed, Table

UPPER = (1 + intervals.LEVEL) / 2
DEALS = 20_000  # of the labels "train" and "holdout"
SHUFFLES = 999  # of distances
# A kurtosis: that of a normal distribution is 3, of an exponential one 9.
HEAVY = 9
FEW_FAR = (
    "a few samples far off do, for which its interval is too short (measured on 60 samples of 5 features "
    "with heavy tails, it held the truth in 87 of 100 draws for lognormal ones, 79 for Student's t of 2 "
    "degrees, 43 for Cauchy)"
)


def memorization(
    train: Samples | Table,
    synthetic: Samples | Table,
    holdout: Samples | Table | None = None,
    *,
    space: FeatureSpace | None = None,
    seed: Seed = 0,
) -> "Memorization":
    """Everything that bears on whether training samples were copied, each number found when it is asked for.

    No single number is enough: averages (`nearest_neighbour_ratio`, `share_nearer_train`,
    `data_copying.average`) hide a few copies among many good samples; `suspected_copies()` finds these, but
    only if the space makes copies near; and only the holdout tells a copied patient from one who looks like
    many others. Each number has its own 5 % of false alarms, so of the seven a perfect generator fails one
    now and then; the accusation of single samples keeps its 5 % for the whole set.

    Parameters
    ----------
    train, synthetic : array, tensor, DataFrame or Cohort, shape (n, ...)
        Images or rows of features, of one shape. Repeated training or held-out samples count once, under
        their first row number; rows of whole numbers, which may coincide by chance, are spread at random
        first, and count each (see `spread_ties`).
    holdout : same, optional
        Real samples of other patients, which the generator never saw.
    space : feature space, optional
        Where distances are taken: `Pixels()` unless given; `AlignedPixels()`, `RandomConvolutions()`,
        `Blends()` for images, `FeatureTable()` for features that you computed.
    seed : int, torch.Generator or None
        Of the spreading, the cells, and the labels dealt out again.

    Returns
    -------
    found : Memorization
        With `nearest_neighbour_ratio`, `authenticity`, `nearest_to_second`, `share_nearer_train`,
        `membership_advantage` (Estimates), `data_copying`, `suspected_copies(false_alarm)` and `summary()`;
        the numbers that need a holdout are None without one.

    Raises
    ------
    ValueError
        If train has fewer than 3 different samples or another set fewer than 2, shapes differ, values are
        not finite, or a held-out sample is also in train and not by chance.

    References
    ----------
    .. [1] Meehan, Chaudhuri & Dasgupta (2020), arXiv:2004.05675.
    .. [2] Alaa et al. (2022), arXiv:2102.08921.

    Examples
    --------
    >>> from ganlab.data import simulate_lesions
    >>> train, holdout = simulate_lesions(120, seed=0).split((0.5, 0.5), seed=0)
    >>> copies = memorization(train, train, holdout)
    >>> float(copies.nearest_neighbour_ratio), float(copies.authenticity), float(copies.membership_advantage)
    (0.0, 0.0, 1.0)
    """
    seed = whole_seed(seed)
    return Memorization(Searches(train, synthetic, holdout, space, seed), seed)


class Memorization:
    """What `memorization` gives: numbers about one synthetic set, found when they are first asked for.

    Parameters
    ----------
    searches : Searches
    seed : int
    """

    def __init__(self, searches, seed):
        self._searches, self._seed = searches, seed

    @property
    def _n_comparators(self):
        """How many independent samples say what a perfect generator gets: the holdout's, or half of train's.

        Training samples that are left out one by one come in pairs that are nearest to each other.
        """
        return self._searches.n_holdout or self._searches.n_train / 2

    def suspected_copies(self, false_alarm: float = 0.05) -> SuspectedCopies:
        r"""Rank the synthetic samples by how suspicious they are; accuse those below a calibrated threshold.

        The score of a synthetic sample is its distance to the nearest training sample t*, in units of
        t*'s own spacing: what is near in a sparse region is far in a dense one.

        .. math:: s(g) = \frac{d(g, t^*)}{\min_{t' \ne t^*} d(t^*, t')}

        **The threshold.** A clean generator of m samples shall be accused of even one copy in at most
        `false_alarm` of cases, so each sample may be accused with probability :math:`p = \alpha / m`
        (Bonferroni). That is far beyond what n comparators can show by counting, so their lower tail is
        continued: near 0 the chance of a distance below x falls like a power of x (the dimension), so the
        logarithms of the k smallest scores lie below that of the next one like exponential variables. For
        those, what a new sample does is known exactly, uncertainty of the estimated power included:

        .. math:: P(s < s_{(k+1)} e^{-u \bar e}) = \frac{k + 1}{n + 1} \Big(1 + \frac{u}{k}\Big)^{-k}, \qquad
           \bar e = \frac1k \sum_{i \le k} \log\frac{s_{(k+1)}}{s_{(i)}}

        Solved for u with the left side p, this gives the threshold; with the lowest score for the threshold,
        m times the right side is the p-value. k is a tenth of n (2 at the least).
        Comparators are the training samples, each in turn left out of its neighbour's spacing, too. Their low
        scores come in pairs, one for each of two that are nearest to each other, so k/2 stands for k in the
        bracket. With a holdout, its samples give a second threshold, and the lower of the two counts: an
        accusation must stand against both. Nothing is learnt from the synthetic set: copies cannot raise
        their own threshold.

        The power law is an assumption. Pixel noise makes real tails fall faster, so that fewer are accused
        falsely; near-twins among the comparators (slices of one patient in train and holdout) make thresholds
        low. A copy can be found only in a space where it is near: flipped ones need `AlignedPixels`,
        mixtures `Blends`. Trying several spaces multiplies the false alarms: divide `false_alarm` by their
        number.

        Parameters
        ----------
        false_alarm : number in (0, 1)
            How often a clean synthetic set as large as this may have any sample accused.

        References
        ----------
        .. [1] Hill (1975), A Simple General Approach to Inference About the Tail of a Distribution,
           doi:10.1214/aos/1176343247.
        .. [2] Levina & Bickel (2004), Maximum Likelihood Estimation of Intrinsic Dimension, NeurIPS 17.
        """
        return search_copies(self._searches, false_alarm)

    @cached_property
    def nearest_neighbour_ratio(self) -> Estimate:
        r"""Distance from synthetic to train over the spacing within train: 1 if all is well, 0 if copied.

        .. math:: R = \frac{\frac1m \sum_g \min_t d(g, t)}{\frac1l \sum_t \min_{t' \ne t} d(t, t')}

        The spacing leaves each training sample itself out; with it, the distance would be 0. It is the
        distance to the NEAREST other one: the average over all pairs is several times larger, and would
        accuse every generator.

        What a perfect generator gets is not exactly 1. With a holdout it is measured: held-out patients are
        new samples of the real distribution. Without, it is extrapolated from train: a synthetic sample has l
        training samples to be near to, a training sample only l - 1 others; the jackknife [1]_ says what one
        more would change.

        .. math:: R_\text{perfect} \approx 1 - \frac{\overline{d_2} - \overline{d_1}}{(l - 1)\,\overline{d_1}}

        with :math:`d_1, d_2` the distances of a training sample to its nearest and second nearest other one.
        The interval holds for this training set: what the ratio of endlessly many samples of the same
        generator would be (Student's interval of the mean distance, which is too short for heavy tails; the
        report says so where that matters). The perfect range deals the distances of synthetic and held-out
        samples out again at random, which is exact whatever the tails. Without a holdout those within train
        stand in, and the range is widened by as much as they depend on one another (by the jackknife).

        References
        ----------
        .. [1] Efron & Stein (1981), The jackknife estimate of variance, doi:10.1214/aos/1176345462.
        """
        searches = self._searches
        spacing = searches.spacing.mean()
        distance = searches.synthetic_to_train.distance[:, 0] / spacing
        squares = np.square(distance - distance.mean())
        few_far = f" while {FEW_FAR}" if np.square(squares).mean() > HEAVY * squares.mean() ** 2 else ""
        if searches.n_holdout:
            held_out = searches.holdout_to_train.distance[:, 0] / spacing
            perfect, source = held_out.mean(), "perfect from the holdout"
            low, high = _range_of_equal_means(distance, held_out, self._seed)
        else:
            perfect, variance = _extrapolated(searches.within_train, spacing)
            source = "perfect from leaving out training samples one by one"
            own = searches.spacing / spacing
            low, high = _range_of_equal_means(distance, own, self._seed)
            # The spacings depend on one another, which shuffling them forgets.
            independent, of_fresh = own.var(ddof=1) / np.array([len(own), len(distance)])
            wider = np.sqrt(max((variance + of_fresh) / (independent + of_fresh), 1.0)) if of_fresh else 1.0
            low, high = wider * low, wider * high
        return Estimate(
            "distance to train over the spacing within train", distance.mean(),
            intervals.mean_interval(distance), perfect,
            (max(perfect + low, 0.0), perfect + high), searches.n_synthetic,
            f"is an average of distances as {searches.space.name}, so a few copies hardly move it{few_far}",
            f"Student's interval given this train; {source}, its range from shuffled distances",
        )  # fmt: skip

    @cached_property
    def authenticity(self) -> Estimate:
        r"""Share of synthetic samples that are not suspiciously near to one training sample.

        A synthetic sample g is authentic [1]_ if the training sample t* nearest to it has another TRAINING
        sample nearer than g:

        .. math:: t^*(g) = \arg\min_t d(g, t), \qquad
           A = \frac1m \sum_g 1\Big[ d(g, t^*(g)) > \min_{t' \ne t^*} d(t^*, t') \Big]

        The spacing is that of t*, the sample which might have been copied. (One package looks it up at the
        wrong place, and calls a set of nothing but copies 22 % authentic. Here it is 0.)

        A perfect generator does not get 100 %, and what it gets depends on the dimension: 1/3 on a line. With
        a holdout it is the holdout's own share. Without, each training sample takes its turn as the synthetic
        one: it comes out authentic unless it and its nearest other are nearest to each other. The interval
        holds for this training set (Wilson's, for a share).

        A generator whose samples scatter too little gets less as well, without a copy: of 300 rows of 60
        normal features whose variance was a fifth too small 47 % were authentic, of fresh ones 66 %. Whether
        training samples were copied is for `nearest_to_second` to say.

        References
        ----------
        .. [1] Alaa et al. (2022), How Faithful is your Synthetic Data?, arXiv:2102.08921.
        """
        searches = self._searches
        authentic = searches.relative_distances(searches.synthetic_to_train) > 1
        if searches.n_holdout:
            comparators = searches.relative_distances(searches.holdout_to_train) > 1
            source = "perfect from the holdout"
        else:
            comparators = searches.relative_distances_left_out() > 1
            source = "perfect from leaving out training samples one by one"
        return Estimate(
            "share of authentic samples", authentic.mean(),
            intervals.share_interval(int(authentic.sum()), len(authentic)), comparators.mean(),
            _range_of_equal_share(comparators.mean(), self._n_comparators, len(authentic)),
            searches.n_synthetic,
            "depends on the dimension of the space as much as on the generator",
            f"Wilson's interval given this train; {source}",
        )  # fmt: skip

    @cached_property
    def nearest_to_second(self) -> Estimate:
        r"""How much nearer a synthetic sample is to one training sample than to any other.

        The mean ratio of its distances to the nearest and to the second nearest training sample [1]_,

        .. math:: \frac1m \sum_g \frac{d_1(g)}{d_2(g)}

        is 0 for copies. It has no unit, so it does not ask how near the training samples are, but whether
        one of them stands out. A generator whose samples scatter too little lies nearer to all of them: that
        lowers `authenticity`, and leaves this ratio as it is. A perfect generator gets what the holdout gets;
        without one, what the training samples get that are left out one by one. The interval holds for this
        training set (Student's, of a mean).

        References
        ----------
        .. [1] Zhao et al. (2021), CTAB-GAN: Effective Table Data Synthesizing, arXiv:2102.08369 (the nearest
           neighbour distance ratio).

        Examples
        --------
        >>> round(float(memorization([[0.0], [1], [3]], [[0.5], [4]]).nearest_to_second), 2)
        0.67
        """
        searches = self._searches
        ratios, comparators = self._ratios
        low, high = _range_of_equal_means(ratios, comparators, self._seed)
        perfect = comparators.mean()
        return Estimate(
            "nearest distance to train over the second nearest", ratios.mean(),
            intervals.mean_interval(ratios), perfect,
            (max(perfect + low, 0.0), min(perfect + high, 1.0)), searches.n_synthetic,
            "is an average, so a few copies hardly move it",
            "Student's interval given this train; its range from shuffled ratios",
        )  # fmt: skip

    @property
    def nearest_to_second_p(self) -> float:
        """How often the mean ratio of fresh samples would be as low: Welch's t-test, one-sided.

        Without a holdout the training samples stand in, and count as half as many.
        """
        ratios, comparators = self._ratios
        with np.errstate(all="ignore"):  # no spread at all: surely lower, or not lower
            p_value = ttest_ind_from_stats(
                ratios.mean(), ratios.std(ddof=1), len(ratios),
                comparators.mean(), comparators.std(ddof=1), self._n_comparators,
                equal_var=False, alternative="less",
            ).pvalue  # fmt: skip
        return 1.0 if np.isnan(p_value) else float(p_value)

    @property
    def _ratios(self):
        searches = self._searches
        known = searches.holdout_to_train if searches.n_holdout else searches.within_train
        return [found.distance[:, 0] / found.distance[:, 1] for found in (searches.synthetic_to_train, known)]

    @cached_property
    def share_nearer_train(self) -> Estimate | None:
        r"""Share of synthetic samples whose nearest real sample is a training sample, not a held-out one.

        .. math:: S = \frac1m \sum_g 1\Big[\min_t d(g, t) < \min_h d(g, h)\Big] + \tfrac12 1[\ldots = \ldots]

        also called the DCR share [1]_ (distance to the closest record). To a generator that took nothing
        from particular training samples, train and holdout are alike, and only their sizes l and h count:
        :math:`S_\text{perfect} = l / (l + h)`. Always 1/2 would be wrong unless l = h.

        The interval holds for this train and this holdout (Wilson's, for a share). The perfect range deals
        the labels "train" and "holdout" out again at random, many times, with the synthetic set as it is:
        exact whatever the space, and wide where a few real samples are nearest to many synthetic ones.

        References
        ----------
        .. [1] Platzer & Reutterer (2021), Holdout-Based Empirical Assessment of Mixed-Type Synthetic Data,
           doi:10.3389/fdata.2021.679939.
        """
        searches = self._searches
        if not searches.n_holdout:
            return None
        to_train, to_holdout = searches.synthetic_to_train, searches.synthetic_to_holdout
        first, second = to_train.distance[:, 0], to_holdout.distance[:, 0]
        nearer = np.where(first == second, 0.5, first < second)
        l, h = searches.n_train, searches.n_holdout  # noqa: E741
        nearest = np.where(first <= second, to_train.index[:, 0], l + to_holdout.index[:, 0])
        dealt = relabelled_shares(np.bincount(nearest, minlength=l + h), l, self._seed)
        return Estimate(
            "share of synthetic samples nearer to train than to the holdout", nearer.mean(),
            intervals.share_interval(nearer.sum(), len(nearer)), l / (l + h),
            tuple(np.quantile(dealt, [1 - UPPER, UPPER], method="inverted_cdf")), searches.n_synthetic,
            "is moved little by a few copies",
            "Wilson's interval given train and holdout; perfect range by dealing the labels out again",
        )  # fmt: skip

    @cached_property
    def membership_advantage(self) -> Estimate | None:
        r"""How much better than guessing somebody who sees the synthetic set can tell who was in train.

        The attacker holds the record of a patient and asks: was this one used? The nearer the nearest
        synthetic sample, the more likely yes. Shown one patient of train and one of the holdout, the
        attacker is right with probability

        .. math:: \text{AUC} = P\big(\min_g d(t, g) < \min_g d(h, g)\big), \qquad
           \text{advantage} = 2\,\text{AUC} - 1

        which is 0, up to chance, for a perfect generator and 1 where every patient in train is given away.
        Yeom et al. [1]_ call something else by this name: the true minus the false positive rate of one
        attack with one threshold. With the best threshold that is above 0 for EVERY generator when it is
        chosen and measured on the same patients; the area under the curve has no such bias.

        Its `n` is the number of patients attacked, l + h. The interval holds for this synthetic set, over
        patients (DeLong's error [2]_ on the logit scale).

        References
        ----------
        .. [1] Yeom et al. (2018), Privacy Risk in Machine Learning, arXiv:1709.01604.
        .. [2] DeLong, DeLong & Clarke-Pearson (1988), doi:10.2307/2531595.
        """
        searches = self._searches
        if not searches.n_holdout:
            return None
        members = searches.train_to_synthetic.distance[:, 0]
        others = searches.holdout_to_synthetic.distance[:, 0]
        low, high = intervals.auc_interval(others, members)
        l, h = len(members), len(others)  # noqa: E741
        half = norm.ppf(UPPER) * np.sqrt((l + h + 1) / (3 * l * h))  # Wilcoxon's, 2 AUC - 1 wide
        return Estimate(
            "membership advantage", 2 * intervals.auc(others, members)[0] - 1, (2 * low - 1, 2 * high - 1),
            0.0, (max(-half, -1.0), min(half, 1.0)), l + h,
            "is what one simple attacker gains, and others may gain more",
            "DeLong's interval given the synthetic set; perfect range of the rank-sum test",
        )  # fmt: skip

    @cached_property
    def data_copying(self) -> DataCopying | None:
        """Are synthetic samples nearer to train than held-out ones are, overall and cell by cell?

        Raises
        ------
        ValueError
            If no cell holds five synthetic and five held-out samples.
        """
        return data_copying_test(self._searches, seed=self._seed) if self._searches.n_holdout else None

    def summary(self) -> str:
        """A sentence for each number, and one for what could not be measured."""
        numbers = [self.suspected_copies(), self.nearest_neighbour_ratio, self.authenticity]
        numbers += [self.nearest_to_second, self.share_nearer_train]
        numbers += [self.data_copying, self.membership_advantage]
        sentences = [number.summary() for number in numbers if number is not None]
        if not self._searches.n_holdout:
            sentences.append(
                "Without a holdout there is nothing to compare with: share nearer train, data copying and "
                "membership advantage were not measured."
            )
        return "\n".join(sentences)


def _extrapolated(within, spacing):
    """A perfect generator's ratio and the variance of the spacing, both by the jackknife."""
    first, second = within.distance.T
    l = len(first)  # noqa: E741
    # Without sample j: its own distance goes, and those to whom it was nearest turn to their second.
    longer = np.bincount(within.index[:, 0], second - first, minlength=l)
    without = (first.sum() - first + longer) / (l - 1)
    perfect = 1 - (second - first).mean() / ((l - 1) * spacing)
    return max(perfect, 0.0), (l - 1) / l * ((without - without.mean()) ** 2).sum() / spacing**2


def _range_of_equal_means(first, second, seed):
    """Where the difference of two means falls 95 times in 100 if the values are dealt out at random."""
    members = memberships(len(first), len(second), SHUFFLES, seed)
    pooled = np.concatenate([first, second])
    sums = members @ pooled
    differences = sums / len(first) - (pooled.sum() - sums) / len(second)
    return Null(differences[0], differences[1:]).range_two_sided()


def _range_of_equal_share(share, n_comparators, n):
    """Where a share of n comes out that equals one estimated from n_comparators; two tries more of each kind
    keep the range from closing where the share is 0 or 1."""
    steadied = (share * n_comparators + 2) / (n_comparators + 4)
    half = 1.96 * np.sqrt(steadied * (1 - steadied) * (1 / n_comparators + 1 / n))
    return max(min(share, steadied - half), 0.0), min(max(share, steadied + half), 1.0)


def relabelled_shares(counts, n_first, seed):
    """What the first group's part of the total would be if the labels were dealt out again at random.

    Parameters
    ----------
    counts : int array, shape (n,)
        What each member holds, first group and second.
    n_first : int
        Size of the first group.
    seed : int

    Returns
    -------
    shares : array, shape (DEALS,)
    """
    held, members = np.unique(counts, return_counts=True)
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(
        members, n_first, size=DEALS, method="marginals"
    )
    return dealt @ held / (members @ held)
