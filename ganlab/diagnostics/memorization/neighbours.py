"""Nearest neighbours among samples that are points: fast, chunked, and exactly 0 for an exact copy."""

import functools
from dataclasses import dataclass

import numpy as np

from ganlab.progress import with_progress

ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Nearest:
    """The two nearest references of each query, the nearer one first.

    Parameters
    ----------
    distance : float array, shape (n_queries, 2)
        Infinite where there is no such reference.
    index : int array, shape (n_queries, 2)
        Rows of the references; two different rows; -1 where there is none.
    """

    distance: np.ndarray
    index: np.ndarray


def nearest_two(queries, references):
    """The two nearest references of each query, by Euclidean distance.

    The search multiplies matrices block by block, so memory grows with the number of rows and not with
    its square; the distances of those found are then computed again from the differences, because the
    products lose half of the digits and would put an exact copy at 1e-7 instead of 0.

    Parameters
    ----------
    queries, references : arrays, shape (n, d) and (m, d)

    Returns
    -------
    nearest : Nearest
    """
    return _two_smallest(*_candidates(queries, references, 2))


def nearest_two_others(queries, references):
    """`nearest_two` where query i is reference i, which does not count: leave one out."""
    distance, index = _candidates(queries, references, 3)
    distance = np.where(index == np.arange(len(queries))[:, None], np.inf, distance)
    return _two_smallest(distance, index)


def best_of(several):
    """Merge searches of the same queries, shown in different ways: each reference at its best distance."""
    return functools.reduce(
        lambda best, found: _two_smallest(
            np.hstack([best.distance, found.distance]), np.hstack([best.index, found.index])
        ),
        several,
    )


def two_smallest_columns(distances):
    """The `Nearest` that a whole matrix of distances, shape (n_queries, n_references), contains."""
    rows = np.arange(len(distances))[:, None]
    if distances.shape[1] > 2:
        index = np.argpartition(distances, 1, axis=1)[:, :2]
    else:
        index = np.broadcast_to(np.arange(distances.shape[1]), distances.shape)
    return _two_smallest(distances[rows, index], index)


def _candidates(queries, references, k):
    from sklearn.neighbors import NearestNeighbors

    # Around the centre of the references, where the products of the search lose fewest digits.
    centre = references.mean(axis=0)
    search = NearestNeighbors(n_neighbors=min(k, len(references)), algorithm="brute").fit(references - centre)
    index = np.empty((len(queries), search.n_neighbors), dtype=int)
    distance = np.empty(index.shape)
    for start in with_progress(range(0, len(queries), ROWS_AT_ONCE), "looking for neighbours"):
        rows = slice(start, start + ROWS_AT_ONCE)
        index[rows] = search.kneighbors(queries[rows] - centre, return_distance=False)
        for place in range(index.shape[1]):
            distance[rows, place] = np.linalg.norm(queries[rows] - references[index[rows, place]], axis=1)
    return distance, index


def _two_smallest(distance, index):
    rows = np.arange(len(distance))
    # A stable order, so that of equally near references the one found first stays first.
    order = np.argsort(distance, axis=1, kind="stable")
    distance, index = np.take_along_axis(distance, order, 1), np.take_along_axis(index, order, 1)
    others = np.where(index == index[:, :1], np.inf, distance)
    second = others.argmin(axis=1)
    distance = np.column_stack([distance[:, 0], others[rows, second]])
    index = np.column_stack([index[:, 0], index[rows, second]])
    return Nearest(distance, np.where(np.isinf(distance), -1, index))
