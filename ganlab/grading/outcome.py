"""What a learner sees when a test cell has run: one sentence if it passed, and one if it failed.

A traceback would show the lines of the test, which the learner did not write, and the sentence that helps
at its very end. An error inside the learner's own function still shows the learner's lines.
"""

import textwrap

from IPython import get_ipython

NOT_YET = (
    "{function} has no answer yet: in its cell, put yours in the place of `raise NotImplementedError()`, run "
    "that cell, then this one."
)


def show_outcome(passed):
    """Stand at the top of a test cell, and decide how the outcome of this one run of it is shown.

    A test that fails shows its own sentence and nothing else. Any other error shows the cells that it went
    through, without the test. For the kernel, and so for nbgrader, a failure stays a failure. Outside
    IPython nothing happens.

    Parameters
    ----------
    passed : str
        What to print once the cell has run to its end.
    """
    shell = get_ipython()
    if shell is None:
        return
    usual = shell.custom_exceptions, shell.CustomTB
    shell.set_custom_exc((Exception,), _show)

    def after(result):
        shell.events.unregister("post_run_cell", after)
        shell.custom_exceptions, shell.CustomTB = usual
        if result is not None and result.success:
            print(passed)

    shell.events.register("post_run_cell", after)


def _show(shell, kind, error, traceback, tb_offset=None):
    beyond = _beyond_the_test(traceback, shell.user_ns)
    if isinstance(error, NotImplementedError) and not str(error) and beyond is not None:
        _show_alone(shell, error, NOT_YET.format(function=_innermost(beyond)))
    elif isinstance(error, AssertionError) and str(error):
        _show_alone(shell, error, str(error))
    elif beyond is not None:
        shell.showtraceback((kind, error, beyond), tb_offset=0)
    elif isinstance(error, NameError):
        _show_alone(shell, error, f"{error}. Run the cells above first: one of them makes it.")
    else:
        shell.showtraceback((kind, error, traceback))


def _show_alone(shell, error, sentence):
    lines = textwrap.wrap(sentence, 88, break_long_words=False, break_on_hyphens=False)
    error._render_traceback_ = lambda: lines  # IPython asks for this before it draws a traceback
    shell.showtraceback((type(error), error, error.__traceback__))


def _innermost(traceback):
    """The name of the function in which an error arose."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_name


def _beyond_the_test(traceback, notebook):
    """The part of a traceback from the first other cell on, which a test called; None if it called none."""
    test = None
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is notebook:
            test = test or frame.f_code.co_filename
            if frame.f_code.co_filename != test:
                return traceback
        traceback = traceback.tb_next
    return None
