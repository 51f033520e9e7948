"""Feedback pages for wrong answers: sentences, formulas, and no line of a hidden test."""

import html
import re
from pathlib import Path

import nbformat
import pytest
from bank import read_bank
from conftest import COURSE
from exam import examine
from nbformat.v4 import new_output

from ganlab.grading.course import Course
from ganlab.grading.feedback import LEFT_OUT, write_feedback
from ganlab.grading.learners_copy import HIDDEN
from ganlab.grading.report import PASSED, WAITING, GradedSubmission, TaskGrade
from ganlab.grading.texts import as_html, formula

ASSIGNMENT = "01-minimax-game"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)


def source_notebook():
    return nbformat.read(COURSE.source(ASSIGNMENT), as_version=4)


def hidden_lines(notebook):
    blocks = "\n".join("\n".join(HIDDEN.findall(cell.source)) for cell in notebook.cells)
    lines = {line.strip() for line in blocks.splitlines()}
    return {
        line for line in lines if len(line) > 7 and not re.fullmatch(r"\w+,?", line)
    }  # one word tells nothing


def pages_of_wrong_answers(folder, outputs=()):
    """Page after page: on the first the first wrong answer to each task, and so on."""
    by_task = {}
    for answer in read_bank(ASSIGNMENT):
        if answer.kind == "wrong":
            by_task.setdefault(answer.task, []).append(answer)
    for number in range(max(map(len, by_task.values()))):
        notebook, rows = source_notebook(), []
        for cell in notebook.cells:
            if cell.id in by_task:
                answer = by_task[cell.id][number % len(by_task[cell.id])]
                points, maximum, reason = examine(ASSIGNMENT, answer.task, answer.code)
                row = TaskGrade("ada", ASSIGNMENT, cell.id, points, maximum, reason or PASSED, "Task 3")
                rows.append(row)
                cell.source, cell.outputs = answer.code, list(outputs)
            elif cell.id == "reflection":
                cell.source = "Because $V^* = -\\log 4$, it **stops**. <script>alert(1)</script>"
                rows.append(TaskGrade("ada", ASSIGNMENT, cell.id, None, 2, WAITING))
        graded = GradedSubmission("ada", ASSIGNMENT, tuple(rows), None)
        yield rows, write_feedback(Course(Path(folder)), graded, notebook).read_text(encoding="utf-8")


def test_every_page_says_why_and_shows_no_line_of_a_hidden_test(tmp_path):
    secret = hidden_lines(source_notebook())
    assert len(secret) > 50
    # Code can read its test, and print it.
    leak = new_output("stream", name="stdout", text="\n".join(sorted(secret)))
    own = {line.strip() for answer in read_bank(ASSIGNMENT) for line in answer.code.splitlines()}
    pages = list(pages_of_wrong_answers(tmp_path, [leak]))
    assert len(pages) > 5
    for rows, page in pages:
        shown = html.unescape(page)
        assert [line for line in secret - own if line in shown] == []
        assert LEFT_OUT in shown
        for row in rows[:-1]:
            assert f'<a href="#{row.task}">Task 3 · {row.task}</a>' in page
            for sentence in row.reason.split(" / "):
                assert sentence in shown
        assert "unread: a person will read it" in shown
        assert "– / 2" in shown
        assert "In 100 to 150 words: why is neither observation proof" in shown
        assert "<math" in page
        assert "<script" not in page


@pytest.mark.parametrize("path", sorted(COURSE.solutions.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_every_formula_of_the_assignments_can_be_drawn_without_a_network(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for found in FORMULA.finditer(cell.source):
                drawn = formula(found[1] or found[2])
                assert drawn.startswith("<math"), drawn
                assert "\\" not in drawn, "A command that is not known stands there by its name."


@pytest.mark.parametrize(
    "text",
    [
        r"$\text{<img src=x onerror=alert(1)>}$",
        r"$\href{javascript:alert(1)}{x}$ and $\style{position:fixed}{x}$",
        "[a](javascript:alert(1)) ![b](http://a.b/c.png) <iframe src=x>",
        "$" + "{" * 500 + "$ $" + "a^{" * 300 + "$",
        "```python\n</pre><b>\n```",
    ],
)
def test_nothing_that_a_student_writes_becomes_markup_of_the_page(text):
    drawn = as_html(text)
    markup = "".join(re.findall(r"<[^>]*>", drawn))
    assert not re.search(r"<(img|script|iframe|b|style)\b|javascript|style=|onerror=|http:", markup)
