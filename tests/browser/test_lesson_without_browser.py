"""Where there is no browser, every lecture and every solution still runs from top to bottom."""

import os
from pathlib import Path

import nbformat
import pytest
from executed import ONE_THREAD, assert_ran_well, processor_seconds
from lab import CHROMIUM
from nbclient import NotebookClient
from test_lesson import PAGES, ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is not None, reason="test_lesson.py runs the same notebooks in JupyterLab"),
]


@pytest.mark.parametrize("page_path", PAGES)
def test_notebook_runs_and_no_cell_computes_for_a_minute(page_path, tmp_path):
    notebook = nbformat.read(Path(ROOT, page_path), as_version=4)
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
