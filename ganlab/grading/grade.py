"""Grade a folder of submissions, one at a time; whatever one of them does, the others are graded."""

import tempfile

import nbformat

from ganlab.grading import reasons
from ganlab.grading.autograde import autograde, feedback_page, give_feedback
from ganlab.grading.course import as_course
from ganlab.grading.gradebook import read_scores, record_zero
from ganlab.grading.release import generate
from ganlab.grading.report import GradedSubmission, GradeReport, TaskGrade
from ganlab.grading.submissions import Unreadable, find_submissions, stage
from ganlab.grading.tasks import by_task, cells_by_name, graded_cells


def grade_folder(folder, course=None, *, progress=True):
    """Grade every submission in a folder through nbgrader and say why each task got its points.

    **The code of every submission runs on this machine, with your rights.** There is no sandbox yet.

    Nothing in `folder` is changed: each notebook is copied first. Results go to where nbgrader and
    formgrader look for them: autograded/, feedback/ and gradebook.db at the course root. Points and
    comments that a reader gave in formgrader survive a second grading.

    Parameters
    ----------
    folder : path
        With ``STUDENT/ASSIGNMENT.ipynb`` or ``STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``.
    course : Course, path or None
        None finds the course around the current folder.
    progress : bool
        Show a bar, if there are several submissions and stderr is a terminal.

    Returns
    -------
    GradeReport
        A submission that could not be graded is in it too, with 0 points and the reason.

    Raises
    ------
    CourseError
        If the folder is missing or holds no student's folder, or an assignment in it cannot be
        released from solutions/.
    """
    from tqdm.auto import tqdm

    course = as_course(course)
    submissions = find_submissions(folder, course.assignments())
    with tempfile.TemporaryDirectory(prefix="ganlab-grade-") as scratch:
        for assignment in {one.assignment for one in submissions} & set(course.assignments()):
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
    student, assignment = submission.student, submission.assignment
    try:
        stage(submission, scratch)
        with course.chatter_in_log():
            notebook = nbformat.read(autograde(course, student, assignment, scratch), as_version=4)
            rows = _explained(course, student, assignment, notebook)
            feedback = give_feedback(course, student, assignment)
    except Unreadable as problem:
        return _not_graded(course, submission, str(problem))
    except Exception as problem:
        return _not_graded(course, submission, f"nbgrader gave up with {type(problem).__name__}: {problem}")
    return GradedSubmission(student, assignment, rows, feedback)


def _explained(course, student, assignment, notebook):
    """The rows of a submission that nbgrader got through."""
    source = nbformat.read(course.source(assignment), as_version=4)
    asked, cells = cells_by_name(source), cells_by_name(notebook)
    graded = graded_cells(source)
    record_zero(course, student, assignment, {one.name for one in graded} - set(cells))
    scores = read_scores(course, student, assignment)
    rows = []
    for task, parts in by_task(graded).items():
        tests = [(cells.get(one.name), scores[one.name], one) for one in parts]
        answer_is_gone = task in asked and task not in cells
        reason = reasons.explain(tests, cells.get(task), answer_is_gone, course.seconds_per_cell())
        points = [score.points for _, score, _ in tests]
        total = None if None in points else sum(points)
        rows.append(TaskGrade(student, assignment, task, total, sum(one.maximum for one in parts), reason))
    return tuple(rows)


def _not_graded(course, submission, reason):
    """A row for every task of the assignment, or a single one if it is not known which was meant."""
    student, assignment, reason = submission.student, submission.assignment, reasons.one_line(reason)
    if assignment not in course.assignments():
        return GradedSubmission(
            student, assignment, (TaskGrade(student, assignment, "", 0.0, None, reason),), None
        )
    with course.chatter_in_log():
        record_zero(course, student, assignment)
        scores = read_scores(course, student, assignment)
    feedback_page(course, student, assignment).unlink(missing_ok=True)  # it told of an earlier grading
    tasks = by_task(graded_cells(nbformat.read(course.source(assignment), as_version=4)))
    rows = tuple(
        TaskGrade(
            student,
            assignment,
            task,
            sum(scores[one.name].points for one in parts),
            sum(one.maximum for one in parts),
            reason,
        )
        for task, parts in tasks.items()
    )
    return GradedSubmission(student, assignment, rows, None)
