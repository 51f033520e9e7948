"""The training loop: repeatable, equal to a loop written by hand, and well-mannered when it stops."""

import functools
import itertools
import math
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from ganlab.data import gaussian_1d, ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import Minimax, NonSaturating
from ganlab.seeding import seeded_rng
from ganlab.training import Game, History, NonFiniteLoss, play, train
from ganlab.training.batches import real_batches


def small_game(objective=None, data_dim=2, seed=0, **settings):
    networks = (
        mlp_generator(data_dim=data_dim, width=8, seed=seed),
        mlp_discriminator(data_dim=data_dim, width=8, seed=seed + 1),
    )
    return Game(*networks, objective or NonSaturating(), **settings)


def weights(*players):
    return torch.cat([p.detach().flatten() for player in players for p in player.parameters()])


def run(steps=5, seed=3, data=None, game=None, **settings):
    game = game or small_game()
    data = ring() if data is None else data
    history = train(game, data, steps, batch_size=16, seed=seed, progress=False, **settings)
    return game, history


def without_seconds(history):
    return [record[:-1] for record in history]


# Repeatable


@pytest.mark.parametrize("data", [ring(), torch.randn(50, 2, generator=torch.Generator().manual_seed(0))])
def test_the_same_seed_gives_the_same_run_bit_for_bit(data):
    first, again, other = (run(seed=seed, data=data) for seed in (3, 3, 4))
    assert without_seconds(first[1]) == without_seconds(again[1])
    assert torch.equal(weights(first[0].generator), weights(again[0].generator))
    assert torch.equal(weights(first[0].discriminator), weights(again[0].discriminator))
    assert without_seconds(first[1]) != without_seconds(other[1])


def test_the_run_does_not_depend_on_the_global_random_state_nor_change_it():
    histories = []
    for state in (0, 1):
        torch.manual_seed(state)
        before = torch.get_rng_state()
        histories.append(without_seconds(run()[1]))
        assert torch.equal(torch.get_rng_state(), before)
    assert histories[0] == histories[1]


def test_without_a_seed_two_runs_differ():
    assert without_seconds(run(seed=None)[1]) != without_seconds(run(seed=None)[1])


@pytest.mark.parametrize("data", [ring(), torch.randn(50, 2, generator=torch.Generator().manual_seed(0))])
def test_train_is_play_from_the_first_batch_on(data):
    """The batch that the shapes were checked on is played, and not lost."""
    game, rng = small_game(), seeded_rng(3)
    records = list(itertools.islice(play(game, real_batches(data, 16, rng), rng), 5))
    assert without_seconds(run(seed=3, data=data)[1]) == without_seconds(records)


def test_a_longer_run_begins_like_a_shorter_one():
    assert without_seconds(run(steps=8)[1])[:5] == without_seconds(run(steps=5)[1])


# The same as by hand


def losses_by_hand(name, real_scores, fake_scores):
    d = softplus(-real_scores).mean() + softplus(fake_scores).mean()
    g = -softplus(fake_scores).mean() if name == "minimax" else softplus(-fake_scores).mean()
    return d, g


@pytest.mark.parametrize("discriminator_steps", [1, 3])
@pytest.mark.parametrize(("name", "objective"), [("minimax", Minimax()), ("non-saturating", NonSaturating())])
def test_the_loop_equals_one_written_by_hand(name, objective, discriminator_steps):
    """zero_grad, backward and step, as in any tutorial; the latent points drawn in the same order."""
    adam = functools.partial(torch.optim.Adam, betas=(0.4, 0.99))
    settings = {"learning_rate": 2e-3, "discriminator_learning_rate": 5e-3, "optimizer": adam}
    batches = torch.randn(4 * discriminator_steps, 16, 2, generator=torch.Generator().manual_seed(1))
    game = small_game(objective, discriminator_steps=discriminator_steps, **settings)
    records = list(itertools.islice(play(game, iter(batches), torch.Generator().manual_seed(7)), 4))

    g, d = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    optimizer_g, optimizer_d = adam(g.parameters(), lr=2e-3), adam(d.parameters(), lr=5e-3)
    rng, supply = torch.Generator().manual_seed(7), iter(batches)
    for record in records:
        for _ in range(discriminator_steps):
            real, latent = next(supply), torch.randn(16, 2, generator=rng)
            real_scores, fake_scores = d(real), d(g(latent).detach())
            loss_d, _ = losses_by_hand(name, real_scores, fake_scores)
            optimizer_d.zero_grad()
            loss_d.backward()
            optimizer_d.step()
        _, loss_g = losses_by_hand(name, real_scores, d(g(latent)))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()

        assert record.discriminator_loss == pytest.approx(loss_d.item(), abs=1e-5)
        assert record.generator_loss == pytest.approx(loss_g.item(), abs=1e-5)
        assert record.real_score == pytest.approx(real_scores.mean().item(), abs=1e-5)
        assert record.fake_score == pytest.approx(fake_scores.mean().item(), abs=1e-5)
        hits = (real_scores > 0).sum() + (fake_scores < 0).sum()
        assert record.accuracy == pytest.approx(hits.item() / 32, abs=1e-6)
    torch.testing.assert_close(weights(game.generator), weights(g), rtol=0, atol=1e-5)
    torch.testing.assert_close(weights(game.discriminator), weights(d), rtol=0, atol=1e-5)


class Counting(NonSaturating):
    """Remembers which player was asked for, in order."""

    def __init__(self):
        self.asked = ""

    def discriminator_loss(self, real_scores, fake_scores):
        self.asked += "D"
        return super().discriminator_loss(real_scores, fake_scores)

    def generator_loss(self, fake_scores):
        self.asked += "G"
        return super().generator_loss(fake_scores)


@pytest.mark.parametrize("discriminator_steps", [1, 4])
def test_a_step_is_so_many_discriminator_updates_and_one_of_the_generator(discriminator_steps):
    objective = Counting()
    _, history = run(steps=3, game=small_game(objective, discriminator_steps=discriminator_steps))
    assert objective.asked == ("D" * discriminator_steps + "G") * 3
    assert len(history) == 3


def test_the_discriminators_loss_has_no_way_back_to_the_generator():
    """However an objective or an optimizer takes its gradient, none may reach G in D's step."""

    class Tracing(NonSaturating):
        reached = ()

        def discriminator_loss(self, real_scores, fake_scores):
            self.reached += torch.autograd.grad(
                fake_scores.sum(), list(game.generator.parameters()), allow_unused=True, retain_graph=True
            )
            return super().discriminator_loss(real_scores, fake_scores)

    objective = Tracing()
    game = small_game(objective)
    run(steps=2, game=game)
    assert len(objective.reached) == 2 * len(list(game.generator.parameters()))
    assert all(gradient is None for gradient in objective.reached)


def test_accuracy_by_hand():
    """A discriminator whose score is the first coordinate, reals on the right and fakes on the left."""

    class FirstCoordinate(nn.Module):
        def __init__(self, sign):
            super().__init__()
            self.sign, self.nothing = sign, nn.Parameter(torch.zeros(1))

        def forward(self, samples):
            return self.sign * samples[:, 0] + self.nothing

    class Left(nn.Module):
        latent_dim = 1

        def __init__(self):
            super().__init__()
            self.nothing = nn.Parameter(torch.zeros(1))

        def forward(self, latent):
            return -2 + 0 * latent + self.nothing

    three_of_four = torch.tensor([[3.0], [1.0], [1.0], [-3.0]])
    for sign, accuracy, real_score, fake_score in ((1, 7 / 8, 0.5, -2.0), (-1, 1 / 8, -0.5, 2.0)):
        game = Game(Left(), FirstCoordinate(sign), Minimax())
        record = train(game, three_of_four, 1, batch_size=4, seed=0, progress=False)[0]
        assert record.accuracy == pytest.approx(accuracy)
        assert (record.real_score, record.fake_score) == pytest.approx((real_score, fake_score))


# Callbacks


def test_callbacks_see_every_step_in_order_and_the_game_as_it_then_is():
    calls = []
    game = small_game()
    seen = []

    def first(played, record):
        assert played is game
        calls.append(("first", record.step))
        seen.append(weights(played.generator))

    def second(played, record):
        calls.append(("second", record.step))

    _, history = run(steps=3, game=game, callbacks=iter([first, second]))
    assert calls == [(name, step) for step in (1, 2, 3) for name in ("first", "second")]
    assert len({tuple(w.tolist()) for w in seen}) == 3
    assert torch.equal(seen[-1], weights(game.generator))
    assert history.step.tolist() == [1, 2, 3]


def test_an_error_in_a_callback_reaches_the_caller():
    def broken(game, record):
        raise LookupError("the callback is broken")

    with pytest.raises(LookupError, match="the callback is broken"):
        run(callbacks=[broken])


# Stopping by hand


def test_ctrl_c_returns_the_steps_done_and_leaves_the_game_as_it_was():
    last = {}

    def stop_at_four(game, record):
        last["weights"] = weights(game.generator, game.discriminator)
        if record.step == 4:
            raise KeyboardInterrupt

    game, history = run(steps=100, callbacks=[stop_at_four])
    assert history.step.tolist() == [1, 2, 3, 4]
    assert history.stopped_by == "keyboard"
    assert "stopped by keyboard" in repr(history)
    assert torch.equal(weights(game.generator, game.discriminator), last["weights"])
    assert run()[1].stopped_by is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_a_real_ctrl_c_keeps_what_was_done():
    program = """
        import signal

        import torch
        from ganlab.data import ring
        from ganlab.models import mlp_discriminator, mlp_generator
        from ganlab.objectives import Minimax
        from ganlab.training import Game, train

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

        def tell(game, record):
            if record.step == 3:
                print("playing", flush=True)

        game = Game(mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1), Minimax())
        history = train(game, ring(), 10**8, batch_size=8, seed=0, callbacks=[tell])
        same = history.step.tolist() == list(range(1, len(history) + 1))
        print(history.stopped_by, len(history) >= 3, same, bool(torch.isfinite(game.sample(9)).all()))
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout.readline() == "playing\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=600)
    finally:
        child.kill()
    assert (out, err, child.returncode) == ("keyboard True True True\n", "", 0)


# Blowing up


class Poisoned(NonSaturating):
    """NaN in one player's loss from its k-th evaluation on."""

    def __init__(self, player, k):
        self.player, self.k, self.evaluations = player, k, 0

    def _poison(self, player, loss):
        self.evaluations += player == self.player
        return loss * math.nan if player == self.player and self.evaluations >= self.k else loss

    def discriminator_loss(self, real_scores, fake_scores):
        return self._poison("discriminator", super().discriminator_loss(real_scores, fake_scores))

    def generator_loss(self, fake_scores):
        return self._poison("generator", super().generator_loss(fake_scores))


@pytest.mark.parametrize("player", ["generator", "discriminator"])
@pytest.mark.parametrize("k", [1, 7])
def test_a_loss_that_is_no_number_stops_the_run_and_names_step_and_player(player, k):
    game, reference = small_game(Poisoned(player, k)), small_game()
    with pytest.raises(
        NonFiniteLoss, match=rf"the {player}'s loss became NaN .* step {k}\..*after step 0\."
    ) as e:
        run(steps=20, game=game)
    assert (e.value.step, e.value.player, e.value.good_step) == (k, player, 0)
    assert e.value.history.step.tolist() == list(range(1, k))
    # Put back to where it started.
    assert torch.equal(
        weights(game.generator, game.discriminator), weights(reference.generator, reference.discriminator)
    )


def test_a_generator_that_goes_nan_is_put_back_to_the_last_safe_step():
    safe = {}

    def break_generator(game, record):
        if record.step == 100:
            safe["weights"] = weights(game.generator, game.discriminator)
        if record.step == 130:
            with torch.no_grad():
                next(game.generator.parameters()).fill_(math.nan)

    game = small_game()
    with pytest.raises(NonFiniteLoss) as e:
        run(steps=200, game=game, callbacks=[break_generator])
    # Generated samples that are NaN first show in the discriminator's loss, one step later.
    assert (e.value.step, e.value.player, e.value.good_step) == (131, "discriminator", 100)
    assert len(e.value.history) == 130
    assert isinstance(e.value.history, History)
    assert torch.equal(weights(game.generator, game.discriminator), safe["weights"])
    assert "after step 100" in str(e.value)
    assert torch.isfinite(game.sample(5)).all()
    run(steps=3, game=game)  # and it plays on, so the optimizers are whole as well


def test_a_state_with_nan_in_it_is_never_taken_for_a_good_one():
    def break_generator(game, record):
        if record.step == 200:
            with torch.no_grad():
                next(game.generator.parameters()).fill_(math.nan)

    game = small_game()
    with pytest.raises(NonFiniteLoss) as e:
        run(steps=300, game=game, callbacks=[break_generator])
    assert (e.value.step, e.value.good_step) == (201, 100)
    assert torch.isfinite(weights(game.generator)).all()


def test_a_learning_rate_that_explodes_ends_in_the_same_way():
    game = small_game(learning_rate=1e30)
    with pytest.raises(NonFiniteLoss, match="smaller learning_rate"):
        run(steps=20, game=game)
    assert torch.isfinite(weights(game.generator, game.discriminator)).all()


# Refused before the first step


def never(game, record):
    raise AssertionError("a step was played")


@pytest.mark.parametrize(
    ("data", "steps", "batch_size", "message"),
    [
        (torch.zeros(40, 3), 5, 16, r"generator makes samples of shape \(2,\), but .* have shape \(3,\)"),
        (gaussian_1d(), 5, 16, r"generator makes samples of shape \(2,\), but .* have shape \(1,\)"),
        (torch.zeros(40), 5, 16, r"generator makes samples of shape \(2,\), but .* have shape \(1,\)"),
        (torch.zeros(40, 2, 2), 5, 16, r"shape \(2,\), but .* have shape \(2, 2\)"),
        (torch.zeros(10, 2), 5, 16, r"batch_size is 16 but data has only 10 samples; use a batch_size of 10"),
        (torch.zeros(0, 2), 5, 16, "data is empty .*expected at least one sample"),
        ([], 5, 16, "data is empty"),
        (3.0, 5, 16, "data is .*a single number"),
        ("ring", 5, 16, "data must hold numbers"),
        (torch.full((40, 2), math.nan), 5, 16, "data must be finite; 80 of its values"),
        (np.array([[1.0, np.inf]] * 40), 5, 16, r"data must be finite.* index \(0, 1\)"),
        (ring(), 0, 16, "^steps must be a whole number of 1 or more; got 0"),
        (ring(), 2.5, 16, "^steps must be a whole number of 1 or more; got 2.5"),
        (ring(), "5", 16, "^steps must be a whole number of 1 or more; got '5'"),
        (ring(), 5, 0, "^batch_size must be a whole number of 1 or more; got 0"),
        (torch.zeros(40, 2), 5, -1, "^batch_size must be a whole number of 1 or more; got -1"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(data, steps, batch_size, message):
    game = small_game()
    before = weights(game.generator, game.discriminator)
    with pytest.raises(ValueError, match=message):
        train(game, data, steps, batch_size=batch_size, seed=0, callbacks=[never], progress=False)
    assert torch.equal(weights(game.generator, game.discriminator), before)


def test_a_discriminator_for_other_samples_is_refused():
    game = Game(mlp_generator(width=8), mlp_discriminator(data_dim=3, width=8), Minimax())
    with pytest.raises(ValueError, match=r"discriminator does not accept samples of shape \(2,\)"):
        run(game=game, callbacks=[never])


def test_a_discriminator_with_a_trailing_axis_is_refused():
    """Scores of shape (n, 1) are the classic silent broadcast."""
    game = Game(mlp_generator(width=8), nn.Linear(2, 1), Minimax())
    with pytest.raises(ValueError, match=r"one raw score per sample, shape \(16,\); it gave \(16, 1\)"):
        run(game=game, callbacks=[never])


def test_a_generator_that_does_not_take_its_own_latent_points_is_refused():
    game = small_game()
    game.generator.latent_dim = 5
    with pytest.raises(ValueError, match=r"generator does not accept latent points of shape \(5,\)"):
        run(game=game, callbacks=[never])


# Progress


def test_nothing_is_printed_where_nobody_can_see_a_bar(capfd):
    train(small_game(), ring(), 5, batch_size=16, seed=0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (False, False)])
def test_a_terminal_gets_a_bar_if_it_is_wanted(progress, shown, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    train(small_game(), ring(), 5, batch_size=16, seed=0, progress=progress)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("training: 100%" in err and "5/5" in err) == shown
    assert bool(err) == shown


# Data


def test_points_on_a_line_become_rows():
    for data in (gaussian_1d(2.0, 0.5), [0.5, 1.5, 2.5] * 10, np.arange(40)):
        _, history = run(data=data, game=small_game(data_dim=1))
        assert len(history) == 5


def test_a_distribution_in_double_precision_is_played_in_the_networks_precision():
    two = torch.zeros(2, dtype=torch.float64)
    _, history = run(data=torch.distributions.MultivariateNormal(two, torch.eye(2, dtype=torch.float64)))
    assert len(history) == 5
