"""How far a learner has come in a notebook, read from the bytes of its file."""

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


def cells_run(lecture: bytes) -> Done:
    """How many of a lecture's cells of code were run; empty cells do not count.

    Examples
    --------
    >>> cells_run(b'{"cells": [{"cell_type": "code", "source": "1", "execution_count": 3}]}')
    Done(given=1, of=1)
    """
    cells = [cell for cell in cells_of(lecture) if cell["cell_type"] == "code" and cell["source"].strip()]
    return Done(sum(bool(cell.get("execution_count")) for cell in cells), len(cells))


def answers(assignment: bytes) -> Done:
    """How many of an assignment's places for an answer no longer hold what the release put there.

    That an answer is right is for `ganlab check` to say.

    Examples
    --------
    >>> place = '"cell_type": "code", "metadata": {"nbgrader": {"solution": true}}'
    >>> answers(f'{{"cells": [{{{place}, "source": "raise NotImplementedError()"}}]}}'.encode())
    Done(given=0, of=1)
    """
    cells = cells_of(assignment)
    places = [cell for cell in cells if cell.get("metadata", {}).get("nbgrader", {}).get("solution")]
    return Done(sum(not any(words in cell["source"] for words in UNANSWERED) for cell in places), len(places))


def cells_of(notebook: bytes) -> list[dict]:
    """The cells of a notebook, the source of each in one piece; a damaged file has none."""
    try:
        cells = json.loads(notebook)["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells if cell["cell_type"]]
    except (ValueError, KeyError, TypeError):
        return []
