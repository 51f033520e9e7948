"""How steep either generator loss is at one raw score of a fake: minimax and non-saturating."""

import numpy as np
from scipy.special import expit

from ganlab.views import plot_over_scores
from ganlab.widgets.instrument import Instrument, new_figure, slider

SCORES = np.linspace(-12, 6, 361)


class ConfidenceExplorer(Instrument):
    """One fake, and a slider for the raw score that the discriminator gives it.

    Left, the two generator losses over the score; in the middle, their slopes; right, the size of both
    slopes on a logarithmic scale, where a fall by orders of magnitude can be read.

    Parameters
    ----------
    score : number in [-12, 6]
        Where the slider starts. 0 is a coin flip; far below it the discriminator is sure that the sample
        is fake.

    Attributes
    ----------
    score : ipywidgets.FloatSlider
        The control; set its ``value`` to move it from code.
    reading : dict
        At the present score: ``probability`` (D's, that the fake is real), ``minimax_loss``,
        ``non_saturating_loss`` (nats), ``minimax_slope`` and ``non_saturating_slope``.

    Examples
    --------
    >>> explorer = ConfidenceExplorer(score=0.0)
    >>> explorer.reading["minimax_slope"], explorer.reading["non_saturating_slope"]
    (-0.5, -0.5)
    """

    def __init__(self, score: float = 0.0):
        self.score = slider(-12, 6, 0.05, score, "score of the fake")
        super().__init__(self.score)
        self.when_moved(self.redraw, self.score)
        self.redraw()

    def redraw(self):
        """Compute and draw at the present score."""
        score = self.score.value
        self.reading = {"probability": float(expit(score))}
        for kind, curves in (("loss", _losses(score)), ("slope", _slopes(score))):
            for name, value in curves.items():
                self.reading[f"{name.replace('-', '_')}_{kind}"] = float(value)

        figure = new_figure(12, 3.4)
        sizes = {name: -slope for name, slope in _slopes(SCORES).items()}
        for axes, curves, quantity in zip(
            figure.subplots(1, 3),
            (_losses(SCORES), _slopes(SCORES), sizes),
            ("generator's loss (nats)", "slope of the loss (nats per unit)", "size of the slope, log scale"),
            strict=True,
        ):
            logarithmic = curves is sizes
            plot_over_scores(SCORES, curves, axes, here=score, quantity=quantity, logarithmic=logarithmic)
        self.show(figure, self._in_words())

    def _in_words(self):
        reading = self.reading
        ratio = reading["minimax_slope"] / reading["non_saturating_slope"]
        part = f"1/{1 / ratio:,.1f} of" if ratio < 1 else f"{ratio:,.1f} times"
        return (
            f"At a score of {self.score.value:.2f} the discriminator gives the fake a probability of "
            f"{reading['probability']:.2g} of being real. The minimax loss is {reading['minimax_loss']:.3f} "
            f"with slope {reading['minimax_slope']:.2g}; the non-saturating loss is "
            f"{reading['non_saturating_loss']:.3f} with slope {reading['non_saturating_slope']:.2g}. "
            f"The minimax slope is {part} the other."
        )


def _losses(scores):
    """log(1 - D) and -log D, of raw scores."""
    return {"minimax": -np.logaddexp(0, scores), "non-saturating": np.logaddexp(0, -scores)}


def _slopes(scores):
    """Of both losses in the raw score."""
    return {"minimax": -expit(scores), "non-saturating": -expit(-scores)}
