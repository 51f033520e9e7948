"""The page from which a learner reaches every lesson and assignment, and sees which are done."""

import json
import re
from pathlib import Path

from ganlab.desk.done import answers, cells_run
from ganlab.files import written_whole

NAME = "start.md"
OURS = "<!-- `ganlab lab` writes this page anew. -->"
HEADING = re.compile(r"^# (?:\d+ · )?(.+)$", re.MULTILINE)


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
        f"| {name[:2]} | {_title((assignments | lectures)[name])} | "
        f"{_lecture(lectures.get(name), folder)} | {_assignment(assignments.get(name), folder)} |"
        for name in sorted(lectures | assignments)
    ]
    return "\n".join(
        [
            OURS,
            "# Generative adversarial networks for people with too few medical images",
            "",
            "Each lesson has a lecture with live demonstrations, and an assignment with tests that say what "
            "is wrong. A click opens it; *Run → Run All Cells* brings a lecture to life.",
            "",
            "| | lesson | lecture | assignment |",
            "|---|---|---|---|",
            *rows,
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


def _title(path):
    """The notebook's heading without its number, or its name."""
    try:
        text = "\n".join("".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"][:1])
    except (ValueError, KeyError, TypeError):
        text = ""
    found = HEADING.search(text)
    return found[1] if found else path.stem


def _lecture(path, folder):
    if path is None:
        return ""
    run = cells_run(path.read_bytes())
    how_far = "✓ run" if run.given == run.of else f"{run.given} of {run.of} cells run" if run.given else ""
    return f"[open]({path.relative_to(folder).as_posix()}) {how_far}".strip()


def _assignment(path, folder):
    if path is None:
        return ""
    given, of = answers(path.read_bytes())
    how_far = "✓ all answered" if given == of else f"{given} of {of} answered" if given else ""
    return f"[open]({path.relative_to(folder).as_posix()}) {how_far}".strip()
