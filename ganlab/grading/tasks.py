"""What an assignment asks: its graded cells, in notebook order, and the task each belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GradedCell:
    """A cell that carries points. `manual` says that a person has to read it."""

    name: str
    maximum: float
    manual: bool

    @property
    def task(self):
        """The task is what precedes `--`: value-function--by-hand belongs to value-function."""
        return self.name.split("--")[0]


def graded_cells(notebook):
    """The graded cells of a source or release notebook, in notebook order.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    list of GradedCell
    """
    graded = []
    for name, cell in cells_by_name(notebook).items():
        marks = cell.metadata["nbgrader"]
        if marks.get("grade") or marks.get("task"):
            # An answer that carries its own points, and nbgrader's "task" cells, are read by a person.
            manual = bool(marks.get("solution") or marks.get("task")) or cell.cell_type == "markdown"
            graded.append(GradedCell(name, float(marks["points"]), manual))
    return graded


def cells_by_name(notebook):
    """{grade_id: cell} of every cell that nbgrader knows, in notebook order."""
    marked = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id"))
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in marked}


def by_task(cells):
    """{task: its cells}, in the order in which the tasks first appear."""
    tasks = {}
    for cell in cells:
        tasks.setdefault(cell.task, []).append(cell)
    return tasks
