"""Ctrl-C in the middle of `ganlab audit`: exit code 130, nothing half written, what was there is there."""

import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

# The command, stopped at a place of which the test hears.
COMMAND = """
import os, signal, sys, time

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

def wait(*_, **__):
    print("here", flush=True)
    time.sleep(100)

if {where!r} == "measuring":
    import ganlab.audit.verdict
    ganlab.audit.verdict.measure = wait
else:
    os.fsync = wait
from ganlab.cli import app
app(sys.argv[1:])
"""


@pytest.mark.parametrize("where", ["measuring", "writing"])
def test_ctrl_c_leaves_nothing_half_written(tmp_path, where):
    rng = np.random.default_rng(0)
    for name in ("real", "made"):
        table = pd.DataFrame(rng.normal(size=(12, 2)), columns=["a", "b"])
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    page = tmp_path / "a.html"
    page.write_text('<meta name="generator" content="ganlab audit"> an earlier one')
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    arguments = ["audit", tmp_path / "real.csv", tmp_path / "made.csv", "--out", page]
    arguments += ["--json", tmp_path / "a.json", "--permutations", "319"]
    command = [sys.executable, "-c", COMMAND.format(where=where), *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 130, stderr
    assert stdout == ""
    assert stderr.splitlines()[-1] == "ganlab: stopped before the end, by Ctrl-C."
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
