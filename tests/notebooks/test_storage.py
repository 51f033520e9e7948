"""Notebooks are stored clean, under readable ids, and an assignment folder holds nothing else."""

import itertools
import re

import nbformat
import pytest
from conftest import COURSE, INVENTORIES, LESSONS, ROOT

NOTEBOOKS = sorted(
    path for room in ("course", "solutions", "exercises") for path in (ROOT / room).rglob("*.ipynb")
)
READABLE_ID = re.compile(r"[a-z][a-z0-9]*(-{1,2}[a-z0-9]+)*")
PLACE_FOR_A_GUESS = re.compile(r"^my_\w+ = .*\bNone\b", re.MULTILINE)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
every_assignment = pytest.mark.parametrize("assignment", COURSE.assignments())
every_lesson = pytest.mark.parametrize("assignment", LESSONS)


@every_notebook
def test_notebook_is_valid_and_carries_no_trace_of_a_run(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs"), cell.id
        assert cell.get("execution_count") is None, cell.id


@every_notebook
def test_notebook_has_no_stray_metadata(path):
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    # JupyterLab asks for a kernel, in a dialog that swallows clicks, if this is missing.
    assert notebook.metadata.kernelspec.name == "python3"
    allowed = {"nbgrader", "deletable", "editable"}
    # Only a release folds its tests.
    allowed |= {"jupyter"} if ROOT / "exercises" in path.parents else set()
    for cell in notebook.cells:
        assert set(cell.metadata) <= allowed, cell.id


@every_notebook
def test_cell_ids_can_be_read_and_a_graded_cell_is_called_by_its_grade_id(path):
    cells = nbformat.read(path, as_version=4).cells
    assert len({cell.id for cell in cells}) == len(cells)
    for cell in cells:
        assert READABLE_ID.fullmatch(cell.id), cell.id
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


@every_notebook
def test_code_cells_are_short(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
            assert len(cell.source.splitlines()) <= 22, cell.id


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lecture_asks_for_a_prediction_in_writing_right_before_what_it_is_about(lesson):
    cells = nbformat.read(ROOT / "course" / f"{lesson}.ipynb", as_version=4).cells
    asked = [
        (text.id, following.cell_type == "code" and bool(PLACE_FOR_A_GUESS.search(following.source)))
        for text, following in itertools.pairwise(cells)
        # "Predict first" explains, in lecture 00, what the others ask for.
        if text.cell_type == "markdown"
        and "**Predict" in text.source
        and "**Predict first" not in text.source
    ]
    assert len(asked) >= 3
    assert [name for name, has_a_place in asked if not has_a_place] == []


@pytest.mark.parametrize("room", ["course", "solutions"])
@every_lesson
def test_a_place_for_a_guess_comes_after_the_question(assignment, room):
    [path] = (ROOT / room).rglob(f"{assignment}.ipynb")
    text = ""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            text = cell.source
        elif PLACE_FOR_A_GUESS.search(cell.source):
            assert re.search(r"[Pp]redict|[Gg]uess|[Ww]ork out|\?", text), cell.id


@every_lesson
def test_each_figure_of_a_lecture_has_a_title_and_each_image_a_colour_bar(assignment):
    for cell in nbformat.read(ROOT / "course" / f"{assignment}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            assert "subplots(" not in cell.source or "title" in cell.source, cell.id
            assert "imshow(" not in cell.source or "colorbar(" in cell.source, cell.id


@every_assignment
def test_assignment_has_the_same_name_in_every_room_and_its_folders_hold_the_notebook_alone(assignment):
    assert (ROOT / "course" / f"{assignment}.ipynb").is_file() == (assignment not in INVENTORIES)
    for room in ("solutions", "exercises"):
        files = [
            path.name for path in (ROOT / room / assignment).iterdir() if path.name != ".ipynb_checkpoints"
        ]
        assert files == [f"{assignment}.ipynb"]


@every_lesson
def test_points_and_the_share_of_visible_tests_are_as_the_syllabus_asks(assignment):
    source, released = (
        nbformat.read(ROOT / room / assignment / f"{assignment}.ipynb", as_version=4).cells
        for room in ("solutions", "exercises")
    )
    hides = {cell.id: "BEGIN HIDDEN TESTS" in cell.source for cell in source}
    shows = {cell.id: "assert" in _without_imports(cell.source) for cell in released}
    points = {
        cell.id: cell.metadata.nbgrader.points
        for cell in source
        if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution
    }
    written = sum(
        cell.metadata.nbgrader.points
        for cell in source
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.metadata.nbgrader.solution
    )
    # A cell with visible and hidden tests counts half.
    visible = sum(number * (0.5 if hides[name] else 1) for name, number in points.items() if shows[name])
    assert 10 <= sum(points.values()) + written <= 20
    assert written > 0
    assert 0.4 <= visible / sum(points.values()) <= 0.6
    assert 6 <= len({name.split("--")[0] for name in points}) <= 10


def _without_imports(code):
    return "\n".join(line for line in code.splitlines() if "import" not in line and not line.startswith("#"))
