"""The player: games in the plane, live, with controls, in the browser; its front end is game_player.js."""

from pathlib import Path

import anywidget
import numpy as np
import torch
import traitlets as t

from ganlab.seeding import one_thread
from ganlab.shapes import FilePath
from ganlab.training import Game
from ganlab.widgets.instrument import Still
from ganlab.widgets.player.data import DRAWN, OWN, Rows, distribution_of, own_distribution
from ganlab.widgets.player.frames import LAYOUT, frame_bytes, point_bytes, write_page
from ganlab.widgets.player.in_background import InBackground
from ganlab.widgets.player.lane import Lane
from ganlab.widgets.player.live_game import OWN_GAME, LiveGame, moves_of, why_not
from ganlab.widgets.player.plane import Plane
from ganlab.widgets.player.settings import (
    LAYERS,
    MOVE_BY_MOVE,
    ON_THE_WAY,
    OWN_SETTINGS,
    PLAIN,
    PLAN,
    PRESETS,
    SETTINGS,
    SPEEDS,
    PlayerSettings,
    all_settings,
)
from ganlab.widgets.player.still import figure_of
from ganlab.widgets.player.words import NOTHING_DRAWN, in_words, of_a_branch, of_a_race, state_in_words

# What decides the game, besides its seed; the rest decides how it is played.
OF_THE_GAME = set(SETTINGS) - {"data", "objective", "generator_steps", "discriminator_steps", "speed"}
KEPT = 200  # frames to look back at, of all games together
BEFORE, AFTER = "before the branch", "branch"


class GamePlayer(InBackground, Still, PlayerSettings, anywidget.AnyWidget):
    """Watch a generator learn a cloud of points while a discriminator learns to tell it from the data.

    Play, pause, or step either player by itself. Learning rates, objective, batch and updates a step can be
    changed while it runs; other data, other networks or another seed begin a new game. `reset` goes back
    to the start: the same settings then give the same game again. Training is done in the kernel, in short
    slices while no cell is running. It pauses when the kernel is interrupted, when another one is
    started, or when nobody has drawn what it plays for a few seconds (closed tab), and closes when its cell
    is run again in JupyterLab. The slider looks back at up to 200 frames; the next step goes on from the
    present one, and `branch` from the one looked at, under the settings as they are then.

    Parameters
    ----------
    data : str, torch.distributions.Distribution or array of shape (n,), (n, 1) or (n, 2)
        "one blob" (the default), "two islands", "ring of eight", "grid of nine", "a line", "two hills, one
        number", "WDBC, radius and texture", "what you draw" (points in `drawing`, or drawn on the plane); or
        data of your own, in the plane from -3.5 to 3.5. Samples of one number lie along the first axis, real
        ones above and fakes below; their height means nothing.
    objective : {"non-saturating" (the default), "minimax", "least squares", "Wasserstein, gradient penalty"}
    seed : int >= 0
    game : Game or None
        A game of your own, for points with as many coordinates as the data. The objective is then "your
        game": a copy of it is played, from the weights it has, by its own objective, optimizers and rates.
        With another objective the game is played that the settings describe.
    settings
        The other controls by name: `generator_rate`, `discriminator_rate`, `generator_steps`,
        `discriminator_steps`, `generator_optimizer`, `discriminator_optimizer`, `generator_width`,
        `discriminator_width`, `depth`, `latent_dim`, `batch`, `speed`. `preset` sets all of them:
        {"balanced", "vanishing", "collapse", "oscillation", "islands"}. `rivals`, a list of other objectives,
        makes it a race: games from the same start, side by side. All can be set later, as attributes.

    Attributes
    ----------
    reading : dict
        At the present step: ``step``, ``accuracy`` of the discriminator on 300 real points and 300 fakes (NaN
        for a critic), ``distance`` (Wasserstein-1 from real to fake) and ``floor`` (the 95 % quantile of
        the same distance between two samples of the real data: what a perfect generator stays below).
    readings : dict of name -> reading
        Of every game shown: those of a race by their objectives, a branch and the game before it.
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

    layers = t.List(t.Enum(list(LAYERS)), ["real", "fake", "field"]).tag(sync=True)
    playing = t.Bool(False, read_only=True).tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    flow = t.Unicode("").tag(sync=True)  # the move made last, in slow motion
    names = t.List(t.Unicode()).tag(sync=True)  # of the games shown
    overlaid = t.Bool(False).tag(sync=True)  # the second game is the first before a branch, not a rival
    frames = t.List().tag(sync=True)
    strips = t.List().tag(sync=True)
    real = t.Bytes(b"").tag(sync=True)
    kept = t.List().tag(sync=True)  # steps to look back at
    shown = t.Int(-1).tag(sync=True)  # which of them is looked at; -1: the present step
    plan = t.Dict({**PLAN, **LAYOUT}).tag(sync=True)  # what the front end has to know of all this

    def __init__(
        self,
        data: object = None,
        objective: str | None = None,
        seed: int = 0,
        game: Game | None = None,
        **settings: object,
    ):
        self._own, self._game = None, game
        if game is not None and objective is None:
            objective = OWN_GAME
            settings = {"discriminator_steps": getattr(game, "discriminator_steps", 1)} | settings
        if data is not None and not isinstance(data, str):
            self._own, data = own_distribution(data), OWN
        self._begin_in()
        self._quiet, self._lanes = False, []  # quiet: while a preset sets one setting after another
        super().__init__(**all_settings(data, objective, settings), seed=seed)
        if self._own is not None:
            self._offer("data", OWN)
        if game is not None:
            self._offer("objective", OWN_GAME)
        wanted = self.objective
        self.reset()
        if wanted != self.objective:
            raise ValueError(f"{why_not(game, self._lanes[0].live.plane.dim)}.")
        self.on_msg(lambda player, message, buffers: self._here(self._obey, message))
        watched = [*SETTINGS, "rivals", "seed", "preset", "drawing"]
        self.observe(lambda change: self._here(self._change, change.name), watched)
        self.observe(lambda change: self._here(self._look_back), "shown")

    def _offer(self, name, option):
        """Put what was handed over into its menu, to be found there again."""
        menu = self.plan["menus"][name]
        menu = menu | {"options": [*menu["options"], option]}
        self.plan = self.plan | {"menus": self.plan["menus"] | {name: menu}}

    # What the buttons do

    def step(self, steps: int = 1, player: str = "both"):
        """Play so many steps at once.

        Parameters
        ----------
        steps : int >= 1
        player : {"both", "discriminator", "generator"}
            Who moves.
        """
        moves = moves_of(player, self.discriminator_steps, self.generator_steps)
        self.pause()
        for _ in range(steps):
            if not self._stopped:
                for lane in self._played:
                    lane.step(*moves)
        self._show()

    def reset(self):
        """Begin the game that the settings describe, from its seed."""
        self.pause()
        distribution = distribution_of(self.data, self.drawing, self._own)
        nothing = distribution is None
        if nothing:  # something has to stand there until something is drawn
            distribution = Rows(torch.zeros(1, 2))
        settings = {name: getattr(self, name) for name in OF_THE_GAME} | {"seed": self.seed}
        reason = ""
        with one_thread():
            plane = Plane(distribution, self.seed)
            if self.objective == OWN_GAME and (reason := why_not(self._game, plane.dim)):
                self._quiet, self.objective, self._quiet = True, PLAIN["objective"], False
            names = list(dict.fromkeys([self.objective, *self.rivals]))
            self._lanes = []
            for name in names:
                own = self._game if name == OWN_GAME else None
                live = LiveGame(plane, distribution, own=own, objective=name, **settings)
                self._lanes.append(Lane(name, live, KEPT // len(names)))
        self.overlaid, self.flow = False, ""
        for lane in self._lanes:
            lane.stopped = NOTHING_DRAWN if nothing else ""
        self.real = b"" if nothing else point_bytes(plane.real.numpy())
        self._show(reason)

    def branch(self, step: int | None = None):
        """Go back to a step that was kept, and play on from there under the settings as they are now.

        The game as it was stays to be seen: its curves dotted, its fakes as hollow marks.

        Parameters
        ----------
        step : int or None
            One of `kept`. None: the one that is looked at.
        """
        if self._racing:
            raise ValueError(
                "a race cannot branch: it has its games side by side already. Empty rivals first."
            )
        if step is None and self.shown < 0:
            raise ValueError(
                "branch() starts from the frame that is looked at: look back first, or name a step."
            )
        step = self.kept[self.shown] if step is None else step
        if step not in self.kept:
            raise ValueError(
                f"step must be one that was kept: {', '.join(map(str, self.kept))}; got {step!r}."
            )
        self.pause()
        before = self._lanes[0]
        after = before.branched(before.at(step), AFTER)
        before.name = BEFORE
        self._lanes, self.overlaid = [after, before], True
        for lane in self._lanes:
            lane.keep_at_most(KEPT // 2)
        self._apply()
        self._show()

    def to_html(self, path: FilePath):
        """Write what was played as one page that needs neither a kernel nor a network.

        Parameters
        ----------
        path : str or path-like
            Of the page, below 3 MB; a file that is there is replaced.
        """
        self.pause()
        names = (*SETTINGS, "rivals", "preset", "seed", "layers", "plan", "names", "overlaid")
        state = {name: getattr(self, name) for name in names}
        moments = [(step, *self._moment(step)) for step in self.kept]
        write_page(path, state, self.real, self.strips, moments)

    # How it is done

    @property
    def _racing(self):
        return len(self._lanes) > 1 and not self.overlaid

    @property
    def _played(self):
        return self._lanes[:1] if self.overlaid else self._lanes

    @property
    def _stopped(self):
        """Why nothing can be played on, if so."""
        reasons = [lane.stopped for lane in self._played]
        return "; ".join(dict.fromkeys(reasons)) if reasons and all(reasons) else ""

    def _obey(self, message):
        kind = message.get("do")
        if kind == "drawn":
            self._note_drawn(message["frame"])
        elif kind == "step":
            self.step(1, message["player"])
        elif kind in ("start", "pause", "reset") or (kind == "branch" and self.shown >= 0):
            getattr(self, kind)()

    def _change(self, name):
        if self._quiet:
            return
        if name == "preset":
            return self._set_all()
        if name == "drawing" and self.data != DRAWN:
            return
        if name not in ("seed", "speed") and self.preset != OWN_SETTINGS:
            self._quiet, self.preset, self._quiet = True, OWN_SETTINGS, False
        another = name == "objective" and (self.objective == OWN_GAME or self._lanes[0].live.is_own)
        if name not in ON_THE_WAY or another or (self._racing and name == "objective"):
            return self.reset()
        self._apply()
        if not self.playing and self.shown < 0:
            self._show()

    def _apply(self):
        """Let the games that are played go on under the settings as they are now."""
        names = ("generator_rate", "discriminator_rate", "batch")
        for lane in self._played:
            objective = lane.name if self._racing else self.objective
            lane.live.change(objective=objective, **{name: getattr(self, name) for name in names})

    def _set_all(self):
        """Choose what the preset chooses, and begin its game."""
        if self.preset != OWN_SETTINGS:
            self._quiet = True
            for name, value in (PLAIN | PRESETS[self.preset]["settings"]).items():
                setattr(self, name, value)
            self.rivals, self._quiet = [], False
            self.reset()

    @property
    def _wait(self):
        return SPEEDS[self.speed]

    def _tick(self):
        moves = self.discriminator_steps, self.generator_steps
        if self.speed == MOVE_BY_MOVE:
            done = [lane.move(*moves) or lane.move(*moves) for lane in self._played]  # None: a step is whole
            self.flow = next(filter(None, done), "")
        else:
            for lane in self._played:
                lane.step(*moves)
        if self._stopped:
            self.pause()

    def _show(self, reason=""):
        for lane in self._played:
            lane.measure()
        self._send_frame()
        self._tell(reason)

    def _send_frame(self):
        looks = [lane.look() for lane in self._played]
        self.reading = looks[0][1]
        self.readings = {lane.name: reading for lane, (_, reading) in zip(self._played, looks, strict=True)}
        self._look = looks[0][0]
        self._frames_sent += 1
        frames = [frame_bytes(self._frames_sent, reading["step"], look) for look, reading in looks]
        if self.overlaid:
            moment = self._lanes[1].at(self.reading["step"])
            self.readings[BEFORE] = moment.reading
            frames.append(moment.frame)
        with self.hold_sync():  # one message
            self.names = [lane.name for lane in self._lanes] if len(self._lanes) > 1 else [""]
            self.kept = [moment.step for moment in max(self._played, key=lambda lane: len(lane.kept)).kept]
            self.shown = -1
            self.strips = [lane.strip() for lane in self._lanes]
            self.frames = frames

    def _moment(self, step):
        """The frames that were kept of a step, and what is said of them."""
        kept = {lane.name: lane.at(step) for lane in self._lanes}
        readings = {name: moment.reading for name, moment in kept.items()}
        words = next(iter(kept.values())).words
        return [moment.frame for moment in kept.values()], self._words(readings, words)

    def _look_back(self):
        if 0 <= self.shown < len(self.kept):
            shown = self.shown
            self.pause()
            frames, words = self._moment(self.kept[shown])
            self._frames_sent += 1
            number = np.float32(self._frames_sent).tobytes()
            self.frames = [number + frame[4:] for frame in frames]
            self.shown, self.sentence = shown, f"Looking back. {words}"

    def _tell(self, reason=""):
        if self._stopped == NOTHING_DRAWN:
            self.sentence = NOTHING_DRAWN
            return
        words = " ".join(in_words(self.reading, self._look["fake"]))
        state = state_in_words(self.playing, self._stopped, reason)
        self.sentence = f"{state} {self._words(self.readings, words)}"

    def _words(self, readings, words):
        """What is to be said of one game, of a branch and what was before it, or of a race."""
        if self.overlaid:
            return f"{words} {of_a_branch(readings[BEFORE])}"
        return (
            of_a_race(readings, {lane.name: lane.stopped for lane in self._lanes}) if self._racing else words
        )

    def _still(self):
        return figure_of(self._lanes, self._look)
