"""How fast the game player is in a browser: `python tests/benchmarks/player_speed.py`, a line a network.

JupyterLab, its kernel and headless Chromium share the machine, as they do on a learner's. The yardstick is
GAN Lab (Kahng et al. 2018, arXiv:1809.01587): batch 150, 60 updates of each player a second at the most.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from lab import lab_server, open_instead, page_at, run_all

ROOT = Path(__file__).parents[2]
CELL = 'from ganlab.widgets import GamePlayer\nGamePlayer("ring of eight", batch=150, network={network!r})'
NETWORKS = ("1 layer of 14 and 11", "2 layers of 64", "2 layers of 128")
SECONDS = 15
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}


def measured(page, player):
    """(updates of both players, redraws) a second, while it plays."""
    counts = "root => [performance.now(), +root.dataset.step, +root.dataset.drawn]"
    player.get_by_role("button", name="Play", exact=True).press("Enter")
    page.wait_for_timeout(3000)
    began, step, drawn = player.evaluate(counts)
    page.wait_for_timeout(1000 * SECONDS)
    ended, last_step, last_drawn = player.evaluate(counts)
    player.get_by_role("button", name="Pause", exact=True).press("Enter")
    seconds = (ended - began) / 1000
    return (last_step - step) / seconds, (last_drawn - drawn) / seconds


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for room in ("course", "solutions", "exercises"):
            shutil.copytree(ROOT / room, root / room)
        notebook = root / "course" / "player.ipynb"
        cells = [nbformat.v4.new_code_cell(CELL.format(network=network)) for network in NETWORKS]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON), notebook)
        page_path = notebook.relative_to(root).as_posix()
        with lab_server(root, "01") as address, page_at(open_instead(address, page_path)) as page:
            run_all(page, notebook)
            for network, player in zip(NETWORKS, page.locator(".ganlab-player").all(), strict=True):
                player.scroll_into_view_if_needed()
                load = os.getloadavg()[0]
                updates, redraws = measured(page, player)
                print(
                    f"{network}: {updates:.0f} updates of both players and {redraws:.0f} redraws a second "
                    f"({os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after)",
                    flush=True,
                )


if __name__ == "__main__":
    main()
