"""Which generated samples are suspected of being copies, of whom, and at what risk of a false accusation."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.chance import share_interval
from ganlab.diagnostics.memorization.nearest_neighbours import relative_distances, relative_distances_left_out
from ganlab.diagnostics.memorization.surroundings import Surroundings


@dataclass(frozen=True)
class SuspectedCopies:
    """What `suspected_copies` found.

    Parameters
    ----------
    accused : Estimate
        Share of generated samples whose score lies below the threshold.
    threshold : float
        A score below it is an accusation.
    table : DataFrame, a row for each generated sample, the most suspicious first
        `generated` and `train`: row numbers of the two; `distance` between them; `spacing`: distance from the
        training sample to its nearest other one; `score` = distance / spacing; `accused`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> train, generated = rng.normal(size=(2, 100, 20))
    >>> generated[7] = train[3]
    >>> suspects = suspected_copies(train, generated)
    >>> print(*suspects.table.loc[0, ["generated", "train", "score", "accused"]])
    7 3 0.0 True
    >>> int(suspects.table["accused"].sum())
    1
    """

    accused: Estimate
    threshold: float
    table: pd.DataFrame = field(repr=False)

    def summary(self):
        """How many are accused, and the first three pairs."""
        pairs = [
            f"generated {row.generated} of train {row.train} (score {row.score:.2g})"
            for row in self.table[self.table["accused"]].head(3).itertuples()
        ]
        named = f" The most suspicious: {', '.join(pairs)}." if pairs else ""
        return self.accused.summary() + named


def suspected_copies(train, generated, holdout=None, *, false_alarm=0.05, space=None):
    r"""Rank the generated samples by how suspicious they are, and accuse those below a calibrated threshold.

    The score of a generated sample is its distance to the nearest training sample t*, in units of
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

    Solved for u with the left side p, this gives the threshold; k is a tenth of n (2 at the least).
    Comparators are the training samples, each in turn left out of its neighbour's spacing, too. Their low
    scores come in pairs, one for each of two that are nearest to each other, so k/2 stands for k in the
    bracket. With a holdout, its samples give a second threshold, and the lower of the two counts: an
    accusation must stand against both controls. Nothing is learnt from the generated set: copies cannot
    raise their own threshold.

    The power law is an assumption. Pixel noise makes real tails fall faster, so that fewer are accused
    falsely; near-twins among the comparators (slices of one patient in train and holdout) make thresholds
    low.

    Parameters
    ----------
    train, generated : array, tensor, DataFrame or Cohort, shape (n, ...)
        Repeated training samples count once, under their first row number.
    holdout : same, optional
        Real samples that the generator never saw.
    false_alarm : number in (0, 1)
        How often a clean generated set as large as this may have any sample accused.
    space : feature space, optional
        `Pixels` unless given. A copy can be found only in a space where it is near: flipped ones
        need `AlignedPixels`, mixtures `Blends`. Trying several spaces multiplies the false alarms: divide
        `false_alarm` by their number.

    Returns
    -------
    suspects : SuspectedCopies

    Raises
    ------
    ValueError
        If a set is too small, shapes differ, values are not finite, a held-out sample is also in train, or
        `false_alarm` is not between 0 and 1.

    References
    ----------
    .. [1] Hill (1975), A Simple General Approach to Inference About the Tail of a Distribution,
       doi:10.1214/aos/1176343247.
    .. [2] Levina & Bickel (2004), Maximum Likelihood Estimation of Intrinsic Dimension, NeurIPS 17.

    Examples
    --------
    >>> import numpy as np
    >>> train, generated, holdout = np.random.default_rng(0).normal(size=(3, 100, 20))
    >>> print(suspected_copies(train, generated, holdout).accused.value)
    0.0
    """
    return suspected_copies_of(Surroundings(train, generated, holdout, space), false_alarm)


def suspected_copies_of(around, false_alarm=0.05):
    """`suspected_copies` of `Surroundings`."""
    if isinstance(false_alarm, str) or not 0 < false_alarm < 1:
        raise ValueError(f"false_alarm must be a number between 0 and 1; got {false_alarm!r}.")
    each = false_alarm / around.n_generated
    threshold, source = threshold_from_train(around, each), "training samples left out one by one"
    if around.has_holdout:
        threshold = min(threshold, threshold_from_holdout(around, each))
        source += " and on the holdout"
    scores = relative_distances(around.generated_to_train, around)
    nearest = around.generated_to_train.index[:, 0]
    table = pd.DataFrame(
        {
            "generated": np.arange(len(scores)),
            "train": around.train_rows[nearest],
            "distance": around.generated_to_train.distance[:, 0],
            "spacing": around.spacing[nearest],
            "score": scores,
            "accused": scores < threshold,
        }
    ).sort_values("score", kind="stable", ignore_index=True)
    count = int(table["accused"].sum())
    accused = Estimate(
        "share of generated samples suspected of being copies",
        count / len(scores),
        share_interval(count, len(scores)),
        each,
        # All but `false_alarm` of clean sets have nobody accused.
        (0.0, 0.0 if false_alarm <= 0.05 else 1 / around.n_generated),
        len(scores),
        f"finds only copies that are near as {around.space.name}",
        f"Wilson's interval given train and threshold; threshold calibrated on {source}",
    )
    return SuspectedCopies(accused, threshold, table)


def threshold_from_holdout(around, probability):
    """The score that a new clean sample falls below with `probability`, learnt from held-out samples."""
    return tail_threshold(relative_distances(around.holdout_to_train, around), probability)


def threshold_from_train(around, probability):
    """The same, learnt from training samples that are left out one by one."""
    # Two samples that are nearest to each other both score low: one piece of luck, counted twice.
    return tail_threshold(relative_distances_left_out(around), probability, repeats=2)


def tail_threshold(scores, probability, repeats=1):
    """The score that a new one falls below with `probability`: the lower tail, continued as a power law.

    `repeats` is how many of the smallest scores come from one and the same piece of luck.
    """
    scores = np.sort(scores)
    n = len(scores)
    k = min(max(2, n // 10), n - 1)
    beyond = (k + 1) / (n + 1) / probability
    independent = k / repeats
    steps = independent * max(beyond ** (1 / independent) - 1, 0.0)
    return float(scores[k] * np.exp(-steps * np.log(scores[k] / scores[:k]).mean()))
