"""Through ganlab grade: full marks for the solution, next to none for the release, and the bank holds."""

import copy

import pytest
from bank import filled_in, read_bank, without_demonstrations, write
from conftest import COURSE, LESSONS, ROOT, link_course
from exam import examine

from ganlab.grading import grade_folder

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("assignment", LESSONS)]


def first_wrong_answers(assignment):
    """{task: answer}: for every task, the first wrong answer in the bank."""
    wrong = [answer for answer in read_bank(assignment) if answer.kind == "wrong"]
    return {answer.task: answer for answer in reversed(wrong)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox_can_be_made):
    """{(student, assignment, task): TaskGrade} of three students, who each handed in all lessons."""
    folder = tmp_path_factory.mktemp("class")
    for assignment in LESSONS:
        name = f"{assignment}.ipynb"
        released = without_demonstrations(ROOT / "exercises" / assignment / name)
        wrong = {task: answer.code for task, answer in first_wrong_answers(assignment).items()}
        for student, notebook in (
            ("solution", without_demonstrations(COURSE.source(assignment))),
            ("release", released),
            ("wrong", filled_in(copy.deepcopy(released), wrong)),
        ):
            write(notebook, folder / "submitted" / student / assignment / name)
    report = grade_folder(folder / "submitted", link_course(folder), progress=False)
    assert report.not_graded == ()
    return {(row.student, row.assignment, row.task): row for row in report.rows}


def rows_of(graded, student, assignment):
    return [grade for (who, what, _), grade in graded.items() if (who, what) == (student, assignment)]


def test_solution_gets_full_marks_and_waits_only_for_a_reader(assignment, graded):
    rows = rows_of(graded, "solution", assignment)
    assert all(grade.points == grade.maximum for grade in rows if grade.points is not None), rows
    assert [grade.task for grade in rows if grade.points is None] == ["reflection"]
    numbered = [f"Task {number} · {grade.task}" for number, grade in enumerate(rows[:-1], start=1)]
    assert [grade.title for grade in rows] == [*numbered, "reflection"], "as the notebook numbers them"


def test_release_as_it_is_gets_at_most_a_tenth_of_the_points(assignment, graded):
    rows = rows_of(graded, "release", assignment)
    assert sum(grade.points or 0 for grade in rows) <= 0.1 * sum(grade.maximum for grade in rows)
    assert all("not answered yet" in grade.reason for grade in rows if grade.task != "reflection"), rows


def test_nbgrader_gives_wrong_answers_the_points_and_reasons_that_the_bank_was_tested_with(
    assignment, graded
):
    for task, answer in first_wrong_answers(assignment).items():
        grade = graded["wrong", assignment, task]
        expected = examine(assignment, task, answer.code)
        assert (grade.points, grade.maximum) == (expected.points, expected.maximum), task
        assert answer.hint in grade.reason
        assert grade.reason == expected.reason
