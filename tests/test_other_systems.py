"""What would stop a student on Windows before the first cell: a module or a name that only POSIX has."""

import subprocess
import sys
from pathlib import Path

import pytest

import ganlab

ROOT = Path(ganlab.__file__).parents[1]
INSIDE_A_SANDBOX = "ganlab.grading.sandbox.warm_kernel"  # which needs Linux

# Other packages come first, since what they import here they do not import there.
WITHOUT_POSIX = f"""
import importlib, os, pkgutil, signal, socket, sys
import ganlab

names = [module.name for module in pkgutil.walk_packages(ganlab.__path__, "ganlab.")]
names = [name for name in names if not name.endswith("__main__") and name != {INSIDE_A_SANDBOX!r}]
for name in names:
    importlib.import_module(name)
first = len([name for name in sys.modules if name.startswith("ganlab.")])
for name in [name for name in sys.modules if name.partition(".")[0] == "ganlab"]:
    del sys.modules[name]
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for module, gone in (
    (os, "chown fork forkpty getegid geteuid getgid getuid killpg mkfifo setgid setsid setuid"),
    (os, "O_DIRECTORY O_NOFOLLOW"),
    (signal, "SIGALRM SIGHUP SIGKILL SIGUSR1 pthread_sigmask setitimer"),
    (socket, "AF_UNIX socketpair"),
):
    for name in gone.split():
        delattr(module, name)
sys.platform = "win32"
for name in names:
    importlib.import_module(name)
again = len([name for name in sys.modules if name.startswith("ganlab.")])
assert again == first > 200, (again, first)
"""


@pytest.mark.slow
def test_every_module_is_imported_without_posix():
    run = subprocess.run([sys.executable, "-c", WITHOUT_POSIX], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_every_file_can_have_its_name_on_windows():
    reserved = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
    rooms = (ROOT / room for room in ("ganlab", "course", "exercises", "solutions"))
    for file in (file for room in rooms for file in room.rglob("*")):
        assert not set('<>:"\\|?*') & set(file.name), file
        assert file.name.partition(".")[0].lower() not in reserved, file
        assert len(str(file.relative_to(ROOT))) < 160, file
