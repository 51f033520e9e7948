"""Every attack of tests/grading/forging.py on four tasks of an assignment, graded split and in one process.

    python tests/benchmarks/attacks_on_the_course.py [ASSIGNMENT [SECONDS [ATTACK ...]]]

prints one line for each attack, or for those named: the points of each task, of the points it has. The last
line is the solution, which gets them all. Full marks for an attack in the column "split" are a hole, and end
the script with an error. The tasks are the first two and the last two that ask for one function of something.
SECONDS is what a cell may take (20).
"""

import ast
import copy
import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "notebooks"), str(ROOT / "tests" / "grading")]

from bank import filled_in, without_demonstrations, write  # noqa: E402
from exam import answers_of_the_solution  # noqa: E402
from forging import forged  # noqa: E402

from ganlab.grading import Course, grade_folder  # noqa: E402

HONEST, WRONG = "none: the solution", "return 0.5"


def tasks_of(assignment):
    """{task: signature} of the tasks that are attacked."""
    signatures = {}
    for task, code in answers_of_the_solution(assignment).items():
        match ast.parse(code).body:
            case [ast.FunctionDef(name=name, args=arguments)] if arguments.args:
                signatures[task] = f"{name}({ast.unparse(arguments)})"
    ends = [*signatures][:2], [*signatures][-2:]
    return {task: signatures[task] for end in ends for task in end}


def course_at(folder, split, seconds, assignment):
    """A copy of the course with one assignment alone, graded split or not."""
    for name in ("solutions", "course", "exercises"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(ROOT / "solutions" / assignment, folder / "solutions" / assignment)
    settings = (ROOT / "solutions" / "nbgrader_config.py").read_text(encoding="utf-8")
    settings += f"\nc.Execute.timeout = {seconds}\nc.SplitGrading.assignments = {[assignment] * split!r}\n"
    (folder / "solutions" / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    return Course(folder)


def main(assignment="01-minimax-game", seconds=20, *attacks):
    tasks = tasks_of(assignment)
    forgeries = {task: forged(signature, WRONG) for task, signature in tasks.items()}
    attacks = [*(attacks or next(iter(forgeries.values()))), HONEST]
    with tempfile.TemporaryDirectory() as scratch:
        notebook = without_demonstrations(ROOT / "solutions" / assignment / f"{assignment}.ipynb")
        for number, attack in enumerate(attacks):
            forgery = {task: code[attack] for task, code in forgeries.items() if attack != HONEST}
            path = Path(scratch, "in", f"{number:02d}", f"{assignment}.ipynb")
            write(filled_in(copy.deepcopy(notebook), forgery), path)
        graded = {}
        for split in (True, False):
            course = course_at(Path(scratch, str(split)), split, int(seconds), assignment)
            report = grade_folder(Path(scratch, "in"), course, progress=False)
            graded[split] = {
                one.student: {row.task: (row.points, row.maximum) for row in one.rows if row.task in tasks}
                for one in report.submissions
            }
    holes = []
    print(f"| attack | split: {', '.join(tasks)} | in one process |\n|---|---|---|")
    for number, attack in enumerate(attacks):
        row = [graded[split][f"{number:02d}"] for split in (True, False)]
        print(f"| {attack} | {' | '.join(map(in_words, row))} |", flush=True)
        full = [(attack, task) for task, (points, most) in row[0].items() if points == most]
        if attack == HONEST and len(full) < len(tasks):
            raise SystemExit("the solution did not get full marks: this run shows nothing")
        holes += full if attack != HONEST else []
    if holes:
        raise SystemExit(f"full marks by wrong answers: {json.dumps(holes)}")


def in_words(points):
    return ", ".join("not graded" if got is None else f"{got:g} of {most:g}" for got, most in points.values())


if __name__ == "__main__":
    main(*sys.argv[1:])
