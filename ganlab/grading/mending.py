"""Make a student's notebook one that runs, and that formgrader shows, without touching what was answered.

Jupyter's many writers leave flaws that have nothing to do with an answer: a kernel without a display name,
a null where an object belongs, half an emoji, a picture that was not copied along. None of them may cost
points, so whatever grading does not need is left out or made anew, and the rest is put right.
"""

import base64
import html
import json
import re
from contextlib import suppress
from itertools import count

import nbformat

from ganlab.grading.report import cells_by_name

# nbformat's own rule for the names of cells, which its schema enforces.
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
KINDS = ("code", "markdown", "raw")
DAMAGED = "is JSON but a notebook that is damaged; save it again from JupyterLab"
NO_NOTEBOOK = "is JSON but no notebook; save it again from JupyterLab"


class NotANotebook(ValueError):
    """What was read has no cells to grade; the message ends a sentence that begins with the file's name."""


def mended(content, key):
    """A notebook of format 4.5 with a student's answers, and what had to be put right for it.

    The code is run anew, with kernel and marks from the course, so outputs and general metadata
    are left out, and a cell that bears a name of the assignment gets the assignment's marks and kind.

    Parameters
    ----------
    content : object
        What the file holds, read as JSON.
    key : nbformat.NotebookNode
        The assignment, from which the cells get their marks.

    Returns
    -------
    notebook : nbformat.NotebookNode
    notes : list of str
        Only what touches a cell that somebody will grade or read; the rest makes no difference.

    Raises
    ------
    NotANotebook
    """
    asked, notes, cells = cells_by_name(key), [], []
    for number, raw in enumerate(_raw_cells(content), start=1):
        if not isinstance(raw, dict):
            notes.append(f"cell {number} is no cell ({_what(raw)} instead) and was left out")
            continue
        cells.append(_cell(raw, number, asked, notes))
    if not cells:
        raise NotANotebook(DAMAGED)
    _leave_names_to_last(cells)
    _give_ids(cells)
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": one_kernel(), "cells": cells}
    return nbformat.from_dict(content), notes


def one_kernel():
    """The general metadata of every notebook that is graded."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.from_dict({"kernelspec": kernel})


def _raw_cells(content):
    if not isinstance(content, dict):
        raise NotANotebook(NO_NOTEBOOK)
    if isinstance(content.get("worksheets"), list) and "cells" not in content:
        # Written before 2015: nbformat knows how such cells are spelled today.
        try:
            content = nbformat.reads(json.dumps(content), as_version=4)
        except Exception:
            raise NotANotebook(DAMAGED) from None
    cells = content.get("cells")
    if "cells" not in content:
        raise NotANotebook(NO_NOTEBOOK)
    major = content.get("nbformat")
    if isinstance(major, int | float) and major >= 5:
        raise NotANotebook(f"is a notebook of format {major}; expected 4, as JupyterLab saves it")
    if not isinstance(cells, list):
        raise NotANotebook(DAMAGED)
    if not cells:
        raise NotANotebook("is a notebook without a single cell")
    return cells


def _cell(raw, number, asked, notes):
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    marks = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    name = marks.get("grade_id")
    name = name if isinstance(name, str) and name in asked else None
    where = f"the cell {name}" if name else f"cell {number}"

    kind = raw.get("cell_type")
    if name and kind != asked[name].cell_type:
        wanted, given = asked[name].cell_type, kind if kind in KINDS else "something else"
        notes.append(f"{where} was turned into {given} and was read as {wanted} again")
        kind = wanted
    elif not isinstance(kind, str) or kind not in KINDS:
        wanted = "code" if "outputs" in raw or "execution_count" in raw else "raw"
        notes.append(f"{where} does not say whether it is code or text and was read as {wanted}")
        kind = wanted

    cell = {"cell_type": kind, "id": raw.get("id"), "metadata": {}, "source": _source(raw, where, notes)}
    if name:
        cell["metadata"]["nbgrader"] = dict(asked[name].metadata["nbgrader"])
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    elif attachments := _attachments(raw.get("attachments")):
        cell["attachments"] = attachments
    if kind == "markdown":
        _attach_what_is_missing(cell, where, notes)
    return cell


def _source(raw, where, notes):
    source = raw.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    elif source is None:
        source = ""
    elif not isinstance(source, str):
        notes.append(f"the text of {where} is {_what(source)} instead of text and was left out")
        source = ""
    if LONE_SURROGATE.search(source):
        notes.append(f"{where} holds half a character, such as half an emoji; it was replaced by \ufffd")
        source = LONE_SURROGATE.sub("\ufffd", source)
    return source.removeprefix("\ufeff").replace("\r\n", "\n")


def _attachments(attachments):
    """Those that nbformat allows: {name: {mime type: base64}}."""
    kept = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        files = {}
        for mime, data in bundle.items() if isinstance(bundle, dict) else ():
            if isinstance(data, list) and all(isinstance(line, str) for line in data):
                data = "".join(data)
            if isinstance(data, str) and not LONE_SURROGATE.search(mime + data):
                files[mime] = data
        if files:
            kept[LONE_SURROGATE.sub("\ufffd", name)] = files
    return kept


def _attach_what_is_missing(cell, where, notes):
    """Let nbconvert find every picture of a text: it gives up a whole page over a single one."""
    from urllib.parse import unquote

    attachments = cell.get("attachments", {})
    by_plain_name = {unquote(name): files for name, files in attachments.items()}
    for name in _names_asked_for(cell["source"]):
        if name in attachments:
            continue
        # nbconvert looks for the name as it stands in an address: %20 for a space, %C3%BC for an umlaut.
        plain = unquote(html.unescape(name))
        if plain not in by_plain_name:
            notes.append(f"the picture {plain} that {where} shows is not attached to it")
        attachments[name] = by_plain_name.get(plain) or _placeholder(plain)
    if attachments:
        cell["attachments"] = attachments


def _names_asked_for(text):
    """The names under which nbconvert will look for the attachments of a markdown cell."""
    if "attachment:" not in text.lower():
        return []
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Asked(dict):
        def __contains__(self, name):
            self[name] = {"image/png": ""}
            return True

    asked = Asked()
    with suppress(Exception):  # the page may fail; grading does not depend on it
        MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=asked)).render(text)
    return list(asked)


def _placeholder(name):
    """A picture that says in words what should be there."""
    words = html.escape(f"not attached: {name}")
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="32">'
        f'<text x="4" y="21" font-family="sans-serif" font-size="14">{words}</text></svg>'
    )
    return {"image/svg+xml": base64.b64encode(picture.encode("utf-8", "replace")).decode("ascii")}


def mend_display(content):
    """Leave out what code displayed that no notebook or page can hold: one picture must not cost all points.

    Parameters
    ----------
    content : dict
        Of a kernel's message that displays something; changed in place.
    """
    data = content.get("data") if isinstance(content.get("data"), dict) else {}
    metadata = content.get("metadata") if isinstance(content.get("metadata"), dict) else {}
    content["data"] = {mime: value for mime, value in data.items() if _can_be_shown(mime, value)}
    content["metadata"] = {key: value for key, value in metadata.items() if isinstance(value, dict)}
    if not content["data"]:
        content["data"] = {"text/plain": "[what was displayed here cannot be kept in a notebook]"}


def _can_be_shown(mime, value):
    if mime == "application/json" or mime.endswith("+json"):
        return True
    if isinstance(value, list):
        value = "".join(value) if all(isinstance(line, str) for line in value) else None
    return isinstance(value, str) and not (mime == "text/markdown" and _names_asked_for(value))


def _leave_names_to_last(cells):
    """Leave each name to the last cell that bears it.

    A copied cell is an accident: it should not cost the points of what was copied.
    """
    seen = set()
    for cell in reversed(cells):
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in seen:
            del cell["metadata"]["nbgrader"]
        elif name is not None:
            seen.add(name)


def _give_ids(cells):
    taken = set()
    for number, cell in enumerate(cells, start=1):
        name = cell["id"]
        if not isinstance(name, str) or not CELL_ID.fullmatch(name) or name in taken:
            name = next(made for extra in count() if (made := f"cell-{number}-{extra}") not in taken)
        cell["id"] = name
        taken.add(name)


def _what(value):
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
