"""Shortcut learning: how much of a classifier's AUC comes from the processing and not from the disease."""

import itertools
from dataclasses import dataclass

import numpy as np

from ganlab.seeding import seeded_numpy_rng

N_BOOTSTRAP = 2000


@dataclass(frozen=True)
class Shortcut:
    """What a classifier is worth with and without the shortcut; areas under the ROC curve, 0 to 1.

    Attributes
    ----------
    confounded : float
        On patients processed as in training: every patient of one diagnosis, none of the other. What a
        careless study would report.
    independent : float
        The same classifier on the same patients, each shown both ways, so that processing says nothing.
    drop : float
        confounded - independent: how much of the reported number was the shortcut.
    interval : tuple
        95 % interval of the drop, over patients, for these classifiers.
    n : int
        Patients.
    """

    confounded: float
    independent: float
    drop: float
    interval: tuple
    n: int


def shortcut_probe(plain, processed, diagnosis, seed=0):
    r"""How much of its success a classifier owes to a processing that went along with the diagnosis.

    Suppose every malignant lesion came from the hospital with the sharp kernel. A classifier trained there
    may learn the kernel; tested at the same two hospitals it looks excellent. Here a logistic regression
    is trained on half of the patients, the second diagnosis processed and the first plain, and tested on
    the other half, first in the same way and then with each patient shown plain and processed. Halves then
    change places. The drop between the two tests,

    .. math:: \Delta = \mathrm{AUC}_\text{confounded} - \mathrm{AUC}_\text{independent},

    is 0 for a processing that leaves no trace in the features.

    Parameters
    ----------
    plain, processed : pandas.DataFrame
        Features of the same patients in the same order, before and after the processing. Patients without
        any measurement are left out, and then features that others lack.
    diagnosis : sequence of text, one per row
        Two different values; the second in sorted order is the processed one.
    seed : int, torch.Generator or None
        For the halves and for the bootstrap over patients, within half and diagnosis.

    Returns
    -------
    Shortcut

    References
    ----------
    .. [1] Zech et al. (2018), Variable generalization performance of a deep learning model to detect
       pneumonia in chest radiographs, doi:10.1371/journal.pmed.1002683.
    .. [2] Geirhos et al. (2020), Shortcut learning in deep neural networks, arXiv:2004.07780.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> from ganlab.radiomics import extract_features
    >>> soft, sharp = (simulate_ct(60, kernel=kernel, seed=0) for kernel in ("soft", "sharp"))
    >>> tables = [extract_features(cohort, classes="firstorder") for cohort in (soft, sharp)]
    >>> probe = shortcut_probe(*tables, soft.truth["diagnosis"], seed=0)
    >>> bool(probe.confounded > 0.95), bool(probe.independent < 0.8)
    (True, True)
    """
    plain, processed, second = _checked(plain, processed, diagnosis)
    rng = seeded_numpy_rng(seed)
    half = _halves(second, rng)
    parts = [_tested(plain, processed, second, half == fold, half != fold) for fold in (0, 1)]
    auc = {name: float(np.mean([part[name].mean() for part in parts])) for name in parts[0]}
    drops = np.mean([_resampled(part["confounded"] - part["independent"], rng) for part in parts], axis=0)
    return Shortcut(
        **auc,
        drop=auc["confounded"] - auc["independent"],
        interval=tuple(float(bound) for bound in np.quantile(drops, (0.025, 0.975))),
        n=len(second),
    )


def _checked(plain, processed, diagnosis):
    diagnosis = np.asarray(diagnosis).astype(str)
    if plain.shape != processed.shape or len(diagnosis) != len(plain):
        raise ValueError(
            "plain, processed and diagnosis must speak of the same patients; got "
            f"{plain.shape}, {processed.shape} and {len(diagnosis)} diagnoses."
        )
    values = np.sort(np.unique(diagnosis))
    if len(values) != 2:
        raise ValueError(f"diagnosis must have two different values; got {values.tolist()}.")
    tables = np.stack([plain.to_numpy(float), processed.to_numpy(float)])
    rows = ~np.isnan(tables).all(axis=2).any(axis=0)
    columns = ~np.isnan(tables[:, rows]).any(axis=(0, 1))
    second = (diagnosis == values[1])[rows]
    fewest = min(second.sum(), (~second).sum())
    if fewest < 4 or not columns.any():
        raise ValueError(
            f"four measured patients of each diagnosis and one feature are the least; got {fewest} patients "
            f"of the rarer one and {columns.sum()} features without gaps."
        )
    return *tables[:, rows][:, :, columns], second


def _halves(second, rng):
    """0 or 1 for each patient; each diagnosis is spread evenly."""
    half = np.empty(len(second), int)
    for rows in (np.flatnonzero(second), np.flatnonzero(~second)):
        half[rng.permutation(rows)] = np.arange(len(rows)) % 2
    return half


def _tested(plain, processed, second, training, test):
    """Win matrices of the patients tested: rows of one diagnosis against columns of the other."""
    confounded = np.where(second[:, None], processed, plain)
    model = _fitted(confounded[training], second[training])
    is_second = second[test]

    def wins(of_second, of_first):
        scores = [
            model.decision_function(table[test][rows])
            for table, rows in ((of_second, is_second), (of_first, ~is_second))
        ]
        difference = scores[0][:, None] - scores[1][None, :]
        return (difference > 0) + 0.5 * (difference == 0)

    shown = [wins(*pair) for pair in itertools.product((plain, processed), repeat=2)]
    return {"confounded": wins(processed, plain), "independent": np.mean(shown, axis=0)}


def _fitted(features, labels):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # A hundred correlated features of a few dozen patients: shrink, or the fit is all noise.
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(features, labels)


def _resampled(wins, rng):
    """Means of a matrix whose rows and columns are drawn anew, with replacement, many times."""
    rows, columns = (rng.multinomial(n, np.full(n, 1 / n), size=N_BOOTSTRAP) / n for n in wins.shape)
    return np.einsum("bi,ij,bj->b", rows, wins, columns, optimize=True)
