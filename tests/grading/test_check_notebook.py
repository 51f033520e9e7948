"""Somebody who learns checks the own notebook in seconds: its tests, and no demonstration."""

import io
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tiny_course import RIGHT, marked, source_notebook
from typer.testing import CliRunner

from ganlab import cli
from ganlab.grading import CourseError
from ganlab.grading.check import check_notebook


class Terminal(io.StringIO):
    """A place for text that a person looks at."""

    def isatty(self):
        return True


@pytest.fixture
def notebook(tmp_path):
    def notebook(**answers):
        made = source_notebook()
        for cell in made.cells:
            cell.source = (RIGHT | answers).get(cell.id, cell.source)
        # As the release has it, hidden tests are cut out, and there is something to watch.
        cells = {cell.id: cell for cell in made.cells}
        cells["double--hidden"].source = "print('Task 1: 1 more check at grading.')"
        made.cells.insert(0, new_markdown_cell("**Task 1 (3 points).** Write `double`."))
        made.cells.insert(1, new_code_cell("open('watched', 'w').close()\nshown = 2", id="shown"))
        made.cells.insert(2, new_code_cell("def helper(x):\n    return 2 * x", id="helper"))
        path = tmp_path / "01-tiny.ipynb"
        nbformat.write(made, path)
        return path

    return notebook


def test_each_task_says_what_its_tests_said_and_no_demonstration_runs(notebook):
    path = notebook(double="def double(x):\n    return helper(x)", triple="def triple(x):\n    return x")
    before = path.read_bytes()
    assert check_notebook(path) == {
        "Task 1 · double": (True, "1 more check at grading."),
        "Task 1 · triple": (False, "Thrice 2 is 6."),
    }
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name], "Nothing was watched or written."


def test_somebody_who_waits_at_a_terminal_sees_that_cells_run_and_nobody_else_does(notebook, monkeypatch):
    path = notebook()
    for place, seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", place)
        check_notebook(path)
        assert ("running the tests:   0%" in place.getvalue()) == seen
        assert ("1/" in place.getvalue()) == seen


def test_a_task_of_several_cells_says_once_that_it_passed_whatever_its_answer_prints(notebook):
    path = notebook(double="def double(x):\n    print('here')\n    return 2 * x")
    made = nbformat.read(path, as_version=4)
    (shown,) = [cell for cell in made.cells if cell.id == "double--by-hand"]
    shown.source += "\nprint('Task 1, cell 1 of 2: your visible tests pass; 1 more check at grading.')"
    nbformat.write(made, path)
    said = "your visible tests pass; 1 more check at grading."
    assert check_notebook(path)["Task 1 · double"] == (True, said)


def test_what_an_answer_needs_of_a_demonstration_runs_and_the_command_ends_in_1(notebook):
    path = notebook(double="def double(x):\n    return shown * x", triple="def triple(x):\n    return y")
    result = CliRunner().invoke(cli.app, ["check", str(path)])
    assert result.exit_code == 1
    assert "passed  Task 1 · double: 1 more" in result.stdout
    assert (
        "FAILED  Task 1 · triple: your code stopped with NameError: name 'y' is not defined" in result.stdout
    )
    assert (path.parent / "watched").exists()


def test_what_is_no_assignment_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="is missing; expected the notebook"):
        check_notebook(tmp_path / "nowhere.ipynb")
    (tmp_path / "a.ipynb").write_text("{")
    with pytest.raises(CourseError, match="cannot be read as a notebook"):
        check_notebook(tmp_path / "a.ipynb")
    nbformat.write(new_notebook(cells=[marked(new_code_cell("1"), "one", locked=True)]), tmp_path / "a.ipynb")
    with pytest.raises(CourseError, match="has no tests; expected an assignment"):
        check_notebook(tmp_path / "a.ipynb")
