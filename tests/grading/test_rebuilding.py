"""A rebuilt notebook has the course's cells and the student's answers, however the student's cells came."""

import copy
import gc
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny_course import RIGHT, source_notebook

from ganlab.grading.mending import mended
from ganlab.grading.rebuilding import ORIGIN, answer_key, import_statements, names_made, rebuilt


@pytest.fixture
def key():
    """The tiny assignment with a text and a demonstration between its tasks."""
    notebook = source_notebook()
    for cell in notebook.cells:
        if cell.metadata["nbgrader"]["solution"]:
            name = cell.id
            stub = f"def {name}(x):\n    raise NotImplementedError()"
            cell.source = stub if cell.cell_type == "code" else "YOUR ANSWER HERE"
    text, shown = new_markdown_cell("Watch.", id="watch"), new_code_cell("shown = double(3)", id="shown")
    notebook.cells[4:4] = [text, shown]
    return answer_key(notebook, {"imports": "import warnings"} | {c.id: c.source for c in notebook.cells})


@pytest.fixture
def rebuild(key):
    """rebuild(change): the right answers, changed as the student did, and rebuilt."""

    def rebuild(change=lambda cells: None):
        notebook = copy.deepcopy(key)
        for cell in notebook.cells:
            cell.source = RIGHT.get(cell.id, cell.source)
        change(notebook.cells)
        handed_in, _ = mended(notebook, key)
        rebuilt_notebook, notes, missing = rebuilt(key, handed_in)
        nbformat.validate(rebuilt_notebook)
        return {cell.id: cell for cell in rebuilt_notebook.cells}, notes, missing

    return rebuild


def place(cells, name):
    return next(number for number, cell in enumerate(cells) if cell.id == name)


def bare(cells):
    """As another editor saves it: no marks, and ids of its own."""
    for number, cell in enumerate(cells):
        cell.metadata.clear()
        cell.id = f"{number:08x}"


def test_an_untouched_notebook_is_the_key_with_the_answers(key, rebuild):
    cells, notes, missing = rebuild()
    assert list(cells) == [cell.id for cell in key.cells]
    assert [cells[name].source for name in RIGHT] == list(RIGHT.values())
    assert [name for name, cell in cells.items() if ORIGIN in cell.metadata] == ["shown"]
    assert (notes, missing) == ([], set())


def test_answers_are_found_when_all_marks_and_ids_are_lost(rebuild):
    cells, notes, missing = rebuild(bare)
    assert [cells[name].source for name in RIGHT] == list(RIGHT.values())
    assert len(notes) == 3
    assert notes[0] == "the answer double had lost its mark and was recognised by what it holds"
    assert not missing
    assert not any(cell.metadata.get(ORIGIN) == "own" for cell in cells.values())


def test_tests_are_the_course_s_whatever_became_of_them(key, rebuild):
    def change(cells):
        cells[place(cells, "double--hidden")].source = "assert True"
        del cells[place(cells, "double--by-hand")]
        cells.insert(0, copy.deepcopy(cells[place(cells, "triple--by-hand")]))

    cells, _, missing = rebuild(change)
    for cell in key.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            assert cells[cell.id].source == cell.source
    assert not missing


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_that_was_retyped_is_code_again(rebuild, kind):
    def change(cells):
        cells[place(cells, "double")].cell_type = kind

    assert rebuild(change)[0]["double"].cell_type == "code"


def test_an_answer_split_in_two_keeps_its_second_half_behind_it(rebuild):
    def change(cells):
        cell = cells[place(cells, "double")]
        cell.source = "factor = 2"
        cells.insert(place(cells, "double") + 1, new_code_cell("def double(x):\n    return factor * x"))

    cells, *_ = rebuild(change)
    names = list(cells)
    behind = names[names.index("double") + 1]
    assert cells[behind].source.startswith("def double")
    assert cells[behind].metadata[ORIGIN] == "own"


def test_an_answer_merged_into_the_one_before_is_not_overwritten_by_the_released_cell(rebuild):
    def change(cells):
        cells[place(cells, "double")].source += "\n\n" + RIGHT["triple"]
        del cells[place(cells, "triple")]

    cells, notes, missing = rebuild(change)
    assert "def triple" in cells["double"].source
    assert "def" not in cells["triple"].source
    assert notes == ["the answer triple stands in another cell"]
    assert not missing


def test_a_deleted_answer_is_missing_and_its_released_cell_stands_there(rebuild):
    def change(cells):
        del cells[place(cells, "triple")]

    cells, _, missing = rebuild(change)
    assert missing == {"triple"}
    assert "NotImplementedError" in cells["triple"].source


def test_added_imports_and_edited_demonstrations_run_where_they_stood(rebuild):
    def change(cells):
        cells[place(cells, "imports")].metadata.clear()
        cells[place(cells, "shown")].source = "shown = double(4)"
        cells.append(new_code_cell("import math"))

    cells, *_ = rebuild(change)
    own = {name: cell.source for name, cell in cells.items() if cell.metadata.get(ORIGIN) == "own"}
    assert sorted(own.values()) == ["import math", "shown = double(4)"]
    assert list(cells)[-1] in own


def test_the_names_that_code_makes():
    cells = [
        new_code_cell("import a.b, c as d\nfor e in []:\n    f, g = 1, 2\nwith x as h: pass"),
        new_code_cell("("),
    ]
    cells.append(new_code_cell("def i():\n    j = k\nclass L: pass"))
    assert names_made(cells) == {"a", "d", "e", "f", "g", "h", "i", "j", "L"}


def test_the_imports_of_an_assignment(key):
    assert import_statements(key) == ["import warnings"]


def test_threads_that_read_code_at_once_do_not_end_each_other():
    """Whenever memory is collected, another thread may go on in the middle of parsing (cpython 106905)."""

    def switch(*_):
        time.sleep(0)

    often = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(switch)
    cells = [new_code_cell("def f(x):\n    return [x + 1 for _ in range(3)]\n" * 200)]
    try:
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(lambda _: names_made(cells), range(40)))
    finally:
        gc.callbacks.remove(switch)
        gc.set_threshold(*often)
    assert made == [{"f", "_"}] * 40
