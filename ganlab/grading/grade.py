"""Grade a folder of submissions, one at a time; whatever one of them does, the others are graded."""

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ganlab.grading.course import Course, as_course, run_converter
from ganlab.grading.mending import mend_display
from ganlab.grading.release import generate
from ganlab.grading.report import (
    GradedSubmission,
    GradeReport,
    TaskGrade,
    by_task,
    cells_by_name,
    explain,
    graded_cells,
    one_line,
)
from ganlab.grading.submissions import Unreadable, find_submissions, stage


def grade_folder(
    folder: str | Path, course: Course | str | Path | None = None, *, progress: bool = True
) -> GradeReport:
    """Grade every submission in a folder through nbgrader and say why each task got its points.

    **The code of every submission runs on this machine, with your rights.** There is no sandbox yet.

    Nothing in `folder` is changed: each notebook is copied first. Results go to where nbgrader and
    formgrader look for them: autograded/, feedback/ and gradebook.db at the course root. Points and
    comments that a reader gave in formgrader survive a second grading.

    Parameters
    ----------
    folder : path
        With ``STUDENT/ASSIGNMENT.ipynb`` or ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``; or a single
        ``ASSIGNMENT.ipynb``, whose student is then called "you".
    course : Course, path or None
        None finds the course around the current folder.
    progress : bool
        Show a bar, if there are several submissions and stderr is a terminal.

    Returns
    -------
    GradeReport
        A submission that could not be graded is in it too, without points and with the reason. One whose
        feedback page could not be drawn keeps its points, and the report says so.

    Raises
    ------
    CourseError
        If there is no such folder or notebook, the folder is a part of the course or holds no student's
        folder, or an assignment in it cannot be released from solutions/.
    """
    from tqdm.auto import tqdm

    course = as_course(course)
    course.refuse_own_folder(folder)
    submissions = find_submissions(folder, course.assignments())
    with tempfile.TemporaryDirectory(prefix="ganlab-grade-") as scratch:
        for assignment in {submission.assignment for submission in submissions} & set(course.assignments()):
            # nbgrader grades against the gradebook's copy of the tests: make it the one in solutions/.
            generate(course, assignment, f"{scratch}/release")
        bar = tqdm(submissions, desc="grading", disable=None if progress and len(submissions) > 1 else True)
        graded = []
        for submission in bar:
            bar.set_postfix_str(submission.student)
            graded.append(grade_submission(submission, course, f"{scratch}/submitted"))
    return GradeReport(tuple(graded))


def grade_submission(submission, course, scratch):
    """Grade one submission; never raises for what a student did.

    Returns
    -------
    GradedSubmission
    """
    student, assignment, notes = submission.student, submission.assignment, list(submission.notes)
    try:
        source = None if submission.problem else nbformat.read(course.source(assignment), as_version=4)
        _, mends = stage(submission, scratch, source)
        notes += map(one_line, mends)
        with course.chatter_in_log():
            notebook = nbformat.read(autograde(course, student, assignment, scratch), as_version=4)
            rows = _explained(course, student, assignment, notebook)
    except Unreadable as problem:
        return _not_graded(course, submission, str(problem), notes)
    except Exception as problem:
        return _not_graded(course, submission, _gave_up(problem), notes)
    feedback, no_feedback = feedback_page(course, student, assignment), ""
    try:
        with course.chatter_in_log():
            give_feedback(course, student, assignment)
    except Exception as problem:
        # The points are in the gradebook: a page that cannot be drawn takes none of them away.
        no_feedback = one_line(_gave_up(problem))
        feedback.unlink(missing_ok=True)  # it would tell of an earlier grading
        feedback = None
    return GradedSubmission(student, assignment, rows, feedback, no_feedback, tuple(notes))


def _gave_up(problem):
    return f"nbgrader gave up with {type(problem).__name__}: {problem}"


def _explained(course, student, assignment, notebook):
    """The rows of a submission that nbgrader got through."""
    source = nbformat.read(course.source(assignment), as_version=4)
    asked, cells = cells_by_name(source), cells_by_name(notebook)
    graded = graded_cells(source)
    record_zero(course, student, assignment, {cell.name for cell in graded} - set(cells))
    scores = read_scores(course, student, assignment)
    rows = []
    for task, parts in by_task(graded).items():
        tests = [(cells.get(part.name), scores[part.name], part) for part in parts]
        answer_is_gone = task in asked and task not in cells
        reason = explain(tests, cells.get(task), answer_is_gone, course.seconds_per_cell())
        scored = [(score, part) for _, score, part in tests]
        rows.append(_task_grade(student, assignment, task, scored, reason))
    return tuple(rows)


def _not_graded(course, submission, reason, notes=()):
    """A row for every task of the assignment, or a single one if it is not known which was meant."""
    student, assignment, reason = submission.student, submission.assignment, one_line(reason)
    if assignment not in course.assignments():
        rows = (TaskGrade(student, assignment, "", None, None, reason),)
        return GradedSubmission(student, assignment, rows, None, notes=tuple(notes))
    with course.chatter_in_log():
        leave_open(course, student, assignment)
        scores = read_scores(course, student, assignment)
    feedback_page(course, student, assignment).unlink(missing_ok=True)  # it told of an earlier grading
    rows = []
    for task, parts in by_task(graded_cells(nbformat.read(course.source(assignment), as_version=4))).items():
        rows.append(
            _task_grade(student, assignment, task, [(scores[part.name], part) for part in parts], reason)
        )
    return GradedSubmission(student, assignment, tuple(rows), None, notes=tuple(notes))


def _task_grade(student, assignment, task, scored, reason):
    """One row; it has no points while those of a single part are missing."""
    points = [score.points for score, _ in scored]
    total = None if None in points else sum(points)
    return TaskGrade(student, assignment, task, total, sum(part.maximum for _, part in scored), reason)


def autograde(course, student, assignment, submitted):
    """Run one staged submission. Grades go to the gradebook, the executed notebook to autograded/.

    The code runs in a Jupyter kernel on this machine, with the rights of whoever grades.

    Parameters
    ----------
    course : Course
    student, assignment : str
    submitted : path
        The folder that holds ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``.

    Returns
    -------
    pathlib.Path
        The executed notebook.

    Raises
    ------
    Unreadable
        With a reason for the report, if nbgrader gave up.
    """
    from jsonschema import ValidationError
    from nbclient.exceptions import DeadKernelError
    from nbgrader.converters import Autograde
    from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError
    from nbgrader.preprocessors import Execute

    class ExecuteAndMend(Execute):
        def process_message(self, message, *cell):
            if message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
                mend_display(message["content"])
            return super().process_message(message, *cell)

    class AutogradeAndMend(Autograde):
        def __init__(self, **settings):
            super().__init__(**settings)
            steps = self.autograde_preprocessors
            self.autograde_preprocessors = [ExecuteAndMend if step is Execute else step for step in steps]

    try:
        _convert(AutogradeAndMend, course, student, assignment, submitted_directory=submitted)
    except DeadKernelError:
        raise Unreadable(
            "the code ended its own Python process before the tests were done "
            "(os._exit, a crash, or no memory left)"
        ) from None
    except (ValidationError, SchemaTooOldError, SchemaTooNewError) as problem:
        raise Unreadable(
            f"nbgrader refuses the notebook ({str(problem).splitlines()[0]}); "
            "put the answers into a fresh copy of the exercise"
        ) from None
    return course.root / "autograded" / student / assignment / f"{assignment}.ipynb"


def give_feedback(course, student, assignment):
    """Write the student's page from the executed notebook and the gradebook, and return its path."""
    from nbgrader.converters import GenerateFeedback

    _convert(GenerateFeedback, course, student, assignment)
    return feedback_page(course, student, assignment)


def feedback_page(course, student, assignment):
    """Where nbgrader puts the page for the student."""
    return course.root / "feedback" / student / assignment / f"{assignment}.html"


def _convert(converter_class, course, student, assignment, **directories):
    settings = course.nbgrader(assignment, **directories)
    settings["coursedir"].student_id = student
    run_converter(converter_class, settings)


@dataclass(frozen=True)
class Score:
    """`points` is None while a person still has to read the answer; `by_reader` says that one has."""

    points: float | None
    by_reader: bool
    comment: str


def read_scores(course, student, assignment):
    """{name of the graded cell: Score} of one submission."""
    with _open(course) as gradebook:
        submission = gradebook.find_submission_notebook(assignment, assignment, student)
        comments = {comment.name: comment.manual_comment or "" for comment in submission.comments}
        return {
            grade.name: Score(
                points=None
                if grade.auto_score is None and grade.manual_score is None
                else float(grade.score),
                by_reader=grade.manual_score is not None,
                comment=comments.get(grade.name, ""),
            )
            for grade in submission.grades
        }


def leave_open(course, student, assignment):
    """Leave every graded cell of a submission that could not be graded to a person; add it if it is new.

    What a reader gave is kept, and formgrader asks for the rest.
    """
    with _open(course) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(assignment, student)
        for grade in gradebook.find_submission_notebook(assignment, assignment, student).grades:
            grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()


def record_zero(course, student, assignment, names):
    """Give an automatic 0 to some graded cells of a submission.

    nbgrader leaves a cell that it could not grade without a score, or with the one from last time.
    What a reader gave is kept.
    """
    with _open(course) as gradebook:
        for grade in gradebook.find_submission_notebook(assignment, assignment, student).grades:
            if grade.name in names:
                grade.auto_score, grade.needs_manual_grade = 0.0, False
        gradebook.db.commit()


@contextmanager
def _open(course):
    from nbgrader.api import Gradebook

    settings = course.nbgrader("")
    with Gradebook(settings["coursedir"].db_url, settings["coursedir"].course_id) as gradebook:
        yield gradebook
