"""Two feature tables side by side: the same columns, the same settings, numbers throughout."""

import numpy as np
import pandas as pd

from ganlab.radiomics.extraction.settings import refuse_different_settings
from ganlab.validation import as_array, as_numpy

# Columns that say who a row is, or where it came from. Compared as if they were features they would mislead.
NOT_FEATURES = ("patient_id", "diagnosis", "is_synthetic", "is_repeat", "source_row", "transform", "reason")


def paired_tables(real, synthetic, least=2):
    """Both tables as floats with their columns in the order of the real one, or a ValueError.

    Parameters
    ----------
    real, synthetic : DataFrame, or array of shape (n, features)
        Arrays get the column names "feature 0", "feature 1", ...
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
    tables = [_table(table, name, least) for table, name in ((real, "real"), (synthetic, "synthetic"))]
    _same_columns(*tables)
    refuse_different_settings(*tables)
    real, synthetic = tables
    return real, synthetic if synthetic.columns.equals(real.columns) else synthetic[real.columns]


def is_constant(values):
    """Whether a feature has one value throughout, but for rounding in the ninth digit."""
    return bool(np.ptp(values) <= 1e-9 * np.abs(values).max())


def _table(table, name, least):
    if isinstance(table, pd.Series):
        raise ValueError(f"{name} is one column; expected a table. Use .to_frame().")
    if not isinstance(table, pd.DataFrame):
        values = as_numpy(as_array(table, name))
        if values.ndim != 2:
            raise ValueError(f"{name} must be a table of shape (n, features); got shape {values.shape}.")
        table = pd.DataFrame(values, columns=[f"feature {i}" for i in range(values.shape[1])])
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns called {twice!r}; every feature needs a name of its own.")
    strangers = [column for column in NOT_FEATURES if column in table.columns]
    if strangers:
        raise ValueError(
            f"{name} holds {', '.join(map(repr, strangers))}, which no feature is; "
            f"compare the features alone: {name}.drop(columns={strangers})."
        )
    text = [column for column in table.columns if not pd.api.types.is_numeric_dtype(table[column])]
    if text:
        raise ValueError(
            f"{name} has columns that are not numbers: {_named(text)}. A CSV file with one word in a column, "
            "such as 'n/a', makes the whole column text."
        )
    if table.shape[1] == 0:
        raise ValueError(f"{name} has no columns; expected one for each feature.")
    if len(table) < least:
        raise ValueError(f"{name} has {len(table)} rows; at least {least} are needed.")
    values = table.to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.flatnonzero(bad.any(axis=1))
        raise ValueError(
            f"{name} has NaN or infinite values in {len(rows)} rows (the first: {table.index[rows[0]]!r}) "
            f"and in the columns {_named(table.columns[bad.any(axis=0)])}. Rows whose features could not be "
            f"computed are left out on purpose, and counted: {name}.dropna()."
        )
    if all(
        column == np.float64 for column in table.dtypes
    ):  # as this function left it, so nothing is built again
        return table
    result = pd.DataFrame(values, columns=table.columns, index=table.index)
    result.attrs = dict(table.attrs)
    return result


def _same_columns(real, synthetic):
    missing = [column for column in real.columns if column not in synthetic.columns]
    extra = [column for column in synthetic.columns if column not in real.columns]
    if missing or extra:
        parts = [f"only the real has {_named(missing)}"] if missing else []
        parts += [f"only the synthetic has {_named(extra)}"] if extra else []
        raise ValueError(f"the two tables must have the same features; {' and '.join(parts)}.")


def _named(names):
    names = [repr(name) for name in names]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
