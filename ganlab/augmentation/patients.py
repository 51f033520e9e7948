"""Two kinds of patients' data, images and feature tables, asked the same questions."""

import numpy as np
import pandas as pd

from ganlab.data import Cohort
from ganlab.validation import as_array, as_numpy

# What a table says about a row, besides measuring it.
ABOUT = ("patient_id", "diagnosis", "is_synthetic", "is_repeat", "source_row", "transform")


def patient_table(features, diagnoses, patient_ids=None):
    """A matrix X and its labels y as the table of patients that this room works with.

    Parameters
    ----------
    features : DataFrame, or array of shape (n, features)
        Arrays get the column names "feature 0", "feature 1", ...
    diagnoses : sequence of n labels
        Kept as text.
    patient_ids : sequence of n, or None
        None: every row is a patient of its own. State them where a patient has several rows.

    Returns
    -------
    DataFrame
        ``patient_id`` and ``diagnosis``, then the features, as ``load_wdbc`` has them.

    Raises
    ------
    ValueError
        If the lengths differ or a feature is not a finite number.

    Examples
    --------
    >>> patient_table([[1.0, 2.0], [3.0, 4.0]], [0, 1])
       patient_id diagnosis  feature 0  feature 1
    0           0         0        1.0        2.0
    1           1         1        3.0        4.0
    """
    if not isinstance(features, pd.DataFrame):
        values = as_numpy(as_array(features, "features"))
        if values.ndim != 2:
            raise ValueError(f"features must have shape (n, features); got {values.shape}.")
        features = pd.DataFrame(values, columns=[f"feature {i}" for i in range(values.shape[1])])
    diagnoses = np.asarray([str(value) for value in np.asarray(diagnoses).tolist()], dtype=object)
    patient_ids = np.arange(len(features)) if patient_ids is None else np.asarray(patient_ids)
    if not len(features) == len(diagnoses) == len(patient_ids):
        raise ValueError(
            f"features, diagnoses and patient_ids must be as many; got {len(features)}, {len(diagnoses)} and "
            f"{len(patient_ids)}."
        )
    table = features.reset_index(drop=True)
    table.insert(0, "patient_id", patient_ids)
    table.insert(1, "diagnosis", diagnoses)
    checked_patients(table, "features")
    return table


def checked_patients(data, name):
    """`data` if it is a Cohort or a table of patients whose features are finite numbers."""
    if isinstance(data, Cohort):
        return data
    if not isinstance(data, pd.DataFrame):
        raise ValueError(
            f"{name} must be a Cohort, or a DataFrame with patient_id, diagnosis and features; got "
            f"{type(data).__name__}. patient_table(X, y) makes one of a matrix and its labels."
        )
    missing = [column for column in ("patient_id", "diagnosis") if column not in data.columns]
    if missing or not len(data):
        raise ValueError(f"{name} has no {' and no '.join(missing)}." if missing else f"{name} has no rows.")
    for column in ("patient_id", "diagnosis"):
        if data[column].isna().any():
            raise ValueError(f"{name} has rows without a {column}.")
    columns = feature_names(data)
    text = [column for column in columns if not pd.api.types.is_numeric_dtype(data[column])]
    if text or not columns:
        raise ValueError(
            f"{name} must hold features that are numbers; "
            + (f"{', '.join(map(repr, text[:5]))} are not." if text else "it has no features.")
        )
    as_array(data[columns].to_numpy(dtype=float, na_value=np.nan), f"the features of {name}")
    return data


def feature_names(table):
    """The columns of a table that measure something."""
    return [column for column in table.columns if column not in ABOUT]


def facts(data):
    """patient_id, diagnosis and what else is known of each row: a DataFrame with a plain index."""
    if isinstance(data, Cohort):
        return data.truth
    return data[[column for column in ABOUT if column in data.columns]].reset_index(drop=True)


def diagnoses_of(data):
    return facts(data)["diagnosis"].to_numpy(dtype=str)


def take_rows(data, rows):
    """Some of the rows; a row may come twice."""
    if isinstance(data, Cohort):
        return data.subset(rows)
    return data.iloc[rows].reset_index(drop=True)


def is_synthetic(data):
    """For each row, whether it says of itself that no patient stands behind it."""
    known = facts(data)
    if "is_synthetic" not in known:
        return np.zeros(len(known), dtype=bool)
    return known["is_synthetic"].to_numpy(dtype=bool)


def strange_ids(patients, n):
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
