"""The page about a class: what it says for classes of every size, and that it fetches nothing."""

import re

import nbformat
import pytest
from tiny_course import ASSIGNMENT, source_notebook

from ganlab.grading import class_page, likeness
from ganlab.grading.class_page import commonest_mistakes, write_class_pages
from ganlab.grading.course import Course
from ganlab.grading.report import PASSED, WAITING, GradedSubmission, GradeReport, TaskGrade


def student(number, double, reason=PASSED, reflection=None, notes=()):
    why = WAITING if reflection is None else "read by a reader: Good."
    rows = (
        TaskGrade(f"s{number}", ASSIGNMENT, "double", double, 3.0, reason, "Task 1"),
        TaskGrade(f"s{number}", ASSIGNMENT, "reflection", reflection, 2.0, why),
    )
    return GradedSubmission(f"s{number}", ASSIGNMENT, rows, "page.html", notes=notes)


def ungraded(name):
    return GradedSubmission(
        name, ASSIGNMENT, (TaskGrade(name, ASSIGNMENT, "double", None, 3.0, "it is empty"),), None
    )


@pytest.fixture
def page_of(tmp_path, monkeypatch):
    def page_of(*submissions):
        course = Course(tmp_path)
        monkeypatch.setattr(Course, "assignments", lambda _: [ASSIGNMENT])
        (path,) = write_class_pages(course, GradeReport(submissions))
        assert path == tmp_path / "feedback" / f"class-{ASSIGNMENT}.html"
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href)=\"(?!data:|#)", text), "Nothing is loaded from elsewhere."
        return re.sub(r"data:image[^\"]*", "", text)

    return page_of


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (1, "The only student has 0 of 5 points; up to 2 points are not given yet."),
        (2, "Points lie between 0 and 1 of 5, the median is 0.5;"),
        (6, "Points lie between 0 and 3 of 5, the median is 1;"),
        (200, "Points lie between 0 and 3 of 5, the median is 1.5;"),
    ],
)
def test_classes_of_every_size(page_of, size, says):
    text = page_of(
        *(student(number, float(number % 4), f"gave {number}. Twice 2 is 4.") for number in range(size))
    )
    assert says in text
    assert f"{size} handed in, {size} graded, {size} of them with answers that nobody has read yet." in text


def test_a_class_in_which_nobody_is_graded(page_of):
    text = page_of(ungraded("<b>ada</b>"))
    assert "1 handed in, nobody is graded." in text
    assert "&lt;b&gt;ada&lt;/b&gt;</td><td>not graded: it is empty" in text
    assert "<img" not in text


def test_who_is_to_be_looked_at(page_of):
    stopped = "stopped after 4 seconds without an answer: look for a loop that never ends"
    text = page_of(
        student(1, 3.0, notes=("the answer double had lost its mark",)), student(2, 0.0, stopped, 2.0)
    )
    assert "<td>s1</td><td>the answer double had lost its mark</td>" in text
    assert f"<td>s2</td><td>Task 1 · double: {stopped}</td>" in text
    assert (
        "All points: most often for reflection (100% of those graded), most rarely for Task 1 · double (50%)."
        in text
    )


def test_who_handed_in_nothing_that_is_known_is_on_the_page_and_counted_in_no_assignment(page_of):
    nobody_knows = GradedSubmission(
        "s2", "", (TaskGrade("s2", "", "", None, None, "found final.docx"),), None
    )
    text = page_of(student(1, 3.0), nobody_knows)
    assert "<td>s2</td><td>not graded: found final.docx</td>" in text
    assert "1 handed in, 1 graded" in text


def test_mistakes_are_counted_by_hint_whatever_number_came_back():
    graded = [
        student(1, 0.0, "double(2) gave 3. Twice 2 is 4. / double(-3) gave 6. Negatives double, too."),
        student(2, 0.0, "double(2) gave 5.5e-3. Twice 2 is 4."),
        student(3, 0.0, "double(2) gave 5.5e-3. Twice 2 is 4."),
        student(4, 3.0),
    ]
    assert [tuple(mistake.values()) for mistake in commonest_mistakes(graded)] == [
        ("Task 1 · double", "double(2) gave 5.5e-3. Twice 2 is 4.", 3),
        ("Task 1 · double", "double(-3) gave 6. Negatives double, too.", 1),
    ]


LONG = "def double(x):\n" + "".join(f"    x = x {sign} {n}\n" for n, sign in enumerate("+-*/+*-/+*"))


def test_executed_notebooks_tell_the_slowest_and_those_that_resemble_each_other(page_of, tmp_path):
    for number, end in ((1, "00:00:03.5"), (2, "00:01:00.0")):
        timing = {
            "iopub.execute_input": "2026-01-01T00:00:00.5Z",
            "shell.execute_reply": f"2026-01-01T{end}Z",
        }
        cells = [nbformat.v4.new_code_cell(metadata={"execution": timing}), nbformat.v4.new_code_cell()]
        path = tmp_path / "autograded" / f"s{number}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        answers = [cell for cell in source_notebook().cells if cell.id in ("double", "triple")]
        answers[0].source = LONG
        nbformat.write(nbformat.v4.new_notebook(cells=cells + answers), path)
    source = tmp_path / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(source_notebook(), source)
    text = page_of(student(1, 3.0), student(2, 3.0), student(3, 3.0))
    assert '<tr><td>s1</td><td>s2</td><td class="points">100 %</td></tr>' in text
    assert f"of {likeness.HONEST_PAIRS} pairs of right answers" in text
    assert "the median of the class being 31.2." in text
    assert text.index('<td>s2</td><td class="points">59.5</td>') < text.index(
        '<td>s1</td><td class="points">3.0'
    )


def test_bars_look_like_their_legend_though_nobody_has_some_of_the_points(page_of, monkeypatch):
    figures = []
    monkeypatch.setattr(class_page, "_picture", lambda figure, says: figures.append(figure) or {"says": says})
    page_of(student(0, 0.0), student(1, 3.0))
    axes = figures[-1].axes[0]
    legend = axes.get_legend()
    looks = {
        text.get_text(): (handle.get_facecolor(), handle.get_hatch())
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    bars = {(bar.get_facecolor(), bar.get_hatch()) for bar in axes.patches if bar.get_width() > 0}
    assert bars == {looks[name] for name in ("all points", "no points", "not given yet")}
