"""The race of three objectives: fair, the same each time, and what it shows is what was played."""

import copy

import numpy as np
import pytest
import torch

from ganlab.diagnostics import generator_gradient_norms
from ganlab.theory import wasserstein1
from ganlab.training import Game, race, train
from ganlab.widgets import GradientRace, gradient_race
from ganlab.widgets.gradient_race import BATCH, DATA, DISCRIMINATOR_RATE, LANES, RATES, head_started


@pytest.fixture(autouse=True)
def short_races(monkeypatch):
    """Races of 20 steps, and none that another test has run."""
    monkeypatch.setattr(gradient_race, "STEPS", 20)
    monkeypatch.setattr(gradient_race, "_RACES", {})


def shown(view):
    return view.reading, view._png, view.sentence


def test_the_frame_changes_reading_picture_and_sentence_and_goes_back():
    view = GradientRace()
    start = shown(view)
    view.frame.value = 2
    assert all(a != b for a, b in zip(shown(view), start, strict=True))
    assert (start[0]["step"], view.reading["step"]) == (0, 20)
    for lane in LANES:
        assert f"{lane} {view.reading['norms'][lane]:.2g}" in view.sentence
        assert f"{lane} {view.reading['distances'][lane]:.2f}" in view.sentence
    view.frame.value = 0
    assert shown(view) == start


@pytest.mark.parametrize(("setting", "value"), [("head_start", 0), ("optimizer", "Adam")])
def test_every_setting_runs_another_race_and_the_old_one_is_only_looked_up(setting, value, monkeypatch):
    view = GradientRace()
    view.frame.value = 2
    before, old = shown(view), getattr(view, setting).value
    said = []
    monkeypatch.setattr(view, "say", said.append)
    getattr(view, setting).value = value
    assert all(a != b for a, b in zip(shown(view), before, strict=True))
    assert said == ["Playing three games of 20 steps …", view.sentence]
    monkeypatch.setattr(gradient_race, "raced", None)  # would fail if it were called
    getattr(view, setting).value = old
    assert shown(view) == before
    assert said[2:] == [view.sentence]


def test_all_lanes_start_from_the_same_place():
    reading = GradientRace(head_start=30).reading
    assert len(set(reading["distances"].values())) == 1
    # The head start was used: the discriminator is surer than a coin, and minimax pulls less.
    assert reading["norms"]["minimax"] < reading["norms"]["non-saturating"] / 5
    # Wasserstein's slope is 1, the sum of the other two: its gradient is the vector sum of theirs.
    assert reading["norms"]["Wasserstein"] <= reading["norms"]["minimax"] + reading["norms"]["non-saturating"]


def test_what_it_shows_is_the_game_that_train_plays_with_plain_descent():
    view = GradientRace(head_start=30, seed=3)
    view.frame.value = 2
    for name, objective in LANES.items():
        networks = head_started(30, 3)
        game = Game(*networks, objective, discriminator_learning_rate=DISCRIMINATOR_RATE)
        game.generator_optimizer = torch.optim.SGD(game.generator.parameters(), RATES["plain descent"])
        train(game, DATA, 20, batch_size=BATCH, seed=3, progress=False)
        norms = generator_gradient_norms(game, BATCH, seed=3, objectives=[objective])
        assert view.reading["norms"][name] == pytest.approx(float((norms**2).sum().iloc[0] ** 0.5), rel=1e-5)
        real, _ = gradient_race._real_and_floor(3)
        assert view.reading["distances"][name] == pytest.approx(
            wasserstein1(real, game.sample(gradient_race.SHOWN, seed=0)), rel=1e-5
        )


def test_with_adam_it_is_the_librarys_race():
    view = GradientRace(head_start=30, optimizer="Adam", seed=3)
    view.frame.value = 1
    settings = {"learning_rate": RATES["Adam"], "discriminator_learning_rate": DISCRIMINATOR_RATE}
    recordings = race(
        LANES,
        *head_started(30, 3),
        DATA,
        10,
        10,
        batch_size=BATCH,
        seed=3,
        progress=False,
        n_samples=300,
        **settings,
    )
    real, _ = gradient_race._real_and_floor(3)
    for name, recording in recordings.items():
        assert view.reading["distances"][name] == pytest.approx(
            wasserstein1(real, recording.samples[-1]), rel=1e-6
        )


def test_the_head_start_trains_the_discriminator_alone():
    for (fresh_g, fresh_d), (g, d) in [(head_started(0, 1), head_started(30, 1))]:
        assert all(torch.equal(a, b) for a, b in zip(fresh_g.parameters(), g.parameters(), strict=True))
        assert not all(torch.equal(a, b) for a, b in zip(fresh_d.parameters(), d.parameters(), strict=True))
        fake = g(torch.randn(500, 2, generator=torch.Generator().manual_seed(9)))
        caught = [(judge(fake) < 0).float().mean().item() for judge in (fresh_d, d)]
        assert caught[1] > 0.95, caught


def test_norms_have_one_row_per_frame_and_one_column_per_layer_in_their_order():
    clouds, norms = gradient_race.raced(30, "plain descent", 0)["minimax"]
    assert clouds.shape == (3, gradient_race.SHOWN, 2)
    assert norms.shape == (3, 3)
    networks = head_started(30, 0)
    game = Game(*copy.deepcopy(networks), LANES["minimax"])
    by_layer = generator_gradient_norms(game, BATCH, seed=0, objectives=[LANES["minimax"]])
    np.testing.assert_allclose(norms[0], by_layer.to_numpy()[:, 0], rtol=1e-5)


def test_an_error_in_the_race_reaches_whoever_moved_the_slider(monkeypatch):
    view = GradientRace()

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(gradient_race, "plot_layer_norms", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        view.frame.value = 1


def test_without_a_front_end_it_is_a_picture_and_a_sentence(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    view = GradientRace()
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == view.sentence
    assert view.sentence.startswith("After 0 steps of plain descent")
