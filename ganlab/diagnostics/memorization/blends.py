"""A feature space in which a mixture of two training samples is found."""

from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.memorization.feature_spaces import PointSpace
from ganlab.diagnostics.memorization.neighbours import two_smallest_columns


@dataclass(frozen=True)
class Blends(PointSpace):
    r"""How near a sample is to one training sample with up to a half of any other mixed in.

    .. math:: d(x, t_i) = \min_{j \ne i,\; 0 \le \beta \le 1/2}
       \lVert x - (1 - \beta)\, t_i - \beta\, t_j \rVert_2

    The average of two patients lies half-way between them, about as far from both as a stranger would
    be; no search for one nearest image finds it. Here every segment between two training samples is
    searched. It compares pixels as they are: a blend that was shifted or is noisy is missed.

    Exact and therefore slow: work grows with queries times references squared. 200 against 200 takes a
    fraction of a second, 2,000 against 2,000 minutes.

    Parameters
    ----------
    name : str
        How reports call it.

    Examples
    --------
    >>> import numpy as np
    >>> train = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 9.0]])
    >>> found = Blends().nearest(np.array([[1.0, 0.5]]), train)
    >>> float(found.distance[0, 0]), int(found.index[0, 0])  # a quarter of sample 1 in sample 0
    (0.5, 0)
    """

    name: str = "blends of two"

    def nearest(self, queries, references):
        return two_smallest_columns(
            np.stack(list(_distances_to_blends(queries, references, [None] * len(queries))))
        )

    def nearest_others(self, placed):
        return two_smallest_columns(np.stack(list(_distances_to_blends(placed, placed, range(len(placed))))))


def _distances_to_blends(queries, references, own_rows):
    """For each query, its distance to each reference mixed with the best other one, shape (m,).

    `own_rows` names the reference that a query is itself, and that neither it may be nor be mixed with.
    """
    centre = references.mean(axis=0)
    originals, references = references, references - centre
    products = references @ references.T
    squares = np.diag(products)
    apart = squares[:, None] + squares - 2 * products  # |t_j - t_i|^2
    alone = apart <= 0  # j is i, or its twin: nothing to mix in
    apart[alone] = 1
    everyone = np.arange(len(references))
    for query, own in zip(queries, own_rows, strict=True):
        along = references @ (query - centre)
        from_each = (query - centre) @ (query - centre) + squares - 2 * along  # |x - t_i|^2
        towards = along - along[:, None] - products + squares[:, None]  # <x - t_i, t_j - t_i>
        share = np.clip(towards / apart, 0, 0.5)
        share[alone] = 0
        gain = share * (2 * towards - share * apart)
        if own is not None:
            gain[:, own] = -np.inf
        partner = gain.argmax(axis=1)
        share, gain = share[everyone, partner], gain[everyone, partner]
        distance = np.sqrt(np.maximum(from_each - gain, 0))
        if own is not None:
            distance[own] = np.inf
        # Those near the best again, from the differences: the products would not put an exact blend at 0.
        closest = np.argsort(distance)[: 3 if own is None else min(3, len(references) - 1)]
        start, end = originals[closest], originals[partner[closest]]
        mixed = (1 - share[closest, None]) * start + share[closest, None] * end
        distance[closest] = np.linalg.norm(query - mixed, axis=1)
        yield distance
