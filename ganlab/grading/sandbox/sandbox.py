"""A place where a student's code can do no harm: bubblewrap around a kernel, and limits on what it takes.

Inside there is a read-only system, the Python that runs the course, and empty folders in memory. There is no
network, no process from outside, and no file of the person who grades: no gradebook, no solutions, no other
submission. The kernel is reached through sockets in a folder that it shares with nobody else.
"""

import contextlib
import itertools
import json
import os
import select
import shutil
import site
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase

from ganlab.files import cache_folder, scratch_folder
from ganlab.grading.course import CourseError

WORK, HOME = "/submission", "/tmp/home"
WRITABLE = (WORK, "/tmp", "/dev/shm")
# Of a Linux system: what a Python and its libraries read.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")
# As root, each sandbox gets a user of its own that nobody else is, so that limits count its processes alone.
FIRST_USER = 1_900_000_000
LARGEST_MESSAGE = 64 * 2**20
START_SECONDS, END_SECONDS = 120, 20


@dataclass(frozen=True)
class Limits:
    """What one submission may take: bytes of memory and of files, processes with their threads."""

    memory: int = 4 * 2**30
    disk: int = 256 * 2**20
    processes: int = 64


def refuse_without_sandbox():
    """Raise CourseError, saying what to install, if this machine cannot make a sandbox."""
    problem = ""
    if not shutil.which("bwrap"):
        problem = "bubblewrap is not installed (`bwrap` is missing)"
    else:
        command = [*_namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
        tried = subprocess.run(command, capture_output=True, text=True)
        if tried.returncode:
            problem = f"bubblewrap cannot make a sandbox here ({tried.stderr.strip()})"
    if problem:
        raise CourseError(
            f"{problem}, so students' code would run with your rights. Debian and Ubuntu: `apt install "
            "bubblewrap`; Fedora: `dnf install bubblewrap`. It needs Linux: on macOS and Windows grade in a "
            "virtual machine, or in WSL 2. `--unsafe` goes on without a sandbox."
        )


class Sandbox:
    """A running sandbox, in which one kernel after another is forked from a Python that is already warm.

    Parameters
    ----------
    imports : sequence of str
        Import statements that the assignments will make.
    limits : Limits
    log : file
        Takes what the processes inside write to stderr.
    """

    _numbers = itertools.count()

    def __init__(self, imports, limits, log):
        self.limits = limits
        self.why_ended = ""
        self._folder = ExitStack()
        self.shared = self._folder.enter_context(scratch_folder("/tmp"))  # a socket's path has 100 characters
        self.user = None
        if os.getuid() == 0:
            self.user = FIRST_USER + (os.getpid() * 64 + next(self._numbers)) % 100_000_000
            os.chown(self.shared, self.user, self.user)
        self.process = subprocess.Popen(
            _command(self.shared, limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C ends the grading, and not what it would take for a death
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self._heard = b""
        order = {
            "imports": list(imports),
            "user": self.user,
            "memory": limits.memory,
            "disk": limits.disk,
            "processes": limits.processes,
            "folders": [WORK, HOME],
            "writable": [*WRITABLE, self.shared],
        }
        self._order(order)

    def start(self, arguments):
        """Fork a kernel with the arguments of `ipykernel_launcher`."""
        self._wait_for(b"ready", START_SECONDS, keep=True)
        self._order({"do": "start", "arguments": arguments})

    def interrupt(self):
        self._order({"do": "interrupt"})

    def end_kernel(self):
        """End the kernel with all that it started and left; the sandbox itself ends where that fails."""
        self._order({"do": "end"})
        self._wait_for(b"clean", END_SECONDS)
        self._heard = self._heard.replace(b"dead\n", b"")

    @property
    def runs(self):
        return self.process.poll() is None

    @property
    def kernel_runs(self):
        """Whether the kernel is alive, once what it takes has been measured: too much ends everything."""
        self._listen()
        if self.runs and (excess := self._excess()):
            self.end(excess)
        return self.runs and b"dead\n" not in self._heard

    def end(self, why=""):
        """End every process inside at once; `why` is the reason for the report."""
        import psutil

        self.why_ended = self.why_ended or why
        with contextlib.suppress(psutil.Error):
            for first in psutil.Process(self.process.pid).children():
                first.kill()  # process 1 inside, with which all others there end
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self._folder.close()

    def _excess(self):
        import psutil

        memory = count = 0
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    count += 1
                    memory += process.memory_info().rss
        if memory > self.limits.memory:
            return f"the code took more memory than the {self.limits.memory // 2**20} MB allowed"
        if count > 2 * self.limits.processes:
            return "the code started more processes than allowed"
        with contextlib.suppress(OSError):
            files = list(os.scandir(self.shared))
            if len(files) > 20 or sum(file.stat(follow_symlinks=False).st_size for file in files) > 2**20:
                return "the code wrote files where only its connection belongs"
        return ""

    def _order(self, order):
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()

    def _listen(self, seconds=0):
        with contextlib.suppress(OSError, ValueError):
            if select.select([self.process.stdout], [], [], seconds)[0]:
                self._heard += self.process.stdout.read() or b""

    def _wait_for(self, answer, seconds, keep=False):
        deadline = time.monotonic() + seconds
        while answer not in self._heard:
            self._listen(0.05)
            if not self.runs or time.monotonic() > deadline:
                return self.end()
        if not keep:
            self._heard = self._heard.replace(answer + b"\n", b"")


class SandboxedKernel(KernelProvisionerBase):
    """jupyter_client's way to start a kernel elsewhere: here, inside a `Sandbox`."""

    sandbox = None
    started = ended = False

    @property
    def has_process(self):
        return self.started

    async def pre_launch(self, **kwargs):
        self.parent.write_connection_file()
        if self.sandbox.user is not None:
            os.chown(self.parent.connection_file, self.sandbox.user, -1)
        self.connection_info = self.parent.get_connection_info()
        arguments = ["-f", self.parent.connection_file, *kwargs.pop("extra_arguments", [])]
        return await super().pre_launch(cmd=arguments, **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        self.sandbox.start(cmd)
        self.started = True
        return self.connection_info

    async def poll(self):
        return None if self.started and not self.ended and self.sandbox.kernel_runs else 1

    async def wait(self):
        self.started = False
        return 0

    async def send_signal(self, signum):
        self.sandbox.interrupt()

    async def kill(self, restart=False):
        self.ended = True
        self.sandbox.end_kernel()

    terminate = kill

    async def cleanup(self, restart=False):
        self.started = False
        if not self.ended:  # nobody ends a kernel that is dead; what it left goes on
            await self.kill()


class _Manager(AsyncKernelManager):
    def client(self, **settings):
        client = super().client(**settings)
        client.context.maxmsgsize = LARGEST_MESSAGE  # a larger one is not read, and ends the connection
        return client


def kernel_manager(sandbox):
    """A jupyter_client manager for the next kernel in a sandbox.

    Parameters
    ----------
    sandbox : Sandbox

    Returns
    -------
    jupyter_client.AsyncKernelManager
    """
    manager = _Manager(
        kernel_name="python3",
        transport="ipc",
        ip=f"{sandbox.shared}/s",
        connection_file=f"{sandbox.shared}/kernel.json",
    )
    manager.provisioner = SandboxedKernel(
        kernel_id="sandboxed", kernel_spec=manager.kernel_spec, parent=manager
    )
    manager.provisioner.sandbox = sandbox
    return manager


def _namespaces():
    """bwrap with the namespaces that this user may make."""
    command = ["bwrap", "--die-with-parent", "--new-session", "--as-pid-1"]
    command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.getuid() != 0:
        return [*command, "--unshare-user", "--cap-drop", "ALL"]
    # The Python inside becomes another user, and loses these two as well, before it imports anything.
    return [*command, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _command(shared, limits):
    """The whole command line: what is there, read-only, and what is not."""
    command = [*_namespaces(), "--hostname", "sandbox", "--clearenv", "--proc", "/proc", "--dev", "/dev"]
    for folder in WRITABLE:
        command += ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", folder]
    for place in SYSTEM:
        if os.path.islink(place):
            command += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            command += ["--ro-bind", place, place]
    for name in SETTINGS:
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    libraries = [path for path in {*site.getsitepackages(), site.getusersitepackages()} if path in sys.path]
    package = Path(__file__).parents[2]
    for path in dict.fromkeys(map(str, (sys.base_prefix, sys.prefix, *libraries, package, cache_folder()))):
        if os.path.isdir(path) and not path.startswith("/usr/"):
            for parent in reversed(Path(path).parents[:-1]):  # bwrap would let nobody but root through
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", path, path]
    command += ["--bind", shared, shared, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK]
    variables = {
        "HOME": HOME,
        "USER": "student",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "MPLCONFIGDIR": f"{HOME}/matplotlib",
        # A kernel would set this itself, and is too late where matplotlib is imported before it forks.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "GANLAB_CACHE": cache_folder(),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": os.pathsep.join([str(package.parent), *libraries]),
        "PYTHONDONTWRITEBYTECODE": "1",
        # The same answer gets the same points each time, however many are graded beside it.
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    for name, value in variables.items():
        command += ["--setenv", name, str(value)]
    return [*command, sys.executable, "-m", "ganlab.grading.sandbox.warm_kernel"]
