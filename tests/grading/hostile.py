"""Answers that attack whoever grades them: one list, for the tiny course and for a class of two hundred."""

from pathlib import Path
from typing import NamedTuple

from ganlab.grading import Course


class Target(NamedTuple):
    """The task that a hostile student answers, and what the answer is after."""

    signature: str  # of the function asked for, such as "double(x)"
    right: str  # the statement that makes it a right answer
    wrong: str
    course: Course
    assignment: str
    submission: Path  # of somebody else
    port: int  # of a server on this machine that nobody inside may reach
    memory: int  # more than a submission may take

    def answer(self, *lines, then=None):
        """The function asked for, which does something else before it answers right, or says otherwise."""
        body = "\n".join(f"    {line}" for line in [*lines, then or self.right])
        imports = "import contextlib, ctypes, glob, os, shutil, signal, socket, sys, time"
        return f"{imports}\ndef {self.signature}:\n{body}"


def attempts(*statements):
    """Lines that try each statement and say when one worked."""
    return [
        f"with contextlib.suppress(Exception): {statement}; print('REACHED', {statement!r})"
        for statement in statements
    ]


def hostile(target):
    """{student: answer}; one that is not stopped, and stops nothing, answers right."""
    answer, course, root = target.answer, target.course, target.course.root
    return {
        "b files": answer(
            *attempts(
                f"open({str(root / 'canary')!r}, 'w').write('x')",
                f"open({str(course.gradebook)!r}, 'rb').read()",
                f"open({str(course.source(target.assignment))!r}).read()",
                f"open({str(target.submission)!r}).read()",
                "open('/etc/shadow').read()",
                "open('/etc/hostname').read()",
                "open('/usr/canary', 'w')",
                "open('/canary', 'w')",
                "open('/dev/canary', 'w')",
                "[name for name in glob.glob('*') if name != 'much'][0]",
                "open('/proc/1/mem', 'rb').read(1)",
                "os.setuid(0)",
                "open('/submission/much', 'wb').write(bytes(300 * 2**20))",
            )
        ),
        "b network": answer(
            *attempts(
                f"socket.create_connection(('127.0.0.1', {target.port}), timeout=1)",
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
        "h memory": answer(f"bytearray({2 * target.memory})"),
        "i memories": answer(
            "for _ in range(5):",
            f"    if os.fork() == 0: held = b'1' * {int(0.3 * target.memory)}; time.sleep(600)",
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
            then=target.wrong,
        )
        + f"\n{_call(target.signature)}",
        "n kills": answer("os.kill(-1, 9)"),
    }


def _call(signature):
    """A call of the function asked for, so that what it does is done before its tests."""
    name, arguments = signature.rstrip(")").split("(")
    return f"{name}({', '.join('1' for _ in arguments.split(','))})"
