"""Four candidate cohorts whose defect is known, to try an audit on before it is believed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ganlab.recorded import lesion_features
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed, Table
from ganlab.validation import positive_integer

SHIFT, COPIED_EVERY, COPY_NOISE = 0.5, 10, 0.02


def four_candidates(
    n: int, seed: Seed = 0, *, table: Table | None = None, diagnosis: Sequence | None = None
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """A real cohort, and four that claim to be as good: only one of them is.

    A pool of measured patients is split at random into n real ones and n others, without overlap; each
    candidate is made of the others.

    - *good*: the others as they are, fresh patients of the same population: a perfect generator.
    - *shifted*: every first-order feature is half a standard deviation larger.
    - *broken*: every column is shuffled within its diagnosis: all marginals are intact, patients are not.
    - *copies*: every tenth row is a real patient, measured again with an error of 2 % of a standard
      deviation.

    Parameters
    ----------
    n : int >= 1
        Patients in each cohort; at most half of the pool.
    seed : int, torch.Generator or None
        Which patients, and how they are shuffled.
    table : DataFrame or None
        The pool, features alone, one patient a row. None: `lesion_features.load`.
    diagnosis : array of shape (len(table),) or None
        With a pool of one's own only; None puts all patients into one class.

    Returns
    -------
    real : DataFrame of n rows
    candidates : dict of DataFrame
        "good", "shifted", "broken" and "copies", n rows each, in this order.

    Examples
    --------
    >>> real, candidates = four_candidates(100, seed=0)
    >>> {name: table.shape for name, table in candidates.items()}
    {'good': (100, 14), 'shifted': (100, 14), 'broken': (100, 14), 'copies': (100, 14)}
    """
    if table is None:
        table, diagnosis = lesion_features.load()
    n = positive_integer(n, "n")
    diagnosis = np.zeros(len(table)) if diagnosis is None else np.asarray(diagnosis)
    if len(diagnosis) != len(table):
        raise ValueError(f"{len(table)} patients need as many diagnoses; got {len(diagnosis)}.")
    if 2 * n > len(table):
        raise ValueError(f"n={n} real and as many others need a pool of {2 * n}; this has {len(table)}.")
    return drawn_candidates(table, diagnosis, n, seeded_numpy_rng(seed))


def drawn_candidates(table, diagnosis, n, rng):
    """What `four_candidates` returns, from a numpy Generator and without questions."""
    rows = rng.permutation(len(table))[: 2 * n]
    real, fresh = (table.iloc[part].reset_index(drop=True) for part in (rows[:n], rows[n:]))
    spread = table.std()

    shifted = fresh.copy()
    first_order = [name for name in table.columns if "firstorder" in name]
    shifted[first_order] += SHIFT * spread[first_order]

    broken = fresh.copy()
    for label in np.unique(diagnosis):
        members = np.flatnonzero(diagnosis[rows[n:]] == label)
        broken.iloc[members] = rng.permuted(fresh.iloc[members].to_numpy(), axis=0)

    copies, again = fresh.copy(), np.arange(0, n, COPIED_EVERY)
    noise = COPY_NOISE * spread.to_numpy() * rng.normal(size=(len(again), table.shape[1]))
    copies.iloc[again] = real.iloc[again].to_numpy() + noise
    return real, {"good": fresh, "shifted": shifted, "broken": broken, "copies": copies}
