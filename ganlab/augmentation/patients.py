"""Patients as a Cohort of images or as a table of features: the same questions to both."""

import numpy as np
import pandas as pd

from ganlab.data import Cohort
from ganlab.radiomics import NOT_FEATURES, checked_features

Patients = Cohort | pd.DataFrame


def checked_patients(data, name):
    """`data` if it is a Cohort or a table of patients whose features are finite numbers."""
    if isinstance(data, Cohort):
        return data
    if not isinstance(data, pd.DataFrame):
        raise ValueError(
            f"{name} must be a Cohort, or a DataFrame with patient_id, diagnosis and features; got "
            f"{type(data).__name__}."
        )
    missing = [column for column in ("patient_id", "diagnosis") if column not in data.columns]
    if missing or not len(data):
        raise ValueError(f"{name} has no {' and no '.join(missing)}." if missing else f"{name} has no rows.")
    for column in ("patient_id", "diagnosis"):
        if data[column].isna().any():
            raise ValueError(f"{name} has rows without a {column}.")
    checked_features(data[feature_names(data)], name)
    return data


def feature_names(table):
    """The columns of a table that measure something."""
    return [column for column in table.columns if column not in NOT_FEATURES]


def facts(data):
    """patient_id, diagnosis and what else is known of each row: a DataFrame with a plain index."""
    if isinstance(data, Cohort):
        return data.truth
    return data[[column for column in NOT_FEATURES if column in data.columns]].reset_index(drop=True)


def diagnoses_of(data):
    return _truth(data)["diagnosis"].to_numpy(dtype=str)


def take_rows(data, rows):
    """Some of the rows; a row may come twice."""
    if isinstance(data, Cohort):
        return data.subset(rows)
    return data.iloc[rows].reset_index(drop=True)


def is_synthetic(data):
    """For each row, whether it says of itself that no patient stands behind it."""
    known = _truth(data)
    if "is_synthetic" not in known:
        return np.zeros(len(known), dtype=bool)
    return known["is_synthetic"].to_numpy(dtype=bool)


def _truth(data):
    """Where a column about the patients stands; `facts` makes a table of all of them, which takes longer."""
    return data.truth if isinstance(data, Cohort) else data


def unused_ids(patients, n):
    """n ids of the same type that are none of these patients': negative numbers, or names that say so."""
    patients = pd.Series(np.asarray(patients).tolist())
    if pd.api.types.is_numeric_dtype(patients):
        start = min(-1, int(patients.min()) - 1)
        return np.arange(start, start - n, -1)
    taken, names, number = set(patients), [], 0
    while len(names) < n:
        name = f"synthetic-{number:05d}"
        number += 1
        if name not in taken:
            names.append(name)
    return np.array(names, dtype=object)
