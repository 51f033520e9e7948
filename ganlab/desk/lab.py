"""JupyterLab on a folder with lessons: which command line, which settings, and becoming it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ganlab.desk.start_page import NAME as START_PAGE
from ganlab.grading import Course, CourseError, put_own_tools_on_path

# What JupyterLab would show beside a lesson: a question about its news, and tools for teachers.
NEWS = ["@jupyterlab/apputils-extension:announcements"]
TOOLS = "create-assignment", "formgrader", "course-list", "assignment-list"
FOR_TEACHERS = [f"@jupyter/nbgrader:{tool}" for tool in TOOLS]
# A page opens as a reader wants it; a double click on it, or Open With, shows the source.
RENDERED = {"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}


def lab_command(course: Course, lesson: str | None, port: int, browser: bool, teacher: bool) -> list[str]:
    """The command line that serves the lessons in JupyterLab.

    Parameters
    ----------
    course : Course
    lesson : str or None
        The beginning of a lecture's name, or the path of a lecture or an assignment in the course. None is
        the start page.
    port : int
    browser : bool
        Open a browser window.
    teacher : bool
        Serve the course itself, with solutions and formgrader, in place of the learner's desk.

    Returns
    -------
    list of str

    Raises
    ------
    CourseError
        If no lesson is meant, or more than one; or, for a teacher, if there are no solutions.
    """
    if teacher:
        course.assignments()  # says so if this is a learner's copy
    page = _page(course, lesson) if lesson else "course/README.md" if teacher else START_PAGE
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={course.root if teacher else course.desk}",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url=/lab/tree/{page}",
        # Nothing is fetched from elsewhere.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if not browser:
        command.append("--no-browser")
    if sys.platform != "win32":
        # Where its output is no terminal (a container, a log file), Jupyter asks for a login shell, which on
        # Debian begins with a PATH of its own: `ganlab`, which the lessons ask for, would not be found.
        shell = os.environ.get("SHELL") or "sh"
        command.append(f"--ServerApp.terminado_settings={dict(shell_command=[shell])}")
    if hasattr(os, "getuid") and os.getuid() == 0:
        command.append("--allow-root")
    return command


def _page(course, lesson):
    """The place in the course of the notebook that is meant."""
    lessons, stem = course.lessons(), Path(lesson).name.removesuffix(".ipynb")
    matching = [stem] if stem in lessons else [name for name in lessons if name.startswith(stem)]
    if not matching:
        raise CourseError(f"no lesson begins with {stem!r}; there are {', '.join(lessons) or 'none'}.")
    if len(matching) > 1:
        raise CourseError(f"{stem!r} may be {' or '.join(matching)}: type more of the name.")
    (name,) = matching
    return f"exercises/{name}/{name}.ipynb" if "exercises" in Path(lesson).parts else f"course/{name}.ipynb"


def become_lab(course: Course, command: list[str], teacher: bool) -> int:
    """Let JupyterLab take the place of this process, so that Ctrl-C reaches it.

    Parameters
    ----------
    course : Course
    command : list of str
        From `lab_command`.
    teacher : bool
        Leave nbgrader's tools for teachers in.

    Returns
    -------
    int
        JupyterLab's exit code, on Windows; elsewhere this does not return.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    # No option of the command line takes these settings, and those of the user stay as they are.
    settings = Path(jupyter_runtime_dir()) / "ganlab" / ("teacher" if teacher else "learner")
    (settings / "labconfig").mkdir(parents=True, exist_ok=True)
    disabled = {"disabledExtensions": dict.fromkeys(NEWS + ([] if teacher else FOR_TEACHERS), True)}
    for name, said in (("page_config", disabled), ("default_setting_overrides", RENDERED)):
        (settings / "labconfig" / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")

    # So that formgrader, and the terminals inside, find solutions/nbgrader_config.py.
    paths = [str(course.solutions), str(settings), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    put_own_tools_on_path()
    os.chdir(course.root if teacher else course.desk)  # nbgrader takes the current folder for the course
    return become(command)


def become(command):
    """Let this command of our Python take the place of this process; its exit code, on Windows."""
    sys.stdout.flush()
    if sys.platform == "win32":  # where execv ends this process at once, and the shell stops waiting
        return subprocess.call(command)
    return os.execv(sys.executable, command)
