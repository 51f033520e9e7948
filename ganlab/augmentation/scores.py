"""What a classifier is worth on held-out patients, and what each patient contributes to that number."""

import numpy as np
from scipy.stats import rankdata

RANGES = {
    "balanced accuracy": (0, 1),
    "sensitivity": (0, 1),
    "specificity": (0, 1),
    "AUC": (0, 1),
    "Brier score": (0, 1),
    "calibration bias": (-1, 1),
}


def scores_and_influence(probability, positive):
    r"""Six scores of predicted probabilities, and the influence of every row on each.

    The influence of row i says by how much the score would move if patients like it were more frequent; the
    sum over rows is 0, and the variance of the score over new test patients is the sum of its squares. For
    the AUC these are the structural components of DeLong.

    Parameters
    ----------
    probability : array, shape (n,), in [0, 1]
    positive : bool array, shape (n,)

    Returns
    -------
    scores : dict of name -> float
    influence : dict of name -> array, shape (n,)
    """
    probability, positive = np.asarray(probability, dtype=float), np.asarray(positive, dtype=bool)
    called = probability >= 0.5
    truth = positive.astype(float)
    # Each score is a mean over the positives, or over the negatives, or over all: the rows and their values.
    sensitivity = _mean_over(positive, called == positive)
    specificity = _mean_over(~positive, called == positive)
    found = {
        "balanced accuracy": tuple((a + b) / 2 for a, b in zip(sensitivity, specificity, strict=True)),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "AUC": _auc(probability, positive),
        "Brier score": _mean_over(np.ones(len(truth), dtype=bool), (probability - truth) ** 2),
        "calibration bias": _mean_over(np.ones(len(truth), dtype=bool), probability - truth),
    }
    return {name: pair[0] for name, pair in found.items()}, {name: pair[1] for name, pair in found.items()}


def _mean_over(rows, values):
    values = np.asarray(values, dtype=float)
    mean = values[rows].mean()
    return float(mean), np.where(rows, values - mean, 0.0) / rows.sum()


def _auc(probability, positive):
    n, m = positive.sum(), (~positive).sum()
    among_all = rankdata(probability)
    own = np.empty(len(probability))
    for side in (positive, ~positive):
        own[side] = rankdata(probability[side])
    # Share of negatives below each positive, and of positives above each negative; a tie counts half.
    share = np.where(positive, (among_all - own) / m, 1 - (among_all - own) / n)
    auc = share[positive].mean()
    return float(auc), (share - auc) / np.where(positive, n, m)
