"""The last tasks of 01 and 08, on data of twenty seeds: every right answer decides as is true."""

import functools

import numpy as np
import pandas as pd
import pytest
from exam import _prepared
from test_decisions_05_07 import right_answers

from ganlab.data import simulate_ct

SEEDS = range(20)

# Hit rates among real and fake samples, the distance in floors, numbers of scores; what is right.
GAMES = {
    "equal": ((0.5, 0.5, 0.4), {}, "equilibrium"),
    "told apart": ((0.9, 0.9, 5), {}, "generator behind"),
    "missed": ((0.5, 0.5, 3), {"spread": 1000.0}, "weak discriminator"),
    "few scores": ((0.55, 0.567, 0.4), {"n": 60, "m": 60}, "equilibrium"),
    "little, but shown": ((0.53, 0.53, 3), {"n": 5000, "m": 5000}, "generator behind"),
    "just not shown": ((0.528, 0.528, 0.4), {}, "equilibrium"),
    "one rate high": ((0.8, 0.2, 5), {"n": 400, "m": 40}, "weak discriminator"),
    "worse than a coin": ((0.2, 0.2, 20), {}, "weak discriminator"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("answer", right_answers("01-minimax-game", "diagnosis"))
def test_a_right_answer_names_the_state_of_every_drawn_game(answer, name):
    names = _prepared("01-minimax-game")
    draw = names["finished"]
    exec(right_answers("01-minimax-game", "diagnosis")[answer], names)
    numbers, options, right = GAMES[name]
    states = [names["diagnose"](*draw(*numbers, np.random.default_rng(seed), **options)) for seed in SEEDS]
    assert states == [right] * len(SEEDS)


@functools.cache
def scanned(seed):
    """A cohort, and a table of features before any change."""
    table = np.random.default_rng(seed).normal(size=(24, 5))
    return simulate_ct(24, seed=seed), pd.DataFrame(table).add_prefix("feature ")


# What was done to the images, whether the features are others afterwards, what is right.
CHANGES = {
    "nothing": (lambda cohort, names: cohort, False, "accept"),
    "25 HU brighter": (lambda cohort, names: names["changed"](cohort, cohort.images + 25), False, "water"),
    "times 1.05": (lambda cohort, names: names["changed"](cohort, 1.05 * cohort.images), False, "air"),
    "zoom": (lambda cohort, names: names["zoom"](cohort), False, "lesion area"),
    "other features": (lambda cohort, names: cohort, True, "features"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("answer", right_answers("08-label-invariance", "verdicts"))
def test_a_right_answer_decides_about_every_drawn_cohort_as_is_true(answer, name):
    names = _prepared("08-label-invariance")
    given = dict(names)
    exec(right_answers("08-label-invariance", "verdicts")[answer], names)
    change, other_features, right = CHANGES[name]
    decisions = []
    for seed in SEEDS:
        cohort, table = scanned(seed)
        noise = np.random.default_rng(100 + seed).normal(size=table.shape)
        after = table + 3 * noise * other_features
        decisions.append(names["decide"](cohort, change(cohort, given), [table, after]))
    assert decisions == [right] * len(SEEDS)
