"""Make the discriminator surer, and see what is left of either generator loss to go down."""

import ipywidgets
import numpy as np
from scipy.special import expit

from ganlab.views import plot_over_scores
from ganlab.widgets.instrument import WIDE, Instrument, new_figure, row

SCORES = np.linspace(-12, 6, 361)


class ConfidenceExplorer(Instrument):
    """One fake, and a slider for the raw score that the discriminator gives it.

    Left, the two generator losses over the score; in the middle, their slopes; right, the size of both
    slopes on a logarithmic scale, where a fall by orders of magnitude can be read.

    Parameters
    ----------
    score : number in [-12, 6]
        Where the slider starts. 0 is a coin flip; far below it the discriminator is sure that the sample
        is generated.

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

    def __init__(self, score=0.0):
        self.score = ipywidgets.FloatSlider(
            score, min=-12, max=6, step=0.05, description="score of the fake", **WIDE
        )
        super().__init__(row(self.score))
        self.score.observe(lambda change: self.redraw(), "value")
        self.redraw()

    def redraw(self):
        """Compute and draw at the present score."""
        score = self.score.value
        names = ("minimax_loss", "non_saturating_loss", "minimax_slope", "non_saturating_slope")
        self.reading = {"probability": float(expit(score))}
        self.reading |= {
            name: float(value) for name, value in zip(names, _losses_and_slopes(score), strict=True)
        }
        minimax, non_saturating, minimax_slope, non_saturating_slope = _losses_and_slopes(SCORES)
        figure = new_figure(12, 3.4)
        left, middle, right = figure.subplots(1, 3)
        labels = ("minimax", "non-saturating")
        for axes, curves, quantity, logarithmic in (
            (left, (minimax, non_saturating), "generator's loss (nats)", False),
            (middle, (minimax_slope, non_saturating_slope), "slope of the loss (nats per unit)", False),
            (right, (-minimax_slope, -non_saturating_slope), "size of the slope, log scale", True),
        ):
            curves = dict(zip(labels, curves, strict=True))
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


def _losses_and_slopes(scores):
    """log(1 - D), -log D, and the slope of each in the raw score."""
    scores = np.asarray(scores, dtype=float)
    return (
        -np.logaddexp(0, scores),
        np.logaddexp(0, -scores),
        -expit(scores),
        -expit(-scores),
    )
