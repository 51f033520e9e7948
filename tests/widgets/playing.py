"""Players where there is an event loop, as cells of a notebook have it."""

import asyncio

from ganlab.widgets.player import in_background


def play_in_a_notebook(make, script):
    """Run `script(player)` with the player that `make()` gives; afterwards nothing plays."""

    async def cell():
        player = make()
        await script(player)
        player.close()
        await asyncio.sleep(0.1)
        assert in_background._PLAYING == []
        assert player._task is None or player._task.done()

    asyncio.run(cell())


async def until(holds, seconds=60):
    for _ in range(100 * seconds):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came about")
