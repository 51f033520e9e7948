"""The measure of the graders: mutants differ from the answer where they should, and are counted."""

import sys
from types import SimpleNamespace

import exam
import pytest
from conftest import ROOT
from mutations import mutants

sys.path.append(str(ROOT / "tests" / "benchmarks"))
import kept_tables
import mutants as command

CELL = '''
def above(values, limit=0.25, seed=0):
    """How many values lie above a limit."""
    ### BEGIN SOLUTION
    values = np.sort(values, axis=0)
    if limit <= 0.5 and not seed:
        return (values > limit).sum()
    total = limit - seed
    total += values.T[0]
    return -judge(values[1:]).mean()
    ### END SOLUTION
'''


@pytest.mark.parametrize(
    "line",
    [
        "values = np.sort(values)",  # an axis forgotten
        "values = np.sort(values, axis=1)",  # another axis
        "values = values",  # a step left out
        "if limit < 0.5 and (not seed):",  # a boundary
        "if limit <= 0.55 and (not seed):",  # a constant
        "if limit <= 0.5 or not seed:",
        "if not seed:",
        "if limit <= 0.5 and seed:",
        "return (values >= limit).sum()",
        "return (values <= limit).sum()",
        "return (values > limit).mean()",  # a mean for a sum
        "return judge(values[1:]).mean()",  # a sign
        "total = seed - limit",
        "total = values.T[0]",  # a sum that forgets what came before
        "total += values[0]",  # rows for columns
        "limit = 0.25",  # a parameter ignored
        "return -judge(values[2:]).mean()",
        "return -judge(values[:]).mean()",
        "return -judge(values[1:]).median()",
        "values, limit = (limit, values)",  # arguments exchanged
        "seed = 0",  # a seed ignored
    ],
)
def test_mistakes_of_people_are_among_the_mutants(line):
    added = [part[2:].strip() for change in mutants(CELL) for part in change.splitlines() if part[0] == "+"]
    assert line in added


def test_a_slope_is_cut_off_at_a_network_that_was_handed_over():
    cell = "def loss(critic, x):\n    ### BEGIN SOLUTION\n    return critic(x).mean()\n    ### END SOLUTION\n"
    assert "-     return critic(x).mean()\n+     return critic(x).detach().mean()" in mutants(cell)


def test_a_slope_is_cut_off_where_a_loss_is_returned_and_not_where_a_number_is():
    cell = "### BEGIN SOLUTION\ndef loss(scores):\n    return {}\n### END SOLUTION\n"
    losses = "torch.nn.functional.softplus(scores)", "torch.nn.functional.softplus(scores).item()"
    cut = [any("detach" in change for change in mutants(cell.format(loss))) for loss in losses]
    assert cut == [True, False]


def test_what_stands_outside_the_answer_is_left_as_it_is():
    cell = "given = 3\n### BEGIN SOLUTION\nx = 4\n### END SOLUTION\nafter = 5\n"
    assert list(mutants(cell).values()) == ["given = 3\nx = 5\nafter = 5", "given = 3\nx = 3\nafter = 5"]


@pytest.fixture
def course_of_one_task(monkeypatch):
    """A task whose answer is one number, and a test that a number below 1 passes, or a patient test."""

    def build(test):
        cell = SimpleNamespace(source=test, id="number--test")
        graded = SimpleNamespace(task="number", maximum=1)
        monkeypatch.setattr(exam, "tests", lambda assignment: [(cell, graded)])
        monkeypatch.setattr(exam, "_prepared", lambda assignment: {})
        answer = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"
        monkeypatch.setattr(exam, "answers_of_the_solution", lambda assignment: {"number": answer})

    return build


def test_mutants_are_counted_as_killed_survived_and_equivalent(course_of_one_task):
    course_of_one_task("assert x < 2, 'Too much.'")
    assert command.count_mutants("00", "number", 10, 10, {}) == (2, 2, 0, ["- x = 1\n+ x = 0"])
    equivalent = {("00", "number", "- x = 1\n+ x = 0"): "a reason"}
    assert command.count_mutants("00", "number", 10, 10, equivalent) == (2, 1, 1, [])


def test_an_answer_that_never_ends_costs_its_time_alone(course_of_one_task):
    course_of_one_task("pass")
    assert command.examined("00", "number", "while True: pass", seconds=0) == (None, 0)
    assert command.examined("00", "number", "import os; os._exit(3)", seconds=9) == (None, 9)
    outcome, taken = command.examined("00", "number", "x = 1", seconds=9)
    assert outcome.points == 1
    assert 0 < taken < 9


def test_each_equivalent_mutant_is_one_that_is_made_and_has_a_reason():
    """So that the list says nothing of answers that were changed since."""
    made = {}
    for (assignment, task, change), reason in command.equivalent_mutants().items():
        if (assignment, task) not in made:
            made[assignment, task] = mutants(exam.answers_of_the_solution(assignment)[task])
        assert change in made[assignment, task], (assignment, task, change)
        assert len(reason.split()) >= 4


def test_kept_numbers_are_replaced_task_by_task_and_summed(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_tables, "KEPT", tmp_path / "graders.md")
    kept_tables.keep("Mutants", ("01-game", "value"), (20, 1, 9, 9, 0))
    kept_tables.keep("Mutants", ("01-game", "losses"), (30, 0, 30, 28, 2))
    kept_tables.keep("Bank", ("00-few", "parts"), (5, 5, 4, 2, 2))
    kept_tables.keep("Mutants", ("01-game", "value"), (20, 1, 19, 18, 1))
    page = kept_tables.KEPT.read_text(encoding="utf-8")
    assert page.count("| value |") == 1
    assert "| 01-game | value | 20 | 1 | 19 | 18 | 1 |" in page
    assert "| 01-game | **all** | **50** | **1** | **49** | **46** | **3** |" in page
    assert "| 00-few | parts | 5 | 5 | 4 | 2 | 2 |" in page
    assert kept_tables.as_text(kept_tables.kept(page)) == page


def test_the_kept_table_is_of_tasks_that_exist():
    for table in kept_tables.kept(kept_tables.KEPT.read_text(encoding="utf-8")).values():
        for assignment, task in table:
            assert task in exam.answers_of_the_solution(assignment)
