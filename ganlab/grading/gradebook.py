"""What the gradebook holds of one submission: scores, who gave them, and the reader's comment."""

from contextlib import contextmanager
from dataclasses import dataclass


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


def record_zero(course, student, assignment, names=None):
    """Give an automatic 0 to some graded cells of a submission, or to all of them; add it if it is new.

    nbgrader leaves a cell that it could not grade without a score, or with the one from last time.
    What a reader gave is kept.
    """
    with _open(course) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(assignment, student)
        for grade in gradebook.find_submission_notebook(assignment, assignment, student).grades:
            if names is None or grade.name in names:
                grade.auto_score, grade.needs_manual_grade = 0.0, False
        gradebook.db.commit()


def _score(grade, comment):
    unread = grade.auto_score is None and grade.manual_score is None
    # `score` is nbgrader's own sum: what a reader gave, or else the tests, plus extra credit.
    return Score(None if unread else float(grade.score), grade.manual_score is not None, comment)


@contextmanager
def _open(course):
    from nbgrader.api import Gradebook

    settings = course.nbgrader("")
    with Gradebook(settings["coursedir"].db_url, settings["coursedir"].course_id) as gradebook:
        yield gradebook
