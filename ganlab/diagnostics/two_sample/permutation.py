"""What two samples of one distribution would have scored: the same numbers after shuffling who is who."""

from dataclasses import dataclass

import numpy as np

from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import positive_integer

# Fewer shuffles could not give a two-sided p-value below 0.05.
FEWEST = 79


def memberships(n_x, n_y, n_permutations, seed):
    """Who counts as x: bool, shape (n_permutations + 1, n_x + n_y). The first row is the truth."""
    n_permutations = positive_integer(n_permutations, "n_permutations")
    if n_permutations < FEWEST:
        raise ValueError(
            f"n_permutations must be {FEWEST} or more; got {n_permutations}. With fewer shuffles no result "
            "could ever be called significant at 5 %."
        )
    truth = np.arange(n_x + n_y) < n_x
    shuffled = np.tile(truth, (n_permutations, 1))
    return np.vstack([truth, seeded_numpy_rng(seed).permuted(shuffled, axis=1)])


@dataclass(frozen=True)
class Null:
    """The observed value among the shuffled ones.

    Parameters
    ----------
    observed : float
    shuffled : float array, (n_permutations,)
    resolution : float >= 0
        Differences up to this size are rounding; values that close count as ties, which raises the p-value.
    """

    observed: float
    shuffled: np.ndarray
    resolution: float = 0.0

    def p_large(self):
        """(b + 1) / (B + 1), where b shuffled values are at least as large as the observed one."""
        return self._p(self.shuffled >= self.observed - self.resolution)

    def p_two_sided(self):
        """Twice the smaller of the two one-sided p-values, at most 1."""
        low = self._p(self.shuffled <= self.observed + self.resolution)
        return min(1.0, 2 * min(low, self.p_large()))

    def range_large(self):
        """From the smallest shuffled value to the one that only p < 0.05 exceeds.

        Labels that mean nothing put the observed value above it with probability just under 0.05 and
        below it with probability 1 / (B + 1), together at most 0.05.
        """
        total = len(self.shuffled) + 1
        # p < 0.05 means b + 1 < 0.05 total; the observed value then exceeds the k-th largest.
        k = -(-total // 20) - 1
        ordered = np.sort(self.shuffled)
        return float(ordered[0] - self.resolution), float(ordered[-k] + self.resolution)

    def range_two_sided(self):
        """The middle of the shuffled values, left on either side only by a two-sided p < 0.05."""
        total = len(self.shuffled) + 1
        k = -(-total // 40) - 1
        ordered = np.sort(self.shuffled)
        return float(ordered[k - 1] - self.resolution), float(ordered[-k] + self.resolution)

    def _p(self, as_extreme):
        return float((np.count_nonzero(as_extreme) + 1) / (len(self.shuffled) + 1))
