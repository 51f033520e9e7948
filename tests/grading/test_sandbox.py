"""Hostile submissions among honest ones: none reaches what it is after, and nobody else's points change."""

import asyncio
import atexit
import contextlib
import json
import shutil
import socket
import subprocess
import threading

import nbformat
import psutil
import pytest
from hostile import Target, hostile
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.grading import CourseError, grade, grade_folder
from ganlab.grading.sandbox import client, pool, sandbox
from ganlab.grading.sandbox.sandbox import Limits, Sandbox, refuse_without_sandbox

MEMORY = 2**30


@pytest.fixture(scope="module")
def connections():
    """The port of a server on this machine, and the connections that it got."""
    got, server = [], socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                got.append(server.accept())
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], got
    server.close()


@pytest.mark.slow
def test_nothing_hostile_reaches_its_target_and_honest_points_stay(course, hand_in, connections, monkeypatch):
    monkeypatch.setattr(grade, "Limits", lambda: Limits(memory=MEMORY))
    monkeypatch.setattr(grade, "n_workers", lambda limits: 1)  # so that each meets what the last one left
    port, got = connections
    (course.root / "canary").write_text("as it was")
    folder = hand_in("a honest", **RIGHT)
    submission = folder / "a honest" / f"{ASSIGNMENT}.ipynb"
    target = Target(
        "double(x)", "return 2 * x", "return x", course, ASSIGNMENT, submission, port, memory=MEMORY
    )
    for student, double in hostile(target).items():
        hand_in(student, **RIGHT | {"double": double})
    hand_in("z honest", **RIGHT)
    inside = []

    class Watched(Sandbox):
        def end(self, why=""):
            with contextlib.suppress(psutil.Error):
                inside.extend(psutil.Process(self.process.pid).children(recursive=True))
            super().end(why)

    monkeypatch.setattr(pool, "Sandbox", Watched)
    report = grade_folder(folder, course)

    assert (course.root / "canary").read_text() == "as it was"
    assert not got
    assert inside
    assert not psutil.wait_procs(inside, timeout=100)[1], "Nothing of a submission goes on."
    points = {one.student: [row.points for row in one.rows] for one in report.submissions}
    reasons = {one.student: one.rows[0].reason for one in report.submissions}
    for student in ("a honest", "b files", "b network", "b processes", "e deletes", "d finder", "z honest"):
        assert points[student] == [3, 3, None], (student, reasons[student])
    for student in ("j shows", "f peeks", "h memory", "k exits", "n kills"):
        assert points[student][:2] == [0, 3], (student, reasons[student])
    for student in ("i memories", "l exits", "m deaf", "o asserts"):
        assert points[student] == [None] * 3, (student, reasons[student])
    assert points["j drowns"] in ([3, 3, None], [None] * 3)
    # On a busy machine the seconds of its cell are over before what it prints is.
    assert points["j flood"] in ([0, 3, None], [None] * 3)
    assert points["g forks"] in ([0, 3, None], [None] * 3)
    assert points["c leftovers"] in ([3, 3, None], [0, 3, None])
    assert "MemoryError" in reasons["h memory"]
    assert reasons["i memories"] == "the code took more memory than the 1024 MB allowed"
    assert reasons["m deaf"] == "the code ran for too long and could not be interrupted"
    for (student, _), page in report.feedback.items():
        text = page.read_text(encoding="utf-8")
        assert "assert double(-3)" not in text, student
        assert len(text) < 100_000
    for path in (course.root / "autograded").rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        outputs = [output for cell in json.loads(text)["cells"] for output in cell.get("outputs", [])]
        printed = ["".join(output.get("text", "")) for output in outputs]
        assert not any("REACHED" in text for text in printed), path
        assert len(text) < 3 * 10**6
    found = (course.root / "autograded" / "d finder" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "FOUND\\n" in found
    assert "FOUND False 2" in found, "The kernel and the process that forked it, and nobody else."


def test_an_endless_function_costs_its_time_once(course, hand_in):
    import nbformat

    loop = "def double(x):\n    while True:\n        pass"
    grade_folder(hand_in("loop", **RIGHT | {"double": loop}), course)
    path = course.root / "autograded" / "loop" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    ran = {cell.id: cell.get("execution_count") for cell in nbformat.read(path, as_version=4).cells}
    assert ran["double--by-hand"] > 0
    assert ran["double--hidden"] == 0, "It would have waited for the same function again."
    assert ran["triple--by-hand"] > 0


def test_an_answer_that_replaces_what_tests_compare_with_is_left_to_a_person(course, hand_in):
    replaced = (
        "import ganlab.grading.answers as answers\nanswers.assert_close = print\ndef double(x): return x"
    )
    imported = "from ganlab.grading.answers import assert_close\ndef double(x): return 2 * x"
    hand_in("honest", **RIGHT | {"double": imported})
    report = grade_folder(hand_in("replaces", **RIGHT | {"double": replaced}), course)
    assert {one.student: one.points for one in report.submissions} == {"honest": 6, "replaces": 0}
    (noticed,) = report.not_graded
    assert "the code changed Python so that tests can no longer fail" in noticed.rows[0].reason


def test_a_kernel_that_ended_by_itself_leaves_nothing_to_the_next(sandbox_can_be_made):
    async def started(within):
        manager = sandbox.kernel_manager(within)
        await manager.start_kernel()
        return manager

    async def one_after_the_other(within):
        manager = await started(within)
        (first,) = psutil.Process(within.process.pid).children()
        while not (kernels := first.children()):
            await asyncio.sleep(0.01)
        kernels[0].kill()
        while await manager.is_alive():
            await asyncio.sleep(0.01)
        await manager.cleanup_resources()
        manager = await started(within)
        assert await manager.is_alive()
        await manager.shutdown_kernel(now=True)

    within = Sandbox((), Limits(), subprocess.DEVNULL)
    try:
        asyncio.run(one_after_the_other(within))
        assert within.runs
    finally:
        within.end()


def test_once_the_sandboxes_were_ended_no_new_one_is_made(monkeypatch):
    """A thread that takes its next submission while the grading is stopped would run it to its end."""
    made = []
    monkeypatch.setattr(pool, "Sandbox", lambda *settings: made.append(settings))
    sandboxes = pool.Sandboxes(Limits(), subprocess.DEVNULL)
    sandboxes.end("the grading was stopped")
    with pytest.raises(RuntimeError, match="were ended"), sandboxes.ready(()):
        pass
    assert not made


def test_the_assignments_of_a_class_are_graded_in_the_same_sandboxes(course, hand_in, monkeypatch):
    """Eleven lessons in sandboxes of their own took 26 processes and 7.6 GB on two cores."""
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    source.cells.append(new_code_cell("import fractions", id="more-imports"))
    course.source("02-tiny").parent.mkdir()
    nbformat.write(source, course.source("02-tiny"))
    made = []

    def noted(imports, limits, log):
        made.append(imports)
        return Sandbox(imports, limits, log)

    monkeypatch.setattr(pool, "Sandbox", noted)
    monkeypatch.setattr(grade, "n_workers", lambda limits: 1)
    for name in (ASSIGNMENT, "02-tiny"):
        folder = hand_in("ada", name=name, nested=True, **RIGHT)
    report = grade_folder(folder, course, progress=False)
    points = {
        (row.assignment, row.task): row.points for row in report.rows if row.task in ("double", "triple")
    }
    assert points == {(name, task): 3 for name in (ASSIGNMENT, "02-tiny") for task in ("double", "triple")}
    assert len(made) == 1
    assert {"import warnings", "import fractions"} <= set(made[0])


def test_a_kernel_that_did_not_start_is_not_ended_once_more_when_python_ends(monkeypatch):
    async def fails(self, **settings):
        raise OSError("no kernel")

    async def run(running):
        async with running.async_setup_kernel():
            pass

    monkeypatch.setattr(client.AsyncKernelManager, "start_kernel", fails)
    left = []
    monkeypatch.setattr(atexit, "register", left.append)
    monkeypatch.setattr(atexit, "unregister", lambda done: left.remove(done) if done in left else None)
    with pytest.raises(OSError, match="no kernel"):
        asyncio.run(run(client.Client(new_notebook(), seconds=4)))
    assert left == []


def test_each_cell_of_which_something_was_left_out_says_so_and_no_other(monkeypatch):
    async def flood(self, cell, cell_index):
        content = {"name": "stdout", "text": "x" * (client.MAX_PRINTED + 1)}
        self.process_message({"msg_type": "stream", "content": content}, cell, cell_index)
        return cell

    monkeypatch.setattr(NotebookClient, "async_execute_cell", flood)
    running = client.Client(new_notebook(cells=[new_code_cell()]), seconds=4, record_timing=False)
    for _ in range(2):
        (output,) = asyncio.run(running.run_code("flood()")).outputs
        assert output.text == client.LEFT_OUT
    running._begin()
    running._shown = client.MAX_SHOWN + 1
    cell = new_code_cell("quiet()")
    running.process_message({"msg_type": "execute_input", "content": {"code": cell.source}}, cell, 0)
    assert cell.outputs == []


def test_without_bubblewrap_nothing_is_run_unless_somebody_insists(course, hand_in, monkeypatch):
    folder = hand_in("ada", **RIGHT)
    found = shutil.which
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None if name == "bwrap" else found(name))
    with pytest.raises(CourseError, match=r"apt install bubblewrap.*--unsafe"):
        grade_folder(folder, course)
    assert not (course.root / "autograded").exists()
    report = grade_folder(folder, course, unsafe=True)
    assert report.unsafe
    assert report.submissions[0].points == 6


def test_a_bubblewrap_that_is_not_allowed_to_work_says_why(tmp_path, monkeypatch):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(CourseError, match=r"cannot make a sandbox here \(setting up uid map"):
        refuse_without_sandbox()
