"""Every solution runs from top to bottom, and so does every lecture where there is no browser.

Solutions show the lectures' instruments, which test_lesson.py moves in JupyterLab.
"""

import os
import re

import nbformat
import pytest
from executed import ONE_THREAD, assert_ran_well, processor_seconds
from lab import CHROMIUM
from nbclient import NotebookClient
from test_lesson import LECTURES, ROOT

SOLUTIONS = [ROOT / "solutions" / path.stem / path.name for path in LECTURES]
NOTEBOOKS = SOLUTIONS if CHROMIUM else [*LECTURES, *SOLUTIONS]


def instruments_of(paths):
    """The names that notebooks import from the room of widgets."""
    imports = re.findall(
        r"from ganlab\.widgets import ([\w, ]+)", "".join(path.read_text(encoding="utf-8") for path in paths)
    )
    return {name for names in imports for name in names.split(", ")}


def test_no_solution_shows_an_instrument_that_no_lecture_shows():
    assert len(instruments_of(SOLUTIONS)) > 5
    assert instruments_of(SOLUTIONS) <= instruments_of(LECTURES)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_notebook_runs_and_no_cell_computes_for_a_minute(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    seconds, began = {}, []
    client = NotebookClient(
        notebook,
        timeout=900,
        resources={"metadata": {"path": str(tmp_path)}},
        on_cell_start=lambda cell, cell_index: began.append(processor_seconds(client.km.provisioner.pid)),
        on_cell_executed=lambda cell, **_: seconds.update(
            {cell.id: processor_seconds(client.km.provisioner.pid) - began[-1]}
        ),
    )
    client.execute(env=os.environ | ONE_THREAD)
    assert_ran_well(notebook, seconds)
