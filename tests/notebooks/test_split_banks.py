"""Assignments graded split: their answers get the points and sentences that they get in one process."""

import pytest
from bank import read_bank
from conftest import COURSE
from exam import answers_of_the_solution, examine
from split_exam import examine_split

from ganlab.grading.split import IN_PROCESS

SPLIT = COURSE.graded_split()


def first_answers(assignment):
    """For every task, the first wrong and the first right answer of the bank."""
    answers = {(answer.task, answer.kind): answer for answer in reversed(read_bank(assignment))}
    return list(answers.values())


def test_every_test_of_these_assignments_runs_split():
    assert SPLIT == ["00-scarcity-and-imbalance", "01-minimax-game"]
    assert not any(
        IN_PROCESS in COURSE.source(assignment).read_text(encoding="utf-8") for assignment in SPLIT
    )


@pytest.mark.parametrize("assignment", SPLIT)
def test_the_solution_gets_full_marks_split(assignment):
    answers = answers_of_the_solution(assignment)
    everything = "\n\n".join(answers.values())
    outcomes = {task: examine_split(assignment, task, everything) for task in answers}
    assert {task: outcome.reason for task, outcome in outcomes.items() if outcome.reason} == {}


@pytest.mark.parametrize("assignment", SPLIT)
def test_first_wrong_and_right_answers_get_the_same_split_and_in_one_process(assignment):
    for answer in first_answers(assignment):
        together = examine(assignment, answer.task, answer.code)
        assert examine_split(assignment, answer.task, answer.code) == together, answer
