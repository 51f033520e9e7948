"""A table in a text file as cells of text: each keeps its line, and none is ever shifted or lost."""

import codecs
import csv
import io
import itertools
import re
import unicodedata
from pathlib import Path

import pandas as pd

from ganlab.progress import with_progress
from ganlab.shapes import FilePath

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# With a decimal point or a decimal comma.
ANY_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# UTF-32 begins with the two bytes of UTF-16, so it is asked first.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
NO_TEXT = {
    b"PK\x03\x04": "an Excel workbook (.xlsx) or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"\x1f\x8b": "compressed with gzip",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
}


def read_table(path: FilePath) -> pd.DataFrame:
    """Read a table from a text file, every cell as the text that it is: what reads tables here begins so.

    Commas, semicolons, tabs or bars separate the cells, whichever fits every line. UTF-8, and UTF-16 and
    UTF-32 with their marks, are read; anything else is read as Windows-1252, with a note. Comment lines
    (``# ...``) are passed over with a note. A first column without a name is called "Unnamed: 0", as pandas
    does.

    Parameters
    ----------
    path : str or path-like
        Its first line that is neither empty nor a comment names the columns.

    Returns
    -------
    DataFrame of str
        The index is the line in the file where each row begins. ``attrs["path"]`` is the path,
        ``attrs["delimiter"]`` the delimiter, and ``attrs["notes"]`` a tuple of what a reader should know.

    Raises
    ------
    ValueError
        If it is no text or no table: a row has another number of cells than the header, a column is there
        twice or has values and no name, the header is missing, or there are no rows. The message names
        the line.
    OSError
        If there is no such file, or it may not be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "patients.csv"
    >>> _ = path.write_text("# by hand\\npatient_id;age\\nNA;61\\n007;\\n")
    >>> table = read_table(path)
    >>> table["patient_id"].to_dict(), table["age"].to_dict(), table.attrs["notes"]
    ({3: 'NA', 4: '007'}, {3: '61', 4: ''}, ("line 1 was read as a comment: '# by hand'",))
    """
    path = Path(path)
    text, notes = _decoded(path)
    first, stated, comments, body = _without_preamble(text)
    delimiter, rows = _split(path, body, first, stated)
    if comments and (header := _in_a_comment(comments[-1], delimiter, rows)):
        rows.insert(0, header)
        comments.pop()
    header, rows = _fitted(path, rows, delimiter)
    names = _named(path, header, rows)
    given = len(rows)
    while rows and not any(rows[-1][1]):  # Excel leaves rows of nothing but delimiters at the end
        rows.pop()
    if given > len(rows):
        notes.append(f"{given - len(rows)} rows of nothing but delimiters at its end were passed over")
    comments += [(line, row[0]) for line, row in rows if _is_comment(row, len(header[1]))]
    rows = [(line, row) for line, row in rows if not _is_comment(row, len(header[1]))]
    if not rows:
        raise ValueError(f"{path} has a header (line {header[0]}) and no rows below it.")
    notes += [f"line {line} was read as a comment: {_short(words)}" for line, words in comments]
    table = pd.DataFrame(
        {name: [row[place] for _, row in rows] for name, place in names.items()},
        index=pd.Index([line for line, _ in rows], name="line"),
        dtype=object,
    )
    table.attrs = {"path": str(path), "delimiter": delimiter, "notes": tuple(notes)}
    return table


def _short(text):
    return repr(text if len(text) <= 60 else text[:60] + "...")


def _decoded(path):
    content, notes = path.read_bytes(), []
    for mark, words in NO_TEXT.items():
        if content.startswith(mark):
            raise ValueError(f"{path} is {words}, no table in text. Save it as CSV (UTF-8), then try again.")
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as problem:
        if encoding:
            raise ValueError(f"{path} begins as {encoding.upper()} does and is not: {problem}.") from None
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise ValueError(f"{path} is neither UTF-8 nor Windows-1252. Save it as CSV (UTF-8).") from None
        word = re.search(r"\w*[^\x00-\x7f]\w*", text)[0]
        notes.append(f"it is not UTF-8 and was read as Windows-1252; see whether {_short(word)} is right")
    text = re.sub("[\ufeff\u200b\u2060]", "", text)  # marks that nobody sees, also where files were joined
    text = unicodedata.normalize("NFC", text)  # a Mac writes ö as two characters
    if re.search(r"[\x00-\x08\x0e-\x1b]", text):
        raise ValueError(f"{path} is no text, or is UTF-16 without its mark. Save it as CSV (UTF-8).")
    return text, notes


def _without_preamble(text):
    """The number of the table's first line, the delimiter if it is stated, the comments, and the table."""
    lines = list(io.StringIO(text, newline=""))
    # Excel's own way to say it.
    stated = re.fullmatch(r"\"?sep=([,;|\t])\"?\s*", lines[0], re.IGNORECASE) if lines else None
    start, comments = int(stated is not None), []
    while start < len(lines) and (not (words := lines[start].strip()) or words.startswith("#")):
        comments += [(start + 1, words)] if words else []
        start += 1
    return start + 1, stated and stated[1], comments, "".join(lines[start:])


def _rows(text, first, delimiter):
    """(line, cells) of each row; lines with nothing on them are none."""
    lines = with_progress(list(io.StringIO(text, newline="")), "reading lines")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = first
    for row in reader:
        if row:
            yield line, list(map(str.strip, row))
        line = first + reader.line_num


def _split(path, text, first, stated):
    """The delimiter that splits every line into as many cells as the header, and the rows."""
    fitting, problems = {}, {}
    for delimiter in [stated] if stated else DELIMITERS:
        rows = []
        try:
            for row in _rows(text, first, delimiter):
                rows.append(row)
            _fitted(path, rows, delimiter)
            fitting[delimiter] = rows
        except csv.Error as problem:
            after = f"after line {rows[-1][0]}" if rows else "in the header"
            problems[delimiter] = (_width(rows), f"{path}: {after} quotes do not match ({problem}).")
        except ValueError as problem:
            problems[delimiter] = (_width(rows), str(problem))
    several = [delimiter for delimiter, rows in fitting.items() if _width(rows) > 1]
    if len(several) > 1:
        words = " or by ".join(DELIMITERS[delimiter] for delimiter in several)
        raise ValueError(f"{path} may be separated by {words}. Put cells that hold either into quotes.")
    if several:
        return several[0], fitting[several[0]]
    if problems:  # a single column has no delimiter in any line, so that none of them is a problem
        raise ValueError(problems[max(problems, key=lambda delimiter: problems[delimiter][0])][1])
    return next(iter(fitting.items()))


def _width(rows):
    return len(rows[0][1]) if rows else 0


def _in_a_comment(comment, delimiter, rows):
    """The header if numpy wrote it as a comment: as many cells as the rows, which hold numbers."""
    line, words = comment
    try:
        ((_, cells),) = _rows(words.lstrip("#").strip(), line, delimiter)
    except (csv.Error, ValueError):
        return None
    numbers = any(ANY_NUMBER.fullmatch(cell) for cell in rows[0][1])
    return (line, cells) if numbers and len(cells) == len(rows[0][1]) > 1 else None


def _fitted(path, rows, delimiter):
    """The header and the rows, each with as many cells; delimiters at the end of lines delimit nothing."""
    if not rows:
        raise ValueError(f"{path} holds no table: it is empty.")
    (first, header), *rows = rows
    stated, width = len(header), len(header)
    while width > 1 and not header[width - 1]:
        width -= 1
    filled = [(line, row) for line, row in rows if any(row) and not _is_comment(row, width)]
    alike = len({len(row) for _, row in filled}) == 1  # then it is the writer's habit, and no cell is missing
    wrong = [
        (line, len(row))
        for line, row in filled
        if len(row) < width or any(row[width:]) or (len(row) > stated and not alike)
    ]
    if wrong:
        (line, cells), more = wrong[0], len(wrong) - 1
        hint = ""
        if cells > width and delimiter == ",":
            hint = (
                ' Decimals need a point, or quotes ("1,5"); text with a comma needs quotes; and row names '
                "need a name in the header."
            )
        raise ValueError(
            f"{path}: line {line} has {cells} cells, the header has {width} (line {first}, separated by "
            f"{DELIMITERS.get(delimiter, repr(delimiter))})"
            + (f"; so it is in {more} more lines." if more else ".")
            + hint
        )
    return (first, header[:width]), [(line, (row + [""] * width)[:width]) for line, row in rows]


def _is_comment(row, width):
    return width > 1 and row[0].startswith("#") and not any(row[1:])


def _named(path, header, rows):
    """Each column's name, and its place."""
    line, header = header
    if len(header) > 1 and not header[0]:
        header = ["Unnamed: 0", *header[1:]]
    names = {}
    for place, name in enumerate(header):
        if not name:
            if any(row[place] for _, row in rows):
                raise ValueError(f"{path}, line {line}: column {place + 1} has values and no name.")
            continue
        if name in names:
            there = ", ".join(header[:8]) + (", ..." if len(header) > 8 else "")
            raise ValueError(f"{path}: a column is there twice ({name!r}); its header reads {there}.")
        names[name] = place
    _refuse_row_of_numbers(path, line, header)
    return names


def _refuse_row_of_numbers(path, line, header):
    """A header of numbers is a patient, except where pandas counted its columns."""
    numbers = [name for name in header if ANY_NUMBER.fullmatch(name)]
    counted = all(name.isdecimal() for name in numbers)
    counted = counted and all(int(a) < int(b) for a, b in itertools.pairwise(numbers))
    if len(numbers) >= max(1, len(header) / 2) and not counted:
        raise ValueError(
            f"{path} has no header: line {line} should name the columns; it holds numbers ({numbers[0]})."
        )
