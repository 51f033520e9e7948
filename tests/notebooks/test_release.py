"""exercises/ is what nbgrader makes of solutions/ today, and gives nothing away."""

import re

import nbformat
import pytest
from conftest import COURSE, ROOT

from ganlab.grading import release

pytestmark = pytest.mark.parametrize("assignment", COURSE.assignments())

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def released_text(assignment):
    notebook = nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


def test_committed_release_equals_a_fresh_one_byte_for_byte(assignment, scratch_course, tmp_path):
    (fresh,) = release(
        [assignment], scratch_course, output=tmp_path / "fresh", gradebook=tmp_path / "scratch.db"
    )
    committed = ROOT / "exercises" / assignment / f"{assignment}.ipynb"
    assert committed.read_bytes() == fresh.read_bytes(), "run `make release` and commit what it writes"


def test_release_holds_no_line_of_an_answer_or_of_a_hidden_test(assignment):
    source = nbformat.read(COURSE.source(assignment), as_version=4)
    shown = released_text(assignment)
    secrets = []
    for cell in source.cells:
        outside = HIDDEN.sub("", SOLUTION.sub("", cell.source))
        for block in SOLUTION.findall(cell.source) + HIDDEN.findall(cell.source):
            lines = (line.strip() for line in block.splitlines())
            # A short line such as `return value` or a bracket gives nothing away.
            secrets += [line for line in lines if len(line) > 15 and line not in outside]
    assert len(secrets) > 20
    assert [line for line in secrets if line in shown and not _is_common(line, source)] == []
    assert "BEGIN SOLUTION" not in shown
    assert "HIDDEN TESTS" not in shown


def _is_common(line, source):
    """Whether the line also stands somewhere that students are meant to see, such as an import."""
    return any(line in HIDDEN.sub("", SOLUTION.sub("", cell.source)) for cell in source.cells)
