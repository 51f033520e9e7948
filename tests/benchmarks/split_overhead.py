"""How much longer split grading takes than grading in one process, for whole assignments.

    python tests/benchmarks/split_overhead.py [ASSIGNMENT ...]

grades copies of each solution, one at a time, in processor seconds of everything that takes part: for a first
student, for whom the sandboxes start and import torch, and for each further one. One process waits while the
other works, so that on an idle machine these are the seconds that pass. The ratio is that of a class of 30.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "notebooks"), str(Path(__file__).parent)]

import psutil  # noqa: E402
import pytest  # noqa: E402
from attacks_on_the_course import course_at  # noqa: E402
from bank import without_demonstrations, write  # noqa: E402
from conftest import LESSONS  # noqa: E402

from ganlab.grading import grade, grade_folder  # noqa: E402

CLASS, STUDENTS = 30, 9

record = grade._recorded


def seconds(assignment, split):
    """Processor seconds of grading the first copy of the solution, and of each further one."""
    after = []

    def recorded(*arguments):
        children = map(_processor_seconds, psutil.Process().children(recursive=True))
        after.append(time.process_time() + sum(children))
        return record(*arguments)

    notebook = without_demonstrations(ROOT / "solutions" / assignment / f"{assignment}.ipynb")
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patched:
        patched.setattr(grade, "_recorded", recorded)
        patched.setattr(grade, "n_workers", lambda limits: 1)
        for number in range(STUDENTS):
            write(notebook, Path(scratch, "in", f"{number:02d}", f"{assignment}.ipynb"))
        course = course_at(Path(scratch, "course"), split, 600, assignment)
        start = time.process_time()
        report = grade_folder(Path(scratch, "in"), course, progress=False)
    if any(row.points != row.maximum for row in report.rows if row.points is not None):
        raise SystemExit("a solution did not get full marks: this run shows nothing")
    return after[0] - start, (after[-1] - after[0]) / (STUDENTS - 1)


def _processor_seconds(process):
    """Of a process and of its children that have ended."""
    times = process.cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def main(*assignments):
    print("| module | in one process: first | each further | split: first | each further | ratio |")
    print("|---|---|---|---|---|---|")
    for assignment in assignments or LESSONS:
        cells, whole = [], {}
        for split in (False, True):
            first, further = seconds(assignment, split)
            cells += [f"{first:.1f}", f"{further:.1f}"]
            whole[split] = first + (CLASS - 1) * further
        print(f"| {assignment} | {' | '.join(cells)} | {whole[True] / whole[False]:.2f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
