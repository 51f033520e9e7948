"""Do synthetic rows help a classifier? Trained on them, or on reals with them, it is tested on reals."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.audit.dossier_checks import utility_check
from ganlab.audit.groups import group_labels
from ganlab.audit.measures import logistic
from ganlab.augmentation import (
    UtilityReport,
    augmentation_utility,
    metrics_and_influence,
    no_augmentation,
)
from ganlab.data import split_by_patient
from ganlab.diagnostics import Check
from ganlab.seeding import seeded_numpy_rng

MOST_CLASSES = 20
FEWEST = 10  # patients of each class, to train on and to test on
TEST_SHARE = 0.3  # of the reals, where no test patients were handed in
DRAWS, DRAWN = 10, 0.5  # training sets, and the share of the pool in each
METRICS = {"AUC": (0, 1), "balanced accuracy": (0, 1), "Brier score": (0, 1), "calibration bias": (-1, 1)}
REAL, DUPLICATES, WITH = "real", "real + duplicates", "real + synthetic"
ALL_REAL, INSTEAD = "all real training rows", "synthetic rows alone"


@dataclass(frozen=True)
class Utility:
    """What synthetic rows were worth to a classifier.

    Parameters
    ----------
    target, positive : str
        The column that was predicted, and the value of it that counts as positive.
    report : UtilityReport
        Of the arms "real", "real + duplicates" and "real + synthetic".
    alone : DataFrame
        ``mean``, ``low`` and ``high`` for "synthetic rows alone" and "all real training rows" and each
        metric, and ``gain``, ``gain_low`` and ``gain_high`` of the first over the second, patient by patient.
        Empty if all synthetic rows are of one class.
    check : Check
        Whether real + synthetic has a higher AUC than real + duplicates. It takes no part in the verdict.
    notes : tuple of str
        How the test patients were found, and what could not be asked.
    """

    target: str
    positive: str
    report: UtilityReport = field(repr=False)
    alone: pd.DataFrame = field(repr=False)
    check: Check = field(repr=False)
    notes: tuple = field(repr=False)

    @property
    def rows(self):
        """A row for each arm and metric: the metric, and its difference from real + duplicates."""
        for arm in self.report.table.index.unique("arm"):
            for metric in METRICS:
                key = arm, metric
                gain = self.report.differences.loc[key] if arm != DUPLICATES else None
                yield arm, metric, self.report.table.loc[key], gain

    @property
    def helps(self):
        """Whether real + synthetic rows do better than real + duplicates, in words."""
        return {"passed": "it helps", "failed": "it harms"}.get(self.check.outcome, "no difference shown")

    @property
    def sentences(self):
        """Whether it helps, and how a classifier does that saw no real row, in words."""
        gain, (low, high) = self.check.value, self.check.interval
        yield (
            f"Does it help to predict {self.target} ({self.positive} or not)? {WITH.capitalize()} minus "
            f"{DUPLICATES}: AUC {gain:+.3f} ({low:+.3f} to {high:+.3f}), {self.helps}. "
            "This is no part of the verdict, which is on likeness."
        )
        if len(self.alone):
            alone, real = (self.alone.loc[(arm, "AUC")] for arm in (INSTEAD, ALL_REAL))
            yield (
                f"Trained on {INSTEAD} and tested on {self.report.n_test} real patients: AUC "
                f"{alone['mean']:.3f} ({alone['low']:.3f} to {alone['high']:.3f}); on {ALL_REAL} "
                f"{real['mean']:.3f}; difference {alone['gain']:+.3f} ({alone['gain_low']:+.3f} to "
                f"{alone['gain_high']:+.3f})."
            )
        yield from self.notes


def checked_target(inputs, target, positive=None):
    """The two classes of every row, and which is positive; ValueError if there are not two.

    Parameters
    ----------
    inputs : dict of AuditInput
    target : str
    positive : str or None
        Against all other values. None: of two values the rarer among the reals (of equals, the later name).

    Returns
    -------
    labels : dict of str -> Series of str
    positive : str
    """
    labels = {name: group_labels(part.facts, target) for name, part in inputs.items()}
    counts = labels["real"].value_counts()
    levels = sorted(counts.index)
    if len(levels) > MOST_CLASSES:
        raise ValueError(
            f"{target!r} has {len(levels)} different values among the real patients, as a feature "
            f"has; a target is a class, of at most {MOST_CLASSES} values. Cut it into classes first."
        )
    if len(levels) < 2:
        raise ValueError(
            f"{target!r} has {f'one value only, {levels[0]!r},' if levels else 'no value'} among the real "
            "patients; there is nothing to predict."
        )
    for name, part in labels.items():
        unknown = sorted(set(part.dropna()) - set(levels))
        if unknown:
            raise ValueError(
                f"{target!r} is {', '.join(map(repr, unknown[:5]))} in {name} rows, but among the real "
                f"patients it is {', '.join(map(repr, levels))}. Spell the classes alike, or leave those out."
            )
    if positive is None:
        if len(levels) > 2:
            raise ValueError(
                f"{target!r} has {len(levels)} values ({', '.join(levels)}); say which one is to be told "
                "from all others (positive, --positive)."
            )
        positive = min(levels, key=lambda level: (counts[level], -levels.index(level)))
    positive = str(positive)
    if positive not in levels:
        raise ValueError(
            f"positive is {positive!r}, which is no value of {target!r} among the real patients: "
            f"{', '.join(levels)}."
        )
    return labels, positive


def judge_utility(inputs, target, positive=None, seed=0):
    """Train on real, duplicated and synthetic rows, and test on real patients who are in none of them.

    Test patients are those handed in as test; or those held out, where the target is known of them; or a
    part of the real ones, whom the generator may have seen.

    Parameters
    ----------
    inputs : dict of AuditInput
        "real", "synthetic"; "holdout" and "test" if there are any.
    target : str
    positive : str or None
    seed : int, torch.Generator or None

    Returns
    -------
    Utility
    """
    labels, positive = checked_target(inputs, target, positive)
    parts = {
        name: _as_patients(name, part.table, labels[name], target, positive) for name, part in inputs.items()
    }
    rng = seeded_numpy_rng(seed)
    real, synthetic = parts["real"], parts["synthetic"]
    if "test" in parts:
        test, notes = parts["test"], [f"Tested on the {len(parts['test'])} test patients handed in."]
        _refuse_overlap(inputs["real"], inputs["test"])
    elif "holdout" in parts and _counts(parts["holdout"]).min() >= FEWEST:
        test = parts["holdout"]
        notes = [f"Tested on the {len(test)} held-out patients, as no others were handed in (--test)."]
    else:
        known = split_by_patient(real, (1 - TEST_SHARE, TEST_SHARE), int(rng.integers(2**31)))
        real, test = (real.iloc[rows].reset_index(drop=True) for rows in known)
        notes = [
            f"No test patients were handed in, so the real ones were split by patient: {len(real)} to train "
            f"on, {len(test)} to test on. If the generator learnt from these as well, the gain is flattered: "
            "hand in others (--test)."
        ]
    for name, part in (("real training", real), ("test", test)):
        counts = _counts(part)
        if counts.min() < FEWEST:
            raise ValueError(
                f"there are {counts['positive']} {name} patients with {target} {positive} and "
                f"{counts['other']} without; at least {FEWEST} of each are needed."
            )
    arms = _arms(synthetic)
    alone = _alone(synthetic, real, test)
    if not len(alone):
        notes.append(
            f"All synthetic rows are of one class of {target}, so no classifier can be trained on them alone."
        )
    unlabelled = {name: int(part.isna().sum()) for name, part in labels.items()}
    notes += [
        f"{n} {name} rows have no {target} and are not used here." for name, n in unlabelled.items() if n
    ]
    if target in inputs["real"].table:
        notes.append(f"{target} is one of the features; the classifier does not see it.")
    report = augmentation_utility(
        arms,
        test,
        DRAWS,
        int(rng.integers(2**31)),
        train=real,
        n_train=DRAWN,
        positive="positive",
        reference=DUPLICATES,
    )
    check = utility_check(report, WITH, "AUC")
    return Utility(target, positive, report, alone, check, tuple(notes))


def _as_patients(name, table, labels, target, positive):
    """Rows as a trial takes them; ids are the cohort's name and theirs, as row numbers are in all."""
    known = labels.notna().to_numpy()
    rows = table.drop(columns=target, errors="ignore")[known]
    about = pd.DataFrame(
        {
            "patient_id": [f"{name} {patient}" for patient in rows.index],
            "diagnosis": np.where(labels[known] == positive, "positive", "other"),
        }
    )
    if name == "synthetic":
        about["is_synthetic"] = True
    return pd.concat([about, rows.reset_index(drop=True)], axis=1)


def _counts(part):
    return part["diagnosis"].value_counts().reindex(["positive", "other"], fill_value=0)


def _refuse_overlap(real, test):
    """Refuse test patients who are in the real table, by their names or by all of their features."""
    shared = set(real.table.index) & set(test.table.index)
    if shared and not any(map(_numbered, (real, test))):
        raise ValueError(
            f"{len(shared)} test patients are also in real (the first: {min(map(str, shared))}). Split by "
            "patient before a generator is trained."
        )
    rows, known = (pd.MultiIndex.from_frame(part.table) for part in (test, real))
    same = int(rows.isin(known).sum())
    # Rows of whole numbers coincide by chance, about as often as the real ones among themselves.
    twins = int(known.duplicated(keep=False).sum())
    chance = (twins + 3) / len(known) if real.table.nunique().max() < len(known) else 0.0
    if same > stats.binom.ppf(0.999, len(rows), min(1.0, chance)):
        raise ValueError(
            f"{same} of the {len(rows)} test rows are also in real, feature by feature. A classifier has to "
            "be tested on patients it was not trained on."
        )


def _numbered(part):
    """Whether the ids of a cohort may be but the numbers of its rows."""
    ids = part.table.index
    return pd.api.types.is_integer_dtype(ids) and bool((ids < part.n_given).all())


def _arms(synthetic):
    """The arms of the trial: those that add rows add equally many of each class."""
    adds = synthetic["diagnosis"].value_counts()

    def with_synthetic(train, seed=0):
        return pd.concat([train.assign(is_synthetic=False), synthetic], ignore_index=True)

    def with_duplicates(train, seed=0):
        rng = np.random.default_rng(seed)
        added = [_some(train[train["diagnosis"] == kind], n, rng) for kind, n in adds.items()]
        return pd.concat([train, *added], ignore_index=True)

    return {REAL: no_augmentation, DUPLICATES: with_duplicates, WITH: with_synthetic}


def _some(rows, n, rng):
    """n of the rows, each as often as any other but for one."""
    times, rest = divmod(n, len(rows))
    chosen = [*np.tile(np.arange(len(rows)), times), *rng.choice(len(rows), rest, replace=False)]
    return rows.iloc[chosen]


def _alone(synthetic, real, test):
    """Trained once on each table and tested on the same patients; the intervals are over these."""
    if synthetic["diagnosis"].nunique() < 2:
        return pd.DataFrame()
    about = ["patient_id", "diagnosis", "is_synthetic"]
    known = (test["diagnosis"] == "positive").to_numpy()
    names = test.columns.drop(about, errors="ignore")
    by_arm = {}
    for arm, rows in ((INSTEAD, synthetic), (ALL_REAL, real)):
        classifier = logistic().fit(rows[names].to_numpy(), rows["diagnosis"] == "positive")
        chance = classifier.predict_proba(test[names].to_numpy())[:, 1]
        by_arm[arm] = metrics_and_influence(chance, known, test["patient_id"].to_numpy())
    table = {}
    for metric, possible in METRICS.items():
        of_both = [(arm, metrics[metric], influence[metric]) for arm, (metrics, influence) in by_arm.items()]
        for arm, value, influence in of_both:
            low, high = np.clip(_interval(value, influence), *possible)  # no AUC is above 1
            table[arm, metric] = {"mean": value, "low": low, "high": high}
        (_, first, of_first), (_, second, of_second) = of_both
        low, high = _interval(first - second, of_first - of_second)
        table[INSTEAD, metric] |= {"gain": first - second, "gain_low": low, "gain_high": high}
    return pd.DataFrame.from_dict(table, orient="index").rename_axis(["arm", "metric"])


def _interval(value, influence):
    half = stats.norm.ppf(0.975) * np.sqrt((influence**2).sum())
    return float(value - half), float(value + half)
