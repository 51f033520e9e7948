"""A teacher's evening: a class of 200 with broken and hostile submissions among them, graded and timed.

    python tests/benchmarks/class_of_200.py grades        # kind, expected, got; and that nobody was harmed
    python tests/benchmarks/class_of_200.py times         # beside nbgrader autograde, seconds and memory
    python tests/benchmarks/class_of_200.py kills         # kill -9 at three random moments, and go on

Each part works in a new folder under --work, and leaves it there to be looked at. The 200 honest students
answer from the bank of the assignment (tests/notebooks/banks): all right, partly right, all wrong, left open;
one in ten added cells of their own. What each must get is computed by putting every answer to its tests in
this process (tests/notebooks/exam.py), without the grader. The broken ones are a right submission with one
thing done to it, the hostile ones answer the first task with an attack.
"""

import argparse
import copy
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / part) for part in ("notebooks", "grading")]

from bank import filled_in, read_bank  # noqa: E402
from exam import answers_of_the_solution, examine  # noqa: E402
from hostile import Target, attempts, hostile  # noqa: E402

from ganlab.grading.course import Course  # noqa: E402

ASSIGNMENT = "01-minimax-game"
NAME = f"{ASSIGNMENT}.ipynb"
FULL, NOT_GRADED = "full marks", "not graded"
# Of the task that hostile students answer: what is called, a right answer, a wrong one.
SIGNATURE = "value_function(d_real, d_fake)"
RIGHT = "return np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))"
TASK, WRONG = "value-function", "return 0.5"
GRADE = [sys.executable, "-c", "from ganlab.cli import app; app()", "grade"]


def released():
    return nbformat.read(ROOT / "exercises" / ASSIGNMENT / NAME, as_version=4)


# --- the honest ---------------------------------------------------------------------------------------------


def honest(n, seed):
    """{student: (notebook, {task: code})}, the code of a task left open not among them."""
    rng, bank, tasks = random.Random(seed), {}, list(answers_of_the_solution(ASSIGNMENT))
    for answer in read_bank(ASSIGNMENT):
        bank.setdefault((answer.task, answer.kind), []).append(answer.code)
    students = {}
    for number in range(n):
        kind = ("right", "partly", "partly", "wrong", "open")[number % 5]
        answers = {}
        for task in (task for task in tasks if (task, "right") in bank):
            wanted = kind if kind in ("right", "wrong") else rng.choice(("right", "right", "wrong"))
            if kind == "right" or rng.random() < (0.5 if kind == "open" else 0.95):
                answers[task] = rng.choice(bank[task, wanted])
        notebook = filled_in(released(), answers)
        if number % 10 == 6:
            own = nbformat.v4.new_code_cell(
                "losses = [1 / (1 + step) for step in range(50)]\nplt.plot(losses);"
            )
            notebook.cells.insert(rng.randrange(2, len(notebook.cells)), own)
        students[f"student {number:03d} {kind}"] = notebook, answers
    return students


def expected_points(students):
    """{student: points of the tests}, computed without the grader."""
    points, tasks, stubs = {}, answers_of_the_solution(ASSIGNMENT), {}
    stubs = {cell.id: cell.source for cell in released().cells if cell.id in tasks}

    def of(task, code):
        if (task, code) not in points:
            points[task, code] = examine(ASSIGNMENT, task, code).points
        return points[task, code]

    return {
        student: sum(of(task, answers.get(task, stubs[task])) for task in stubs)
        for student, (_, answers) in students.items()
    }


# --- the broken ---------------------------------------------------------------------------------------------


def cell_of(content, name):
    return next(cell for cell in content["cells"] if cell.get("id") == name)


def changed(change):
    """A file with one thing done to what it holds."""

    def write(folder, content):
        change(content)
        (folder / NAME).write_text(json.dumps(content), encoding="utf-8")

    return write


def changed_cell(name, **fields):
    return changed(lambda content: cell_of(content, name).update(fields))


def encoded(encode):
    """A file with one thing done to its bytes."""
    return lambda folder, content: (folder / NAME).write_bytes(encode(json.dumps(content, indent=1)))


def minor(version):
    def change(content):
        content["nbformat_minor"] = version
        for cell in content["cells"]:
            del cell["id"]

    return changed(change)


def copied(name, place, source=None):
    def change(content):
        again = copy.deepcopy(cell_of(content, name))
        again["source"] = again["source"] if source is None else source
        content["cells"].insert(place, again)

    return changed(change)


def split(content):
    """The first answer in two cells: its definition, and a helper that it needs before it."""
    cell = cell_of(content, TASK)
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    content["cells"].insert(
        content["cells"].index(cell), own | {"source": "def mean_log(x):\n    return np.log(x).mean()"}
    )
    cell["source"] = "def value_function(d_real, d_fake):\n    return mean_log(d_real) + mean_log(1 - d_fake)"


def merged(content):
    """Two answers in one cell, the other cell gone."""
    first, second = cell_of(content, TASK), cell_of(content, "optimal-discriminator")
    first["source"] = "".join(first["source"]) + "\n\n" + "".join(second["source"])
    content["cells"].remove(second)


def without(*names):
    def change(content):
        content["cells"] = [cell for cell in content["cells"] if cell["id"] not in names]

    return changed(change)


def without_marks(content):
    for cell in content["cells"]:
        cell["metadata"] = {}


def without_anything(content):
    for cell in content["cells"]:
        cell["metadata"] = {}
        del cell["id"]


def skipped(content):
    for cell in content["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]


def easier(content):
    for cell in content["cells"]:
        if "--" in cell["id"]:
            cell["source"] = "pass"


def clutter(folder, content):
    for name in ("__MACOSX", ".ipynb_checkpoints"):
        (folder / name).mkdir()
        (folder / name / NAME).write_bytes(b"\x00\x05\x16\x07 not a notebook")
    (folder / ".DS_Store").write_bytes(b"\x00")
    whole(folder, content)


def deeper(folder, content):
    (folder / "my work").mkdir()
    whole(folder / "my work", content)


def as_nbgrader(folder, content):
    (folder / ASSIGNMENT).mkdir()
    whole(folder / ASSIGNMENT, content)


def whole(folder, content):
    (folder / NAME).write_text(json.dumps(content), encoding="utf-8")


def with_widgets(content):
    state = {f"model{number}": {"state": {"data": "x" * 1000}} for number in range(8000)}
    content["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}


def with_outputs(content):
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 100_000}, None]


def raw(content_of_file, name=NAME):
    return lambda folder, _: (folder / name).write_bytes(content_of_file)


def linked(folder, _):
    (folder / NAME).symlink_to(ROOT / "solutions" / ASSIGNMENT / NAME)


def linked_folder(folder, _):
    folder.rmdir()
    folder.symlink_to(ROOT / "solutions" / ASSIGNMENT)


def twice(folder, content):
    whole(folder, content)
    as_nbgrader(folder, content)


def unreadable(folder, content):
    os.mkfifo(folder / NAME)


def retyped(name, kind):
    def change(content):
        cell = cell_of(content, name)
        cell["cell_type"] = kind
        for field in ("outputs", "execution_count"):
            cell.pop(field, None)

    return changed(change)


# {student: (what is done to a right submission, expected: FULL, NOT_GRADED, or the tasks that lose all)}
BROKEN = {
    "as nbgrader has it": (as_nbgrader, FULL),
    "an answer copied above": (copied(TASK, 2, "def value_function(a, b):\n    return 0"), FULL),
    "a test copied": (copied(f"{TASK}--by-hand", 3), FULL),
    "a test copied and emptied": (copied(f"{TASK}--hidden", 3, "pass"), FULL),
    "a cell split": (changed(split), FULL),
    "two cells merged": (changed(merged), FULL),
    "an answer as markdown": (retyped(TASK, "markdown"), FULL),
    "an answer as raw": (retyped(TASK, "raw"), FULL),
    "a test as markdown": (retyped(f"{TASK}--hidden", "markdown"), FULL),
    "a test deleted": (without(f"{TASK}--hidden", f"{TASK}--by-hand"), FULL),
    "an answer deleted": (without(TASK), [TASK]),
    "the imports deleted": (without("imports"), FULL),
    "the marks lost": (changed(without_marks), FULL),
    "marks and ids lost": (changed(without_anything), FULL),
    "tests replaced by pass": (changed(easier), FULL),
    "every cell tagged to be skipped": (changed(skipped), FULL),
    "nbformat 4.0": (minor(0), FULL),
    "nbformat 4.1": (minor(1), FULL),
    "nbformat 4.2": (minor(2), FULL),
    "nbformat 4.3": (minor(3), FULL),
    "nbformat 4.4": (minor(4), FULL),
    "nbformat 4.5 without ids": (minor(5), FULL),
    "a byte-order mark": (encoded(lambda text: text.encode("utf-8-sig")), FULL),
    "windows line ends": (encoded(lambda text: text.replace("\n", "\r\n").encode()), FULL),
    "utf-16": (encoded(lambda text: text.encode("utf-16")), FULL),
    "windows line ends inside": (
        changed_cell(TASK, source=f"\ufeffdef {SIGNATURE}:\r\n    {RIGHT}\r\n"),
        FULL,
    ),
    "metadata null": (changed(lambda content: content.update(metadata=None)), FULL),
    "a cell's metadata null": (changed_cell(TASK, metadata=None), FULL),
    "half an emoji": (changed_cell("reflection", source="half \ud83d"), FULL),
    "half an emoji in code": (
        changed_cell(TASK, source=f"def {SIGNATURE}:\n    '\ud83d'\n    {RIGHT}"),
        FULL,
    ),
    "another kernel": (
        changed(lambda content: content["metadata"].update(kernelspec={"name": "ir", "display_name": "R"})),
        FULL,
    ),
    "8 MB of widget state": (changed(with_widgets), FULL),
    "outputs damaged": (changed(with_outputs), FULL),
    "clutter of a Mac": (clutter, FULL),
    "one folder deeper": (deeper, FULL),
    unicodedata.normalize("NFC", "Jörg Müller"): (whole, FULL),
    unicodedata.normalize("NFD", "Ağça Åström"): (whole, FULL),
    "a syntax error": (changed_cell(TASK, source=f"def {SIGNATURE}\n    return 1"), [TASK]),
    "empty file": (raw(b""), NOT_GRADED),
    "not JSON": (raw(b"{not json"), NOT_GRADED),
    "binary": (raw(bytes(range(128, 256))), NOT_GRADED),
    "cut off": (raw(json.dumps({"cells": [{"source": "x" * 50}]}).encode()[:40]), NOT_GRADED),
    "JSON but no notebook": (raw(b'{"a": 1}'), NOT_GRADED),
    "no cells": (raw(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'), NOT_GRADED),
    "deep JSON": (raw(b"[" * 200_000), NOT_GRADED),
    "60 MB": (raw(b" " * (60 * 2**20)), NOT_GRADED),
    "renamed": (raw(b"{}", f"{ASSIGNMENT} (1).ipynb"), NOT_GRADED),
    "a docx": (raw(b"PK", "minimax.docx"), NOT_GRADED),
    "nothing in the folder": (lambda folder, _: None, NOT_GRADED),
    "a link to the solution": (linked, NOT_GRADED),
    "a folder that is a link": (linked_folder, NOT_GRADED),
    "handed in twice": (twice, NOT_GRADED),
    "a pipe": (unreadable, NOT_GRADED),
}


# --- the hostile --------------------------------------------------------------------------------------------

# {student: expected}: the outcomes that are fair, one or several. An attack that fails leaves a right answer.
EXPECTED = {key: [FULL] for key in ("b files", "b network", "b processes", "d finder", "e deletes")}
EXPECTED |= {key: [[TASK]] for key in ("f peeks", "j shows", "h memory", "k exits", "n kills")}
EXPECTED |= {key: [NOT_GRADED] for key in ("i memories", "l exits", "m deaf", "o asserts")}
EXPECTED |= {key: [[TASK], NOT_GRADED] for key in ("j flood", "g forks")}
EXPECTED |= {"j drowns": [FULL, NOT_GRADED], "c leftovers": [FULL, [TASK]]}


def more_hostile(target, old_gradebook):
    """{student: (answer, the outcomes that are fair)}, beside those of tests/grading/hostile.py."""
    answer, root = target.answer, target.course.root
    loops = answer("while True: pass")
    hidden = "HIDDEN TESTS ask more of the same: samples of different sizes"
    return {
        "writes the gradebooks": (
            answer(
                *attempts(
                    f"open({str(old_gradebook)!r}, 'ab').write(b'x')",
                    f"open({str(target.course.gradebook)!r}, 'ab').write(b'x')",
                    f"open({str(target.submission)!r}, 'a').write(' ')",
                    f"os.remove({str(target.submission)!r})",
                    f"os.listdir({str(root)!r})[0]",
                    f"shutil.rmtree({str(root)!r})",
                )
            ),
            [FULL],
        ),
        "looks for hidden tests": (
            answer(
                "import gc",
                f"wanted = {hidden[:6]!r} + {hidden[6:]!r}",
                "seen = [text for text in gc.get_objects() if isinstance(text, str) and wanted in text]",
                "seen += [1 for text in get_ipython().user_ns['In'][:-1] if wanted in text]",
                "seen += [1 for path in glob.glob('/submission/**', recursive=True) if path[12:]]",
                "if seen: print('REACHED', len(seen))",
            ),
            [FULL],
        ),
        "endless": (loops, [[TASK]]),
        "endless at once": ("while True: pass", [[TASK]]),
        "sleeps through interrupts": (
            answer(
                "while True:",
                "    try: time.sleep(1)",
                "    except KeyboardInterrupt: pass",
            ),
            [NOT_GRADED, [TASK]],
        ),
        "threads": (
            answer(
                "import threading",
                "for _ in range(5000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
            ),
            [[TASK], NOT_GRADED],
        ),
        "kills its parent": (
            answer("os.kill(os.getppid(), 9)", "os.killpg(os.getpgid(1), 9)"),
            [FULL, [TASK]],
        ),
        "stops its parent": (answer("os.kill(os.getppid(), signal.SIGSTOP)"), [FULL]),
        "blocks every signal": (
            answer("signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))", "while True: pass"),
            [NOT_GRADED, [TASK]],
        ),
        "alarms later": (answer("signal.setitimer(signal.ITIMER_REAL, 0.2)"), [FULL, NOT_GRADED]),
        "segfaults": (answer("ctypes.string_at(0)"), [NOT_GRADED]),
        "leaves shared memory": (
            answer(
                "from multiprocessing import shared_memory",
                "block = shared_memory.SharedMemory(create=True, size=2**20)",
                "libc = ctypes.CDLL(None); libc.shmget(4242, 2**20, 0o1666)",
            ),
            [FULL],
        ),
        "leaves a daemon": (
            answer(
                "if os.fork() == 0:",
                "    os.setsid()",
                "    if os.fork() == 0: time.sleep(600)",
                "    os._exit(0)",
            ),
            [FULL],
        ),
        "serves a socket": (
            answer(
                "held = globals().setdefault('held', [])",
                "held.append(socket.create_server(('127.0.0.1', 0)))",
                "held.append(socket.socket(socket.AF_UNIX))",
                "held[-1].bind(chr(0) + f'abstract{len(held)}')",
            ),
            [FULL],
        ),
        "fills the disk": (
            answer("file = open('/tmp/big', 'ab')", "while True: file.write(bytes(2**20))"),
            [[TASK], NOT_GRADED],
        ),
        "a million files": (
            answer("for number in range(10**6): open(f'/tmp/{number}', 'w').close()"),
            [[TASK], NOT_GRADED, FULL],
        ),
        "fills the folder of its connection": (
            answer(
                "for folder in glob.glob('/tmp/ganlab-*'):",
                "    for number in range(200):",
                "        with contextlib.suppress(OSError):",
                "            open(f'{folder}/{number}', 'w').write('x' * 10**5)",
            ),
            [NOT_GRADED, FULL],
        ),
        "recurses": (answer("sys.setrecursionlimit(10**9)", "def f(): f()", "f()"), [NOT_GRADED, [TASK]]),
        "no assertion fails": (
            answer(
                "import builtins",
                "class Never(Exception): __new__ = lambda *a: SystemExit(0)",
                "builtins.AssertionError = Never",
                then=WRONG,
            ),
            [[TASK], NOT_GRADED],
        ),
        "equal to everything": (
            "class Equal(float):\n    __eq__ = __le__ = __lt__ = __ge__ = lambda *_: True\n"
            "    __sub__ = __rsub__ = lambda self, other: 0.0\n"
            f"def {SIGNATURE}:\n    return Equal(0.5)",
            [[TASK], NOT_GRADED],
        ),
        "replaces assert_close": (
            answer(
                "import ganlab.grading.answers as answers",
                "answers.assert_close = lambda *_, **__: None",
                then=WRONG,
            )
            + "\nvalue_function(1, 1)",
            [[TASK], NOT_GRADED],
        ),
        "replaces run_cell": (
            answer(then=WRONG) + "\nget_ipython().run_code = None\nget_ipython().run_cell_async = None",
            [[TASK], NOT_GRADED],
        ),
        "forges points": (answer("from IPython.display import display; display(99)", then=WRONG), [[TASK]]),
        "displays a script": (
            answer(
                "from IPython.display import HTML, display",
                f"display(HTML('<script>fetch(\"http://127.0.0.1:{target.port}\")</script>'))",
            ),
            [FULL],
        ),
        "asks for input": (answer("input('your password: ')"), [[TASK]]),
        "a pickle of itself": (
            answer(
                "import pickle",
                "class Bomb: __reduce__ = lambda self: (os._exit, (1,))",
                "pickle.dumps(Bomb())",
            ),
            [FULL],
        ),
        "magics": (
            answer(
                "get_ipython().system('curl -m 1 http://127.0.0.1:" + str(target.port) + "; kill -9 1')",
                f"if os.path.exists({str(root)!r}): print('REACHED', 'the course')",
            ),
            [FULL],
        ),
        "ends at exit": (answer("import atexit; atexit.register(os.kill, 1, 9)"), [FULL]),
    }


# --- grading ------------------------------------------------------------------------------------------------


def new_course(folder, seconds=None):
    """The course as it is in a folder of its own; `seconds` is another patience for each cell."""
    for part in ("course", "solutions", "exercises"):
        shutil.copytree(ROOT / part, folder / part)
    if seconds:
        settings = folder / "solutions" / "nbgrader_config.py"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("timeout = 60", f"timeout = {seconds}"), encoding="utf-8")
    return Course(folder)


def hand_in(folder, students, nested=False):
    for student, (notebook, _) in students.items():
        place = folder / student / ASSIGNMENT if nested else folder / student
        place.mkdir(parents=True)
        nbformat.write(notebook, place / NAME)


class Watched:
    """The processes of a command: the most memory that they took together, resident (`rss`), and with pages
    that several share counted once (`pss`)."""

    def __init__(self, command, **settings):
        self.rss = self.pss = 0
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.process = subprocess.Popen(command, **settings)
        done = threading.Event()
        threading.Thread(target=self._sample, args=(done,), daemon=True).start()
        self.process.wait()
        done.set()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds = time.monotonic() - started
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _sample(self, done):
        while not done.wait(1):
            rss = pss = 0
            try:
                parent = psutil.Process(self.process.pid)
                processes = [parent, *parent.children(recursive=True)]
            except psutil.Error:
                continue
            for process in processes:
                try:
                    rss += process.memory_info().rss
                    pss += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.rss, self.pss = max(self.rss, rss), max(self.pss, pss)


def graded(course, folder):
    """The command's report as {student: {task: points or None}}, {student: reason}, and how it ran."""
    table = course.root / "grades.csv"
    command = [*GRADE, str(folder), "--csv", str(table)]
    with open(course.root / "terminal.txt", "wb") as terminal:
        run = Watched(command, cwd=course.root, stdout=terminal, stderr=terminal)
    if run.process.returncode not in (0, 1):
        raise SystemExit(f"ganlab grade ended with {run.process.returncode}: see {course.root}/terminal.txt")
    import csv

    points, reasons = {}, {}
    with open(table, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = row["points"]
            points.setdefault(row["student"], {})[row["task"]] = float(number) if number else None
            reasons.setdefault(row["student"], row["reason"])
    return points, reasons, run


def told(run):
    """What a command took, in words."""
    memory = f"{run.rss / 2**20:.0f} MB resident at most, {run.pss / 2**20:.0f} with shared pages once"
    return f"{run.seconds:.1f} s, {run.cpu:.1f} s of processors, {memory}"


def total(tasks):
    return sum(points or 0 for points in tasks.values())


def digest(*places):
    content = hashlib.sha256()
    for place in places:
        for path in sorted([place, *place.rglob("*")]):
            content.update(f"{path} {path.lstat().st_mode}".encode("utf-8", "replace"))
            if path.is_file() and not path.is_symlink():
                content.update(path.read_bytes())
    return content.hexdigest()


def kind_of(tasks, full):
    """FULL, NOT_GRADED, or the tasks without any point, of a student's {task: points}."""
    tested = {task: points for task, points in tasks.items() if task != "reflection"}
    if any(points is None for points in tested.values()) or not tested:
        return NOT_GRADED
    lost = [task for task, points in tested.items() if points < full[task]]
    if any(tested[task] > 0 for task in lost):
        return f"part of {', '.join(lost)}"
    return lost or FULL


def grades(work, n, seed, n_alone, patience):
    """The table of kinds, and whether anybody was harmed."""
    students = honest(n, seed)
    expected = expected_points(students)
    right = filled_in(released(), {TASK: f"def {SIGNATURE}:\n    {RIGHT}"})
    bank = {answer.task: answer.code for answer in reversed(read_bank(ASSIGNMENT)) if answer.kind == "right"}
    right = filled_in(released(), bank | {TASK: f"def {SIGNATURE}:\n    {RIGHT}"})
    full = {
        task: examine(ASSIGNMENT, task, code).points
        for task, code in answers_of_the_solution(ASSIGNMENT).items()
    }

    course, folder = new_course(work / "course", seconds=patience), work / "handed in"
    hand_in(folder, students)
    content = json.loads(nbformat.writes(right))
    for student, (make, _) in BROKEN.items():
        (folder / student).mkdir()
        make(folder / student, copy.deepcopy(content))
    (work / "canary").write_text("as it was")
    old_gradebook = course.root / "gradebook of last year.db"
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / NAME, old_gradebook)

    got = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: [got.append(server.accept()) for _ in iter(int, 1)], daemon=True).start()
    somebody = folder / next(iter(students)) / NAME
    target = Target(SIGNATURE, RIGHT, WRONG, course, ASSIGNMENT, somebody, server.getsockname()[1], 4 * 2**30)
    attacks = {student: (code, EXPECTED[student]) for student, code in hostile(target).items()}
    attacks |= more_hostile(target, old_gradebook)
    for student, (code, _) in attacks.items():
        notebook = filled_in(copy.deepcopy(right), {TASK: code})
        # Each attack lies behind an honest student, and so beside the next one: names decide the order.
        hand_in(folder, {f"student {len(student) * 7 % n:03d} then {student}": (notebook, None)})
    names = {student: f"student {len(student) * 7 % n:03d} then {student}" for student in attacks}

    watched = [folder, old_gradebook, work / "canary", course.solutions, course.exercises]
    left_before = set(Path("/tmp").glob("ganlab-*")) | set(Path("/dev/shm").iterdir())
    before = digest(*watched)
    points, reasons, run = graded(course, folder)
    print(f"{len(points)} submissions: {told(run)}")

    wrong = []
    print(f"\n{'kind':42} {'expected':34} got")
    for kind in ("right", "partly", "wrong", "open"):
        group = [student for student in students if student.endswith(kind)]
        same = [student for student in group if total(points[student]) == expected[student]]
        wrong += [(student, expected[student], points[student]) for student in group if student not in same]
        print(
            f"{f'honest, {kind} ({len(group)})':42} {'the points of the bank':34} {len(same)} of {len(group)}"
        )
    rows = [("broken", student, student, [fair]) for student, (_, fair) in BROKEN.items()]
    rows += [("hostile", student, names[student], fair) for student, (_, fair) in attacks.items()]
    for what, label, student, fair in rows:
        student = unicodedata.normalize("NFC", student)
        outcome = kind_of(points[student], full)
        said = " or ".join(one if isinstance(one, str) else f"0 for {', '.join(one)}" for one in fair)
        shown = outcome if isinstance(outcome, str) else f"0 for {', '.join(outcome)}"
        flag = "" if outcome in fair else "  <-- NOT EXPECTED"
        wrong += [(student, fair, points[student])] if flag else []
        print(f"{f'{what}: {label}':42} {said[:33]:34} {shown}{flag} · {reasons[student][:90]}")

    print()
    executed = list((course.root / "autograded").rglob("*.ipynb"))
    reached = [path for path in executed if _said(path, "REACHED")]
    print("hostile code that says it reached something:", [path.parts[-3] for path in reached] or "none")
    print("connections to the canary port:", len(got))
    print(
        "files of others, canaries, the old gradebook, solutions:",
        "unchanged" if digest(*watched) == before else "CHANGED",
    )
    print(
        "left in /tmp and /dev/shm:",
        sorted({*Path("/tmp").glob("ganlab-*"), *Path("/dev/shm").iterdir()} - left_before) or "nothing",
    )
    print("pages with a line of a hidden test:", _pages_that_tell(course) or "none")
    print("not as expected:", len(wrong), *wrong, sep="\n  ")

    alone, only = new_course(work / "alone", seconds=patience), work / "honest alone"
    hand_in(only, dict(list(students.items())[:: max(1, n // n_alone)]))
    without_others, _, _ = graded(alone, only)
    differ = [student for student, tasks in without_others.items() if tasks != points[student]]
    print(
        f"honest students whose points differ without the others ({len(without_others)} graded):",
        differ or "none",
    )


def _said(path, word):
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and word in output.text:
                return True
    return False


def _pages_that_tell(course):
    """Feedback pages that hold a line of a hidden test which no released notebook holds."""
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    known = "\n".join(cell.source for cell in released().cells)
    lines = set()
    for cell in source.cells:
        _, _, rest = cell.source.partition("### BEGIN HIDDEN TESTS\n")
        hidden, _, _ = rest.partition("### END HIDDEN TESTS")
        lines |= {line.strip() for line in hidden.splitlines() if len(line.strip()) > 30}
    lines = {line for line in lines if line not in known}
    pages = (course.root / "feedback").rglob("*.html")
    return [
        page.parts[-3] for page in pages if any(line in page.read_text(encoding="utf-8") for line in lines)
    ]


# --- times --------------------------------------------------------------------------------------------------


def times(work, n, seed, n_nbgrader, patience):
    """`nbgrader autograde` on some, `ganlab grade` on all, and nbgrader on some others."""
    students = honest(n, seed)
    some = list(students.items())[:: max(1, n // n_nbgrader)][:n_nbgrader]
    halves = [dict(some[::2]), dict(some[1::2])]

    def autograde(half, name):
        course = new_course(work / name, seconds=patience)
        environment = os.environ | {"JUPYTER_CONFIG_PATH": "solutions"}
        settings = {
            "cwd": course.root,
            "env": environment,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        nbgrader = [sys.executable, "-m", "nbgrader"]
        subprocess.run([*nbgrader, "generate_assignment", ASSIGNMENT, "--force"], check=True, **settings)
        hand_in(course.root / "submitted", half, nested=True)
        run = Watched([*nbgrader, "autograde", ASSIGNMENT], **settings)
        made = len(list((course.root / "autograded").rglob("*.ipynb")))
        print(f"nbgrader autograde: {made} of {len(half)}, {told(run)}", flush=True)
        return run

    first = autograde(halves[0], "nbgrader 1")
    course, folder = new_course(work / "course", seconds=patience), work / "handed in"
    hand_in(folder, students)
    points, _, ours = graded(course, folder)
    print(f"ganlab grade: {len(points)}, {told(ours)}", flush=True)
    second = autograde(halves[1], "nbgrader 2")
    for what in ("seconds", "cpu"):
        theirs = (getattr(first, what) + getattr(second, what)) / len(some)
        each = getattr(ours, what) / n
        print(f"{what} a submission: nbgrader {theirs:.2f}, ganlab {each:.2f}, ratio {theirs / each:.1f}")
    expected = expected_points(students)
    print(
        "points as expected:",
        sum(total(points[student]) == expected[student] for student in students),
        "of",
        n,
    )


# --- kills --------------------------------------------------------------------------------------------------


def kills(work, n, seed):
    """Three gradings killed at random moments, each gone on with, against one that was left alone."""
    students, rng, folder = honest(n, seed), random.Random(seed), work / "handed in"
    hand_in(folder, students)
    untouched = new_course(work / "untouched")
    points, _, run = graded(untouched, folder)
    print(f"left alone: {len(points)} in {run.seconds:.0f} s", flush=True)
    for number in range(3):
        course, after = new_course(work / f"killed {number}"), rng.uniform(0, run.seconds)
        left_before = set(Path("/tmp").glob("ganlab-*"))
        with open(course.root / "killed.txt", "wb") as terminal:
            grading = subprocess.Popen(
                [*GRADE, str(folder)], cwd=course.root, stdout=terminal, stderr=terminal
            )
            time.sleep(after)
            inside = psutil.Process(grading.pid).children(recursive=True)
            grading.send_signal(signal.SIGKILL)
            grading.wait()
        alive = psutil.wait_procs(inside, timeout=10)[1]
        done = len(list((course.root / "autograded").rglob("*.ipynb")))
        left = sorted(path.name for path in set(Path("/tmp").glob("ganlab-*")) - left_before)
        again, _, _ = graded(course, folder)
        left_after = sorted(path.name for path in set(Path("/tmp").glob("ganlab-*")) - left_before)
        same = [scores(course) == scores(untouched), again == points]
        print(
            f"killed after {after:.1f} s with {done} done; processes left: {len(alive)}",
            f"in /tmp: {left or 'nothing'}, after the rerun {left_after or 'nothing'}",
            f"gradebook and report equal: {same}; half-written files: {half_written(course) or 'none'}",
            sep="; ",
            flush=True,
        )


def scores(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        return {
            (submission.student.id, grade.name): (
                grade.auto_score,
                grade.manual_score,
                grade.needs_manual_grade,
            )
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
            for grade in submission.notebooks[0].grades
        }


def half_written(course):
    """Files of results that cannot be read, or are called like nothing that a grading writes."""
    wrong = []
    for path in [*(course.root / "autograded").rglob("*"), *(course.root / "feedback").rglob("*")]:
        if path.is_file() and path.suffix == ".ipynb":
            try:
                nbformat.read(path, as_version=4)
            except Exception:
                wrong.append(path)
        elif path.is_file() and path.suffix != ".html":
            wrong.append(path)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["grades", "times", "kills"])
    parser.add_argument("--honest", type=int, default=200, help="how many honest students")
    parser.add_argument(
        "--alone", type=int, default=200, help="how many of them are graded without the others, too"
    )
    parser.add_argument("--nbgrader", type=int, default=8, help="how many nbgrader grades, too")
    parser.add_argument("--patience", type=int, default=60, help="seconds that a cell may take")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()))
    settings = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="class-of-200-", dir=settings.work))
    print(f"in {work}", flush=True)
    if settings.part == "grades":
        grades(work, settings.honest, settings.seed, settings.alone, settings.patience)
    elif settings.part == "times":
        times(work, settings.honest, settings.seed, settings.nbgrader, settings.patience)
    else:
        kills(work, settings.honest, settings.seed)


if __name__ == "__main__":
    main()
