"""Balls around samples that reach to the k-th neighbour, and who lies in whose, without a big table.

Distances are compared as squares, with `<=`. They come from one matrix product in double precision, so
two that differ by less than about a millionth of the data's spread count as equal: a copy lies at
distance 0 whichever way it was computed.
"""

from dataclasses import dataclass

import numpy as np

# Distances held in memory at a time: 4 million, 32 MB.
CELLS_AT_A_TIME = 2**22
SAME = 1e-12  # of the largest squared distance from the middle


@dataclass(frozen=True)
class Membership:
    """Who lies in whose ball, summed up for every sample.

    Attributes
    ----------
    balls_around_fake : int array, shape (n_fake,)
        Real balls that each fake lies in.
    real_has_visitor : bool array, shape (n_real,)
        Whether a fake lies in this real sample's ball.
    real_in_fake_ball : bool array, shape (n_real,)
        Whether this real sample lies in the ball of a fake.
    """

    balls_around_fake: np.ndarray
    real_has_visitor: np.ndarray
    real_in_fake_ball: np.ndarray


def centred_on(reference, *samples):
    """All of them less the mean of the first: large offsets would cost the product its digits."""
    middle = reference.mean(axis=0)
    return tuple(rows - middle for rows in (reference, *samples))


def squared_radii(points, k):
    """Squared distance of every point to its k-th nearest other, and whether it lies in another's ball.

    The second is a leave-one-out answer: a point that is among the k nearest of another would lie in that
    other's ball had the ball been drawn without it, too, and one that is not would lie outside.
    """
    radii, in_another = np.empty(len(points)), np.zeros(len(points), bool)
    slack = _slack(points)
    for rows, squares in _blocks(points, points):
        squares[np.arange(len(squares)), np.arange(rows.start, rows.stop)] = np.inf
        radii[rows] = np.partition(squares, k - 1, axis=1)[:, k - 1]
        in_another |= (squares <= radii[rows, None] + slack).any(axis=0)
    return radii, in_another


def membership(real, fake, real_radii, fake_radii):
    """Who of `fake` lies in the balls of `real`, and the other way round."""
    balls_around_fake = np.zeros(len(fake), int)
    visited, covered = np.empty(len(real), bool), np.empty(len(real), bool)
    slack = max(_slack(real), _slack(fake))
    for rows, squares in _blocks(real, fake):
        inside = squares <= real_radii[rows, None] + slack
        balls_around_fake += inside.sum(axis=0)
        visited[rows] = inside.any(axis=1)
        covered[rows] = (squares <= fake_radii + slack).any(axis=1)
    return Membership(balls_around_fake, visited, covered)


def _blocks(first, second):
    """Squared distances, some rows of `first` at a time, as (slice of rows, array)."""
    lengths = np.einsum("nd,nd->n", second, second)
    height = max(1, CELLS_AT_A_TIME // len(second))
    for start in range(0, len(first), height):
        rows = slice(start, min(start + height, len(first)))
        block = first[rows]
        squares = block @ (-2 * second.T)
        squares += lengths
        squares += np.einsum("nd,nd->n", block, block)[:, None]
        yield rows, np.maximum(squares, 0, out=squares)


def _slack(points):
    return SAME * float(np.einsum("nd,nd->n", points, points).max())
