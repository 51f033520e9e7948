"""Every lecture and every solution runs from top to bottom without a browser."""

import os

import nbformat
import psutil
import pytest
from conftest import COURSE, LESSONS, ROOT
from nbclient import NotebookClient

WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOKS = [*sorted((ROOT / "course").glob("*.ipynb")), *map(COURSE.source, LESSONS)]

# Tests run two at a time; on two cores four threads would wait for each other most of the time.
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT))),
]


def test_notebook_runs_and_no_cell_computes_for_a_minute(path, tmp_path):
    """Seconds of the processor, not of the clock, which others may be keeping busy."""
    notebook = nbformat.read(path, as_version=4)
    seconds, began = {}, []

    def spent():
        kernel = psutil.Process(client.km.provisioner.pid)
        return sum(sum(process.cpu_times()[:2]) for process in [kernel, *kernel.children(recursive=True)])

    client = NotebookClient(
        notebook,
        timeout=900,
        resources={"metadata": {"path": str(tmp_path)}},
        on_cell_start=lambda cell, cell_index: began.append(spent()),
        on_cell_executed=lambda cell, **_: seconds.update({cell.id: spent() - began[-1]}),
    )
    client.execute(env=ONE_THREAD)
    assert max(seconds.values()) < 60, max(seconds, key=seconds.get)

    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert outputs
    for name, output in outputs:
        assert output.output_type != "error", name
        # A warning on the learner's page is a fault of the page.
        assert not (output.output_type == "stream" and output.name == "stderr" and "Warn" in output.text), (
            name
        )
    instruments = [
        output.data
        for _, output in outputs
        if WIDGET in output.get("data", {}) and "image/png" in output.data
    ]
    assert instruments, "no widget of ours left a still picture for readers without a front end"
    for data in instruments:
        assert len(data["text/plain"].split()) > 10, "the picture has no sentence beside it"
