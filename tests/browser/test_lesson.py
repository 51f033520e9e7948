"""A learner opens the lesson, runs it, and moves a slider."""

import os
import shutil
from pathlib import Path

import pytest
from lab import CHROMIUM, bring_into_view, lab_server, page_at, run_all

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed: apt install chromium (or any Chrome) to run this"
    ),
]


@pytest.fixture
def course(tmp_path):
    """A copy, since JupyterLab saves what it runs."""
    for room in ("course", "solutions", "exercises"):
        shutil.copytree(ROOT / room, tmp_path / room)
    return tmp_path


@pytest.fixture
def picture(tmp_path):
    """Where screenshots go: $GANLAB_SCREENSHOTS if set, for a person to look at."""
    folder = Path(os.environ.get("GANLAB_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


def test_lecture_runs_in_jupyterlab_and_both_instruments_answer_the_keyboard(course, picture):
    notebook = course / "course" / "01-minimax-game.ipynb"
    with lab_server(course, "01") as address, page_at(address) as page:
        executed = run_all(page, notebook)
        errors = [
            output for cell in executed.cells for output in cell.get("outputs", ()) if "ename" in output
        ]
        assert errors == []

        bring_into_view(page, "Now the instrument")
        explorer = page.locator(".widget-vbox", has_text="mean of q").first
        picture(page, "01-lecture-explorer")
        assert _reading_changes(page, explorer, "With q at mean", presses=8)
        picture(page, "01-lecture-explorer-moved")

        bring_into_view(page, "then press play")
        game = page.locator(".widget-vbox", has_text="learning rate").first
        assert _reading_changes(page, game, "steps the discriminator is right about", presses=3, slider=-1)
        picture(page, "01-lecture-game")

        assert page.get_by_text("Error displaying widget").count() == 0
        assert page.get_by_text("model not found").count() == 0
        assert page.outside == []


def test_assignment_runs_in_jupyterlab_as_released_and_says_what_is_to_be_done(course, picture):
    notebook = course / "exercises" / "01-minimax-game" / "01-minimax-game.ipynb"
    with lab_server(course, "01") as address, page_at(address) as page:
        token = address.split("token=")[1]
        server = address.split("/lab")[0]
        page.goto(f"{server}/lab/tree/exercises/01-minimax-game/01-minimax-game.ipynb?token={token}")
        executed = run_all(page, notebook)
        errors = {
            output.ename for cell in executed.cells for output in cell.get("outputs", ()) if "ename" in output
        }
        assert errors == {"NotImplementedError"}
        picture(page, "01-assignment-as-released")


def _errors(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return {output.ename for output in outputs if output.output_type == "error"}


def _reading_changes(page, instrument, words, presses, slider=0):
    """Press the right arrow on a slider and wait until the sentence below the figure is another one."""
    sentence = instrument.locator("p", has_text=words).first
    before = sentence.inner_text()
    handle = instrument.locator(".noUi-handle").nth(slider)
    handle.focus()
    for _ in range(presses):
        handle.press("ArrowRight")
    for _ in range(100):
        page.wait_for_timeout(200)
        if sentence.inner_text() != before:
            return instrument.locator("img").first.get_attribute("alt") != before
    return False
