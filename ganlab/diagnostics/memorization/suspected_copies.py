"""Which synthetic samples are suspected of being copies, of whom, and at what risk of a false accusation."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.intervals import share_interval


@dataclass(frozen=True)
class SuspectedCopies:
    """The synthetic samples, ranked by how suspicious they are; `memorization` says how they are found.

    Parameters
    ----------
    accused : Estimate
        Share of synthetic samples whose score lies below the threshold.
    threshold : float
        A score below it is an accusation.
    p_value : float in [0, 1]
        The smallest `false_alarm` from which on the most suspicious sample would be accused; 1 if it would
        be at none.
    table : DataFrame, a row for each synthetic sample, the most suspicious first
        `synthetic` and `train`: row numbers of the two; `distance` between them; `spacing`: distance from the
        training sample to its nearest other one; `score` = distance / spacing; `accused`.
    holdout_scores : array, shape (n_holdout,), or None
        The scores of the held-out samples, which nobody can have copied.

    Examples
    --------
    >>> import numpy as np
    >>> from ganlab.diagnostics import memorization
    >>> rng = np.random.default_rng(0)
    >>> train, synthetic = rng.normal(size=(2, 100, 20))
    >>> synthetic[7] = train[3]
    >>> suspects = memorization(train, synthetic).suspected_copies()
    >>> print(*suspects.table.loc[0, ["synthetic", "train", "score", "accused"]])
    7 3 0.0 True
    >>> int(suspects.table["accused"].sum()), suspects.p_value
    (1, 0.0)
    """

    accused: Estimate
    threshold: float
    p_value: float
    table: pd.DataFrame = field(repr=False)
    holdout_scores: np.ndarray | None = field(repr=False)

    def summary(self):
        """How many are accused, and the first three pairs."""
        pairs = [
            f"synthetic {row.synthetic} of train {row.train} (score {row.score:.2g})"
            for row in self.table[self.table["accused"]].head(3).itertuples()
        ]
        named = f" The most suspicious: {', '.join(pairs)}." if pairs else ""
        return self.accused.summary() + named


def search_copies(searches, false_alarm):
    """`Memorization.suspected_copies` of `Searches`."""
    if isinstance(false_alarm, str) or not 0 < false_alarm < 1:
        raise ValueError(f"false_alarm must be a number between 0 and 1; got {false_alarm!r}.")
    n = searches.n_synthetic
    each = false_alarm / n
    tails, source = [tail_of_train(searches)], "training samples left out one by one"
    holdout_scores = None
    if searches.n_holdout:
        holdout_scores = searches.relative_distances(searches.holdout_to_train)
        tails.append(LowerTail(holdout_scores))
        source += " and on the holdout"
    threshold = min(tail.threshold(each) for tail in tails)
    scores = searches.relative_distances(searches.synthetic_to_train)
    nearest = searches.synthetic_to_train.index[:, 0]
    table = pd.DataFrame(
        {
            "synthetic": np.arange(n),
            "train": searches.train_rows[nearest],
            "distance": searches.synthetic_to_train.distance[:, 0],
            "spacing": searches.spacing[nearest],
            "score": scores,
            "accused": scores < threshold,
        }
    ).sort_values("score", kind="stable", ignore_index=True)
    count = int(table["accused"].sum())
    highest = 0.0 if false_alarm <= 0.05 else 1 / n  # all but `false_alarm` of clean sets have nobody accused
    left_out = f", {searches.n_coarse} in which patients often agree left out" if searches.n_coarse else ""
    accused = Estimate(
        "share of synthetic samples suspected of being copies", count / n, share_interval(count, n), each,
        (0.0, highest), n, f"finds only copies that are near as {searches.space.name}{left_out}",
        f"Wilson's interval given train and threshold; threshold calibrated on {source}",
    )  # fmt: skip
    p_value = min(1.0, n * max(tail.probability(scores.min()) for tail in tails))
    return SuspectedCopies(accused, threshold, p_value, table, holdout_scores)


def tail_of_train(searches):
    """The tail of the scores of training samples that are left out one by one."""
    # Two samples that are nearest to each other both score low: one piece of luck, counted twice.
    return LowerTail(searches.relative_distances_left_out(), repeats=2)


class LowerTail:
    """The lower tail of the scores of clean samples, continued below the smallest one as a power law.

    Parameters
    ----------
    scores : array, shape (n,)
    repeats : int
        How many of the smallest scores come from one and the same piece of luck.
    """

    def __init__(self, scores, repeats=1):
        scores, n = np.sort(scores), len(scores)
        k = min(max(2, n // 10), n - 1)
        self.start, self.share = float(scores[k]), (k + 1) / (n + 1)
        self.independent = k / repeats
        self.slope = float(np.log(scores[k] / scores[:k]).mean())

    def threshold(self, probability):
        """The score that a new clean one falls below with this probability."""
        beyond = self.share / probability
        steps = self.independent * max(beyond ** (1 / self.independent) - 1, 0.0)
        return float(self.start * np.exp(-steps * self.slope))

    def probability(self, score):
        """The probability whose threshold is this score; 1 for a score that is below no threshold."""
        if score >= self.start or np.isinf(self.slope):
            return 1.0
        if score == 0 or self.slope == 0:
            return 0.0
        steps = np.log(self.start / score) / self.slope
        return float(self.share * (1 + steps / self.independent) ** -self.independent)
