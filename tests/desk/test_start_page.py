"""The start page: every lesson and assignment one click away, and how far each has come."""

import nbformat

from ganlab.desk import write_start_page


def save(path, *cells, title="A"):
    path.parent.mkdir(parents=True, exist_ok=True)
    heading = nbformat.v4.new_markdown_cell(f"# 01 · {title}")
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
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith(("| 0", "| 1"))]
    assert rows == [
        "| 01 | The game | [open](course/01-a.ipynb) 1 of 2 cells run "
        "| [open](exercises/01-a/01-a.ipynb) 1 of 2 answered |",
        "| 02 | The end | [open](course/02-b.ipynb) ✓ run |  |",
        "| 11 | Questions |  | [open](exercises/11-concept/11-concept.ipynb) |",
    ]


def test_a_damaged_notebook_is_still_on_it(tmp_path):
    save(tmp_path / "course/01-a.ipynb", code("1"))
    (tmp_path / "course/02-b.ipynb").write_text("{")
    assert "| 02 | 02-b | [open](course/02-b.ipynb)" in write_start_page(tmp_path).read_text("utf-8")


def test_a_page_of_the_learners_own_stays(tmp_path):
    (tmp_path / "start.md").write_text("my notes")
    assert write_start_page(tmp_path).read_text() == "my notes"
