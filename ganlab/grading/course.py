"""Where the course lies, and what nbgrader is to know of it."""

import functools
import hashlib
import logging
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DESK = "desk"  # in a clone: where `ganlab lab` puts a learner's copy
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
    db : str or None
        The URL of another gradebook than the file gradebook.db, as SQLAlchemy spells it. None takes
        `c.CourseDirectory.db_url` of the course's settings, if it is set there.
    """

    root: Path
    db: str | None = None

    @property
    def solutions(self):
        return self.root / "solutions"

    @property
    def exercises(self):
        return self.root / "exercises"

    @property
    def is_source(self):
        """Whether learners get copies of what lies here: in their own there are neither of these."""
        return self.solutions.is_dir() or (self.root / "pyproject.toml").is_file()

    @property
    def desk(self):
        """Where a learner works: the folder desk/ of a clone, or the learner's copy itself."""
        return self.root / DESK if self.is_source else self.root

    @property
    def gradebook(self):
        return self.root / "gradebook.db"

    @property
    def db_url(self):
        """Where the gradebook of the class is, for SQLAlchemy."""
        return self.db or self._config().CourseDirectory.get("db_url") or f"sqlite:///{self.gradebook}"

    def source(self, assignment: str):
        """Path of the assignment's source notebook."""
        return self.solutions / assignment / f"{assignment}.ipynb"

    def executed(self, student: str, assignment: str):
        """Path of a graded submission with its outputs, which is where nbgrader would put its own."""
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def lessons(self):
        """Names of the lectures in course/, in order."""
        return sorted(path.stem for path in (self.root / "course").glob("*.ipynb"))

    def assignments(self):
        """Names of the assignments in solutions/, in order: the folders that hold their notebook."""
        if not self.solutions.is_dir():
            raise CourseError(
                f"{self.solutions} is missing: this copy of the course is for learning, and has nothing to "
                "grade or to release with. Your notebook is graded where you hand it in."
            )
        return sorted(path.name for path in self.solutions.iterdir() if self.source(path.name).is_file())

    def refuse_own_folder(self, folder: str | Path):
        """Raise CourseError if a folder to grade is the course, or a part of it that holds no submissions."""
        folder = Path(folder).resolve()
        for part in (".", "course", "solutions", "exercises", "autograded", "feedback"):
            if folder.is_dir() and folder == (self.root / part).resolve():
                raise CourseError(
                    f"{folder} is part of the course, where no student hands in; expected a folder of "
                    "submissions, such as handed-in/STUDENT/ASSIGNMENT.ipynb."
                )

    def nbgrader(self, assignment: str, *, gradebook: str | Path | None = None, **directories: str | Path):
        """nbgrader's configuration and its CourseDirectory for one assignment.

        Parameters
        ----------
        assignment : str
        gradebook : path or None
            Another SQLite file than the course's own gradebook.db.
        **directories : path
            Other folders than the course's own, such as ``release_directory``.

        Returns
        -------
        settings : dict
            Keyword arguments for a converter of nbgrader: ``config``, ``coursedir`` and ``log``. The log
            goes to the file .nbgrader.log at the course root, never to the terminal.
        """
        from nbgrader.coursedir import CourseDirectory

        put_own_tools_on_path()
        config, log = self._config(), _file_log(self.log_path)
        coursedir = CourseDirectory(config=config, log=log)
        coursedir.root = str(self.root)
        coursedir.db_url = f"sqlite:///{gradebook}" if gradebook else self.db_url
        coursedir.assignment_id = assignment
        for name, folder in directories.items():
            setattr(coursedir, name, str(folder))
        return {"config": config, "coursedir": coursedir, "log": log}

    @property
    def log_path(self):
        return self.root / LOG_NAME

    def seconds_per_cell(self):
        """How long one cell may run."""
        return self._config().Execute.get("timeout", 30)

    def graded_split(self):
        """The assignments whose tests run outside the sandbox of the answers."""
        return list(self._config().SplitGrading.get("assignments", []))

    def withheld(self, assignment: str) -> dict[str, list[str]]:
        """{task: paths}: the library functions that are the answer to a task of a split assignment."""
        return dict(self._config().SplitGrading.get("withheld", {}).get(assignment, {}))

    def kernel_arguments(self):
        """What the course's settings say to a kernel that grades."""
        return list(self._config().Execute.get("extra_arguments", []))

    @contextmanager
    def chatter_in_log(self):
        """Send what nbgrader, its libraries and the kernels write to the terminal to the log instead."""
        with open(self.log_path, "ab") as log:
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


def find_course(start: str | Path | None = None) -> Course:
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
        If no folder with course/ and solutions/ or exercises/ is found.
    """
    start = Path.cwd() if start is None else Path(start).expanduser().resolve()
    places = [start, *start.parents, Path(__file__).resolve().parents[2]]
    for place in places:
        if place.name == DESK and Course(place.parent).is_source:
            continue
        # What students get of a course that counts has exercises/ alone.
        if (place / "course").is_dir() and any(
            (place / part).is_dir() for part in ("solutions", "exercises")
        ):
            return Course(place)
    raise CourseError(
        f"no course found in {start} or above it; expected a folder with course/ and solutions/ or "
        "exercises/. `ganlab new FOLDER` copies the lectures and exercises into a folder of yours: run the "
        "command there, or inside a clone of the course."
    )


def as_course(course):
    """A Course as it is; a path or None through `find_course`."""
    return course if isinstance(course, Course) else find_course(course)


@functools.cache
def code_version():
    """What tells one version of the library from another: a digest of its code."""
    package = Path(__file__).parents[1]
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(package.rglob("*.py")))


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
