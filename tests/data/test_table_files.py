"""The reader of tables: every dialect it claims, hand-worked refusals, and whatever hypothesis thinks of."""

import codecs
import csv
import io
import sys
import tempfile
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab.data import read_table, with_numbers

QUICK = settings(max_examples=150, derandomize=True, deadline=None, database=None)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "table.csv"

    def read(content, encoding="utf-8"):
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_table(path)

    return read


def cells(table):
    return {name: table[name].tolist() for name in table}


PLAIN = {"a": ["1", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\r1,2\r3,4",
        "a,\u200bb\n1,2\n\ufeff3,4\n",
        "\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n",
        "a;b\n1;2\n3;4\n",
        "a\tb\n1\t2\n3\t4\n",
        "a|b\n1|2\n3|4\n",
        "sep=;\na;b\n1;2\n3;4\n",
        '"a", "b"\n"1", "2"\n"3", "4"\n',
        "a,b,\n1,2,\n3,4,\n",
        "a,b\n1,2,,\n3,4,,\n",
        "a,b,,\n1,2\n3,4\n",
        "a,,b\n1,,2\n3,,4\n",
        "# a remark, and; more\n\n#\na,b\n1,2\n# another\n3,4\n",
        "# a,b\n1,2\n3,4\n",
        "#a,b\n1,2\n3,4\n,\n,\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_one_table_in_many_spellings(read, text, encoding):
    assert cells(read(text.lstrip("\ufeff"), encoding)) == PLAIN


def test_each_row_keeps_its_line_and_quotes_may_hold_anything(read):
    table = read('# by hand\nname,note\n\nanna,"two\nlines; and, a ""word"""\n\nNA,\n')
    assert table.index.tolist() == [4, 7]
    assert table["note"].tolist() == ['two\nlines; and, a "word"', ""]
    assert table["name"].tolist() == ["anna", "NA"]
    assert table.attrs["notes"] == ("line 1 was read as a comment: '# by hand'",)


def test_what_was_passed_over_is_noted(read):
    table = read("# x\na;b\n1;2\n# y\n3;4\n;\n;\n")
    assert table.attrs["notes"] == (
        "2 rows of nothing but delimiters at its end were passed over",
        "line 1 was read as a comment: '# x'",
        "line 4 was read as a comment: '# y'",
    )


def test_letters_have_one_spelling(read):
    assert list(read("gro\u0308ße,b\n1,2\n")) == ["größe", "b"]
    table = read("größe,b\n1,2\n", "cp1252")
    assert list(table) == ["größe", "b"]
    assert "Windows-1252; see whether 'größe' is right" in table.attrs["notes"][0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ("# only a comment\n", "it is empty"),
        ("a,b\n", r"has a header \(line 1\) and no rows"),
        ("a,b\n,\n", r"has a header \(line 1\) and no rows"),
        ("a,b\n1,2\n3\n", r"line 3 has 1 cells, the header has 2 \(line 1, separated by commas\)\."),
        ("# x\na,b\n1,2\n3,4,5\n", r"line 4 has 3 cells, the header has 2 \(line 2.*Decimals need a point"),
        ("a,b\n1,5,2\n2,5,3\n", r"line 2 has 3 cells.*; so it is in 1 more lines"),
        ("a,b\n1,2,\n3,4\n", "line 2 has 3 cells"),  # a comma too many, or a number that is missing
        ("a;b;c\n1,2,3\n", "line 2 has 1 cells, the header has 3 .*semicolons"),
        ("a\n1,5\n", "line 2 has 2 cells, the header has 1"),
        ("x,y;z\n1,2;3\n", "may be separated by commas or by semicolons"),
        ("a,b,a\n1,2,3\n", r"a column is there twice \('a'\)"),
        ("a,,b\n1,7,2\n", "line 1: column 2 has values and no name"),
        ("0.5,1.5\n1,2\n", "has no header: line 1"),
        ("anna,1.5,2\nberta,2.5,3\n", "has no header: line 1"),
        ('a,b\n1,"2\n3,4\n', "after line 1 quotes do not match"),
        (b"PK\x03\x04rest", "is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook"),
        (b"\x1f\x8b\x08rest", "compressed with gzip"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16 without its mark"),
        (codecs.BOM_UTF16_LE + b"a", "begins as UTF-16 does and is not"),
        (codecs.BOM_UTF8 + b"a,b\n\xff,2\n", "begins as UTF-8 does and is not"),
        (b"a,b\n\x81,2\n", "neither UTF-8 nor Windows-1252"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(read, content, complaint):
    with pytest.raises(ValueError, match=complaint):
        read(content)


def test_a_header_that_pandas_counted_is_no_patient(read):
    assert list(read(",0,1,2\nanna,1.5,2.5,3.5\n")) == ["Unnamed: 0", "0", "1", "2"]


def test_a_file_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(OSError, match="directory"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a,b\n1,-2.5\n.5,1e3\n", [[1, -2.5], [0.5, 1000]]),
        ("a;b\n1;-2,5\n,5;1,5E+3\n", [[1, -2.5], [0.5, 1500]]),
        ('a,b\n"1,5",2\n"0,125",3\n', [[1.5, 2], [0.125, 3]]),
        ("a;b\n1,234;0,567\n", [[1.234, 0.567]]),  # no thousand begins with 0
        ("a\tb\ninf\t-Infinity\n", [[float("inf"), -float("inf")]]),
        ("a,b\n+1.,5e-324\n", [[1, 5e-324]]),
    ],
)
def test_numbers_by_hand(read, text, numbers):
    assert with_numbers(read(text), ["a", "b"]).to_numpy().tolist() == numbers


@pytest.mark.parametrize(
    "word", ["1_000", "0x10", "1 mm", "(5)", "5%", "1 234", "<0.01", "−1", "٣", "1d5", "1.2.3"]
)
def test_what_python_or_a_person_may_take_for_a_number_is_refused(read, word):
    with pytest.raises(ValueError, match=r"column 'a' holds text in row 2 \(line 3 of the file"):
        with_numbers(read(f"a;b\n1;2\n{word};3\n"), ["a", "b"])


# Hypothesis; for longer by hand: `python tests/data/test_table_files.py 20000`

# A header may hold no other delimiter: with it a file can be two tables, and is refused as such.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters=",;|\ufeff\u200b\u2060"),
    min_size=1,
    max_size=8,
)
NAMES = st.lists(
    WORDS.map(lambda word: "n" + word.strip()).map(lambda word: unicodedata.normalize("NFC", word)),
    min_size=2,
    max_size=5,
    unique=True,
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"# ", b"sep=;\n"]
LINES = st.lists(
    st.lists(
        st.sampled_from(["1", "1,5", "2.5", "a", "", '"', "#", "nan", "1e400", "\n", "0,123", "ö", " "]),
        max_size=5,
    ),
    max_size=6,
)


@st.composite
def almost_tables(draw):
    """Text that looks like a table and is broken somewhere."""
    delimiter = draw(st.sampled_from(",;\t|"))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(delimiter.join(row) for row in draw(LINES))


def any_bytes_end_in_a_table_or_a_sentence(read, mark, content):
    try:
        table = read(mark + content)
        with_numbers(table, list(table.columns))
    except ValueError as problem:
        sentence = str(problem)
        assert "table.csv" in sentence, sentence
    else:
        assert len(table) > 0
        assert all(isinstance(word, str) for name in table for word in table[name])


ANYTHING = {
    "mark": st.sampled_from(MARKS),
    "content": st.one_of(st.binary(max_size=80), almost_tables().map(str.encode)),
}


@QUICK
@given(**ANYTHING)
def test_any_bytes_end_in_a_table_or_a_sentence(read, **content):
    any_bytes_end_in_a_table_or_a_sentence(read, **content)


def a_clean_table_comes_back(read, names, rows, delimiter, encoding, newline, quoting, comma):
    """Patients and features written by Python's csv in one dialect; numbers come back to the last bit."""
    rows = [(f"p{word}", *values[: len(names) - 1]) for word, values in rows]
    frame = pd.DataFrame(rows, columns=names)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerow(names)
    for patient, *values in rows:
        words = [repr(value) for value in values]
        writer.writerow([patient, *(word.replace(".", ",") if comma else word for word in words)])
    table = with_numbers(read(written.getvalue(), encoding), names[1:])
    assert table[names[0]].tolist() == frame[names[0]].tolist()
    pd.testing.assert_frame_equal(
        table[names[1:]].reset_index(drop=True), frame[names[1:]], check_exact=True, check_names=False
    )


DIALECT = {
    "names": NAMES,
    "rows": st.lists(
        st.tuples(st.text("abcNA01;,\"'# äß", max_size=6).map(str.strip), st.tuples(*[NUMBERS] * 4)),
        min_size=1,
        max_size=6,
    ),
    "delimiter": st.sampled_from(",;\t|"),
    "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    "newline": st.sampled_from(["\n", "\r\n", "\r"]),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    "comma": st.booleans(),
}


@QUICK
@given(**DIALECT)
def test_a_clean_table_comes_back(read, **dialect):
    a_clean_table_comes_back(read, **dialect)


if __name__ == "__main__":
    file = Path(tempfile.mkdtemp()) / "table.csv"

    def written_and_read(content, encoding="utf-8"):
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_table(file)

    @given(**ANYTHING)
    def anything(**content):
        any_bytes_end_in_a_table_or_a_sentence(written_and_read, **content)

    @given(**DIALECT)
    def dialects(**dialect):
        a_clean_table_comes_back(written_and_read, **dialect)

    for play in (anything, dialects):
        settings(QUICK, max_examples=int(sys.argv[1]), derandomize=False)(play)()
