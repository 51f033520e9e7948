"""Feature tables from CSV: what is read, what is set aside, and what is refused with its place."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab.audit import feature_tables
from ganlab.audit.feature_tables import patients_of, read_feature_table, set_aside
from ganlab.audit.inputs import audit_inputs
from ganlab.data import read_plain_table
from ganlab.radiomics import facts_among


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "features.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def features(n, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), columns=["area", "mean", "range"])


def compared(real, synthetic):
    return audit_inputs(real, synthetic, None, {}, n_jobs=None)


def test_numbers_are_read_and_facts_stay_text(written):
    table = read_feature_table(written("patient_id,diagnosis,area,diagnostics_Versions\n007,benign,1.5,x\n"))
    assert table["patient_id"].tolist() == ["007"]
    assert table["area"].tolist() == [1.5]
    assert table["diagnostics_Versions"].tolist() == ["x"]
    assert table.attrs["label"] == "features.csv"


def test_words_that_pandas_takes_for_empty_cells_are_names_and_diagnoses(written):
    table = read_feature_table(written("patient_id,diagnosis,area\nNA,None,1\nnull,NA,2\n,nan,3\n"))
    assert table["patient_id"].tolist()[:2] == ["NA", "null"]
    assert pd.isna(table["patient_id"][2])
    assert table["diagnosis"].tolist() == ["None", "NA", "nan"]


def test_missing_cells_are_missing(written):
    table = read_feature_table(written("area,mean\n1,\n2,n/a\n3,nan\n4,None\n"))
    assert table["mean"].isna().all()
    assert np.isfinite(table["area"]).all()


def test_how_a_file_was_read_is_noted(written):
    table = read_feature_table(written("# größe\ngröße;area\n1,5;2\n", "cp1252"))
    assert table["größe"].tolist() == [1.5]
    assert table.attrs["notes"] == (
        "features.csv: it is not UTF-8 and was read as Windows-1252; see whether 'größe' is right.",
        "features.csv: line 1 was read as a comment: '# größe'.",
        "features.csv: decimal commas were read as decimal points.",
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("area,site\n1,Bonn\n2,3\n", r"column 'site' holds text in row 1 \(line 2 of the file\): 'Bonn'"),
        ("area,mean\n1,2\n3,4 mm\n", r"column 'mean' holds text in row 2 \(line 3 of the file\): '4 mm'"),
        ("area,when\n1,2020-01-01\n", "column 'when' holds text in row 1"),
        ('area,mean\n"1,234,567",2\n', "separators of thousands"),
        ('area,mean\n"1.234,5",2\n', "column 'area' holds text in row 1"),
        ("area,mean\n1'234,2\n", "separators of thousands"),
        (
            'area,mean\n"1,5",2.5\n',
            r"'1,5' \(line 2, column 'area'\) has a comma and '2\.5' \(line 2, column",
        ),
        ('area,mean\n"1,234",2\n', r"line 2, column 'area': '1,234' may be 1\.234 or 1234"),
        ("area,mean\n1e400,2\n", "line 2, column 'area': 1e400 is larger"),
        (",a0,b1\noriginal_glcm_Id,1,2\n", "there is a feature in each row and a patient in each column"),
        ("feature,0,1\narea,1,2\n", "there is a feature in each row"),
        ("area\nlarge\n", "has no column of numbers"),
    ],
)
def test_what_is_no_table_of_features_is_refused_with_its_place(written, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_feature_table(written(text))


def test_infinite_features_leave_a_patient_out_and_the_reason_says_so(written):
    path = written(
        "patient_id,area,mean\na,1,2\nb,inf,2\n" + "".join(f"p{i},{i}.5,{-i}.5\n" for i in range(9))
    )
    real = compared(read_feature_table(path), features(9)[["area", "mean"]])["real"]
    assert real.left_out == (("b", "no value for area (it is infinite)"),)
    assert real.remarks[-1] == (
        "1 of 11 rows of the real cohort were left out; the first is b: no value for area (it is infinite)."
    )


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (range(9), list("uvwxyz")),
        ([f"p{i}" for i in range(9)], list("uvwxyz")),
        (range(9), ["glcm_Id", *"vwxyz"]),
    ],
)
@pytest.mark.parametrize("file", [True, False])
def test_a_table_on_its_side_is_refused(written, columns, rows, file):
    rng = np.random.default_rng(0)
    tables = [pd.DataFrame(rng.normal(size=(6, 9)), columns=columns, index=rows) for _ in range(2)]
    with pytest.raises(ValueError, match=r"[Tt]urn the table"):
        compared(*(read_feature_table(written(table.to_csv())) if file else table for table in tables))
    if rows[0] == "u":
        table = tables[0].rename_axis("patient_id")
        assert len(compared(table, tables[1].rename_axis("patient_id"))["real"]) == 6
        assert len(compared(tables[0], tables[1].set_axis([f"s{i}" for i in range(6)]))["real"]) == 6


# Columns


@pytest.mark.parametrize(
    "column", ["ID", "PatientID", "Patient ID", "MRN", "Label", "StudyDate", "SeriesInstanceUID", "lesion_id"]
)
def test_a_number_that_measures_nothing_decides_nothing(column):
    tables = features(12), features(12, 1)
    values = [20200101 + 7 * np.arange(12), 20300101 + 5 * np.arange(12)]
    inputs = compared(*(t.assign(**{column: v}) for t, v in zip(tables, values, strict=True)))
    assert list(inputs["real"].table.columns) == ["area", "mean", "range"]
    assert f"that are no features were set aside: {column}." in inputs["synthetic"].notes[0]


def test_a_running_number_of_any_name_is_set_aside_in_both_tables():
    inputs = compared(features(12).assign(lfd=range(3, 15)), features(12, 1).assign(lfd=np.arange(12) % 5))
    assert list(inputs["synthetic"].table.columns) == ["area", "mean", "range"]
    assert inputs["real"].notes == ("Columns of the real table that number the rows were set aside: lfd.",)


def test_words_truth_values_and_dates_are_set_aside():
    extra = {"site": "Bonn", "smoker": [True, False] * 4, "day": pd.Timestamp("2020-01-01")}
    inputs = compared(features(8).assign(**extra), features(8, 1).assign(site="Ulm"))
    assert inputs["real"].notes == (
        "Columns of the real table that hold words were set aside: site, smoker.",
        "Columns of the real table that hold dates were set aside: day.",
    )
    assert inputs["synthetic"].notes[0].endswith("hold words were set aside: site.")


def test_a_column_without_a_value_in_any_table_is_set_aside_and_in_one_alone_it_is_named():
    real, synthetic = features(8), features(8, 1)
    inputs = compared(real.assign(wavelet=np.nan), synthetic.assign(wavelet=None))
    assert "have no value in any row were set aside: wavelet." in inputs["real"].notes[0]
    with pytest.raises(
        ValueError, match="no row of synthetic is complete: no value at all in column 'wavelet'"
    ):
        compared(real.assign(wavelet=1.5), synthetic.assign(wavelet=np.nan))


def test_rows_none_of_which_is_complete_name_the_column_that_lacks_most():
    broken = features(8)
    broken.loc[:6, "mean"] = np.nan
    broken.loc[7, "area"] = np.nan
    with pytest.raises(ValueError, match="8 have missing values; the column 'mean' has most"):
        compared(broken, features(8, 1))


def test_inverse_difference_is_a_feature_though_its_name_is_Id():
    names = ["Id", "Idm", "original_glcm_Id", "original_shape2D_MeshSurface", "original_firstorder_Range"]
    assert set_aside({"real": pd.DataFrame(np.full((3, 5), 0.5), columns=names)}) == {}


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(ValueError, match="real has two columns called 'mean'"):
        compared(features(8).set_axis(["area", "mean", "mean"], axis=1), features(8))


# Patients


def ids_of(**columns):
    ids, notes = patients_of(pd.DataFrame(columns), "real")
    return ids.tolist(), notes


def test_patients_are_told_apart_by_the_surest_column_and_this_is_said():
    assert ids_of(patient_id=["a", "b"], ID=[1, 1]) == (["a", "b"], ())
    assert ids_of(ID=[1, 2], Subject=["a", "a"]) == (
        ["a", "a"],
        ("Patients of the real table are told apart by the column Subject.",),
    )
    assert ids_of(MRN=[None, None], area=[1, 2]) == ([0, 1], ())


def test_an_index_without_a_name_holds_the_patients_unless_it_counts_the_rows(written):
    body = "anna,1\nanna,2\nberta,3\n"
    ids, notes = patients_of(read_feature_table(written(",area\n" + body)), "real")
    assert ids.tolist() == ["anna", "anna", "berta"]
    assert "told apart by the column Unnamed: 0." in notes[0]
    ids, notes = patients_of(read_feature_table(written("\ufeff,area\n0,1\n1,2\n2,3\n")), "real")
    assert (ids.tolist(), notes) == ([0, 1, 2], ())
    assert ids_of(**{"Unnamed: 0": [0, 0, 0, 1, 1]})[0] == [0, 0, 0, 1, 1]
    with pytest.raises(ValueError, match=r"Unnamed: 0 of the real table counts from 0 2 times over"):
        ids_of(**{"Unnamed: 0": [0, 1, 2, 0, 1, 2]})


def test_the_index_of_a_dataframe_is_asked_too():
    names = features(6).set_axis(list("aabbcc"))
    ids, notes = patients_of(names, "synthetic")
    assert ids.tolist() == list("aabbcc")
    assert "told apart by its index" in notes[0]
    assert patients_of(names.rename_axis("PatientID"), "real")[0].tolist() == list("aabbcc")
    assert patients_of(features(6)[features(6)["area"] > -9], "real")[0].tolist() == list(range(6))
    with pytest.raises(ValueError, match="counts from 0 2 times over"):
        patients_of(pd.concat([features(6)] * 2), "real")


def test_rows_of_one_patient_count_once():
    real = features(40).set_axis([f"anna{i // 4}" for i in range(40)])
    found = compared(real, features(40, 1))["real"]
    assert (len(found), found.n_patients, found.n_given) == (10, 10, 40)
    assert "40 rows of 10 patients in the real table: the first complete one of each counts." in found.notes
    with pytest.raises(ValueError, match=r"real has 40 rows of only 2 patients.*Case"):
        compared(features(40).assign(Case=[0, 1] * 20), features(40, 1))


def test_a_patient_whose_first_row_failed_counts_by_the_first_complete_one():
    real = features(8).set_axis(["a", "a", "b", None, None, "c", "c", "d"])
    real.iloc[[0, 5, 6], 0] = np.nan
    found = compared(real, features(40, 1))["real"]
    pd.testing.assert_frame_equal(found.table, real.iloc[[1, 2, 3, 4, 7]], check_names=False)
    assert [row for row, _ in found.left_out] == ["c"]


def test_the_batch_output_of_pyradiomics_is_read_as_it_is(written):
    """Columns as its command writes them: those of the input first, then diagnostics, then features."""
    rng = np.random.default_rng(0)

    def batch(name, n):
        rows = pd.DataFrame({"Image": [f"/data/{name}{i // 2}.nrrd" for i in range(n)]})
        rows["Mask"], rows["Label"], rows["Reader"] = rows["Image"].str.replace(".", "_seg."), 1, "Dr. Who"
        rows["diagnostics_Versions_PyRadiomics"] = "v3.0.1"
        rows["diagnostics_Configuration_Settings"] = "{'binWidth': 25, 'label': 1}"
        rows["diagnostics_Image-original_Spacing"] = "(1.0, 1.0, 3.0)"
        rows["diagnostics_Mask-original_VoxelNum"] = rng.integers(9, 99, n)
        rows["original_shape_Sphericity"] = rng.uniform(size=n)
        rows["wavelet-LLH_glcm_Id"] = rng.uniform(size=n)
        rows.loc[0, "wavelet-LLH_glcm_Id"] = np.nan  # a case that failed
        return read_feature_table(written(rows.to_csv(index=False)))

    inputs = compared(batch("p", 20), batch("s", 16))
    assert list(inputs["real"].table.columns) == ["original_shape_Sphericity", "wavelet-LLH_glcm_Id"]
    assert (inputs["real"].n_given, inputs["real"].n_patients, len(inputs["synthetic"])) == (20, 10, 8)
    assert inputs["real"].remarks == (
        "Columns of the real table that are no features were set aside: Image, Mask, Label, "
        "diagnostics_* (4 columns).",
        "Columns of the real table that hold words were set aside: Reader.",
        "Patients of the real table are told apart by the column Image.",
        "20 rows of 10 patients in the real table: the first complete one of each counts.",
    )


def test_numbers_that_stand_for_no_value_are_told_by_name_and_count_and_never_compared():
    real, made = features(20), features(20, 1)
    real.loc[:4, "area"] = -999
    made.loc[3, "range"] = 9999
    made.loc[5, "mean"] = 9  # a rare patient, perhaps
    inputs = compared(real, made)
    assert len(inputs["real"]) == 15
    assert inputs["real"].table["area"].min() > -10
    assert inputs["real"].left_out[0] == ("0", "no value for area")
    assert inputs["real"].notes == (
        "'area' is -999 in 5 rows of the real table, far from all other values: that is read as no value.",
    )
    assert inputs["synthetic"].left_out == (("3", "no value for range"),)
    assert "'range' is 9999 in 1 rows of the synthetic" in inputs["synthetic"].notes[0]


def test_nines_among_numbers_of_their_size_are_numbers():
    real, made = (features(20, seed) * 400 for seed in (0, 1))
    real.loc[3, "area"] = made.loc[2, "area"] = 999
    inputs = compared(real, made)
    assert (len(inputs["real"]), len(inputs["synthetic"]), inputs["real"].notes) == (20, 20, ())


@pytest.mark.parametrize(
    "days", [(20210305, 20201224), ("2021-03-05", "2020-12-24"), ("5.3.2021", "24.12.2020")]
)
def test_days_of_the_calendar_are_no_features_whatever_their_column_is_called(written, days):
    tables = [
        read_feature_table(written(features(20, seed).assign(scanned=days * 10).to_csv(index=False)))
        for seed in (0, 1)
    ]
    inputs = compared(*tables)
    assert list(inputs["real"].table) == ["area", "mean", "range"]
    assert inputs["real"].notes == ("Columns of the real table that hold dates were set aside: scanned.",)


def test_rows_that_sum_up_the_others_are_set_aside_and_named(written):
    table = features(20)
    table.insert(0, "case", [f"p{i}" for i in range(20)])
    summed = pd.concat([table, table.describe().loc[["mean", "std"]].assign(case=["Mean", "SD"])])
    read = read_feature_table(written(summed.to_csv(index=False)))
    assert len(read) == 20
    assert read.attrs["notes"] == (
        "features.csv: 2 rows at its end sum up the others and are set aside: 'Mean', 'SD'.",
    )
    inputs = compared(table.set_index("case"), pd.concat([features(20, 1), features(20, 1).agg(["mean"])]))
    assert len(inputs["synthetic"]) == 20
    assert inputs["synthetic"].notes == (
        "The synthetic table: 1 row at its end sums up the others and is set aside: 'mean'.",
    )
    named = table.assign(case=["Max", *table["case"][1:-1], "Max"])
    assert len(compared(named, features(20, 1).assign(case=table["case"]))["real"]) == 19, "a patient, twice"


def test_a_table_of_nothing_but_summaries_is_refused():
    with pytest.raises(ValueError, match="the rows are called 'count', 'mean', 'std': they sum up patients"):
        compared(features(20).describe(), features(20, 1))


CELLS = ["1", "-2.5", "+.5", "3.", "1e-5", "1E5", "1e400", "1e-400", "123456789012345678901234567890", ""]
ODD = ["nan", "NA", "inf", "-", "1_0", "0x1", "1 ", "1 2", "1e", "Mean", "benign", '"1"', "'1'", "1;2", "#1"]
SEVERAL = ["20210305", "20220101"]


@st.composite
def texts(draw):
    """Tables that are clean or nearly so, in the ways that tables are not."""
    width = draw(st.integers(1, 4))
    names = st.sampled_from(["patient_id", "a", "b", "c", "StudyDate", "", "1", "a b"])
    header = draw(st.lists(names, min_size=width, max_size=width))
    kinds = [draw(st.sampled_from([CELLS[:6], CELLS, CELLS + ODD, SEVERAL])) for _ in range(width)]
    rows = [[draw(st.sampled_from(kind)) for kind in kinds] for _ in range(draw(st.integers(0, 4)))]
    if draw(st.integers(0, 9)) == 0:
        rows.append(["1"] * draw(st.integers(0, 5)))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(",".join(row) for row in [header, *rows]) + draw(st.sampled_from(["", end, end * 2]))


def read_or_refused(path):
    try:
        table = read_feature_table(path)
    except ValueError as problem:
        return str(problem)
    columns = {name: (values.dtype.kind, list(map(repr, values))) for name, values in table.items()}
    return columns, list(table.index), table.attrs


@given(text=texts())
@settings(max_examples=150, derandomize=True, deadline=None, database=None)
def test_a_plain_table_is_read_as_the_careful_reader_does(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("either") / "features.csv"
    path.write_bytes(text.encode())
    fast = read_or_refused(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feature_tables, "read_plain_table", lambda path, words: None)
        assert read_or_refused(path) == fast


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("patient_id,a,b\n007,1.5,-2e3\nNA,,3.\n", True),
        (",a\r\n0,1\r\n", True),
        ("patient_id,a,b\n007,1.5\n", False),
        ("a,b\n1,2\n\n3,4\n", False),
        ("a,b\n1,inf\n", False),
        ("a,b\n1, 2\n", False),
        ("a,site\n1,Bonn\n", False),
        ("a,a\n1,2\n", False),
        ("a,b\n,\n1,2\n", False),
        ("a,b\n", False),
    ],
)
def test_which_tables_are_plain(written, text, plain):
    assert (read_plain_table(written(text), facts_among) is not None) == plain
