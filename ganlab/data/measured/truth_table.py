"""The table of what is known about each patient: read as it was written, words as words."""

import csv
import unicodedata

import pandas as pd

EMPTY = {"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "none", "-"}
TRUTH_VALUES = {"true": True, "false": False}


def same_spelling(text):
    """Text in Unicode's composed form: a Mac writes ö as two characters, others as one."""
    return unicodedata.normalize("NFC", text)


def truth_table(truth, folder):
    """The truth by patient_id, one row each; None if there is none.

    Parameters
    ----------
    truth : path of a CSV file, DataFrame or None
        None: truth.csv in the folder, if it is there.
    folder : pathlib.Path

    Returns
    -------
    DataFrame or None

    Raises
    ------
    ValueError
        If the table cannot be read, lacks a column, has an empty cell where none may be, or contradicts
        itself.
    """
    if truth is None:
        truth = folder / "truth.csv"
        if not truth.is_file():
            return None
    if not isinstance(truth, pd.DataFrame):
        try:
            truth = _from_csv(truth)
        except (OSError, ValueError, csv.Error) as problem:
            raise ValueError(f"the truth table {truth} cannot be read: {problem}") from None
    missing = {"patient_id", "diagnosis"} - set(truth.columns)
    if missing:
        has = ", ".join(map(repr, list(truth.columns)[:6]))
        raise ValueError(f"the truth table has no column {' and '.join(sorted(missing))}; it has {has}.")
    reserved = {"source", "plane"} & set(truth.columns)
    if reserved:
        raise ValueError(f"the truth table's column {' and '.join(sorted(reserved))} needs another name.")
    for column in ("patient_id", "diagnosis"):
        empty = truth[column].isna().to_numpy()
        if empty.any():
            raise ValueError(
                "the truth table must not leave patient_id or diagnosis empty; "
                f'row {int(empty.argmax()) + 1} has no {column}. Write "unknown".'
            )
    words = {column: truth[column].astype(str).map(same_spelling) for column in ("patient_id", "diagnosis")}
    truth = truth.assign(**words).drop_duplicates()
    twice = truth["patient_id"][truth["patient_id"].duplicated()].unique().tolist()
    if twice:
        raise ValueError(f"the truth table contradicts itself about patient {', '.join(twice[:3])}.")
    return truth.set_index("patient_id")


def _from_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError("it is empty.")
    _, header = rows[0]
    header = [name.strip() for name in header]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise ValueError(f"it is not separated by commas; its header reads {header[0]!r}.")
    while header and not header[-1]:
        header.pop()
    if len(set(header)) < len(header):
        raise ValueError(f"a column is there twice; its header reads {', '.join(header)}.")
    for line, row in rows[1:]:
        if len(row) < len(header) or any(cell.strip() for cell in row[len(header) :]):
            raise ValueError(f"line {line} has {len(row)} cells, the header has {len(header)}.")
    return pd.DataFrame(
        {
            name: _column(name, [row[place].strip() for _, row in rows[1:]])
            for place, name in enumerate(header)
        }
    )


def _column(name, words):
    """Words as they are; numbers where all that is not empty is one. Words like None are no empty cells."""
    filled = [word for word in words if word not in EMPTY]
    if name not in ("patient_id", "diagnosis") and filled:
        if len(filled) == len(words) and {word.lower() for word in words} <= TRUTH_VALUES.keys():
            return [TRUTH_VALUES[word.lower()] for word in words]
        try:
            pd.to_numeric(pd.Series(filled))
        except ValueError:
            pass
        else:
            return pd.to_numeric(pd.Series([None if word in EMPTY else word for word in words]))
    return pd.Series([word or None for word in words], dtype=object)
