"""What a learner sees when a test cell has run, in a kernel as JupyterLab and nbgrader start it."""

import re

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from ganlab.grading.outcome import show_outcome

ANSWERS = """\
def double(x):
    return 2 * x

def slip(x):
    return factor * x

def wary(x):
    assert x > 100
    return 2 * x

def applied(function, x):
    return function(x)

def later(x):
    raise NotImplementedError()

def fussy(x):
    raise NotImplementedError("only for whole numbers")
"""
CLOSE = "from ganlab.grading.answers import assert_close\n"
LONG = "word " * 40
TESTS = {
    "passes": "assert double(2) == 4, 'Twice 2 is 4.'",
    "fails": "assert double(2) == 5, 'Twice 2 is 5.'",
    "fails in the grader": CLOSE + "assert_close(double(2), 5, 'double(2)')",
    "fails at length": f"assert double(2) == 5, '{LONG}'",
    "slips": "assert slip(2) == 4, 'Twice 2 is 4.'",
    "slips further down": "assert applied(slip, 2) == 4, 'Twice 2 is 4.'",
    "is stopped by an assertion of the learner": "assert wary(2) == 4, 'Twice 2 is 4.'",
    "meets no answer": "assert applied(later, 2) == 4, 'Twice 2 is 4.'",
    "meets an error of that kind": "assert fussy(2) == 4, 'Twice 2 is 4.'",
    "lacks the answer": "assert triple(2) == 6, 'Thrice 2 is 6.'",
    "trips over the answer": "assert double(2)[0] == 4, 'Twice 2 is 4.'",
}
AFTERWARDS = "after a test: the learner's own assertion"


@pytest.fixture(scope="module")
def shown():
    """{what the test does: (kind of output, text)}; the cell numbers follow the order of the cells."""
    cells = [new_code_cell(ANSWERS)]
    for code in TESTS.values():
        cells.append(
            new_code_cell(
                f"from ganlab.grading.outcome import show_outcome\n\nshow_outcome('Task 1: passed')\n\n{code}"
            )
        )
    cells.append(new_code_cell("assert double(2) == 5, 'mine'"))
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=600).execute()
    outputs = [cell.outputs for cell in notebook.cells[1:]]
    assert all(len(several) == 1 for several in outputs)
    return {name: _text(output) for name, (output,) in zip([*TESTS, AFTERWARDS], outputs, strict=True)}


def _text(output):
    if output.output_type == "error":
        return output.ename, re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
    return output.name, output.text


def test_a_test_that_passes_says_so_in_a_calm_line(shown):
    assert shown["passes"] == ("stdout", "Task 1: passed\n")


def test_a_test_that_fails_shows_its_sentence_alone_and_is_still_an_error(shown):
    assert shown["fails"] == ("AssertionError", "Twice 2 is 5.")
    assert shown["fails in the grader"] == ("AssertionError", "double(2) gave 4; expected 5.")


def test_a_long_sentence_is_broken_into_lines_that_fit_a_page(shown):
    lines = shown["fails at length"][1].splitlines()
    assert max(map(len, lines)) <= 88
    assert " ".join(lines).split() == LONG.split()


@pytest.mark.parametrize("test", ["slips", "slips further down"])
def test_an_error_in_an_answer_shows_the_learners_line_and_not_the_test(shown, test):
    kind, text = shown[test]
    assert kind == "NameError"
    assert "Cell In[1], line 5, in slip(x)" in text
    assert "return factor * x" in text
    assert "name 'factor' is not defined" in text
    assert "Twice 2" not in text
    assert "outcome" not in text
    assert ("line 12, in applied" in text) == (test == "slips further down")


def test_an_assertion_of_the_learner_fussy_shows_its_line(shown):
    kind, text = shown["is stopped by an assertion of the learner"]
    assert kind == "AssertionError"
    assert "Cell In[1], line 8, in wary(x)" in text
    assert "Twice 2" not in text


def test_an_answer_that_is_still_open_says_what_to_do(shown):
    kind, text = shown["meets no answer"]
    assert kind == "NotImplementedError"
    assert " ".join(text.split()) == (
        "later has no answer yet: in its cell, put yours in the place of `raise NotImplementedError()`, "
        "run that cell, then this one."
    )
    assert "only for whole numbers" in shown["meets an error of that kind"][1]


def test_an_answer_that_is_not_there_yet_is_named(shown):
    assert shown["lacks the answer"] == (
        "NameError",
        "name 'triple' is not defined. Run the cells above first: one of them makes it.",
    )


def test_an_error_of_the_test_itself_keeps_its_lines(shown):
    kind, text = shown["trips over the answer"]
    assert kind == "TypeError"
    assert "double(2)[0]" in text


def test_the_next_cell_is_shown_as_ever(shown):
    kind, text = shown[AFTERWARDS]
    assert kind == "AssertionError"
    assert f"Cell In[{len(TESTS) + 2}], line 1" in text


def test_outside_a_notebook_nothing_is_shown(capsys):
    show_outcome("Task 1: passed")
    assert capsys.readouterr().out == ""
