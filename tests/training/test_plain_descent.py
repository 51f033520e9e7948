"""Plain descent: as long a step as the gradient, in a game of ours as in torch's own."""

import copy

import pytest
import torch

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating
from ganlab.training import Game, PlainDescent, record, train


def test_a_step_by_hand():
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    PlainDescent([weight], 0.1).descend([torch.tensor([3.0, 0.5])])
    assert weight.tolist() == pytest.approx([0.7, -2.05])
    assert weight.grad.tolist() == [3.0, 0.5]


def test_a_hundredth_of_the_gradient_is_a_hundredth_of_the_step():
    lengths = []
    for size in (1.0, 0.01):
        weight = torch.nn.Parameter(torch.zeros(1))
        optimizer = PlainDescent([weight], 0.1)
        for _ in range(5):
            optimizer.descend([torch.full((1,), size)])
        lengths.append(weight.item())
    assert lengths[1] == pytest.approx(lengths[0] / 100)


def test_what_has_no_gradient_or_is_not_trained_stays():
    moving, idle, frozen = (torch.nn.Parameter(torch.ones(1)) for _ in range(3))
    frozen.requires_grad_(False)
    optimizer = PlainDescent([moving, idle, frozen], 0.5)
    optimizer.descend([torch.ones(1), None])
    assert [weight.item() for weight in (moving, idle, frozen)] == [0.5, 1.0, 1.0]
    with pytest.raises(ValueError, match="zip"):
        optimizer.descend([torch.ones(1)])


def game():
    made = Game(mlp_generator(width=8, seed=0), mlp_discriminator(width=8, seed=1), NonSaturating())
    made.generator_optimizer = PlainDescent(made.generator.parameters(), 0.05)
    return made


def test_in_a_game_the_generator_moves_as_with_torchs_own_sgd():
    ours, theirs = game(), game()
    theirs.generator_optimizer = torch.optim.SGD(theirs.generator.parameters(), lr=0.05)
    theirs.update_generator = lambda loss: (
        theirs.generator.zero_grad(),
        loss.backward(),
        theirs.generator_optimizer.step(),
    )
    for one in (ours, theirs):
        train(one, ring(), 5, batch_size=16, seed=3, progress=False)
    for a, b in zip(ours.generator.parameters(), theirs.generator.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-7)


def test_a_recording_of_such_a_game_can_be_gone_back_in():
    tape = record(game(), ring(), 6, 2, batch_size=16, seed=3, progress=False)
    again = record(game(), ring(), 4, 2, batch_size=16, seed=3, progress=False)
    for step in (0, 2, 3, 4):
        players = copy.deepcopy(tape.at(step).generator), again.at(step).generator
        assert all(
            torch.equal(a, b) for a, b in zip(*(player.parameters() for player in players), strict=True)
        )


@pytest.mark.parametrize("rate", [0, -1.0, float("nan")])
def test_a_learning_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="learning_rate must be"):
        PlainDescent([torch.nn.Parameter(torch.zeros(1))], rate)
