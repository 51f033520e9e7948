"""Run by the kernels of JupyterLab before a notebook: notes each cell's seconds of the processor."""

import json
import os
from pathlib import Path

from executed import processor_seconds
from IPython import get_ipython

began, seconds = [], {}


def note(result):
    seconds[result.info.cell_id] = processor_seconds() - began[-1]
    Path(os.environ["CELL_SECONDS"]).write_text(json.dumps(seconds))


if shell := get_ipython():  # there is none where pytest looks for doctests
    shell.events.register("pre_run_cell", lambda info: began.append(processor_seconds()))
    shell.events.register("post_run_cell", note)
