"""The release: reproducible, without answers, and never over somebody's work."""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from tiny_course import ASSIGNMENT

from ganlab.grading import CourseError, find_course, release
from ganlab.grading.course import Course


def released(course):
    return course.exercises / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def test_a_second_release_has_the_same_bytes_and_neither_answers_nor_hidden_tests(course, tmp_path):
    [again] = release(course=course, output=tmp_path / "elsewhere", gradebook=tmp_path / "scratch.db")
    assert again.read_bytes() == released(course).read_bytes()
    assert [path.name for path in again.parent.iterdir()] == [again.name]
    text = again.read_text(encoding="utf-8")
    assert "NotImplementedError" in text
    for secret in ("return 2 * x", "Both are linear", "HIDDEN", "Negatives"):
        assert secret not in text


def run_it(notebook):
    notebook.cells[0].execution_count = 1


def answer_it(notebook):
    notebook.cells[1].source = "def double(x):\n    return x + x"


def add_a_note(notebook):
    notebook.cells.append(new_markdown_cell("Remember to ask about this."))


@pytest.mark.parametrize("work", [run_it, answer_it, add_a_note])
def test_somebody_s_work_is_only_overwritten_by_force(course, work):
    notebook = nbformat.read(released(course), as_version=4)
    fresh = released(course).read_bytes()
    work(notebook)
    nbformat.write(notebook, released(course))
    worked_in = released(course).read_bytes()

    with pytest.raises(CourseError, match="somebody worked in it") as refusal:
        release(course=course)
    assert str(released(course)) in str(refusal.value)
    assert released(course).read_bytes() == worked_in
    release(course=course, force=True)
    assert released(course).read_bytes() == fresh


def test_one_refusal_does_not_keep_the_others_from_being_released(course):
    (course.solutions / "02-tiny").mkdir()
    course.source("02-tiny").write_bytes(course.source(ASSIGNMENT).read_bytes())
    notebook = nbformat.read(released(course), as_version=4)
    run_it(notebook)
    nbformat.write(notebook, released(course))
    with pytest.raises(CourseError, match="somebody worked in it"):
        release(course=course)
    assert (course.exercises / "02-tiny" / "02-tiny.ipynb").is_file()


def test_an_untouched_release_is_replaced_when_the_source_changes(course):
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    source.cells[5].source += "\nassert triple(0) == 0"
    nbformat.write(source, course.source(ASSIGNMENT))
    release([ASSIGNMENT], course)
    assert "triple(0)" in released(course).read_text(encoding="utf-8")
    assert [path.name for path in released(course).parent.iterdir()] == [released(course).name]


def test_an_assignment_folder_with_more_than_its_notebook_is_refused(course):
    (course.solutions / ASSIGNMENT / "notes.py").write_text("the answers")
    with pytest.raises(CourseError, match=r"nothing else.*notes\.py"):
        release(course=course)


def test_a_source_that_nbgrader_cannot_release_is_named(course):
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    source.cells[2].metadata["nbgrader"]["grade_id"] = "double"
    nbformat.write(source, course.source(ASSIGNMENT))
    with pytest.raises(CourseError, match=f"{ASSIGNMENT}.ipynb: nbgrader cannot release it"):
        release(course=course)


def test_an_unknown_assignment_is_refused_with_the_known_ones(course):
    with pytest.raises(CourseError, match=ASSIGNMENT):
        release(["02-nothing"], course)


def test_the_course_is_found_from_a_folder_inside_it(course):
    assert find_course(course.source(ASSIGNMENT).parent) == Course(course.root)
    assert course.assignments() == [ASSIGNMENT]  # nbgrader_config.py lies beside it and is none
