"""Rows that agree with one real patient to the last digit in several features, and not in all of them."""

import re
from dataclasses import dataclass, field

import numpy as np
from scipy import special, stats

from ganlab.progress import with_progress

# In so few audits an accusation by coincidence is allowed: too few to be counted among the other risks.
CERTAIN = 1e-6
FEWEST_FEATURES = 3
MANY_DIGITS = 0.5  # share of the real patients whose value nobody else has
MOST_FEATURES = 20  # that agree; more say no more
ROWS_TO_CORRELATE = 500
# PyRadiomics' features of an outline, and of histograms, runs, zones and dependences whatever their grey.
OF_COUNTS = re.compile(
    r"(^|_)((shape|shape2D)_|firstorder_(Entropy|Uniformity)"
    r"|(glrlm|glszm|gldm)_(?!.*(HighGray|LowGray|GrayLevelVariance|Entropy)))"
)
ITS_OWN = 0.05  # of the variance of a feature's ranks; below it the others that agree say the same


@dataclass(frozen=True)
class PartialCopies:
    """The synthetic rows that are parts of a real patient.

    Parameters
    ----------
    pairs : tuple of (synthetic row, real row, names of the features that agree)
        Row numbers; the least likely first.
    p_value : float in [0, 1]
        How often any row of a clean cohort would agree as much by chance; 1 if nobody is accused.
    n_features : int
        Features that can answer this question: with enough digits, and not of counts alone.
    """

    pairs: tuple = field(repr=False)
    p_value: float
    n_features: int


def partial_copies(real, synthetic, others=()):
    r"""Find synthetic rows that share values of many digits with one real patient.

    A value counts if exactly one real patient has it, if it is neither the smallest nor the largest nor the
    mean of its feature (limits of detection and filled gaps are no trace of a patient), and if most values of
    the feature occur once, so that counts, grades and rounded numbers do not count. By Good and Turing, a
    fresh patient has one given such value with a chance of about

    .. math:: p_j = \frac{\max(2 N_{2j}, 3)}{n N_{1j}}

    where :math:`N_{1j}` values of feature j occur once and :math:`N_{2j}` twice. For a row that agrees with
    one of n patients in k of d features, m rows being asked, the chance is at most

    .. math:: n m \binom d k \prod_j p_j \big/ \sqrt{\det R}

    with the correlations R of the features that agree, as for normal ones: features that hang together also
    coincide together. A feature of which the others that agree leave less than 5 % unexplained does not count
    again, as with a measurement in two units or several indices of height and weight. Nor do the features of
    PyRadiomics that hang on counts of pixels alone, such as the share of zones: two small lesions with the
    same counts agree in all of them at once. Numbers are compared with the seven digits of single precision,
    in which many generators write.

    Parameters
    ----------
    real, synthetic : DataFrame of float, shape (n, d) and (m, d)
    others : sequence of DataFrame
        Other real patients, whose values are nobody's own either.

    Returns
    -------
    PartialCopies

    References
    ----------
    .. [1] Good (1953), The population frequencies of species and the estimation of population parameters,
       doi:10.1093/biomet/40.3-4.237.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = (pd.DataFrame(rng.normal(size=(50, 6)), columns=list("abcdef")) for _ in range(2))
    >>> partial_copies(real, synthetic).pairs
    ()
    >>> synthetic.loc[7, list("abcde")] = real.loc[3, list("abcde")]
    >>> partial_copies(real, synthetic).pairs
    ((7, 3, ('a', 'b', 'c', 'd', 'e')),)
    """
    real = real[[name for name in real if not OF_COUNTS.search(str(name))]]
    synthetic = synthetic[real.columns]
    tables = {name: table.to_numpy() for name, table in (("real", real), ("synthetic", synthetic))}
    known = np.concatenate([tables["real"], *(table[real.columns].to_numpy() for table in others)])
    owners, chances = [], np.full(real.shape[1], np.nan)
    for place in with_progress(range(real.shape[1]), "looking for shared values"):
        owner, chances[place] = _owners(*(values[:, place] for values in (*tables.values(), known)))
        owners.append(owner)
    fine = np.flatnonzero(np.isfinite(chances))
    owners = np.array(owners).reshape(-1, len(synthetic)).T
    some = tables["real"][:: max(1, len(real) // ROWS_TO_CORRELATE)]
    ranks = stats.rankdata(some, axis=0)
    pairs = []
    for row in np.flatnonzero((owners >= 0).sum(axis=1) >= FEWEST_FEATURES):
        partner = int(np.bincount(owners[row][owners[row] >= 0]).argmax())
        shared = np.flatnonzero(owners[row] == partner)
        # One number in several features stands for something that is missing, and for no patient.
        _, first, times = np.unique(tables["real"][partner, shared], return_index=True, return_counts=True)
        telling = shared[np.sort(first[times == 1])][: 2 * MOST_FEATURES]
        chance = _chance(ranks[:, telling], chances[telling], len(real) * len(synthetic), len(fine))
        if chance <= CERTAIN:
            pairs.append((chance, int(row), partner, tuple(real.columns[shared])))
    pairs.sort(key=lambda pair: pair[0])
    p_value = pairs[0][0] if pairs else 1.0
    return PartialCopies(tuple(pair[1:] for pair in pairs), p_value, len(fine))


def _owners(real, synthetic, known):
    """For each synthetic value the one real row that has it, else -1; and a fresh patient's chance of it."""
    real, synthetic, known = (values.astype(np.float32) for values in (real, synthetic, known))
    values, counts = np.unique(known, return_counts=True)
    once = int((counts == 1).sum())
    nobody = np.full(len(synthetic), -1)
    if once < max(MANY_DIGITS * len(known), FEWEST_FEATURES):
        return nobody, np.nan
    order = np.argsort(real)
    place = np.searchsorted(real[order], synthetic).clip(max=len(real) - 1)
    in_all = np.searchsorted(values, synthetic).clip(max=len(values) - 1)
    own = (real[order][place] == synthetic) & (counts[in_all] == 1)
    own &= (synthetic > values[0]) & (synthetic < values[-1])
    own &= synthetic != known.mean(dtype=float).astype(np.float32)
    twice = int((counts == 2).sum())
    return np.where(own, order[place], nobody), max(2 * twice, 3) / (len(known) * once)


def _chance(ranks, chances, n_pairs, n_features):
    """How often any of so many pairs would agree in these features, or in as many others."""
    if len(chances) < FEWEST_FEATURES:
        return 1.0
    alike = np.atleast_2d(np.corrcoef(ranks, rowvar=False))
    kept = []
    for place in range(len(chances)):
        among = alike[np.ix_(kept, kept)]
        if 1 - alike[place, kept] @ np.linalg.solve(among, alike[kept, place]) > ITS_OWN:
            kept.append(place)
    kept = kept[:MOST_FEATURES]
    if len(kept) < FEWEST_FEATURES:
        return 1.0
    sign, log_volume = np.linalg.slogdet(alike[np.ix_(kept, kept)])
    if sign <= 0:
        return 1.0
    ways = -np.log(n_features + 1) - special.betaln(n_features - len(kept) + 1, len(kept) + 1)
    log = np.log(n_pairs) + ways + np.log(chances[kept]).sum() - log_volume / 2
    return float(np.exp(min(log, 0.0)))
