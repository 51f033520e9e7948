"""The last tasks of 05 and 07, on data of twenty seeds: every right answer decides as is true."""

import functools

import pytest
from bank import read_bank
from exam import _prepared, answers_of_the_solution

SEEDS = range(20)
OWN, SOME = (False,) * 6, (False, True, False, False, False, True)
GOOD, LOST = (0.94, 0.90, 0.96, 0.92, 0.95, 0.91), (0.15, 0.20, 0.05, 0.25, 0.30, 0.10)
# What six games keep of a lesion, which of them exchange bright and dark tissue, and what is right at 0.8.
OFFERS = {
    "good": (GOOD, OWN, "use"),
    "lesions lost": (LOST, OWN, "do not use"),
    "two games lose half": ((1.10, 1.05, 0.55, 1.10, 0.55, 1.05), OWN, "not shown"),
    "exchanged": (GOOD, (True,) * 6, "do not use"),
    "two games exchanged": (GOOD, SOME, "not shown"),
    "dark": (tuple(-share for share in GOOD), OWN, "do not use"),
    "near the limit": ((0.981, 0.821) * 3, OWN, "not shown"),
}


def right_answers(assignment, task):
    right = [one for one in read_bank(assignment) if (one.task, one.kind) == (task, "right")]
    bank = {one.name: one.code for one in right}
    return bank | {"the solution": "\n\n".join(answers_of_the_solution(assignment).values())}


@functools.cache
def offers(name):
    kept, exchanged, _ = OFFERS[name]
    draw = _prepared("07-cyclegan")["draw_offer"]
    return [draw(seed, kept, exchanged) for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.parametrize("name", OFFERS)
@pytest.mark.parametrize("answer", right_answers("07-cyclegan", "decide"))
def test_a_right_answer_decides_about_every_drawn_translator_as_is_true(answer, name):
    names = _prepared("07-cyclegan")
    exec(right_answers("07-cyclegan", "decide")[answer], names)
    decisions = [names["decide"](offer, 0.8) for offer in offers(name)]
    assert decisions == [OFFERS[name][2]] * len(SEEDS)


CARICATURE, TEXTURES = [[1, 0, 0], [0, 0.71, 0.29]], [[0.643, 0.324, 0.033], [0.164, 0.638, 0.198]]
# Whether the label is followed, the kinds that are made, the gain and its spread; and what is right.
DELIVERIES = {
    "fine": (True, TEXTURES, 0.05, 0.03, "use"),
    "deaf": (False, TEXTURES, 0.05, 0.03, "class"),
    "caricature": (True, CARICATURE, 0.05, 0.03, "kinds"),
    "both classes alike": (True, [[0.4035, 0.481, 0.1155]] * 2, 0.05, 0.03, "kinds"),
    "a texture missing": (True, [TEXTURES[0], [0.2, 0.8, 0]], 0.05, 0.03, "kinds"),
    "no better than duplicates": (True, TEXTURES, -0.03, 0.03, "no gain"),
    "gain not shown": (True, TEXTURES, 0.02, 0.1, "no gain"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DELIVERIES)
@pytest.mark.parametrize("answer", right_answers("05-conditional-gan", "decision"))
def test_a_right_answer_decides_about_every_drawn_delivery_as_is_true(answer, name):
    names = _prepared("05-conditional-gan")
    draw = names["draw_delivery"]  # before an answer brings names of its own
    exec(right_answers("05-conditional-gan", "decision")[answer], names)
    *how, right = DELIVERIES[name]
    decisions = [names["decide"](draw(seed, *how)) for seed in SEEDS]
    assert decisions == [right] * len(SEEDS)
