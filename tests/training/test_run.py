"""A run in progress: parts add up to the whole, and nothing about it depends on who else is there."""

import inspect
import itertools
import math
import os
import subprocess
import sys
import textwrap

import pytest
import torch
from torch import nn

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    LeastSquares,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.seeding import isolated_randomness
from ganlab.training import Game, NonFiniteLoss, play, train
from ganlab.training.train import Run

TABLE = torch.randn(70, 2, generator=torch.Generator().manual_seed(0))


def small_game(objective=None, **settings):
    networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    return Game(*networks, objective or NonSaturating(), **settings)


def weights(*players):
    return torch.cat([p.detach().flatten() for player in players for p in player.parameters()])


def numbers(history):
    return [repr(record[:6]) for record in history]


def test_the_loop_fits_on_one_screen():
    """Module 01 prints it: 50 lines of 110 columns are what a lecture hall can read."""
    lines = inspect.getsource(play).splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("data", [ring(), TABLE], ids=["distribution", "table"])
def test_a_run_in_parts_is_the_run_as_a_whole(data):
    whole = small_game()
    history = train(whole, data, 11, batch_size=16, seed=3, progress=False)
    run = Run(small_game(), data, batch_size=16, seed=3)
    parts = [run.train(steps, progress=False) for steps in (1, 4, 6)]
    assert [part.step.tolist() for part in parts] == [[1], [2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert numbers(run.history) == numbers(history)
    assert (run.step, run.batch_size) == (11, 16)
    assert torch.equal(weights(run.game.generator), weights(whole.generator))
    assert (torch.tensor(run.history.seconds).diff() > 0).all()


def test_what_is_drawn_globally_in_a_student_network_follows_the_seed_too():
    def dropping():
        with isolated_randomness(0):
            g = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
        g.latent_dim = 2
        return Game(g, mlp_discriminator(width=8, seed=1), NonSaturating())

    runs = []
    for state, seed in ((0, 3), (1, 3), (0, 4)):
        torch.manual_seed(state)
        before = torch.get_rng_state()
        runs.append(numbers(train(dropping(), TABLE, 5, batch_size=16, seed=seed, progress=False)))
        assert torch.equal(torch.get_rng_state(), before)
    assert runs[0] == runs[1] != runs[2]


# Constraints


def test_the_penalty_is_added_to_the_loss_and_moves_the_critic():
    """Against a loop by hand that draws the same points on the lines."""
    game = small_game(Wasserstein(GradientPenalty(10.0)))
    rng, penalty_rng = (torch.Generator().manual_seed(seed) for seed in (7, 8))
    batches = torch.randn(4, 16, 2, generator=torch.Generator().manual_seed(1))
    records = list(itertools.islice(play(game, iter(batches), rng, penalty_rng), 4))

    g, d = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1)
    optimizers = [torch.optim.Adam(n.parameters(), lr=1e-3, betas=(0.5, 0.999)) for n in (d, g)]
    rng, penalty_rng = (torch.Generator().manual_seed(seed) for seed in (7, 8))
    for record, real in zip(records, batches, strict=True):
        latent = torch.randn(16, 2, generator=rng)
        share = torch.rand(16, generator=penalty_rng).unsqueeze(1)
        fake = g(latent).detach()
        between = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
        penalty = 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
        loss_d = d(fake).mean() - d(real).mean() + penalty
        optimizers[0].zero_grad()
        loss_d.backward()
        optimizers[0].step()
        loss_g = -d(g(latent)).mean()
        optimizers[1].zero_grad()
        loss_g.backward()
        optimizers[1].step()
        assert record.discriminator_loss == pytest.approx(loss_d.item(), abs=1e-5)
        assert record.generator_loss == pytest.approx(loss_g.item(), abs=1e-5)


def test_clipping_holds_after_every_step_and_spares_the_generator():
    game = small_game(Wasserstein(WeightClipping(0.01)), learning_rate=0.1)
    largest = []

    def look(game, record):
        largest.append([weights(p).abs().max().item() for p in (game.discriminator, game.generator)])

    train(game, TABLE, 5, batch_size=16, seed=0, callbacks=[look], progress=False)
    assert all(critic <= 0.01 + 1e-9 < 0.1 < generator for critic, generator in largest)


def test_spectral_norm_holds_after_every_step():
    norms = []

    def look(game, record):
        layers = [layer for layer in game.discriminator if isinstance(layer, nn.Linear)]
        norms.extend(torch.linalg.matrix_norm(layer.weight.detach(), 2).item() for layer in layers)

    game = small_game(Hinge(constraint=SpectralNorm()), learning_rate=0.05)
    train(game, TABLE, 6, batch_size=16, seed=0, callbacks=[look], progress=False)
    assert len(norms) == 18
    assert norms == pytest.approx([1.0] * 18, abs=1e-4)


def test_an_objective_of_ones_own_needs_no_constraint():
    class Own:
        def discriminator_loss(self, real_scores, fake_scores):
            return NonSaturating().discriminator_loss(real_scores, fake_scores)

        def generator_loss(self, fake_scores):
            return NonSaturating().generator_loss(fake_scores)

    histories = [
        train(small_game(objective), TABLE, 4, batch_size=16, seed=0, progress=False)
        for objective in (Own(), NonSaturating())
    ]
    assert numbers(histories[0]) == numbers(histories[1])


def test_accuracy_counts_from_where_the_objective_draws_the_line():
    """Least squares aims at 1 and 0, so the line is at 1/2; a critic has none."""
    record = train(small_game(LeastSquares()), TABLE, 1, batch_size=64, seed=0, progress=False)[0]
    game, rng = small_game(), torch.Generator().manual_seed(0)
    real = next(game.real_batches(TABLE, 64, rng))
    fake = game.generator(game.latent(64, rng))
    hits = (game.score(real) > 0.5).sum() + (game.score(fake.detach()) < 0.5).sum()
    assert record.accuracy == pytest.approx(hits.item() / 128)
    critic = small_game(Wasserstein(GradientPenalty()))
    assert math.isnan(train(critic, TABLE, 1, batch_size=16, seed=0, progress=False)[0].accuracy)


# Gradients


def test_gradient_norms_by_hand():
    history = train(small_game(), TABLE, 3, batch_size=16, seed=0, gradient_norms=True, progress=False)
    plain = train(small_game(), TABLE, 3, batch_size=16, seed=0, progress=False)
    assert numbers(history) == numbers(plain)  # measuring changes nothing
    assert history.fields[-2:] == ("discriminator_gradient", "generator_gradient")
    assert not hasattr(plain, "generator_gradient")

    game, rng = small_game(), torch.Generator().manual_seed(0)
    real = next(game.real_batches(TABLE, 16, rng))
    fake = game.generator(game.latent(16, rng))
    loss_d = game.objective.discriminator_loss(game.discriminator(real), game.discriminator(fake.detach()))
    gradients = torch.autograd.grad(loss_d, list(game.discriminator.parameters()))
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    assert history[0].discriminator_gradient == pytest.approx(norm, rel=1e-5)
    game.update_discriminator(
        game.objective.discriminator_loss(game.discriminator(real), game.discriminator(fake.detach()))
    )
    loss_g = game.objective.generator_loss(game.discriminator(fake))
    gradients = torch.autograd.grad(loss_g, list(game.generator.parameters()))
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    assert history[0].generator_gradient == pytest.approx(norm, rel=1e-5)


def test_a_loss_that_cannot_move_its_player_is_refused():
    """A detach too many is the classic: nothing moves and nobody says so."""

    class Detached(NonSaturating):
        def generator_loss(self, fake_scores):
            return super().generator_loss(fake_scores.detach() + nn.Parameter(torch.zeros(1)))

    with pytest.raises(ValueError, match="the generator's loss does not depend on the generator"):
        train(small_game(Detached()), TABLE, 2, batch_size=16, progress=False)


def test_a_frozen_and_an_unused_layer_stay_as_they_are_and_the_rest_learns():
    g = mlp_generator(width=8, seed=0)
    g[0].requires_grad_(False)
    g.spare = nn.Identity()
    g.spare.weight = nn.Parameter(torch.ones(3))
    game = Game(g, mlp_discriminator(width=8, seed=1), NonSaturating())
    before = [p.detach().clone() for p in g.parameters()]
    train(game, TABLE, 3, batch_size=16, seed=0, progress=False)
    moved = [not torch.equal(a, b) for a, b in zip(before, g.parameters(), strict=True)]
    assert moved == [False, False, True, True, True, True, False]


# Stopping


def test_after_a_loss_that_is_no_number_a_run_goes_on_from_the_good_step():
    class Poisoned(NonSaturating):
        evaluations = 0

        def generator_loss(self, fake_scores):
            self.evaluations += 1
            return super().generator_loss(fake_scores) * (math.nan if self.evaluations == 131 else 1)

    run = Run(small_game(Poisoned()), ring(), batch_size=16, seed=3)
    with pytest.raises(NonFiniteLoss) as e:
        run.train(200, progress=False)
    assert (e.value.step, e.value.good_step, run.step) == (131, 100, 100)
    run.train(50, progress=False)
    sound = train(small_game(), ring(), 150, batch_size=16, seed=3, progress=False)
    assert numbers(run.history) == numbers(sound)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_a_run_stopped_by_ctrl_c_in_the_middle_of_a_step_goes_on_bit_for_bit():
    """The signal comes between the two players' moves; the step is finished first."""
    program = """
        import os, signal
        from ganlab.data import ring
        from ganlab.models import mlp_discriminator, mlp_generator
        from ganlab.objectives import NonSaturating
        from ganlab.training import Game, train
        from ganlab.training.train import Run

        signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs start with it ignored

        class Interrupted(NonSaturating):
            evaluations = 0
            def generator_loss(self, fake_scores):
                self.evaluations += 1
                if self.evaluations == 4:
                    os.kill(os.getpid(), signal.SIGINT)
                return super().generator_loss(fake_scores)

        def game(objective):
            return Game(mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1), objective)

        run = Run(game(Interrupted()), ring(), batch_size=16, seed=3)
        first = run.train(10, progress=False)
        print(len(first), first.stopped_by, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        run.train(6, progress=False)
        whole = train(game(NonSaturating()), ring(), 10, batch_size=16, seed=3, progress=False)
        print(run.history.generator_loss.tolist() == whole.generator_loss.tolist())
    """
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=900
    )
    assert (child.stdout, child.stderr) == ("4 keyboard True\nTrue\n", "")
