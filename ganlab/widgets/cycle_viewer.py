"""Recorded CycleGANs: a T1 scan, its translation to T2, the way back, and the true T2 on request."""

import ipywidgets
import numpy as np
from scipy import ndimage, stats

from ganlab.recorded import translations
from ganlab.views import plot_scan
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider, stops


class CycleViewer(Instrument):
    """Recorded CycleGANs on people that they were not trained on, T1 to T2 and back to T1.

    The sliders choose the weights of the two losses, the menus what the archives held from which the games
    learnt, and how large the patches are that the discriminators see; or, as a ceiling, networks that were
    taught with pairs. A control that cannot be moved has no other recording at this place. *Game* is one of
    six seeds, and the two boxes plant a tumour and uncover the true T2 scan. The sentence gives means over
    60 people, for this game and for all six with 95 % intervals over the games.

    Parameters
    ----------
    cycle_weight : {0, 3, 10}
    identity_weight : {0, 1, 5}
    archives : {"tumours in both", "none in T2", "none in T1"}
    teacher : {"large patches", "small patches", "pairs"}

    Attributes
    ----------
    archives, teacher, cycle_weight, identity_weight, game, person, planted, uncovered : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``ssim``, ``correlation`` and ``mae`` to the hidden truth inside the head, ``cycle_error`` (how far
        the way back ends from the T1 scan), ``contrast_kept`` (the tumour's contrast in the translation over
        its true one) and ``bright_share`` (share of healthy white matter as bright as a tumour): each a
        triple (mean, low, high) over the games. ``ssim_of_game``: of the game shown.

    Raises
    ------
    ValueError
        If these games were not recorded.

    Examples
    --------
    >>> viewer = CycleViewer(cycle_weight=3)
    >>> without = CycleViewer(cycle_weight=0)
    >>> viewer.reading["ssim"][1] > without.reading["ssim"][2]
    True
    """

    def __init__(
        self,
        cycle_weight: float = 3,
        identity_weight: float = 0,
        archives: str = "tumours in both",
        teacher: str = "large patches",
    ):
        wanted = translations.Setting(archives, float(cycle_weight), float(identity_weight), teacher)
        if wanted not in translations.SETTINGS:
            known = ", ".join(map(str, translations.SETTINGS))
            raise ValueError(f"no game was recorded with {wanted}; there are {known}.")
        self.cycle_weight = stops([0.0, 3.0, 10.0], wanted.cycle_weight, "cycle weight")
        self.identity_weight = stops([0.0, 1.0, 5.0], wanted.identity_weight, "identity weight")
        self.archives = menu(translations.ARCHIVES, archives, "archives hold")
        self.teacher = menu(translations.TEACHERS, teacher, "taught by")
        self.game = slider(1, len(translations.SEEDS), 1, 1, "game")
        self.person = slider(1, translations.SHOWN, 1, 1, "person")
        self.planted = ipywidgets.Checkbox(False, description="plant a tumour", indent=False)
        self.uncovered = ipywidgets.Checkbox(False, description="show the true T2", indent=False)
        self._recorded, self._people = translations.load(), translations.holdout()
        super().__init__(
            (self.cycle_weight, self.identity_weight),
            (self.archives, self.teacher),
            (self.game, self.person, self.planted, self.uncovered),
        )
        choices = self.cycle_weight, self.identity_weight, self.archives, self.teacher
        self.when_moved(self._choose, *choices)
        self.when_moved(self.redraw, self.game, self.person, self.planted, self.uncovered)
        self._choose()

    def _choose(self):
        """Fasten the controls that have no other recording at this place, and draw."""
        self.archives.disabled = self.teacher.value != "large patches"
        self.teacher.disabled = self.archives.value != "tumours in both"
        self.cycle_weight.disabled = self.archives.disabled or self.teacher.disabled
        if self.cycle_weight.disabled:
            self.cycle_weight.value = 0.0 if self.teacher.value == "pairs" else 3.0
        self.identity_weight.disabled = self.cycle_weight.disabled or self.cycle_weight.value != 3.0
        if self.identity_weight.disabled:
            self.identity_weight.value = 0.0
        self.redraw()

    def redraw(self):
        """Draw the person chosen, and read off what holds for all sixty."""
        weights = self.cycle_weight.value, self.identity_weight.value
        setting = translations.Setting(self.archives.value, *weights, self.teacher.value)
        if setting not in translations.SETTINGS:
            return  # between two of the moves that choosing archives or a teacher makes
        game, person = self.game.value - 1, self.person.value - 1
        self.reading = self._measured(setting, game)

        people = self._people
        t1, t2 = (part[person, 0].numpy() for part in (people.ill if self.planted.value else people.healthy))
        translated, restored = self._recorded[setting].images[game, person, 0 if self.planted.value else 1]
        # Two pixels away from the tumour: the line itself is as wide as a pixel.
        region = ndimage.binary_dilation(people.tumours[person], iterations=2) if self.planted.value else None
        figure = new_figure(10.5, 2.45)
        for axes, image, title in zip(
            figure.subplots(1, 4, gridspec_kw={"left": 0.02, "right": 0.97, "bottom": 0.03, "top": 0.9}),
            (t1, translated, restored, t2 if self.uncovered.value else None),
            ("T1, as scanned", "translated to T2", "and back to T1", "T2, the hidden truth"),
            strict=True,
        ):
            plot_scan(image, axes, title=title, region=None if image is None else region)
        self.show(figure, self._in_words(setting))

    def _measured(self, setting, game):
        """Means over the people of each game; then over the games, with Student's interval."""
        names = ("ssim", "correlation", "mae", "cycle_error", "bright_share", "tumour_contrast")
        values = {name: getattr(self._recorded[setting], name).mean(axis=1) for name in names}
        values["contrast_kept"] = values.pop("tumour_contrast") / self._people.contrast.mean()
        over_games = {name: _mean_interval(games) for name, games in values.items()}
        return over_games | {"ssim_of_game": float(values["ssim"][game])}

    def _in_words(self, setting):
        reading = self.reading
        ssim, correlation, mae = (
            "{:.2f} ({:.2f} to {:.2f})".format(*reading[name]) for name in ("ssim", "correlation", "mae")
        )
        kept, bright = (
            "{:.1f} % ({:.1f} to {:.1f} %)".format(*(100 * np.array(reading[name])))
            for name in ("contrast_kept", "bright_share")
        )
        games = len(translations.SEEDS)
        planted = "with" if self.planted.value else "without"
        return (
            f"Game {self.game.value}, person {self.person.value}, {planted} a tumour; in this game the SSIM "
            f"to the hidden truth is {reading['ssim_of_game']:.2f}. Cycle weight {setting.cycle_weight:g}, "
            f"identity weight {setting.identity_weight:g}, archives: {setting.archives}, taught by "
            f"{setting.teacher}. Over 60 people and "
            f"{games} games (95 % intervals over the games): SSIM {ssim}, correlation {correlation}, mean "
            f"absolute error {mae}, all inside the head; the way back ends {reading['cycle_error'][0]:.3f} "
            f"from the scan. Of a tumour's "
            f"true contrast {kept} is left; of healthy white matter {bright} is as bright as a tumour (in "
            f"truth {100 * self._people.bright_share.mean():.1f} %).{self._why_fixed()}"
        )

    def _why_fixed(self):
        """Why a control is grey, and what it was set to."""
        if self.cycle_weight.disabled:
            what = "this teacher" if self.archives.disabled else "these archives"
            weight = f"cycle weight {self.cycle_weight.value:g}"
            return f" With {what} only {weight} was recorded, and no identity loss."
        if self.identity_weight.disabled:
            return " The identity loss was recorded with cycle weight 3 alone: here it is fixed at 0."
        return ""


def _mean_interval(games):
    """Mean of one number a game, and its 95 % interval."""
    mean = games.mean()
    reach = stats.t.ppf(0.975, len(games) - 1) * stats.sem(games)
    return float(mean), float(mean - reach), float(mean + reach)
