"""Run a rebuilt notebook: what the tests need, for as long as is fair, and all of it only where that matters.

The tests of an assignment need its imports, its locked cells and the answers. The demonstrations between them
train GANs to be watched. They run only where an answer turns out to use what they make; and no point is lost
before the cells that a student added have run too.
"""

import atexit
import copy
import re
import secrets
import time

from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_output
from traitlets import Any, Bool, Float, Int, Set

from ganlab.grading.mending import mend_display
from ganlab.grading.rebuilding import ORIGIN, names_made, only_defines
from ganlab.grading.report import TIMED_OUT
from ganlab.grading.sandbox import kernel_manager
from ganlab.grading.submissions import Unreadable

UNDEFINED = re.compile(r"name '(\w+)' is not defined")
# A notebook may take this many times what a single cell may.
CELLS_WORTH = 10
# Characters: of what a cell prints, of what a notebook displays, of an error.
MAX_PRINTED, MAX_SHOWN, MAX_SAID = 10**6, 20 * 10**6, 10**4
# Fails with a token, unless a wrong value passes `assert_close`, or no assertion fails at all.
PROBE = """
answers = __import__("sys").modules.get("ganlab.grading.answers")
try:
    answers and answers.assert_close(0.0, 1.0, "the probe")
except AssertionError:
    answers = None
assert answers, {token!r}
"""
LEFT_OUT = "\n[This cell printed or drew more than is kept; the rest was left out.]\n"


def run(notebook, sandbox, seconds, arguments=(), **start):
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
    **start
        For an ordinary kernel: its folder, and where its own messages go.

    Returns
    -------
    nbformat.NotebookNode
        With the outputs of the cells that ran.

    Raises
    ------
    Unreadable
        If the kernel died, or could not be stopped.
    """
    first = _run(notebook, _quick(notebook), sandbox, seconds, arguments, start)
    if not _needs_everything(first):
        return first
    everything = {cell.id for cell in notebook.cells}
    return _run(notebook, everything, sandbox, seconds, arguments, start)


def _run(notebook, wanted, sandbox, seconds, arguments, start):
    notebook, token = copy.deepcopy(notebook), secrets.token_hex()
    notebook.cells.append(new_code_cell(PROBE.format(token=token), id="probe"))
    client = _Client(
        notebook,
        sandbox=sandbox,
        wanted=wanted | {"probe"},
        seconds=seconds,
        extra_arguments=[*arguments, "--HistoryManager.enabled=False"],
    )
    try:
        client.execute(**start)
        _refuse_if_tests_cannot_fail(notebook.cells.pop(), token)
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
    finally:
        atexit.unregister(client._cleanup_kernel)  # which nbclient leaves behind where a kernel did not start


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


class _Client(NotebookClient):
    """nbclient's loop with limits on time and output, in a sandbox if there is one."""

    sandbox = Any()
    wanted = Set()
    seconds = Float()
    _until = Float()
    _printed = Int()
    _shown = Int()
    _silenced = Bool()
    _stuck = Set()

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.allow_errors = True
        self.interrupt_on_timeout = True
        self.error_on_timeout = {"ename": TIMED_OUT, "evalue": "", "traceback": [TIMED_OUT]}
        # For a cell that was interrupted to come to its end, on a busy machine too.
        self.iopub_timeout = max(10, int(self.seconds / 2))
        self.raise_on_iopub_timeout = True
        self.startup_timeout = 120
        self.shutdown_kernel = "immediate"
        self.timeout_func = lambda cell: max(1, min(self.seconds, self._until - time.monotonic()))

    def create_kernel_manager(self):
        self.owns_km = True
        self.km = kernel_manager(self.sandbox) if self.sandbox else AsyncKernelManager(kernel_name="python3")
        return self.km

    async def async_execute_cell(self, cell, cell_index, **settings):
        if cell.cell_type != "code" or cell.id not in self.wanted or not cell.source.strip():
            return cell
        self._until = self._until or time.monotonic() + CELLS_WORTH * self.seconds
        self._printed = 0
        self._silenced = False
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        task = name.split("--")[0]
        if task in self._stuck or time.monotonic() > self._until:
            # The function that never ends would take its time once more.
            cell.outputs = [new_output("error", ename=TIMED_OUT, evalue="", traceback=[TIMED_OUT])]
            cell.execution_count = 0
            return cell
        await super().async_execute_cell(cell, cell_index, **settings)
        if task and any(output.get("ename") == TIMED_OUT for output in cell.outputs):
            self._stuck.add(task)
        return cell

    async def _async_handle_timeout(self, timeout, cell=None):
        reply = await super()._async_handle_timeout(timeout, cell)
        if cell is not None:
            cell.outputs.append(new_output("error", ename=TIMED_OUT, evalue="", traceback=[TIMED_OUT]))
        return reply

    def process_message(self, msg, cell, cell_index):
        kind, content = msg["msg_type"], msg["content"]
        if kind in ("display_data", "execute_result", "update_display_data"):
            mend_display(content)
        if kind == "error":
            content["evalue"] = str(content.get("evalue"))[:MAX_SAID]
            content["traceback"] = [str(part)[:MAX_SAID] for part in content.get("traceback") or []][:50]
        if kind == "stream":
            self._printed += len(content.get("text", ""))
        elif kind not in ("status", "execute_input"):
            self._shown += len(str(content))
        if kind != "status" and (self._printed > MAX_PRINTED or self._shown > MAX_SHOWN):
            if not self._silenced and kind != "error":
                self._silenced = True
                cell.outputs.append(new_output("stream", name="stdout", text=LEFT_OUT))
            if kind != "error":
                return None
        if kind == "execute_result" and "nbgrader" in cell.metadata:
            return None  # nbgrader would take it for points
        return super().process_message(msg, cell, cell_index)
