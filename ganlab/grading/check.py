"""The tests of one's own notebook, all at once and in seconds: without the demonstrations."""

import subprocess
from pathlib import Path

import nbformat

from ganlab.grading.course import CourseError
from ganlab.grading.rebuilding import ORIGIN, only_defines, rebuilt
from ganlab.grading.report import by_task, cells_by_name, failure, graded_cells
from ganlab.grading.running import run
from ganlab.grading.submissions import Unreadable

SECONDS_PER_CELL = 60


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
        cells = cells_by_name(run(notebook, None, SECONDS_PER_CELL, cwd=path.resolve().parent, **quiet))
    except Unreadable as problem:
        raise CourseError(f"{path}: {problem}.") from None
    return {task: _said([cells[part.name] for part in parts]) for task, parts in tasks.items()}


def _said(tests):
    """(whether nothing failed, the sentences) of the test cells of one task."""
    if failures := list(filter(None, (failure(cell, SECONDS_PER_CELL) for cell in tests))):
        return False, " / ".join(dict.fromkeys(failures))
    printed = [
        output.text.strip() for cell in tests for output in cell.outputs if output.get("name") == "stdout"
    ]
    return True, " / ".join(printed)
