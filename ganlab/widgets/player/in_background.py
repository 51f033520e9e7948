"""Playing on between the cells of a notebook: in slices, one player at a time, and while it is watched."""

import asyncio
import signal
import threading
import time
import weakref

from IPython import get_ipython

SLICE, REST = 0.02, 0.001  # seconds of training, and of rest after it for what else the kernel is asked
BETWEEN_FRAMES = 1 / 30
ON_THE_WAY = 2  # frames that nobody has drawn yet, at most: never a queue that grows
BETWEEN_SENTENCES = 2.0  # a reader of screens has to get to the end of one
UNSEEN = 5.0  # seconds of play after which a frame that nobody drew ends the game


class InBackground:
    """What plays on in the event loop of a notebook, between cells, until it is paused.

    A subclass has the trait `playing`, and says `_tick()` (play a little), `_wait` (seconds between two
    ticks), `_stopped` (why it cannot go on; empty while it can), `_send_frame()`, `_tell()` and
    `_show(reason)`; its games in `_lanes`, if they keep frames; and `_between_frames`, if its frames take
    long to make.
    """

    _between_frames = BETWEEN_FRAMES  # seconds from one to the next, at least

    def _begin_in(self):
        """Remember where cells run: what buttons ask for is done there, to disturb no training of theirs."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._thread = threading.get_ident()
        self._frames_sent, self._drawn, self._unseen, self._task = 0, 0, 0.0, None
        _close_those_of_the_run_before(self)

    def start(self):
        """Play on, in the background, until `pause`; any other game player of this kernel pauses."""
        if self._loop is None:
            raise RuntimeError(
                "start() needs the running event loop of a notebook. Elsewhere, step(n) plays n steps."
            )
        if self._stopped or self.playing:
            return
        for other in list(_PLAYING):
            other.pause("another game was started")
        _PLAYING.append(self)
        self.set_trait("playing", True)
        self._unseen, self._drawn = 0.0, self._frames_sent
        self._task = self._loop.create_task(self._run())
        self._tell()

    def pause(self, reason: str = ""):
        """Stand still; `reason` is told in the sentence."""
        if self.playing:
            _PLAYING.remove(self)
            self.set_trait("playing", False)
            self._show(reason)

    def close(self):
        """End the game, forget what was kept of it but the last frame, and take it out of the notebook."""
        if getattr(self, "_task", None):
            self.pause()
        for lane in getattr(self, "_lanes", ()):  # IPython remembers what a cell showed, and this with it
            lane.kept = lane.kept[-1:]
        super().close()

    def _here(self, function, *arguments):
        """Call a function in the thread of the cells: JupyterLab's messages may come in another one."""
        if self._loop is None or threading.get_ident() == self._thread:
            function(*arguments)
        else:
            self._loop.call_soon_threadsafe(function, *arguments)

    def _note_drawn(self, number):
        """The front end has drawn a frame, and may be sent the next one."""
        self._drawn, self._unseen = number, 0.0

    async def _run(self):
        due = told = start = time.monotonic()
        sent = 0.0
        while self.playing:
            _listen_for_interrupts()
            before, start = start, time.monotonic()
            self._unseen += min(start - before, 0.1)  # where a cell ran in between, nobody could answer
            while self.playing and due <= (now := time.monotonic()) < start + SLICE:
                self._tick()
                due = max(due + self._wait, now)
            if not self.playing:
                break
            if self._frames_sent - self._drawn < ON_THE_WAY and start - sent > self._between_frames:
                sent = start
                self._send_frame()
                if sent - told > BETWEEN_SENTENCES:
                    told = sent
                    self._tell()
            elif self._unseen > UNSEEN:
                self.pause("nobody has looked for a while")
            await asyncio.sleep(BETWEEN_FRAMES if self._wait else REST)


_OF_CELL = {}  # by cell: the run of it that made players last, and these players


def _close_those_of_the_run_before(player):
    """A cell that runs again takes its players off the page; the frames they keep would stay for good."""
    cell, run = _cell_and_run()
    if cell is None:
        return
    before, players = _OF_CELL.get(cell, (run, []))
    if before != run:
        for old in filter(None, (reference() for reference in players)):
            old.close()
        players = []
    _OF_CELL[cell] = run, [*players, weakref.ref(player)]


def _cell_and_run():
    """Of the cell of JupyterLab that is running; None and None elsewhere."""
    asked = getattr(get_ipython(), "get_parent", dict)()
    return asked.get("metadata", {}).get("cellId"), asked.get("header", {}).get("msg_id")


_PLAYING = []  # the player that plays, if any does: two at once would take the processor from each other


def _listen_for_interrupts():
    """Let an interrupt of the kernel pause what plays; the kernel itself ignores it while no cell runs."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


def _interrupted(number, stack):
    for player in _PLAYING:  # not here and now: it may be in the middle of an update
        player._loop.call_soon_threadsafe(player.pause, "the kernel was interrupted")
