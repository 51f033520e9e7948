"""Run a rebuilt notebook: what the tests need, for as long as is fair, and all of it only where that matters.

The tests of an assignment need its imports, its locked cells and the answers. The demonstrations between them
train GANs to be watched. They run only where an answer turns out to use what they make; and no point is lost
before the cells that a student added have run too.
"""

import contextlib
import copy
import re
import secrets

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell

from ganlab.grading.rebuilding import ORIGIN, names_made, only_defines
from ganlab.grading.report import TIMED_OUT
from ganlab.grading.sandbox.client import Client
from ganlab.grading.split.kernels import SPLIT, SplitClient, in_process_tests
from ganlab.grading.submissions import Unreadable
from ganlab.progress import with_progress

UNDEFINED = re.compile(r"name '(\w+)' is not defined")
# Fails with a token, unless a wrong value passes `assert_close`, or no assertion fails at all.
PROBE = """
answers = __import__("sys").modules.get("ganlab.grading.answers")
try:
    answers and answers.assert_close(0.0, 1.0, "the probe")
except AssertionError:
    answers = None
assert answers, {token!r}
"""


def run(notebook, sandbox, seconds, arguments=(), tests=None, says=None, **start):
    """Run what the tests of a notebook need.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        From `rebuilt`; left as it is.
    sandbox : Sandbox or None
        None runs the code in an ordinary kernel, with the rights of this process.
    seconds : float
        For one cell; a notebook may take ten times that.
    arguments : sequence of str
        For the kernel.
    tests : Sandbox or None
        Where the tests run, if the notebook is to be graded split (`ganlab.grading.split`).
    says : str or None
        What a bar says to somebody who waits for this notebook at a terminal. None shows no bar.
    **start
        For an ordinary kernel: its folder, and where its own messages go.

    Returns
    -------
    nbformat.NotebookNode
        With the outputs of the cells that ran.

    Raises
    ------
    Unreadable
        If the kernel died, could not be stopped, or is one in which tests can no longer fail.
    """
    settings = sandbox, seconds, arguments, tests, says, start
    first = _run(notebook, _quick(notebook), *settings)
    if not _needs_everything(first):
        return first
    everything = {cell.id for cell in notebook.cells}
    return _run(notebook, everything, *settings)


def _run(notebook, wanted, sandbox, seconds, arguments, tests, says, start):
    notebook, token = copy.deepcopy(notebook), secrets.token_hex()
    notebook.cells.append(new_code_cell(PROBE.format(token=token), id="probe"))
    settings = {
        "wanted": wanted | {"probe"},
        "seconds": seconds,
        "extra_arguments": [*arguments, "--HistoryManager.enabled=False"],
    }
    if tests is None:
        client = Client(notebook, sandbox=sandbox, **settings)
    else:
        beyond = Client(notebook, sandbox=tests, **settings)
        client = SplitClient(notebook, sandbox=sandbox, tests=beyond, **notebook.metadata[SPLIT], **settings)
    steps = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id in settings["wanted"]]
    steps = iter(with_progress(steps, says, after=0)) if says else (step for step in steps)
    try:
        with contextlib.closing(steps) as bar:
            next(bar, None)  # the kernel starts
            client.on_cell_executed = lambda **_: next(bar, None)
            client.execute(**start)
        probe = notebook.cells.pop()
        if tests is None or in_process_tests(notebook):
            _refuse_if_tests_cannot_fail(probe, token)
        return notebook
    except DeadKernelError:
        reason = sandbox.why_ended if sandbox else ""
        raise Unreadable(
            reason
            or "the code ended its own Python process before the tests were done "
            "(os._exit, a crash, or no memory left)"
        ) from None
    except CellTimeoutError:
        raise Unreadable("the code ran for too long and could not be interrupted") from None


def _refuse_if_tests_cannot_fail(probe, token):
    """An answer can change Python so that no assertion fails; its points would mean nothing."""
    errors = {(output.get("ename"), output.get("evalue")) for output in probe.outputs}
    if not errors & {("AssertionError", token), (TIMED_OUT, "")}:
        raise Unreadable("the code changed Python so that tests can no longer fail; look at it by hand")


def _quick(notebook):
    """The ids of the cells that the tests need."""
    return {
        cell.id
        for cell in notebook.cells
        if ORIGIN not in cell.metadata or (cell.metadata[ORIGIN] == "own" and only_defines(cell.source))
    }


def _needs_everything(notebook):
    """Whether points were lost that the cells left out could have saved."""
    errors = [
        output
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    if not errors:
        return False
    left_out = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count is None]
    if any(cell.metadata.get(ORIGIN) == "own" and cell.source.strip() for cell in left_out):
        return True
    undefined = {name for error in errors for name in UNDEFINED.findall(error.evalue)}
    return bool(undefined & names_made(left_out))
