"""What a dossier rests on: who was in which part, and one check after another of a synthetic cohort."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ganlab.audit.checks import CORRELATION_MARGIN
from ganlab.audit.marginals import judged_marginals
from ganlab.augmentation.patients import checked_patients, diagnoses_of, feature_names
from ganlab.data import split_by_patient
from ganlab.diagnostics import FeatureTable, memorization, share_interval
from ganlab.radiomics import MARGIN, compare_correlations
from ganlab.seeding import seeded_numpy_rng

PASSED, FAILED, NOT_SHOWN = "passed", "failed", "not shown"
# Limits, stated before anybody looks.
# A judge misses some real malignant patients too, so fewer than all have to be recognised.
IMPOSSIBLE, COPIED, MEMBERSHIP, GUESSED, DELIVERED = 0.05, 0.05, 0.2, 0.6, 0.8


@dataclass(frozen=True)
class DossierCheck:
    """One question about a synthetic cohort, answered by a number, its interval and a limit.

    Parameters
    ----------
    name, question : str
    value : float
        NaN where it could not be measured.
    interval : pair of floats
        Its 95 % interval; twice the value where it is a count and not an estimate.
    limit : float
    side : {"at most", "above"}
        Where of the limit the number has to be.
    method : str
        How it was measured, and on whom.
    finding : str
        A defect that was found; then the check has failed whatever the interval says. One patient copied is
        one too many.

    Raises
    ------
    ValueError
        If `side` is another word, or the interval is out of order.

    Examples
    --------
    >>> gain = DossierCheck("utility", "Does it help?", 0.01, (-0.02, 0.04), 0.0, "above", "trial")
    >>> gain.outcome
    'not shown'
    """

    name: str
    question: str
    value: float
    interval: tuple
    limit: float
    side: str
    method: str
    finding: str = ""

    def __post_init__(self):
        if self.side not in ("at most", "above"):
            raise ValueError(f"side must be 'at most' or 'above'; got {self.side!r}.")
        low, high = self.interval
        if low > high:
            raise ValueError(f"the interval of {self.name!r} runs from {low} to {high}.")

    @property
    def outcome(self):
        """ "passed" or "failed" if the whole interval lies on one side of the limit, else "not shown"."""
        low, high = self.interval
        if self.finding:
            return FAILED
        if self.side == "at most":
            return PASSED if high <= self.limit else FAILED if low > self.limit else NOT_SHOWN
        return PASSED if low > self.limit else FAILED if high < self.limit else NOT_SHOWN


def three_parts(table, seed=None):
    """Training, control and test patients: half, a quarter and a quarter of every diagnosis, by patient.

    Parameters
    ----------
    table : DataFrame with patient_id, diagnosis and features
    seed : int, torch.Generator or None

    Returns
    -------
    training, control, test : DataFrame
        Nobody is in two of them. The generator sees the training patients alone; the control patients judge
        what it made, the test patients the classifier.

    Raises
    ------
    ValueError
        If the table is not as described, or has too few patients for three parts.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> [len(part) for part in three_parts(load_wdbc(), seed=0)]
    [285, 142, 142]
    """
    checked_patients(table, "table")
    parts = split_by_patient(table, (0.5, 0.25, 0.25), seed)
    return tuple(table.iloc[rows].reset_index(drop=True) for rows in parts)


def sha256_of_table(table):
    """The fingerprint of a table: SHA-256 of its columns and rows as CSV, in full precision.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    str, 64 hexadecimal digits
        Any change of any value, of the order or of a name changes it.

    Raises
    ------
    ValueError
        If `table` is no DataFrame.

    Examples
    --------
    >>> import pandas as pd
    >>> sha256_of_table(pd.DataFrame({"area": [1.0]}))[:12]
    'acc72dbaf5ec'
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table must be a DataFrame; got {type(table).__name__}.")
    return hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def broken_laws(table):
    r"""Which rows cannot be measurements of any patient: laws of arithmetic and geometry, row by row.

    They need no model and no statistics. Whoever moves a synthetic value must not leave what can exist.

    Parameters
    ----------
    table : DataFrame
        Of the Wisconsin kind. A law whose columns are missing is not broken.

    Returns
    -------
    DataFrame of bool, one row per row
        ``negative``: a length, an area, a spread below 0. ``worst below mean``: "worst" is the mean of the
        three largest nuclei, so it cannot lie below the mean of all. ``more than a circle``: no outline
        holds more area than a circle of the same perimeter, :math:`4 \pi A \le P^2`. (The columns hold
        means over nuclei; all 569 real patients obey it.)

    Raises
    ------
    ValueError
        If `table` has no columns of numbers.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> int(broken_laws(load_wdbc()).to_numpy().sum())
    0
    """
    names = feature_names(table)
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


def split_check(training, control, test, generator_patients):
    """No patient in two parts, and none behind the generator who judges it.

    Parameters
    ----------
    training, control, test : DataFrame with patient_id
    generator_patients : sequence
        Ids of the patients whom the generator was trained on.

    Returns
    -------
    DossierCheck
        Its value is the number of patients who are where they must not be.

    Raises
    ------
    ValueError
        If nobody is named behind the generator.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = [pd.DataFrame({"patient_id": ids}) for ids in ([1, 2], [3], [4])]
    >>> split_check(*parts, [1, 2, 4]).outcome
    'failed'
    """
    behind = {str(one) for one in generator_patients}
    if not behind:
        raise ValueError("generator_patients is empty; name those whom the generator was trained on.")
    a, b, c = ({str(one) for one in part["patient_id"]} for part in (training, control, test))
    wrong = (a & b) | (a & c) | (b & c) | (behind - a)
    count = float(len(wrong))
    return DossierCheck(
        "leak-free split", "Are the parts made of different patients?", count, (count, count), 0.0, "at most",
        f"counted: {len(a)} training, {len(b)} control and {len(c)} test patients; the generator "
        f"saw {len(behind)}",
    )  # fmt: skip


def cohort_checks(training, synthetic, control, seed=None, diagnosis="malignant"):
    """Seven checks of synthetic patients of one diagnosis: possible, uncopied, alike, and rightly labelled.

    Parameters
    ----------
    training : DataFrame with patient_id, diagnosis and features
        What the generator was trained on: copies are looked for there.
    synthetic : DataFrame with the same features
    control : DataFrame with patient_id, diagnosis and features
        Real patients whom the generator never saw: likeness is judged against these.
    seed : int, torch.Generator or None
        Of permutations and folds.
    diagnosis : str

    Returns
    -------
    list of DossierCheck
        "possible patients", "copies", "membership", "features", "correlations", "two-sample test", "right
        diagnosis". None is left out because of what it says.

    Raises
    ------
    ValueError
        If a part has fewer than 10 rows of the diagnosis, or columns differ.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> wdbc = load_wdbc()
    >>> training, control, test = three_parts(wdbc, seed=0)
    >>> fresh = test[test["diagnosis"] == "malignant"]
    >>> {one.name for one in cohort_checks(training, fresh, control, seed=0) if one.outcome == "failed"}
    set()
    """
    names = feature_names(training)
    seen, unseen = (part.loc[diagnoses_of(part) == diagnosis, names] for part in (training, control))
    made = synthetic[names].reset_index(drop=True)
    for name, part in (("training", seen), ("control", unseen), ("synthetic", made)):
        if len(part) < 10:
            raise ValueError(f"{name} has {len(part)} rows of {diagnosis!r}; at least 10 are needed.")
    rng = seeded_numpy_rng(seed)
    copying = memorization(seen, made, unseen, space=FeatureTable())
    return [
        _possible(made),
        _copies(copying.suspected_copies(), len(seen)),
        _of_estimate(
            "membership", "Can an outsider tell who was in training?", copying.membership_advantage,
            MEMBERSHIP,
            f"attack by nearest neighbour on {len(seen)} training and {len(unseen)} control patients",
        ),
        _features(judged_marginals(unseen, made, MARGIN), len(unseen), len(made)),
        _correlations(compare_correlations(unseen, made, n_permutations=199, seed=int(rng.integers(2**31)))),
        _told_apart(unseen, made, int(rng.integers(2**31))),
        _delivered(control, made, names, diagnosis),
    ]  # fmt: skip


def utility_check(report, arm="GAN", score="balanced accuracy"):
    """What an arm gains over the reference of its trial, as a check of a dossier.

    Parameters
    ----------
    report : UtilityReport
    arm, score : str

    Returns
    -------
    DossierCheck
        Passed if the whole interval of the paired difference lies above 0, failed if it lies below.

    Raises
    ------
    ValueError
        If the trial has no such arm or score.

    Examples
    --------
    See :func:`write_dossier`.
    """
    if (arm, score) not in report.differences.index:
        raise ValueError(f"the trial has no difference for {arm!r} and {score!r}.")
    mean, low, high = report.differences.loc[(arm, score), ["mean", "low", "high"]]
    return DossierCheck(
        "utility", f"Does a classifier gain more than from {report.reference}?", float(mean),
        (float(low), float(high)), 0.0, "above",
        f"{score}, {arm} minus {report.reference}, paired over {report.n_draws} draws, on {report.n_test} "
        "test patients",
    )  # fmt: skip


def _share(name, question, hits, limit, side, method, finding=""):
    hits = np.asarray(hits, dtype=bool)
    interval = share_interval(int(hits.sum()), len(hits))
    return DossierCheck(name, question, float(hits.mean()), tuple(interval), limit, side, method, finding)


def _possible(made):
    broken = broken_laws(made)
    parts = ", ".join(f"{name} {int(count)}" for name, count in broken.sum().items())
    return _share(
        "possible patients", "What share of the synthetic patients cannot exist?", broken.any(axis=1),
        IMPOSSIBLE, "at most", f"laws that every real patient obeys, {len(made)} synthetic rows: {parts}",
    )  # fmt: skip


def _copies(suspects, n_seen):
    accused = suspects.table["accused"].to_numpy()
    nearest = suspects.table.iloc[0]
    return _share(
        "copies", "What share is nearer to a training patient than fresh patients come?", accused, COPIED,
        "at most",
        f"distance over the patient's own spacing among {n_seen}; nearest {nearest['score']:.2g}, "
        f"threshold {suspects.threshold:.2g}",
        f"{accused.sum()} suspected copies" if accused.any() else "",
    )  # fmt: skip


def _of_estimate(name, question, estimate, limit, method):
    low, high = (float(bound) for bound in estimate.interval)
    return DossierCheck(name, question, float(estimate.value), (low, high), limit, "at most", method)


def _features(table, n, m):
    worst, different = table.iloc[0], int((table["conclusion"] == "different").sum())
    value, half = float(worst["wasserstein"]), float(worst["half_width"])
    return DossierCheck(
        "features", "How far is the furthest feature (real standard deviations)?", value,
        (max(0.0, value - half), value + half), MARGIN, "at most",
        f"Wasserstein distance of {worst.name!r}, {m} synthetic against {n} control patients, "
        f"{len(table)} features",
        f"{different} of {len(table)} features differ" if different else "",
    )  # fmt: skip


def _correlations(report):
    limit = math.hypot(report.distance.perfect, CORRELATION_MARGIN)
    return _of_estimate(
        "correlations", "How far apart are the correlations of the features?", report.distance, limit,
        f"root mean square over {len(report.pairs)} pairs; two real cohorts {report.distance.perfect:.2g}",
    )  # fmt: skip


def _told_apart(unseen, made, seed):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows, real = np.vstack([unseen, made]), np.repeat([True, False], [len(unseen), len(made)])
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    right = cross_val_predict(_logistic("balanced"), rows, real, cv=folds) == real
    shares = [right[real], right[~real]]
    value = float(np.mean([one.mean() for one in shares]))
    ends = np.array([share_interval(int(one.sum()), len(one)) for one in shares])
    # Newcombe's squares: the two distances of each end, halved since the two shares are averaged.
    reach = [math.hypot(*(np.abs(ends[:, end] - [one.mean() for one in shares]) / 2)) for end in (0, 1)]
    return DossierCheck(
        "two-sample test", "How often does a classifier tell real from synthetic (a coin: 0.5)?", value,
        (value - reach[0], value + reach[1]), GUESSED, "at most",
        "balanced accuracy of a logistic regression, five-fold cross-validation against control patients",
    )  # fmt: skip


def _delivered(control, made, names, diagnosis):
    judge = _logistic(None).fit(control[names].to_numpy(), diagnoses_of(control))
    return _share(
        "right diagnosis", f"What share of those made as {diagnosis} looks so to a judge?",
        judge.predict(made.to_numpy()) == diagnosis, DELIVERED, "above",
        f"logistic regression trained on {len(control)} control patients",
    )  # fmt: skip


def _logistic(weight):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight=weight))
