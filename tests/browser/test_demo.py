"""`ganlab demo` as a teacher has it: a menu of all, and a demonstration that shows its widget alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from accessible import barriers
from executed import ONE_THREAD
from lab import IN_CHROMIUM, address_in, page_at

from ganlab.desk.demos import DEMOS

pytestmark = IN_CHROMIUM


@pytest.fixture
def address(tmp_path):
    log = tmp_path / "voila.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("ganlab"), "demo", "--no-browser"],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | ONE_THREAD | {"JUPYTER_RUNTIME_DIR": str(tmp_path)},
        )
    try:
        yield address_in(log, server, r"http://localhost:\d+/")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def test_the_menu_lists_all_and_a_demonstration_is_reached_and_left_by_keyboard(address, tmp_path):
    folder = Path(os.environ.get("GANLAB_SCREENSHOTS", tmp_path))
    complaints = []
    with page_at(address) as page:
        page.on("console", lambda message: complaints.append((message.type, message.text)))
        page.on("pageerror", lambda error: complaints.append(("error", str(error))))
        page.set_viewport_size({"width": 1280, "height": 720})
        links = page.get_by_role("link")
        assert links.all_inner_texts() == [demo.question for demo in DEMOS.values()]
        assert barriers(page) == []
        page.screenshot(path=folder / "demo-menu.png")

        page.get_by_text(DEMOS["collapse"].question).click()
        picture = page.locator(".ganlab-instrument img").first
        picture.wait_for()
        for part in (picture, page.locator(".ganlab-instrument p[aria-live]")):
            box = part.bounding_box()
            assert box["y"] + box["height"] <= 720, "The figure and its sentence are seen without scrolling."
        page.go_back()

        page.get_by_text(DEMOS["divergence"].question).focus()
        page.keyboard.press("Enter")
        page.locator(".ganlab-instrument img").first.wait_for()
        assert page.get_by_role("heading").first.inner_text().startswith(DEMOS["divergence"].question)
        assert page.locator(".jp-InputArea-editor:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.screenshot(path=folder / "demo-divergence.png")

        page.get_by_role("link", name="All demonstrations").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Demonstrations").wait_for()
        assert page.outside == []
    assert [text for kind, text in complaints if kind == "error"] == []
