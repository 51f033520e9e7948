"""The confidence explorer, moved from code over all of its range."""

import math

import pytest
import torch

from ganlab.objectives import Minimax, NonSaturating
from ganlab.widgets import ConfidenceExplorer, confidence_explorer


@pytest.fixture(scope="module")
def explorer():
    return ConfidenceExplorer()


def shown(explorer):
    return explorer.reading, explorer._png, explorer.sentence


def test_the_slider_changes_reading_picture_and_sentence(explorer):
    explorer.score.value = 0.0
    before = shown(explorer)
    explorer.score.value = -3.0
    assert all(a != b for a, b in zip(shown(explorer), before, strict=True))


@pytest.mark.parametrize("score", [-12.0, -4.6, -1.0, 0.0, 2.5, 6.0])
def test_reading_is_that_of_the_objectives_and_of_autograd(explorer, score):
    explorer.score.value = score
    for objective, name in ((Minimax(), "minimax"), (NonSaturating(), "non_saturating")):
        leaf = torch.tensor([score], dtype=torch.float64, requires_grad=True)
        loss = objective.generator_loss(leaf)
        loss.backward()
        assert explorer.reading[f"{name}_loss"] == pytest.approx(loss.item())
        assert explorer.reading[f"{name}_slope"] == pytest.approx(leaf.grad.item())
    assert explorer.reading["probability"] == pytest.approx(1 / (1 + math.exp(-score)))
    assert f"At a score of {score:.2f}" in explorer.sentence
    assert f"{explorer.reading['minimax_loss']:.3f}" in explorer.sentence


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (-math.log(100), "is 1/99.5 of the other"),  # the slider has steps of 0.05: -4.6
        (0.0, "is 1.0 times the other"),
        (3.0, "is 20.1 times the other"),
    ],
)
def test_the_ratio_is_said_in_words(explorer, score, words):
    explorer.score.value = round(score / 0.05) * 0.05
    assert words in explorer.sentence


def test_the_same_position_shows_the_same_thing_however_it_was_reached(explorer):
    explorer.score.value = 5.0
    explorer.score.value = -7.0
    assert shown(ConfidenceExplorer(score=-7.0)) == shown(explorer)


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(explorer, monkeypatch):
    explorer.score.value = 0.0

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(confidence_explorer, "plot_over_scores", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        explorer.score.value = 1.0


def test_without_a_front_end_it_is_a_picture_and_a_sentence(explorer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == explorer.sentence
