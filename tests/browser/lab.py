"""JupyterLab as a learner gets it from `ganlab lab`, driven in headless Chromium."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import nbformat
import pytest
from executed import ONE_THREAD
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The marks of a file of tests that drive it.
IN_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed: apt install chromium (or any Chrome) to run this"
    ),
]
# Nothing outside this machine is to be asked for anything.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A workspace remembers the notebooks of the last visit, and opens them all again.
OF_ITS_OWN = {
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "IPYTHONDIR": "ipython",
    "CELL_SECONDS": "seconds.json",
}


@contextlib.contextmanager
def lab_server(root, *arguments):
    """`ganlab lab` in the course at `root`; gives the address with its token."""
    log = root / "lab.log"
    startup = root / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    shutil.copy(HERE / "count_seconds.py", startup)
    with log.open("w") as output:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("ganlab"), "lab", "--no-browser", "--port", _port(), *arguments],
            cwd=root,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ
            | {name: str(root / folder) for name, folder in OF_ITS_OWN.items()}
            | ONE_THREAD
            | {"PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])},
        )
    try:
        yield address_in(log, server, r"http://(localhost|127\.0\.0\.1):\d+/\S*token=\w+")
    finally:
        for stop in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(server.pid, stop)
                server.wait(15)


def _port():
    """A port of this worker's own: two servers that start at once find the same one free, and one ends."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return str(8950 + 50 * int(worker))


def address_in(log, server, pattern):
    """The address that a server wrote into its log."""
    for _ in range(3000):
        if found := re.search(pattern, log.read_text()):
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


def open_instead(address, page_path):
    """The server's address with its token, for another notebook than the one it was started on.

    In a workspace of its own: the default one would open the notebooks of the last visit again.
    """
    server, token = _server_and_token(address)
    workspace = page_path.removesuffix(".ipynb").replace("/", "-")
    return f"{server}/lab/workspaces/{workspace}/tree/{page_path}?token={token}"


def end_kernels(address):
    """End every kernel of the server, as closing JupyterLab's page does not."""
    server, token = _server_and_token(address)

    def answer(method, path):
        asked = Request(f"{server}/api/{path}", headers={"Authorization": f"token {token}"}, method=method)
        with urlopen(asked, timeout=60) as response:
            return response.read()

    for session in json.loads(answer("GET", "sessions")):
        answer("DELETE", f"sessions/{session['id']}")


def _server_and_token(address):
    return address.split("/lab")[0], address.split("token=")[1]


@contextlib.contextmanager
def page_at(address):
    """A browser page; `page.outside` collects every address that is not this machine's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(300_000)  # another test may keep the machine busy
        page.outside = []
        page.on("request", lambda request: _note_outside(page, request.url))
        page.goto(address)
        yield page
        browser.close()


def _note_outside(page, url):
    if not re.match(r"(http|ws)s?://(localhost|127\.0\.0\.1)[:/]|data:|blob:", url):
        page.outside.append(url)


def run_all(page, notebook, seconds=900):
    """Run every cell from the menu, save, and give back the notebook as it then lies on disk."""
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=300_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").first.wait_for(timeout=300_000)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    wanted = sum(bool(cell.source.strip()) for cell in _code_cells(notebook))
    done = []
    for _ in range(seconds):
        page.wait_for_timeout(1000)
        # Each save writes all pictures once more, and the kernel waits for the processor meanwhile.
        if not page.get_by_text("Python 3 (ipykernel) | Idle").count():
            continue
        page.keyboard.press("Control+s")
        with contextlib.suppress(ValueError):  # caught while it is being written
            done = [cell for cell in _code_cells(notebook) if cell.execution_count]
            if len(done) == wanted:
                return nbformat.read(notebook, as_version=4)
            if any(output.output_type == "error" for cell in done for output in cell.outputs):
                return nbformat.read(notebook, as_version=4)
    raise AssertionError(f"{len(done)} of {wanted} cells had run after {seconds} s")


def cell_seconds(root):
    """{cell: seconds of the processor} of the notebook that ran in the course at `root`."""
    return json.loads((root / "seconds.json").read_text())


def _code_cells(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def instruments(page):
    """Every widget of ours on the page, from top to bottom; JupyterLab may draw one only when it is near."""
    notebook = page.locator(".jp-WindowedPanel-outer").first
    at_the_end = 0
    while at_the_end < 10:  # what is drawn late makes the page longer
        stood = notebook.evaluate("element => element.scrollTop")
        notebook.evaluate("element => element.scrollBy(0, 600)")
        page.wait_for_timeout(100)
        at_the_end = at_the_end + 1 if notebook.evaluate("element => element.scrollTop") == stood else 0
    return page.locator(".ganlab-instrument").all()


def sentence(instrument):
    """What the widget says in words."""
    return instrument.locator("p[aria-live]").first.inner_text()


def move(page, instrument, seconds=300):
    """Move the first control that changes the sentence, by keyboard; whether the picture followed.

    No control is moved back: on a slow machine the widget would end where it began.
    """
    assert wait_until(page, lambda: sentence(instrument)), "nothing is said below the picture"
    before = sentence(instrument)
    for handle in instrument.locator(".noUi-handle, select").all():
        handle.focus()
        stood = _stop(handle)
        for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
            handle.press(key)
            page.wait_for_timeout(300)
            if _stop(handle) != stood:
                break
        if wait_until(page, lambda: sentence(instrument) != before, seconds=2):
            break
    return _settles(page, instrument, before, seconds)


def _stop(handle):
    """Where a control stands, in the browser; what a slider says of it is rounded."""
    return handle.evaluate("control => control.value ?? control.parentElement.style.transform")


def wait_until(page, holds, seconds=60):
    """Wait until `holds()` is true; whether it became so."""
    for _ in range(5 * seconds):
        if holds():
            return True
        page.wait_for_timeout(200)
    return False


def steps_played(player):
    """The step of the frame that the game player has drawn."""
    return int(player.get_attribute("data-step") or 0)


def _settles(page, instrument, before, seconds):
    """Whether the widget ends with another sentence than before, said of the picture that is shown."""
    for _ in range(5 * seconds):
        page.wait_for_timeout(200)
        said = sentence(instrument)
        if said != before and instrument.locator("img").first.get_attribute("alt") == said:
            return True
    return False
