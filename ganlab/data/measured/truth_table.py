"""The table of what is known about each patient: read as it was written, words as words."""

import re
import unicodedata
import warnings

import pandas as pd

from ganlab.data.measured.table_files import read_table
from ganlab.data.measured.table_numbers import as_number, has_decimal_commas

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
        except (OSError, ValueError) as problem:
            raise ValueError(f"the truth table cannot be read: {problem}") from None
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
    table = read_table(path)
    for note in table.attrs["notes"]:
        warnings.warn(f"{path}: {note}.", stacklevel=4)
    table = table[table.ne("").any(axis=1)]
    numeric = [name for name in table if name not in ("patient_id", "diagnosis") and _is_numeric(table[name])]
    comma = has_decimal_commas(table, numeric)
    if comma:
        warnings.warn(f"{path}: decimal commas were read as decimal points.", stacklevel=4)
    columns = {name: _column(table[name].tolist(), name in numeric, comma) for name in table.columns}
    return pd.DataFrame(columns)


def _is_numeric(words):
    """Whether all that is not empty is a number; 007 and what has too many digits for one are names."""
    if any(re.fullmatch(r"[+-]?(0[0-9]+|[0-9]{19,})", word) for word in words):
        return False
    try:
        numbers = [as_number(word, comma=True) for word in words]
    except ValueError:
        return False
    return None not in numbers and any(number == number for number in numbers)  # NaN is not itself


def _column(words, numeric, comma):
    """Words as they are, truth values and numbers. Words like None are no empty cells."""
    if numeric and all(re.fullmatch(r"[+-]?[0-9]{1,18}", word) for word in words):
        return pd.Series([int(word) for word in words])
    if numeric:
        return pd.Series([as_number(word, comma) for word in words])
    if {word.lower() for word in words} <= TRUTH_VALUES.keys():
        return [TRUTH_VALUES[word.lower()] for word in words]
    return pd.Series([word or None for word in words], dtype=object)
