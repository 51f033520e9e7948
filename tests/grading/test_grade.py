"""Submissions good and bad through nbgrader: who gets what, and what the report says about it."""

import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.files import SCRATCH
from ganlab.grading import CourseError, find_course, grade_folder, submissions

# nbgrader's own use of its database is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def outcome(report, student):
    """{task: (points, reason)} of one student."""
    return {row.task: (row.points, row.reason) for row in report.rows if row.student == student}


def contents(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_each_task_gets_its_points_and_a_sentence_why(course, hand_in):
    hand_in("Çelik, Ayşe", **RIGHT)
    hand_in("half [2]", nested=True, **RIGHT | {"double": "def double(x):\n    return abs(2 * x)"})
    hand_in("stub")
    folder = hand_in(
        "wrong",
        double="def double(x)\n    return x",
        triple="import sys\ndef triple(x):\n    print('a note', file=sys.stderr)\n    return foo * x",
    )
    report = grade_folder(folder, course)

    waiting = (None, "waiting for a reader: open formgrader")
    passed = (3, "all tests passed")
    assert outcome(report, "Çelik, Ayşe") == {"double": passed, "triple": passed, "reflection": waiting}
    assert outcome(report, "half [2]")["double"] == (1, "Negatives double, too.")
    assert set(outcome(report, "stub").values()) == {(0, "not answered yet")}
    wrong = outcome(report, "wrong")
    assert wrong["double"][0] == 0
    assert wrong["double"][1].startswith("your code stopped with SyntaxError: ")
    assert "NameError" not in wrong["double"][1]
    assert wrong["triple"] == (0, "your code stopped with NameError: name 'foo' is not defined")
    assert [row.task for row in report.rows[:3]] == ["double", "triple", "reflection"]
    assert not report.not_graded
    for (student, _), page in report.feedback.items():
        assert page == course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        text = page.read_text(encoding="utf-8")
        assert "return" in text or student == "stub", "The answer is there."
        assert "assert double(" not in text, "No test is."
    assert "Negatives double, too." in report.feedback["half [2]", ASSIGNMENT].read_text(encoding="utf-8")


def test_somebody_who_learns_alone_grades_the_one_notebook_and_reads_sentences(course, hand_in):
    answers = RIGHT | {"triple": "def triple(x):\n    return x"}
    notebook = hand_in("ada", **answers) / "ada" / f"{ASSIGNMENT}.ipynb"
    before = notebook.read_bytes()
    report = grade_folder(notebook, course)
    assert outcome(report, "you")["double"] == (3, "all tests passed")
    assert notebook.read_bytes() == before
    assert scores(course) == {}, "The gradebook of a class is not touched."

    page = report.feedback["you", ASSIGNMENT].read_text(encoding="utf-8")
    assert "Thrice 2 is 6." in page
    assert "most recent call last" not in page
    with pytest.raises(CourseError, match=r"called like no assignment.*01-tiny\.ipynb"):
        grade_folder(notebook.rename(notebook.with_name("01-tiny (1).ipynb")), course)


def test_output_on_stderr_costs_a_right_answer_nothing(course, hand_in):
    noisy = "import sys\ndef double(x):\n    print('a note', file=sys.stderr)\n    return 2 * x"
    report = grade_folder(hand_in("noisy", **RIGHT | {"double": noisy}), course)
    assert outcome(report, "noisy")["double"] == (3, "all tests passed")


def test_code_that_never_ends_or_kills_its_kernel_stops_nobody_else(course, hand_in):
    hand_in("a loop", **RIGHT | {"double": "def double(x):\n    while True:\n        pass"})
    hand_in("b exit", **RIGHT | {"triple": "import os\nos._exit(0)"})
    report = grade_folder(hand_in("c right", **RIGHT), course)

    points, reason = outcome(report, "a loop")["double"]
    assert (points, reason) == (
        0,
        "stopped after 4 seconds without an answer: look for a loop that never ends",
    )
    assert outcome(report, "a loop")["triple"][0] == 3
    assert {points for points, _ in outcome(report, "b exit").values()} == {None}
    assert all("ended its own Python process" in reason for _, reason in outcome(report, "b exit").values())
    assert [one.student for one in report.not_graded] == ["b exit"]
    assert outcome(report, "c right")["double"][0] == 3


def test_what_is_no_notebook_becomes_a_row_and_everybody_else_is_graded(course, hand_in, monkeypatch):
    monkeypatch.setattr(submissions, "MAX_BYTES", 20_000)
    for student, raw in {
        "broken": b"{not json",
        "empty": b"",
        "binary": bytes(range(128, 256)),
        "other": b'{"a": 1}',
        "damaged": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
        "cell-less": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}',
        "large": b" " * 20_001,
    }.items():
        hand_in(student, raw=raw)
    hand_in("renamed", name="tiny")
    hand_in("unknown", nested=True, name="07-other")
    hand_in("twice", **RIGHT)
    hand_in("twice", nested=True, **RIGHT)
    folder = hand_in("right", **RIGHT)
    (folder / "missing").mkdir()
    (folder / "nested" / ASSIGNMENT).mkdir(parents=True)
    (folder / "link").mkdir()
    (folder / "link" / f"{ASSIGNMENT}.ipynb").symlink_to(course.source(ASSIGNMENT))
    before = contents(folder)
    report = grade_folder(folder, course)

    assert contents(folder) == before
    expected = {
        "broken": "01-tiny.ipynb is not JSON",
        "empty": "01-tiny.ipynb is empty",
        "binary": "not UTF-8",
        "other": "JSON but no notebook",
        "damaged": "damaged",
        "cell-less": "without a single cell",
        "large": "more than the",
        "renamed": "01-tiny.ipynb was not handed in; found tiny.ipynb instead",
        "missing": "01-tiny.ipynb was not handed in; the folder is empty",
        "nested": "01-tiny.ipynb was not handed in; the folder is empty",
        "link": "symbolic link",
        "twice": "handed in twice",
    }
    for student, phrase in expected.items():
        rows = outcome(report, student)
        assert list(rows) == ["double", "triple", "reflection"], student
        for points, reason in rows.values():
            assert points is None, "What could not be graded is no 0."
            assert phrase in reason
            assert "\n" not in reason
    assert outcome(report, "unknown") == {"": (None, "the course has no assignment 07-other; it has 01-tiny")}
    assert {one.student for one in report.not_graded} == {*expected, "unknown"}
    assert outcome(report, "right")["triple"] == (3, "all tests passed")


@pytest.mark.slow
def test_a_deleted_or_copied_cell_costs_only_itself(course, hand_in):
    def copied(named, source=None):
        def change(cells, by_name):
            again = nbformat.from_dict(by_name[named])
            again.id = "a-copy"
            again.source = source or again.source
            cells.insert(1, again)

        return change

    def without(*names):
        return lambda cells, by_name: [cells.remove(by_name[name]) for name in names]

    hand_in("test copied", change=copied("double--by-hand"), **RIGHT)
    hand_in("answer copied", change=copied("double", "def double(x):\n    return 0"), **RIGHT)
    hand_in("test deleted", change=without("double--hidden"), **RIGHT)
    hand_in("answer deleted", change=without("triple"), **RIGHT)
    hand_in(
        "all deleted", change=without("double--by-hand", "double--hidden", "triple--by-hand", "reflection")
    )
    folder = hand_in(
        "bare", change=lambda cells, by_name: [by_name[name].metadata.clear() for name in by_name]
    )
    report = grade_folder(folder, course)

    assert not report.not_graded
    for student in ("test copied", "answer copied"):
        assert outcome(report, student)["double"] == (3, "all tests passed")
    assert outcome(report, "test deleted")["double"] == (3, "all tests passed"), "Tests are the course's."
    assert outcome(report, "test deleted")["triple"] == (3, "all tests passed")
    assert outcome(report, "answer deleted")["triple"] == (0, "its answer cell was deleted")
    assert outcome(report, "all deleted")["double"] == (0, "not answered yet")
    assert outcome(report, "all deleted")["reflection"] == (0, "its answer cell was deleted")
    assert {points for points, _ in outcome(report, "bare").values()} == {0}


def test_what_a_reader_gave_survives_a_second_grading(course, hand_in):
    from nbgrader.api import Gradebook

    folder = hand_in("ada", **RIGHT)
    grade_folder(folder, course)
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        gradebook.find_grade("reflection", ASSIGNMENT, ASSIGNMENT, "ada").manual_score = 1.5
        gradebook.find_comment("reflection", ASSIGNMENT, ASSIGNMENT, "ada").manual_comment = "Say\nwhy."
        gradebook.db.commit()
    hand_in("ada", **RIGHT | {"triple": "def triple(x):\n    return x"})
    report = grade_folder(folder, course)

    assert outcome(report, "ada")["reflection"] == (1.5, "read by a reader: Say why.")
    assert outcome(report, "ada")["triple"] == (0, "Thrice 2 is 6.")
    page = report.feedback["ada", ASSIGNMENT]
    assert "4.5 / 8" in page.read_text(encoding="utf-8")

    hand_in("ada", raw=b"{")
    report = grade_folder(folder, course)
    assert outcome(report, "ada")["reflection"][0] == 1.5
    assert outcome(report, "ada")["double"][0] is None
    assert not page.exists(), "The page tells of a grading that no longer counts."


def test_grading_uses_the_tests_that_are_in_solutions_now(course, hand_in):
    folder = hand_in("ada", **RIGHT)
    released = (course.exercises / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    source.cells[5].source = "assert triple(2) == 7, 'The test is new.'"
    nbformat.write(source, course.source(ASSIGNMENT))
    report = grade_folder(folder, course)
    assert outcome(report, "ada")["triple"] == (0, "The test is new.")
    assert (course.exercises / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes() == released

    del source.cells[5]
    nbformat.write(source, course.source(ASSIGNMENT))
    with pytest.raises(CourseError, match="added, removed or renamed"):
        grade_folder(folder, course)


@pytest.mark.slow
def test_plain_nbgrader_gives_the_same_points(course, hand_in):
    from nbgrader.api import Gradebook

    half = {"double": "def double(x):\n    return abs(2 * x)"}
    students = {"right": RIGHT, "half": RIGHT | half, "stub": {}}
    for student, answers in students.items():
        folder = hand_in(student, nested=True, **answers)
    ours = {one.student: one.points for one in grade_folder(folder, course).submissions}

    course.gradebook.unlink()
    folder.rename(course.root / "submitted")
    environment = os.environ | {"JUPYTER_CONFIG_PATH": "solutions"}
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        command = [sys.executable, "-m", "nbgrader", step, ASSIGNMENT, "--force"]
        subprocess.run(command, cwd=course.root, env=environment, check=True, capture_output=True)
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        theirs = {one.student.id: one.score for one in gradebook.assignment_submissions(ASSIGNMENT)}
    assert ours == theirs == {"right": 6, "half": 4, "stub": 0}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("missing", "submissions is missing; expected"),
        ("a file", "submissions is called like no assignment; expected"),
        ("empty", r"holds no student's folder \(it is empty\); expected"),
        ("too deep", r"holds no student's folder \(it holds 01-tiny\.ipynb itself\); expected"),
    ],
)
def test_a_folder_without_students_is_refused(course, tmp_path, make, said):
    folder = tmp_path / "submissions"
    if make == "a file":
        folder.write_text("")
    elif make != "missing":
        folder.mkdir()
    if make == "too deep":
        (folder / f"{ASSIGNMENT}.ipynb").write_text("{}")
    with pytest.raises(CourseError, match=said):
        grade_folder(folder, course)


@pytest.mark.parametrize("part", ["solutions", "exercises", "course", "."])
def test_the_course_itself_is_no_folder_of_submissions(course, part):
    before = contents(course.root)
    with pytest.raises(CourseError, match="no student hands in; expected a folder of submissions"):
        grade_folder(course.root / part, course)
    assert contents(course.root) == before


def test_a_copy_without_solutions_is_found_for_learning_and_grades_nothing(course, tmp_path):
    for part in ("course", "exercises"):
        shutil.copytree(course.root / part, tmp_path / "handed out" / part)
    copy = find_course(tmp_path / "handed out" / "exercises")
    assert copy.root == tmp_path / "handed out"
    with pytest.raises(CourseError, match="has nothing to grade or to release with"):
        grade_folder(copy.exercises / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", copy)


def test_assignments_are_not_taken_for_students(course, tmp_path):
    copied = shutil.copytree(course.exercises, tmp_path / "copied")
    with pytest.raises(CourseError, match="01-tiny is called like an assignment; expected"):
        grade_folder(copied, course)


def test_what_could_not_be_graded_waits_for_a_person_in_formgrader(course, hand_in):
    from nbgrader.api import Gradebook

    grade_folder(hand_in("ada", raw=b"{"), course)
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        grades = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").grades
        assert [(grade.auto_score, grade.needs_manual_grade) for grade in grades] == [(None, True)] * 4


def test_formgrader_lists_who_could_not_be_graded_and_shows_why_and_what_there_is(course, hand_in):
    from nbgrader.apps.api import NbGraderAPI

    hand_in("ada", raw=b"{")
    folder = hand_in("bob", double="import os\nos._exit(0)")
    grade_folder(folder, course)
    coursedir = course.nbgrader(ASSIGNMENT)["coursedir"]
    listed = NbGraderAPI(coursedir).get_notebook_submissions(ASSIGNMENT, ASSIGNMENT)
    assert sorted(one["student"] for one in listed) == ["ada", "bob"]
    sources = {
        student: [cell.source for cell in nbformat.read(course.executed(student, ASSIGNMENT), 4).cells]
        for student in ("ada", "bob")
    }
    assert sources["ada"][0].startswith("# Not graded: 01-tiny.ipynb is not JSON")
    assert sources["bob"][0].startswith("# Not graded: the code ended its own Python process")
    assert "import os\nos._exit(0)" in sources["bob"]
    assert len(grade_folder(folder, course).not_graded) == 2, "It is run again, not taken as run."


def test_a_page_that_cannot_be_drawn_takes_no_points_with_it(course, hand_in, monkeypatch):
    from ganlab.grading import grade

    folder = hand_in("ada", **RIGHT)
    page = grade_folder(folder, course).feedback["ada", ASSIGNMENT]
    assert page.exists()

    def fail(*_):
        raise RuntimeError("no page today")

    monkeypatch.setattr(grade, "write_feedback", fail)
    report = grade_folder(folder, course)
    assert outcome(report, "ada")["double"] == (3, "all tests passed")
    assert report.submissions[0].no_feedback == "RuntimeError: no page today"
    assert report.closing_line().endswith("; 1 without a feedback page")
    assert not report.not_graded
    assert not report.feedback
    assert not page.exists(), "The page tells of an earlier grading."


def test_flaws_beside_the_answers_and_odd_displays_cost_nothing(course, hand_in):
    def flawed(cells, by_name):
        cell = by_name["reflection"]
        cell.source = "![a](attachment:Größe.png) ![b](attachment:missing.png)"
        cell.attachments = {"Größe.png": {"image/png": "iVBORw0KGgo="}}
        for number, display in enumerate(
            [
                "{'text/plain': 5}",
                "{'image/png': 'abcd'}, {'image/png': None}",
                "{'text/plain': 'half \\ud83d'}",
            ]
        ):
            source = f"from IPython.display import publish_display_data as show\nshow({display})"
            cells.append(nbformat.v4.new_code_cell(source, id=f"display-{number}"))

    report = grade_folder(hand_in("ada", change=flawed, **RIGHT), course)
    assert outcome(report, "ada")["double"] == (3, "all tests passed")
    assert outcome(report, "ada")["reflection"][0] is None
    (submission,) = report.submissions
    assert submission.notes == (
        "the picture missing.png that the cell reflection shows is not attached to it",
    )
    assert "data:image/png;base64,iVBORw0KGgo=" in submission.feedback.read_text(encoding="utf-8")


def test_what_was_run_is_not_run_again_and_what_changed_is(course, hand_in, monkeypatch):
    from ganlab.grading import grade

    hand_in("ada", **RIGHT)
    folder = hand_in("bob", **RIGHT)
    first = grade_folder(folder, course)
    ran = []
    monkeypatch.setattr(grade, "run", lambda notebook, *_, **__: ran.append(notebook) or notebook)
    assert grade_folder(folder, course).rows == first.rows
    assert not ran
    assert [one.student for one in grade_folder(folder, course, student="ada").submissions] == ["ada"]
    hand_in("bob", **RIGHT | {"triple": "def triple(x):\n    return x"})
    grade_folder(folder, course)
    assert len(ran) == 1
    with pytest.raises(CourseError, match="no student 'eve'; there are ada, bob"):
        grade_folder(folder, course, student="eve")


def test_a_zip_of_zips_is_graded_like_a_folder_and_stays_as_it_is(course, hand_in, tmp_path):
    folder = hand_in("Ada Größe", **RIGHT)
    hand_in("bob", **RIGHT)
    shutil.make_archive(str(folder / "bob" / "my work"), "zip", folder / "bob")
    (folder / "bob" / f"{ASSIGNMENT}.ipynb").unlink()
    (folder / "cyd").mkdir()
    (folder / "cyd" / "broken.zip").write_bytes(b"PK no zip")
    (folder / "__MACOSX").mkdir()
    archive = Path(shutil.make_archive(str(tmp_path / "class"), "zip", tmp_path, folder.name))
    before = archive.read_bytes()
    report = grade_folder(archive, course)
    assert archive.read_bytes() == before
    assert {one.student: one.points for one in report.submissions} == {"Ada Größe": 6, "bob": 6, "cyd": 0}
    assert "found broken.zip instead" in outcome(report, "cyd")["double"][1]
    assert grade_folder(folder, course).rows == report.rows


def test_an_archive_that_is_damaged_or_empty_is_named(course, tmp_path):
    archive = tmp_path / "class.zip"
    archive.write_bytes(b"PK no zip")
    with pytest.raises(CourseError, match=r"class\.zip cannot be unpacked: expected a zip archive"):
        grade_folder(archive, course)
    archive.write_bytes(b"PK\5\6" + bytes(18))
    with pytest.raises(CourseError, match=r"holds no student's folder \(it is empty\)"):
        grade_folder(archive, course)


def test_a_demonstration_runs_only_where_an_answer_uses_it(course, hand_in):
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    shown = nbformat.v4.new_code_cell("shown = print('SHOWN') or 2", id="shown")
    source.cells.insert(1, shown)
    nbformat.write(source, course.source(ASSIGNMENT))

    hand_in("needs not", **RIGHT)
    hand_in("needs", **RIGHT | {"double": "def double(x):\n    return shown * x"})
    folder = hand_in("wrong", **RIGHT | {"double": "def double(x):\n    return foo * x"})
    report = grade_folder(folder, course)
    points = {one.student: one.rows[0].points for one in report.submissions}
    assert points == {"needs not": 3, "needs": 3, "wrong": 0}
    executed = course.root / "autograded"
    ran = {path.parts[-3] for path in executed.rglob("*.ipynb") if '"SHOWN' in path.read_text()}
    assert ran == {"needs"}


def scores(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        return {
            (one.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for one in gradebook.assignment_submissions(ASSIGNMENT)
            for grade in one.notebooks[0].grades
        }


def open_paths(pid):
    """What a process has open."""
    for number in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(number)


@pytest.mark.slow
def test_a_grading_that_is_killed_three_times_ends_like_one_that_is_not(course, hand_in, tmp_path):
    import psutil

    slow = "import time\ndef double(x):\n    time.sleep(0.3)\n    return 2 * x"
    students = ["ada", "bob", "cyd", "dan", "eve"]
    for student in students:
        folder = hand_in(student, **RIGHT | {"double": slow})
    untouched = type(course)(shutil.copytree(course.root, tmp_path / "untouched"))
    script = "import sys; from ganlab.grading import grade_folder; grade_folder(*sys.argv[1:])"
    command = [sys.executable, "-c", script, str(folder), str(course.root)]
    rng, done, left = random.Random(18), [0], set()
    for lines in (0, 1, 1):  # as many submissions were told before the kill, and some time has passed
        grading = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for _ in range(lines):
            assert " · 01-tiny · " in grading.stderr.readline(), "One is in the gradebook."
        time.sleep(rng.uniform(0, 1))
        inside = psutil.Process(grading.pid).children(recursive=True)
        left |= {folder for folder in open_paths(grading.pid) if SCRATCH in folder}
        grading.kill()
        grading.communicate()
        assert not psutil.wait_procs(inside, timeout=100)[1], "No sandbox outlives who made it."
        done.append(len(list((course.root / "autograded").glob("*/*/*.ipynb"))))
    assert done == sorted(done), "What was run stays."
    torn = course.root / "autograded" / "ada" / ASSIGNMENT / f".{ASSIGNMENT}.ipynb.0.part"
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_text("{")  # the kill came in the middle of a file
    rest = subprocess.run(command, capture_output=True, text=True)
    assert rest.returncode == 0, rest.stderr
    grade_folder(folder, untouched)
    assert scores(course) == scores(untouched)
    for results in ("autograded", "feedback"):
        kept = {path.relative_to(course.root) for path in (course.root / results).rglob("*")}
        assert kept == {path.relative_to(untouched.root) for path in (untouched.root / results).rglob("*")}
    assert left
    assert not {folder for folder in left if os.path.exists(folder)}, (
        "The next grading removes what a killed one left."
    )


def test_a_figure_that_an_answer_draws_is_on_its_page(course, hand_in):
    settings = course.solutions / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace("timeout = 4", "timeout = 60"))
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    source.cells[0].source = "import matplotlib.pyplot as plt"
    nbformat.write(source, course.source(ASSIGNMENT))
    drawn = "plt.plot([1, 2])\nplt.show()\ndef double(x):\n    return 2 * x"
    report = grade_folder(hand_in("ada", **RIGHT | {"double": drawn}), course)
    assert '<img src="data:image/png;base64,' in report.feedback["ada", ASSIGNMENT].read_text("utf-8")
