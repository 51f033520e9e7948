"""The command line that serves the lessons, and the settings that JupyterLab gets."""

import json
import sys

import pytest

from ganlab.desk import become_lab, lab, lab_command
from ganlab.grading import CourseError
from ganlab.grading.course import Course


@pytest.fixture
def course(tmp_path):
    for name in ("00-first", "01-second", "01-third"):
        (tmp_path / "course").mkdir(exist_ok=True)
        (tmp_path / "course" / f"{name}.ipynb").write_text("{}")
    (tmp_path / "solutions").mkdir()
    return Course(tmp_path)


def opened(course, lesson, teacher=False):
    command = lab_command(course, lesson, 9001, browser=False, teacher=teacher)
    (page,) = [part for part in command if part.startswith("--LabApp.default_url=/lab/tree/")]
    return page.removeprefix("--LabApp.default_url=/lab/tree/")


def test_it_serves_the_desk_and_asks_nobody_about_news(course):
    command = lab_command(course, None, 9001, browser=False, teacher=False)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={course.root / 'desk'}" in command
    assert "--ServerApp.port=9001" in command
    assert "--LabApp.news_url=None" in command
    assert "--no-browser" in command
    assert f"--ServerApp.root_dir={course.root}" in lab_command(course, None, 1, True, teacher=True)


def test_its_terminals_keep_the_path_on_which_the_lessons_find_ganlab(course, monkeypatch):
    """A login shell, which Jupyter would start where its output is a file, forgets it on Debian."""
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.setenv("SHELL", "/bin/zsh")
    command = lab_command(course, None, 1, browser=True, teacher=False)
    assert "--ServerApp.terminado_settings={'shell_command': ['/bin/zsh']}" in command


@pytest.mark.parametrize(
    ("lesson", "page"),
    [
        (None, "start.md"),
        ("00", "course/00-first.ipynb"),
        ("01-t", "course/01-third.ipynb"),
        ("course/01-third.ipynb", "course/01-third.ipynb"),
        ("./desk/course/01-third.ipynb", "course/01-third.ipynb"),
        ("exercises/01-third/01-third.ipynb", "exercises/01-third/01-third.ipynb"),
    ],
)
def test_it_opens_what_is_meant(course, lesson, page):
    assert opened(course, lesson) == page


def test_it_opens_the_list_of_modules_for_a_teacher(course):
    assert opened(course, None, teacher=True) == "course/README.md"


@pytest.mark.parametrize(
    ("lesson", "words"),
    [("99", "no lesson begins with '99'; there are 00-first"), ("01", "'01' may be 01-second or 01-third")],
)
def test_it_refuses_a_lesson_that_is_none_or_several(course, lesson, words):
    with pytest.raises(CourseError, match=words):
        lab_command(course, lesson, 8888, True, teacher=False)


def test_there_is_nothing_for_a_teacher_in_a_learners_copy(course):
    course.solutions.rmdir()
    with pytest.raises(CourseError, match="this copy of the course is for learning"):
        lab_command(course, None, 8888, True, teacher=True)


@pytest.mark.parametrize("teacher", [True, False])
def test_a_learner_gets_no_tools_for_teachers_and_windows_is_waited_for(
    course, monkeypatch, tmp_path, teacher
):
    """As read of Windows, where it was not tried: execv ends the process there and leaves JupyterLab."""
    monkeypatch.setattr(lab.sys, "platform", "win32")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "before")
    monkeypatch.setattr(lab.subprocess, "call", lambda command: 5 if command == ["jupyter"] else 0)
    monkeypatch.setattr(lab.os, "execv", lambda *_: pytest.fail("execv was called"))
    monkeypatch.setattr(lab.os, "chdir", lambda folder: None)
    assert become_lab(course, ["jupyter"], teacher) == 5
    (disabled,) = (tmp_path / "runtime").rglob("page_config.json")
    named = json.loads(disabled.read_text())["disabledExtensions"]
    assert ("@jupyter/nbgrader:formgrader" in named) is not teacher
    assert "Markdown Preview" in disabled.with_name("default_setting_overrides.json").read_text()
