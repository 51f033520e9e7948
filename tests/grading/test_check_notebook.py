"""Somebody who learns checks the own notebook in seconds: its tests, and no demonstration."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tiny_course import RIGHT, marked, source_notebook
from typer.testing import CliRunner

from ganlab import cli
from ganlab.grading import CourseError
from ganlab.grading.check import check_notebook


@pytest.fixture
def notebook(tmp_path):
    def notebook(**answers):
        made = source_notebook()
        for cell in made.cells:
            cell.source = (RIGHT | answers).get(cell.id, cell.source)
        # As the release has it, hidden tests are cut out, and there is something to watch.
        cells = {cell.id: cell for cell in made.cells}
        cells["double--hidden"].source = "print('Task 1: 1 more check at grading.')"
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
        "double": (True, "Task 1: 1 more check at grading."),
        "triple": (False, "Thrice 2 is 6."),
    }
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name], "Nothing was watched or written."


def test_what_an_answer_needs_of_a_demonstration_runs_and_the_command_ends_in_1(notebook):
    path = notebook(double="def double(x):\n    return shown * x", triple="def triple(x):\n    return y")
    result = CliRunner().invoke(cli.app, ["check", str(path)])
    assert result.exit_code == 1
    assert "passed  double: Task 1" in result.stdout
    assert "FAILED  triple: your code stopped with NameError: name 'y' is not defined" in result.stdout
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
