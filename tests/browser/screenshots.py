"""The two pictures of the README, made again: `python tests/browser/screenshots.py`.

A lesson as a learner has it, with its live game; the page of an audit that finds copies.
"""

import shutil
import tempfile
from pathlib import Path

from lab import instruments, lab_server, open_instead, page_at, run_all

from ganlab.audit import audit
from ganlab.data import planted_lesions, simulate_lesions

ROOT = Path(__file__).parents[2]
LESSON = "01-minimax-game"


def picture_of_a_lesson(folder, target):
    for room in ("course", "exercises", "solutions"):
        shutil.copytree(ROOT / room, folder / room)
    page_path = f"course/{LESSON}.ipynb"
    with lab_server(folder) as address, page_at(open_instead(address, page_path)) as page:
        page.set_viewport_size({"width": 1280, "height": 900})
        run_all(page, folder / "desk" / page_path)
        page.keyboard.press("Control+b")  # hides the file browser
        player = instruments(page)[1]
        play = player.get_by_role("button", name="Play", exact=True)
        play.click()
        page.wait_for_timeout(4000)
        page.keyboard.press("p")
        page.wait_for_timeout(1000)
        player.evaluate("element => element.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(1000)
        page.screenshot(path=target)


def picture_of_an_audit(folder, target):
    real = simulate_lesions(150, seed=0)
    synthetic = planted_lesions(real)["copying"].sample(150, seed=1)
    audit(real, synthetic).to_html(folder / "audit.html")
    with page_at((folder / "audit.html").as_uri()) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.wait_for_timeout(1000)
        page.screenshot(path=target)


if __name__ == "__main__":
    for picture, name in ((picture_of_an_audit, "audit.png"), (picture_of_a_lesson, "lesson.png")):
        with tempfile.TemporaryDirectory() as folder:
            picture(Path(folder), ROOT / ".github" / name)
        print(f"wrote .github/{name}")
