"""What a learner's copy of an assignment has that its source has not: quiet tests, and how to hand in.

`solutions/nbgrader_config.py` puts this before nbgrader's own steps, so `ganlab release` and nbgrader's
tools write the same copy, and grading runs the tests as the learner saw them.
"""

import ast
import re
import textwrap
from pathlib import Path

from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from ganlab.grading.report import by_task, cells_by_name, graded_cells, labels

HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS\n(.*?)^ *### END HIDDEN TESTS", re.DOTALL | re.MULTILINE)
# JupyterLab shows the first line of a folded cell.
OUTCOME = """\
# {label}: tests. Run this cell.
from ganlab.grading.outcome import show_outcome

show_outcome("{said}")

"""
HAND_IN = """\
## Hand in

**All tests at once:** save the notebook, open a terminal (File → New → Terminal) in the folder of the \
course, and run `ganlab check exercises/{name}/{name}.ipynb`. It leaves the demonstrations out and takes \
seconds; JupyterLab's *Validate* runs them too, which takes half a minute and more.

**In a class:** save the notebook and hand in this one file under its own name, `{name}.ipynb`. Where \
ganlab has a function that does what a task asks for, write yours without it: when a class is graded, the \
answer to that task cannot call it.

**On your own, in a clone of the repository:** in the same terminal, run `ganlab grade \
exercises/{name}/{name}.ipynb`. It also makes the checks that are left out of your copy, and says for each \
task what you got and why. The page that it names at the end, for a browser, shows it beside your answers."""
NEXT = "\n\n**Next:** [lecture {number}](../../course/{name}.ipynb)."
READER = " Compare your text with the one in `solutions/{name}/{name}.ipynb` of the clone."


class LearnersCopy(NbGraderPreprocessor):
    """Fold every test, let it say how it ended and what is left for grading; end with how to hand in.

    Folded means ``jupyter.source_hidden``, which JupyterLab and Notebook 7 follow: a test that lists
    mistakes would give its hints away before the first try.
    """

    def preprocess(self, nb, resources):
        cells, called, graded = cells_by_name(nb), labels(nb), graded_cells(nb)
        tests = by_task([cell for cell in graded if not cell.manual])
        for task, parts in tests.items():
            copies = [cells[part.name] for part in parts]
            label = called[parts[0].name] or task
            said = sentences(label, [cell.source for cell in copies])
            for cell, sentence in zip(copies, said, strict=True):
                cell.source = OUTCOME.format(label=label, said=sentence) + cell.source
                cell.metadata["jupyter"] = {"source_hidden": True}
        text = HAND_IN + (READER if any(cell.manual for cell in graded) else "")
        name = resources["nbgrader"]["assignment"]
        lectures = Path(resources["metadata"]["path"], "../../course").glob("*.ipynb")
        later = sorted(path.stem for path in lectures if path.stem > name)
        link = NEXT.format(number=later[0][:2], name=later[0]) if later else ""
        nb.cells.append(new_markdown_cell(text.format(name=name) + link, id="hand-in"))
        return nb, resources


def sentences(label, sources):
    """What each test cell of one task says when it has run to its end.

    Parameters
    ----------
    label : str
        Such as "Task 3".
    sources : list of str
        The code of the task's test cells, hidden tests included.

    Returns
    -------
    list of str

    Examples
    --------
    >>> hidden = "### BEGIN HIDDEN TESTS\\nassert f(3) == 9\\n### END HIDDEN TESTS"
    >>> for sentence in sentences("Task 1", ["assert f(2) == 4", hidden]):
    ...     print(sentence)
    Task 1: your visible tests pass; 1 more check at grading.
    Task 1: 1 more check at grading.
    """
    visible = [bool(_n_checks(HIDDEN.sub("", source))) for source in sources]
    blocks = [block for source in sources for block in HIDDEN.findall(source)]
    n_hidden = sum(map(_n_checks, blocks))
    # Where a block checks in a way that is not known here, no number is named.
    number = f"{n_hidden} more check{'s' * (n_hidden > 1)}" if n_hidden else "more checks"
    later = f"{number} at grading" if blocks else "there are no others"
    said = []
    for cell, shows in enumerate(visible):
        where = f", cell {sum(visible[: cell + 1])} of {sum(visible)}" if shows and sum(visible) > 1 else ""
        said.append(f"{label}{where}: {'your visible tests pass; ' if shows else ''}{later}.")
    return said


def _n_checks(code):
    """The assertions in some code, and the calls that assert by their names."""

    def count(node):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            return 0  # counted where it is called
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Assert | ast.Raise) or name.startswith(("assert_", "check", "as_")):
            return 1
        return sum(map(count, ast.iter_child_nodes(node)))

    return count(ast.parse(textwrap.dedent(code)))
