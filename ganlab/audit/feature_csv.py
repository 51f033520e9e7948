"""A table of features from a CSV file, with the column and the line of whatever is no number."""

from pathlib import Path

import pandas as pd

from ganlab.radiomics import NOT_FEATURES


def read_feature_table(path):
    """Read one row of features per patient; empty cells and "n/a" become NaN, other text is refused.

    Columns that say who a row is (``patient_id``, ``diagnosis``, ...) and PyRadiomics' own
    ``diagnostics_*`` stay as they are.

    Parameters
    ----------
    path : str or path-like
        Comma-separated, with a header, in UTF-8.

    Returns
    -------
    DataFrame
        ``attrs["label"]`` is the file's name.

    Raises
    ------
    ValueError
        If it is no such table; for text, the message has column, line and value.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "features.csv"
    >>> _ = path.write_text("patient_id,area\\na,1.5\\nb,n/a\\n")
    >>> read_feature_table(path)["area"].tolist()
    [1.5, nan]
    """
    path = Path(path)
    try:
        text = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as problem:  # ParserError and EmptyDataError are ValueErrors
        raise ValueError(f"{path} is no table in CSV: {problem}") from None
    if text.shape[1] == 1 and any(mark in str(text.columns[0]) for mark in ";\t"):
        raise ValueError(f"{path} is not separated by commas; its header reads {text.columns[0]!r}.")
    if text.columns[0].startswith("Unnamed:"):  # the index that pandas writes
        text = text.iloc[:, 1:]
    columns = {name: _numbers(text[name], path) for name in text.columns}
    table = pd.DataFrame(columns)
    table.attrs["label"] = path.name
    return table


def _numbers(column, path):
    name = str(column.name)
    if name in NOT_FEATURES or name.startswith("diagnostics_"):
        return column
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() & column.notna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        hint = " Decimals need a point." if "," in column[row] else ""
        raise ValueError(
            f"{path}: column {name!r} holds text in row {row + 1} (line {row + 2} of the file): "
            f"{column[row]!r}. Features are numbers; other columns must be called one of "
            f"{', '.join(NOT_FEATURES)}, or be taken out.{hint}"
        )
    return numbers
