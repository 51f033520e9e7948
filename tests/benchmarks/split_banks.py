"""Whether every answer of the banks gets the same points and sentence split as in one process.

    python tests/benchmarks/split_banks.py [ASSIGNMENT ...]

prints each answer that does not, and a line for each assignment. Both sides of the split run in this process
here (`tests/notebooks/split_exam.py`), so nothing is withheld. Answers that draw without a seed may differ.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "notebooks"))

from bank import read_bank
from conftest import LESSONS
from exam import examine
from split_exam import examine_split


def main(assignments):
    for assignment in assignments or LESSONS:
        answers, differ = read_bank(assignment), 0
        for answer in answers:
            together, split = (
                grade(assignment, answer.task, answer.code) for grade in (examine, examine_split)
            )
            if together != split:
                differ += 1
                print(f"{answer}\n    in one process: {together}\n    split: {split}", flush=True)
        print(f"{assignment}: {len(answers)} answers, {differ} differ", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
