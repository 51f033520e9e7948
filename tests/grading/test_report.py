"""The report: sums, the closing line, the printed table and the CSV."""

import csv
import io
from pathlib import Path

import pytest
from rich.console import Console

from ganlab.grading.report import COLUMNS, GradedSubmission, GradeReport, TaskGrade


def row(student, task, points, maximum, reason, label=""):
    return TaskGrade(student, "01-tiny", task, points, maximum, reason, label)


@pytest.fixture
def report():
    ada = (
        row("ada", "double", 2.5, 3, "Negatives double, too.", "Task 1"),
        row("ada", "reflection", None, 2, "waiting for a reader: open formgrader"),
    )
    eve = (row("=eve()", "double", 0, 3, "-1 is not [right]"), row("=eve()", "reflection", 0, 2, "@eve"))
    return GradeReport(
        (
            GradedSubmission("ada", "01-tiny", ada, Path("/feedback/ada/01-tiny.html")),
            GradedSubmission("=eve()", "01-tiny", eve, None),
        )
    )


def test_the_closing_line_counts_and_averages_the_graded_only(report):
    assert report.closing_line() == ("1 graded, 1 not; 2.5 of 5 points (1 still waiting for a reader)")
    two = GradeReport((*report.submissions, report.submissions[0]))
    assert "2 graded, 1 not; mean of the graded 2.5 of 5 points" in two.closing_line()


def test_the_table_shows_points_total_reason_and_the_feedback_page(report):
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(report)
    text = console.export_text()
    for part in (
        "Task 1 · double",
        "2.5 / 3",
        "– / 2",
        "2.5 / 5",
        "2 of them wait for a reader",
        "/feedback/ada/01-tiny.html",
    ):
        assert part in text
    assert "not graded, which is no 0: -1 is not [right]" in text


def test_the_csv_has_a_line_per_task_and_no_formula(report, tmp_path):
    report.to_csv(tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert lines[0] == ["ada", "01-tiny", "double", "2.5", "3", "Negatives double, too."]
    assert lines[1][3] == "", "Points that nobody has given yet are empty, not 0."
    assert lines[2] == ["'=eve()", "01-tiny", "double", "0", "3", "'-1 is not [right]"]
    assert lines[3][5] == "'@eve"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]
