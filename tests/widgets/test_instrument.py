"""What every widget is, on one small enough to know by heart."""

import base64
import html.parser

import ipywidgets
import pytest

from ganlab.widgets.instrument import Instrument, menu, new_figure

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NASTY = "a <b>\"quoted\"</b> & 'odd' sentence"


@pytest.fixture
def instrument():
    dial = ipywidgets.IntSlider()
    shown = Instrument(dial)
    figure = new_figure(2, 1)
    figure.subplots().plot([1, 2])
    shown.show(figure, NASTY)
    return shown


class Tags(html.parser.HTMLParser):
    """Every tag with its attributes, and the text between them, as a browser reads it."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def test_a_sign_says_that_it_is_at_work_and_goes_when_it_is_done_or_failed(instrument):
    sign, seen = instrument.children[-3], []
    outer, inner = menu([0, 1], 0, "outer"), menu([0, 1], 0, "inner")
    sign.observe(lambda change: seen.append(Tags(change.new).text.strip()), "value")

    def move_the_other():
        inner.value = 1
        raise RuntimeError

    instrument.when_moved(lambda: seen.append("moved"), inner)
    instrument.when_moved(move_the_other, outer)
    with pytest.raises(RuntimeError):
        outer.value = 1
    assert seen == ["drawing …", "moved", ""]


def test_the_sentence_is_the_pictures_alternative_text_and_no_markup_of_it_survives(instrument):
    picture, words = (Tags(part.value) for part in instrument.children[-2:])
    ((tag, attributes),) = picture.tags
    assert tag == "img"
    assert attributes["alt"] == NASTY
    assert [tag for tag, _ in words.tags] == ["p"]
    assert words.text == NASTY
    assert words.tags[0][1]["aria-live"] == "polite"  # read aloud when it changes


def test_the_picture_is_the_png_at_twice_its_size(instrument):
    ((_, attributes),) = Tags(instrument.children[-2].value).tags
    png = base64.b64decode(attributes["src"].removeprefix("data:image/png;base64,"), validate=True)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (2 * 2 * 80, 2 * 1 * 80)
    assert "max-width:160px" in attributes["style"]
    assert base64.b64decode(instrument._repr_mimebundle_()["image/png"]) == png


def test_waiting_changes_the_words_and_not_the_picture(instrument):
    before = instrument.children[-2].value
    instrument.say("Playing <i>1,000</i> steps")
    assert Tags(instrument.children[-1].value).text == "Playing <i>1,000</i> steps"
    assert instrument.children[-2].value == before
    assert instrument.sentence == NASTY


def test_it_shows_its_controls_first_and_also_what_a_page_without_them_can_show(instrument, monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert isinstance(instrument.children[0], ipywidgets.IntSlider)
    bundle = instrument._repr_mimebundle_()
    assert bundle[WIDGET_VIEW]["model_id"] == instrument.model_id
    assert bundle["text/plain"] == NASTY
    assert "image/png" in bundle


def test_while_grading_there_is_a_picture_and_a_sentence_and_no_widget(instrument, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert set(instrument._repr_mimebundle_()) == {"image/png", "text/plain"}


def test_a_figure_belongs_to_no_window():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    new_figure(2, 1)
    assert plt.get_fignums() == before
