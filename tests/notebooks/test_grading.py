"""The solution gets full marks, the release next to none, and the bank what it promises: through nbgrader."""

import functools
import shutil

import nbformat
import pytest
from bank import HEADING, hand_in, read_bank, write
from conftest import COURSE, ROOT, link_course

from ganlab.grading import grade_folder

pytestmark = pytest.mark.slow


EVERY_ANSWER = [
    (assignment, answer) for assignment in COURSE.assignments() for answer in read_bank(assignment)
]

every_assignment = pytest.mark.parametrize("assignment", COURSE.assignments())
every_answer = pytest.mark.parametrize(
    ("assignment", "answer"),
    EVERY_ANSWER,
    ids=[f"{assignment}-{answer}" for assignment, answer in EVERY_ANSWER],
)


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """{(student, task): TaskGrade} for everything handed in to an assignment, graded on first demand."""

    @functools.cache
    def grade(assignment):
        folder = tmp_path_factory.mktemp(assignment)
        released = ROOT / "exercises" / assignment / f"{assignment}.ipynb"
        hand_in(read_bank(assignment), _without_demonstrations(released, folder), folder / "submitted")
        for student, notebook in (("solution", COURSE.source(assignment)), ("release", released)):
            (folder / "submitted" / student).mkdir()
            shutil.copy(notebook, folder / "submitted" / student)
        report = grade_folder(folder / "submitted", link_course(folder), progress=False)
        assert report.not_graded == ()
        return {(row.student, row.task): row for row in report.rows}

    return grade


def _without_demonstrations(released, folder):
    """The release without its ungraded code: what takes time in it is there to be watched."""
    notebook = nbformat.read(released, as_version=4)
    imports = next(cell.id for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type != "code" or "nbgrader" in cell.metadata or cell.id == imports
    ]
    write(notebook, folder / released.name)
    return folder / released.name


@every_answer
def test_wrong_answers_lose_points_with_their_hint_and_right_ones_get_full_marks(assignment, answer, graded):
    grade = graded(assignment)[answer.submission, answer.task]
    if answer.kind == "right":
        assert grade.points == grade.maximum, grade.reason
    else:
        assert grade.points < grade.maximum
        assert answer.hint in grade.reason


@every_assignment
def test_solution_gets_full_marks_and_waits_only_for_a_reader(assignment, graded):
    rows = [grade for (student, _), grade in graded(assignment).items() if student == "solution"]
    assert all(grade.points == grade.maximum for grade in rows if grade.points is not None), rows
    assert [grade.task for grade in rows if grade.points is None] == ["reflection"]


@every_assignment
def test_release_as_it_is_gets_at_most_a_tenth_of_the_points(assignment, graded):
    rows = [grade for (student, _), grade in graded(assignment).items() if student == "release"]
    assert sum(grade.points or 0 for grade in rows) <= 0.1 * sum(grade.maximum for grade in rows)
    assert all("not answered yet" in grade.reason for grade in rows if grade.task != "reflection"), rows


@every_assignment
def test_bank_has_four_wrong_and_two_right_answers_to_every_task(assignment):
    notebook = nbformat.read(COURSE.source(assignment), as_version=4)
    tasks = {cell.id.split("--")[0] for cell in notebook.cells if "--" in cell.id}
    answers = read_bank(assignment)
    assert {answer.task for answer in answers} == tasks
    for task in tasks:
        kinds = [answer.kind for answer in answers if answer.task == task]
        assert kinds.count("wrong") >= 4, task
        assert kinds.count("right") >= 2, task
    text = (ROOT / "tests" / "notebooks" / "banks" / f"{assignment}.py").read_text(encoding="utf-8")
    assert len(HEADING.findall(text)) == text.count("# %%") == len(answers), "a heading was misspelt"
