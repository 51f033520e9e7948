"""nbgrader's gradebook: what the tests gave goes in, what a reader gave comes out."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass

from ganlab.grading.course import CourseError


@dataclass(frozen=True)
class Score:
    """`points` is None while a person still has to read the answer; `by_reader` says that one has."""

    points: float | None
    by_reader: bool
    comment: str


def refuse_without_gradebook(course):
    """Raise CourseError, saying what to do, if the database of the gradebook cannot be reached."""
    from sqlalchemy import create_engine, exc, make_url

    try:
        url = make_url(course.db_url)
    except exc.ArgumentError:
        raise CourseError(
            "the gradebook's address is no URL of a database; expected one such as "
            "postgresql://user@host/name or sqlite:////folder/gradebook.db."
        ) from None
    shown, engine = url.render_as_string(hide_password=True), None
    try:
        engine = create_engine(url)
        engine.connect().close()
    except (exc.NoSuchModuleError, ImportError) as problem:
        raise CourseError(
            f"no driver for the gradebook {shown} is installed ({problem}). PostgreSQL: "
            "`pip install 'ganlab[postgresql]'`."
        ) from None
    except exc.SQLAlchemyError as problem:
        said = " ".join(str(getattr(problem, "orig", problem)).split())
        raise CourseError(f"the gradebook {shown} cannot be opened: {said}") from None
    finally:
        if engine is not None:
            engine.dispose()


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


def whole_sources(course, assignment):
    """{grade_id: code} of the marked cells of a released assignment, hidden tests included."""
    with _open(course) as gradebook:
        notebook = gradebook.find_notebook(assignment, assignment)
        return {cell.name: cell.source for cell in notebook.source_cells}


def record(course, student, assignment, notebook):
    """Give the points of an executed notebook to a submission; add it if it is new.

    What a reader gave is kept. Without a notebook nothing could be graded, which is no 0: each cell is left
    to a person, whom formgrader asks.

    Parameters
    ----------
    course : Course
    student, assignment : str
    notebook : nbformat.NotebookNode or None
    """
    points = {} if notebook is None else _points(notebook)
    with _open(course) as gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, on nbgrader's own queries
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(assignment, student)
        submission = gradebook.find_submission_notebook(assignment, assignment, student)
        for grade in submission.grades:
            grade.auto_score = points.get(grade.name)
            grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        for comment in submission.comments:
            comment.auto_comment = "No response." if points.get(comment.name) == 0 else None
        gradebook.db.commit()


def _points(notebook):
    """{name: points, or None where a person has to read}. A test that stopped gives nothing."""
    from nbgrader.utils import compute_checksum, is_grade, is_solution

    points = {}
    for cell in notebook.cells:
        if not is_grade(cell):
            continue
        marks = cell.metadata["nbgrader"]
        if is_solution(cell) or cell.cell_type != "code":
            as_released = marks.get("checksum") == compute_checksum(cell)
            points[marks["grade_id"]] = 0.0 if as_released and is_solution(cell) else None
        else:
            stopped = any(output.output_type == "error" for output in cell.outputs)
            # A test that did not run has nothing to say for the answer.
            points[marks["grade_id"]] = 0.0 if stopped or cell.execution_count is None else marks["points"]
    return points


@contextmanager
def _open(course):
    from nbgrader.api import Gradebook

    settings = course.nbgrader("")
    with Gradebook(settings["coursedir"].db_url, settings["coursedir"].course_id) as gradebook:
        yield gradebook
