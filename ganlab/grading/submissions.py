"""What students handed in: find it, look at it, and copy it to where it can do no harm to the original."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ganlab.grading.course import CourseError

# A notebook full of figures has a few megabytes; far more is not an answer.
MAX_BYTES = 50 * 2**20


class Unreadable(Exception):
    """A submission that cannot be graded; the message is the reason, for the report."""


@dataclass(frozen=True)
class Submission:
    """One student's answer to one assignment, or the reason why there is none that can be graded.

    `notebook` is None where `problem` says why; `assignment` is empty where nothing tells which one
    was meant.
    """

    student: str
    assignment: str
    notebook: Path | None
    problem: str = ""


def find_submissions(folder, known):
    """Everything handed in under FOLDER, by student and then assignment.

    Parameters
    ----------
    folder : path
        With ``STUDENT/ASSIGNMENT.ipynb`` or, as nbgrader has it, ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``.
    known : list of str
        The assignments of the course.

    Returns
    -------
    list of Submission
        At least one for every student's folder.

    Raises
    ------
    CourseError
        If the folder is missing or holds no student's folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(
            f"{folder} is {'a file' if folder.exists() else 'missing'}; expected a folder of submissions."
        )
    students = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not students:
        loose = next(folder.glob("*.ipynb"), None)
        holds = f"it holds {loose.name} itself" if loose else "it is empty"
        raise CourseError(
            f"{folder} holds no student's folder ({holds}); expected FOLDER/STUDENT/ASSIGNMENT.ipynb, "
            "FOLDER/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, or both."
        )
    by_student = {student: _submissions_of(student, known) for student in students}
    handed_in = {submission.assignment for several in by_student.values() for submission in several}
    # A student who handed in nothing recognisable: the one assignment that everybody else did was meant.
    meant = handed_in & set(known) or set(known)
    default = next(iter(meant)) if len(meant) == 1 else ""
    for student, several in by_student.items():
        if not several:
            several.append(Submission(student.name, default, None, _nothing_found(student, default, known)))
    return [submission for several in by_student.values() for submission in several]


def stage(submission, into):
    """Copy the notebook, and only it, to ``into/STUDENT/ASSIGNMENT/``; refuse what is no notebook.

    Raises
    ------
    Unreadable
    """
    if submission.problem:
        raise Unreadable(submission.problem)
    text = _read(submission.notebook)
    name = submission.notebook.name
    if not text.strip():
        raise Unreadable(f"{name} is empty")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{name} is not JSON, so it is no notebook ({problem})") from None
    try:
        notebook = nbformat.reads(text, as_version=4)
        cells = [(cell.cell_type, str(cell.source), dict(cell.metadata)) for cell in notebook.cells]
    except Exception:
        is_damaged = isinstance(content, dict) and "cells" in content
        kind = "a notebook that is damaged" if is_damaged else "no notebook"
        raise Unreadable(f"{name} is JSON but {kind}; save it again from JupyterLab") from None
    if not cells:
        raise Unreadable(f"{name} is a notebook without a single cell")
    target = Path(into) / submission.student / submission.assignment / f"{submission.assignment}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(nbformat.writes(notebook) if _forget_duplicates(notebook) else text, encoding="utf-8")
    return target


def _forget_duplicates(notebook):
    """Leave each grade_id to the last cell that bears it; say whether there was anything to do.

    nbgrader means to do the same, but leaves behind marks that it then takes for a version too old, and
    gives up. A copied cell is an accident: it should not cost all the points.
    """
    seen, repeated = set(), False
    for cell in reversed(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in seen:
            del cell.metadata["nbgrader"]
            repeated = True
        elif name is not None:
            seen.add(name)
    return repeated


def _submissions_of(student, known):
    if student.is_symlink():
        problem = "the student's folder is a symbolic link, which is not followed"
        return [Submission(student.name, "", None, problem)]
    if student.name != student.name.strip() or not student.name.isprintable():
        problem = "the folder's name starts or ends with a space or holds unprintable characters; rename it"
        return [Submission(student.name, "", None, problem)]
    several = []
    for assignment in known:
        short, own_folder = student / f"{assignment}.ipynb", student / assignment
        nested = own_folder / f"{assignment}.ipynb"
        problem, places = "", [path for path in (short, nested) if _is_there(path)]
        if own_folder.is_symlink():
            problem = f"{assignment} is a symbolic link, which is not followed"
        elif len(places) == 2:
            problem = f"handed in twice, as {assignment}.ipynb and {assignment}/{assignment}.ipynb; keep one"
        elif not places and own_folder.is_dir():
            problem = _instead(assignment, own_folder)
        if places or problem:
            several.append(Submission(student.name, assignment, None if problem else places[0], problem))
    for path in sorted(student.iterdir()):
        named = path.name not in known and not path.name.startswith(".")
        if named and (path / f"{path.name}.ipynb").is_file():
            problem = f"the course has no assignment {path.name}; it has {', '.join(known) or 'none'}"
            several.append(Submission(student.name, path.name, None, problem))
    return several


def _nothing_found(student, assignment, known):
    if not assignment:
        return (
            f"no notebook of a known assignment ({', '.join(known) or 'the course has none'}) was handed in"
            + _found(student)
        )
    return _instead(assignment, student)


def _instead(assignment, folder):
    return f"{assignment}.ipynb was not handed in{_found(folder)}"


def _found(folder):
    files = sorted(
        path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
    )
    notebooks = [name for name in files if name.endswith(".ipynb")] or files
    if not notebooks:
        return "; the folder is empty"
    more = f" and {len(notebooks) - 3} more" if len(notebooks) > 3 else ""
    return f"; found {', '.join(notebooks[:3])}{more} instead"


def _is_there(path):
    return path.is_symlink() or path.exists()


def _read(path):
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unreadable(
            f"{path.name} is a symbolic link, which is not followed; hand in the notebook itself"
        )
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{path.name} is not a regular file")
    if status.st_size > MAX_BYTES:
        raise Unreadable(
            f"{path.name} has {status.st_size / 2**20:.0f} MB, more than the {MAX_BYTES // 2**20} MB "
            "allowed; clear its outputs and save it again"
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not JSON, so it is no notebook (it is not UTF-8 text)") from None
    except OSError as problem:
        raise Unreadable(f"{path.name} cannot be read ({problem.strerror})") from None
