"""What starting costs: `import ganlab`, `ganlab --help`, and the first cell of each lecture.

`python tests/benchmarks/first_cells.py [--runs N] [--parts NN]` runs each in a fresh Python and prints the
fastest of its runs: by the clock, which says what a person waits on a machine that does nothing else, and in
processor time, which other work disturbs less. `--parts 00` names the packages that lecture 00 spends it on.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

COURSE = Path(__file__).parents[2] / "course"


def programs():
    """Name -> what to run after `python`."""
    yield "python", ["-c", "pass"]
    yield "import ganlab", ["-c", "import ganlab"]
    yield "ganlab --help", ["-m", "ganlab", "--help"]
    yield "import torch", ["-c", "import torch"]
    for path in sorted(COURSE.glob("*.ipynb")):
        yield path.stem, ["-c", first_cell(path)]


def first_cell(path):
    """The code of the first cell of a notebook that has any."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def seconds(arguments):
    """(by the clock, of the processor) that a fresh Python takes."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parts(arguments):
    """Package -> seconds that its own modules take to import, without what they import in turn."""
    child = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True)
    spent = Counter()
    for own, name in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", child.stderr, re.MULTILINE):
        spent[name.split(".")[0]] += int(own) / 1e6
    return spent


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parts", metavar="NN", help="of which lecture")
    asked = parser.parse_args()
    for name, arguments in programs():
        if asked.parts is None:
            clock, processor = map(min, zip(*(seconds(arguments) for _ in range(asked.runs)), strict=True))
            print(f"{name:28} {clock:6.2f} s {processor:6.2f} s of the processor")
        elif name.startswith(asked.parts):
            for package, spent in parts(arguments).most_common(25):
                print(f"{package:28} {spent:6.2f} s")
