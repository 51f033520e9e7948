"""Four arms of a trial at equal budget: what each is worth, and what it gains over the reference."""

from ganlab.recorded import utility
from ganlab.views import plot_trial
from ganlab.widgets.instrument import Instrument, menu, new_figure, stops


class AugmentationBench(Instrument):
    """Choose how many rare patients there are and which metric counts; read the gains with their intervals.

    Left, the metric of a classifier on the test patients after each arm, with 95 % intervals. Right, the
    difference to the reference, taken within each draw of patients, with its interval. The trials were
    recorded by :mod:`ganlab.recorded.utility`, which says how.

    Parameters
    ----------
    n_rare : {5, 10, 20, 40}
        Malignant patients in every draw; benign ones are 100.
    metric : {"balanced accuracy", "sensitivity", "specificity", "AUC"}
    against : {"duplicates", "none"}
        The reference.

    Attributes
    ----------
    n_rare, metric, against : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``metrics`` and ``gains``: for each arm (mean, low, high); the gains without the reference.

    Examples
    --------
    >>> bench = AugmentationBench(20)
    >>> sorted(bench.reading["gains"])
    ['GAN', 'SMOTE', 'none']
    """

    def __init__(self, n_rare: int = 20, metric: str = "balanced accuracy", against: str = "duplicates"):
        self.n_rare = stops(utility.RARE, n_rare, "malignant")
        self.metric = menu(utility.METRICS, metric, "metric")
        self.against = menu(utility.REFERENCES[::-1], against, "compared with")
        super().__init__((self.n_rare, self.metric), self.against)
        self.when_moved(self.redraw, self.n_rare, self.metric, self.against)
        self.redraw()

    def redraw(self):
        """Look up and draw with the controls as they stand."""
        n, metric, reference = self.n_rare.value, self.metric.value, self.against.value
        table = utility.load()
        table = table[(table["n_rare"] == n) & (table["metric"] == metric) & (table["draw"] == -1)]
        metrics, gains = (
            table[table["reference"] == against].set_index("arm")[["value", "low", "high"]]
            for against in ("", reference)
        )
        self.reading = {
            "metrics": {arm: tuple(metrics.loc[arm]) for arm in utility.ARMS},
            "gains": {arm: tuple(gains.loc[arm]) for arm in utility.ARMS if arm != reference},
        }
        figure = new_figure(11, 2.9)
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.1, wspace=0.35, bottom=0.2)
        self._draw(self.reading["metrics"], left, metric, None)
        self._draw(self.reading["gains"], right, f"{metric}, minus {reference}", 0)
        self.show(figure, self._in_words())

    def _draw(self, arms, axes, label, reference):
        mean, low, high = zip(*arms.values(), strict=True)
        plot_trial(list(arms), mean, low, high, axes, metric=label, reference=reference).set_ylabel("")
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
            f"{self.metric.value.capitalize()} minus {self.against.value}, "
            f"with 95 % intervals: {'; '.join(said)}."
        )
