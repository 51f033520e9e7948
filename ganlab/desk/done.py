"""How far a learner has come in a notebook, read from the file."""

import json
from typing import NamedTuple

UNANSWERED = ("raise NotImplementedError()", "YOUR ANSWER HERE")


class Done(NamedTuple):
    """So many of so many.

    Attributes
    ----------
    given : int
        Cells that were run, or places for an answer that are filled.
    of : int
        How many there are.
    """

    given: int
    of: int


def cells_run(content: bytes) -> Done:
    """How many of a lecture's cells of code were run.

    Parameters
    ----------
    content : bytes
        The notebook's file.

    Returns
    -------
    Done

    Examples
    --------
    >>> cells_run(b'{"cells": [{"cell_type": "code", "source": "1", "execution_count": 3}]}')
    Done(given=1, of=1)
    """
    cells = [cell for cell in _cells(content) if cell["cell_type"] == "code" and _text(cell).strip()]
    return Done(sum(bool(cell.get("execution_count")) for cell in cells), len(cells))


def answers(content: bytes) -> Done:
    """How many of an assignment's places for an answer no longer hold what the release put there.

    That an answer is right is for `ganlab check` to say.

    Parameters
    ----------
    content : bytes
        The notebook's file.

    Returns
    -------
    Done

    Examples
    --------
    >>> place = '"cell_type": "code", "metadata": {"nbgrader": {"solution": true}}'
    >>> answers(f'{{"cells": [{{{place}, "source": "raise NotImplementedError()"}}]}}'.encode())
    Done(given=0, of=1)
    """
    places = [
        cell for cell in _cells(content) if cell.get("metadata", {}).get("nbgrader", {}).get("solution")
    ]
    return Done(sum(not any(words in _text(cell) for words in UNANSWERED) for cell in places), len(places))


def _cells(content):
    """The cells of a notebook; a damaged file has none."""
    try:
        return json.loads(content)["cells"]
    except (ValueError, KeyError, TypeError):
        return []


def _text(cell):
    return "".join(cell["source"])
