"""The player: one game in the plane, live, with controls, in the browser; its front end is game_player.js."""

import asyncio
import signal
import threading
import time
from pathlib import Path

import anywidget
import numpy as np
import traitlets as t

from ganlab.seeding import one_thread
from ganlab.shapes import FilePath
from ganlab.training import NonFiniteLoss
from ganlab.validation import NonFiniteError
from ganlab.views import plot_points
from ganlab.widgets.frames import LAYOUT, frame_bytes, point_bytes, strip_bytes, write_page
from ganlab.widgets.instrument import Still, new_figure
from ganlab.widgets.live_game import HALF_WIDTH, OBJECTIVES, LiveGame, in_words
from ganlab.widgets.player_settings import BEGIN_AGAIN, LAYERS, MENUS, SETTINGS, SPEEDS

KEPT, KEPT_EVERY = 200, 20  # frames to look back at, and the steps between two of them at first
SLICE, REST = 0.02, 0.001  # seconds of training, and of rest after it for what else the kernel is asked
BETWEEN_FRAMES = 1 / 30
BETWEEN_SENTENCES = 2.0  # a reader of screens has to get to the end of one
UNSEEN = 5.0  # seconds of play after which a frame that nobody drew ends the game


def _menu(name, default):
    return t.Enum(MENUS[name]["options"], default).tag(sync=True)


class GamePlayer(Still, anywidget.AnyWidget):
    """Watch a generator learn a cloud of points while a discriminator learns to tell it from the data.

    Play, pause, or step either player by itself. Learning rates, objective, batch and updates a step can be
    changed while it runs; other data, other networks or another seed begin a new game. `reset` goes back
    to the start: the same settings then give the same game again. Training is done in the kernel, in short
    slices while no cell is running. It pauses when the kernel is interrupted, when another one is
    started, or when nobody has drawn what it plays for a few seconds (closed tab, cell run again).
    The slider looks back at up to 200 frames; the next step goes on from the present one.

    Parameters
    ----------
    data : {"one blob", "two islands", "ring of eight", "grid of nine", "a line"}
    objective : {"non-saturating", "minimax", "least squares", "Wasserstein, gradient penalty"}
    seed : int >= 0
    settings
        The other controls by name: `network`, `generator_rate`, `discriminator_rate`, `generator_steps`,
        `discriminator_steps`, `batch`, `speed`. All can be set later, as attributes.

    Attributes
    ----------
    reading : dict
        At the present step: ``step``, ``accuracy`` of the discriminator on 300 real points and 300 fakes (NaN
        for a critic), ``distance`` (Wasserstein-1 from real to fake) and ``floor`` (the 95 % quantile of
        the same distance between two samples of the real data: what a perfect generator stays below).
    playing : bool

    Examples
    --------
    >>> player = GamePlayer("one blob")
    >>> player.step(20)
    >>> player.reading["step"]
    20
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    data = _menu("data", "one blob")
    objective = _menu("objective", "non-saturating")
    network = _menu("network", "2 layers of 64")
    generator_rate = _menu("generator_rate", 3e-4)
    discriminator_rate = _menu("discriminator_rate", 3e-3)
    generator_steps = _menu("generator_steps", 1)
    discriminator_steps = _menu("discriminator_steps", 1)
    batch = _menu("batch", 256)
    speed = _menu("speed", "full")
    seed = t.Int(0, min=0, max=2**31).tag(sync=True)
    layers = t.List(t.Enum(list(LAYERS)), ["real", "fake", "field"]).tag(sync=True)
    playing = t.Bool(False, read_only=True).tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    frame = t.Bytes(b"").tag(sync=True)
    strips = t.Bytes(b"").tag(sync=True)
    real = t.Bytes(b"").tag(sync=True)
    kept = t.List().tag(sync=True)  # steps to look back at
    shown = t.Int(-1).tag(sync=True)  # which of them is looked at; -1: the present step
    plan = t.Dict().tag(sync=True)  # what the front end has to know of all this

    def __init__(
        self, data: str = "one blob", objective: str = "non-saturating", seed: int = 0, **settings: object
    ):
        if unknown := set(settings) - set(SETTINGS):
            raise ValueError(f"GamePlayer has no setting {unknown.pop()!r}; it has {', '.join(SETTINGS)}.")
        try:  # what the buttons ask for is done where cells run, so that no training disturbs theirs
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._thread = threading.get_ident()
        self._frames_sent, self._drawn, self._unseen = 0, 0, 0.0
        self._task, self._stopped = None, ""
        super().__init__(
            data=data,
            objective=objective,
            seed=seed,
            plan={"menus": MENUS, "layers": LAYERS, **LAYOUT},
            **settings,
        )
        self.reset()
        self.on_msg(lambda player, message, buffers: self._here(self._obey, message))
        self.observe(lambda change: self._here(self._change, change.name), [*SETTINGS, "seed"])
        self.observe(lambda change: self._here(self._look_back), "shown")

    # What the buttons do

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

    def step(self, steps: int = 1, player: str = "both"):
        """Play so many steps at once.

        Parameters
        ----------
        steps : int >= 1
        player : {"both", "discriminator", "generator"}
            Who moves.
        """
        if player not in ("both", "discriminator", "generator"):
            raise ValueError(f"player must be 'both', 'discriminator' or 'generator'; got {player!r}.")
        self.pause()
        for _ in range(steps):
            self._step(player)
        self._show()

    def reset(self):
        """Begin the game that the settings describe, from its seed."""
        self.pause()
        settings = {name: getattr(self, name) for name in ("data", "objective", "network", "batch", "seed")}
        with one_thread():
            self._live = LiveGame(
                generator_rate=self.generator_rate, discriminator_rate=self.discriminator_rate, **settings
            )
        self._stopped, self._kept, self._every = "", [], KEPT_EVERY
        self._keep(self._live.look())
        self.real = point_bytes(self._live.real.numpy())
        self._show()

    def to_html(self, path: FilePath):
        """Write what was played as one page that needs neither a kernel nor a network.

        Parameters
        ----------
        path : str or path-like
            Of the page, below 3 MB; a file that is there is replaced.
        """
        self.pause()
        state = {name: getattr(self, name) for name in (*SETTINGS, "seed", "layers", "plan")}
        write_page(path, state, self.real, self.strips, self._kept)

    def close(self):
        """End the game and take the player out of the notebook."""
        if getattr(self, "_task", None):
            self.pause()
        super().close()

    # How it is done

    def _here(self, function, *arguments):
        """Call a function in the thread of the cells: JupyterLab's messages may come in another one."""
        if self._loop is None or threading.get_ident() == self._thread:
            function(*arguments)
        else:
            self._loop.call_soon_threadsafe(function, *arguments)

    def _obey(self, message):
        kind = message.get("do")
        if kind == "drawn":
            self._drawn, self._unseen = message["frame"], 0.0
        elif kind in ("start", "pause", "reset"):
            getattr(self, kind)()
        elif kind == "step":
            self.step(1, message["player"])

    def _change(self, name):
        if name in BEGIN_AGAIN:
            return self.reset()
        if name == "batch":
            self._live.change_batch(self.batch)
        self._live.game.change(
            objective=OBJECTIVES[self.objective],
            learning_rate=self.generator_rate,
            discriminator_learning_rate=self.discriminator_rate,
        )
        if not self.playing:
            self._show()

    async def _run(self):
        due = told = start = time.monotonic()
        sent = 0.0
        while self.playing:
            _listen_for_interrupts()
            before, start = start, time.monotonic()
            self._unseen += min(start - before, 0.1)  # where a cell ran in between, nobody could answer
            while self.playing and due <= (now := time.monotonic()) < start + SLICE:
                self._step("both")
                due = max(due + SPEEDS[self.speed], now)
            if not self.playing:
                break
            if self._drawn == self._frames_sent and start - sent > BETWEEN_FRAMES:  # never a queue of frames
                sent = start
                self._send_frame()
                if sent - told > BETWEEN_SENTENCES:
                    told = sent
                    self._tell()
            elif self._unseen > UNSEEN:
                self.pause("nobody has looked for a while")
            await asyncio.sleep(REST if SPEEDS[self.speed] == 0 else BETWEEN_FRAMES)

    def _step(self, player):
        if self._stopped:
            return
        moves = {
            "discriminator": self.discriminator_steps * (player != "generator"),
            "generator": self.generator_steps * (player != "discriminator"),
        }
        problem = ""
        try:
            with one_thread():  # for networks this small a second one waits more than it works
                self._live.step(**moves)
        except NonFiniteLoss as error:
            problem = f"the {error.player}'s loss became NaN or infinite"
        except NonFiniteError:
            problem = "the fakes became NaN or infinite"
        else:
            if self._live.ran_away:
                problem = "the losses ran away"
            elif self._live.steps % self._every == 0:
                self._keep(self._live.look())
        if problem:
            self._stopped = f"{problem} after {self._live.steps} steps"
            self.pause()

    def _show(self, reason=""):
        if not self._stopped:  # of networks that are broken there is nothing to be seen
            with one_thread():
                self._live.distance()
            self._send_frame()
        self._tell(reason)

    def _send_frame(self):
        self._look = self._live.look()
        self.reading = self._reading(self._look)
        self._frames_sent += 1
        with self.hold_sync():  # one message
            self.kept = [step for step, _, _ in self._kept]
            self.shown = -1
            self.strips = strip_bytes(self._live)
            self.frame = frame_bytes(self._frames_sent, self._live.steps, self._look)

    def _reading(self, look):
        return {
            "step": self._live.steps,
            "accuracy": look["accuracy"],
            "distance": self._live.distance_before(),
            "floor": self._live.floor,
        }

    def _keep(self, look):
        """Keep the present frame to look back at; of too many, each second one goes."""
        with one_thread():
            self._live.distance()
        words = " ".join(in_words(self._reading(look), look["fake"]))
        self._kept.append((self._live.steps, frame_bytes(0, self._live.steps, look), words))
        if len(self._kept) > KEPT:
            self._kept, self._every = self._kept[::2], 2 * self._every

    def _look_back(self):
        if 0 <= self.shown < len(self._kept):
            shown = self.shown
            self.pause()
            _, frame, words = self._kept[shown]
            self._frames_sent += 1
            self.frame = np.float32(self._frames_sent).tobytes() + frame[4:]
            self.shown, self.sentence = shown, f"Looking back. {words}"

    def _tell(self, reason=""):
        self.sentence = " ".join([self._state(reason), *in_words(self.reading, self._look["fake"])])

    def _state(self, reason):
        if self._stopped:
            return f"Stopped: {self._stopped}. Choose smaller learning rates, then reset. Before that:"
        if self.playing:
            return "Playing."
        return f"Paused: {reason}." if reason else "Paused."

    def _still(self):
        figure = new_figure(10.5, 4.4)
        plane, strip = figure.subplots(1, 2)
        look, live = self._look, self._live
        fake = np.clip(look["fake"], -10 * HALF_WIDTH, 10 * HALF_WIDTH)
        plot_points(live.real, fake, plane, half_width=HALF_WIDTH, probability=look["field"])
        strip.plot(list(live.distances), list(live.distances.values()), "k.-", label="distance to the real")
        strip.axhline(live.floor, color="0.5", linestyle=":", label="a perfect generator stays below")
        strip.set(xlabel="step", ylabel="Wasserstein-1 distance", ylim=(0, None))
        strip.legend()
        return figure


_PLAYING = []  # the player that plays, if any does: two at once would take the processor from each other


def _listen_for_interrupts():
    """Let an interrupt of the kernel pause what plays; the kernel itself ignores it while no cell runs."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


def _interrupted(number, stack):
    for player in _PLAYING:  # not here and now: it may be in the middle of an update
        player._loop.call_soon_threadsafe(player.pause, "the kernel was interrupted")
