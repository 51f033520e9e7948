"""What every widget here is: controls, a picture that cannot flicker, and a sentence of text."""

import base64
import html
import io
import os

import ipywidgets
from matplotlib.figure import Figure

# How every control looks: its name in full, and room to drag.
WIDE = {"style": {"description_width": "120px"}, "layout": {"width": "min(440px, 100%)"}}


class Instrument(ipywidgets.VBox):
    """Controls above a figure and a sentence that says in words what the figure shows.

    A subclass passes its controls and calls :meth:`show` with a figure and a sentence. The figure is one
    image swapped whole, so it does not flicker, and its alternative text is the sentence. Where there is
    no front end (a headless run, a printed page, grading) the same figure and sentence are shown as they
    stand, without controls.
    """

    def __init__(self, *controls):
        self._picture = ipywidgets.HTML()
        self._words = ipywidgets.HTML()
        self._png = b""
        self.sentence = ""
        super().__init__([*controls, self._picture, self._words])
        self.add_class("ganlab-instrument")  # by which a style sheet, or a test in a browser, finds it

    def show(self, figure, sentence):
        """Replace the figure and the sentence below it."""
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=2 * figure.dpi)  # twice the size it is shown at: sharp screens
        self._png, self.sentence = file.getvalue(), sentence
        width, text = int(figure.get_figwidth() * figure.dpi), html.escape(sentence, quote=True)
        self._picture.value = (
            f'<img style="width:100%;max-width:{width}px" alt="{text}" '
            f'src="data:image/png;base64,{base64.b64encode(self._png).decode()}">'
        )
        self._words.value = f'<p aria-live="polite" style="max-width:{width}px">{text}</p>'

    def say(self, sentence):
        """Replace the sentence alone, to say what is being waited for."""
        self._words.value = f'<p aria-live="polite">{html.escape(sentence)}</p>'

    def _repr_mimebundle_(self, **kwargs):
        still = {"image/png": base64.b64encode(self._png).decode(), "text/plain": self.sentence}
        if "NBGRADER_EXECUTION" in os.environ:
            return still
        return {**(super()._repr_mimebundle_(**kwargs) or {}), **still}


def row(*controls):
    """Controls side by side, below each other where the window is narrow."""
    return ipywidgets.Box(controls, layout={"display": "flex", "flex_flow": "row wrap"})


def new_figure(width, height):
    """A figure that belongs to no window and to no notebook cell; sizes in inches.

    Its margins are fixed: matplotlib's automatic layouts draw everything twice, and a slider waits for it.
    """
    figure = Figure(figsize=(width, height), dpi=80)
    side = 0.75 / width
    figure.subplots_adjust(
        left=side, right=1 - side / 3, bottom=0.55 / height, top=1 - 0.15 / height, wspace=0.25
    )
    return figure
