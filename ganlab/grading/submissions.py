"""What students handed in: find it, and read it without touching it."""

import json
import os
import re
import stat
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

from ganlab.grading.course import CourseError
from ganlab.grading.mending import NotANotebook, mended

# A notebook full of figures has a few megabytes; far more is not an answer.
MAX_BYTES = 50 * 2**20
# What systems and programs put beside people's work.
CLUTTER = (".*", "__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "@eaDir", "#recycle", "$RECYCLE.BIN")
CLUTTER += ("System Volume Information", "lost+found")

# What browsers and JupyterLab put behind the name of a second copy: 01-minimax-game (1).ipynb, -Copy1.ipynb.
COPY = re.compile(r"(?: ?\(\d+\)|-Copy\d+)(?=\.ipynb$)")


class Unreadable(Exception):
    """A submission that cannot be graded; the message is the reason, for the report."""


@dataclass(frozen=True)
class Submission:
    """One student's answer to one assignment, or the reason why there is none that can be graded.

    `notebook` is None where `problem` says why; `assignment` is empty where nothing tells which one
    was meant. `notes` say what a reader should know of where it lay.
    """

    student: str
    assignment: str
    notebook: Path | None
    problem: str = ""
    notes: tuple[str, ...] = ()


def find_submissions(folder, known, pattern=None):
    """Everything handed in under FOLDER, by student and then assignment.

    Names are compared by their normal form: Macs spell an umlaut as two characters. What systems leave
    behind, such as __MACOSX, is nobody's.

    Parameters
    ----------
    folder : path
        With ``STUDENT/ASSIGNMENT.ipynb`` or, as nbgrader has it, ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``. A
        notebook that lies elsewhere in the student's folder is taken if it is the only one of its name, and
        so is ``ASSIGNMENT (1).ipynb`` where there is no other.
        Or a single notebook, of somebody who learns alone; the report then calls the student "you".
    known : list of str
        The assignments of the course.
    pattern : str or None
        What notebooks are called that lie in FOLDER itself, as learning platforms hand them out, such as
        ``"{student}_*_{assignment}*.ipynb"``; a * stands for anything.

    Returns
    -------
    list of Submission
        At least one for every student's folder, and one for every notebook that lies beside these folders.

    Raises
    ------
    CourseError
        If the folder is missing, or holds no student's folder or assignments in the place of students; the
        notebook bears another name than an assignment; or the pattern does not say whose a notebook is.
    """
    folder = Path(folder)
    if folder.is_file():
        assignment = _shown(folder.name).removesuffix(".ipynb")
        if assignment not in known:
            raise CourseError(
                f"{folder} is called like no assignment; expected a folder of submissions, or a notebook "
                f"called one of {', '.join(f'{name}.ipynb' for name in known)}."
            )
        return [Submission("you", assignment, folder)]
    if not folder.is_dir():
        raise CourseError(f"{folder} is missing; expected a folder of submissions, or one notebook.")
    entries = sorted(path for path in folder.iterdir() if not _is_clutter(path.name))
    loose = [path for path in entries if path.name.endswith(".ipynb") and not path.is_dir()]
    students = {}
    for path in entries:
        if path.is_dir():
            students.setdefault(_shown(path.name), []).append(path)
    if misread := sorted(set(students) & set(known)):
        raise CourseError(
            f"{folder / misread[0]} is called like an assignment; expected a folder of students: "
            "FOLDER/STUDENT/ASSIGNMENT.ipynb or FOLDER/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb."
        )
    named = _named(loose, known, pattern) if pattern else []
    loose = [path for path in loose if path not in {submission.notebook for submission in named}]
    named = _once_each(named)
    if not students and not named:
        holds = f"it holds {_shown(loose[0].name)} itself" if loose else "it is empty"
        raise CourseError(
            f"{folder} holds no student's folder ({holds}); expected FOLDER/STUDENT/ASSIGNMENT.ipynb, "
            "FOLDER/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, or both; or say with --pattern how notebooks that "
            "lie side by side are called, such as '{student}_{assignment}.ipynb'."
        )
    by_student = {student: _submissions_of(student, folders, known) for student, folders in students.items()}
    handed_in = {submission.assignment for several in by_student.values() for submission in several}
    # A student who handed in nothing recognisable: the one assignment that everybody else did was meant.
    meant = handed_in & set(known) or set(known)
    default = next(iter(meant)) if len(meant) == 1 else ""
    for student, several in by_student.items():
        if not several:
            reason = _nothing_found(students[student][0], default)
            several.append(Submission(student, default, None, reason))
    problem = (
        "it lies beside the students' folders, so nobody knows whose it is; "
        "expected FOLDER/STUDENT/ASSIGNMENT.ipynb"
    )
    lost = [Submission(_shown(path.name), "", None, problem) for path in loose]
    return [*(submission for several in by_student.values() for submission in several), *named, *lost]


def _named(loose, known, pattern):
    """The submissions whose student and assignment stand in the names of notebooks."""
    if pattern.count("{student}") != 1 or pattern.count("{assignment}") != 1:
        raise CourseError(
            f"the pattern {pattern!r} does not say whose a notebook is; expected {{student}} and "
            "{assignment} in it, once each, such as '{student}_{assignment}.ipynb'."
        )
    expression = re.escape(pattern).replace(re.escape("*"), ".*?")
    expression = expression.replace(re.escape("{student}"), "(?P<student>.+?)")
    names = "|".join(re.escape(normalize("NFC", name)) for name in known)
    expression = re.compile(expression.replace(re.escape("{assignment}"), f"(?P<assignment>{names})"))
    originals = {normalize("NFC", name): name for name in known}
    return [
        Submission(match["student"], originals[match["assignment"]], path)
        for path in loose
        if (match := expression.fullmatch(_shown(path.name)))
    ]


def _once_each(named):
    """Of a student's several notebooks for the same assignment none is chosen."""
    by_name = {}
    for submission in named:
        by_name.setdefault((submission.student, submission.assignment), []).append(submission)
    once = []
    for (student, assignment), several in by_name.items():
        files = _listed([Path(submission.notebook.name) for submission in several])
        twice = Submission(student, assignment, None, f"handed in as {files}; keep one")
        once.append(several[0] if len(several) == 1 else twice)
    return once


def read_notebook(submission, key):
    """The notebook that was handed in, mended.

    Parameters
    ----------
    submission : Submission
    key : nbformat.NotebookNode
        The assignment, from which the cells get their marks.

    Returns
    -------
    notebook : nbformat.NotebookNode
    notes : list of str
        What had to be put right in a cell, for the report.

    Raises
    ------
    Unreadable
        If there is no notebook in what was handed in; the message says why.
    """
    if submission.problem:
        raise Unreadable(submission.problem)
    name, text = _shown(submission.notebook.name), _read(submission.notebook)
    if not text.strip():
        raise Unreadable(f"{name} is empty")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{name} is not JSON, so it is no notebook ({problem})") from None
    try:
        return mended(content, key)
    except NotANotebook as problem:
        raise Unreadable(f"{name} {problem}") from None


def _submissions_of(student, folders, known):
    """What one student handed in; several folders are one student's if their names look the same."""
    if any(folder.is_symlink() for folder in folders):
        return [
            Submission(student, "", None, "the student's folder is a symbolic link, which is not followed")
        ]
    if student != student.strip() or not all(folder.name.isprintable() for folder in folders):
        problem = "the folder's name starts or ends with a space or holds unprintable characters; rename it"
        return [Submission(student, "", None, problem)]
    if len(folders) > 1:
        problem = (
            f"{len(folders)} folders bear this name, spelled in different characters that look the same; "
            "put everything into one"
        )
        return [Submission(student, "", None, problem)]
    folder = folders[0]
    try:
        files = _files_in(folder)
        entries = sorted(path for path in folder.iterdir() if not _is_clutter(path.name))
    except OSError as problem:
        return [Submission(student, "", None, f"the student's folder cannot be read ({problem.strerror})")]

    several = [_submission(student, folder, assignment, files, entries) for assignment in known]
    several = [submission for submission in several if submission is not None]
    for path in entries:
        is_known = any(_same_name(path.name, assignment) for assignment in known)
        named = [file for file in files if file.parent == Path(path.name) and file.stem == path.name]
        if not is_known and any(file.suffix == ".ipynb" for file in named):
            problem = f"the course has no assignment {path.name}; it has {', '.join(known) or 'none'}"
            several.append(Submission(student, path.name, None, problem))
    return several


def _submission(student, folder, assignment, files, entries):
    """A student's answer to one assignment, or None if nothing points to it."""
    own_folders = [path for path in entries if _same_name(path.name, assignment)]
    if any(path.is_symlink() for path in own_folders):
        problem = f"{assignment} is a symbolic link, which is not followed"
        return Submission(student, assignment, None, problem)
    places = [file for file in files if _same_name(file.name, f"{assignment}.ipynb")]
    copies = [file for file in files if _same_name(COPY.sub("", file.name), f"{assignment}.ipynb")]
    copies = [file for file in copies if file not in places]
    usual = [
        file
        for file in places
        if len(file.parts) == 1 or (len(file.parts) == 2 and _same_name(file.parts[0], assignment))
    ]
    if len(usual) == 2:
        problem = f"handed in twice, as {assignment}.ipynb and {assignment}/{assignment}.ipynb; keep one"
        return Submission(student, assignment, None, problem)
    candidates = usual or places or copies
    if len(candidates) > 1:
        problem = f"{assignment}.ipynb lies in several places ({_listed(candidates)}); keep one"
        return Submission(student, assignment, None, problem)
    if candidates:
        further = [file for file in places + copies if file not in candidates]
        notes = (f"{_listed(further)} was left aside",) if further else ()
        if not usual:
            notes = (f"the notebook was handed in as {_listed(candidates)}", *notes)
        return Submission(student, assignment, folder / candidates[0], notes=notes)
    if any(path.is_dir() for path in own_folders):
        return Submission(student, assignment, None, _instead(assignment, own_folders[0]))
    return None


def _nothing_found(student, assignment):
    if not assignment:
        return f"no notebook that is called like an assignment was handed in{_found(student)}"
    return _instead(assignment, student)


def _instead(assignment, folder):
    return f"{assignment}.ipynb was not handed in{_found(folder)}"


def _found(folder):
    try:
        files = _files_in(folder)
    except OSError as problem:
        return f"; the folder cannot be read ({problem.strerror})"
    notebooks = [file for file in files if file.name.endswith(".ipynb")] or files
    return f"; found {_listed(notebooks)} instead" if notebooks else "; the folder is empty"


def _files_in(folder):
    """Paths in a folder, relative to it and in order, without clutter; links are not followed."""
    files = []
    for place, folders, names in os.walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = [name for name in folders if not _is_clutter(name)]
        files += [(Path(place) / name).relative_to(folder) for name in names + links if not _is_clutter(name)]
    return sorted(files)


def _raise(problem):
    raise problem


def _listed(files):
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(_shown(file.as_posix()) for file in files[:3]) + more


def _is_clutter(name):
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in CLUTTER)


def _same_name(name, wanted):
    return normalize("NFC", name) == normalize("NFC", wanted)


def _shown(name):
    """A name from the disk in the form that everybody compares with, and that can be printed and stored."""
    return normalize("NFC", name.encode("utf-8", "backslashreplace").decode())


def _read(path):
    name = _shown(path.name)
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise Unreadable(f"{name} is a symbolic link, which is not followed; hand in the notebook itself")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{name} is not a regular file")
        if status.st_size > MAX_BYTES:
            raise Unreadable(
                f"{name} has {status.st_size / 2**20:.0f} MB, more than the {MAX_BYTES // 2**20} MB allowed; "
                "clear its outputs and save it again"
            )
        raw = path.read_bytes()
    except OSError as problem:
        raise Unreadable(f"{name} cannot be read ({problem.strerror})") from None
    try:
        # JSON may begin with a byte-order mark, and Windows PowerShell saves it in two bytes a character.
        return raw.decode(json.detect_encoding(raw)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not JSON, so it is no notebook (it is not UTF-8 text)") from None
