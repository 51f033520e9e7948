"""exercises/ is what nbgrader makes of solutions/ today, and gives nothing away."""

import re

import nbformat
import pytest
from conftest import COURSE, INVENTORIES, ROOT

from ganlab.grading import release
from ganlab.grading.learners_copy import LearnersCopy
from ganlab.grading.report import graded_cells

pytestmark = pytest.mark.parametrize("assignment", COURSE.assignments())

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
CHECKS = re.compile(r"^ *(assert\b|raise\b|assert_\w+\(|check\w*\(|.*\bas_\w+\()", re.MULTILINE)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def released_text(assignment):
    notebook = nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """One for all assignments: nbgrader takes seconds to make it."""
    return tmp_path_factory.mktemp("gradebook") / "scratch.db"


def test_committed_release_equals_a_fresh_one_byte_for_byte(assignment, scratch_course, gradebook, tmp_path):
    (fresh,) = release([assignment], scratch_course, output=tmp_path / "fresh", gradebook=gradebook)
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


def test_every_test_is_folded_and_names_its_task_and_what_is_left_for_grading(assignment):
    copy = nbformat.read(COURSE.source(assignment), as_version=4)
    tests = [graded for graded in graded_cells(copy) if not graded.manual]
    before = {cell.id: cell.source for cell in copy.cells}
    resources = {
        "nbgrader": {"assignment": assignment},
        "metadata": {"path": ROOT / "solutions" / assignment},
    }
    copy, _ = LearnersCopy().preprocess(copy, resources)
    cells = {cell.id: cell for cell in copy.cells}
    hides = {graded.task for graded in tests if HIDDEN.search(before[graded.name])}
    tasks = list(dict.fromkeys(graded.task for graded in tests))
    for graded in tests:
        cell = cells[graded.name]
        assert cell.metadata["jupyter"] == {"source_hidden": True}
        [said] = re.findall(r'^show_outcome\("(.+)"\)$', cell.source, re.MULTILINE)
        label = graded.task if assignment in INVENTORIES else f"Task {tasks.index(graded.task) + 1}"
        assert cell.source.startswith(f"# {label}: tests.")  # all that is seen of a folded cell
        assert re.split("[:,]", said)[0] == label
        assert ("visible tests pass" in said) == bool(CHECKS.search(HIDDEN.sub("", before[graded.name])))
        assert ("at grading" in said) == (graded.task in hides)
    assert copy.cells[-1].id == "hand-in"


def _is_common(line, source):
    """Whether the line also stands somewhere that students are meant to see, such as an import."""
    return any(line in HIDDEN.sub("", SOLUTION.sub("", cell.source)) for cell in source.cells)
