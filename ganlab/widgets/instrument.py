"""What every widget here is: controls, a picture that cannot flicker, and a sentence of text."""

import base64
import html
import io
import os
from pathlib import Path

import anywidget
import ipywidgets
from matplotlib.figure import Figure

# One line of one height, so that nothing jumps; readers of screens are told the new sentence instead.
READY, AT_WORK = (
    f'<span aria-hidden="true" style="color:#555">{words}</span>' for words in ("&nbsp;", "drawing …")
)
# How every control looks: its name in full, and room to drag.
WIDE = {"style": {"description_width": "120px"}, "layout": {"width": "min(440px, 100%)"}}


class Still:
    """What a widget is where there is no front end: a figure and a sentence. A subclass draws `_still`."""

    def _repr_mimebundle_(self, **kwargs):
        still = {"image/png": base64.b64encode(self._as_png()).decode(), "text/plain": self.sentence}
        if "NBGRADER_EXECUTION" in os.environ:
            return still
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        if isinstance(bundle, tuple):  # with metadata
            return {**bundle[0], **still}, bundle[1]
        return {**bundle, **still}

    def _as_png(self):
        return as_png(self._still())


class Instrument(Still, ipywidgets.VBox):
    """Controls above a figure and a sentence that says in words what the figure shows.

    A subclass passes rows of controls (a control, or several side by side), calls :meth:`when_moved`, and
    in its `redraw` :meth:`show` with a figure and a sentence. The figure is one image swapped whole, so it
    does not flicker, and its alternative text is the sentence. Where there is no front end (a headless run,
    a printed page, grading) the same figure and sentence are shown as they stand, without controls.
    """

    def __init__(self, *rows):
        self._picture = ipywidgets.HTML()
        self._words = ipywidgets.HTML()
        self._sign = ipywidgets.HTML(READY)
        self._png, self._width = b"", 0
        self.sentence = ""
        rows = (_side_by_side(row) if isinstance(row, tuple) else row for row in rows)
        super().__init__([*rows, SliderNames(), self._sign, self._picture, self._words])
        self.add_class("ganlab-instrument")  # by which a style sheet, or a test in a browser, finds it

    def when_moved(self, react, *controls):
        """Call `react` whenever one of the controls has a new value, with a sign that it is at work."""

        for control in controls:
            control.observe(lambda change: self.at_work(react), "value")

    def at_work(self, react):
        """Call `react`, with a sign that it is at work."""
        before, self._sign.value = self._sign.value, AT_WORK
        try:
            react()
        finally:
            self._sign.value = before  # one control may move another

    def show(self, figure, sentence):
        """Replace the figure and the sentence below it."""
        self.show_figure(figure, sentence)
        self.say(sentence)

    def show_figure(self, figure, sentence):
        """Replace the figure and its alternative text, and leave it to :meth:`say` to read that aloud."""
        self._png, self._width = as_png(figure), int(figure.get_figwidth() * figure.dpi)
        self.describe(sentence)

    def describe(self, sentence):
        """Give the figure that is shown another alternative text."""
        self.sentence = sentence
        self._picture.value = (
            f'<img style="width:100%;max-width:{self._width}px" alt="{html.escape(sentence, quote=True)}" '
            f'src="data:image/png;base64,{base64.b64encode(self._png).decode()}">'
        )

    def say(self, sentence):
        """Replace the words below the figure alone, to say what is being waited for."""
        width = f' style="max-width:{self._width}px"' if self._width else ""
        self._words.value = f'<p aria-live="polite"{width}>{html.escape(sentence, quote=True)}</p>'

    def _as_png(self):
        return self._png


class SliderNames(anywidget.AnyWidget):
    """Nothing to be seen: tells readers of screens the names and values of the sliders beside it."""

    _esm = Path(__file__).with_name("slider_names.js")

    def __init__(self):
        super().__init__(layout={"display": "none"})


def as_png(figure):
    """The figure at twice the size it is shown at, for sharp screens.

    Pillow's usual level of compression, 6, takes 15 to 30 ms more, for a file less than a tenth smaller.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=2 * figure.dpi, pil_kwargs={"compress_level": 3})
    return file.getvalue()


def menu(options, value, description):
    """A control that takes one of several words."""
    return ipywidgets.Dropdown(options=list(options), value=value, description=description, **WIDE)


def stops(options, value, description):
    """A slider that stops at the values given only."""
    return ipywidgets.SelectionSlider(options=list(options), value=value, description=description, **WIDE)


def slider(low, high, step, value, description, **settings):
    """A slider from low to high; of whole numbers where the step is one."""
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=description, **WIDE, **settings)


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


def _side_by_side(controls):
    """A row of controls, below each other where the window is narrow."""
    return ipywidgets.Box(controls, layout={"display": "flex", "flex_flow": "row wrap"})
