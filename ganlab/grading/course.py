"""Where the course lies, and what nbgrader must know about it."""

import logging
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOG_NAME = ".nbgrader.log"
CONFIG_NAME = "nbgrader_config.py"


class CourseError(ValueError):
    """The course, or what was asked of it, is not as expected; the message says what to do."""


@dataclass(frozen=True)
class Course:
    """A folder with lessons in course/ and nbgrader's sources in solutions/.

    Parameters
    ----------
    root : pathlib.Path
        The folder that holds both. nbgrader's results (autograded/, feedback/, gradebook.db) go there.
    """

    root: Path

    @property
    def solutions(self):
        return self.root / "solutions"

    @property
    def exercises(self):
        return self.root / "exercises"

    @property
    def gradebook(self):
        return self.root / "gradebook.db"

    def source(self, assignment):
        """Path of the assignment's source notebook."""
        return self.solutions / assignment / f"{assignment}.ipynb"

    def lessons(self):
        """Names of the lectures in course/, in order."""
        return sorted(path.stem for path in (self.root / "course").glob("*.ipynb"))

    def assignments(self):
        """Names of the assignments in solutions/, in order: the folders that hold their notebook."""
        return sorted(path.name for path in self.solutions.iterdir() if self.source(path.name).is_file())

    def nbgrader(self, assignment, *, gradebook=None, **directories):
        """nbgrader's configuration and its CourseDirectory for one assignment.

        Parameters
        ----------
        assignment : str
        gradebook : path or None
            Another SQLite file than the course's own gradebook.db.
        **directories : path
            Other folders than the course's own, such as ``submitted_directory``.

        Returns
        -------
        settings : dict
            Keyword arguments for a converter of nbgrader: ``config``, ``coursedir`` and ``log``. The log
            goes to the file .nbgrader.log at the course root, never to the terminal.
        """
        from nbgrader.coursedir import CourseDirectory

        put_own_tools_on_path()
        config, log = self._config(), _file_log(self.root / LOG_NAME)
        coursedir = CourseDirectory(config=config, log=log)
        coursedir.root = str(self.root)
        coursedir.db_url = f"sqlite:///{gradebook or self.gradebook}"
        coursedir.assignment_id = assignment
        for name, folder in directories.items():
            setattr(coursedir, name, str(folder))
        return {"config": config, "coursedir": coursedir, "log": log}

    def seconds_per_cell(self):
        """How long nbgrader lets one cell run."""
        return self._config().Execute.get("timeout", 30)

    @contextmanager
    def chatter_in_log(self):
        """Send what nbgrader, its libraries and the kernels write to the terminal to the log instead."""
        with open(self.root / LOG_NAME, "ab") as log:
            sys.stdout.flush()
            sys.stderr.flush()
            terminal = os.dup(1), os.dup(2)
            try:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                yield
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                for number, original in enumerate(terminal, start=1):
                    os.dup2(original, number)
                    os.close(original)

    def _config(self):
        from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

        try:
            return PyFileConfigLoader(CONFIG_NAME, path=[str(self.solutions)]).load_config()
        except ConfigFileNotFound:
            raise CourseError(
                f"{self.solutions / CONFIG_NAME} is missing; without it nbgrader does not know that "
                "solutions/ holds the sources and exercises/ the release."
            ) from None


def find_course(start=None):
    """The course around a folder, or else the checkout that this ganlab is installed from.

    Parameters
    ----------
    start : path or None
        Look here and in every folder above; None is the current folder.

    Returns
    -------
    Course

    Raises
    ------
    CourseError
        If no folder with course/ and solutions/ is found.
    """
    start = Path.cwd() if start is None else Path(start).expanduser().resolve()
    places = [start, *start.parents, Path(__file__).resolve().parents[2]]
    for place in places:
        if (place / "course").is_dir() and (place / "solutions").is_dir():
            return Course(place)
    raise CourseError(
        f"no course found in {start} or above it; expected a folder with course/ and solutions/. "
        "Run the command inside a clone of the course."
    )


def as_course(course):
    """A Course as it is; a path or None through `find_course`."""
    return course if isinstance(course, Course) else find_course(course)


def put_own_tools_on_path():
    """Let child processes find the commands beside this Python; nbgrader calls one, alembic, by its name."""
    own = str(Path(sys.executable).parent)
    places = os.environ.get("PATH", "").split(os.pathsep)
    if own not in places:
        os.environ["PATH"] = os.pathsep.join([own, *places])


def _file_log(path):
    log = logging.getLogger(f"ganlab.grading.{path}")
    if not log.handlers:
        log.propagate = False
        log.setLevel(logging.INFO)
        handler = logging.FileHandler(path, delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    return log
