"""Exports of Canvas and Moodle: the right cells take points, and everything else is as it was."""

import csv

import pytest
from typer.testing import CliRunner

from ganlab import cli
from ganlab.grading import CourseError, read_roster
from ganlab.grading.report import GradedSubmission, GradeReport, TaskGrade

# As lib/gradebook_exporter.rb of Canvas writes it, with a row of manual posting and its read-only columns.
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Attendance (7),01-tiny (4711),Assignments Current Score
,,,,,,Manual Posting,
    Points Possible,,,,,1,8,(read only)
"Lovelace, Ada",101,u-101,ada@uni.example,"A, B",1,,50.00
"Hopper, Grace",102,u-102,grace,A,0,3,25.00
"Doe, John",103,u-103,jd1,A,,2,
"Doe, John",104,u-104,jd2,A,,2,
"=cmd|' /C calc'!A0, Eve",105,u-105,eve,A,,,
"Student, Test",106,,f00,A,,EX,
"""
# As Moodle's assign_grading_table writes its worksheet.
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),Text
Participant 11,Ada Lovelace,ada@uni.example,Submitted,,8.00,Yes,-,- good
Participant 12,Grace Hopper,grace@uni.example,Submitted,3.00,8.00,Yes,-,
"""
GRADES = """\
First name;Last name;ID number;Email address;Assignment: 01-tiny (Real)
Ada;Lovelace;7;ada@uni.example;-
"""


def graded(student, points, maximum=8.0, reason="", assignment="01-tiny"):
    page = None if reason else "page.html"
    rows = (TaskGrade(student, assignment, "double", points, maximum, reason),)
    return GradedSubmission(student, assignment, rows, page)


@pytest.fixture
def fill(tmp_path):
    def fill(lms, export, *submissions, column=None):
        path = tmp_path / "export.csv"
        path.write_bytes(export if isinstance(export, bytes) else export.encode())
        filled = read_roster(lms, path).filled(GradeReport(submissions), column)
        with filled.write().open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=filled.roster.delimiter))
        assert not isinstance(export, str) or path.read_text() == export, "The export itself is not touched."
        return filled, rows

    return fill


def test_one_column_of_canvas_is_filled_and_all_else_is_as_it_was(fill):
    filled, rows = fill(
        "canvas",
        CANVAS,
        graded("ADA@uni.example", 6.5),
        graded("hoppergrace", None),  # a reflection is unread: no 0, and what Canvas has stays
        graded("eve", 0.0),
        graded("Doe, John", 8.0),  # there are two
        graded("nobody", 8.0),
    )
    before = list(csv.reader(CANVAS.splitlines()))
    expected = [list(row) for row in before]
    expected[3][6], expected[7][6] = "6.5", "0"
    expected[7][0] = f"'{before[7][0]}"
    assert rows == expected
    assert (filled.filled, filled.waiting, filled.lost) == (2, ("hoppergrace",), ("Doe, John", "nobody"))
    assert rows[1][6] == "Manual Posting", "Canvas passes such a row over."


@pytest.mark.parametrize("student", ["lovelaceada", "Ada Lovelace", "101", "u-101"])
def test_a_student_of_canvas_is_known_by_any_of_its_columns(fill, student):
    _, rows = fill("canvas", CANVAS, graded(student, 5.0))
    assert [row[6] for row in rows[3:5]] == ["5", "3"]


def test_two_folders_of_one_student_give_no_points_to_either(fill):
    filled, rows = fill("canvas", CANVAS, graded("ada@uni.example", 5.0), graded("101", 8.0))
    assert filled.lost == ("ada@uni.example", "101")
    assert rows[3][6] == ""


@pytest.mark.parametrize(
    "student", ["Ada Lovelace_11_assignsubmission_file_", "ada@uni.example", "Participant 11"]
)
def test_the_worksheet_of_moodle_takes_points_by_identifier(fill, student):
    filled, rows = fill(
        "moodle", WORKSHEET, graded(student, 6.0), graded("Grace Hopper", None, reason="empty")
    )
    assert [row[4] for row in rows[1:]] == ["6", "3.00"]
    assert rows[1][8] == "- good", "What is imported, and is no name, is not changed."
    assert filled.waiting == ("Grace Hopper",)


def test_the_grades_of_moodle_may_be_separated_by_semicolons_and_called_otherwise(fill):
    assert fill("moodle", GRADES, graded("adalovelace", 6.0))[1][1][2:] == ["7", "ada@uni.example", "6"]
    other = GRADES.replace("Assignment: 01-tiny (Real)", "Aufgabe 1")
    assert fill("moodle", other, graded("7", 6.0), column="Aufgabe 1")[1][1][4] == "6"
    with pytest.raises(CourseError, match=r"0 columns for '01-tiny'; it has First name.*Say with --column"):
        fill("moodle", other, graded("7", 6.0))
    with pytest.raises(CourseError, match="names one column for points, and 2 assignments were handed in"):
        fill("moodle", other, graded("7", 6.0), graded("7", 1, assignment="02"), column="Aufgabe 1")


def test_two_assignments_never_share_the_one_column_of_a_worksheet(fill):
    both = graded("ada@uni.example", 6.0), graded("ada@uni.example", 1.0, assignment="02")
    with pytest.raises(CourseError, match="has one column for points, and 2 assignments were handed in"):
        fill("moodle", WORKSHEET, *both)
    stray = graded("nobody", None, reason="found final.docx", assignment="")
    assert fill("moodle", WORKSHEET, both[0], stray)[1][1][4] == "6", "A stray file is no assignment."


def test_of_several_assignments_the_one_that_waits_is_named(fill):
    export = CANVAS.replace("Attendance (7)", "02 (7)").replace(",1,8,(read", ",8,8,(read")
    waits = graded("grace", None, assignment="02"), graded("nobody", 1.0)
    filled, _ = fill("canvas", export, graded("grace", 6.0), *waits)
    assert (filled.waiting, filled.lost) == (("grace · 02",), ("nobody · 01-tiny",))


@pytest.mark.parametrize(
    ("lms", "export"),
    [("canvas", CANVAS.replace(",8,", ",100,")), ("moodle", WORKSHEET.replace("8.00", "100"))],
)
def test_another_maximum_is_refused_before_it_becomes_a_bad_mark(fill, lms, export):
    with pytest.raises(CourseError, match="counts 100 points, and 01-tiny has 8"):
        fill(lms, export, graded("ada@uni.example", 6.0))


@pytest.mark.parametrize(
    ("lms", "export", "words"),
    [
        ("canvas", WORKSHEET, "no export of Canvas.*Export Entire Gradebook"),
        ("moodle", "", "no export of Moodle.*Download grading worksheet"),
        ("moodle", "Identifier,Grade\n", "a row for each student"),
        ("canvas", "Student,ID\nAda,1,2\n", "row 2 has another number of cells"),
        ("canvas", b"Student,ID\nA\xffda,1\n", "not UTF-8"),
    ],
)
def test_what_is_no_export_is_refused(fill, lms, export, words):
    with pytest.raises(CourseError, match=words):
        fill(lms, export)


def test_the_command_says_where_the_points_are_and_reads_the_export_first(tmp_path, monkeypatch):
    export = tmp_path / "grades.csv"
    export.write_text(CANVAS)
    report = GradeReport((graded("ada@uni.example", 6.0), graded("nobody", 3.0)))
    monkeypatch.setattr("ganlab.grading.grade_folder", lambda folder, **_: report, raising=False)
    result = CliRunner().invoke(cli.app, ["grade", "x", "--lms", "canvas", "--roster", str(export)])
    assert result.exit_code == 0
    assert f"Points given: 1, in {tmp_path / 'grades-graded.csv'}" in result.stdout
    assert "not in one alone: nobody" in result.stdout

    monkeypatch.setattr("ganlab.grading.grade_folder", lambda *_, **__: pytest.fail("It was graded."))
    for options, words in [
        (["--lms", "moodle"], "belong together"),
        (["--lms", "moodle", "--roster", str(export)], "no export"),
    ]:
        result = CliRunner().invoke(cli.app, ["grade", "x", *options])
        assert result.exit_code == 2
        assert words in result.stderr
