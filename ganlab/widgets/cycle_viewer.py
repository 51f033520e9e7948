"""There and back: a T1 scan, its translation, the way back, and the truth on request."""

import ipywidgets
import numpy as np
from scipy import stats

from ganlab.views import plot_scan
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row
from ganlab.widgets.recorded.translations import ARCHIVES, SETTINGS, SHOWN, Setting, held_out, recorded

CYCLE, IDENTITY = ([0.0, 1.0, 10.0], [0.0, 5.0])


class CycleViewer(Instrument):
    """Recorded CycleGANs on people that they were not trained on, T1 to T2 and back to T1.

    The sliders choose the weights of the two losses, the menu what the archives held from which the games
    learnt (the other two archives were recorded for cycle weight 10 and identity weight 0 alone), and the
    two boxes plant a tumour and uncover the true T2 scan. The sentence gives the means over 60 people
    and 4 games, with 95 % intervals over the games.

    Parameters
    ----------
    cycle_weight : {0, 1, 10}
    identity_weight : {0, 5}
    archives : {"tumours in both", "none in T2", "none in T1"}

    Attributes
    ----------
    archives, cycle_weight, identity_weight, person, planted, uncovered : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``ssim`` and ``mae`` to the hidden truth, ``cycle_error`` (how far the way back ends from the T1
        scan), ``contrast_kept`` (the tumour's contrast in the translation over its true one) and
        ``bright_share`` (share of healthy white matter as bright as a tumour): each a triple (mean, low,
        high).

    Raises
    ------
    ValueError
        If a weight or an archive was not recorded.

    Examples
    --------
    >>> viewer = CycleViewer(cycle_weight=10)
    >>> without = CycleViewer(cycle_weight=0)
    >>> viewer.reading["ssim"][1] > without.reading["ssim"][2]
    True
    """

    def __init__(self, cycle_weight=10, identity_weight=0, archives="tumours in both"):
        wanted = Setting(archives, float(cycle_weight), float(identity_weight))
        if wanted not in SETTINGS:
            raise ValueError(
                f"no game was recorded with {wanted}; there are {', '.join(map(str, SETTINGS))}."
            )
        self.cycle_weight = ipywidgets.SelectionSlider(
            options=CYCLE, value=wanted.cycle_weight, description="cycle weight", **WIDE
        )
        self.identity_weight = ipywidgets.SelectionSlider(
            options=IDENTITY, value=wanted.identity_weight, description="identity weight", **WIDE
        )
        self.person = ipywidgets.IntSlider(1, min=1, max=SHOWN, description="person", **WIDE)
        self.archives = ipywidgets.Dropdown(
            options=list(ARCHIVES), value=archives, description="archives hold", **WIDE
        )
        self.planted = ipywidgets.Checkbox(False, description="plant a tumour", indent=False)
        self.uncovered = ipywidgets.Checkbox(False, description="show the true T2", indent=False)
        self._recorded, self._people = recorded(), held_out()
        super().__init__(
            row(self.cycle_weight, self.identity_weight),
            row(self.person, self.archives),
            row(self.planted, self.uncovered),
        )
        self.archives.observe(lambda change: self._choose_archives(), "value")
        for control in (self.cycle_weight, self.identity_weight, self.person, self.planted, self.uncovered):
            control.observe(lambda change: self.redraw(), "value")
        self._choose_archives()

    def _choose_archives(self):
        """Where only one game was recorded, its weights cannot be moved."""
        only = [setting for setting in SETTINGS if setting.archives == self.archives.value]
        for control in (self.cycle_weight, self.identity_weight):
            control.disabled = len(only) == 1
        if len(only) == 1:
            self.cycle_weight.value, self.identity_weight.value = only[0][1:]
        self.redraw()

    def redraw(self):
        """Draw the person chosen, and read off what holds for all sixty."""
        setting = Setting(self.archives.value, self.cycle_weight.value, self.identity_weight.value)
        if setting not in SETTINGS:
            return  # between two of the moves that choosing archives makes
        number, person = SETTINGS.index(setting), self.person.value - 1
        self.reading = self._measured(number)

        people = self._people
        t1, t2 = (part[person, 0].numpy() for part in (people.ill if self.planted.value else people.healthy))
        translated, restored = self._recorded["images"][number, person, 0 if self.planted.value else 1]
        region = people.tumours[person] if self.planted.value else None
        figure = new_figure(10.5, 2.9)
        for axes, image, title in zip(
            figure.subplots(1, 4),
            (t1, translated, restored, t2 if self.uncovered.value else None),
            ("T1, as scanned", "translated to T2", "and back to T1", "T2, the hidden truth"),
            strict=True,
        ):
            plot_scan(image, axes, title=title, region=None if image is None else region)
        self.show(figure, self._in_words(setting))

    def _measured(self, number):
        """Means over the people of each game; then over the games, with Student's interval."""
        people, values = self._people, {}
        true_contrast = people.contrast.mean()
        for name in ("ssim", "mae", "cycle_error", "bright_share"):
            values[name] = self._recorded[name][number].mean(axis=1)
        values["contrast_kept"] = self._recorded["tumour_contrast"][number].mean(axis=1) / true_contrast
        return {name: _mean_interval(games) for name, games in values.items()}

    def _in_words(self, setting):
        reading = self.reading
        ssim, mae = ("{:.2f} ({:.2f} to {:.2f})".format(*reading[name]) for name in ("ssim", "mae"))
        kept, bright = (
            "{:.1f} % ({:.1f} to {:.1f} %)".format(*(100 * np.array(reading[name])))
            for name in ("contrast_kept", "bright_share")
        )
        return (
            f"Person {self.person.value}, {'with' if self.planted.value else 'without'} a tumour. Cycle "
            f"weight {setting.cycle_weight:g}, identity weight {setting.identity_weight:g}, archives: "
            f"{setting.archives}. Over 60 people and 4 games (95 % intervals over the games): SSIM to the "
            f"hidden truth {ssim}, mean absolute error {mae}; the way back ends "
            f"{reading['cycle_error'][0]:.3f} from the scan. Of a tumour's true contrast {kept} is left; of "
            f"healthy white matter {bright} is as bright as a tumour (in truth "
            f"{100 * self._people.bright_share.mean():.1f} %)."
        )


def _mean_interval(games):
    """Mean of one number a game, and its 95 % interval."""
    mean = games.mean()
    reach = stats.t.ppf(0.975, len(games) - 1) * stats.sem(games)
    return float(mean), float(mean - reach), float(mean + reach)
