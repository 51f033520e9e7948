"""nbgrader's exchange with three accounts of one computer, as TEACHING.md walks through it."""

import importlib
import os
import pwd
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import nbformat
import pytest
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.grading.course import Course
from ganlab.grading.submissions import find_submissions

ACCOUNTS = {"teacher": "games", "ada": "nobody", "bob": "daemon"}

pytestmark = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0,
    reason="only root can act for other accounts: run this test as root, in a container for example",
)


def as_account(name, folder, app, *arguments, settings=""):
    """Run a command of nbgrader in a process of another account; what it needs is imported before."""
    module, _, application = app.rpartition(".")
    run = getattr(importlib.import_module(f"nbgrader.apps.{module}"), application)
    account = pwd.getpwnam(ACCOUNTS[name])
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        home = folder / ".home"
        os.environ.update(HOME=str(home), USER=account.pw_name, LOGNAME=account.pw_name)
        os.environ["JUPYTER_DATA_DIR"] = str(home / "data")
        os.environ["JUPYTER_CONFIG_DIR"] = str(home / "config")
        os.environ["JUPYTER_CONFIG_PATH"] = settings
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.chdir(folder)
        run.launch_instance(list(arguments))
        os._exit(0)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(99)


@pytest.fixture
def computer():
    """A folder that every account can enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="ganlab-exchange-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_what_is_released_is_fetched_submitted_and_collected(released_course, computer):
    exchange = computer / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    course = Course(Path(shutil.copytree(released_course.root, computer / "teacher")))
    folders = {"teacher": course.root, "ada": computer / "ada", "bob": computer / "bob"}
    for name, folder in folders.items():
        (folder / ".home").mkdir(parents=True)
        uid, gid = pwd.getpwnam(ACCOUNTS[name])[2:4]
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, gid)
        folder.chmod(0o700)
    where = f"--Exchange.root={exchange}"
    teach = {"settings": str(course.solutions)}

    release = "releaseassignmentapp.ReleaseAssignmentApp"
    assert as_account("teacher", course.root, release, ASSIGNMENT, where, **teach) == 0
    for name in ("ada", "bob"):
        fetch = "fetchassignmentapp.FetchAssignmentApp"
        assert as_account(name, folders[name], fetch, ASSIGNMENT, where, "--course=ganlab") == 0
        path = folders[name] / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        assert not any("return 2 * x" in cell.source for cell in notebook.cells), "No answer is handed out."
        for cell in notebook.cells:
            cell.source = RIGHT.get(cell.id, cell.source) if name == "ada" else cell.source
        nbformat.write(notebook, path)
        submit = "submitapp.SubmitApp"
        assert as_account(name, folders[name], submit, ASSIGNMENT, where, "--course=ganlab") == 0
    inbound = exchange / "ganlab" / "inbound"
    assert inbound.owner() == "games"
    assert inbound.stat().st_mode & 0o777 == 0o733, "Nobody but the teacher sees who handed in."
    assert as_account("teacher", course.root, "collectapp.CollectApp", ASSIGNMENT, where, **teach) == 0

    found = find_submissions(course.root / "submitted", [ASSIGNMENT])
    assert [(one.student, one.problem) for one in found] == [("daemon", ""), ("nobody", "")]
    sources = {one.student: one.notebook.read_text(encoding="utf-8") for one in found}
    assert "return 2 * x" in sources["nobody"]
    assert "return 2 * x" not in sources["daemon"]
