"""The parts of a trial: its usual arms, who is drawn for training, and what an arm may hand back.

An arm is a function (train, seed) -> the rows that a classifier is trained on.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ganlab.augmentation.feature_gan import FeatureGAN
from ganlab.augmentation.patients import (
    Patients,
    checked_patients,
    diagnoses_of,
    facts,
    feature_names,
    is_synthetic,
)
from ganlab.augmentation.rebalance import duplicate_to_balance, synthesize_to_balance
from ganlab.augmentation.smote import smote_to_balance
from ganlab.data import Cohort
from ganlab.seeding import seeded_rng
from ganlab.shapes import Seed
from ganlab.validation import positive_integer, positive_number


def no_augmentation(train: Patients, seed: Seed = 0) -> Patients:
    """The arm that leaves the cohort as it is, rare diagnosis and all.

    Parameters
    ----------
    train : Cohort or DataFrame
    seed : int, torch.Generator or None
        Not used.

    Returns
    -------
    Cohort or DataFrame
        `train` itself.

    Examples
    --------
    >>> no_augmentation("a cohort")
    'a cohort'
    """
    return train


def feature_arms(*, steps: int = FeatureGAN.STEPS) -> dict[str, Callable]:
    """The usual arms for a table of features, all but the first filled up to the same numbers.

    Parameters
    ----------
    steps : int >= 1
        Generator updates of the `FeatureGAN`, which each call trains on the rows it is given, and no others.

    Returns
    -------
    dict of name -> function (train, seed) -> DataFrame
        none, duplicates, SMOTE, GAN.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> arms = feature_arms(steps=5)
    >>> list(arms)
    ['none', 'duplicates', 'SMOTE', 'GAN']
    >>> arms["GAN"](load_wdbc().iloc[:60], seed=0).groupby("diagnosis").size().nunique()
    1
    """
    positive_integer(steps, "steps")

    def conditional_gan(train, seed=0):
        rng = seeded_rng(seed)
        gan = FeatureGAN(train, steps=steps, seed=rng, progress=False)
        return synthesize_to_balance(train, gan.sample, seed=rng)

    return {
        "none": no_augmentation,
        "duplicates": _duplicates,
        "SMOTE": smote_to_balance,
        "GAN": conditional_gan,
    }


def _duplicates(train, seed=0):
    return duplicate_to_balance(train, seed=seed)


def refuse_leaks(train, test):
    """Raise ValueError if a patient is on both sides, or a test row is synthetic."""
    shared = sorted(_ids(train) & _ids(test))
    if shared:
        raise ValueError(
            f"{len(shared)} patients are in train and in test (the first: {shared[0]}). Split by patient, "
            "before anything is duplicated or synthesized."
        )
    if is_synthetic(test).any():
        raise ValueError(
            f"{is_synthetic(test).sum()} rows of test are synthetic; whether augmentation helps is decided "
            "on real patients."
        )
    if is_synthetic(train).any():
        raise ValueError("train holds synthetic rows; hand in the real pool, and let the arms add to it.")


def comparable(train, test):
    """`test` with the columns of `train`, in its order; ValueError if the two are not of one kind."""
    if isinstance(train, Cohort) != isinstance(test, Cohort):
        raise ValueError("train and test must both be a Cohort or both be a table.")
    if isinstance(train, Cohort):
        kinds = [(part.intensity_unit, part.images.shape[1:]) for part in (train, test)]
        if kinds[0] != kinds[1]:
            raise ValueError(f"train and test differ in unit or size: {kinds[0]} and {kinds[1]}.")
        return test
    differing = sorted(set(feature_names(train)) ^ set(feature_names(test)))
    if differing:
        raise ValueError(
            f"train and test must have the same features; only one has {', '.join(differing[:5])}."
        )
    known = [column for column in test.columns if column not in feature_names(test)]
    return test[[*known, *feature_names(train)]]


def draw_sizes(train, n_train, positive):
    """Patients to draw of each diagnosis, and the largest share of its pool that any of them is."""
    pool = {kind: len(members) for kind, members in _by_diagnosis(train).items()}
    if positive not in pool or len(pool) < 2:
        raise ValueError(f"train must have {positive!r} and another diagnosis; it has {', '.join(pool)}.")
    if isinstance(n_train, dict):
        if set(n_train) != set(pool):
            raise ValueError(f"n_train must name the diagnoses {', '.join(pool)}; got {', '.join(n_train)}.")
        wanted = {kind: positive_integer(n_train[kind], f"n_train[{kind!r}]") for kind in pool}
    else:
        share = positive_number(n_train, "n_train")
        wanted = {kind: max(1, round(share * n)) for kind, n in pool.items()}
    for kind, n in wanted.items():
        if n >= pool[kind]:
            raise ValueError(
                f"n_train asks for {n} of {pool[kind]} {kind!r} patients; a draw that takes all of them is "
                "the same every time, and says nothing about how much luck is in it."
            )
    return wanted, max(n / pool[kind] for kind, n in wanted.items())


def draw(train, wanted, rng):
    """Row numbers of a random draw of patients, `wanted` of each diagnosis."""
    members = _by_diagnosis(train)
    drawn = np.concatenate([rng.choice(members[kind], n, replace=False) for kind, n in wanted.items()])
    return np.flatnonzero(np.isin(facts(train)["patient_id"].to_numpy(), drawn))


def refuse_cheating(rows_of_arms, drawn, test):
    """Raise ValueError if an arm cheats: test patients, patients from nowhere, or more rows than others."""
    given, forbidden = _ids(drawn), _ids(test)
    counts = {}
    for name, rows in rows_of_arms.items():
        checked_patients(rows, f"what the arm {name!r} returned")
        comparable(drawn, rows)
        synthetic, ids = is_synthetic(rows), facts(rows)["patient_id"].astype(str)
        if set(ids) & forbidden:
            raise ValueError(
                f"the arm {name!r} trains on patients who are in test: {sorted(set(ids) & forbidden)[0]}."
            )
        if set(ids[~synthetic]) - given:
            raise ValueError(
                f"the arm {name!r} brings in patients it was not given, and does not call them synthetic: "
                f"{sorted(set(ids[~synthetic]) - given)[0]}."
            )
        if set(ids[synthetic]) & given:
            raise ValueError(f"synthetic rows of the arm {name!r} carry the id of a real patient.")
        if len(rows) != len(drawn):
            counts[name] = tuple(sorted(pd.Series(diagnoses_of(rows)).value_counts().items()))
    if len(set(counts.values())) > 1:
        raise ValueError(
            "the arms that add rows must end up with equally many of each diagnosis, or the comparison is "
            f"one of budgets; got {', '.join(f'{name}: {dict(count)}' for name, count in counts.items())}."
        )


def row_counts(rows_of_arms):
    """Rows of every arm by diagnosis: real ones (repeats among them) and synthetic ones."""
    counted = []
    for name, rows in rows_of_arms.items():
        synthetic, diagnoses = is_synthetic(rows), diagnoses_of(rows)
        for kind in np.unique(diagnoses):
            own = diagnoses == kind
            counted.append((name, str(kind), int((own & ~synthetic).sum()), int((own & synthetic).sum())))
    return pd.DataFrame(counted, columns=["arm", "diagnosis", "real", "synthetic"])


def _by_diagnosis(data):
    """Patients by the diagnosis of their first row."""
    first = facts(data).drop_duplicates("patient_id")
    return {str(kind): rows.to_numpy() for kind, rows in first.groupby("diagnosis")["patient_id"]}


def _ids(data):
    return set(facts(data)["patient_id"].astype(str))
