"""Feature tables from CSV: what is read, what is set aside, and what is refused with its place."""

import numpy as np
import pytest

from ganlab.audit.inputs import read_feature_table


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "features.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_numbers_are_read_and_facts_stay_text(written):
    table = read_feature_table(written("patient_id,diagnosis,area,diagnostics_Versions\n007,benign,1.5,x\n"))
    assert table["patient_id"].tolist() == ["007"]
    assert table["area"].tolist() == [1.5]
    assert table["diagnostics_Versions"].tolist() == ["x"]
    assert table.attrs["label"] == "features.csv"


def test_the_index_that_pandas_writes_and_a_byte_order_mark_are_no_features(written):
    assert list(read_feature_table(written("\ufeff,area\n0,1\n1,2\n")).columns) == ["area"]


def test_missing_cells_are_missing(written):
    table = read_feature_table(written("area,mean\n1,\n2,n/a\n3,nan\n"))
    assert table["mean"].isna().all()
    assert np.isfinite(table["area"]).all()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("area,site\n1,Bonn\n", r"column 'site' holds text in row 1 \(line 2 of the file\): 'Bonn'"),
        ("area,mean\n1,2\n3,4 mm\n", r"column 'mean' holds text in row 2 \(line 3 of the file\): '4 mm'"),
        ('area,mean\n"1,5",2\n', "Decimals need a point"),
        ("area;mean\n1;2\n", "not separated by commas"),
        ("", "no table in CSV"),
        ("a,b\n1,2\n1,2,3\n", "no table in CSV"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_its_place(written, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_feature_table(written(text))


def test_another_encoding_is_refused_in_words(written):
    with pytest.raises(ValueError, match="no table in CSV"):
        read_feature_table(written("größe\n1\n", "latin-1"))
