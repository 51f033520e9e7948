"""Reads a bank of answers, and fills them into a submission."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat

BANKS = Path(__file__).parent / "banks"
HEADING = re.compile(r"^# %% (?P<task>[\w-]+) · (?P<kind>right|wrong) · (?P<name>.+)$", re.MULTILINE)
HINT = re.compile(r"\A# hint: (?P<hint>.+)\n")


class Answer(NamedTuple):
    """One answer to one task; a wrong one comes with the hint its author must be shown."""

    task: str
    kind: str
    name: str
    hint: str
    code: str

    def __str__(self):
        return f"{self.task}: {self.kind}: {self.name}"


def read_bank(assignment):
    """Every answer in the bank of an assignment."""
    text = (BANKS / f"{assignment}.py").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    answers = []
    for heading, end in zip(headings, ends, strict=True):
        task, kind, name = heading["task"], heading["kind"], heading["name"]
        code = text[heading.end() : end].strip() + "\n"
        hint = HINT.match(code)
        if (kind == "wrong") != bool(hint):
            raise ValueError(f"{assignment}: {task}: {name}: a wrong answer, and only that, names its hint")
        answers.append(Answer(task, kind, name, hint["hint"] if hint else "", HINT.sub("", code)))
    return answers


def without_demonstrations(path):
    """A notebook without its ungraded code: what takes time in it is there to be watched."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type != "code" or "nbgrader" in cell.metadata or cell.id == "imports"
    ]
    return notebook


def filled_in(released, code):
    """A released notebook with answers in it.

    Parameters
    ----------
    released : notebook
    code : dict {task: code}
    """
    missing = set(code) - {cell.id for cell in released.cells}
    if missing:
        raise ValueError(f"the release has no answer cells called {sorted(missing)}")
    for cell in released.cells:
        cell.source = code.get(cell.id, cell.source)
    return released


def write(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
