"""The release: reproducible, without answers, and never over somebody's work."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from tiny_course import ASSIGNMENT, CONFIG

from ganlab.grading import CourseError, find_course, grade_folder, release
from ganlab.grading.course import Course
from ganlab.grading.learners_copy import sentences


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


def test_tests_are_folded_and_say_what_is_left_for_grading_and_the_copy_ends_with_how_to_hand_in(course):
    cells = nbformat.read(released(course), as_version=4).cells
    said = {
        cell.id: cell.source.split('show_outcome("')[1].split('"')[0]
        for cell in cells
        if cell.metadata.get("jupyter") == {"source_hidden": True}
    }
    assert said == {
        "double--by-hand": "double: your visible tests pass; 1 more check at grading.",
        "double--hidden": "double: 1 more check at grading.",
        "triple--by-hand": "triple: your visible tests pass; there are no others.",
    }
    assert cells[-1].id == "hand-in"
    assert f"`ganlab grade exercises/{ASSIGNMENT}/{ASSIGNMENT}.ipynb`" in cells[-1].source
    assert f"solutions/{ASSIGNMENT}/{ASSIGNMENT}.ipynb" in cells[-1].source  # it has a reflection


def test_nbgrader_s_own_command_writes_the_same_bytes(course):
    before = released(course).read_bytes()
    released(course).unlink()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--force"]
    environment = os.environ | {"JUPYTER_CONFIG_PATH": str(course.solutions)}
    subprocess.run(command, cwd=course.root, env=environment, check=True, capture_output=True)
    assert released(course).read_bytes() == before


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("for x in range(3):\n    check(x)", "Task 4: 1 more check at grading."),
        (
            "assert_close(as_number(f(), 'f()'), 1, 'f()')\nassert f() > 0",
            "Task 4: 2 more checks at grading.",
        ),
        ("def again(x):\n    assert f(x)\nagain(3)", "Task 4: more checks at grading."),
    ],
)
def test_the_checks_that_are_cut_out_are_counted_where_they_are_made(code, sentence):
    hidden = f"### BEGIN HIDDEN TESTS\n{code}\n### END HIDDEN TESTS\n"
    assert sentences("Task 4", [hidden]) == [sentence]


def test_a_task_with_several_visible_cells_says_which_of_them_passed():
    said = sentences(
        "Task 2", ["assert f(1)", "### BEGIN HIDDEN TESTS\nassert f(2)\n### END HIDDEN TESTS", "check(f)"]
    )
    assert said == [
        "Task 2, cell 1 of 2: your visible tests pass; 1 more check at grading.",
        "Task 2: 1 more check at grading.",
        "Task 2, cell 2 of 2: your visible tests pass; 1 more check at grading.",
    ]


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


@pytest.mark.parametrize(
    ("withheld", "sentence"),
    [
        ({"double": ["operator.mull"]}, "task 'double' of 01-tiny: 'operator.mull' names no function .*mull"),
        ({"double": ["operator.mul", "opperator.mul"]}, "'opperator.mul' names no function .*opperator"),
        ({"double": ["mul"]}, "'mul' names no function"),
        ({"double": ["math.pi"]}, "'math.pi' names no function; expected one of a library"),
        ({"double": ["math.pi.real"]}, "'math.pi.real' names no function"),
        ({"double": ["collections.Counter.setdefault"]}, "names no function; .* where this class def"),
        ({"double": "operator.mul"}, r"task 'double' of 01-tiny: expected a list of paths, such as \['op"),
        ({"dubble": ["operator.mul"]}, "task 'dubble' of 01-tiny: there is no such task; there are double"),
    ],
)
def test_what_is_withheld_from_a_task_is_a_function_or_the_course_is_neither_released_nor_graded(
    course, hand_in, withheld, sentence
):
    config = course.solutions / CONFIG.name
    settings = config.read_text(encoding="utf-8")
    config.write_text(f"{settings}\nc.SplitGrading.withheld = {dict([(ASSIGNMENT, withheld)])!r}\n")
    before = released(course).stat().st_mtime_ns
    with pytest.raises(CourseError, match=sentence) as refusal:
        release(course=course)
    assert str(refusal.value).startswith(f"{config}, c.SplitGrading.withheld, task")
    assert released(course).stat().st_mtime_ns == before
    with pytest.raises(CourseError, match=sentence):
        grade_folder(hand_in("ada"), course, progress=False)


def test_an_unknown_assignment_is_refused_with_the_known_ones(course):
    with pytest.raises(CourseError, match=ASSIGNMENT):
        release(["02-nothing"], course)


def test_the_course_is_found_from_a_folder_inside_it(course):
    assert find_course(course.source(ASSIGNMENT).parent) == Course(course.root)
    assert course.assignments() == [ASSIGNMENT]  # nbgrader_config.py lies beside it and is none
