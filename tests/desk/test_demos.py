"""The demonstrations: what is written for Voila, and a name that there is none of."""

import re

import nbformat
import pytest

from ganlab import widgets
from ganlab.desk import show_demos
from ganlab.desk.demos import DEMOS, write_demos
from ganlab.grading import CourseError


def test_each_demonstration_is_one_widget_of_ours_and_a_question_and_all_are_in_the_menu(tmp_path):
    pages = write_demos(tmp_path, None)
    menu = (tmp_path / "voila" / "templates" / "ganlab" / "tree.html").read_text()
    assert sorted(path.stem for path in pages.iterdir()) == sorted(DEMOS)
    for name, demo in DEMOS.items():
        notebook = nbformat.read(pages / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        title, code = notebook.cells
        assert demo.question in title.source
        assert code.source.endswith(demo.widget)
        assert f'href="/voila/render/{name}.ipynb"' in menu
    shown = {re.match(r"\w+", demo.widget)[0] for demo in DEMOS.values()}
    ours = {name for name in widgets.__all__ if name[0].isupper()}
    assert shown == ours, "a widget that no demonstration shows, or one that there is not"


def test_one_demonstration_alone_has_no_way_to_a_menu_that_is_not_served(tmp_path):
    page = write_demos(tmp_path, "collapse")
    assert page.name == "collapse.ipynb"
    assert "All demonstrations" not in page.read_text()


def test_a_name_that_there_is_none_of_is_refused_with_those_that_there_are():
    with pytest.raises(CourseError, match=r"'colapse'; there are .*collapse"):
        show_demos("colapse", browser=False)
