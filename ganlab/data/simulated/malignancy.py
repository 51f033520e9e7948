"""Malignant or benign: a known probability for every patient, and so a known ceiling for every classifier."""

from typing import NamedTuple

import numpy as np

from ganlab.validation import as_probabilities


class Ceiling(NamedTuple):
    """What no classifier can beat on average: `accuracy` and `auc` of the best one."""

    accuracy: float
    auc: float


def bayes_ceiling(probabilities):
    r"""The best accuracy and AUC that anybody can expect who knows every patient's probability.

    Nature decides the diagnosis by a biased coin, so that even the truth leaves errors:

    .. math:: \text{accuracy} = \mathbb{E}[\max(p, 1-p)], \qquad
       \text{AUC} = P(p_\text{malignant} > p_\text{benign}) + \tfrac12 P(\text{equal})

    where a patient with probability p counts as p malignant and 1 - p benign ones.

    Parameters
    ----------
    probabilities : array, shape (n,), in [0, 1]
        ``cohort.truth["malignancy_probability"]``. The ceiling is that of the population the cohort was
        drawn from, estimated from its n patients.

    Returns
    -------
    Ceiling
        `accuracy` in [0.5, 1]; `auc` in [0.5, 1], NaN if all patients are surely alike.

    Raises
    ------
    ValueError
        If there are none or one is not a probability.

    Examples
    --------
    >>> bayes_ceiling([0.1, 0.9])
    Ceiling(accuracy=0.9, auc=0.9)
    """
    p = np.asarray(as_probabilities(probabilities, "probabilities"), dtype=float).ravel()
    levels, place = np.unique(p, return_inverse=True)
    malignant = np.bincount(place, weights=p, minlength=len(levels))
    benign = np.bincount(place, weights=1 - p, minlength=len(levels))
    below = np.cumsum(benign) - benign
    pairs = malignant.sum() * benign.sum()
    auc = float((malignant * (below + benign / 2)).sum() / pairs) if pairs > 0 else float("nan")
    return Ceiling(float(np.maximum(p, 1 - p).mean()), auc)


def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


def shifted_odds(probabilities, natural_rate, rate):
    r"""Probabilities after malignant patients were over- or under-sampled to make up the share `rate`.

    Sampling by diagnosis multiplies everybody's odds by one factor and changes nothing else:

    .. math:: \operatorname{logit} p' = \operatorname{logit} p + \operatorname{logit} f
       - \operatorname{logit} \pi
    """
    if rate in (0, 1):
        return np.full_like(probabilities, rate)
    odds = probabilities / (1 - probabilities) * (rate / (1 - rate)) / (natural_rate / (1 - natural_rate))
    return odds / (1 + odds)


def first_of_each(is_malignant, n_malignant, n_benign):
    """The first so many malignant and benign rows, in order; None if there are not enough."""
    malignant, benign = np.flatnonzero(is_malignant), np.flatnonzero(~is_malignant)
    if len(malignant) < n_malignant or len(benign) < n_benign:
        return None
    return np.sort(np.concatenate([malignant[:n_malignant], benign[:n_benign]]))
