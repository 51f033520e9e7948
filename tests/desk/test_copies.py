"""A learner's copy: brought up to each release, without touching what was worked in."""

import json
import subprocess
from pathlib import Path

import pytest

from ganlab.desk import copy_course
from ganlab.grading import CourseError, find_course
from ganlab.grading.course import Course


def notebook(*texts, run=False):
    cells = [
        {
            "cell_type": "code",
            "source": [text],
            "metadata": {"nbgrader": {"solution": "raise" in text or "answer" in text}},
            "execution_count": 1 if run else None,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "42"}] if run else [],
        }
        for text in texts
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def clone(tmp_path):
    """A course with one lecture and one exercise, as a release of today."""
    root = tmp_path / "clone"
    for folder in ("course", "exercises/01-a", "solutions/01-a"):
        (root / folder).mkdir(parents=True)
    (root / "course/01-a.ipynb").write_text(notebook("look"))
    (root / "exercises/01-a/01-a.ipynb").write_text(notebook("raise NotImplementedError()"))
    return root


@pytest.fixture
def desk(clone):
    copy_course(clone / "desk", clone)
    return clone / "desk"


def names(paths):
    return [path.name if path.parent.name == "course" else path.parent.name for path in paths]


def test_it_says_where_the_files_are(clone, tmp_path):
    assert copy_course(tmp_path / "desk", clone).in_words() == [f"2 files copied into {tmp_path / 'desk'}."]


def test_what_was_only_run_is_refreshed_and_what_was_worked_in_is_kept_and_said_once(clone, desk):
    lecture, exercise = desk / "course/01-a.ipynb", desk / "exercises/01-a/01-a.ipynb"
    lecture.write_text(notebook("look", run=True))
    exercise.write_text(notebook("my answer"))
    assert copy_course(desk, clone) == ([], [], [])  # no new release: nothing to say, outputs stay
    assert "42" in lecture.read_text()

    (clone / "course/01-a.ipynb").write_text(notebook("look closer"))
    (clone / "exercises/01-a/01-a.ipynb").write_text(notebook("raise NotImplementedError()", "a new task"))
    assert copy_course(desk, clone) == ([], [lecture], [exercise])
    assert lecture.read_text() == notebook("look closer")
    assert exercise.read_text() == notebook("my answer")
    assert copy_course(desk, clone) == ([], [], [])
    assert exercise.read_text() == notebook("my answer")


def test_answers_that_were_given_in_the_clone_come_along_and_no_release_takes_them(clone):
    exercise = clone / "exercises/01-a/01-a.ipynb"
    exercise.write_text(notebook("my answer"))
    copy_course(clone / "desk", clone)
    exercise.write_text(notebook("raise NotImplementedError()"))  # as git restores it
    mine = clone / "desk/exercises/01-a/01-a.ipynb"
    assert copy_course(clone / "desk", clone).kept == [mine]
    assert mine.read_text() == notebook("my answer")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"cells": 3}', "my work"])
def test_a_damaged_notebook_of_the_learner_is_kept(clone, desk, damage):
    (desk / "course/01-a.ipynb").write_text(damage)
    (clone / "course/01-a.ipynb").write_text(notebook("look closer"))
    assert names(copy_course(desk, clone).kept) == ["01-a.ipynb"]
    assert (desk / "course/01-a.ipynb").read_text() == damage


@pytest.mark.parametrize("memory", ["{", "3"])
def test_a_desk_without_its_memory_loses_nothing(clone, desk, memory):
    (desk / ".ganlab-copies.json").write_text(memory)
    (desk / "course/01-a.ipynb").write_text(notebook("mine"))
    (clone / "course/01-a.ipynb").write_text(notebook("look closer"))
    assert names(copy_course(desk, clone).kept) == ["01-a.ipynb"]
    assert (desk / "course/01-a.ipynb").read_text() == notebook("mine")


def test_a_desk_holds_no_solution_and_a_terminal_in_it_finds_the_clone(clone, desk):
    assert sorted(path.name for path in desk.iterdir()) == [".ganlab-copies.json", "course", "exercises"]
    assert find_course(desk / "exercises").root == clone
    assert Course(clone).desk == desk
    assert Course(desk).desk == desk  # a learner's own folder is its own desk


def test_git_does_not_see_a_desk_nor_what_is_handed_in():
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("this is no clone")
    ignored, seen = ["desk/start.md", "handed-in/ada/01-minimax-game.ipynb"], ["ganlab/desk/lab.py"]
    asked = ["git", "check-ignore", *ignored, *seen]
    said = subprocess.run(asked, cwd=root, capture_output=True, text=True)
    assert said.stdout.split() == ignored


def test_a_folder_with_nothing_to_copy_says_so(tmp_path):
    with pytest.raises(CourseError, match="without lectures and exercises"):
        copy_course(tmp_path / "desk", tmp_path)
