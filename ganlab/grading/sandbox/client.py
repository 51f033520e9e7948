"""nbclient's loop through a notebook, with limits on time and output, in a sandbox if there is one."""

import asyncio
import atexit
import contextlib
import time

from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_output
from traitlets import Any, Bool, Float, Int, Set

from ganlab.grading.mending import mend_display
from ganlab.grading.report import TIMED_OUT
from ganlab.grading.sandbox.sandbox import kernel_manager

# A notebook may take this many times what a single cell may.
CELLS_WORTH = 10
# Characters: of what a cell prints, of what a notebook displays, of an error.
MAX_PRINTED, MAX_SHOWN, MAX_SAID = 10**6, 20 * 10**6, 10**4
LEFT_OUT = "\n[This cell printed or drew more than is kept; the rest was left out.]\n"


class Client(NotebookClient):
    """Runs the wanted cells of a notebook.

    `sandbox` is None for an ordinary kernel, `wanted` holds ids of cells, `seconds` are for one cell.
    """

    sandbox = Any()
    wanted = Set()
    seconds = Float()
    _until = Float()
    _printed = Int()
    _shown = Int()
    _silenced = Bool()
    _stuck = Set()
    _watching = Set()

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

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **start):
        try:
            async with super().async_setup_kernel(**start):
                yield
        finally:
            atexit.unregister(self._cleanup_kernel)  # nbclient leaves it behind where a kernel did not start
            # nbclient forgets who watches the kernel where it gives a cell up.
            for watching in self._watching:
                watching.cancel()
            await asyncio.gather(*self._watching, return_exceptions=True)

    async def _async_poll_kernel_alive(self):
        self._watching.add(asyncio.current_task())
        await super()._async_poll_kernel_alive()

    async def async_execute_cell(self, cell, cell_index, **settings):
        unasked = cell.cell_type != "code" or cell.id not in self.wanted or not cell.source.strip()
        if unasked or self.gives_up(cell):
            return cell
        await super().async_execute_cell(cell, cell_index, **settings)
        task = task_of(cell)
        if task and any(output.get("ename") == TIMED_OUT for output in cell.outputs):
            self._stuck.add(task)
        return cell

    def gives_up(self, cell):
        """Whether a cell would take the time of a function that never ends once more; it says so then."""
        self._begin()
        if task_of(cell) not in self._stuck and time.monotonic() <= self._until:
            return False
        cell.outputs = [new_output("error", **self.error_on_timeout)]
        cell.execution_count = 0
        return True

    async def run_code(self, source, **metadata):
        """Run code that is no cell of the notebook; its cell with the outputs."""
        self._begin()
        cell, first = new_code_cell(source, metadata=metadata), self.nb.cells[0]
        try:
            return await NotebookClient.async_execute_cell(self, cell, 0)
        finally:
            self.nb.cells[0] = first  # nbclient puts there what it ran

    def _begin(self):
        self._printed, self._silenced = 0, False
        self._until = self._until or time.monotonic() + CELLS_WORTH * self.seconds

    async def _async_handle_timeout(self, timeout, cell=None):
        reply = await super()._async_handle_timeout(timeout, cell)
        if cell is not None:
            cell.outputs.append(new_output("error", **self.error_on_timeout))
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
        over = self._printed > MAX_PRINTED or self._shown > MAX_SHOWN
        if over and kind not in ("status", "execute_input", "error"):
            if not self._silenced:
                self._silenced = True
                cell.outputs.append(new_output("stream", name="stdout", text=LEFT_OUT))
            return None
        if kind == "execute_result" and "nbgrader" in cell.metadata:
            return None  # nbgrader would take it for points
        return super().process_message(msg, cell, cell_index)


def task_of(cell):
    """The task that a cell belongs to, or an empty string."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "").split("--")[0]
