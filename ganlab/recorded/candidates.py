"""Four candidate cohorts whose defect is known, to try an audit on before it is believed."""

import numpy as np

from ganlab.recorded import lesion_features
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed, Table
from ganlab.validation import positive_integer

SHIFT, COPIED_EVERY, COPY_NOISE = 0.5, 10, 0.02


def four_candidates(n: int, seed: Seed = 0) -> tuple[Table, dict[str, Table]]:
    """A real cohort, and four that claim to be as good: only one of them is.

    The 4,000 patients of `lesion_features` are split at random into n real ones and n others, without
    overlap; each candidate is made of the others.

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
    table, diagnosis = lesion_features.load()
    if 2 * positive_integer(n, "n") > len(table):
        raise ValueError(f"n={n} real and as many others need a pool of {2 * n}; this has {len(table)}.")
    return drawn_candidates(table, diagnosis, n, seeded_numpy_rng(seed))


def drawn_candidates(table, diagnosis, n, rng):
    """What `four_candidates` returns, from another pool of patients and a numpy Generator."""
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
