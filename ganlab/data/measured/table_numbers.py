"""The numbers in the cells of a table: decimal points or commas, empty cells, and nothing by guess."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.progress import with_progress

EMPTY = {"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "-"}  # in a column of numbers
INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
COMMA_NUMBER = re.compile(r"[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?[1-9]\d?\d?,\d{3}", re.ASCII)
LIKE_A_NUMBER = re.compile(r"[^\w]*\d")


def as_number(word, comma=False):
    """The number in a cell: NaN if it is empty, None if it holds words; ValueError if it is too large."""
    if word.lower() in EMPTY:
        return math.nan
    if word.lower() in INFINITE:
        return float(word)
    if comma and COMMA_NUMBER.fullmatch(word):
        word = word.replace(",", ".")
    if not NUMBER.fullmatch(word):
        return None
    value = float(word)
    if math.isinf(value):
        raise ValueError(f"{word} is larger than any number that a computer keeps (about 1.8e308)")
    return value


def with_numbers(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A table of `read_table` with the columns given as numbers; those of words throughout stay as they are.

    Parameters
    ----------
    table : DataFrame of str
        Of `read_table`.
    columns : sequence of its columns

    Returns
    -------
    DataFrame
        Empty cells ("", "n/a", "None" and the like) are NaN. Decimal commas are read where all the columns
        have them, with a note.

    Raises
    ------
    ValueError
        If numbers and words are mixed in a column, decimal commas and points are mixed, or a comma may mark
        decimals or thousands; the message names file, line and column.

    Examples
    --------
    >>> import tempfile
    >>> from ganlab.data import read_table
    >>> path = tempfile.mkdtemp() + "/features.csv"
    >>> _ = open(path, "w").write("patient;area;site\\n1;1,5;Bonn\\n2;;Ulm\\n")
    >>> with_numbers(read_table(path), ["area", "site"]).to_numpy().tolist()
    [['1', 1.5, 'Bonn'], ['2', nan, 'Ulm']]
    """
    path, notes = table.attrs["path"], table.attrs["notes"]
    comma = has_decimal_commas(table, columns)
    wanted = set(columns)
    typed = {
        name: _numbers(table, name, comma) if name in wanted else table[name]
        for name in with_progress(table.columns, f"reading numbers of {Path(path).name}")
    }
    result = pd.DataFrame(typed, index=table.index)
    if comma:
        notes += ("decimal commas were read as decimal points",)
    result.attrs = {**table.attrs, "notes": notes}
    return result


def _numbers(table, name, comma):
    path, words = table.attrs["path"], table[name]
    if all(map(NUMBER.fullmatch, words)) and np.isfinite(values := np.array(list(map(float, words)))).all():
        return pd.Series(values, index=words.index)
    values = []
    for line, word in words.items():
        try:
            values.append(as_number(word, comma))
        except ValueError as problem:
            raise ValueError(f"{path}, line {line}, column {name!r}: {problem}.") from None
    wrong = [place for place, value in enumerate(values) if value is None]
    if not wrong:
        return pd.Series(values, index=words.index, dtype=float)
    like = [place for place in wrong if LIKE_A_NUMBER.match(words.iloc[place])]
    if like or any(value is not None and not math.isnan(value) for value in values):
        place = (like or wrong)[0]
        raise ValueError(
            f"{path}: column {name!r} holds text in row {place + 1} (line {words.index[place]} of the file): "
            f"{words.iloc[place][:60]!r}. A feature is a number in every row: 1234.5, without a unit and "
            "without separators of thousands, or an empty cell. Mend the cell or take the column out."
        )
    return words


def has_decimal_commas(table, columns):
    """Whether numbers in these columns have decimal commas; refused where one may mark thousands."""
    path = table.attrs["path"]
    with_comma, with_point, decimal = None, None, False
    for name in columns:
        letters = "".join(table[name])
        if "," not in letters and (with_point is not None or "." not in letters):
            continue
        for line, word in table[name].items():
            if "," in word and COMMA_NUMBER.fullmatch(word):
                with_comma = with_comma or (line, name, word)
                decimal = decimal or not THOUSANDS.fullmatch(word)
            elif "." in word and with_point is None and NUMBER.fullmatch(word):
                with_point = (line, name, word)
    if with_comma is None:
        return False
    line, name, word = with_comma
    if with_point is not None:
        other_line, other_name, other_word = with_point
        raise ValueError(
            f"{path}: {word!r} (line {line}, column {name!r}) has a comma and {other_word!r} "
            f"(line {other_line}, column {other_name!r}) a point. Write every number alike: 1234.5."
        )
    if not decimal:
        raise ValueError(
            f"{path}, line {line}, column {name!r}: {word!r} may be {word.replace(',', '.')} or "
            f"{word.replace(',', '')}, and no other cell tells which. Write decimals with a point, and "
            "thousands without a mark."
        )
    return True
