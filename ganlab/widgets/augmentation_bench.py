"""Four arms of a trial at equal budget: what each is worth, and what it gains over another, draw by draw."""

import ipywidgets

from ganlab.recorded import utility
from ganlab.views import plot_trial
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row


class AugmentationBench(Instrument):
    """Choose how many rare patients there are and what is scored; read the gains with their intervals.

    Left, what a classifier scores on the held-out patients after each arm, with 95 % intervals. Right, the
    difference to the control, taken within each draw of patients, with its interval. The trials were
    recorded by :mod:`ganlab.recorded.utility`, which says how.

    Parameters
    ----------
    n_rare : {5, 10, 20, 40}
        Malignant patients in every draw; benign ones are 100.
    score : {"balanced accuracy", "sensitivity", "specificity", "AUC"}
    against : {"duplicates", "none"}
        The control.

    Attributes
    ----------
    n_rare, score, against : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``scores`` and ``gains``: for each arm (mean, low, high); the gains without the control.

    Examples
    --------
    >>> bench = AugmentationBench(20)
    >>> sorted(bench.reading["gains"])
    ['GAN', 'SMOTE', 'none']
    """

    def __init__(self, n_rare=20, score="balanced accuracy", against="duplicates"):
        self.n_rare = ipywidgets.SelectionSlider(
            options=utility.RARE, value=n_rare, description="malignant", **WIDE
        )  # fmt: skip
        self.score = ipywidgets.Dropdown(options=utility.METRICS, value=score, description="score", **WIDE)
        self.against = ipywidgets.Dropdown(
            options=utility.REFERENCES[::-1], value=against, description="compared with", **WIDE
        )
        super().__init__(row(self.n_rare, self.score), row(self.against))
        for control in (self.n_rare, self.score, self.against):
            control.observe(lambda change: self.redraw(), "value")
        self.redraw()

    def redraw(self):
        """Look up and draw with the controls as they stand."""
        n, score, control = self.n_rare.value, self.score.value, self.against.value
        table = utility.load()
        table = table[(table["n_rare"] == n) & (table["metric"] == score) & (table["draw"] == -1)]
        scores, gains = (
            table[table["reference"] == against].set_index("arm")[["value", "low", "high"]]
            for against in ("", control)
        )
        self.reading = {
            "scores": {arm: tuple(scores.loc[arm]) for arm in utility.ARMS},
            "gains": {arm: tuple(gains.loc[arm]) for arm in utility.ARMS if arm != control},
        }
        figure = new_figure(11, 2.9)
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.1, wspace=0.35, bottom=0.2)
        self._draw(self.reading["scores"], left, score, None)
        self._draw(self.reading["gains"], right, f"{score}, minus {control}", 0)
        self.show(figure, self._in_words())

    def _draw(self, arms, axes, label, reference):
        mean, low, high = zip(*arms.values(), strict=True)
        plot_trial(list(arms), mean, low, high, axes, score=label, reference=reference).set_ylabel("")
        axes.locator_params(axis="x", nbins=6)
        left, right = min(low), max(high)
        axes.set_xlim(left - 0.1 * (right - left), right + 0.1 * (right - left))

    def _in_words(self):
        said = []
        for arm, (mean, low, high) in self.reading["gains"].items():
            shown = "not shown" if low <= 0 <= high else "shown"
            said.append(f"{arm} {mean:+.3f} ({low:+.3f} to {high:+.3f}, {shown})")
        return (
            f"{self.n_rare.value} malignant patients, {utility.DRAWS} draws. "
            f"{self.score.value.capitalize()} minus {self.against.value}, "
            f"with 95 % intervals: {'; '.join(said)}."
        )
