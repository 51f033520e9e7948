"""Sixteen games at once, recorded: who lost a mode, when, and how often under which settings."""

import ipywidgets
import numpy as np

from ganlab.data.simulated.lesions import DEFAULT_WEIGHTS, PATTERNS
from ganlab.diagnostics import share_interval
from ganlab.recorded import collapse
from ganlab.recorded.collapse import LESIONS, RING, SETTINGS, TOYS
from ganlab.views import (
    plot_game_images,
    plot_games,
    plot_mode_shares,
    plot_precision_and_recall,
    plot_rates,
)
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row

QUANTITIES = {
    "judge's learning rate": "judge_rate",
    "samples in a pack": "pack",
    "latent length": "latent",
    "batch size": "batch",
    "generator's loss": "objective",
}
SHORT = {"non-saturating": "non-sat.", "least squares": "least sq."}


class CollapseLab(Instrument):
    """Choose one setting of a GAN, and see what it does to 16 games with 16 seeds.

    From left to right: samples of every game, in a black frame where a mode is lost; the mode histogram
    of every game; precision and recall over training; and the share of games that lost a mode, with its
    95 % interval, for every value of the chosen setting, the others as in the plain game. All of it was
    recorded beforehand by :mod:`ganlab.recorded.collapse`, which says how.

    Parameters
    ----------
    data : {"ring of eight", "grid of 25", "lesions"}
    vary : str
        What is varied, one of the choices in the second menu. For the grid and the lesions only the pack was.

    Attributes
    ----------
    data, vary, choice, frame : ipywidgets controls
        Set their ``value`` to move them from code; `choice` takes one of its ``options``.
    reading : dict
        ``step``; ``lost``, games that lost a mode, of ``games``; ``rate`` of such games and its ``interval``;
        ``modes``, ``in_modes``, ``precision`` and ``recall``, means over the games; ``lost_by_mode``, by how
        many games each mode was lost.

    Examples
    --------
    >>> lab = CollapseLab(vary="samples in a pack")
    >>> plain = lab.reading["lost"]
    >>> lab.choice.value = 2
    >>> lab.reading["lost"] < plain
    True
    """

    def __init__(self, data="ring of eight", vary="judge's learning rate"):
        self.data = ipywidgets.Dropdown(options=list(SETTINGS), value=data, description="real data", **WIDE)
        self.vary = ipywidgets.Dropdown(
            options=_quantities(data), value=vary if data in TOYS else "samples in a pack",
            description="vary the", **WIDE,
        )  # fmt: skip
        self.choice = ipywidgets.SelectionSlider(options=[0], description="its value", **WIDE)
        self.frame = ipywidgets.SelectionSlider(options=[0], description="training step", **WIDE)
        super().__init__(row(self.data, self.vary), row(self.choice, self.frame))
        self._quiet = True
        self._offer_quantities()
        self._quiet = False
        for control, changed in (
            (self.data, self._offer_quantities),
            (self.vary, self._offer_choices),
            (self.choice, self.redraw),
            (self.frame, self.redraw),
        ):
            control.observe(self._unless_quiet(changed), "value")
        self.redraw()

    def redraw(self):
        """Draw the recorded games of the present setting at the present step."""
        games, step = collapse.recording()[self._setting(self.choice.value)], self.frame.value
        here = self.frame.options.index(step)
        counts = games["counts"][:, here]
        lost = lost_modes(counts, self.data.value)
        self.reading = self._read(games, here, counts, lost)

        figure = new_figure(14.5, 3.9)
        tiles, modes, curves, rates = figure.subplots(1, 4, width_ratios=(1.1, 1, 1, 1))
        figure.subplots_adjust(left=0.03, right=0.99, wspace=0.28)
        self._draw_samples(games["shown"][:, here], lost.any(axis=1), tiles)
        names, expected = None, None
        if self.data.value == LESIONS:
            names, expected = ("homog.", "rim", "speckled"), np.array(DEFAULT_WEIGHTS)
        plot_mode_shares(counts[:, :-1] / counts[0].sum(), modes, names=names, expected=expected)
        plot_precision_and_recall(
            self.frame.options,
            games["precision"].astype(float),
            games["recall"].astype(float),
            curves,
            here=step,
        )
        found = [self._rate(choice, here) for choice in self.choice.options]
        plot_rates(
            [_label(choice) for choice in self.choice.options],
            [rate for rate, _ in found],
            [interval for _, interval in found],
            rates,
            here=self.choice.options.index(self.choice.value),
            quantity=self.vary.value,
        )
        self.show(figure, self._in_words())

    def _setting(self, choice):
        plain = SETTINGS[self.data.value][0] if self.data.value != RING.data else RING
        return plain._replace(**{QUANTITIES[self.vary.value]: choice})

    def _rate(self, choice, here):
        counts = collapse.recording()[self._setting(choice)]["counts"][:, here]
        lost = lost_modes(counts, self.data.value).any(axis=1)
        return lost.mean(), share_interval(int(lost.sum()), len(lost))

    def _read(self, games, here, counts, lost):
        rate, interval = self._rate(self.choice.value, here)
        return {
            "step": self.frame.value,
            "lost": int(lost.any(axis=1).sum()),
            "games": len(lost),
            "rate": float(rate),
            "interval": interval,
            "modes": float((~lost).sum(axis=1).mean()),
            "in_modes": float(counts[:, :-1].sum() / counts.sum()),
            "precision": float(games["precision"][:, here].astype(float).mean()),
            "recall": float(games["recall"][:, here].astype(float).mean()),
            "lost_by_mode": lost.sum(axis=0).tolist(),
        }

    def _draw_samples(self, shown, lost, axes):
        if self.data.value == LESIONS:
            plot_game_images(shown / collapse.GREYS, axes, lost=lost)
            return
        reach = collapse.REACH[self.data.value]
        centres = TOYS[self.data.value].component_distribution.mean
        plot_games(shown * (2 * reach / 255) - reach, axes, reach=reach, lost=lost, centres=centres)

    def _in_words(self):
        reading, data = self.reading, self.data.value
        low, high = (100 * end for end in reading["interval"])
        modes = SETTINGS_MODES[data]
        by_mode = ""
        if data == LESIONS:
            names = zip(PATTERNS, reading["lost_by_mode"], strict=True)
            by_mode = " Lost by so many games: " + ", ".join(f"{name} {n}" for name, n in names) + "."
        return (
            f"{data.capitalize()}, {self.vary.value} {_label(self.choice.value)}, after {reading['step']:,} "
            f"steps: {reading['lost']} of {reading['games']} games have lost a mode "
            f"({100 * reading['rate']:.0f} %, 95 % interval {low:.0f} to {high:.0f} %). On average a game "
            f"finds {reading['modes']:.1f} of {modes} modes, {100 * reading['in_modes']:.0f} % of its "
            f"samples belong to a mode, precision is {reading['precision']:.2f} and recall "
            f"{reading['recall']:.2f}.{by_mode}"
        )

    # Menus that depend on one another

    def _offer_quantities(self):
        names = _quantities(self.data.value)
        wanted = self.vary.value if self.vary.value in names else names[0]
        self._change(self.vary, names, wanted)
        steps = range(
            collapse.EVERY[self.data.value],
            collapse.STEPS[self.data.value] + 1,
            collapse.EVERY[self.data.value],
        )
        self._change(self.frame, tuple(steps), steps[-1])
        self._offer_choices()

    def _offer_choices(self):
        name = QUANTITIES[self.vary.value]
        plain = SETTINGS[self.data.value][0] if self.data.value != RING.data else RING
        choices = dict.fromkeys(getattr(setting, name) for setting in SETTINGS[self.data.value])
        choices = [one for one in choices if plain._replace(**{name: one}) in SETTINGS[self.data.value]]
        ordered = choices if name == "objective" else sorted(choices)
        self._change(self.choice, tuple(ordered), getattr(plain, name))
        if not self._quiet:
            self.redraw()

    def _change(self, control, options, value):
        before, self._quiet = self._quiet, True
        control.options = options
        control.value = value
        self._quiet = before

    def _unless_quiet(self, changed):
        return lambda change: None if self._quiet else changed()


SETTINGS_MODES = {
    data: (len(TOYS[data].component_distribution.mean) if data in TOYS else len(PATTERNS))
    for data in SETTINGS
}


def lost_modes(counts, data):
    """Which modes hold fewer samples than a found one must, bool array, shape (..., modes)."""
    return counts[..., :-1] < np.asarray(collapse.FEWEST[data])


def _quantities(data):
    return list(QUANTITIES) if data == RING.data else ["samples in a pack"]


def _label(choice):
    if isinstance(choice, float):
        return f"{choice:g}"
    return SHORT.get(choice, str(choice))
