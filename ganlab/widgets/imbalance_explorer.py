"""Make malignant patients rare in training, and see which of four metrics notices."""

import functools

import numpy as np

from ganlab.data import load_wdbc
from ganlab.views import plot_metrics, plot_patient_grid
from ganlab.widgets.instrument import Instrument, menu, new_figure, stops

BENIGN = 60
MALIGNANT = (2, 3, 4, 6, 8, 12, 20, 30, 45, 60)
COHORTS = 20
SEEN = 1000  # patients in the imagined clinic
METRICS = ("accuracy", "sensitivity", "specificity", "balanced accuracy")
MEASUREMENTS = {"mean texture alone": ["mean texture"], "all 30 measurements": None}
REMEDIES = ("nothing", "duplicates")


class ImbalanceExplorer(Instrument):
    """A classifier learns from 60 benign and a few malignant aspirates of WDBC; a slider says how few.

    The classifier is a logistic regression on standardised measurements. Twenty training cohorts are drawn
    for every position of the slider, always the same twenty; each is tested on the same 190 patients, who
    are held out. Left, the four metrics, a dot for each cohort, beside those of a rule that calls everybody
    benign. Right, 1,000 patients of whom as many are malignant as in training. That is also what accuracy is
    stated for: unlike sensitivity and specificity it depends on how frequent the disease is.

    Parameters
    ----------
    malignant : {2, 3, 4, 6, 8, 12, 20, 30, 45, 60}
        Malignant patients in training.
    measurements : {"mean texture alone", "all 30 measurements"}
        What the classifier is shown of each patient.
    remedy : {"nothing", "duplicates"}
        What is done about the imbalance before training.

    Attributes
    ----------
    malignant, measurements, remedy : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        For ``accuracy``, ``sensitivity``, ``specificity`` and ``balanced accuracy``: ``(mean, low,
        high)``, with the middle 95 % of the twenty cohorts; ``always benign``, the accuracy of that rule;
        ``missed`` and ``malignant``, patients among the 1,000.

    Examples
    --------
    >>> explorer = ImbalanceExplorer(malignant=3)
    >>> round(explorer.reading["always benign"], 3)
    0.952
    """

    def __init__(self, malignant: int = 6, measurements: str = "mean texture alone", remedy: str = "nothing"):
        self.malignant = stops(MALIGNANT, malignant, "malignant")
        self.measurements = menu(MEASUREMENTS, measurements, "what is measured")
        self.remedy = menu(REMEDIES, remedy, "what is done")
        super().__init__(self.malignant, (self.measurements, self.remedy))
        self.when_moved(self.redraw, self.malignant, self.measurements, self.remedy)
        self.redraw()

    def redraw(self):
        """Measure and draw at the present position of the controls."""
        n = self.malignant.value
        share = n / (n + BENIGN)
        sensitivity, specificity = _rates(n, self.measurements.value, self.remedy.value)
        metrics = {
            "accuracy": share * sensitivity + (1 - share) * specificity,
            "sensitivity": sensitivity,
            "specificity": specificity,
            "balanced accuracy": (sensitivity + specificity) / 2,
        }
        always = {"accuracy": 1 - share, "sensitivity": 0, "specificity": 1, "balanced accuracy": 0.5}
        ill = round(SEEN * share)
        missed = round(ill * (1 - sensitivity.mean()))
        alarms = round((SEEN - ill) * (1 - specificity.mean()))
        self.reading = {name: _with_range(values) for name, values in metrics.items()}
        self.reading |= {"always benign": 1 - share, "missed": missed, "malignant": ill}

        figure = new_figure(12, 3.9)
        figure.subplots_adjust(left=0.13, top=0.87, wspace=0.12)
        left, right = figure.subplots(1, 2)
        plot_metrics(metrics, left, always=always)
        left.set_ylabel("")
        plot_patient_grid(missed, ill - missed, alarms, SEEN - ill - alarms, right)
        self.show(figure, self._in_words())

    def _in_words(self):
        said = {
            name: f"{100 * mean:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
            for name, (mean, low, high) in ((name, self.reading[name]) for name in METRICS)
        }
        done = "nothing done" if self.remedy.value == "nothing" else "duplicates to balance them"
        return (
            f"Trained on {BENIGN} benign and {self.malignant.value} malignant patients, "
            f"{self.measurements.value}, {done}: accuracy "
            f"{said['accuracy']}, where calling everybody benign gets "
            f"{100 * self.reading['always benign']:.0f} %; sensitivity {said['sensitivity']}, specificity "
            f"{said['specificity']}, balanced accuracy {said['balanced accuracy']}. "
            f"Of {SEEN:,} such patients {self.reading['malignant']} are malignant, and "
            f"{self.reading['missed']} of them are missed. "
            f"In brackets: the middle 95 % of {COHORTS} training cohorts."
        )


@functools.lru_cache
def _parts(measurements):
    """(x, y) of the patients to draw from, and of those held out: a third, alike in their diagnoses."""
    from sklearn.model_selection import train_test_split

    wdbc = load_wdbc()
    columns = MEASUREMENTS[measurements] or list(wdbc.columns[2:])
    parts = train_test_split(wdbc, test_size=1 / 3, stratify=wdbc["diagnosis"], random_state=0)
    return [(part[columns].to_numpy(), (part["diagnosis"] == "malignant").to_numpy()) for part in parts]


@functools.lru_cache
def _rates(n_malignant, measurements, remedy):
    """Sensitivity and specificity on the patients held out: two arrays, shape (cohorts,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    (x, y), (x_test, y_test) = _parts(measurements)
    rates = []
    with threadpool_limits(1):  # on arrays this small more threads only wait for each other
        for cohort in range(COHORTS):
            rng = np.random.default_rng(cohort)
            benign = rng.permutation(np.flatnonzero(~y))[:BENIGN]
            malignant = rng.permutation(np.flatnonzero(y))[:n_malignant]
            if remedy == "duplicates":
                times, rest = divmod(BENIGN, len(malignant))
                extra = rng.choice(len(malignant), rest, replace=False)
                malignant = malignant[np.sort(np.r_[np.repeat(np.arange(len(malignant)), times), extra])]
            drawn = np.concatenate([benign, malignant])
            classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(x[drawn], y[drawn])
            called = classifier.predict(x_test)
            rates.append((called[y_test].mean(), 1 - called[~y_test].mean()))
    return tuple(np.transpose(rates))


def _with_range(values):
    mean, (low, high) = values.mean(), np.quantile(values, [0.025, 0.975])
    return float(mean), float(min(low, mean)), float(max(high, mean))  # equal values differ by rounding
