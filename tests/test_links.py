"""Every link of a page or a lesson to a file of the course leads to one."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob(".github/*.md"),
    *ROOT.glob("course/*.md"),
    *ROOT.glob("course/*.ipynb"),
    *ROOT.glob("exercises/*/*.ipynb"),
]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")


def text_of(page):
    if page.suffix == ".md":
        return page.read_text("utf-8")
    cells = nbformat.read(page, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_lead_to_files(page):
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$", "", text_of(page), flags=re.DOTALL)  # no brackets of formulas
    broken = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert broken == []


def test_each_lecture_leads_to_its_assignment_and_each_assignment_to_the_next_lecture():
    names = sorted(path.stem for path in ROOT.glob("course/*.ipynb"))
    for name, later in zip(names, [*names[1:], None], strict=True):
        assert f"../exercises/{name}/{name}.ipynb" in LINK.findall(text_of(ROOT / f"course/{name}.ipynb"))
        links = LINK.findall(text_of(ROOT / f"exercises/{name}/{name}.ipynb"))
        assert (f"../../course/{later}.ipynb" in links) is (later is not None)
