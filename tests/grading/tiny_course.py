"""A whole course small enough to grade in a second: two tasks and a reflection, kernels without torch."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CONFIG = Path(__file__).parents[2] / "solutions" / "nbgrader_config.py"
ASSIGNMENT = "01-tiny"
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "triple": "def triple(x):\n    return 3 * x",
    "reflection": "Both are linear.",
}


def marked(cell, name, **marks):
    """A cell as nbgrader wants it."""
    cell.id = name
    cell.metadata["nbgrader"] = {
        "grade_id": name,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "schema_version": 3,
        **marks,
    }
    return cell


def answer(name, solution):
    source = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {solution}\n    ### END SOLUTION"
    return marked(new_code_cell(source), name, solution=True)


def tests(name, source, points):
    return marked(new_code_cell(source), name, grade=True, locked=True, points=points)


def source_notebook():
    hidden = "### BEGIN HIDDEN TESTS\nassert double(-3) == -6, 'Negatives double, too.'\n### END HIDDEN TESTS"
    cells = [
        marked(new_code_cell("import warnings"), "imports", locked=True),
        answer("double", "return 2 * x"),
        tests("double--by-hand", "warnings.warn('harmless')\nassert double(2) == 4, 'Twice 2 is 4.'", 1),
        tests("double--hidden", hidden, 2),
        answer("triple", "return 3 * x"),
        tests("triple--by-hand", "assert triple(2) == 6, 'Thrice 2 is 6.'", 3),
        marked(new_markdown_cell("Both are linear."), "reflection", grade=True, solution=True, points=2),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})
