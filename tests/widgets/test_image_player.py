"""The image player: the lesion game in moves, what is measured of it, and how it is played in a notebook."""

import html
import itertools
import math

import numpy as np
import pytest
import torch
from playing import play_in_a_notebook, until

from ganlab.data import simulate_lesions
from ganlab.models import image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.seeding import one_thread, seeded_rng
from ganlab.training import Game, play
from ganlab.widgets import GamePlayer, ImagePlayer
from ganlab.widgets.player import image_player, in_background, lesion_game
from ganlab.widgets.player.lesion_game import LesionGame, Measured, measured, real_lesions

QUICK = {"batch": 16}
SEEN = ("reading", "sentence", "_png")
PLAYERS = ("discriminator", "generator")


@pytest.fixture
def player():
    return ImagePlayer(**QUICK)


@pytest.fixture
def unmeasured(monkeypatch):
    """Where only the game is asked after: to measure takes ten times as long as a step."""
    real_lesions()
    monkeypatch.setattr(lesion_game, "measured", lambda images: Measured(np.array([0, 0, 0, 200]), 0.5, 0.5))


def shown(player):
    return {name: getattr(player, name) for name in SEEN}


def button(player, name):
    (found,) = (child for child in player.children[0].children if getattr(child, "description", "") == name)
    return found


# The game


def test_it_is_the_recorded_game_as_play_plays_it():
    live = LesionGame(
        seed=3, batch=16, objective="non-saturating", generator_rate=2e-3, discriminator_rate=2e-3
    )
    game = Game(
        image_generator(latent_dim=64, width=8, seed=3),
        image_discriminator(width=8, seed=10_003),
        NonSaturating(),
        learning_rate=2e-3,
    )
    rng = seeded_rng(5)
    records = play(game, game.real_batches(simulate_lesions(2000, seed=0), 16, rng), rng)
    with one_thread():
        for record in itertools.islice(records, 4):
            live.step()
            assert live.rows[-1][:2] == (record.discriminator_loss, record.generator_loss)
        assert torch.equal(live.look()[:8], game.sample(lesion_game.MEASURED, seed=1)[:8])


def test_the_bands_hold_fresh_real_lesions_and_neither_noise_nor_one_lesion_for_all():
    real = real_lesions()
    assert real.shares.sum() == pytest.approx(1)
    fresh = simulate_lesions(lesion_game.MEASURED, seed=9).to_tensor()
    sample = measured(fresh)
    # Of 200 lesions a fifth either way is more than four standard deviations.
    assert np.abs(sample.counts / 200 - real.shares).max() < 0.2
    for name in ("precision", "recall"):
        low, high = getattr(real, name)
        assert 0.9 < low <= high <= 1
        # As wide as four samples are; a standard deviation of one share is at most 0.02 here.
        assert low - 0.05 < getattr(sample, name) < high + 0.05
    rng = seeded_rng(0)
    noise = torch.rand(fresh.shape, generator=rng) * 2 - 1
    assert measured(noise).precision < 0.5 < real.precision[0]
    same = fresh[:1] + 0.01 * torch.randn(fresh.shape, generator=rng)
    assert measured(same).recall < 0.5 < real.recall[0]


# The player


@pytest.mark.usefixtures("unmeasured")
def test_the_same_seed_gives_the_same_game_and_reset_begins_it_again():
    player = ImagePlayer(**QUICK)
    start = shown(player)
    player.step(3)
    played = shown(player)
    assert played != start
    player.reset()
    assert shown(player) == start
    player.step(1)
    player.step(2)  # in whatever portions
    assert player.reading == played["reading"]
    assert player._live.rows == rows_of(ImagePlayer(**QUICK), 3)
    player.seed.value = 1
    assert player.reading["step"] == 0
    assert player._live.rows == []
    player.step(3)
    assert player._live.rows == rows_of(ImagePlayer(seed=1, **QUICK), 3) != rows_of(ImagePlayer(**QUICK), 3)


def rows_of(player, steps):
    player.step(steps)
    return player._live.rows


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    ("name", "moved"), [("Step D", ("discriminator",)), ("Step G", ("generator",)), ("Step both", PLAYERS)]
)
def test_a_button_moves_whom_it_names(player, name, moved):
    before = {who: weights(player, who) for who in PLAYERS}
    button(player, name).click()
    assert tuple(who for who in PLAYERS if not torch.equal(weights(player, who), before[who])) == moved
    lengths = player.reading["gradients"]
    assert tuple(who for who in PLAYERS if not math.isnan(lengths[who])) == moved
    assert player.reading["step"] == 1
    assert player.sentence.startswith("Paused. After 1 steps an oracle sees in 200 fakes: ")
    assert player.sentence.count("did not move") == 2 - len(moved)
    button(player, "Reset").click()
    assert player.reading["step"] == 0
    assert all(torch.equal(weights(player, who), before[who]) for who in PLAYERS)


def weights(player, who):
    return torch.cat([part.detach().flatten() for part in getattr(player._live.game, who).parameters()])


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("objective", "least squares"),
        ("generator_rate", 1e-4),
        ("discriminator_rate", 1e-4),
        ("batch", 32),
    ],
)
def test_a_setting_changed_on_the_way_changes_what_follows_and_nothing_before(player, setting, value):
    player.step(2)
    before, said = [*player._live.rows], player.sentence
    getattr(player, setting).value = value
    assert player._live.rows == before
    assert player.sentence != said
    assert player.sentence in html.unescape(player._picture.value)
    player.step(2)
    assert player._live.rows != rows_of(ImagePlayer(**QUICK), 4)
    assert player._live.rows[:2] == before


def test_many_steps_are_measured_on_the_way(player, monkeypatch):
    monkeypatch.setattr(image_player, "EVERY", 2)
    player.step(5)
    assert sorted(player._live.shares) == [0, 2, 4, 5]
    assert player.reading["counts"] == dict(
        zip(["homogeneous", "rim-enhancing", "speckled", "none of these"], measured_now(player), strict=True)
    )


def measured_now(player):
    return measured(player._live.game.sample(200, seed=1)).counts.tolist()


@pytest.mark.usefixtures("unmeasured")
def test_absurd_rates_end_in_a_stop_that_says_why_and_reset_gets_out_of_it(player):
    player.step(1)
    player.generator_rate.value = player.discriminator_rate.value = 10.0
    player.step(30)
    assert player.sentence.startswith("Stopped: ")
    assert "Choose smaller learning rates, then reset. Before that: After 1 steps" in player.sentence
    steps = player._live.steps
    player.step()
    assert player._live.steps == steps
    player.generator_rate.value = player.discriminator_rate.value = 1e-3
    player.reset()
    player.step(2)
    assert player.sentence.startswith("Paused. After 2 steps")


def test_fakes_that_are_no_numbers_are_a_stop_and_the_picture_stays(player):
    player.step(1)
    with torch.no_grad():
        next(player._live.game.generator.parameters()).fill_(math.nan)
    player._live.shares.clear()
    player._show()
    assert player.sentence.startswith("Stopped: the fakes became NaN or infinite after 1 steps. ")
    assert np.isfinite(player._fakes.numpy()).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            {"objective": "hinge loss"},
            "objective must be one of non-saturating, minimax, .*; got 'hinge loss'",
        ),
        ({"batch": 33}, "batch must be one of 16, 32, 64, 128; got 33"),
        ({"generator_rate": 0.5}, "generator_rate must be one of 0.0001, "),
        ({"depth": 3}, "ImagePlayer has no setting 'depth'; it has objective, generator_rate, "),
        ({"seed": -1}, "seed must be a whole number from 0 to 2147483648; got -1"),
        ({"seed": 0.5}, "seed must be a whole number"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_a_sentence(wrong, words):
    with pytest.raises(ValueError, match=words):
        ImagePlayer(**wrong)


def test_who_cannot_move_is_refused_and_outside_a_notebook_nothing_plays_on(player):
    with pytest.raises(ValueError, match="player must be 'both', 'discriminator' or 'generator'; got 'me'"):
        player.step(player="me")
    with pytest.raises(RuntimeError, match="step\\(n\\) plays n steps"):
        player.start()


def test_without_a_front_end_it_is_a_picture_and_a_sentence(player, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    bundle = player._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == player.sentence
    monkeypatch.delenv("NBGRADER_EXECUTION")
    both = player._repr_mimebundle_()
    assert both["application/vnd.jupyter.widget-view+json"]["model_id"] == player.model_id


def test_a_gallery_shows_the_first_images_row_by_row():
    images = torch.arange(40.0).reshape(40, 1, 1, 1).expand(40, 1, 2, 2)
    gallery = image_player._gallery(images)
    assert gallery[::3, ::3].tolist() == np.arange(32.0).reshape(4, 8).tolist()
    assert (gallery[2] == 1).all()  # a white line


# Playing


def in_a_notebook(script):
    play_in_a_notebook(lambda: ImagePlayer(**QUICK), script)


@pytest.mark.usefixtures("unmeasured")
def test_it_plays_between_redraws_and_two_of_them_are_on_the_way(monkeypatch):
    monkeypatch.setattr(image_player, "BETWEEN_REDRAWS", 0.05)

    async def script(player):
        button(player, "Play").click()
        assert player.playing
        assert button(player, "Pause")
        first, sent = player._frames_sent, []
        player._watched.observe(lambda change: sent.append((change.new, player._live.steps)), "number")
        await until(lambda: len(sent) == 2)
        steps = player._live.steps
        await until(lambda: player._live.steps > steps + 5)
        assert [number for number, _ in sent] == [first + 1, first + 2]  # and none waits behind them
        player._watched._handle_custom_msg(first + 1, [])
        await until(lambda: len(sent) == 3)
        # A redraw takes longer than the play between two, and still there is play.
        assert sent[0][1] < sent[1][1] < sent[2][1]
        button(player, "Pause").click()
        assert not player.playing
        assert player.sentence.startswith(f"Paused. After {player._live.steps} steps")
        assert button(player, "Play")

    in_a_notebook(script)


@pytest.mark.usefixtures("unmeasured")
def test_leaving_it_pauses_it(monkeypatch):
    monkeypatch.setattr(in_background, "UNSEEN", 0.05)

    async def script(player):
        player.start()
        await until(lambda: not player.playing)
        assert player.sentence.startswith("Paused: nobody has looked for a while. After ")

    in_a_notebook(script)


@pytest.mark.usefixtures("unmeasured")
def test_starting_a_game_in_the_plane_pauses_it_and_a_setting_does_not():
    async def script(player):
        player.start()
        player.batch.value = 32
        assert player.playing
        assert "batch 32" in player.sentence
        other = GamePlayer(generator_width=14, discriminator_width=11, batch=50)
        other.start()
        assert (player.playing, other.playing) == (False, True)
        assert player.sentence.startswith("Paused: another game was started.")
        other.close()

    in_a_notebook(script)
