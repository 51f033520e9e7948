"""Tables of features: which columns name a patient, the same columns and settings, numbers throughout."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ganlab.shapes import Points, Table, Values
from ganlab.validation import as_array, as_numpy

# Columns that say who a row is, or where it came from. Compared as if they were features they would mislead.
NOT_FEATURES = ("patient_id", "diagnosis", "is_synthetic", "is_repeat", "source_row", "transform", "reason")
# Names of columns that tell patients apart, the surest first; small letters, and nothing but letters.
PATIENT_NAMES = (
    "patientid", "patient", "patientname", "subjectid", "subject", "participantid", "participant", "mrn",
    "pid", "caseid", "case", "id",
)  # fmt: skip
# And of others that are no features. The class of a PyRadiomics feature stands within its name.
OTHER_FACTS = {
    "label", "labels", "labelchannel", "class", "target", "outcome", "group", "fold", "split", "mask",
    "image", "segmentation", "row", "rownumber", "index", "number", "nr", "no", "slice", "date", "modality",
    "scanner",
}  # fmt: skip
LAST_WORDS = {"id", "ids", "uid", "guid", "uuid", "mrn", "date", "label", "path", "file", "filename"}
FIRST_WORDS = {"unnamed", "study", "series", "accession", "diagnostics"}
FEATURE_CLASSES = {"firstorder", "shape", "shape2d", "glcm", "glrlm", "glszm", "gldm", "ngtdm"}
# What rounding leaves of one value, as a part of it.
ROUNDING = 1e-12
# The classes may differ (then the columns do, and say so themselves); these may not.
COMPARED = {
    "intensity_unit": "intensity units",
    "spacing_mm": "pixel spacings",
    "bin_width": "bin widths",
    "bin_count": "bin counts",
}


def paired_tables(real: Table | Points, synthetic: Table | Points, least: int = 2) -> tuple[Table, Table]:
    """Both tables as floats with their columns in the order of the real one, or a ValueError.

    Parameters
    ----------
    real, synthetic : DataFrame, or array of shape (n, features)
    least : int
        Rows that each must have.

    Returns
    -------
    real, synthetic : DataFrame of float64

    Examples
    --------
    >>> real = pd.DataFrame({"area": [1, 2], "mean": [3, 4]})
    >>> _, synthetic = paired_tables(real, pd.DataFrame({"mean": [5, 6], "area": [7, 8]}))
    >>> synthetic.columns.tolist()
    ['area', 'mean']
    """
    tables = [
        checked_features(table, name, least) for table, name in ((real, "real"), (synthetic, "synthetic"))
    ]
    _same_columns(*tables)
    refuse_different_settings(*tables)
    real, synthetic = tables
    return real, synthetic if synthetic.columns.equals(real.columns) else synthetic[real.columns]


def checked_features(table: Table | Points, name: str, least: int = 1) -> Table:
    """A table of features as floats, or a ValueError that says which column or row is none.

    Parameters
    ----------
    table : DataFrame, or array of shape (n, features)
        An array gets the column names "feature 0", "feature 1", ...
    name : str
        What the caller calls it.
    least : int
        Rows that it must have.

    Returns
    -------
    DataFrame of float64
        The very same table if it holds nothing else.

    Examples
    --------
    >>> checked_features([[1, 2], [3, 4]], "real")
       feature 0  feature 1
    0        1.0        2.0
    1        3.0        4.0
    """
    if isinstance(table, pd.Series):
        raise ValueError(f"{name} is one column; expected a table. Use .to_frame().")
    if not isinstance(table, pd.DataFrame):
        values = as_numpy(as_array(table, name))
        if values.ndim != 2:
            raise ValueError(f"{name} must be a table of shape (n, features); got shape {values.shape}.")
        table = pd.DataFrame(values, columns=[f"feature {i}" for i in range(values.shape[1])])
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(
            f"{name} has two columns called {str(twice)!r}; every feature needs a name of its own."
        )
    others = facts_among(table.columns)
    if others:
        raise ValueError(
            f"{name} holds {_named(others)}, which no feature is; "
            f"leave such columns out: {name}.drop(columns={others})."
        )
    text = [column for column, kind in table.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    if text:
        raise ValueError(
            f"{name} has columns that are not numbers: {_named(text)}. A CSV file with one word in a column, "
            "such as 'n/a', makes the whole column text."
        )
    if table.shape[1] == 0:
        raise ValueError(f"{name} has no features; expected a column for each.")
    if len(table) < least:
        raise ValueError(f"{name} has {len(table)} rows; at least {least} are needed.")
    values = table.to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.flatnonzero(bad.any(axis=1))
        raise ValueError(
            f"{name} has NaN or infinite values in {len(rows)} rows (the first: "
            f"{str(table.index[rows[0]])!r}) and in the columns {_named(table.columns[bad.any(axis=0)])}. "
            "Rows whose features could not be computed are left out on purpose (dropna), and counted."
        )
    if (table.dtypes == np.float64).all():  # as this function left it, so nothing is built again
        return table
    result = pd.DataFrame(values, columns=table.columns, index=table.index)
    result.attrs = dict(table.attrs)
    return result


def facts_among(columns: Sequence) -> list:
    """Columns that say who or what a row is, and measure nothing: identifiers, labels, dates, files.

    Parameters
    ----------
    columns : sequence of str
        All of a table.

    Returns
    -------
    list
        ``NOT_FEATURES``, and what is usual elsewhere, such as PatientID, MRN, Label, StudyDate, Unnamed: 0,
        and PyRadiomics' Image, Mask and ``diagnostics_*``.

    Examples
    --------
    >>> facts_among(["PatientID", "Label", "StudyDate", "original_glcm_Id", "area"])
    ['PatientID', 'Label', 'StudyDate']
    """
    names = [str(column) for column in columns]
    return [
        column
        for column, name in zip(columns, names, strict=True)
        if name in NOT_FEATURES or (_is_fact(_words(name)) and not (name == "Id" and "Idm" in names))
    ]


def patient_column(columns: Sequence) -> object:
    """The column that tells patients apart by its name, or None.

    Parameters
    ----------
    columns : sequence of str

    Returns
    -------
    one of them, or None

    Examples
    --------
    >>> patient_column(["ID", "Patient ID", "area"])
    'Patient ID'
    """
    joined = {"".join(_words(str(column))): column for column in reversed(facts_among(columns))}
    return next((joined[name] for name in PATIENT_NAMES if name in joined), None)


def _words(name):
    """PatientID, patient_id and "Patient ID" are patient, id."""
    return [word.lower() for word in re.findall(r"shape2D|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+", name)]


def _is_fact(words):
    if not words or (FEATURE_CLASSES & set(words) and words[0] != "diagnostics"):
        return False
    joined = "".join(words)
    listed = joined in PATIENT_NAMES or joined in OTHER_FACTS
    return listed or words[-1] in LAST_WORDS or words[0] in FIRST_WORDS


def is_constant(values: Values) -> bool:
    """Whether a feature has one value throughout, but for rounding in the twelfth digit.

    Double precision holds nearly 16 digits. A feature may lie a thousand million of its deviations away from
    0 (a date in seconds, a position in a large field) and vary all the same.

    Parameters
    ----------
    values : array, shape (n,)

    Returns
    -------
    bool

    Examples
    --------
    >>> is_constant(np.array([3.0, 3.0 + 1e-14])), is_constant(1e9 + np.array([0.0, 1.0, 2.0]))
    (True, False)
    """
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())


def refuse_different_settings(first, second):
    """Refuse to compare two feature tables that were measured in different ways.

    Texture features depend on the bins and on the pixel spacing as much as on the tissue, and an intensity
    in HU has no counterpart in arbitrary units; a difference between such tables says nothing about
    patients. The settings travel in ``table.attrs["settings"]``. A table without them, read from a CSV
    say, cannot be checked and passes.
    """
    ours, theirs = (table.attrs.get("settings") for table in (first, second))
    if ours is None or theirs is None:
        return
    differing = [
        f"different {words} ({ours.get(key)} and {theirs.get(key)})"
        for key, words in COMPARED.items()
        if not _same(ours.get(key), theirs.get(key))
    ]
    if differing:
        raise ValueError(
            f"the two tables cannot be compared: {', '.join(differing)}. Extract both with the same settings."
        )


def _same_columns(real, synthetic):
    missing = [column for column in real.columns if column not in synthetic.columns]
    extra = [column for column in synthetic.columns if column not in real.columns]
    if missing or extra:
        parts = [f"only the real has {_named(missing)}"] if missing else []
        parts += [f"only the synthetic has {_named(extra)}"] if extra else []
        raise ValueError(
            f"the two tables must have the same features; {' and '.join(parts)}. Measure it in both, take it "
            "out, or write its name the same way in both."
        )


def _named(names):
    names = [repr(name) for name in names]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _same(first, second):
    numbers = all(isinstance(value, (int, float, list, tuple)) for value in (first, second))
    if not numbers or np.shape(first) != np.shape(second):
        return first == second
    return bool(np.allclose(first, second, rtol=1e-6, atol=0))
