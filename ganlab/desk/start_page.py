"""The page from which a learner reaches every lesson and assignment, and sees which are done."""

import re
from pathlib import Path

from ganlab.desk.done import answers, cells_of, cells_run
from ganlab.files import written_whole

NAME = "start.md"
OURS = "<!-- `ganlab lab` writes this page anew. -->"
HEADING = re.compile(r"^# (?:(\d+) · )?(.+)$", re.MULTILINE)


def write_start_page(folder: Path) -> Path:
    """Write the start page of a learner's folder, as far as the learner has come by now.

    Parameters
    ----------
    folder : pathlib.Path
        With course/ and exercises/. A start.md in it that is not ours stays as it is.

    Returns
    -------
    pathlib.Path
        The page.
    """
    page = folder / NAME
    if page.exists() and not page.read_text("utf-8", errors="replace").startswith(OURS):
        return page
    with written_whole(page) as file:
        file.write(_text(folder).encode())
    return page


def _text(folder):
    lectures = {path.stem: path for path in sorted((folder / "course").glob("*.ipynb"))}
    assignments = {path.parent.name: path for path in sorted((folder / "exercises").glob("*/*.ipynb"))}
    rows = [
        f"| {_number_and_title((assignments | lectures)[name])} | "
        f"{_link(lectures.get(name), folder, cells_run, '✓ run', 'cells run')} | "
        f"{_link(assignments.get(name), folder, answers, '✓ all answered', 'answered')} |"
        for name in sorted(lectures | assignments)
    ]
    return "\n".join(
        [
            OURS,
            "# Generative adversarial networks for people with too few medical images",
            "",
            "Each lesson has a lecture with live demonstrations, and an assignment with tests that say what "
            "is wrong. A click opens it. Go through a lecture from top to bottom, a cell at a time with "
            "**Shift+Enter**, since many cells ask for your guess first; *Run → Run All Cells* makes every "
            "figure at once, and gives the answers away.",
            "",
            "| | lesson | lecture | assignment |",
            "|---|---|---|---|",
            *rows,
            "",
            "The concept inventory asks the same questions before and after the course, so that you see "
            "what you learnt. It is nothing to prepare for.",
            "",
            "How far you have come was counted when `ganlab lab` started: cells of a lecture that were run, "
            "places for an answer that you filled. Whether an answer is right is said by the test below it, "
            "and for a whole assignment by `ganlab check`.",
            "",
            "What each lesson asks of you, and plans for a day or ten weeks: [about the course]"
            "(course/README.md).",
            "",
        ]
    )


def _number_and_title(path):
    """Two cells of the table, from the heading, which of an inventory has no number; or from the name."""
    heading = HEADING.search("".join(cell["source"] for cell in cells_of(path.read_bytes())[:1]))
    return f"{heading[1] or ''} | {heading[2]}" if heading else f"{path.stem[:2]} | {path.stem}"


def _link(path, folder, count, whole, part):
    """A link to a notebook, if there is one, and how far the learner has come in it."""
    if path is None:
        return ""
    given, of = count(path.read_bytes())
    how_far = "" if not given else whole if given == of else f"{given} of {of} {part}"
    return f"[open]({path.relative_to(folder).as_posix()}) {how_far}".strip()
