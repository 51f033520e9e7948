"""The tests of one's own notebook, all at once and in seconds: without the demonstrations."""

import re
import subprocess
from pathlib import Path

import nbformat

from ganlab.grading.course import CourseError
from ganlab.grading.rebuilding import ORIGIN, only_defines, rebuilt
from ganlab.grading.report import by_task, cells_by_name, failure, graded_cells, labels, titled
from ganlab.grading.running import run
from ganlab.grading.submissions import Unreadable

SECONDS_PER_CELL = 60
# What the notebook says before the sentence; here all cells of the task are meant.
PLACE = re.compile(r"^(?:Task \d+|[\w-]+)(?:, cell \d+ of \d+)?: ")


def check_notebook(path: str | Path) -> dict[str, tuple[bool, str]]:
    """Run the tests that stand in a notebook, with the answers above them.

    The code runs as it does in JupyterLab, with the rights of this process. Demonstrations run only where an
    answer uses what they make. Nothing is written, and solutions/ is not needed; so the checks that are left
    for grading are not made.

    Parameters
    ----------
    path : path
        An assignment, as it was handed out or with answers in it.

    Returns
    -------
    dict {task: (whether nothing failed, what its tests said)}
        With the number and the name of each task, such as "Task 7 · training-step".

    Raises
    ------
    CourseError
        If it is no notebook, has no tests, or its code ended Python.
    """
    path = Path(path)
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise CourseError(f"{path} is missing; expected the notebook of an assignment.") from None
    except Exception as problem:
        raise CourseError(f"{path} cannot be read as a notebook: {problem}") from None
    tasks = by_task([cell for cell in graded_cells(notebook) if not cell.manual])
    if not tasks:
        raise CourseError(f"{path} has no tests; expected an assignment, such as exercises/NAME/NAME.ipynb.")
    notebook, _, _ = rebuilt(notebook, notebook)
    for cell in notebook.cells:
        if cell.metadata.get(ORIGIN) and only_defines(cell.source):
            del cell.metadata[ORIGIN]  # a function that the learner wrote beside the answers takes no time
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        start = {"cwd": path.resolve().parent, **quiet}
        cells = cells_by_name(run(notebook, None, SECONDS_PER_CELL, says="running the tests", **start))
    except Unreadable as problem:
        raise CourseError(f"{path}: {problem}.") from None
    called = labels(notebook)
    return {
        titled(task, called[parts[0].name]): _said([cells[part.name] for part in parts])
        for task, parts in tasks.items()
    }


def _said(tests):
    """(whether nothing failed, the sentences) of the test cells of one task."""
    if failures := list(filter(None, (failure(cell, SECONDS_PER_CELL) for cell in tests))):
        return False, " / ".join(dict.fromkeys(failures))
    # Each cell of a task says what is left for grading, below whatever the answer itself printed.
    printed = [output.text for cell in tests for output in cell.outputs if output.get("name") == "stdout"]
    return True, PLACE.sub("", printed[0].strip().splitlines()[-1]) if printed else ""
