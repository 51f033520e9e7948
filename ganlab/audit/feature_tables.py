"""Tables of features as people hand them over: which columns are features, which rows one patient."""

import re
from numbers import Number
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.data import read_plain_table, read_table, with_numbers
from ganlab.progress import with_progress
from ganlab.radiomics import FEATURE_CLASSES, facts_among, patient_column

INDEX_NAMES = ("Unnamed: 0", "index", "level_0")  # of an index that pandas wrote
# What people write for "not measured": nines, where no number that was measured comes near.
NO_VALUE = re.compile(r"-?99+")
DATE = re.compile(
    r"(19|20)\d\d-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])([T ][\d:.+Z-]*)?"
    r"|\d{1,2}([./-])\d{1,2}\5(19|20)\d\d"
)
SUMMARIES = {
    "mean", "average", "avg", "median", "sd", "std", "stdev", "stddev", "sem", "standarddeviation",
    "variance", "min", "minimum", "max", "maximum", "sum", "total", "grandtotal", "range", "iqr", "count",
    "meansd", "mittelwert", "summe", "gesamt", "moyenne", "media",
}  # fmt: skip
FEWEST_TO_COUNT = 4  # whole numbers in a row, each one more than the last, are no measurement


def read_feature_table(path):
    """Read one row of features per patient; empty cells and "n/a" become NaN, mixed columns are refused.

    Columns that say who a row is (``patient_id``, ``MRN``, ...), columns of words throughout and PyRadiomics'
    own ``diagnostics_*`` stay text.

    Parameters
    ----------
    path : str or path-like
        As for `read_table`.

    Returns
    -------
    DataFrame
        ``attrs["label"]`` is the file's name, ``attrs["notes"]`` what to know about how it was read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "features.csv"
    >>> _ = path.write_text("patient_id,area\\na,1.5\\nb,n/a\\n")
    >>> read_feature_table(path)["area"].tolist()
    [1.5, nan]
    """
    plain = read_plain_table(path, facts_among)
    table, facts, dates, summaries = _rows_of_patients(path, read_table(path) if plain is None else plain)
    if dates and plain is not None:  # 20210305 is a number there, and stays as it was written
        plain = None
        table, facts, dates, summaries = _rows_of_patients(path, read_table(path))
    if plain is None:
        table = with_numbers(table, [column for column in table.columns if column not in (*facts, *dates)])
    if not any(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes):
        raise ValueError(f"{path} has no column of numbers; its header reads {', '.join(table.columns[:6])}.")
    label = Path(path).name
    notes = (*table.attrs["notes"], *summaries)
    attrs = {"label": label, "notes": tuple(f"{label}: {note}." for note in notes)}
    table = table.reset_index(drop=True)
    for column in (*facts, *dates):
        # A patient called NA stays one; an empty cell is none.
        table[column] = table[column].replace("", None)
    table.attrs = attrs
    return table


def _rows_of_patients(path, cells):
    """The rows without summaries, the columns that are facts and those of dates, and the notes."""
    first = cells.columns[0]
    facts = facts_among(cells.columns)
    if first in facts or first.lower() in ("feature", "features"):
        _refuse_names_of_features([first, *cells[first]], f"{path}: column 1")
    cells, summaries = without_summaries(cells)
    others = [column for column in cells.columns if column not in facts]
    dates = [column for column in others if _all_dates(_filled(cells[column]))]
    return cells, facts, dates, summaries


def _filled(values):
    return values.dropna() if values.dtype.kind == "f" else values[values != ""]


def without_summaries(table):
    """The table without rows at its end that sum it up (Mean, SD, Total, ...), and a note if there were any.

    Such a word counts in the index or in a column of words, where no other row has it.

    Examples
    --------
    >>> rows, notes = without_summaries(pd.DataFrame({"id": ["a", "b", "Mean"], "area": [1.0, 3.0, 2.0]}))
    >>> len(rows), notes
    (2, ["1 row at its end sums up the others and is set aside: 'Mean'"])
    """
    names = [pd.Series(table.index)] + [table.iloc[:, place] for place in range(table.shape[1])]
    summaries = []
    for values in names:
        if pd.api.types.is_numeric_dtype(values):
            continue
        sums_up = np.array([_word(value) in SUMMARIES for value in values], dtype=bool)
        if sums_up.mean() > 0.5 and values[sums_up].nunique() > 2:
            some = ", ".join(map(repr, values[sums_up].unique()[:3]))
            raise ValueError(
                f"the rows are called {some}: they sum up patients. Expected is a row for each patient."
            )
        last = len(sums_up) - int(sums_up[::-1].argmin()) if not sums_up.all() else 0
        if 0 < last < len(sums_up) and not sums_up[:last].any() and len(sums_up) - last > len(summaries):
            summaries = [str(value) for value in values.iloc[last:]]
    if not summaries:
        return table, []
    kept = table.iloc[: len(table) - len(summaries)]
    kept.attrs = dict(table.attrs)
    rows = (
        "row at its end sums up the others and is"
        if len(summaries) == 1
        else "rows at its end sum up the others and are"
    )
    return kept, [f"{len(summaries)} {rows} set aside: {', '.join(map(repr, summaries))}"]


def patients_alone(table, name):
    """The table without rows that sum it up, of which its notes tell."""
    kept, notes = without_summaries(table)
    if notes:
        kept.attrs["notes"] = (
            *table.attrs.get("notes", ()),
            *(f"The {name} table: {note}." for note in notes),
        )
    return kept


def _word(value):
    return re.sub(r"[^a-z]", "", value.lower()) if isinstance(value, str) else ""


def _all_dates(values):
    """Whether all of these are days of the calendar, such as 2021-03-05, 20210305 or 05.03.2021."""
    if len(values) < 2:
        return False
    words = (
        f"{value:.0f}" if isinstance(value, Number) and value == value // 1 else str(value)
        for value in values
    )
    return all(DATE.fullmatch(word.strip()) for word in words)


def no_values(tables, aside):
    """What stands for a missing value in each column: -999, 9999 and the like, far from all others.

    Parameters
    ----------
    tables : dict of str -> DataFrame
        In all of them together such a number has to lie further from the others than these are apart.
    aside : collection of columns
        That are no features.

    Returns
    -------
    dict of column -> list of float
    """
    missing = {}
    columns = dict.fromkeys(column for table in tables.values() for column in table.columns)
    for column in with_progress(columns, "looking for missing values"):
        if column in aside:
            continue
        parts = [table[column] for table in tables.values() if column in table]
        if not all(part.dtype.kind in "iuf" for part in parts):
            continue
        values = np.concatenate([part.to_numpy(dtype=float, na_value=np.nan) for part in parts])
        levels = np.unique(values[np.isfinite(values)])
        nines = [level for level in levels if level % 1 == 0 and NO_VALUE.fullmatch(f"{level:.0f}")]
        others = levels[~np.isin(levels, nines)]
        if len(nines) and len(others) >= 2:
            low, high = others[0], others[-1]
            width = high - low
            far = [level for level in nines if level > high + width or level < low - width]
            if far:
                missing[column] = far
    return missing


def read_as_missing(features, name, missing):
    """The features of a table without the numbers of `no_values`, and a sentence for each column."""
    notes = ()
    for column, numbers in missing.items():
        stands = features[column].isin(numbers) if column in features else pd.Series(dtype=bool)
        if stands.any():
            words = " or ".join(f"{number:g}" for number in numbers)
            notes += (
                f"{column!r} is {words} in {int(stands.sum())} rows of the {name} table, far from all other "
                "values: that is read as no value.",
            )
            features = features.copy()
            features[column] = features[column].astype(float).mask(stands)
    return features, notes


def _refuse_names_of_features(names, what):
    """Rows that are called like features belong to a table that lies on its side."""
    for name in names:
        if {"feature", "features", "diagnostics", *FEATURE_CLASSES} & set(str(name).lower().split("_")):
            raise ValueError(
                f"{what} names features ({name!r}), so there is a feature in each row and a patient in each "
                "column. Turn the table: in pandas, table.T."
            )


def refuse_transposed(tables):
    """Refuse tables with a feature in each row and a patient in each column.

    Features have the same names in two tables, and patients have not: so the names of the rows are looked
    at, and the columns, where these are but counted (0, 1, ... or p0, p1, ...).

    Parameters
    ----------
    tables : dict of str -> DataFrame
    """
    names = {name: _names_of_rows(table) for name, table in tables.items()}
    for name, (rows, what) in names.items():
        _refuse_names_of_features(rows, f"{what} of the {name} table")
    (real, what), *others = names.values()
    stems = {
        str(column).rstrip("0123456789") for column in tables["real"].columns if column not in INDEX_NAMES
    }
    if real and len(stems) == 1 and any(rows == real for rows, _ in others):
        raise ValueError(
            f"{what} is the same in two tables and the other columns are but counted, so the rows may be "
            "features and the columns patients. Turn the tables (in pandas, table.T), or call the names of "
            "the rows patient_id."
        )


def _names_of_rows(table):
    """What pandas wrote in front of each row, if it is words; and where it stands."""
    column = next((column for column in INDEX_NAMES if column in table), None)
    names = list(table.index if column is None else table[column])
    if table.index.name is not None or not all(
        isinstance(name, str) and not name.isdecimal() for name in names
    ):
        return [], ""
    return names, "its index" if column is None else f"the column {column!r}"


def set_aside(tables):
    """The columns that are no features in any of the tables, and why.

    Parameters
    ----------
    tables : dict of str -> DataFrame

    Returns
    -------
    dict of column -> str
        What is set aside in one is set aside in all.

    Raises
    ------
    ValueError
        If a column has no value at all in some tables and values in others, or a name is there twice.
    """
    for name, table in tables.items():
        if not table.columns.is_unique:
            twice = table.columns[table.columns.duplicated()][0]
            raise ValueError(
                f"{name} has two columns called {twice!r}; every feature needs a name of its own."
            )
    columns = dict.fromkeys(column for table in tables.values() for column in table.columns)
    aside = dict.fromkeys(facts_among(list(columns)), "are no features")
    for column in with_progress(columns, "looking at columns"):
        if column in aside:
            continue
        kinds = {name: _kind(table[column]) for name, table in tables.items() if column in table}
        if "counted" in kinds.values():
            aside[column] = "number the rows"
        elif set(kinds.values()) <= {"dates", "empty"} and "dates" in kinds.values():
            aside[column] = "hold dates"
        elif set(kinds.values()) <= {"words", "empty"}:
            aside[column] = "hold words" if "words" in kinds.values() else "have no value in any row"
    return aside


def _kind(column):
    """What a column holds: "numbers", "counted" (row numbers), "dates", "words", "empty" or "mixed"."""
    values = column.dropna()
    if values.empty:
        return "empty"
    if column.dtype.kind == "M" or (column.dtype.kind in "iufO" and _all_dates(values)):
        return "dates"
    if column.dtype.kind in "iuf":
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return "counted" if len(numbers) >= FEWEST_TO_COUNT and _counts_up(numbers) else "numbers"
    if column.dtype.kind == "c" or (column.dtype.kind == "O" and any(map(_like_a_number, values))):
        return "mixed"
    return "words"  # truth values and categories too


def _counts_up(numbers):
    return numbers[0] == np.floor(numbers[0]) and bool(
        (numbers == numbers[0] + np.arange(len(numbers))).all()
    )


def _like_a_number(value):
    if isinstance(value, Number):
        return not isinstance(value, bool)
    return isinstance(value, str) and value.lstrip("+-.,(<>~ ")[:1].isdigit()


def set_aside_in_words(table, name, aside):
    """A sentence for each reason for which columns of this table were set aside."""
    for reason in dict.fromkeys(aside.values()):
        columns = [str(column) for column, why in aside.items() if why == reason and column in table]
        diagnostics = [column for column in columns if column.startswith("diagnostics_")]
        if len(diagnostics) > 3:
            columns = [column for column in columns if column not in diagnostics]
            columns.append(f"diagnostics_* ({len(diagnostics)} columns)")
        if columns:
            yield f"Columns of the {name} table that {reason} were set aside: {', '.join(columns)}."


def patients_of(table, name):
    """Who each row is: the patients' names or the numbers of the rows, and a sentence if this was guessed.

    Parameters
    ----------
    table : DataFrame
    name : str
        "real", "synthetic", "holdout" or "test".

    Returns
    -------
    ids : Series
        Missing where a row does not say.
    notes : tuple of str
    """
    numbers, index = pd.Series(np.arange(len(table))), pd.Series(table.index)
    column = patient_column(table.columns)
    if column is not None and table[column].notna().any():
        ids = table[column].reset_index(drop=True)
        return ids, () if column == "patient_id" else _told_apart(ids, name, f"the column {column}")
    if table.index.name is not None and patient_column([table.index.name]) is not None:
        return index, ()
    if table.index.nlevels > 1:
        raise ValueError(f"{name} has an index of {table.index.nlevels} levels; use .reset_index() first.")
    column = next((column for column in INDEX_NAMES if column in table), None)
    what = "its index" if column is None else f"the column {column}"
    given = index if column is None else table[column].reset_index(drop=True)
    counted = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    starts = np.flatnonzero(np.r_[True, np.diff(counted) != 1])  # where it does not go on by one
    if np.isfinite(counted).all():
        if len(starts) == 1:
            if {"Image", "Mask"} <= set(table.columns):  # PyRadiomics: one image is one patient
                images = table["Image"].reset_index(drop=True)
                return images, _told_apart(images, name, "the column Image")
            return numbers, ()
        if set(counted[starts]) in ({0}, {1}):
            raise ValueError(
                f"{what} of the {name} table counts from {counted[0]:g} {len(starts)} times over: "
                "it may number the rows of several tables, or the patients. Call it patient_id if it holds "
                "patients; take it out if not (in pandas: .reset_index(drop=True))."
            )
    return given, _told_apart(given, name, what)


def _told_apart(ids, name, what):
    return () if ids.is_unique else (f"Patients of the {name} table are told apart by {what}.",)
