"""The report of a grading: the tasks of an assignment, why each got its points, the table and the CSV."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from ganlab.files import written_whole

COLUMNS = ("student", "assignment", "task", "points", "maximum", "reason")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TASK = re.compile(r"\*\*(Task \d+|Reflection)")
NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# The kernel's name for a cell, which tells nobody anything.
KERNEL_FILE = re.compile(r"\((<[^>]*>|\S+\.py), line (\d+)\)$")
NOT_ANSWERED = "not answered yet"
PASSED = "all tests passed"
ANSWER_DELETED = "its answer cell was deleted"
WAITING = "waiting for a reader: open formgrader"
READ = "read by a reader"
TIMED_OUT = "CellTimeoutError"  # nbclient's name for it


@dataclass(frozen=True)
class TaskGrade:
    """Points of one student for one task, and why.

    `points` is None while a person still has to look at the answer, and where nothing could be graded: that
    is no 0 until somebody says so. `maximum` is None, and `task` empty, where not even the assignment is
    known. `label` is what the notebook calls the task, such as "Task 7".
    """

    student: str
    assignment: str
    task: str
    points: float | None
    maximum: float | None
    reason: str
    label: str = ""

    @property
    def title(self):
        """Such as Task 7 · training-step: by which the task is found in the notebook and in the table."""
        return titled(self.task, self.label)

    @property
    def points_of_maximum(self):
        """Such as 2 / 3; a dash stands for points that nobody has given yet."""
        return f"{'–' if self.points is None else _number(self.points)} / {_number(self.maximum)}"


@dataclass(frozen=True)
class GradedSubmission:
    """All tasks of one submission. `feedback` is the page for the student, None where there is none.

    `no_feedback` says why a submission that was graded has no page; `notes` say what had to be put right.
    """

    student: str
    assignment: str
    rows: tuple[TaskGrade, ...]
    feedback: Path | None
    no_feedback: str = ""
    notes: tuple[str, ...] = ()

    @property
    def was_graded(self):
        return self.feedback is not None or bool(self.no_feedback)

    @property
    def points(self):
        """The sum of what is known so far."""
        return sum(row.points or 0 for row in self.rows)

    @property
    def maximum(self):
        return sum(row.maximum or 0 for row in self.rows)

    @property
    def total(self):
        """Such as 16 / 20: what is known so far, of what is possible."""
        return f"{_number(self.points)} / {_number(self.maximum)}"

    def in_one_line(self):
        """The student, the assignment and the points, or why there are none."""
        outcome = self.total if self.was_graded else f"not graded: {self.rows[0].reason}"
        return " · ".join(filter(None, (self.student, self.assignment, outcome)))

    @property
    def waiting(self):
        """Points that a reader may still give."""
        return sum(row.maximum or 0 for row in self.rows if row.points is None)


@dataclass(frozen=True)
class GradeReport:
    """What `grade_folder` found out. Printing it with rich shows a table for each submission.

    `unsafe` says that the code of students ran without a sandbox.
    """

    submissions: tuple[GradedSubmission, ...]
    unsafe: bool = False

    @property
    def rows(self):
        """Every TaskGrade, student by student, in notebook order."""
        return tuple(row for submission in self.submissions for row in submission.rows)

    @property
    def not_graded(self):
        """The submissions that could not be graded."""
        return tuple(submission for submission in self.submissions if not submission.was_graded)

    @property
    def feedback(self):
        """{(student, assignment): page for the student}, of those that have one."""
        told = (submission for submission in self.submissions if submission.feedback is not None)
        return {(submission.student, submission.assignment): submission.feedback for submission in told}

    def closing_line(self):
        """How many were graded, how many not, and the points of the only one or the mean of several."""
        graded = [submission for submission in self.submissions if submission.was_graded]
        line = f"{len(graded)} graded, {len(self.not_graded)} not"
        if not graded:
            return line
        mean = sum(submission.points for submission in graded) / len(graded)
        possible = sum(submission.maximum for submission in graded) / len(graded)
        line += "; mean of the graded " if len(graded) > 1 else "; "
        line += f"{_number(round(mean, 2))} of {_number(round(possible, 2))} points"
        waiting = sum(submission.waiting > 0 for submission in graded)
        line += f" ({waiting} still waiting for a reader)" if waiting else ""
        silent = sum(bool(submission.no_feedback) for submission in graded)
        return line + (f"; {silent} without a feedback page" if silent else "")

    def to_csv(self, path):
        """Write one line per student and task; replaces the file only once all of it is written.

        Text that a spreadsheet would take for a formula gets a quote in front.
        """
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            names = map(harmless, (row.student, row.assignment, row.task))
            writer.writerow([*names, _number(row.points), _number(row.maximum), harmless(row.reason)])
        with written_whole(path) as file:
            file.write(table.getvalue().encode())

    def __rich_console__(self, console, options):
        from rich.text import Text

        for submission in self.submissions:
            yield from _render(submission)
        yield Text(self.closing_line(), no_wrap=True, overflow="ignore")
        if self.unsafe:
            yield Text("UNSAFE: students' code ran without a sandbox, with your rights.", style="bold red")


@dataclass(frozen=True)
class GradedCell:
    """A cell that carries points. `manual` says that a person has to read it."""

    name: str
    maximum: float
    manual: bool

    @property
    def task(self):
        """The task is what precedes `--`: value-function--by-hand belongs to value-function."""
        return self.name.split("--")[0]


def graded_cells(notebook):
    """The graded cells of a source or release notebook, in notebook order.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    list of GradedCell
    """
    graded = []
    for name, cell in cells_by_name(notebook).items():
        marks = cell.metadata["nbgrader"]
        if marks.get("grade") or marks.get("task"):
            # An answer that carries its own points, and nbgrader's "task" cells, are read by a person.
            manual = bool(marks.get("solution") or marks.get("task")) or cell.cell_type == "markdown"
            graded.append(GradedCell(name, float(marks["points"]), manual))
    return graded


def cells_by_name(notebook):
    """{grade_id: cell} of every cell that nbgrader knows, in notebook order."""
    marked = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id"))
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in marked}


def labels(notebook):
    """{grade_id: "Task 7"}, by the last such words in the text above the cell."""
    label, called = "", {}
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            called[cell.metadata["nbgrader"]["grade_id"]] = label
        elif cell.cell_type == "markdown" and (named := TASK.findall(cell.source)):
            label = named[-1]
    return called


def titled(task, label):
    """A task by its number and its name.

    Examples
    --------
    >>> titled("training-step", "Task 7"), titled("reflection", "Reflection"), titled("item-01", "")
    ('Task 7 · training-step', 'reflection', 'item-01')
    """
    return task if label.casefold() in ("", task) else f"{label} · {task}"


def by_task(cells):
    """{task: its cells}, in the order in which the tasks first appear."""
    tasks = {}
    for cell in cells:
        tasks.setdefault(cell.task, []).append(cell)
    return tasks


def failure(cell, timeout):
    """Why a code cell failed, as a sentence; empty if it ran to its end.

    Parameters
    ----------
    cell : notebook cell, executed
    timeout : int, seconds
        What a cell was allowed.
    """
    errors = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    names = {error.get("ename", "") for error in errors}
    # The interrupt that follows a time-out shows up as a KeyboardInterrupt of the student's own.
    if TIMED_OUT in names:
        return f"stopped after {timeout} seconds without an answer: look for a loop that never ends"
    return one_line(_sentence(errors[0])) if errors else ""


def explain(tests, answer, answer_is_gone, timeout):
    """The sentences of one task, distinct and in order, joined with " / ".

    Parameters
    ----------
    tests : list of (notebook cell, Score, GradedCell)
        The cells that carry its points.
    answer : notebook cell or None
        The cell that bears the task's name, where there is one.
    answer_is_gone : bool
        The submission has no such cell.
    timeout : int, seconds

    Returns
    -------
    str
    """
    broken = failure(answer, timeout) if answer is not None else ""
    sentences = [broken] if broken else []
    for cell, score, graded in tests:
        sentence = _why(cell, score, graded, timeout)
        # Once the answer itself failed or is gone, its missing name in every test says nothing new.
        if not ((broken or answer_is_gone) and "NameError" in sentence):
            sentences.append(sentence)
    sentences = list(dict.fromkeys(filter(None, sentences)))
    full = all(score.points is not None and score.points >= graded.maximum for _, score, graded in tests)
    if full and not any(graded.manual or score.by_reader for _, score, graded in tests):
        return PASSED
    if answer_is_gone and not any(score.by_reader for _, score, _ in tests):
        return ANSWER_DELETED
    return " / ".join(sentences)


def _why(cell, score, graded, timeout):
    if score.by_reader:
        comment = one_line(score.comment)
        return f"{READ}: {comment}" if comment else READ
    if graded.manual:
        return WAITING if score.points is None else NOT_ANSWERED
    return failure(cell, timeout)


def one_line(text):
    """Text without terminal colours, on one line; what can be neither printed nor stored becomes \ufffd.

    Examples
    --------
    >>> one_line("two\\nlines, half an emoji \\ud83d")
    'two lines, half an emoji \ufffd'
    """
    return NOT_TEXT.sub("\ufffd", " ".join(ANSI.sub("", str(text)).split()))


def _sentence(error):
    name, message = error.get("ename", ""), one_line(error.get("evalue", ""))
    message = KERNEL_FILE.sub(r"(line \2)", message)
    if name == "NotImplementedError" and not message:
        return NOT_ANSWERED
    if name == "AssertionError":
        return message or "a test failed without saying why"
    if name == "Refused":  # of ganlab.grading.split
        return f"no answer reached the test: {message}"
    return f"your code stopped with {name}: {message}" if message else f"your code stopped with {name}"


def harmless(text):
    """Text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("all tests passed")
    ("'=1+1", 'all tests passed')
    """
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text


def _number(value):
    return "" if value is None else f"{value:g}"


def _render(submission):
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heading = Text(" · ".join(filter(None, (submission.student, submission.assignment))), style="bold")
    if not submission.was_graded:
        # One reason for all tasks: said once here, and task by task in the CSV.
        yield heading
        yield Text(f"  not graded, which is no 0: {submission.rows[0].reason}", style="red")
    else:
        table = Table(title=heading, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True)
        waiting = f"{_number(submission.waiting)} of them wait for a reader" if submission.waiting else ""
        table.add_column("task", footer="total", overflow="fold")
        table.add_column("points", footer=submission.total, justify="right", no_wrap=True)
        table.add_column("reason", footer=waiting, overflow="fold")
        for row in submission.rows:
            table.add_row(Text(row.title), row.points_of_maximum, Text(row.reason))
        yield table
        if submission.no_feedback:
            yield Text(f"  no feedback page, the points stand: {submission.no_feedback}", style="red")
        else:  # a path that is broken over lines cannot be clicked or copied
            yield Text(f"  feedback: {submission.feedback}", style="dim", no_wrap=True, overflow="ignore")
    for note in submission.notes:
        yield Text(f"  note: {note}", style="dim")
    yield ""
