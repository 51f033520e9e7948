"""Split grading: a student's cells run in one sandbox, the tests in another that no student's code enters.

Two kernels go through one notebook. The bytes between them (`ganlab.grading.split.wire`) pass through this
process, which looks at none of them. The course's settings say which assignments are graded so:
`c.SplitGrading.assignments`.
"""

import ast
import asyncio
import contextlib
import os

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell
from traitlets import Any, Dict, Int, List

from ganlab.grading.rebuilding import parsed
from ganlab.grading.report import TIMED_OUT
from ganlab.grading.sandbox.client import Client, task_of
from ganlab.grading.submissions import Unreadable

# In the metadata of a notebook to grade: the names that its answers define, what is withheld from them, and
# the seed of the submission (`ganlab.grading.answers.seeds`).
SPLIT = "ganlab_split"
# Comments of the course: in a test that needs the process of the answer, and in helper functions that run
# with the answer they are given.
IN_PROCESS, BESIDE = "# Graded in the process of the answer:", "# Graded beside the answer:"
CHUNK = 2**20
# Of what a call prints and draws: it belongs to the test that made it.
SHOWN = ("stream", "display_data")


def names_of_answers(source):
    """The functions, classes and values that the answers in an assignment's source notebook define."""
    names = {}
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader")
        if cell.cell_type == "code" and marks and marks["solution"]:
            names |= dict.fromkeys(defined(cell.source))
    return list(names)


def _is_test(cell):
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and marks.get("grade") and not marks.get("solution")


def in_process_tests(notebook):
    """The tests of a split notebook that run in the student's sandbox all the same."""
    return [cell.id for cell in notebook.cells if _is_test(cell) and IN_PROCESS in cell.source]


class SplitClient(Client):
    """Runs a notebook in a sandbox, and its tests in the one of another client, `tests`."""

    tests = Any()
    names = List()
    withheld = Dict()
    seed = Int()
    _number = Int()

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self._streams, self._pumps, limit = [], [], self.timeout_func
        # The test that a service is for ends it in time.
        self.timeout_func = lambda cell: None if cell.metadata.get("service") else limit(cell)

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **start):
        async with self.tests.async_setup_kernel(**start), super().async_setup_kernel(**start):
            try:
                await self._connect()
                yield
            finally:
                for pump in self._pumps:
                    pump.cancel()
                for _, writer in self._streams:
                    writer.close()

    async def async_execute_cell(self, cell, cell_index, **settings):
        if cell.id in self.wanted and _is_test(cell) and IN_PROCESS not in cell.source:
            return await self._tested(cell, cell_index, settings)
        if cell.id == "imports" or _is_helper(cell):
            await self.tests.run_code(cell.source)
            if BESIDE in cell.source:
                await self.tests.run_code(f"_answers.beside({defined(cell.source)!r}, get_ipython().user_ns)")
        return await super().async_execute_cell(cell, cell_index, **settings)

    async def _connect(self):
        """Connect both sides before any code of the student's runs."""
        sides = [
            (self, "_servant", "servant", "Servant.at({path!r}, get_ipython().user_ns, {withheld!r})"),
            (self.tests, "_answers", "proxy", "Answers.at({path!r})"),
        ]
        for client, name, module, made in sides:
            path = f"{client.sandbox.shared}/calls"
            made = made.format(path=path, withheld=dict(self.withheld))
            await client.run_code(f"import ganlab.grading.split.{module} as {name}\n{name} = {name}.{made}")
            self._streams.append(await asyncio.open_unix_connection(path))
            os.unlink(path)
            await client.run_code(f"{name}.accept()")
        drawn = f"import ganlab.grading.answers\nganlab.grading.answers.of_the_submission = {self.seed}"
        await self.tests.run_code(drawn)
        (student, to_student), (tests, to_tests) = self._streams
        self._pumps = [
            asyncio.ensure_future(_pump(student, to_tests)),
            asyncio.ensure_future(_pump(tests, to_student)),
        ]

    async def _tested(self, cell, cell_index, settings):
        """Run a test where the tests run, while the student's kernel answers its calls."""
        if self.tests.gives_up(cell):
            return cell
        self._number += 1
        servant = "__import__('sys').modules['ganlab.grading.split.servant'].Servant.here"
        served = f"{servant}.serve({self._number}, {task_of(cell)!r})"
        service = asyncio.ensure_future(self.run_code(served, service=True, nbgrader={}))
        service.add_done_callback(self._hang_up)
        once = new_code_cell(id=cell.id, metadata=cell.metadata)
        arguments = f"{self._number}, {self.names!r}, get_ipython(), {cell.source!r}"
        once.source = f"_answers.test({arguments})"
        try:
            await self.tests.async_execute_cell(once, cell_index, **settings)
            if any(output.get("ename") == TIMED_OUT for output in once.outputs):
                # A call within a call ends with its test, and a late interrupt would meet the next cell.
                await asyncio.wait([service], timeout=1)
                if not service.done():
                    await self.km.interrupt_kernel()
        except DeadKernelError:
            if not service.done() or service.exception() is None:
                raise Unreadable("the process of the tests ended before they were done") from None
        await asyncio.wait([service], timeout=self.iopub_timeout)
        if not service.done():
            service.cancel()
            raise CellTimeoutError("the service of a test goes on")
        shown = [output for output in service.result().outputs if output.output_type in SHOWN]
        cell.outputs, cell.execution_count = [*shown, *once.outputs], once.execution_count
        self.nb.cells[cell_index] = cell  # nbclient puts there what it ran
        return cell

    def _hang_up(self, service):
        """Let no test wait for a kernel that died."""
        if service.cancelled() or service.exception() is not None:
            self._streams[1][1].close()


async def _pump(reader, writer):
    """Pass on what comes until one side is gone, and end the other with it."""
    with contextlib.suppress(OSError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()
    writer.close()


def _is_helper(cell):
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and marks.get("locked") and not marks.get("grade")


def defined(source):
    """What the statements of a cell define, without what stands inside of them."""
    names = []
    for statement in parsed(source).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names += [
                node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
            ]
    return names
