"""Grade a folder of submissions, several at a time; whatever one of them does, the others are graded."""

import contextlib
import copy
import hashlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from ganlab.files import scratch_folder, written_whole
from ganlab.grading.cluster import Cluster
from ganlab.grading.course import Course, CourseError, as_course, code_version
from ganlab.grading.feedback import feedback_page, write_feedback
from ganlab.grading.gradebook import read_scores, record, refuse_without_gradebook, whole_sources
from ganlab.grading.mending import one_kernel
from ganlab.grading.rebuilding import answer_key, import_statements, rebuilt
from ganlab.grading.release import generate
from ganlab.grading.report import (
    GradedSubmission,
    GradeReport,
    TaskGrade,
    by_task,
    cells_by_name,
    explain,
    graded_cells,
    labels,
    one_line,
)
from ganlab.grading.running import run
from ganlab.grading.sandbox.pool import Sandboxes
from ganlab.grading.sandbox.sandbox import Limits, refuse_without_sandbox
from ganlab.grading.split.kernels import SPLIT, in_process_tests, names_of_answers
from ganlab.grading.submissions import Unreadable, find_submissions, read_notebook
from ganlab.grading.unpacking import unpacked

# Of somebody who learns alone: the gradebook of a class is not touched.
OWN_GRADEBOOK = "gradebook.db.own"
# In the metadata of an executed notebook: what was run. The same is not run again.
RAN = "ganlab_ran"


def grade_folder(
    folder: str | Path,
    course: Course | str | Path | None = None,
    *,
    pattern: str | None = None,
    student: str | None = None,
    unsafe: bool = False,
    progress: bool = True,
    db: str | None = None,
    dask: str | None = None,
) -> GradeReport:
    """Grade every submission in a folder and say why each task got its points.

    The code of each submission runs in a sandbox of its own (`ganlab.grading.sandbox`). A single notebook is
    the own notebook of somebody who learns alone, and runs as it does in JupyterLab.

    Nothing in `folder` is changed. Results go to where nbgrader and formgrader look for them: autograded/,
    feedback/ and gradebook.db at the course root. Points and comments that a reader gave in formgrader
    survive a second grading. A notebook that was run already, with the same tests, is not run again: after an
    interruption the rest is graded.

    Parameters
    ----------
    folder : path
        With ``STUDENT/ASSIGNMENT.ipynb`` or ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``, or a zip of it, in
        which further zips may lie; or a single ``ASSIGNMENT.ipynb``, whose student is then called "you" and
        stays out of the gradebook.
    course : Course, path or None
        None finds the course around the current folder.
    pattern : str or None
        How notebooks are called that lie in the folder side by side, such as
        ``"{student}_{assignment}.ipynb"``; a * in it stands for anything.
    student : str or None
        Grade this student alone.
    unsafe : bool
        Run students' code with the rights of this process where there is no sandbox.
    progress : bool
        Write a line to stderr for each student as it comes, and a bar if stderr is a terminal.
    db : str or None
        The gradebook's URL, such as ``postgresql://user@host/name``. None is the one of the course.
    dask : str or None
        The address of a Dask scheduler, whose workers run the submissions.

    Returns
    -------
    GradeReport
        A submission that could not be graded is in it too, without points and with the reason. One whose
        feedback page could not be drawn keeps its points, and the report says so.

    Raises
    ------
    CourseError
        If there is no such folder, notebook or student, the folder is a part of the course or holds no
        student's folder, an assignment in it cannot be released from solutions/, no sandbox can be made, the
        gradebook cannot be opened, or the Dask cluster cannot be used.
    """
    course, folder = as_course(course), Path(folder)
    own = folder.is_file() and folder.suffix != ".zip"
    if own:
        course = replace(course, db=f"sqlite:///{course.root / OWN_GRADEBOOK}")
    elif db:
        course = replace(course, db=db)
    course.refuse_own_folder(folder)
    with scratch_folder() as scratch:
        if not own and folder.exists():
            folder = unpacked(folder, scratch, course.assignments())
        submissions = find_submissions(folder, course.assignments(), pattern)
        return _grade(course, submissions, student, own, unsafe, progress, dask)


def _grade(course, submissions, student, own, unsafe, progress, dask):
    if student is not None:
        names = sorted({submission.student for submission in submissions})
        submissions = [submission for submission in submissions if submission.student == student]
        if not submissions:
            raise CourseError(f"there is no student {student!r}; there are {', '.join(names)}.")
    sandboxed = not (own or unsafe)
    if dask and not sandboxed:
        raise CourseError("a Dask cluster runs submissions of a class, in sandboxes: leave out --dask.")
    refuse_without_gradebook(course)
    cluster = Cluster(dask) if dask else None
    if sandboxed and not cluster:
        refuse_without_sandbox()
    graded = {}
    handed_in = {submission.assignment for submission in submissions} & set(course.assignments())
    # The hidden tests are read from the gradebook: put those of solutions/ there.
    keys = {assignment: _answer_key(course, assignment) for assignment in sorted(handed_in)}
    # Of all assignments, so that one sandbox serves them all: for each its own would fill the memory.
    imports = tuple(dict.fromkeys(line for key in keys.values() for line in import_statements(key)))
    with (
        _Kernels(course, imports, sandboxed, cluster) as kernels,
        _progress(len(submissions), progress) as tell,
    ):
        for submission, outcome in kernels.run_all(submissions, keys):
            graded[submission] = _recorded(course, submission, outcome)
            tell(graded[submission])
    return GradeReport(tuple(graded[submission] for submission in submissions), unsafe=unsafe and not own)


def n_workers(limits):
    """How many submissions run at a time: one for each processor, if each may take the memory allowed."""
    import joblib
    import psutil

    return max(1, min(joblib.cpu_count(), psutil.virtual_memory().available // limits.memory))


class _Kernels:
    """Runs submissions, as many at a time as there are processors and memory for."""

    def __init__(self, course, imports, sandboxed, cluster):
        self.course, self.imports = course, imports
        self.sandboxed, self.limits, self.cluster = sandboxed, Limits(), cluster

    def __enter__(self):
        self._log = open(self.course.log_path, "ab")
        self._sandboxes = Sandboxes(self.limits, self._log)
        self._executor = ThreadPoolExecutor(
            n_workers(self.limits) if self.cluster is None else self.cluster.n_workers
        )
        return self

    def __exit__(self, *_):
        if self.cluster is not None:
            self.cluster.close()
        self._sandboxes.end("the grading was stopped")
        self._executor.shutdown(cancel_futures=True)
        self._log.close()

    def run_all(self, submissions, keys):
        """Yield (Submission, what `_run` returned) as they come."""
        pending = {
            self._executor.submit(self._run, submission, keys.get(submission.assignment)): submission
            for submission in submissions
        }
        for future in as_completed(pending):
            yield pending[future], future.result()

    def _run(self, submission, key):
        """(notebook, missing answers, notes, reason), whatever the student did.

        Where there is a reason, the notebook did not run to its end: it is what is known of the submission.
        """
        notebook, notes, missing = key, list(submission.notes), set()
        try:
            handed_in, mends = read_notebook(submission, key)
            notebook, looked_for, missing = rebuilt(key, handed_in)
            notes += map(one_line, [*mends, *looked_for])
            seconds, arguments = self.course.seconds_per_cell(), self.course.kernel_arguments()
            split = notebook.metadata.get(SPLIT) if self.sandboxed else None
            if split and (inside := in_process_tests(notebook)):
                notes.append(f"ran in the same process as the answers: {', '.join(inside)}")
            ran = _digest(notebook, self.sandboxed, seconds, arguments, split)
            notebook.metadata[RAN] = ran
            if split:
                notebook.metadata[SPLIT] = {**split, "seed": int(ran[:7], 16)}
            if (before := _already_run(self.course, submission, ran)) is not None:
                return before, missing, notes, ""
            return self._run_anew(notebook, seconds, arguments), missing, notes, ""
        except Unreadable as problem:
            return notebook, missing, notes, str(problem)
        except Exception as problem:
            return notebook, missing, notes, f"grading gave up with {type(problem).__name__}: {problem}"

    def _run_anew(self, notebook, seconds, arguments):
        if self.cluster is not None:
            return self.cluster.run(notebook, self.imports, self.limits, seconds, arguments)
        if self.sandboxed:
            with self._sandboxes.two_if_split(notebook, self.imports) as (sandbox, tests):
                return run(notebook, sandbox, seconds, arguments, tests)
        with scratch_folder() as folder:
            start = {"cwd": folder, "stdout": self._log, "stderr": self._log}
            return run(notebook, None, seconds, arguments, **start)


def _answer_key(course, assignment):
    with scratch_folder() as scratch:
        released = nbformat.read(generate(course, assignment, scratch), as_version=4)
    key = answer_key(released, whole_sources(course, assignment))
    key.metadata = one_kernel()
    if assignment in course.graded_split():
        # Of the source: a cell that is a solution as a whole defines nothing any more once it is released.
        names = names_of_answers(nbformat.read(course.source(assignment), as_version=4))
        key.metadata[SPLIT] = {"names": names, "withheld": course.withheld(assignment)}
    return key


def _recorded(course, submission, outcome):
    """The report's part on one submission, once the gradebook has it and its page is written."""
    notebook, missing, notes, reason = outcome
    student, assignment = submission.student, submission.assignment
    graded = GradedSubmission(student, assignment, (), None, notes=tuple(notes))
    if assignment not in course.assignments():
        return replace(graded, rows=(TaskGrade(student, assignment, "", None, None, one_line(reason)),))
    page, executed = feedback_page(course, student, assignment), course.executed(student, assignment)
    for place in (page.parent, executed.parent):
        for half in place.glob(".*.part"):  # of a grading that was killed
            half.unlink()
    if reason:
        notebook = _to_look_at(notebook, reason)
    executed.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(executed) as file:
        file.write(nbformat.writes(notebook).encode("utf-8", "replace"))
    record(course, student, assignment, None if reason else notebook)
    scores, cells, rows = read_scores(course, student, assignment), cells_by_name(notebook), []
    called = labels(notebook)
    for task, parts in by_task(graded_cells(notebook)).items():
        points = [scores[part.name].points for part in parts]
        why = one_line(reason)
        if not reason:
            tests = [(cells[part.name], scores[part.name], part) for part in parts]
            why = explain(tests, cells.get(task), task in missing, course.seconds_per_cell())
        total, maximum = None if None in points else sum(points), sum(part.maximum for part in parts)
        rows.append(TaskGrade(student, assignment, task, total, maximum, why, called[parts[0].name]))
    graded = replace(graded, rows=tuple(rows))
    page.unlink(missing_ok=True)  # it would tell of an earlier grading
    if reason:
        return graded
    try:
        return replace(graded, feedback=write_feedback(course, graded, notebook))
    except Exception as problem:
        # The points are in the gradebook: a page that cannot be drawn takes none of them away.
        return replace(graded, no_feedback=one_line(f"{type(problem).__name__}: {problem}"))


def _to_look_at(notebook, reason):
    """What formgrader shows of a submission that was not graded: it lists nobody without a notebook."""
    shown = copy.deepcopy(notebook)
    shown.metadata.pop(RAN, None)  # it is to be run again
    shown.cells.insert(0, new_code_cell(f"# Not graded: {one_line(reason)}"))
    return shown


def _already_run(course, submission, ran):
    """The executed notebook of an earlier grading, if it was the same notebook with the same tests."""
    try:
        path = course.executed(submission.student, submission.assignment)
        before = nbformat.read(path, as_version=4)
    except Exception:
        return None
    return before if before.metadata.get(RAN) == ran else None


def _digest(notebook, *circumstances):
    """What decides the outcome of a run: the notebook with its tests, the limits, and the course's code."""
    content = hashlib.sha256(code_version())
    content.update(repr(circumstances).encode())
    for cell in notebook.cells:
        parts = cell.id, cell.cell_type, cell.source, dict(cell.metadata)
        content.update(repr(parts).encode("utf-8", "replace"))
    return content.hexdigest()


@contextlib.contextmanager
def _progress(total, wanted):
    """A function to call with each GradedSubmission."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    if not wanted:
        yield lambda graded: None
        return
    console = Console(stderr=True, highlight=False)
    columns = TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("grading", total=total)

        def tell(graded):
            bar.advance(task)
            console.print(Text(graded.in_one_line()))

        yield tell
