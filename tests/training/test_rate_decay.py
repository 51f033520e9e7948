"""Lowered learning rates: by hand, step by step."""

import pytest

from ganlab.data import ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating
from ganlab.training import Game, RateDecay, train


def test_by_hand():
    """Thirty steps from 0.004 and 0.008: at their start for half of them, then by two steps down to 1/20."""
    rates = {"learning_rate": 0.004, "discriminator_learning_rate": 0.008}
    game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating(), **rates)
    seen = {}

    def look(game, record):
        optimizers = game.generator_optimizer, game.discriminator_optimizer
        seen[record.step] = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]

    train(game, ring(), 30, batch_size=2, callbacks=[RateDecay(game, 30), look], progress=False)
    for step, left in {
        1: 1,
        15: 1,
        16: 28 / 30,
        17: 28 / 30,
        20: 2 / 3,
        26: 8 / 30,
        28: 4 / 30,
        30: 0.05,
    }.items():
        assert seen[step] == pytest.approx([0.004 * left, 0.008 * left])


def test_a_number_of_steps_that_is_none_is_refused():
    game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating())
    with pytest.raises(ValueError, match=r"^steps must be a whole number of 1 or more; got 0"):
        RateDecay(game, 0)


def test_a_game_in_pieces_is_slowed_down_like_a_whole_one():
    ends = []
    for pieces in ([30], [7, 13, 10]):
        game = Game(mlp_generator(width=4, seed=0), mlp_discriminator(width=4, seed=1), NonSaturating())
        slower = RateDecay(game, 30)
        for steps in pieces:
            train(game, ring(), steps, batch_size=2, callbacks=[slower], progress=False)
        ends.append(game.generator_optimizer.param_groups[0]["lr"])
    assert ends == pytest.approx([5e-5, 5e-5])
