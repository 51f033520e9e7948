"""Correlations of wide cohorts in blocks of patients: a thousand draws without a thousand matrices."""

from typing import NamedTuple

import numpy as np

from ganlab.progress import with_progress

# The smaller cohort has so many blocks at most, and a block so many rows at least.
MOST_BLOCKS, FEWEST_BLOCKS, FEWEST_ROWS = 64, 16, 25
# Draws at a time: their correlations with one feature of a thousand stay in the cache.
DRAWS_AT_A_TIME = 100
FEATURES_AT_A_TIME = 16
NEARLY_ONE = 0.999999


class Drawn(NamedTuple):
    """Distances of the correlations in random draws, and the largest difference of each permutation.

    Parameters
    ----------
    distance : float
        Of the cohorts as they are.
    differences : array, shape (pairs of features,)
        Theirs of each pair, in Fisher's z.
    permuted, largest : arrays, shape (n_permutations,)
    resampled : array, shape (draws,)
        Of both cohorts resampled: drawn with replacement, or halved.
    halved : array, shape (draws,)
        Of two halves of the first, scaled to the sizes of the cohorts.
    """

    distance: float
    differences: np.ndarray
    permuted: np.ndarray
    largest: np.ndarray
    resampled: np.ndarray
    halved: np.ndarray


def enough_for_blocks(n, m):
    """Whether two cohorts of n and m rows have as many blocks as it takes."""
    return min(n, m) >= FEWEST_BLOCKS * FEWEST_ROWS


def drawn_in_blocks(x, y, correlation, n_permutations, n_draws, rng):
    """Permute the blocks of two tables, and halve both.

    All draws go through the pairs of features together, so that none ever needs a whole matrix.

    Parameters
    ----------
    x, y : arrays, shape (n, features) and (m, features)
    correlation : function of an array of rows
        Makes of them columns of mean 0 and mean square 1, whose products are the correlations.
    n_permutations, n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    Drawn
    """
    size = max(FEWEST_ROWS, -(-min(len(x), len(y)) // MOST_BLOCKS))
    tables = [rows[rng.permutation(len(rows))[: len(rows) // size * size]] for rows in (x, y)]
    of_x, of_y = (len(rows) // size for rows in tables)
    # In single precision, in half the time: what a block's correlations are rounded to is exchangeable too.
    blocks = [
        correlation(rows).astype(np.float32)
        for table in tables
        for rows in np.split(table, len(table) // size)
    ]
    is_x = np.arange(len(blocks)) < of_x
    labels = np.vstack([is_x, rng.permuted(np.tile(is_x, (n_permutations, 1)), axis=1)])
    parts = np.array_split(labels, -(-len(labels) // DRAWS_AT_A_TIME))
    permuted = [Splits(part, ~part) for part in parts]
    half_of_x, half_of_y = (_random_halves(side, n_draws, rng) for side in (is_x, ~is_x))
    resampled, halved = Splits(half_of_x, half_of_y), Splits(half_of_x, is_x & ~half_of_x)

    p, differences = x.shape[1], []
    for start in with_progress(range(0, p - 1, FEATURES_AT_A_TIME), "comparing correlations"):
        stop = start + FEATURES_AT_A_TIME
        matrices = np.array([rows[:, start:stop].T @ rows[:, start:] / size for rows in blocks])
        for j in range(min(FEATURES_AT_A_TIME, p - 1 - start)):
            with_later = np.ascontiguousarray(matrices[:, j, j + 1 :])
            of_permuted = [splits.compare(with_later) for splits in permuted]
            differences.append(_fisher(of_permuted[0][0]))
            resampled.compare(with_later)
            halved.compare(with_later)
    # Two halves of x have more noise than cohorts of n and m, and blocks more than all rows at once.
    half = of_x // 2
    noise = (1 / of_x + 1 / of_y) / (1 / half + 1 / (of_x - half)) * (size - 1) / size
    distances, largest = (
        np.concatenate(of) for of in zip(*(splits.found() for splits in permuted), strict=True)
    )
    return Drawn(
        float(distances[0]), np.concatenate(differences), distances[1:], largest[1:],
        resampled.found()[0], halved.found()[0] * np.sqrt(noise),
    )  # fmt: skip


def _random_halves(side, n_draws, rng):
    """Half of the blocks of one table, bool, shape (n_draws, blocks)."""
    chosen = np.zeros((n_draws, len(side)), dtype=bool)
    places = np.flatnonzero(side)
    half = np.tile(np.arange(len(places)) < len(places) // 2, (n_draws, 1))
    chosen[:, places] = rng.permuted(half, axis=1)
    return chosen


class Splits:
    """Pairs of cohorts made of blocks, compared in their correlations with one feature after the other.

    Parameters
    ----------
    first, second : bool arrays, shape (draws, blocks)
        Which blocks are in either cohort.
    """

    def __init__(self, first, second):
        self._sizes = [cohort.sum(axis=1, keepdims=True) for cohort in (first, second)]
        self._means = [cohort / n for cohort, n in zip((first, second), self._sizes, strict=True)]
        self._used = np.flatnonzero((first | second).any(axis=0))
        # The second cohort is often what the first leaves, and its mean follows without a product.
        self._parted = bool((first ^ second)[:, self._used].all())
        self._squares, self._largest, self._pairs = np.zeros(len(first)), np.zeros(len(first)), 0

    def compare(self, correlations):
        """Count in correlations of one feature with others, shape (blocks, others).

        Returns
        -------
        differences : array, shape (draws, others)
            Their tanh: in Fisher's z they are its arctanh.
        """
        precision = correlations.dtype
        first = self._means[0].astype(precision) @ correlations
        if self._parted:
            (n, m), total = self._sizes, correlations[self._used].sum(axis=0)
            second = (1 / m).astype(precision) * total - first * (n / m).astype(precision)
        else:
            second = self._means[1].astype(precision) @ correlations
        difference = first - second
        self._squares += np.einsum("dq,dq->d", difference, difference)
        self._pairs += difference.shape[1]
        for part in (first, second):
            np.clip(part, -NEARLY_ONE, NEARLY_ONE, out=part)
        # The difference of two arctanh is the arctanh of this, which takes fewer of them.
        np.subtract(first, second, out=difference)
        first *= second
        difference /= np.subtract(1, first, out=first)
        np.maximum(
            self._largest, np.maximum(difference.max(axis=1), -difference.min(axis=1)), out=self._largest
        )
        return difference

    def found(self):
        """The distance of each pair of cohorts, and the largest difference in Fisher's z."""
        return np.sqrt(self._squares / self._pairs), _fisher(self._largest)


def _fisher(difference):
    """Its size in Fisher's z; of two clipped correlations of opposite signs the tanh may round to 1."""
    return np.arctanh(np.minimum(np.abs(difference), 1 - 1e-7, dtype=float))
