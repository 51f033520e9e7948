"""Rebuild a student's notebook: the assignment's own cells, the answers, and what the student added.

Whatever happened to the tests and texts of a submission, everybody is graded by the same ones. An answer is
found by its mark, else by the cell's id, else by what it defines or where it stands.
"""

import ast
import contextlib
import copy
import re
import threading
from itertools import count

from ganlab.grading.report import cells_by_name

DEFINES = re.compile(r"^(?:def|class) +(\w+)", re.MULTILINE)
# Where a cell comes from, in its metadata: `own` is the student's, `demonstration` the course's and unmarked.
ORIGIN = "ganlab_origin"
# What `parsed` ends in where code is no Python, or too much of it.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
# Before Python 3.11.8, two threads that parse at once can end each other with a SystemError (cpython 106905).
_ONE_PARSES = threading.Lock()


def answer_key(released, with_hidden_tests):
    """The assignment as grading runs it.

    Parameters
    ----------
    released : nbformat.NotebookNode
        What a learner gets.
    with_hidden_tests : dict {grade_id: code}
        The whole source of each marked cell, as nbgrader keeps it in the gradebook.

    Returns
    -------
    nbformat.NotebookNode
    """
    key = copy.deepcopy(released)
    for name, cell in cells_by_name(key).items():
        if cell.metadata["nbgrader"]["locked"]:
            cell.source = with_hidden_tests[name]
    return key


def import_statements(key):
    """The import statements of an assignment's own code, each once, in order."""
    statements = {}
    for cell in key.cells:
        if cell.cell_type == "code" and not _is_answer(cell):
            with contextlib.suppress(SyntaxError):
                for node in ast.walk(parsed(cell.source)):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        statements[ast.unparse(node)] = None
    return list(statements)


def rebuilt(key, handed_in):
    """The notebook to grade.

    Parameters
    ----------
    key : nbformat.NotebookNode
        From `answer_key`.
    handed_in : nbformat.NotebookNode
        The student's, mended.

    Returns
    -------
    notebook : nbformat.NotebookNode
    notes : list of str
        Answers that had to be looked for, for the report.
    missing : set of str
        The answers that are not there at all; the released cell stands in their place.
    """
    places, notes = _places(key, handed_in)
    notebook, own, missing = copy.deepcopy(key), {}, set()
    last = None
    by_place = {place: name for name, place in places.items()}
    for place, cell in enumerate(handed_in.cells):
        if place in by_place:
            last = by_place[place]
        else:
            own.setdefault(last, []).append(_as_own(cell))
    cells, texts = [*own.get(None, [])], [cell.source for cell in handed_in.cells]
    for cell in notebook.cells:
        theirs = handed_in.cells[places[cell.id]] if cell.id in places else None
        marks = cell.metadata.get("nbgrader")
        cells.append(cell)
        if marks and marks["solution"]:
            if theirs is not None:
                cell.source = theirs.source
                if "attachments" in theirs:
                    cell.attachments = theirs.attachments
            elif any(set(DEFINES.findall(cell.source)) & set(DEFINES.findall(text)) for text in texts):
                cell.source = "# This answer stands in another cell."
                notes.append(f"the answer {cell.id} stands in another cell")
            else:
                missing.add(cell.id)
        elif not marks and cell.cell_type == "code":
            if theirs is not None and theirs.source.strip() != cell.source.strip():
                cells.append(_as_own(theirs))
            if cell.id != "imports":
                cell.metadata[ORIGIN] = "demonstration"
        elif not marks and theirs is not None:
            cell.source = theirs.source
        cells += own.get(cell.id, [])
    taken = {cell.id for cell in notebook.cells}
    for number, cell in enumerate(cells):
        if cell.metadata.get(ORIGIN) == "own":
            cell.id = next(name for extra in count() if (name := f"own-{number}-{extra}") not in taken)
            taken.add(cell.id)
    notebook.cells = cells
    return notebook, notes, missing


def only_defines(source):
    """Whether code imports and defines, and so takes no time.

    Examples
    --------
    >>> only_defines("import math\\ndef f(x):\\n    return math.pi"), only_defines("train(steps=10_000)")
    (True, False)
    """
    try:
        statements = parsed(source).body
    except NO_PYTHON:
        return False
    cheap = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return all(
        isinstance(statement, cheap)
        or (isinstance(statement, ast.Assign | ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in statements
    )


def names_made(cells):
    """The names that some code cells bind, wherever in them."""
    names = set()
    for cell in cells:
        try:
            nodes = list(ast.walk(parsed(cell.source)))
        except NO_PYTHON:
            continue
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def parsed(source):
    """`ast.parse`, by one thread at a time."""
    with _ONE_PARSES:
        return ast.parse(source)


def _places(key, handed_in):
    """{id of a cell of the key: index of the student's cell that is this cell}, and the notes."""
    cells, notes, places = handed_in.cells, [], {}

    def free():
        taken = set(places.values())
        return [place for place in range(len(cells)) if place not in taken]

    named = {cell.metadata["nbgrader"]["grade_id"]: place for place, cell in enumerate(cells) if _name(cell)}
    for cell in key.cells:
        if _name(cell) in named:
            places[cell.id] = named[_name(cell)]
    same = {}
    for place in free():
        if not _name(cells[place]):
            same.setdefault(cells[place].id, place)
    for cell in key.cells:
        if cell.id not in places and cell.id in same:
            places[cell.id] = same[cell.id]
    for cell in key.cells:
        if cell.id in places:
            continue
        text = cell.source.strip()
        alike = (place for place in free() if text and cells[place].source.strip() == text)
        if (place := next(alike, None)) is not None:
            places[cell.id] = place
    before = None
    for cell in key.cells:
        if cell.id not in places and _is_answer(cell):
            defined = set(DEFINES.findall(cell.source))
            place = max((p for p in free() if defined & set(DEFINES.findall(cells[p].source))), default=None)
            behind = places.get(before, -2) + 1
            if place is None and not defined and behind in free() and cells[behind].cell_type != "code":
                place = behind
            if place is not None:
                places[cell.id] = place
                notes.append(f"the answer {cell.id} had lost its mark and was recognised by what it holds")
        before = cell.id
    return places, notes


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _is_answer(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _as_own(cell):
    cell = copy.deepcopy(cell)
    cell.metadata = type(cell.metadata)({ORIGIN: "own"})
    return cell
