"""How fast the game player is in a browser.

JupyterLab, its kernel and headless Chromium share the machine, as they do on a learner's. The yardstick is
GAN Lab (Kahng et al. 2018, arXiv:1809.01587) at its fastest: batch 150, 60 updates of each player a second,
and a redraw every 50 updates.
"""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from lab import CHROMIUM, lab_server, open_instead, page_at, run_all

ROOT = Path(__file__).parents[2]
CELL = 'from ganlab.widgets import GamePlayer\nGamePlayer("ring of eight", batch=150, {network})'
NETWORKS = {
    "1 layer of 14 and 11": "depth=1, generator_width=14, discriminator_width=11",
    "2 layers of 64": "depth=2",
    "2 layers of 128": "depth=2, generator_width=128, discriminator_width=128",
}
TURNS, SECONDS = 3, 5
UPDATES, REDRAWS = 60, 60 / 50  # a second, of GAN Lab
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}


def measured(page, player):
    """A turn each: (updates of both players, redraws) a second, while it plays."""
    counts = "root => [performance.now(), +root.dataset.step, +root.dataset.drawn]"
    player.get_by_role("button", name="Play", exact=True).press("Enter")
    page.wait_for_timeout(3000)
    began = player.evaluate(counts)
    for _ in range(TURNS):
        page.wait_for_timeout(1000 * SECONDS)
        ended = player.evaluate(counts)
        milliseconds, steps, drawn = (after - before for after, before in zip(ended, began, strict=True))
        yield 1000 * steps / milliseconds, 1000 * drawn / milliseconds
        began = ended
    player.get_by_role("button", name="Pause", exact=True).press("Enter")


@pytest.mark.bench
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt install chromium")
def test_speed_beside_gan_lab(tmp_path, keep_ratio):
    for room in ("course", "solutions", "exercises"):
        shutil.copytree(ROOT / room, tmp_path / room)
    notebook = tmp_path / "course" / "player.ipynb"
    cells = [nbformat.v4.new_code_cell(CELL.format(network=network)) for network in NETWORKS.values()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON), notebook)
    page_path = notebook.relative_to(tmp_path).as_posix()
    # `--teacher` serves the folder itself.
    with (
        lab_server(tmp_path, "--teacher", "01") as address,
        page_at(open_instead(address, page_path)) as page,
    ):
        run_all(page, notebook)
        for network, player in zip(NETWORKS, page.locator(".ganlab-player").all(), strict=True):
            player.scroll_into_view_if_needed()
            updates, redraws = zip(*measured(page, player), strict=True)
            keep_ratio(
                f"game player, {network}: updates / GAN Lab's 60 a second", [n / UPDATES for n in updates]
            )
            keep_ratio(
                f"game player, {network}: redraws / GAN Lab's 1.2 a second", [n / REDRAWS for n in redraws]
            )
