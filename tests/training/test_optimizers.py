"""Any optimizer of torch moves a player as it would in a loop of torch's own; Adam's short cut to the bit."""

import functools
import math

import pytest
import torch
from torch import nn

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import GradientPenalty, Minimax, NonSaturating, Wasserstein, WeightClipping
from ganlab.training import Game, race, record, train, train_discriminator, train_ensemble
from ganlab.training.optimizers import descend, trained_weights

SHAPES = ((3, 4), (4,), (2, 1, 3, 3))
FACTORIES = {
    "SGD": torch.optim.SGD,
    "SGD with momentum": functools.partial(torch.optim.SGD, momentum=0.9, weight_decay=0.01),
    "RMSprop": torch.optim.RMSprop,
    "Adam": torch.optim.Adam,
    "AMSGrad": functools.partial(torch.optim.Adam, amsgrad=True),
    "AdamW": torch.optim.AdamW,
    "Adagrad": torch.optim.Adagrad,
    "Adadelta": torch.optim.Adadelta,
    "Adamax": torch.optim.Adamax,
}


def tensors(seed):
    rng = torch.Generator().manual_seed(seed)
    return [nn.Parameter(torch.randn(shape, generator=rng)) for shape in SHAPES]


def gradients(step):
    rng = torch.Generator().manual_seed(100 + step)
    return [torch.randn(shape, generator=rng) for shape in SHAPES]


def step_of_torch(optimizer, weights, slopes):
    for tensor, slope in zip(weights, slopes, strict=True):
        tensor.grad = slope
    optimizer.step()


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def adam(weights, **settings):
    return torch.optim.Adam(weights, **{"lr": 0.02, "betas": (0.5, 0.9), **settings})


# The short cut


def test_ten_steps_of_adam_are_those_of_torchs_fused_one_to_the_bit():
    ours, theirs = tensors(0), tensors(0)
    short, reference = adam(ours, weight_decay=0.1), adam(theirs, weight_decay=0.1, fused=True)
    for step in range(10):
        descend(short, gradients(step))
        step_of_torch(reference, theirs, gradients(step))
    assert same(ours, theirs)


def test_the_first_step_of_adam_by_hand():
    # Bias correction makes the first step the sign of the gradient times the learning rate.
    weights = [nn.Parameter(torch.tensor([1.0, 1.0, 1.0]))]
    descend(torch.optim.Adam(weights, 0.1), [torch.tensor([3.0, -0.5, 0.0])])
    torch.testing.assert_close(weights[0].detach(), torch.tensor([0.9, 1.1, 1.0]))


@pytest.mark.parametrize("name", FACTORIES)
def test_a_weight_without_a_gradient_stays_and_counts_no_step(name):
    ours, theirs = tensors(0), tensors(0)
    fused = {"fused": True} if name == "Adam" else {}
    optimizer, reference = FACTORIES[name](ours, lr=0.02), FACTORIES[name](theirs, lr=0.02, **fused)
    for step in range(4):
        slopes = gradients(step)
        slopes[step % 3] = None
        descend(optimizer, slopes)
        step_of_torch(reference, theirs, slopes)
    assert same(ours, theirs)


def test_frozen_weights_are_not_asked_for():
    weights = tensors(0)
    weights[1].requires_grad_(False)
    assert [tuple(tensor.shape) for tensor in trained_weights(adam(weights))] == [(3, 4), (2, 1, 3, 3)]
    with pytest.raises(ValueError, match="zip"):
        descend(adam(weights), gradients(0)[:1])


def test_torchs_own_step_goes_on_where_the_short_cut_stopped_and_back():
    ours, theirs = tensors(0), tensors(0)
    mixed, reference = adam(ours, fused=True), adam(theirs, fused=True)
    for step in range(6):
        if step % 2:
            step_of_torch(mixed, ours, gradients(step))
        else:
            descend(mixed, gradients(step))
        step_of_torch(reference, theirs, gradients(step))
    assert same(ours, theirs)


def test_the_gradients_stay_to_be_looked_at():
    for factory in FACTORIES.values():
        weights = tensors(0)
        descend(factory(weights, lr=0.02), gradients(0))
        assert same([tensor.grad for tensor in weights], gradients(0))


# In a game


def game(seed=0, objective=None, **settings):
    networks = mlp_generator(width=8, seed=seed), mlp_discriminator(width=8, seed=seed + 100)
    return Game(*networks, objective or NonSaturating(), **{"learning_rate": 0.01, **settings})


def weights_of(*games):
    players = [player for each in games for player in (each.generator, each.discriminator)]
    return torch.cat([w.detach().flatten() for player in players for w in player.parameters()])


@pytest.mark.parametrize("name", FACTORIES)
def test_both_players_move_as_in_a_loop_of_torchs_own(name):
    played = game(optimizer=FACTORIES[name], discriminator_learning_rate=0.02)
    data = torch.randn(16, 2, generator=torch.Generator().manual_seed(1))
    train(played, data, 4, batch_size=16, seed=3, progress=False)

    g, d = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=100)
    move_g, move_d = FACTORIES[name](g.parameters(), lr=0.01), FACTORIES[name](d.parameters(), lr=0.02)
    rng, loss = torch.Generator().manual_seed(3), NonSaturating()
    for _ in range(4):
        real = data[torch.randperm(16, generator=rng)]
        fake = g(torch.randn(16, 2, generator=rng))
        move_d.zero_grad()
        loss.discriminator_loss(d(real), d(fake.detach())).backward()
        move_d.step()
        move_g.zero_grad()
        loss.generator_loss(d(fake)).backward()
        move_g.step()
    by_hand = torch.cat([w.detach().flatten() for w in (*g.parameters(), *d.parameters())])
    torch.testing.assert_close(weights_of(played), by_hand, rtol=0, atol=2e-5)


def test_players_can_move_in_different_ways_and_by_default_both_by_adam():
    mixed = game(optimizer=torch.optim.SGD, discriminator_optimizer=torch.optim.RMSprop)
    assert type(mixed.generator_optimizer) is torch.optim.SGD
    assert type(mixed.discriminator_optimizer) is torch.optim.RMSprop
    for optimizer in (game().generator_optimizer, game().discriminator_optimizer):
        assert type(optimizer) is torch.optim.Adam
        assert optimizer.param_groups[0]["betas"] == (0.5, 0.999)


@pytest.mark.parametrize("name", FACTORIES)
def test_a_recording_can_be_gone_back_in(name):
    recording = record(game(optimizer=FACTORIES[name]), ring(), 6, 4, batch_size=16, seed=3, progress=False)
    again = game(optimizer=FACTORIES[name])
    train(again, ring(), 5, batch_size=16, seed=3, progress=False)
    assert torch.equal(weights_of(recording.at(5)), weights_of(again))


def test_a_race_takes_one_for_all_lanes_or_for_one():
    lanes = {
        "plain": NonSaturating(),
        "clipped": (Wasserstein(WeightClipping(0.05)), {"optimizer": torch.optim.RMSprop}),
    }
    networks = mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=100)
    settings = {"optimizer": torch.optim.SGD, "learning_rate": 0.01}
    recordings = race(lanes, *networks, ring(), 4, batch_size=16, seed=3, progress=False, **settings)
    alone = game(optimizer=torch.optim.SGD)
    train(alone, ring(), 4, batch_size=16, seed=3, progress=False)
    assert torch.equal(weights_of(recordings["plain"].at(4)), weights_of(alone))
    assert type(recordings["clipped"].at(4).generator_optimizer) is torch.optim.RMSprop


def test_a_discriminator_alone_is_trained_by_any():
    real, fake = torch.ones(20, 1), -torch.ones(20, 1)
    ours, theirs = (mlp_discriminator(data_dim=1, width=8, seed=0) for _ in range(2))
    train_discriminator(ours, Minimax(), real, fake, 5, learning_rate=0.1, optimizer=torch.optim.SGD)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        Minimax().discriminator_loss(theirs(real), theirs(fake)).backward()
        optimizer.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        ("adam", r"optimizer must be a function of \(parameters, lr=.*torch\.optim\.SGD.*; got 'adam'"),
        (torch.optim.SGD([nn.Parameter(torch.zeros(1))]), "optimizer must be a function of"),
        (lambda parameters, lr: lr, "optimizer must be .*; it made float"),
        (torch.optim.LBFGS, "LBFGS evaluates its loss several times a step"),
    ],
)
def test_what_makes_no_optimizer_is_refused(optimizer, message):
    with pytest.raises(ValueError, match=message):
        game(optimizer=optimizer)
    with pytest.raises(ValueError, match=message):
        game(discriminator_optimizer=optimizer)


# In an ensemble


@pytest.fixture
def in_double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("before", [0, 3])
@pytest.mark.parametrize("name", FACTORIES)
def test_a_member_of_an_ensemble_is_the_single_run_of_its_seed(name, before, in_double):
    def make_game(seed):
        made = game(seed, Wasserstein(GradientPenalty(1.0)), optimizer=FACTORIES[name])
        if before:
            train(made, ring(), before, batch_size=8, seed=seed, progress=False)
        return made

    settings = {"batch_size": 16, "progress": False}
    history = train_ensemble(make_game, ring(), 10, (3, 7), **settings)
    for seed, member in zip((3, 7), history.games, strict=True):
        alone = make_game(seed)
        train(alone, ring(), 10, seed=seed, **settings)
        torch.testing.assert_close(weights_of(member), weights_of(alone), rtol=0, atol=1e-9)
        for each in (member, alone):  # and each takes its own memory along
            train(each, ring(), 5, seed=0, **settings)
        torch.testing.assert_close(weights_of(member), weights_of(alone), rtol=0, atol=1e-9)


def test_a_member_that_fails_leaves_the_memory_of_the_others_as_it_was(in_double):
    def make_game(seed):
        made = game(seed, optimizer=functools.partial(torch.optim.SGD, momentum=0.9))
        if seed == 7:
            with torch.no_grad():
                next(made.discriminator.parameters()).fill_(1e305)
        return made

    history = train_ensemble(make_game, ring(), 10, (3, 7), batch_size=16, progress=False)
    assert set(history.failures) == {7}
    alone = game(3, optimizer=functools.partial(torch.optim.SGD, momentum=0.9))
    train(alone, ring(), 10, batch_size=16, seed=3, progress=False)
    torch.testing.assert_close(weights_of(history.games[0]), weights_of(alone), rtol=0, atol=1e-9)


def test_an_optimizer_that_mixes_weights_is_refused_by_an_ensemble():
    class Own(torch.optim.SGD):
        """Who knows what it does."""

    def make_game(seed):
        return game(seed, optimizer=Own)

    with pytest.raises(ValueError, match=r"with one optimizer, of Adam, AdamW, SGD.*; got Own\. Train such"):
        train_ensemble(make_game, ring(), 2, (3, 7), batch_size=16, progress=False)
    assert math.isfinite(train(make_game(3), ring(), 2, batch_size=16, progress=False)[-1].generator_loss)
