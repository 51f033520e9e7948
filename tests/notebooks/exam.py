"""Puts answers to the tests of an assignment in this process: hundreds in seconds.

`ganlab grade` does the same in a kernel of its own for every submission, which takes seconds each; a test
holds the two against each other for one submission of every assignment.
"""

import contextlib
import functools
import io
import warnings
from typing import NamedTuple

import nbformat
from conftest import COURSE

from ganlab.grading.report import failure, graded_cells


class Outcome(NamedTuple):
    """What a task got, or one test of it, and the sentences of the tests that failed."""

    points: float
    maximum: float
    reason: str


def examine(assignment, task, code):
    """Put the code of one answer to the tests of its task.

    The answer meets what it would meet in a notebook where nothing else is answered: the imports, and the
    cells that are locked without being graded because tests need them.

    Returns
    -------
    Outcome
    """
    outcomes = list(each_test(assignment, task, code))
    points, maximum, reasons = zip(*outcomes, strict=True)
    return Outcome(sum(points), sum(maximum), " / ".join(dict.fromkeys(filter(None, reasons))))


def each_test(assignment, task, code):
    """The outcome of the answer by itself, of no points, then of each test of its task; run on demand."""
    names = _prepared(assignment)
    of_the_answer = _run(code, f"answer to {task}", names)
    yield Outcome(0, 0, of_the_answer)
    for cell, graded in tests(assignment):
        if graded.task == task:
            reason = _run(cell.source, cell.id, names)
            points = 0 if reason else graded.maximum
            # Once the answer itself failed, its missing name in every test says nothing new.
            repeated = of_the_answer and "NameError" in reason
            yield Outcome(points, graded.maximum, "" if repeated else reason)


def answers_of_the_solution(assignment):
    """{task: code} as the source notebook answers them."""
    cells = _source(assignment).cells
    tasks = {graded.task for _, graded in tests(assignment)}
    return {cell.id: cell.source for cell in cells if cell.id in tasks}


def _prepared(assignment):
    """A new namespace with the imports and the locked cells in it."""
    names = {"__name__": "__main__"}
    for cell in _source(assignment).cells:
        marks = cell.metadata.get("nbgrader")
        given = cell.id == "imports" or (marks and marks.locked and not marks.grade)
        if given and (sentence := _run(cell.source, cell.id, names)):
            raise RuntimeError(f"{assignment}: {cell.id}: {sentence}")
    return names


def _run(source, name, names):
    """The sentence a learner would read if this code fails; empty if it runs to its end."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            exec(compile(source, f"<{name}>", "exec"), names)
    except Exception as error:
        output = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error)}
        return failure({"outputs": [output]}, timeout=60)
    return ""


@functools.cache
def _source(assignment):
    return nbformat.read(COURSE.source(assignment), as_version=4)


@functools.cache
def tests(assignment):
    """(cell, GradedCell) of every test, in the order of the notebook."""
    cells = {cell.id: cell for cell in _source(assignment).cells}
    return [(cells[one.name], one) for one in graded_cells(_source(assignment)) if not one.manual]
