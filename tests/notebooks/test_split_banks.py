"""Assignments graded split: their answers get the points and sentences that they get in one process.

`test_grading.py` grades the solution and the first wrong answers of every assignment in two kernels;
`tests/benchmarks/split_banks.py` compares whole banks.
"""

import pkgutil

import exam
import pytest
from bank import read_bank
from conftest import COURSE, LESSONS
from split_exam import examine_split

from ganlab.grading.split.kernels import IN_PROCESS
from ganlab.grading.split.withheld import refuse_unknown, withheld


def test_every_test_of_every_assignment_runs_split():
    assert COURSE.graded_split() == LESSONS
    sources = {assignment: COURSE.source(assignment).read_text(encoding="utf-8") for assignment in LESSONS}
    assert [assignment for assignment, source in sources.items() if IN_PROCESS in source] == []


def test_what_is_withheld_is_a_function_of_the_library_and_of_a_task():
    for assignment in LESSONS:
        by_task = COURSE.withheld(assignment)
        assert set(by_task) <= {graded.task for _, graded in exam.tests(assignment)}
        for paths in by_task.values():
            for path in paths:
                owner, name = path.rsplit(".", 1)
                with withheld([path], {}), pytest.raises(RuntimeError, match=f"^{path} is what this task"):
                    getattr(pkgutil.resolve_name(owner), name)()


def test_no_path_of_what_is_withheld_can_be_misspelt_unseen():
    settings = COURSE._config().SplitGrading.withheld
    assert set(settings) <= set(LESSONS)
    paths = [path for tasks in settings.values() for paths in tasks.values() for path in paths]
    assert len(paths) > 20
    for path in paths:
        refuse_unknown(path)
        owner, name = path.rsplit(".", 1)
        for misspelt in (path[:-1], f"{owner}e.{name}", name, owner + name):
            with pytest.raises(ValueError, match=f"^'{misspelt}' names no function"):
                refuse_unknown(misspelt)


# Tables, optimizers beside the answer, networks that are trained, derivatives through an answer, networks and
# rngs beside the answer: a task for each kind of thing that passes between the two.
@pytest.mark.parametrize(
    ("assignment", "tasks"),
    [
        ("00-scarcity-and-imbalance", ["majority-baseline", "duplicate-to-balance"]),
        ("01-minimax-game", ["value-function"]),
        ("02-vanishing-gradients", ["gradient-norm", "falling-norm"]),
        ("05-conditional-gan", ["conditional-losses"]),
        ("06-wasserstein-gan", ["critic-step", "gradient-penalty", "steepest-slope"]),
    ],
)
def test_first_wrong_and_right_answers_get_the_same_split_and_in_one_process(assignment, tasks):
    answers = {(answer.task, answer.kind): answer for answer in reversed(read_bank(assignment))}
    for answer in answers.values():
        if answer.task in tasks:
            together = exam.examine(assignment, answer.task, answer.code)
            assert examine_split(assignment, answer.task, answer.code) == together, answer
