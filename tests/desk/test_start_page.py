"""The start page: every lesson and assignment one click away, and how far each has come."""

import nbformat
import pytest

from ganlab.desk import write_start_page


def save(path, *cells, title="A"):
    path.parent.mkdir(parents=True, exist_ok=True)
    number = "" if title == "Questions" else f"{path.stem[:2]} · "
    heading = nbformat.v4.new_markdown_cell(f"# {number}{title}")
    nbformat.write(nbformat.v4.new_notebook(cells=[heading, *cells]), path)


def code(source, **metadata):
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata} if metadata else {})


def test_it_links_everything_and_says_what_was_run_and_answered(tmp_path):
    ran, not_run = code("1"), code("2")
    ran["execution_count"] = 5
    save(tmp_path / "course/01-a.ipynb", ran, not_run, code(" "), title="The game")
    save(tmp_path / "course/02-b.ipynb", ran, title="The end")
    answered, open_ = code("x = 1", solution=True), code("raise NotImplementedError()", solution=True)
    save(tmp_path / "exercises/01-a/01-a.ipynb", answered, open_, code("assert x", grade=True))
    save(tmp_path / "exercises/11-concept/11-concept.ipynb", open_, title="Questions")
    page = write_start_page(tmp_path)
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith(("| 0", "|  |"))]
    assert rows == [
        "| 01 | The game | [open](course/01-a.ipynb) 1 of 2 cells run "
        "| [open](exercises/01-a/01-a.ipynb) 1 of 2 answered |",
        "| 02 | The end | [open](course/02-b.ipynb) ✓ run |  |",
        "|  | Questions |  | [open](exercises/11-concept/11-concept.ipynb) |",
    ]


def test_it_lets_nobody_run_past_the_predictions(tmp_path):
    """The lectures ask for a guess before a cell is run; a page that says Run All Cells alone spoils them."""
    save(tmp_path / "course/01-a.ipynb", code("1"))
    said = write_start_page(tmp_path).read_text("utf-8")
    first = said.index("**Shift+Enter**, since many cells ask for your guess first")
    assert first < said.index("Run All Cells")


@pytest.mark.parametrize("damage", ["{", '{"cells": 3}', '{"cells": [1]}'])
def test_a_damaged_notebook_is_still_on_it_and_not_called_done(tmp_path, damage):
    save(tmp_path / "course/01-a.ipynb", code("1"))
    for place in ("course", "exercises/02-b"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "02-b.ipynb").write_text(damage)
    page = write_start_page(tmp_path).read_text("utf-8")
    assert "| 02 | 02-b | [open](course/02-b.ipynb) | [open](exercises/02-b/02-b.ipynb) |" in page


def test_a_page_of_the_learners_own_stays(tmp_path):
    (tmp_path / "start.md").write_text("my notes")
    assert write_start_page(tmp_path).read_text() == "my notes"
