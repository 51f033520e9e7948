"""Likeness: copies in disguise are listed, and answers written independently are not, at the rate stated."""

import itertools
import random
import time
from collections import defaultdict

import nbformat
import pytest
from bank import BANKS, read_bank
from conftest import COURSE

from ganlab.grading import likeness
from ganlab.grading.likeness import own_pieces, pieces, resembling
from ganlab.grading.report import cells_by_name


def honest(assignment):
    """{task: own pieces of each right answer}."""
    cells = cells_by_name(nbformat.read(COURSE.source(assignment), as_version=4))
    own = defaultdict(list)
    for answer in read_bank(assignment):
        if answer.kind == "right":
            own[answer.task].append(own_pieces(cells[answer.task].source, answer.code))
    return own


@pytest.fixture(scope="module")
def banks():
    return {path.stem: honest(path.stem) for path in sorted(BANKS.glob("*.py"))}


def test_the_rate_at_which_honest_pairs_are_listed_is_the_one_on_the_page(banks):
    compared = listed = 0
    for own in banks.values():
        for several in own.values():
            for pair in itertools.combinations(several, 2):
                compared += min(map(len, pair)) >= likeness.LEAST_PIECES
                listed += len(resembling({"a": [pair[0]], "b": [pair[1]]}))
    assert compared >= likeness.HONEST_PAIRS, "Banks grow."
    assert listed / compared == pytest.approx(likeness.HONEST_LISTED / likeness.HONEST_PAIRS, abs=0.01)


def test_no_pair_of_made_up_honest_students_is_listed(banks):
    rng, seen = random.Random(0), 0
    for own in banks.values():
        for _ in range(2000):
            shared = smaller = 0  # as in `resembling`, but a pair at a time
            for several in own.values():
                one, other = rng.sample(several, 2)
                shared, smaller = shared + len(one & other), smaller + min(len(one), len(other))
            assert smaller >= likeness.LEAST_PIECES
            assert shared < likeness.LISTED_FROM * smaller
            seen += 1
    assert seen >= likeness.HONEST_STUDENTS


ORIGINAL = """
def value(real, fake):
    total = 0.0
    for x in real:
        total += math.log(x) / len(real)
    for x in fake:
        total += math.log(1 - x) / len(fake)
    return total if total > -100 else float("-inf")
"""
DISGUISED = '''
def value(d_real, d_fake):
    """My own idea."""
    # I add up one by one.
    result = 0.0
    for one in d_real:
        result += (math.log(one)
                   / len(d_real))
    for two in d_fake:
        result += math.log(1 - two) / len(d_fake)
    return result if result > -100 else float("-inf")
'''
SOURCE = "def value(real, fake):\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"


def test_a_copy_with_other_names_comments_and_layout_is_listed():
    a, b = own_pieces(SOURCE, ORIGINAL), own_pieces(SOURCE, DISGUISED)
    assert a == b
    assert resembling({"ada": [a], "bob": [b], "cyd": [{("x",)}]}) == [(1.0, "ada", "bob")]
    # By hand: 50 pieces against 60, of which they share 30.
    one, other = {(str(n),) for n in range(50)}, {(str(n),) for n in range(20, 80)}
    assert resembling({"a": [one], "b": [other]}) == [(0.6, "a", "b")]
    assert resembling({"a": [one - {("49",)}], "b": [other]}) == []


def test_two_answers_that_are_too_short_to_tell_are_not_compared():
    enough = {(str(n),) for n in range(likeness.LEAST_PIECES)}
    assert resembling({"a": [enough], "b": [enough]}) == [(1.0, "a", "b")]
    few = enough - {("0",)}
    assert resembling({"a": [few], "b": [few]}) == []


def test_what_everybody_has_from_the_course_resembles_nobody():
    blank = SOURCE.replace(
        "### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION", "raise NotImplementedError()"
    )
    assert own_pieces(SOURCE, blank) == set()
    assert own_pieces(SOURCE, SOURCE) == set()
    assert pieces("def f(:") == pieces("(" * 5000) == set()
    assert resembling({"a": [set()], "b": [set()]}) == resembling({"a": [set()]}) == resembling({}) == []


def test_a_class_of_200_takes_seconds_of_this_process(banks):
    several = banks["01-minimax-game"].values()
    rng = random.Random(0)
    answers = {f"s{n}": [rng.choice(own) for own in several] for n in range(200)}
    start = time.process_time()
    assert len(resembling(answers)) < 19_900
    assert time.process_time() - start < 10
