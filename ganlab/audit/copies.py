"""Copies of real patients among the synthetic ones, with the risk at which the nearest could be accused."""

from dataclasses import dataclass, field

import numpy as np

from ganlab.diagnostics import AlignedPixels, FeatureTable, SuspectedCopies
from ganlab.diagnostics.memorization.surroundings import Surroundings
from ganlab.diagnostics.memorization.suspected_copies import suspected_copies_of

SMALLEST_P = 1e-9


@dataclass(frozen=True)
class CopySearch:
    """What a search for copies in one space found.

    Parameters
    ----------
    space : str
        "features" or "images".
    suspects : SuspectedCopies
        At the level granted. Its row numbers count the rows that were compared.
    p_value : float in (0, 1]
        The lowest risk of a false accusation at which the most suspicious row would be accused.
    has_holdout : bool
    """

    space: str
    suspects: SuspectedCopies = field(repr=False)
    p_value: float
    has_holdout: bool


def search_copies(space, real, synthetic, holdout, level):
    """Look for copies among features (each in real standard deviations) or among aligned images.

    Parameters
    ----------
    space : {"features", "images"}
    real, synthetic, holdout : arrays of rows or of images; holdout may be None
    level : number in (0, 1)
        Risk of accusing anybody in a set without copies.

    Returns
    -------
    CopySearch

    Raises
    ------
    ValueError
        If a set is too small, or a held-out row is also among the reals.
    """
    chosen = {"features": FeatureTable, "images": AlignedPixels}[space]()
    around = Surroundings(real, synthetic, holdout, chosen)
    return CopySearch(space, suspected_copies_of(around, level), _p_value(around), around.has_holdout)


def _p_value(around):
    """The smallest false-alarm rate at which `suspected_copies` accuses somebody, by bisection."""

    def accuses(exponent):
        return suspected_copies_of(around, 10.0**exponent).accused.value > 0

    low, high = np.log10(SMALLEST_P), np.log10(0.999)
    if not accuses(high):
        return 1.0
    if accuses(low):
        return SMALLEST_P
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if accuses(middle) else (middle, high)
    return float(10.0**high)
