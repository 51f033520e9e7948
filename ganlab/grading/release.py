"""From solutions/ to exercises/: what students get, made by nbgrader, never over somebody's work."""

import os
import re
from pathlib import Path

import nbformat

from ganlab.files import scratch_folder, written_whole
from ganlab.grading.course import CONFIG_NAME, Course, CourseError, as_course
from ganlab.grading.report import by_task, graded_cells
from ganlab.grading.split.withheld import refuse_unknown

# JupyterLab and nbformat name the cells that people add; the cells of this course have readable names.
MACHINE_MADE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}")


def release(
    assignments: list[str] | None = None,
    course: Course | str | Path | None = None,
    *,
    output: str | Path | None = None,
    gradebook: str | Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write the release of assignments: answers and hidden tests cut out, everything else as it is.

    The same source always gives the same bytes. The assignment also becomes known to the gradebook.

    Parameters
    ----------
    assignments : list of str or None
        None means every assignment in solutions/.
    course : Course, path or None
        None finds the course around the current folder.
    output : path or None
        Another folder than the course's exercises/.
    gradebook : path or None
        Another SQLite file than the course's gradebook.db.
    force : bool
        Overwrite a released notebook even if somebody worked in it.

    Returns
    -------
    list of pathlib.Path
        The released notebooks.

    Raises
    ------
    CourseError
        Before anything is written, if an assignment is unknown, its source folder holds more than its
        notebook, nbgrader refuses it, or what is withheld from a task of it is no function. After the others
        were written, if the released notebook of one carries somebody's work and `force` is False.
    """
    course = as_course(course)
    assignments = course.assignments() if assignments is None else list(assignments)
    output = course.exercises if output is None else Path(output)
    with scratch_folder() as scratch:
        made, refusals = {}, []
        for assignment in assignments:
            fresh = generate(course, assignment, scratch, gradebook=gradebook)
            released = output / assignment / fresh.name
            if not force and released.exists() and (trace := traces_of_work(released, fresh)):
                refusals.append(
                    f"{released} would be overwritten, but somebody worked in it: {trace}. "
                    "Move it away, or release with --force."
                )
            else:
                made[fresh] = released
        for fresh, released in made.items():
            released.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(released) as file:
                file.write(fresh.read_bytes())
    if refusals:
        others = f"The other {len(made)} were released." if made else ""
        raise CourseError("\n".join(filter(None, [*refusals, others])))
    return list(made.values())


def generate(course, assignment, output, *, gradebook=None):
    """Let nbgrader make the student version of one assignment and note its cells in the gradebook.

    Returns
    -------
    pathlib.Path
        ``output/ASSIGNMENT/ASSIGNMENT.ipynb``.

    Raises
    ------
    CourseError
    """
    from nbgrader.converters import GenerateAssignment

    _check_source(course, assignment)
    folder = Path(output).resolve()
    try:
        settings = course.nbgrader(assignment, gradebook=gradebook, release_directory=folder)
        with course.chatter_in_log():
            _convert(GenerateAssignment, settings)
    except Exception as problem:
        if "submissions associated" in str(problem):
            raise CourseError(
                f"{assignment}: graded cells were added, removed or renamed in solutions/, but the gradebook "
                "has submissions to the old ones. Give the new version a new name, or forget the old grades: "
                f"`nbgrader db assignment remove {assignment} --force`."
            ) from None
        raise CourseError(f"{course.source(assignment)}: nbgrader cannot release it: {problem}") from problem
    released = Path(output) / assignment / f"{assignment}.ipynb"
    _check_withheld(course, assignment, released)
    return released


def _convert(converter_class, settings):
    """Convert one notebook, and raise the first thing that stopped it."""
    from nbgrader.converters.base import NbGraderException

    problems = []

    class OneNotebook(converter_class):
        def init_notebooks(self):
            # nbgrader looks for them with patterns, and a folder such as "GAN [2026]" is not what it matches.
            assignment = self.coursedir.assignment_id
            folder = self._format_source(assignment, self.coursedir.student_id)
            self.assignments = {folder: [os.path.join(folder, f"{assignment}.ipynb")]}

        def init_assignment(self, *args):
            _remember(problems, super().init_assignment, *args)

        def convert_single_notebook(self, *args):
            _remember(problems, super().convert_single_notebook, *args)

    converter = OneNotebook(**settings)
    converter.force = True
    try:
        converter.start()
    except NbGraderException as refusal:
        raise (problems[0] if problems else refusal) from None


def _remember(problems, step, *args):
    try:
        step(*args)
    except Exception as problem:
        problems.append(problem)
        raise


def traces_of_work(released, fresh):
    """What somebody did in a released notebook, as a phrase; empty if it is as it was released."""
    try:
        cells = nbformat.read(released, as_version=4).cells
    except Exception:
        return "it is no longer a notebook that can be read"
    known = {cell.get("id") for cell in nbformat.read(fresh, as_version=4).cells}
    for cell in cells:
        if cell.get("outputs") or cell.get("execution_count"):
            return "it has been run"
        if _was_edited(cell):
            return f"the cell {cell.metadata['nbgrader'].get('grade_id')} was edited"
        if cell.get("id") not in known and MACHINE_MADE_ID.fullmatch(cell.get("id", "")):
            return "a cell was added"
    return ""


def _was_edited(cell):
    from nbgrader.utils import compute_checksum

    marks = cell.metadata.get("nbgrader", {})
    # nbgrader notes at release what each of its cells looked like.
    return "checksum" in marks and marks["checksum"] != compute_checksum(cell)


def _check_source(course, assignment):
    if not course.source(assignment).is_file():
        known = ", ".join(course.assignments()) or "none at all"
        raise CourseError(f"there is no assignment {assignment!r} in {course.solutions}; it has {known}.")
    stray = sorted(
        path.name
        for path in course.source(assignment).parent.iterdir()
        if path != course.source(assignment) and path.name != ".ipynb_checkpoints"
    )
    if stray:
        raise CourseError(
            f"{course.solutions / assignment} must hold {assignment}.ipynb and nothing else, because "
            f"nbgrader copies every other file into the release; move {', '.join(stray)} elsewhere."
        )


def _check_withheld(course, assignment, released):
    """Refuse settings that name a task or a function that there is not: nothing would be withheld."""
    withheld = course.withheld(assignment)
    tasks = by_task(graded_cells(nbformat.read(released, as_version=4))) if withheld else {}
    for task, paths in withheld.items():
        where = f"{course.solutions / CONFIG_NAME}, c.SplitGrading.withheld, task {task!r} of {assignment}"
        if task not in tasks:
            raise CourseError(f"{where}: there is no such task; there are {', '.join(tasks)}.")
        if isinstance(paths, str):
            raise CourseError(f"{where}: expected a list of paths, such as [{paths!r}].")
        for path in paths:
            try:
                refuse_unknown(path)
            except ValueError as problem:
                raise CourseError(f"{where}: {problem}") from None
