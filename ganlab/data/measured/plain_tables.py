"""Large tables that are plainly clean, read by pandas' own parser in a tenth of the time."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.data.measured.table_files import ANY_NUMBER
from ganlab.progress import with_progress
from ganlab.shapes import FilePath

# Quotes, other delimiters, comments, marks, and letters beyond ASCII are for the careful reader.
PLAIN = bytes(set(range(ord(" "), ord("~") + 1)) - set(b'";|#')) + b"\n"
SPACED = (b", ", b" ,", b"\n ", b" \n")
ROWS_AT_A_TIME = 250
# Until 3.1 pandas rounded the last digit otherwise than Python does, unless it was told.
EXACT = {} if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1) else {"float_precision": "round_trip"}


def read_plain_table(path: FilePath, words: Callable) -> pd.DataFrame | None:
    """Read a table that leaves nothing to decide, as `read_table` and `with_numbers` would; None if it does.

    Plain is a file in ASCII with commas, without quotes, comments, empty lines or spaces around cells, with a
    name for each column, as many cells in every line, and numbers or nothing in every column but those of
    words.

    Parameters
    ----------
    path : str or path-like
    words : function of a list of names
        Those of columns that stay text.

    Returns
    -------
    DataFrame, or None
        Columns of float, NaN where a cell is empty, and of str; ``attrs`` as `read_table` sets them.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "patients.csv"
    >>> _ = path.write_text("patient_id,area\\n007,1.5\\n008,\\n")
    >>> read_plain_table(path, lambda names: ["patient_id"]).to_numpy().tolist()
    [['007', 1.5], ['008', nan]]
    >>> _ = path.write_text("patient_id,area\\n007,1.5 mm\\n")
    >>> read_plain_table(path, lambda names: ["patient_id"])
    """
    content = Path(path).read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    if content.translate(None, PLAIN) or any(spaced in content for spaced in SPACED):
        return None
    header, *lines = content.splitlines()
    names = header.decode().split(",")
    if not names[0]:
        names[0] = "Unnamed: 0"
    named = all(names) and len(set(names)) == len(names) > 1 and not any(map(ANY_NUMBER.fullmatch, names))
    if (
        not named
        or not lines
        or any(line.count(b",") != len(names) - 1 or not line.strip(b",") for line in lines)
    ):
        return None
    text = set(words(names))
    numbers = [name for name in names if name not in text]
    reader = pd.read_csv(
        io.BytesIO(content), header=None, skiprows=1, names=names, index_col=False, iterator=True,
        dtype={name: object if name in text else np.float64 for name in names}, quoting=csv.QUOTE_NONE,
        keep_default_na=False, na_values={name: [""] for name in numbers}, **EXACT,
    )  # fmt: skip
    starts = range(0, len(lines), ROWS_AT_A_TIME)
    try:
        parts = [
            reader.get_chunk(ROWS_AT_A_TIME)
            for _ in with_progress(starts, f"reading numbers of {Path(path).name}")
        ]
    except ValueError:  # words among the numbers
        return None
    table = pd.concat(parts)
    if np.isinf(table[numbers].to_numpy()).any():
        return None
    table.index = pd.RangeIndex(2, len(table) + 2, name="line")
    table.attrs = {"path": str(path), "delimiter": ",", "notes": ()}
    return table
