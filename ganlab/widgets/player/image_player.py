"""The player of the image game: lesions, live, beside real ones, with what is measured of them."""

import math
import time

import anywidget
import ipywidgets
import numpy as np
import traitlets as t

from ganlab.diagnostics import share_interval
from ganlab.views import DISCRIMINATOR, FAKE, TRAINED, plot_composition, plot_scan
from ganlab.widgets.instrument import WIDE, Instrument, menu, new_figure, stops
from ganlab.widgets.player.in_background import InBackground
from ganlab.widgets.player.lesion_game import MEASURED, NO_TEXTURE, TEXTURES, LesionGame, real_lesions
from ganlab.widgets.player.live_game import OBJECTIVES, attempt, moves_of
from ganlab.widgets.player.words import state_in_words

RATES = (1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 1e-2, 1e-1, 1.0, 10.0)
CHOICES = {
    "objective": tuple(OBJECTIVES),
    "generator_rate": RATES,
    "discriminator_rate": RATES,
    "batch": (16, 32, 64, 128),
}
# Those of the recorded games.
PLAIN = {"generator_rate": 2e-3, "discriminator_rate": 2e-3, "batch": 32}
SEEDS = 2**31
ROWS, COLUMNS = 4, 8  # of a gallery
BETWEEN_REDRAWS = 1.0  # seconds of play
EVERY = 50  # steps between two measurements, where many steps are asked for at once


class Watched(anywidget.AnyWidget):
    """Answers each number that it is sent, for as long as a browser draws the page that it is on."""

    _esm = """
    export default { render({ model }) {
      const answer = () => requestAnimationFrame(() => model.send(model.get("number")));
      model.on("change:number", answer);
      return () => model.off("change:number", answer);
    } };
    """
    number = t.Int(0).tag(sync=True)


class ImagePlayer(InBackground, Instrument):
    """Watch a generator learn images of lesions while a discriminator learns to tell them from real ones.

    Play, pause, or step either player by itself. Objective, learning rates and batch can be changed while
    it runs; another seed begins a new game, and reset goes back to the start of this one: the same settings
    then give the same game again. It is the game of the recorded ones in the collapse lab: 2,000 simulated
    lesions of 32 x 32 pixels, the convolutional pair of width 8, latent length 64.

    Above, 32 fakes, always of the same latent points, beside 32 real lesions. Below, which texture an
    oracle sees in 200 fakes, with 95 % intervals, beside the shares of real lesions; precision and recall,
    with the bands in which four samples of 200 other real lesions lie; and the length of the gradient that
    each player followed. It is drawn about once a second of play. It pauses when the kernel is interrupted,
    when another player is started, or when nobody has looked for a while.

    Parameters
    ----------
    objective : {"non-saturating", "minimax", "least squares", "Wasserstein, gradient penalty"}
    seed : int >= 0
    settings
        `generator_rate` and `discriminator_rate` (0.002), `batch` (32).

    Attributes
    ----------
    objective, generator_rate, discriminator_rate, batch, seed : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        At the present step: ``step``; ``counts``, dict of texture or "none of these" -> fakes of 200;
        ``precision``; ``recall``; ``gradients``, dict of player -> length of the gradient it followed last
        (NaN where it has not moved in the last step).
    playing : bool

    Examples
    --------
    >>> player = ImagePlayer(batch=16)
    >>> player.step(2)
    >>> player.reading["step"], sum(player.reading["counts"].values())
    (2, 200)
    """

    playing = t.Bool(False, read_only=True)
    _wait = 0.0  # seconds between two steps

    def __init__(self, objective: str = "non-saturating", seed: int = 0, **settings: object):
        chosen = _checked({**PLAIN, "objective": objective, **settings}, seed)
        self._begin_in()
        self._reason = ""
        self._watched = Watched(layout={"height": "0", "margin": "0"})
        self._watched.on_msg(lambda _, number, buffers: self._here(self._note_drawn, number))
        self.objective = menu(CHOICES["objective"], chosen["objective"], "objective")
        self.generator_rate = stops(RATES, chosen["generator_rate"], "G's learning rate")
        self.discriminator_rate = stops(RATES, chosen["discriminator_rate"], "D's learning rate")
        self.batch = stops(CHOICES["batch"], chosen["batch"], "batch")
        self.seed = ipywidgets.BoundedIntText(seed, min=0, max=SEEDS, description="seed", **WIDE)
        self._play = self._button("Play", self._play_or_pause)
        super().__init__(
            (
                self._play,
                self._button("Step D", lambda: self.step(1, "discriminator")),
                self._button("Step G", lambda: self.step(1, "generator")),
                self._button("Step both", self.step),
                self._button("Reset", self.reset),
                self._watched,
            ),
            (self.objective, self.batch),
            (self.generator_rate, self.discriminator_rate),
            self.seed,
        )
        self.reset()
        for name in CHOICES:
            control = getattr(self, name)
            control.observe(lambda change: self._here(self.at_work, self._change), "value")
        self.seed.observe(lambda change: self._here(self.at_work, self.reset), "value")

    # What the buttons do

    def step(self, steps: int = 1, player: str = "both"):
        """Play so many steps at once; every 50 they are measured.

        Parameters
        ----------
        steps : int >= 1
        player : {"both", "discriminator", "generator"}
            Who moves.
        """
        moves = moves_of(player)
        self.pause()
        for number in range(steps):
            if number and self._live.steps % EVERY == 0:
                self._look()
            self._advance(moves)
        self._show()

    def reset(self):
        """Begin the game that the settings describe, from its seed."""
        self.pause()
        self._live, self._stopped = LesionGame(seed=self.seed.value, **self._settings()), ""
        self._show()

    # How it is done

    def _button(self, name, act):
        button = ipywidgets.Button(description=name, layout={"width": "auto"})
        button.on_click(lambda _: self._here(self.at_work, act))
        return button

    def _play_or_pause(self):
        if self.playing:
            self.pause()
        else:
            self.start()

    @t.observe("playing")
    def _rename(self, change):
        self._play.description = "Pause" if change.new else "Play"

    def _settings(self):
        return {name: getattr(self, name).value for name in CHOICES}

    def _change(self):
        """Let the game go on under the settings as they are now."""
        self._live.change(**self._settings())
        self._tell()
        if not self.playing:  # the picture shows no setting; only what is said of it does
            self.describe(self.sentence)

    def _tick(self):
        self._advance(moves_of("both"))
        if self._stopped:
            self.pause()

    def _advance(self, moves):
        if not self._stopped:
            self._note(attempt(self._live, lambda: self._live.step(*moves))[1])

    def _look(self):
        """Measure the fakes as they are now; of broken networks, what was seen of them last stays."""
        if self._stopped:
            return
        fakes, problem = attempt(self._live, self._live.look)
        self._note(problem)
        if problem:
            return
        live, self._fakes = self._live, fakes
        counts, precision, recall = live.shares[live.steps]
        gradients = live.rows[-1][4:] if live.rows else (math.nan, math.nan)
        self.reading = {
            "step": live.steps,
            "counts": dict(zip((*TEXTURES, NO_TEXTURE), counts.tolist(), strict=True)),
            "precision": precision,
            "recall": recall,
            "gradients": dict(zip(("discriminator", "generator"), gradients, strict=True)),
        }

    def _note(self, problem):
        if problem:
            self._stopped = f"{problem} after {self._live.steps} steps"

    def _show(self, reason=""):
        self._reason = reason
        self._send_frame()
        self._tell()

    def _send_frame(self):
        start = time.monotonic()
        self._look()
        self.show_figure(self._figure(), self._in_words())
        self._frames_sent += 1
        self._watched.number = self._frames_sent
        # What the picture took is added, or a slow machine would do nothing but draw.
        self._between_frames = BETWEEN_REDRAWS + time.monotonic() - start

    def _tell(self):
        self.sentence = self._in_words()
        self.say(self.sentence)

    def _in_words(self):
        reading, real = self.reading, real_lesions()
        shares = ", ".join(f"{name} {100 * n / MEASURED:.0f} %" for name, n in reading["counts"].items())
        due = ", ".join(f"{100 * share:.0f}" for share in real.shares)
        gradients = ", ".join(
            f"{player} {length:.2g}" if length == length else f"{player} did not move"
            for player, length in reading["gradients"].items()
        )
        return (
            f"{state_in_words(self.playing, self._stopped, self._reason)} After {reading['step']:,} steps an "
            f"oracle sees in {MEASURED} fakes: {shares} (in real lesions: {due} %). Precision "
            f"{reading['precision']:.2f}, recall {reading['recall']:.2f}; of four real samples the lowest "
            f"have {real.precision[0]:.2f} and {real.recall[0]:.2f}. Length of the last gradients: "
            f"{gradients}. Played with {self.objective.value}, batch {self.batch.value}, learning rates "
            f"{self.generator_rate.value:g} (G) and {self.discriminator_rate.value:g} (D), seed "
            f"{self.seed.value}."
        )

    def _figure(self):
        live, real = self._live, real_lesions()
        figure = new_figure(10.5, 5.6)
        above = figure.add_gridspec(1, 2, left=0.01, right=0.96, bottom=0.49, top=0.94, wspace=0.1).subplots()
        below = figure.add_gridspec(1, 3, left=0.06, right=0.99, bottom=0.1, top=0.42, wspace=0.3).subplots()
        for axes, images, title in zip(
            above,
            (self._fakes, real.images),
            (f"fakes after {self.reading['step']:,} steps", "real lesions"),
            strict=True,
        ):
            plot_scan(_gallery(images), axes, title=title)

        axes = below[0]
        counts = list(self.reading["counts"].values())
        intervals = [share_interval(count, MEASURED) for count in counts]
        names = ["homog.", "rim", "speckled", "none"]
        plot_composition(real.shares, np.array(counts) / MEASURED, names, axes, intervals=intervals)
        axes.set_ylabel("share (%)")
        axes.legend(axes.containers, ["real", f"{MEASURED} fakes"], frameon=False, fontsize=8)

        axes, steps = below[1], sorted(live.shares)
        for name, colour, style in (("precision", TRAINED, "--"), ("recall", DISCRIMINATOR, "-")):
            shares = [getattr(live.shares[step], name) for step in steps]
            axes.plot(steps, shares, style, color=colour, marker=".", label=name)
            axes.axhspan(*getattr(real, name), color=colour, alpha=0.25, linewidth=0)
        axes.set(xlabel="training step", ylabel="share (bands: real samples)", ylim=(-0.02, 1.02))
        axes.legend(frameon=False, fontsize=8)

        axes = below[2]
        lengths = np.array([row[4:] for row in live.rows]).reshape(-1, 2).T
        for name, colour, style, length in zip(
            "DG", (DISCRIMINATOR, FAKE), ("-", "--"), lengths, strict=True
        ):
            axes.plot(np.arange(1, len(length) + 1), length, style, color=colour, label=name, linewidth=1)
        axes.set(xlabel="training step", ylabel="length of the gradient", yscale="log")
        axes.legend(frameon=False, fontsize=8)
        return figure


def _gallery(images):
    """The first images as one, in rows, a white line between two."""
    images = images[: ROWS * COLUMNS, 0].numpy()
    framed = np.pad(images, ((0, 0), (0, 1), (0, 1)), constant_values=1.0)
    side = framed.shape[1]
    rows = framed.reshape(ROWS, COLUMNS, side, side).swapaxes(1, 2)
    return rows.reshape(ROWS * side, COLUMNS * side)[:-1, :-1]


def _checked(settings, seed):
    """The settings, if there are such."""
    for name, value in settings.items():
        if name not in CHOICES:
            raise ValueError(f"ImagePlayer has no setting {name!r}; it has {', '.join(CHOICES)}.")
        if value not in CHOICES[name]:
            known = ", ".join(map(str, CHOICES[name]))
            raise ValueError(f"{name} must be one of {known}; got {value!r}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= SEEDS:
        raise ValueError(f"seed must be a whole number from 0 to {SEEDS}; got {seed!r}.")
    return settings
