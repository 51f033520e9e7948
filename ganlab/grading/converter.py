"""Run one of nbgrader's converters, and learn what went wrong where nbgrader would only log it."""


def run_converter(converter_class, settings):
    """Start a converter, overwriting earlier results, and raise the first thing that stopped it.

    Parameters
    ----------
    converter_class : type
        Such as nbgrader.converters.Autograde.
    settings : dict
        From ``Course.nbgrader``.
    """
    from nbgrader.converters.base import NbGraderException

    problems = []

    class Telling(converter_class):
        def init_assignment(self, *args):
            _remember(problems, super().init_assignment, *args)

        def convert_single_notebook(self, *args):
            _remember(problems, super().convert_single_notebook, *args)

    converter = Telling(**settings)
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
