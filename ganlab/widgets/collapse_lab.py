"""Sixteen recorded games at once: which of them lost a mode, when, and how often under which settings."""

import numpy as np

from ganlab.data import lesion_patterns
from ganlab.diagnostics import share_interval
from ganlab.recorded import collapse
from ganlab.views import plot_games, plot_mode_shares, plot_precision_and_recall, plot_rates
from ganlab.widgets.instrument import Instrument, menu, new_figure, stops

QUANTITIES = {
    "discriminator's learning rate": "discriminator_rate",
    "samples in a pack": "pack",
    "latent length": "latent",
    "batch size": "batch",
    "generator's loss": "objective",
}
SHORT = {"non-saturating": "non-sat.", "least squares": "least sq."}
LESION_NAMES = ("homog.", "rim", "speckled")


class CollapseLab(Instrument):
    """Choose one setting of a GAN, and see what it does to 16 games with 16 seeds.

    Row by row: samples of every game, in a black frame where a mode is lost; the mode histogram
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

    def __init__(self, data: str = "ring of eight", vary: str = "discriminator's learning rate"):
        self.data = menu(collapse.SETTINGS, data, "real data")
        vary = vary if data in collapse.TOYS else "samples in a pack"
        self.vary = menu(_quantities(data), vary, "vary the")
        self.choice, self.frame = stops([0], 0, "its value"), stops([0], 0, "training step")
        super().__init__((self.data, self.vary), (self.choice, self.frame))
        self._quiet = False  # while one control moves another
        self._games = collapse.load()
        self._offer_quantities()
        for react, *controls in (
            (self._offer_quantities, self.data),
            (self._offer_choices, self.vary),
            (self.redraw, self.choice, self.frame),
        ):
            self.when_moved(self._unless_quiet(react), *controls)

    def redraw(self):
        """Draw the recorded games of the present setting at the present step."""
        games, step = self._games[self._setting(self.choice.value)], self.frame.value
        here = self.frame.options.index(step)
        counts, shown = games.counts[:, here], games.shown[:, here]
        precision, recall = games.precision, games.recall
        lost = lost_modes(counts, self.data.value)
        rates = [self._rate(choice, here) for choice in self.choice.options]
        rate, interval = rates[self.choice.index]
        self.reading = {
            "step": step,
            "lost": int(lost.any(axis=1).sum()),
            "games": len(lost),
            "rate": rate,
            "interval": interval,
            "modes": float((~lost).sum(axis=1).mean()),
            "in_modes": float(counts[:, :-1].sum() / counts.sum()),
            "precision": float(precision[:, here].mean()),
            "recall": float(recall[:, here].mean()),
            "lost_by_mode": lost.sum(axis=0).tolist(),
        }

        figure = new_figure(10, 7)  # two rows, since four in one had labels of 7 pixels on a projector
        (tiles, modes), (curves, right) = figure.subplots(2, 2)
        figure.subplots_adjust(left=0.08, right=0.97, hspace=0.25, top=0.98)
        self._draw_samples(shown, lost.any(axis=1), tiles)
        lesions = {"names": LESION_NAMES, "expected": lesion_patterns()["all"].to_numpy()}
        lesions = lesions if self.data.value == collapse.LESIONS else {}
        plot_mode_shares(counts[:, :-1] / counts[0].sum(), modes, **lesions)
        plot_precision_and_recall(self.frame.options, precision, recall, curves, here=step)
        labels = [_label(choice) for choice in self.choice.options]
        chosen = {"here": self.choice.index, "quantity": self.vary.value}
        plot_rates(labels, *zip(*rates, strict=True), right, **chosen)
        self.show(figure, self._in_words())

    def _plain(self):
        """The game with nothing varied."""
        data = self.data.value
        return collapse.RING if data == collapse.RING.data else collapse.SETTINGS[data][0]

    def _setting(self, choice):
        return self._plain()._replace(**{QUANTITIES[self.vary.value]: choice})

    def _rate(self, choice, here):
        """Share of games that lost a mode, and its interval."""
        counts = self._games[self._setting(choice)].counts[:, here]
        lost = lost_modes(counts, self.data.value).any(axis=1)
        return float(lost.mean()), share_interval(int(lost.sum()), len(lost))

    def _draw_samples(self, shown, lost, axes):
        data = self.data.value
        if data == collapse.LESIONS:
            plot_games(shown, axes, lost=lost)
            return
        reach, centres = collapse.REACH[data], collapse.TOYS[data].component_distribution.mean
        plot_games(shown, axes, reach=reach, lost=lost, centres=centres)

    def _in_words(self):
        reading, data = self.reading, self.data.value
        low, high = (100 * end for end in reading["interval"])
        modes, by_mode = len(reading["lost_by_mode"]), ""
        if data == collapse.LESIONS:
            names = zip(lesion_patterns().index, reading["lost_by_mode"], strict=True)
            by_mode = " Lost by so many games: " + ", ".join(f"{name} {n}" for name, n in names) + "."
        return (
            f"{data.capitalize()}, {self.vary.value} {_label(self.choice.value)}, after {reading['step']:,} "
            f"steps: {reading['lost']} of {reading['games']} games have lost a mode "
            f"({100 * reading['rate']:.0f} %, 95 % interval {low:.0f} to {high:.0f} %). On average a game "
            f"finds {reading['modes']:.1f} of {modes} modes, {100 * reading['in_modes']:.0f} % of its "
            f"samples belong to a mode, precision is {reading['precision']:.2f} and recall "
            f"{reading['recall']:.2f}.{by_mode}{self._why_one_quantity()}"
        )

    def _why_one_quantity(self):
        if len(self.vary.options) > 1:
            return ""
        return f" Of the {self.data.value} only games with other {self.vary.value} were recorded."

    # Menus that depend on one another

    def _offer_quantities(self):
        data = self.data.value
        names = _quantities(data)
        self._change(self.vary, names, self.vary.value if self.vary.value in names else names[0])
        every, steps = collapse.EVERY[data], collapse.STEPS[data]
        self._change(self.frame, range(every, steps + 1, every), steps)
        self._offer_choices()

    def _offer_choices(self):
        name, settings, plain = QUANTITIES[self.vary.value], collapse.SETTINGS[self.data.value], self._plain()
        choices = dict.fromkeys(getattr(setting, name) for setting in settings)
        choices = [choice for choice in choices if plain._replace(**{name: choice}) in settings]
        self._change(self.choice, choices if name == "objective" else sorted(choices), getattr(plain, name))
        self.redraw()

    def _change(self, control, options, value):
        self._quiet = True
        control.options, control.value = tuple(options), value
        self._quiet = False

    def _unless_quiet(self, react):
        return lambda: None if self._quiet else react()


def lost_modes(counts, data):
    """Which modes hold fewer samples than one must to count as found, bool array, shape (..., modes)."""
    return counts[..., :-1] < np.asarray(collapse.FEWEST[data])


def _quantities(data):
    return list(QUANTITIES) if data == collapse.RING.data else ["samples in a pack"]


def _label(choice):
    if isinstance(choice, float):
        return f"{choice:g}"
    return SHORT.get(choice, str(choice))
