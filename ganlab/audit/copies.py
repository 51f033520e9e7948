"""Copies of real patients among the synthetic ones, with the risk at which the nearest could be accused."""

from dataclasses import dataclass, field

from ganlab.diagnostics import AlignedPixels, FeatureTable, SuspectedCopies, memorization

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
    suspects = memorization(real, synthetic, holdout, space=chosen).suspected_copies(level)
    return CopySearch(space, suspects, max(suspects.p_value, SMALLEST_P), holdout is not None)
