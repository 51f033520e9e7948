"""Wrong answers in the bank lose points and are shown their hint; right ones get full marks."""

import nbformat
import pytest
from bank import BANKS, HEADING, read_bank
from conftest import COURSE, LESSONS
from exam import answers_of_the_solution, each_test, examine

EVERY_ANSWER = [(assignment, answer) for assignment in LESSONS for answer in read_bank(assignment)]

every_assignment = pytest.mark.parametrize("assignment", LESSONS)
every_answer = pytest.mark.parametrize(
    ("assignment", "answer"),
    EVERY_ANSWER,
    ids=[f"{assignment}-{answer}" for assignment, answer in EVERY_ANSWER],
)


@every_answer
def test_wrong_answers_lose_points_with_their_hint_and_right_ones_get_full_marks(assignment, answer):
    if answer.kind == "right":
        outcome = examine(assignment, answer.task, answer.code)
        assert outcome.points == outcome.maximum, outcome.reason
        return
    points_lost, reasons = False, []
    for outcome in each_test(assignment, answer.task, answer.code):
        points_lost = points_lost or outcome.points < outcome.maximum
        reasons.append(outcome.reason)
        if points_lost and any(answer.hint in reason for reason in reasons):
            return  # the tests that follow give nothing back, and some take many seconds
    pytest.fail(f"lost points: {points_lost}; read: {reasons}")


@every_assignment
def test_the_solution_gets_full_marks(assignment):
    answers = answers_of_the_solution(assignment)
    everything = "\n\n".join(answers.values())  # a later answer may call an earlier one
    outcomes = {task: examine(assignment, task, everything) for task in answers}
    assert {task: outcome.reason for task, outcome in outcomes.items() if outcome.reason} == {}


@every_assignment
def test_bank_has_four_wrong_and_two_right_answers_to_every_task(assignment):
    notebook = nbformat.read(COURSE.source(assignment), as_version=4)
    tasks = {cell.id.split("--")[0] for cell in notebook.cells if "--" in cell.id}
    answers = read_bank(assignment)
    assert {answer.task for answer in answers} == tasks
    for task in tasks:
        kinds = [answer.kind for answer in answers if answer.task == task]
        assert kinds.count("wrong") >= 4, task
        assert kinds.count("right") >= 2, task
    text = (BANKS / f"{assignment}.py").read_text(encoding="utf-8")
    assert len(HEADING.findall(text)) == text.count("# %%") == len(answers), "a heading was misspelt"
