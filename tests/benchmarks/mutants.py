"""How many mistakes the tests of the assignments find: mutants of each solution, and the bank of answers.

    python tests/benchmarks/mutants.py                      every module, mutants
    python tests/benchmarks/mutants.py 02 04 --task decide  these modules, this task alone
    python tests/benchmarks/mutants.py --bank               wrong answers that lose points, with their hint
    python tests/benchmarks/mutants.py --reseed 20          right answers under other seeds in the tests

Mutants are small mistakes made mechanically (`tests/notebooks/mutations.py`). Each is put to the tests of its
task in a process of its own, ended when it takes too long. Mutants that no input of the task tells from the
solution are listed by hand, with a reason each, in `equivalent_mutants.toml`. Of a task with many mutants or
slow tests a random sample is tried, and the table says how many.

`--reseed` shifts every seed written in the tests by the same number. Tests whose expected value belongs to
their seed reject the solution too, and are left out: a right answer is falsely rejected where the solution
passes and it does not.
"""

import argparse
import contextlib
import gc
import importlib
import multiprocessing
import random
import re
import resource
import sys
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "notebooks"))

import exam  # noqa: E402
from bank import read_bank  # noqa: E402
from conftest import LESSONS  # noqa: E402
from mutations import mutants  # noqa: E402

EQUIVALENT = HERE / "equivalent_mutants.toml"
LIBRARIES = ("ganlab", "numpy", "scipy", "torch", "pandas", "sklearn", "skimage", "matplotlib", "statsmodels")
SEED = re.compile(r"(default_rng\(|manual_seed\(|seed=)(\d+)")


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


def examined(assignment, task, code, seconds, shift=0):
    """The outcome of `exam.examine` in a process of its own, and the seconds of computing that it took.

    The outcome is None if the process ended itself, or was ended because it took more seconds than it may.
    On a busy machine computing takes longer by the clock, which must not count as a mistake that was found.
    """
    gc.freeze()  # so that the copy shares the memory of this process for as long as it can
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_examine, args=(sender, assignment, task, code, int(seconds) + 1, shift), daemon=True
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


def _examine(sender, assignment, task, code, seconds, shift):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if shift:
        for cell, _ in exam.tests(assignment):
            cell.source = SEED.sub(lambda match: f"{match[1]}{int(match[2]) + shift}", cell.source)
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


def show_mutants(assignments, only, limit, budget):
    equivalent, total = equivalent_mutants(), {}
    for assignment in assignments:
        for task in exam.answers_of_the_solution(assignment):
            if only and task not in only.split(","):
                continue
            start = time.perf_counter()
            count = count_mutants(assignment, task, limit, budget, equivalent)
            total.setdefault(assignment, []).append(count)
            print(
                f"{assignment} {task}: {count.made} made, {count.equivalent} equivalent, "
                f"{count.tried} tried, {count.tried - len(count.survivors)} killed, "
                f"{len(count.survivors)} survived ({time.perf_counter() - start:.0f} s)",
                flush=True,
            )
            for change in count.survivors:
                print("\n".join("    " + line for line in change.splitlines()), end="\n\n", flush=True)
    print(f"\n{'module':28} made equivalent tried killed survivors  killed %")
    for assignment, counts in total.items():
        made, tried, known = (
            sum(getattr(c, part) for c in counts) for part in ("made", "tried", "equivalent")
        )
        left = sum(len(count.survivors) for count in counts)
        print(
            f"{assignment:28} {made:4d} {known:10d} {tried:5d} {tried - left:6d} {left:9d}  "
            f"{100 * (1 - left / max(tried, 1)):8.1f}"
        )


def show_bank(assignments):
    print(f"{'module':28} wrong killed right hint    right accepted")
    for assignment in assignments:
        kinds = {"wrong": [], "right": []}
        for answer in read_bank(assignment):
            outcome, _ = examined(assignment, answer.task, answer.code, 120)
            outcome = outcome or exam.Outcome(0, 1, "It did not come to an end.")
            full = outcome.points == outcome.maximum
            kinds[answer.kind].append((full, answer.hint in outcome.reason))
            if full == (answer.kind == "wrong"):
                print(f"    {assignment} {answer}: {outcome.reason}")
        wrong, right = kinds["wrong"], kinds["right"]
        print(
            f"{assignment:28} {len(wrong):5d} {sum(not full for full, _ in wrong):6d} "
            f"{sum(not full and hinted for full, hinted in wrong):10d} {len(right):8d} "
            f"{sum(full for full, _ in right):8d}",
            flush=True,
        )


def show_reseeded(assignments, only, shifts):
    """Right answers under other seeds than those written in the tests."""
    for assignment in assignments:
        solutions = exam.answers_of_the_solution(assignment)
        runs, refused, left_out = 0, 0, 0
        for task in solutions:
            sources = [cell.source for cell, graded in exam.tests(assignment) if graded.task == task]
            if (only and task not in only.split(",")) or not any(map(SEED.search, sources)):
                continue
            right = [
                answer for answer in read_bank(assignment) if (answer.task, answer.kind) == (task, "right")
            ]
            for shift in range(1000, 1000 * (shifts + 1), 1000):
                passed, _ = examined(assignment, task, "\n\n".join(solutions.values()), 120, shift)
                if passed is None or passed.reason:
                    left_out += 1
                    continue
                for answer in right:
                    outcome, _ = examined(assignment, task, answer.code, 120, shift)
                    runs += 1
                    if outcome is None or outcome.reason:
                        refused += 1
                        print(f"    {assignment} {answer}, shift {shift}: {outcome and outcome.reason}")
        print(
            f"{assignment:28} {runs} runs, {refused} rejected; {left_out} pairs of task and shift left out",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="such as 02; all when none is named")
    parser.add_argument("--task", help="these tasks alone: NAME,NAME")
    parser.add_argument("--limit", type=int, default=80, help="the most mutants of a task")
    parser.add_argument("--budget", type=float, default=60, help="seconds a task may take, about")
    parser.add_argument("--bank", action="store_true")
    parser.add_argument("--reseed", type=int, metavar="SHIFTS", default=0)
    options = parser.parse_args()
    chosen = [name for name in LESSONS if not options.modules or name.startswith(tuple(options.modules))]
    if options.bank:
        show_bank(chosen)
    elif options.reseed:
        show_reseeded(chosen, options.task, options.reseed)
    else:
        show_mutants(chosen, options.task, options.limit, options.budget)


if __name__ == "__main__":
    main()
