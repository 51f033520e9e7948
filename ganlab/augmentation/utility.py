"""Does augmentation help a classifier on real patients? A trial with arms, draws and paired differences."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import BaseEstimator, clone

from ganlab.augmentation.patients import (
    Patients,
    checked_patients,
    diagnoses_of,
    facts,
    feature_names,
    take_rows,
)
from ganlab.augmentation.trial import (
    comparable,
    draw,
    draw_sizes,
    refuse_cheating,
    refuse_leaks,
    row_counts,
)
from ganlab.data import Cohort
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed, Values
from ganlab.validation import as_array, as_numpy, positive_integer, same_shape

RANGES = {
    "balanced accuracy": (0, 1),
    "sensitivity": (0, 1),
    "specificity": (0, 1),
    "AUC": (0, 1),
    "Brier score": (0, 1),
    "calibration bias": (-1, 1),
}


@dataclass(frozen=True)
class UtilityReport:
    """What `augmentation_utility` found.

    Parameters
    ----------
    table : DataFrame
        One row per arm and metric, indexed by both: ``mean`` over draws, ``low`` and ``high`` of its 95 %
        interval.
    differences : DataFrame
        The same for each arm minus the reference, paired draw by draw and patient by patient.
    per_draw : DataFrame
        Every single value: ``arm``, ``draw``, ``metric``, ``value``.
    rows : DataFrame
        Training rows per arm and diagnosis, real and synthetic, in the first draw.
    reference : str
    positive : str
    n_draws : int
    n_test : int
        Test patients.

    Examples
    --------
    See :func:`augmentation_utility`.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    per_draw: pd.DataFrame = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    reference: str
    positive: str
    n_draws: int
    n_test: int

    def summary(self, metric: str = "balanced accuracy"):
        """One line for each arm: its metric, and what it gains over the reference."""
        if metric not in RANGES:
            raise ValueError(f"metric must be one of {', '.join(RANGES)}; got {metric!r}.")
        lines = [
            f"{metric} on {self.n_test} real held-out patients, mean of {self.n_draws} training sets, with "
            f"95 % intervals (positive: {self.positive}):"
        ]
        for arm in self.table.index.get_level_values("arm").unique():
            row = self.table.loc[(arm, metric)]
            line = f"  {arm}: {row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
            if arm != self.reference:
                gain = self.differences.loc[(arm, metric)]
                sure = "no difference shown" if gain["low"] <= 0 <= gain["high"] else "a difference"
                line += f"; minus {self.reference} {gain['mean']:+.3f}"
                line += f" ({gain['low']:+.3f} to {gain['high']:+.3f}), {sure}"
            lines.append(line)
        return "\n".join(lines)


def augmentation_utility(
    arms: dict[str, Callable],
    test: Patients,
    n_draws: int = 10,
    seed: Seed = 0,
    *,
    train: Patients,
    n_train: float | dict[str, int] = 0.5,
    classifier: BaseEstimator | None = None,
    features: Callable | None = None,
    positive: str = "malignant",
    reference: str = "duplicates",
) -> UtilityReport:
    r"""Train a classifier once per arm and draw, test it on real held-out patients, and compare.

    Every draw takes training patients anew from `train`, hands the same draw to every arm, fits a fresh
    classifier on what the arm makes of it and predicts the test patients. The question for a GAN is not
    whether it beats doing nothing but whether it beats repeating the patients there are, so the differences
    are taken from the arm `reference`, within each draw and each test patient.

    The interval covers *both* new training patients and new test patients:

    .. math:: \bar s \pm t_{0.975,\,J-1} \sqrt{S^2 \left(\frac 1 J + \frac{f}{1 - f}\right) + V}

    :math:`S^2` is the variance of the metric over the J draws, and f the share of the pool that each takes,
    of the diagnosis that is drawn most completely. Draws from one pool overlap, so they vary too little
    and are not J independent trials: divided by J alone the interval would shrink to nothing with enough
    draws. The term with f is that of the delete-d jackknife; it plays the part of the correction of
    Nadeau and Bengio, which is for test sets that are redrawn as well. V is the variance over test patients
    of the metric averaged over draws, from each patient's influence on it (for the AUC, DeLong's
    components), clustered by patient. An arm's own randomness, a GAN's seed, is in :math:`S^2` too and is
    treated as if draws shared it, so the interval errs on the wide side for such an arm.

    Parameters
    ----------
    arms : dict of name -> function (train, seed) -> Cohort or DataFrame
        ``feature_arms()`` is such a dict.
    test : Cohort, or DataFrame with patient_id, diagnosis and features
        Real patients, none of whom may be in `train`.
    n_draws : int >= 2
    seed : int, torch.Generator or None
    train : Cohort or DataFrame
        The pool of real training patients.
    n_train : number in (0, 1), or dict of diagnosis -> number of patients
        How many patients each draw takes: a share of each diagnosis, or so many, such as
        ``{"benign": 100, "malignant": 10}``.
    classifier : scikit-learn estimator with predict_proba, or None
        Cloned for each fit. None: standardise, then logistic regression. What is fitted before it belongs
        into a pipeline, so that it sees training rows alone. It calls positive from a probability of 1/2 on.
    features : function (Cohort or DataFrame) -> array of shape (n, features), or None
        What the classifier sees. None: the columns of a table, or the pixels of a Cohort.
    positive : str
        The diagnosis that sensitivity is about; all others are negative.
    reference : str
        The arm that the others are compared with.

    Returns
    -------
    UtilityReport
        ``table`` and ``differences`` with mean and interval for "balanced accuracy", "sensitivity",
        "specificity", "AUC", "Brier score" (0 is best) and "calibration bias" (mean predicted probability
        minus share of positives; training on balanced rows raises it by design); ``per_draw``, ``rows``
        and ``summary()``.

    Raises
    ------
    ValueError
        If a patient is in `train` and `test`, or an arm brings in one who is in `test` or calls a row real
        whose patient it was not given; if the arms that add rows end up with different numbers of them; if
        test holds synthetic rows or a single class; or an option is out of range.

    Notes
    -----
    Where every test patient is classified rightly in all draws, the interval has no width; that is no
    certainty. With fewer than about ten positive test patients it is too narrow as well.

    References
    ----------
    .. [1] Nadeau & Bengio (2003), Inference for the generalization error, doi:10.1023/A:1024068626366.
    .. [2] Shao & Wu (1989), A general theory for jackknife variance estimation, doi:10.1214/aos/1176347263.
    .. [3] DeLong, DeLong & Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver
       operating characteristic curves, doi:10.2307/2531595.

    Examples
    --------
    >>> from ganlab.augmentation import duplicate_to_balance, no_augmentation
    >>> from ganlab.data import load_wdbc
    >>> wdbc = load_wdbc()
    >>> arms = {"none": no_augmentation, "duplicates": lambda rows, seed: duplicate_to_balance(rows)}
    >>> report = augmentation_utility(arms, wdbc[:300], n_draws=3, seed=0, train=wdbc[300:],
    ...                               n_train={"benign": 60, "malignant": 6})
    >>> report.table.loc[("none", "sensitivity"), "mean"] < report.table.loc[("none", "specificity"), "mean"]
    np.True_
    """
    n_draws = positive_integer(n_draws, "n_draws")
    if n_draws < 2:
        raise ValueError("n_draws is 1; an interval needs at least two.")
    arms = _checked_arms(arms, reference)
    train, test = checked_patients(train, "train"), checked_patients(test, "test")
    refuse_leaks(train, test)
    test = comparable(train, test)
    labels = diagnoses_of(test) == positive
    if labels.all() or not labels.any():
        raise ValueError(
            f"test has {labels.sum()} {positive!r} rows of {len(labels)}; it needs both kinds. "
            f"Diagnoses there: {', '.join(np.unique(diagnoses_of(test)))}."
        )
    wanted, share = draw_sizes(train, n_train, positive)
    classifier, features = classifier or _logistic(), features or _all_features
    rng = seeded_numpy_rng(seed)
    values = np.empty((len(arms), n_draws, len(RANGES)))
    influence = np.zeros((len(arms), len(RANGES), len(labels)))
    patients = facts(test)["patient_id"].astype(str).to_numpy()
    for draw_number in range(n_draws):
        drawn = take_rows(train, draw(train, wanted, rng))
        arm_seed = int(rng.integers(2**31))
        rows_of_arms = {name: arm(drawn, arm_seed) for name, arm in arms.items()}
        refuse_cheating(rows_of_arms, drawn, test)
        if draw_number == 0:
            counts = row_counts(rows_of_arms)
        for i, rows in enumerate(rows_of_arms.values()):
            rows = comparable(train, rows)
            probability = _fit_predict(clone(classifier), features, rows, test, positive)
            metrics, of_each_patient = metrics_and_influence(probability, labels, patients)
            values[i, draw_number] = list(metrics.values())
            influence[i] += np.array(list(of_each_patient.values())) / n_draws
    names = list(arms)
    against = names.index(reference)
    others = [i for i in range(len(arms)) if i != against]
    return UtilityReport(
        _intervals(values, influence, patients, share, names, clip=True),
        _intervals(
            values[others] - values[against],
            influence[others] - influence[against],
            patients,
            share,
            [names[i] for i in others],
            clip=False,
        ),
        _long(values, names),
        counts,
        reference,
        positive,
        n_draws,
        len(np.unique(patients)),
    )


def _intervals(values, influence, patients, share, names, clip):
    """Mean and interval per arm and metric: values (arms, draws, metrics), influence (arms, metrics, n)."""
    n_draws, ids = values.shape[1], np.unique(patients)
    mean = values.mean(axis=1)
    over_training = values.var(axis=1, ddof=1) * (1 / n_draws + share / (1 - share))
    of_patient = np.stack([influence[..., patients == patient].sum(axis=-1) for patient in ids], axis=-1)
    over_test = (of_patient**2).sum(axis=-1)
    half = stats.t.ppf(0.975, n_draws - 1) * np.sqrt(over_training + over_test)
    low, high = mean - half, mean + half
    if clip:
        low, high = (np.clip(bound, *np.transpose(list(RANGES.values()))) for bound in (low, high))
    index = pd.MultiIndex.from_product([names, RANGES], names=["arm", "metric"])
    return pd.DataFrame({"mean": mean.ravel(), "low": low.ravel(), "high": high.ravel()}, index=index)


def _long(values, names):
    index = pd.MultiIndex.from_product(
        [names, range(values.shape[1]), RANGES], names=["arm", "draw", "metric"]
    )
    return pd.Series(values.ravel(), index=index, name="value").reset_index()


def _checked_arms(arms, reference):
    arms = dict(arms)
    if reference not in arms or len(arms) < 2:
        raise ValueError(
            f"arms must hold the reference {reference!r} and one arm more; got {', '.join(map(repr, arms))}."
        )
    for name, arm in arms.items():
        if not callable(arm):
            raise ValueError(
                f"the arm {name!r} must be a function (train, seed) -> rows; got {type(arm).__name__}."
            )
    return arms


def _fit_predict(classifier, features, rows, test, positive):
    x, y = _matrix(features(rows), "training"), diagnoses_of(rows) == positive
    classifier.fit(x, y)
    return classifier.predict_proba(_matrix(features(test), "test"))[:, list(classifier.classes_).index(True)]


def _matrix(values, name):
    values = as_numpy(as_array(values, f"the {name} features"))
    if values.ndim != 2:
        raise ValueError(f"features must return shape (n, features); got {values.shape}.")
    return values


def _all_features(data):
    if isinstance(data, Cohort):
        return data.images.reshape(len(data), -1)
    return data[feature_names(data)].to_numpy(dtype=float)


def _logistic():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def metrics_and_influence(probability: Values, positive: Values, patients: Values) -> tuple[dict, dict]:
    r"""Six metrics of predicted probabilities, and the influence of every row on each.

    The influence of row i says by how much the metric would move if patients like it were more frequent. The
    sum over rows is 0. Summed within each patient and squared, it adds up to the variance of the metric over
    new test patients: of n patients whom a mean is taken over, each counts :math:`\sqrt{n / (n - 1)}` times,
    as in an unbiased variance. For the AUC this is DeLong's variance.

    Parameters
    ----------
    probability : array, shape (n,), in [0, 1]
    positive : bool array, shape (n,)
    patients : array, shape (n,)
        Whose row each is.

    Returns
    -------
    metrics : dict of name -> float
    influence : dict of name -> array, shape (n,)

    Raises
    ------
    ValueError
        If a probability is not finite, the shapes differ, or `positive` holds one kind alone.

    Examples
    --------
    Of four pairs three are in order.

    >>> metrics_and_influence([0.9, 0.3, 0.4, 0.1], [True, True, False, False], range(4))[0]["AUC"]
    0.75
    """
    probability, positive = as_numpy(as_array(probability, "probability")), np.asarray(positive, dtype=bool)
    same_shape(probability, positive, "probability", "positive")
    if positive.all() or not positive.any():
        raise ValueError(
            "positive must hold both kinds: sensitivity needs positive rows, specificity others."
        )
    called = probability >= 0.5
    truth, everybody = positive.astype(float), np.ones(len(positive), dtype=bool)
    patients = np.asarray(patients)
    # Each metric is a mean over the positives, over the negatives or over all: the rows and their values.
    sensitivity = _mean_over(positive, called == positive, patients)
    specificity = _mean_over(~positive, called == positive, patients)
    pairs = {
        "balanced accuracy": tuple((a + b) / 2 for a, b in zip(sensitivity, specificity, strict=True)),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "AUC": _auc(probability, positive, patients),
        "Brier score": _mean_over(everybody, (probability - truth) ** 2, patients),
        "calibration bias": _mean_over(everybody, probability - truth, patients),
    }
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _mean_over(rows, values, patients):
    values = np.asarray(values, dtype=float)
    mean = values[rows].mean()
    n = len(np.unique(patients[rows]))
    unbiased = np.sqrt(n / max(1, n - 1))
    return float(mean), np.where(rows, values - mean, 0.0) * unbiased / rows.sum()


def _auc(probability, positive, patients):
    n, m = positive.sum(), (~positive).sum()
    among_all = stats.rankdata(probability)
    own = np.empty(len(probability))
    for side in (positive, ~positive):
        own[side] = stats.rankdata(probability[side])
    # Share of negatives below each positive, and of positives above each negative; a tie counts half.
    share = np.where(positive, (among_all - own) / m, 1 - (among_all - own) / n)
    auc, above = _mean_over(positive, share, patients)
    return auc, above + _mean_over(~positive, share, patients)[1]
