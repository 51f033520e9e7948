"""The page that a student gets: points, the sentence that helps, the own answer, never a test's source."""

import re

from ganlab.files import written_whole
from ganlab.grading.learners_copy import HIDDEN
from ganlab.grading.report import ANSI, TASK, WAITING, cells_by_name
from ganlab.grading.texts import as_html

MOST_TEXT = 20_000  # characters of one output
PICTURES = ("image/png", "image/jpeg")
LEFT_OUT = "[left out]"
# A line of a test that tells nothing, and may stand in any sentence.
ONE_WORD = re.compile(r"\w+,?")
UNREAD = "unread: a person will read it"


def feedback_page(course, student, assignment):
    """Where the page for the student lies, which is where nbgrader would put its own."""
    return course.root / "feedback" / student / assignment / f"{assignment}.html"


def write_feedback(course, graded, notebook):
    """Write the page of one submission.

    Parameters
    ----------
    course : Course
    graded : GradedSubmission
    notebook : nbformat.NotebookNode
        As it ran.

    Returns
    -------
    pathlib.Path
    """
    cells, secret, asked = cells_by_name(notebook), _hidden_lines(notebook), _asked(notebook)
    tasks = [
        {
            "name": row.task,
            "title": row.title,
            "points": row.points_of_maximum,
            "reason": (reason := UNREAD if row.reason == WAITING else _without(secret, row.reason)),
            "sentences": reason.split(" / "),
            "asked": as_html(asked.get(row.task, "")),
            "state": _state(row),
            "is_text": cells[row.task].cell_type != "code",
            "answer": _answer(cells[row.task], secret),
            "outputs": list(_outputs(cells[row.task], secret)),
        }
        for row in graded.rows
    ]
    path = feedback_page(course, graded.student, graded.assignment)
    return write_page(path, "feedback", graded=graded, tasks=tasks)


def write_page(path, kind, **facts):
    """Write a page of the template KIND.html.j2, and return its path; whatever a student wrote is escaped."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("ganlab.grading"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(f"{kind}.html.j2").render(**facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        file.write(page.encode("utf-8", "replace"))
    return path


def _asked(notebook):
    """{grade_id: what it asks for}: the last text above the cell that names a task, less the hints."""
    text, asked = "", {}
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            asked[cell.metadata["nbgrader"]["grade_id"]] = text
        elif cell.cell_type == "markdown" and (named := list(TASK.finditer(cell.source))):
            text = cell.source[named[-1].start() :].partition("<details")[0]
    return asked


def _answer(cell, secret):
    """What the student wrote; a text is shown as JupyterLab shows it."""
    return cell.source if cell.cell_type == "code" else as_html(_without(secret, cell.source[:MOST_TEXT]))


def _state(row):
    if row.points is None:
        return "unread"
    return "full" if row.points >= row.maximum else "lost"


def _outputs(cell, secret):
    """(kind, content) of what the student's own cell showed: pictures as addresses, the rest as text."""
    for bundle in cell.get("attachments", {}).values():
        yield from _pictures(bundle)
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if pictures := list(_pictures(data)):
            yield from pictures
        else:
            text = output.get("text") or data.get("text/plain") or ""
            if text := _without(secret, ANSI.sub("", text)[:MOST_TEXT]).rstrip():
                yield "text", text


def _pictures(bundle):
    for kind in PICTURES:
        content = bundle.get(kind)
        if isinstance(content, str):
            yield "picture", f"data:{kind};base64,{''.join(content.split())}"


def _hidden_lines(notebook):
    """The lines of the tests that learners do not get, unless they wrote the same line themselves."""
    own, hidden = set(), set()
    for cell in notebook.cells:
        locked = cell.metadata.get("nbgrader", {}).get("locked")
        if not locked:
            own |= {line.strip() for line in cell.source.splitlines()}
        else:
            lines = "\n".join(HIDDEN.findall(cell.source)).splitlines()
            hidden |= {" ".join(line.split()) for line in lines} | {line.strip() for line in lines}
    telling = (line for line in hidden - own if len(line) > 7 and not ONE_WORD.fullmatch(line))
    return sorted(telling, key=len, reverse=True)


def _without(secret, text):
    """Text in which no line of a hidden test stands: code can read its tests, and print them."""
    for line in secret:
        text = text.replace(line, LEFT_OUT)
    return text
