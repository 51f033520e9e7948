"""Hostile submissions among honest ones: none reaches what it is after, and nobody else's points change."""

import contextlib
import shutil
import socket
import threading

import psutil
import pytest
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.grading import CourseError, grade, grade_folder, sandbox
from ganlab.grading.sandbox import Limits, Sandbox, refuse_without_sandbox

MEMORY = 2**30


def answer(*lines, then="return 2 * x"):
    body = "\n".join(f"    {line}" for line in [*lines, then])
    return f"import contextlib, ctypes, glob, os, shutil, socket, sys, time\ndef double(x):\n{body}"


def attempts(*statements):
    """Lines that try each statement and say when one worked."""
    return [
        line
        for statement in statements
        for line in (f"with contextlib.suppress(Exception): {statement}; print('REACHED', {statement!r})",)
    ]


def hostile(root, folder, port):
    """{student: answer to the first task}; one that is not stopped, and stops nothing, answers right."""
    submissions = folder / "a honest" / f"{ASSIGNMENT}.ipynb"
    return {
        "b files": answer(
            *attempts(
                f"open({str(root / 'canary')!r}, 'w').write('x')",
                f"open({str(root / 'gradebook.db')!r}, 'rb').read()",
                f"open({str(root / 'solutions' / ASSIGNMENT / f'{ASSIGNMENT}.ipynb')!r}).read()",
                f"open({str(submissions)!r}).read()",
                "open('/etc/shadow').read()",
                "open('/etc/hostname').read()",
                "open('/usr/canary', 'w')",
                "open('/canary', 'w')",
                "open('/dev/canary', 'w')",
                "glob.glob('*')[0]",
                "open('/proc/1/mem', 'rb').read(1)",
                "os.setuid(0)",
                "open('/submission/much', 'wb').write(bytes(600 * 2**20))",
            )
        ),
        "b network": answer(
            *attempts(
                f"socket.create_connection(('127.0.0.1', {port}), timeout=1)",
                "socket.create_connection(('1.1.1.1', 53), timeout=1)",
            )
        ),
        "b processes": answer("os.kill(1, 9)", "os.kill(1, 15)"),
        "c leftovers": answer(
            "open('/tmp/left', 'w').write('x')",
            "open('/dev/shm/left', 'w').write('x')",
            "os.makedirs(os.path.expanduser('~/.ipython/profile_default/startup'), exist_ok=True)",
            "open(os.path.expanduser('~/.ipython/profile_default/startup/00.py'), 'w').write('LEFT = 1')",
            "if os.fork() == 0: time.sleep(600)",
        ),
        "d finder": answer(
            "print('FOUND', *(name for name in ['/tmp/left', '/dev/shm/left'] if os.path.exists(name)))",
            "print('FOUND', 'LEFT' in globals(), sum(name.isdigit() for name in os.listdir('/proc')))",
        ),
        "e deletes": answer("shutil.rmtree(os.getcwd(), ignore_errors=True)"),
        "f peeks": answer("raise AssertionError(get_ipython().user_ns['In'][-1])"),
        "g forks": answer("while True: os.fork()"),
        "h memory": answer(f"bytearray({2 * MEMORY})"),
        "i memories": answer(
            "for _ in range(5):",
            "    if os.fork() == 0: held = bytearray(300 * 2**20); time.sleep(600)",
            "time.sleep(3)",
        ),
        "j flood": answer("while True: print('x' * 10_000)"),
        "j shows": answer("raise ValueError('y' * (10 * 2**20))"),
        "j drowns": answer("print('z' * (100 * 2**20))"),
        "k exits": "import sys\nsys.exit(0)",
        "l exits": "import os\nos._exit(0)",
        "m deaf": answer("import signal; signal.signal(2, signal.SIG_IGN)", "while True: pass"),
        "o asserts": answer(
            "import ast",
            "class Drop(ast.NodeTransformer):",
            "    visit_Assert = lambda self, node: ast.Pass()",
            "get_ipython().ast_transformers.append(Drop())",
            then="return x",
        )
        + "\ndouble(1)",
        "n kills": answer("os.kill(-1, 9)"),
    }


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
    for student, double in hostile(course.root, folder, port).items():
        hand_in(student, **RIGHT | {"double": double})
    hand_in("z honest", **RIGHT)
    inside = []

    class Watched(Sandbox):
        def end(self, why=""):
            with contextlib.suppress(psutil.Error):
                inside.extend(psutil.Process(self.process.pid).children(recursive=True))
            super().end(why)

    monkeypatch.setattr(grade, "Sandbox", Watched)
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
        assert "REACHED '" not in text.replace("print('REACHED'", ""), path
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
