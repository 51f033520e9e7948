"""How many mistakes the tests of the assignments find: mutants of each solution, and the bank of answers.

    python tests/benchmarks/mutants.py                      every module, mutants
    python tests/benchmarks/mutants.py 02 04 --task decide  these modules, this task alone
    python tests/benchmarks/mutants.py --bank               wrong answers that lose points, with their hint
    python tests/benchmarks/mutants.py --drawn 20           right answers, each in 20 submissions
    python tests/benchmarks/mutants.py 02 --keep            and write what came out into graders.md

Mutants are small mistakes made mechanically (`tests/notebooks/mutations.py`). Each is put to the tests of its
task in a process of its own, ended when it takes too long. Mutants that no input of the task tells from the
solution are listed by hand, with a reason each, in `equivalent_mutants.toml`. Of a task with many mutants or
slow tests a random sample is tried, and the table says how many.

`--drawn` puts right answers, the solution with them, to tests that draw inputs from the submission
(`ganlab.grading.answers.seeds`), which each of them meets once for every submission.
"""

import argparse
import contextlib
import gc
import importlib
import itertools
import multiprocessing
import random
import resource
import sys
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "notebooks"))

import exam  # noqa: E402
import kept_tables  # noqa: E402
from bank import read_bank  # noqa: E402
from conftest import LESSONS  # noqa: E402
from mutations import mutants  # noqa: E402

from ganlab.grading import answers  # noqa: E402

EQUIVALENT = HERE / "equivalent_mutants.toml"
LIBRARIES = ("ganlab", "numpy", "scipy", "torch", "pandas", "sklearn", "skimage", "matplotlib", "statsmodels")


class Count(NamedTuple):
    """Mutants of a task: all there are, those tried, and those of them that passed every test."""

    made: int
    tried: int
    equivalent: int
    survivors: list


def equivalent_mutants():
    """{(assignment, task, change): reason}, as reviewed by hand."""
    tables = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {
        (assignment, task, entry["change"].strip("\n")): entry["reason"]
        for assignment, tasks in tables.items()
        for task, entries in tasks.items()
        for entry in entries
    }


def examined(assignment, task, code, seconds):
    """The outcome of `exam.examine` in a process of its own, and the seconds of computing that it took.

    The outcome is None if the process ended itself, or was ended because it took more seconds than it may.
    On a busy machine computing takes longer by the clock, which must not count as a mistake that was found.
    """
    gc.freeze()  # so that the copy shares the memory of this process for as long as it can
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_examine, args=(sender, assignment, task, code, int(seconds) + 1), daemon=True
    )
    process.start()
    sender.close()
    outcome, imported, taken = None, [], seconds
    with contextlib.suppress(EOFError):
        if receiver.poll(60 + 20 * seconds):  # of one that sleeps
            outcome, imported, taken = receiver.recv()
    process.kill()
    process.join()
    for name in imported:  # so that the next process, a copy of this one, need not
        if name.startswith(LIBRARIES) and name not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    return outcome, taken


def _examine(sender, assignment, task, code, seconds):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    outcome = exam.examine(assignment, task, code)
    sender.send((outcome, list(sys.modules), time.process_time()))


def count_mutants(assignment, task, limit, budget, equivalent):
    """Put mutants of the solution of a task to its tests.

    Parameters
    ----------
    limit : int
        The most mutants that are tried.
    budget : float
        Seconds; where the solution's own time says that `limit` mutants take longer, fewer are tried.
    """
    answers = exam.answers_of_the_solution(assignment)
    examined(assignment, task, answers[task], 600)  # imports what the tests import
    passed, taken = examined(assignment, task, "\n\n".join(answers.values()), 600)
    if passed is None or passed.reason:
        raise SystemExit(f"{assignment}: {task}: the solution itself fails: {passed and passed.reason}")
    made = mutants(answers[task])
    known = {change for change in made if (assignment, task, change) in equivalent}
    asked = [change for change in made if change not in known]
    fewer = min(len(asked), limit, max(10, int(budget / taken)))
    chosen = asked if fewer == len(asked) else random.Random(0).sample(asked, fewer)
    survivors = []
    for change in chosen:
        # A later answer may call an earlier one; the mutant stands in the place of its own.
        code = "\n\n".join((answers | {task: made[change]}).values())
        outcome, _ = examined(assignment, task, code, 5 + 5 * taken)
        if outcome and not outcome.reason:
            survivors.append(change)
    return Count(len(made), len(chosen), len(known), survivors)


def tasks_of(assignments, only):
    """(assignment, task) of every task that was asked for."""
    for assignment in assignments:
        for task in exam.answers_of_the_solution(assignment):
            if not only or task in only.split(","):
                yield assignment, task


def show(kind, assignment, task, numbers, keep):
    parts = zip(numbers, kept_tables.COLUMNS[kind], strict=True)
    print(f"{assignment} {task}: " + ", ".join(f"{number} {what}" for number, what in parts), flush=True)
    if keep:
        kept_tables.keep(kind, (assignment, task), numbers)


def show_mutants(tasks, limit, budget, keep):
    equivalent = equivalent_mutants()
    for assignment, task in tasks:
        made, tried, known, survivors = count_mutants(assignment, task, limit, budget, equivalent)
        numbers = (made, known, tried, tried - len(survivors), len(survivors))
        show("Mutants", assignment, task, numbers, keep)
        for change in survivors:
            print("\n".join("    " + line for line in change.splitlines()), end="\n\n", flush=True)


def show_bank(tasks, keep):
    for assignment, task in tasks:
        full, hinted = {"wrong": [], "right": []}, 0
        for answer in bank_of(assignment, task):
            outcome = exam.examine(assignment, task, answer.code)
            full[answer.kind].append(outcome.points == outcome.maximum)
            hinted += answer.kind == "wrong" and not full["wrong"][-1] and answer.hint in outcome.reason
            if full[answer.kind][-1] == (answer.kind == "wrong"):
                print(f"    {assignment} {answer}: {outcome.reason}")
        wrong, right = full["wrong"], full["right"]
        numbers = (len(wrong), wrong.count(False), hinted, len(right), right.count(True))
        show("Bank", assignment, task, numbers, keep)


def show_drawn(tasks, n, keep):
    """Right answers, each as part of so many submissions, which draw other inputs each time."""
    for assignment, task in tasks:
        sources = [cell.source for cell, graded in exam.tests(assignment) if graded.task == task]
        if not any("seeds(" in source for source in sources):
            continue
        codes = [answer.code for answer in bank_of(assignment, task) if answer.kind == "right"]
        codes.append("\n\n".join(exam.answers_of_the_solution(assignment).values()))
        refused = 0
        for code, seed in itertools.product(codes, random.Random(0).sample(range(2**28), n)):
            answers.of_the_submission = seed
            if reason := exam.examine(assignment, task, code).reason:
                refused += 1
                print(f"    {assignment} {task}, drawn with {seed}: {reason}\n{code}", flush=True)
        answers.of_the_submission = None
        show("Drawn inputs", assignment, task, (n * len(codes), refused), keep)


def bank_of(assignment, task):
    return [answer for answer in read_bank(assignment) if answer.task == task]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="such as 02; all when none is named")
    parser.add_argument("--task", help="these tasks alone: NAME,NAME")
    parser.add_argument("--limit", type=int, default=80, help="the most mutants of a task")
    parser.add_argument("--budget", type=float, default=60, help="seconds a task may take, about")
    parser.add_argument("--bank", action="store_true")
    parser.add_argument("--keep", action="store_true", help="write the numbers into graders.md")
    parser.add_argument("--drawn", type=int, metavar="SUBMISSIONS", default=0)
    options = parser.parse_args()
    chosen = [name for name in LESSONS if not options.modules or name.startswith(tuple(options.modules))]
    tasks = list(tasks_of(chosen, options.task))
    if options.bank:
        show_bank(tasks, options.keep)
    elif options.drawn:
        show_drawn(tasks, options.drawn, options.keep)
    else:
        show_mutants(tasks, options.limit, options.budget, options.keep)


if __name__ == "__main__":
    main()
