"""The scratch course on disk, and a way to hand something in."""

import copy
import shutil
from pathlib import Path

import nbformat
import pytest
from tiny_course import ASSIGNMENT, CONFIG, source_notebook

from ganlab.grading import release
from ganlab.grading.course import Course


@pytest.fixture(scope="session")
def released_course(tmp_path_factory):
    """The real configuration with a shorter patience, and the assignment released. Not to be changed."""
    root = tmp_path_factory.mktemp("released") / "a course"
    (root / "course").mkdir(parents=True)
    (root / "solutions" / ASSIGNMENT).mkdir(parents=True)
    settings = CONFIG.read_text(encoding="utf-8")
    assert "timeout = 60" in settings
    (root / "solutions" / CONFIG.name).write_text(settings.replace("timeout = 60", "timeout = 4"))
    course = Course(root)
    nbformat.write(source_notebook(), course.source(ASSIGNMENT))
    release(course=course)
    return course


@pytest.fixture
def course(released_course, tmp_path):
    """A copy of the scratch course for one test: nbgrader takes seconds to make a gradebook."""
    return Course(Path(shutil.copytree(released_course.root, tmp_path / "a course")))


@pytest.fixture
def hand_in(course, tmp_path, sandbox_can_be_made):
    """hand_in(student, change=..., nested=..., **answers) puts a submission into the folder it returns."""
    folder = tmp_path / "handed in"
    folder.mkdir()
    released = nbformat.read(course.exercises / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)

    def hand_in(student, change=None, nested=False, raw=None, name=ASSIGNMENT, **answers):
        place = folder / student / name if nested else folder / student
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{name}.ipynb"
        if raw is not None:
            path.write_bytes(raw)
            return folder
        notebook = copy.deepcopy(released)
        cells = {cell.id: cell for cell in notebook.cells}
        for cell, text in answers.items():
            cells[cell].source = text
        if change is not None:
            change(notebook.cells, cells)
        nbformat.write(notebook, path)
        return folder

    return hand_in
