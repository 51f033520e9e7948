"""Inside a sandbox: a Python with the course's imports done, which forks one kernel after another.

Importing torch takes longer than the tests of most assignments. This process imports it once and never runs
a line of a student's; each submission gets a copy of it. It is process 1 of the sandbox, so it cannot be
killed from inside, and it can end everything else at once. Where anything of a submission is left that
cannot be removed, it ends itself, and the sandbox with it.

It takes orders as lines of JSON on its standard input, and answers on its standard output.
"""

import contextlib
import ctypes
import gc
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
from pathlib import Path

# Of prctl: the signal that comes when the parent ends; whether others of this user may look into a process.
SET_PDEATHSIG, SET_DUMPABLE = 1, 4


def main():
    orders, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    with os.fdopen(orders, "rb", buffering=0) as orders, os.fdopen(answers, "wb", buffering=0) as answers:
        settings = json.loads(orders.readline())
        if settings["user"] is not None:
            _become(settings["user"])
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _import_what_the_course_imports(settings["imports"])
        ctypes.CDLL(None).prctl(SET_DUMPABLE, 0)
        gc.collect()
        gc.freeze()  # or each kernel's own collections would copy all that was imported
        answers.write(b"ready\n")
        _serve(settings, orders, answers)


def _become(user):
    """Stop being root for good, with no right of root's left to take up again."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGKILL)  # bwrap's own was lost with root
    status = Path("/proc/self/status").read_text()
    if any(int(rights, 16) for rights in re.findall(r"^Cap(?:Prm|Eff|Amb):\s*(\w+)", status, re.MULTILINE)):
        raise SystemExit("the rights of root could not be given up")


def _serve(settings, orders, answers):
    kernel = None
    while True:
        readable, _, _ = select.select([orders], [], [], 0.05 if kernel else None)
        if readable:
            if not (line := orders.readline()):
                return  # whoever started this is gone
            order = json.loads(line)
            if order["do"] == "start":
                kernel = os.fork()
                if not kernel:
                    orders.close()
                    answers.close()
                    _be_a_kernel(settings, order["arguments"])
            elif order["do"] == "interrupt" and kernel:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(kernel, signal.SIGINT)
            elif order["do"] == "end":
                kernel = None
                _remove_every_trace(settings)
                answers.write(b"clean\n")
        # Children of a kernel that ended are now this process's own.
        while kernel and (ended := _ended_child()):
            if ended == kernel:
                kernel = None
                answers.write(b"dead\n")


def _import_what_the_course_imports(statements):
    """Do what every kernel would do first; what fails here fails there again, and says so there."""
    for statement in [
        *statements,
        # Not the backend of its figures: that one looks for its kernel when it is imported.
        "import ipykernel.kernelapp, ipykernel.ipkernel, ipykernel.debugger",
        "import IPython.core.completerlib, IPython.core.debugger, IPython.extensions.storemagic",
        "from ganlab.grading.outcome import show_outcome",
        "import ganlab.grading.split.proxy, ganlab.grading.split.servant",
    ]:
        with contextlib.suppress(Exception):
            exec(statement, {"__name__": "warm"})
    if "torch" in sys.modules:
        with contextlib.suppress(ImportError):
            import torch._dynamo  # noqa: F401 - an optimizer imports it at its first step, for seconds


def _be_a_kernel(settings, arguments):
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ctypes.CDLL(None).prctl(SET_DUMPABLE, 1)
        for limit, most in (
            (resource.RLIMIT_DATA, settings["memory"]),
            (resource.RLIMIT_NPROC, settings["processes"]),
            (resource.RLIMIT_FSIZE, settings["disk"]),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MSGQUEUE, 0),  # a queue would outlive the submission
        ):
            resource.setrlimit(limit, (most, most))
        for folder in settings["folders"]:
            os.makedirs(folder, exist_ok=True)
        os.chdir(settings["folders"][0])
        from ipykernel.kernelapp import IPKernelApp

        os.dup2(0, 2)  # what a student writes must not fill anybody's log
        IPKernelApp.launch_instance(argv=arguments)
    finally:
        os._exit(1)


def _remove_every_trace(settings):
    """End every process, remove every file, and end the sandbox if something cannot be removed."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # everybody but process 1
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    mounts = [line.split()[4].replace("\\040", " ") for line in lines]
    for folder in settings["writable"]:
        _empty(Path(folder), mounts)
    for kind in ("shm", "sem", "msg"):
        if len(Path(f"/proc/sysvipc/{kind}").read_text().splitlines()) > 1:
            raise SystemExit(f"a submission left {kind} behind")


def _empty(folder, mounts):
    """Remove what is in a folder, but for places where something else is mounted, and the way to them."""
    for entry in folder.iterdir():
        if str(entry) in mounts:
            continue
        if any(mount.startswith(f"{entry}/") for mount in mounts):
            _empty(entry, mounts)  # the course itself may lie in /tmp
        elif entry.is_dir() and not entry.is_symlink():
            os.chmod(entry, 0o700)
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _ended_child():
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


if __name__ == "__main__":
    main()
