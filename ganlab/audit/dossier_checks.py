"""The checks of a dossier, and what they rest on: three parts of the patients, and laws of measurements."""

import hashlib
import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from ganlab.audit.checks import correlations_limit
from ganlab.audit.limits import Limits
from ganlab.audit.measures import judge_marginals, logistic
from ganlab.augmentation import UtilityReport
from ganlab.data import split_by_patient
from ganlab.diagnostics import Check, FeatureTable, mean_of_shares_interval, memorization, share_interval
from ganlab.radiomics import MARGIN, NOT_FEATURES, compare_correlations, compare_marginals
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed

PARTS = ("train", "holdout", "test")
# Limits, stated before anybody looks.
# A classifier misses some real malignant patients too, so fewer than all have to be recognised.
IMPOSSIBLE, MEMBERSHIP, GUESSED, DELIVERED = 0.05, 0.2, 0.6, 0.8
FEWEST = 10  # rows of the diagnosis in each part


def three_parts(table: pd.DataFrame, seed: Seed = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training, held-out and test patients: half, a quarter and a quarter of every diagnosis, by patient.

    Parameters
    ----------
    table : DataFrame with patient_id, diagnosis and features
    seed : int, torch.Generator or None

    Returns
    -------
    train, holdout, test : DataFrame
        Nobody is in two of them. The generator sees the training patients alone; what it made is compared
        with the held-out ones; the classifier is tested on the test patients.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> [len(part) for part in three_parts(load_wdbc())]
    [285, 142, 142]
    """
    parts = split_by_patient(table, (0.5, 0.25, 0.25), seed)
    return tuple(table.iloc[rows].reset_index(drop=True) for rows in parts)


def sha256_of_table(table: pd.DataFrame) -> str:
    """The fingerprint of a table: SHA-256 of its columns and rows as CSV, in full precision.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    str, 64 hexadecimal digits
        Any change of any value, of the order or of a name changes it.

    Examples
    --------
    >>> import pandas as pd
    >>> sha256_of_table(pd.DataFrame({"area": [1.0]}))[:12]
    'acc72dbaf5ec'
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table must be a DataFrame; got {type(table).__name__}.")
    return hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def broken_laws(table: pd.DataFrame) -> pd.DataFrame:
    r"""Which rows break a law that every row of the real table keeps: arithmetic, and shapes of nuclei.

    They are asked row by row, and need no model and no statistics.

    Parameters
    ----------
    table : DataFrame
        Of the Wisconsin kind. A law whose columns are missing is not broken.

    Returns
    -------
    DataFrame of bool, one row per row
        ``negative``: a length, an area, a spread below 0. ``worst below mean``: "worst" is, for each
        feature by itself, the mean of its three largest values among the nuclei, so it cannot lie below
        the mean over all nuclei. ``more than a circle``: no outline
        holds more area than a circle of the same perimeter, :math:`4 \pi A \le P^2`. (The columns hold
        means over nuclei; all 569 real patients obey it.)

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> int(broken_laws(load_wdbc()).to_numpy().sum())
    0
    """
    names = [name for name in table.columns if name not in NOT_FEATURES]
    if not names:
        raise ValueError("table has no columns of numbers.")
    pairs = [(name, "worst" + name[4:]) for name in names if name.startswith("mean ")]
    below = [table[worst] < table[mean] for mean, worst in pairs if worst in names]
    rounder = np.zeros(len(table), dtype=bool)
    if {"mean area", "mean perimeter"} <= set(names):
        rounder = 4 * math.pi * table["mean area"] > table["mean perimeter"] ** 2
    return pd.DataFrame(
        {
            "negative": (table[names] < 0).any(axis=1),
            "worst below mean": np.any(below, axis=0) if below else False,
            "more than a circle": rounder,
        }
    )


def leaking_patients(parts, generator_patients):
    """Ids, as text, of the patients who are in two parts, or behind the generator and not in the first."""
    train, holdout, test = ({str(patient) for patient in part} for part in parts)
    shared = set().union(*(first & second for first, second in combinations((train, holdout, test), 2)))
    return shared | ({str(patient) for patient in generator_patients} - train)


def split_check(
    train: pd.DataFrame, holdout: pd.DataFrame, test: pd.DataFrame, generator_patients: Sequence
) -> Check:
    """No patient in two parts, and no held-out or test patient behind the generator.

    Parameters
    ----------
    train, holdout, test : DataFrame with patient_id
    generator_patients : sequence
        Ids of the patients whom the generator was trained on.

    Returns
    -------
    Check
        Its value is the number of patients who are where they must not be.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = [pd.DataFrame({"patient_id": ids}) for ids in ([1, 2], [3], [4])]
    >>> split_check(*parts, [1, 2, 4]).outcome
    'failed'
    """
    behind = set(generator_patients)
    if not behind:
        raise ValueError("generator_patients is empty; name those whom the generator was trained on.")
    parts = [part["patient_id"] for part in (train, holdout, test)]
    count = float(len(leaking_patients(parts, behind)))
    sizes = [part.nunique() for part in parts]
    return Check(
        name="leak-free split",
        question="Are the parts made of different patients?",
        value=count,
        interval=(count, count),
        limit=0.0,
        method=f"counted: {sizes[0]} training, {sizes[1]} held-out and {sizes[2]} test patients; the "
        f"generator saw {len(behind)}",
    )


def cohort_checks(
    train: pd.DataFrame,
    synthetic: pd.DataFrame,
    holdout: pd.DataFrame,
    seed: Seed = 0,
    diagnosis: str = "malignant",
) -> list[Check]:
    """Seven checks of synthetic patients of one diagnosis: possible, uncopied, alike, and rightly labelled.

    Parameters
    ----------
    train : DataFrame with patient_id, diagnosis and features
        What the generator was trained on: copies are looked for there.
    synthetic : DataFrame with the same features
    holdout : DataFrame with patient_id, diagnosis and features
        Real patients whom the generator never saw: the synthetic ones should be like these.
    seed : int, torch.Generator or None
        Of permutations and folds.
    diagnosis : str

    Returns
    -------
    list of Check
        "possible patients", "copies", "membership", "features", "correlations", "two-sample test", "right
        diagnosis". None is left out because of what it says.

    Raises
    ------
    ValueError
        If a part has fewer than 10 rows of the diagnosis, or columns differ.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> train, holdout, test = three_parts(load_wdbc())
    >>> fresh = test[test["diagnosis"] == "malignant"]
    >>> {check.name for check in cohort_checks(train, fresh, holdout) if check.outcome == "failed"}
    set()
    """
    names = [name for name in train.columns if name not in NOT_FEATURES]
    seen, unseen = (part.loc[part["diagnosis"] == diagnosis, names] for part in (train, holdout))
    made = synthetic[names].reset_index(drop=True)
    for name, part in (("train", seen), ("holdout", unseen), ("synthetic", made)):
        if len(part) < FEWEST:
            raise ValueError(f"{name} has {len(part)} rows of {diagnosis!r}; at least {FEWEST} are needed.")
    rng = seeded_numpy_rng(seed)
    copying = memorization(seen, made, unseen, space=FeatureTable())
    return [
        _possible(made),
        _copies(copying.suspected_copies(), len(seen)),
        _membership(copying.membership_advantage, len(seen), len(unseen)),
        _features(unseen, made),
        _correlations(unseen, made, int(rng.integers(2**31))),
        _told_apart(unseen, made, int(rng.integers(2**31))),
        _delivered(holdout, made, names, diagnosis),
    ]


def utility_check(report: UtilityReport, arm: str = "GAN", metric: str = "balanced accuracy") -> Check:
    """What an arm gains over the reference of its trial, as a check of a dossier.

    Parameters
    ----------
    report : UtilityReport
        Of `augmentation_utility`.
    arm, metric : str

    Returns
    -------
    Check
        Passed if the whole interval of the paired difference lies above 0, failed if it lies below.

    Examples
    --------
    See lesson 10, which makes a dossier of a trial.
    """
    if (arm, metric) not in report.differences.index:
        raise ValueError(f"the trial has no difference for {arm!r} and {metric!r}.")
    mean, low, high = report.differences.loc[(arm, metric), ["mean", "low", "high"]]
    return Check(
        name="utility",
        question=f"Does a classifier gain more than from {report.reference}?",
        value=float(mean),
        interval=(float(low), float(high)),
        limit=0.0,
        side="above",
        method=f"{metric}, {arm} minus {report.reference}, paired over {report.n_draws} draws, on "
        f"{report.n_test} test patients",
    )


def _share(hits):
    """Value and interval of a share of rows."""
    return {"value": float(np.mean(hits)), "interval": share_interval(int(np.sum(hits)), len(hits))}


def _possible(made):
    broken = broken_laws(made)
    parts = ", ".join(f"{name} {int(count)}" for name, count in broken.sum().items())
    return Check(
        name="possible patients",
        question="What share of the synthetic patients cannot exist?",
        **_share(broken.any(axis=1)),
        limit=IMPOSSIBLE,
        method=f"laws that every real patient obeys, {len(made)} synthetic rows: {parts}",
    )


def _copies(suspects, n_seen):
    accused, nearest = suspects.table["accused"], suspects.table.iloc[0]
    return Check(
        name="copies",
        question="What share is nearer to a training patient than fresh patients come?",
        **_share(accused),
        limit=Limits.copies,
        accused=bool(accused.any()),  # one patient copied is one too many
        finding=f"{accused.sum()} suspected copies",
        method=f"distance over the patient's own spacing among {n_seen}; nearest {nearest['score']:.2g}, "
        f"threshold {suspects.threshold:.2g}",
    )


def _membership(advantage, n_seen, n_unseen):
    return Check(
        name="membership",
        question="Can an outsider tell who was in training?",
        value=advantage.value,
        interval=advantage.interval,
        limit=MEMBERSHIP,
        method=f"attack by nearest neighbour on {n_seen} training and {n_unseen} held-out patients",
    )


def _features(unseen, made):
    table = judge_marginals(compare_marginals(unseen, made))
    worst, different = table.iloc[0], int((table["conclusion"] == "different").sum())
    value, half = float(worst["wasserstein"]), float(worst["half_width"])
    return Check(
        name="features",
        question="How far is the furthest feature (real standard deviations)?",
        value=value,
        interval=(max(0.0, value - half), value + half),
        limit=MARGIN,
        accused=different > 0,
        finding=f"{different} of {len(table)} features differ",
        method=f"Wasserstein distance of {worst.name!r}, {len(made)} synthetic against {len(unseen)} "
        f"held-out patients, {len(table)} features",
    )


def _correlations(unseen, made, seed):
    report = compare_correlations(unseen, made, n_permutations=199, seed=seed)
    return Check(
        name="correlations",
        question="How far apart are the correlations of the features?",
        value=report.distance.value,
        interval=report.distance.interval,
        limit=correlations_limit(report),
        method=f"root mean square over {len(report.pairs)} pairs; two real cohorts "
        f"{report.distance.perfect:.2g}",
    )


def _told_apart(unseen, made, seed):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows, real = np.vstack([unseen, made]), np.repeat([True, False], [len(unseen), len(made)])
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    right = cross_val_predict(logistic("balanced"), rows, real, cv=folds) == real
    shares = right[real].mean(), right[~real].mean()
    return Check(
        name="two-sample test",
        question="How often does a classifier tell real from synthetic (a coin: 0.5)?",
        value=float(np.mean(shares)),
        interval=mean_of_shares_interval(shares, (len(unseen), len(made))),
        limit=GUESSED,
        method="balanced accuracy of a logistic regression, five-fold cross-validation against held-out "
        "patients",
    )


def _delivered(holdout, made, names, diagnosis):
    classifier = logistic().fit(holdout[names].to_numpy(), holdout["diagnosis"].to_numpy(dtype=str))
    return Check(
        name="right diagnosis",
        question=f"What share of those made as {diagnosis} looks so to a classifier?",
        **_share(classifier.predict(made.to_numpy()) == diagnosis),
        limit=DELIVERED,
        side="above",
        method=f"logistic regression trained on {len(holdout)} held-out patients",
    )
