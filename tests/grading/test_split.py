"""Split grading: no wrong answer gets full marks, whatever it does; honest ones get what they always got."""

import json

import pytest
from forging import forged
from tiny_course import ASSIGNMENT, CONFIG, RIGHT

from ganlab.grading import grade_folder

SPLIT = f"\nc.SplitGrading.assignments = [{ASSIGNMENT!r}]\n"


@pytest.fixture
def split_course(course):
    config = course.root / "solutions" / CONFIG.name
    config.write_text(config.read_text(encoding="utf-8") + SPLIT)
    return course


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
def test_no_wrong_answer_gets_full_marks_whatever_it_does(split_course, hand_in):
    attacks = forged("double(x)", "return x")
    for student, double in attacks.items():
        hand_in(student, **RIGHT | {"double": double})
    report = grade_folder(hand_in("honest", **RIGHT), split_course, progress=False)
    points = {one.student: one.rows[0].points for one in report.submissions}
    assert points.pop("honest") == 3
    assert {student for student, got in points.items() if got not in (0, None)} <= {
        "a thread for the next test"  # whose 4 is right for the visible test
    }
    assert not (points["a thread for the next test"] or 0) > 1
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


def test_some_of_them_get_full_marks_where_tests_and_answers_share_a_process(course, hand_in):
    attacks = forged("double(x)", "return x")
    hand_in("equal object", **RIGHT | {"double": attacks["equal object"]})
    folder = hand_in("equal number", **RIGHT | {"double": attacks["equal number"]})
    report = grade_folder(folder, course, progress=False)
    assert [one.rows[0].points for one in report.submissions] == [3, 3]


def test_a_test_that_needs_the_process_of_the_answer_says_so_and_the_report_tells(split_course, hand_in):
    import nbformat

    path = split_course.source(ASSIGNMENT)
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["triple--by-hand"].source = (
        "# Graded in the process of the answer: it reads the text of the function.\n"
        "import inspect\nassert '*' in inspect.getsource(triple)"
    )
    nbformat.write(notebook, path)
    report = grade_folder(hand_in("ada", **RIGHT), split_course, progress=False)
    assert [row.points for row in report.rows] == [3, 3, None]
    (submission,) = report.submissions
    assert submission.notes == ("ran in the same process as the answers: triple--by-hand",)
