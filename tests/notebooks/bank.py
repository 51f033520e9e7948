"""Reads a bank of answers and hands it in: the k-th answer to every task makes the k-th submission.

The tasks of an assignment do not depend on one another, so one submission can carry one answer to each.
"""

import copy
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
    submission: str

    def __str__(self):
        return f"{self.task}: {self.kind}: {self.name}"


def read_bank(assignment):
    """Every answer in the bank of an assignment, each with the submission that will carry it."""
    text = (BANKS / f"{assignment}.py").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    count, answers = {}, []
    for heading, end in zip(headings, ends, strict=True):
        task, kind, name = heading["task"], heading["kind"], heading["name"]
        number = count[task, kind] = count.get((task, kind), 0) + 1
        code = text[heading.end() : end].strip() + "\n"
        hint = HINT.match(code)
        if (kind == "wrong") != bool(hint):
            raise ValueError(f"{assignment}: {task}: {name}: a wrong answer, and only that, names its hint")
        submission = f"{kind}-{number:02}"
        code = HINT.sub("", code)
        answers.append(Answer(task, kind, name, hint["hint"] if hint else "", code, submission))
    return answers


def hand_in(answers, released, folder):
    """Write the submissions that carry these answers into a folder, from the released notebook."""
    notebook = nbformat.read(released, as_version=4)
    for submission in sorted({answer.submission for answer in answers}):
        filled = copy.deepcopy(notebook)
        code = {answer.task: answer.code for answer in answers if answer.submission == submission}
        for cell in filled.cells:
            if cell.id in code:
                cell.source = code.pop(cell.id)
        if code:
            raise ValueError(f"{released.name} has no answer cells called {sorted(code)}")
        write(filled, folder / submission / released.name)


def write(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
