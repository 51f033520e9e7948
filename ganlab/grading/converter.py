"""Run one of nbgrader's converters on one notebook, and learn what went wrong where nbgrader only logs it."""

import os


def run_converter(converter_class, settings):
    """Convert one notebook, overwriting earlier results, and raise the first thing that stopped it.

    Parameters
    ----------
    converter_class : type
        Such as nbgrader.converters.Autograde.
    settings : dict
        From ``Course.nbgrader``, with ``coursedir.student_id`` set where there is a student.
    """
    from nbgrader.converters.base import NbGraderException

    problems = []

    class OneNotebook(converter_class):
        def init_notebooks(self):
            # nbgrader looks for them with patterns, and a name such as "Ada [2]" is not what it matches.
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
