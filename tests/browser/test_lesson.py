"""A learner opens every lecture, runs it, and moves every instrument once."""

import os
import shutil
from pathlib import Path

import pytest
from accessible import barriers
from executed import assert_ran_well
from lab import (
    IN_CHROMIUM,
    cell_seconds,
    end_kernels,
    instruments,
    lab_server,
    move,
    open_instead,
    page_at,
    run_all,
    sentence,
    steps_played,
    wait_until,
)

ROOT = Path(__file__).parents[2]
LECTURES = sorted((ROOT / "course").glob("*.ipynb"))
PAGES = [path.relative_to(ROOT).as_posix() for path in LECTURES]

pytestmark = IN_CHROMIUM


def copied_course(folder):
    """A copy, since JupyterLab saves what it runs."""
    for room in ("course", "solutions", "exercises"):
        shutil.copytree(ROOT / room, folder / room)
    return folder


@pytest.fixture(scope="module")
def server_of_a_teacher(tmp_path_factory):
    """A copy of the course, and the address of the server on it: one for all notebooks of this worker."""
    course = copied_course(tmp_path_factory.mktemp("course"))
    with lab_server(course, "--teacher") as address:
        yield course, address


@pytest.fixture
def teachers_lab(server_of_a_teacher):
    """The copy and the address; afterwards nothing is left of a kernel, beside the next notebook's."""
    course, address = server_of_a_teacher
    yield course, address
    end_kernels(address)
    (course / "seconds.json").unlink(missing_ok=True)


@pytest.fixture
def picture(tmp_path):
    """Where screenshots go: $GANLAB_SCREENSHOTS if set, for a person to look at."""
    folder = Path(os.environ.get("GANLAB_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


@pytest.mark.parametrize("page_path", PAGES)
def test_notebook_runs_in_jupyterlab_and_every_instrument_answers_the_keyboard(
    page_path, teachers_lab, picture
):
    course, address = teachers_lab
    notebook = course / page_path
    room, lesson = notebook.relative_to(course).parts[0], notebook.stem
    with page_at(open_instead(address, page_path)) as page:
        executed = run_all(page, notebook)
        assert_ran_well(executed, cell_seconds(course))
        shown = instruments(page)
        assert shown, "no widget of ours is on the page"
        for number, instrument in enumerate(shown):
            name = f"{lesson}-{room}-{number}"
            instrument.scroll_into_view_if_needed()
            picture(page, name)
            assert barriers(page, instrument) == [], f"widget {number}"
            if "ganlab-player" in instrument.get_attribute("class"):
                play_by_keyboard(page, instrument, lambda what, name=name: picture(page, f"{name}-{what}"))
                continue
            before = sentence(instrument)
            assert move(page, instrument), f"widget {number} still says: {before}"
            picture(page, f"{name}-moved")
        assert page.get_by_text("Error displaying widget").count() == 0
        assert page.get_by_text("model not found").count() == 0
        assert page.outside == []


def play_by_keyboard(page, player, picture):
    """Every control of the game player, without a mouse."""
    start = steps_played(player)
    button = player.get_by_role("button", name="Play", exact=True)
    button.focus()
    assert button.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    for number, key in enumerate("dgb", start=1):
        page.keyboard.press(key)
        assert wait_until(page, lambda number=number: steps_played(player) == start + number), key
        assert wait_until(page, lambda number=number: f"After {start + number} steps" in sentence(player))

    page.keyboard.press("p")
    assert wait_until(page, lambda: steps_played(player) > start + 50)
    assert wait_until(page, lambda: sentence(player).startswith("Playing."))
    page.keyboard.press("p")
    assert wait_until(page, lambda: sentence(player).startswith("Paused."))
    stood = steps_played(player)
    page.wait_for_timeout(1000)
    assert steps_played(player) == stood
    assert f"After {stood} steps" in sentence(player)

    player.get_by_label("look back").press("Home")
    assert wait_until(page, lambda: sentence(player).startswith("Looking back. After 0 steps"))
    picture("looking-back")

    plane = player.locator("canvas").first
    for layer in player.get_by_role("checkbox").all():
        before = plane.evaluate("canvas => canvas.toDataURL()")
        layer.press("Space")
        changed = wait_until(page, lambda b=before: plane.evaluate("canvas => canvas.toDataURL()") != b)
        name = layer.evaluate("box => box.parentElement.textContent")
        assert changed or name == "discriminator's field", name  # D* lies over it
        picture(name.replace("'", "").replace(" ", "-"))
        if name in ("generator's manifold", "best discriminator D*"):
            layer.press("Space")

    player.get_by_label("D's learning rate").press("End")
    player.get_by_label("G's learning rate").press("End")
    button.focus()
    page.keyboard.press("p")
    assert wait_until(page, lambda: sentence(player).startswith("Stopped: the losses ran away"))
    picture("stopped")
    button.focus()
    page.keyboard.press("r")
    assert wait_until(page, lambda: steps_played(player) == 0)
    player.get_by_label("real data").press("Home")  # wherever a preset began
    player.get_by_label("real data").press("ArrowDown")
    assert wait_until(
        page, lambda: player.get_by_label("real data").locator(":checked").inner_text() == "two islands"
    )
    picture("reset")


def test_a_newcomer_reaches_an_assignment_from_the_start_page_and_it_says_what_is_to_be_done(
    tmp_path, picture
):
    course = copied_course(tmp_path)
    notebook = course / "desk" / "exercises" / "01-minimax-game" / "01-minimax-game.ipynb"
    with lab_server(course) as address, page_at(address) as page:
        rows = page.locator(".jp-RenderedMarkdown tr")
        rows.filter(has_text="The minimax game").first.wait_for()
        assert page.get_by_text("Create Assignment").count() == 0
        picture(page, "start-page")
        rows.filter(has_text="The minimax game").get_by_text("open").last.click()
        executed = run_all(page, notebook)
        assert _errors(executed) == {"NotImplementedError"}
        picture(page, "01-assignment-as-released")
        assert page.outside == []


def _errors(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return {output.ename for output in outputs if output.output_type == "error"}
