"""Split grading: no wrong answer gets full marks, whatever it does; honest ones get what they always got."""

import gc
import json
import re

import nbformat
import pytest
from forging import forged
from nbformat.v4 import new_code_cell, new_notebook
from tiny_course import ASSIGNMENT, CONFIG, RIGHT, marked

from ganlab.grading import grade_folder
from ganlab.grading.split.kernels import in_process_tests

SPLIT = f"\nc.SplitGrading.assignments = [{ASSIGNMENT!r}]\n"


@pytest.fixture
def split_course(course):
    config = course.root / "solutions" / CONFIG.name
    config.write_text(config.read_text(encoding="utf-8") + SPLIT)
    return course


def rewrite(course, name, text):
    """Give a cell of the assignment's source another text."""
    notebook = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == name]
    cell.source = text
    nbformat.write(notebook, course.source(ASSIGNMENT))


def outcomes(report):
    return {one.student: [(row.points, row.reason) for row in one.rows] for one in report.submissions}


def test_honest_answers_get_the_points_and_reasons_that_they_get_in_one_process(course, hand_in):
    for student, double in {
        "right": RIGHT["double"],
        "half": "def double(x):\n    return abs(2 * x)",
        "misspelt": "def double(x):\n    return y",
        "no answer": "def double(x):\n    raise NotImplementedError",
        "no Python": "def double(x)\n    return 2 * x",
        "empty": "",
        "noisy": "import sys\ndef double(x):\n    print('a note', file=sys.stderr)\n    return 2 * x",
        "in a library": "import functools, operator\ndouble = functools.partial(operator.mul, 2)",
        "no file": "def double(x):\n    return open('/no/such/file')",
        "no more input": "def double(x):\n    raise EOFError('no more')",
        "loop": "def double(x):\n    while True:\n        pass",
        "ends Python": "import os\ndef double(x):\n    os._exit(0)",
    }.items():
        folder = hand_in(student, **RIGHT | {"double": double})
    together = outcomes(grade_folder(folder, course, progress=False))
    config = course.root / "solutions" / CONFIG.name
    config.write_text(config.read_text(encoding="utf-8") + SPLIT)
    assert outcomes(grade_folder(folder, course, progress=False)) == together
    assert together["right"][0] == (3, "all tests passed")


@pytest.mark.slow
def test_no_wrong_answer_gets_full_marks_whatever_it_does(split_course, hand_in, caplog):
    attacks = forged("double(x)", "return x")
    for student, double in attacks.items():
        hand_in(student, **RIGHT | {"double": double})
    report = grade_folder(hand_in("honest", **RIGHT), split_course, progress=False)
    gc.collect()  # asyncio tells of tasks that were left alone when they go
    assert [said.getMessage() for said in caplog.records if said.name == "asyncio"] == []
    points = {one.student: one.rows[0].points for one in report.submissions}
    assert points.pop("honest") == 3
    some = {"a thread for the next test", "timing of calls"}  # whose 4 is right for the visible test
    assert {student for student, got in points.items() if got not in (0, None)} <= some
    assert all((points[student] or 0) <= 1 for student in some)
    assert set(points) == set(attacks)
    for student in attacks:
        path = split_course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if path.exists():
            outputs = [
                output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", [])
            ]
            assert not any("FOUND" in "".join(output.get("text", "")) for output in outputs)
            if student == "looks for what is expected":
                assert any("NOTHING" in "".join(output.get("text", "")) for output in outputs)


def test_a_function_that_is_the_answer_is_withheld_from_its_task_alone(split_course, hand_in):
    config = split_course.root / "solutions" / CONFIG.name
    withheld = {ASSIGNMENT: {"double": ["operator.mul"]}}
    config.write_text(config.read_text(encoding="utf-8") + f"c.SplitGrading.withheld = {withheld!r}\n")
    triple = "def triple(x):\n    import operator\n    return operator.mul(3, x)"
    for student, double in {
        "module": "import operator\ndef double(x):\n    return operator.mul(2, x)",
        "name": "from operator import mul\ndef double(x):\n    return mul(2, x)",
        "written out": "def double(x):\n    return x + x",
    }.items():
        folder = hand_in(student, **RIGHT | {"double": double, "triple": triple})
    got = outcomes(grade_folder(folder, split_course, progress=False))
    assert [points for points, _ in got["written out"]][:2] == [3, 3]
    for student in ("module", "name"):
        (points, reason), (other, _) = got[student][:2]
        assert (points, other) == (0, 3)
        assert "operator.mul is what this task asks you to write" in reason, reason


def test_a_value_that_cannot_be_passed_costs_its_own_task_alone(split_course, hand_in):
    days = "import numpy\ntriple = numpy.array(['2026-01-31'], dtype='datetime64[D]')"
    folder = hand_in("days", **RIGHT | {"triple": days})
    (double, triple, _) = grade_folder(folder, split_course, progress=False).rows
    assert (double.points, triple.points) == (3, 0)
    assert triple.reason.startswith(
        "no answer reached the test: triple, of type ndarray, cannot be passed to a test: an array of date"
    )


def test_a_reset_of_all_names_before_the_answers_costs_them_nothing(split_course, hand_in):
    def first(cells, _):
        cells.insert(0, new_code_cell("%reset -f"))  # runs once a point is lost

    folder = hand_in("ada", first, **RIGHT | {"triple": "def triple(x):\n    return x"})
    (double, triple, _) = grade_folder(folder, split_course, progress=False).rows
    assert (double.points, triple.points, triple.reason) == (3, 0, "Thrice 2 is 6.")


def test_an_answer_is_found_where_the_released_cell_defines_nothing(split_course, hand_in):
    rewrite(split_course, "double", f"### BEGIN SOLUTION\n{RIGHT['double']}\n### END SOLUTION")
    (double, *_) = grade_folder(hand_in("ada", **RIGHT), split_course, progress=False).rows
    assert (double.points, double.reason) == (3, "all tests passed")


def test_what_feedback_told_of_one_answer_is_of_no_use_for_the_next(split_course, hand_in):
    rewrite(
        split_course,
        "double--hidden",
        """from ganlab.grading.answers import seeds
### BEGIN HIDDEN TESTS
for seed in seeds(7):
    assert double(seed) == 2 * seed, f'double({seed}) is {2 * seed}'
### END HIDDEN TESTS""",
    )

    def graded(double):
        report = grade_folder(hand_in("ada", **RIGHT | {"double": double}), split_course, progress=False)
        return report.rows[0].points, report.rows[0].reason

    def told(reason):
        return dict(re.findall(r"double\((\d+)\) is (\d+)", reason))

    known, table = {"2": "4"}, "def double(x):\n    return {table}.get(x, 0)"
    for _ in range(3):
        answer = table.format(table="{" + ", ".join(f"{x}: {y}" for x, y in known.items()) + "}")
        points, reason = graded(answer)
        assert points == 1, "the input that is written in the test, and no other, can be learnt"
        assert graded(answer) == (points, reason)
        known |= told(reason)
    assert len(known) == 4
    assert graded(RIGHT["double"])[0] == 3


def test_some_of_them_get_full_marks_where_tests_and_answers_share_a_process(course, hand_in):
    attacks = forged("double(x)", "return x")
    hand_in("equal object", **RIGHT | {"double": attacks["equal object"]})
    folder = hand_in("equal number", **RIGHT | {"double": attacks["equal number"]})
    report = grade_folder(folder, course, progress=False)
    assert [one.rows[0].points for one in report.submissions] == [3, 3]


def test_an_endless_loop_that_calls_a_function_of_the_test_costs_its_own_task_alone(split_course, hand_in):
    rewrite(split_course, "double--by-hand", "assert double(lambda: 2) == 4")
    endless = "import time\ndef double(ask):\n    while ask():\n        time.sleep(0.01)"
    folder = hand_in("endless", **RIGHT | {"double": endless})
    (double, triple, _) = grade_folder(folder, split_course, progress=False).rows
    assert (double.points, triple.points) == (0, 3)
    assert "look for a loop that never ends" in double.reason


def test_no_answer_can_say_that_it_is_a_test_in_the_process_of_the_answer():
    comment = "# Graded in the process of the answer: so says a student"
    cells = [
        marked(new_code_cell(comment), "read-by-a-person", grade=True, solution=True, points=2),
        marked(new_code_cell(comment), "double--by-hand", grade=True, locked=True, points=1),
    ]
    assert in_process_tests(new_notebook(cells=cells)) == ["double--by-hand"]


def test_a_test_that_ends_its_own_python_is_no_fault_of_the_answer(split_course, hand_in):
    rewrite(split_course, "triple--by-hand", "import os\nos._exit(0)")
    report = grade_folder(hand_in("ada", **RIGHT), split_course, progress=False)
    assert report.rows[0].reason == "the process of the tests ended before they were done"


def test_a_test_that_needs_the_process_of_the_answer_says_so_and_the_report_tells(split_course, hand_in):
    rewrite(
        split_course,
        "triple--by-hand",
        "# Graded in the process of the answer: it reads the text of the function.\n"
        "import inspect\nassert '*' in inspect.getsource(triple)",
    )
    report = grade_folder(hand_in("ada", **RIGHT), split_course, progress=False)
    assert [row.points for row in report.rows] == [3, 3, None]
    (submission,) = report.submissions
    assert submission.notes == ("ran in the same process as the answers: triple--by-hand",)
