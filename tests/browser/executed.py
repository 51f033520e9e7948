"""What is asked of a notebook that has run from top to bottom, in JupyterLab or without it."""

import os

import psutil

WIDGET = "application/vnd.jupyter.widget-view+json"
# Tests run three at a time; on two cores six threads would wait for each other most of the time.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def processor_seconds(pid=None):
    """What a process and its children used of the processor; the clock also counts what others keep busy."""
    kernel = psutil.Process(pid or os.getpid())
    return sum(sum(process.cpu_times()[:2]) for process in [kernel, *kernel.children(recursive=True)])


def assert_ran_well(notebook, seconds):
    """No error, no warning, no cell of a minute in `seconds`, and widgets that can be read as pictures."""
    assert max(seconds.values()) < 60, max(seconds, key=seconds.get)
    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert outputs
    for name, output in outputs:
        assert output.output_type != "error", name
        # A warning on the learner's page is a fault of the page.
        warns = output.output_type == "stream" and output.name == "stderr" and "Warn" in output.text
        assert not warns, name
    shown = [output.get("data", {}) for _, output in outputs]
    pictures = [data for data in shown if WIDGET in data and "image/png" in data]
    assert pictures, "no widget of ours left a still picture for readers without a front end"
    for data in pictures:
        assert len(data["text/plain"].split()) > 10, "the picture has no sentence beside it"
