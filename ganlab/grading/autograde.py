"""One submission through nbgrader's own autograder and feedback."""

from ganlab.grading.converter import run_converter
from ganlab.grading.submissions import Unreadable


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

    try:
        _convert(Autograde, course, student, assignment, submitted_directory=submitted)
    except DeadKernelError:
        raise Unreadable(
            "the code ended its own Python process before the tests were done "
            "(os._exit, a crash, or no memory left)"
        ) from None
    except (ValidationError, SchemaTooOldError, SchemaTooNewError) as problem:
        raise Unreadable(
            f"nbgrader's marks on the cells are damaged ({str(problem).splitlines()[0]}); "
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
