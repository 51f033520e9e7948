"""One game of the player, with the frames that are kept of it to look back at and to branch from."""

import copy
from typing import NamedTuple

from ganlab.seeding import one_thread
from ganlab.widgets.player.frames import frame_bytes, strip_bytes
from ganlab.widgets.player.live_game import attempt
from ganlab.widgets.player.words import in_words

KEPT_EVERY = 20  # steps between two frames at first


class Kept(NamedTuple):
    """A moment of a game: what was to be seen, in bytes and in words, and the way back to it."""

    step: int
    frame: bytes
    reading: dict
    words: str
    state: dict


class Lane:
    """A live game in play.

    Parameters
    ----------
    name : str
    live : LiveGame
    at_most : int >= 2
        Frames that are kept; of more, each second one goes.

    Attributes
    ----------
    kept : list of Kept
    stopped : str
        Why the game cannot go on; empty while it can.
    """

    def __init__(self, name, live, at_most):
        self.name, self.live, self._at_most = name, live, at_most
        self.kept, self.stopped = [], ""
        self._every, self._moves = KEPT_EVERY, None
        self.keep()

    def step(self, discriminator, generator):
        """Play one step, or what is left of it."""
        while self.move(discriminator, generator):
            pass

    def move(self, discriminator, generator):
        """Play one move of a step, and say which; None when that step is whole, or will never be."""
        if self.stopped:
            return None
        self._moves = self._moves or self.live.moves(discriminator, generator)
        done, problem = attempt(self.live, lambda: next(self._moves, None))
        if done is not None:
            return done
        self._moves = None
        if problem:
            self.stopped = f"{problem} after {self.live.steps} steps"
        elif self.live.steps % self._every == 0:
            self.keep()
        return None

    def look(self):
        """What is to be seen now, and its reading; of broken networks, what was seen of them last."""
        if not self.stopped:
            look = self.live.look()
            self._last = (
                look,
                {
                    "step": self.live.steps,
                    "accuracy": look["accuracy"],
                    "distance": self.live.distance_before(),
                    "floor": self.live.plane.floor,
                },
            )
        return self._last

    def strip(self):
        """How the game went up to now, in bytes."""
        return strip_bytes(self.live.plane.floor, self.live.rows, self.live.distances)

    def measure(self):
        """Note how far the fakes are from the real points."""
        if not self.stopped:
            with one_thread():
                self.live.distance()

    def keep(self):
        """Keep the present moment to look back at."""
        self.measure()
        look, reading = self.look()
        frame = frame_bytes(0, self.live.steps, look)
        words = " ".join(in_words(reading, look["fake"]))
        self.kept.append(Kept(self.live.steps, frame, reading, words, self.live.state_dict()))
        self.keep_at_most(self._at_most)

    def keep_at_most(self, at_most):
        """Keep no more frames than that: of more, each second one goes."""
        self._at_most = at_most
        while len(self.kept) > at_most:
            self.kept, self._every = self.kept[::2], 2 * self._every

    def at(self, step):
        """The last moment kept that is not after a step."""
        return max((kept for kept in self.kept if kept.step <= step), key=lambda kept: kept.step)

    def branched(self, kept, name):
        """The same game again as it was at a kept moment, to be played on in another way."""
        branch = copy.copy(self)
        branch.name, branch.stopped, branch._moves = name, "", None
        branch.live = copy.deepcopy(self.live)
        branch.live.load_state_dict(kept.state)
        branch.kept = [earlier for earlier in self.kept if earlier.step <= kept.step]
        return branch
