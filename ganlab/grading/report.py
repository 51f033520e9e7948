"""The outcome of a grading: for the terminal, and as a table for a spreadsheet."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ganlab.files import written_whole

COLUMNS = ("student", "assignment", "task", "points", "maximum", "reason")


@dataclass(frozen=True)
class TaskGrade:
    """Points of one student for one task, and why.

    `points` is None while a person still has to read the answer; `maximum` is None, and `task` empty,
    where not even the assignment is known.
    """

    student: str
    assignment: str
    task: str
    points: float | None
    maximum: float | None
    reason: str


@dataclass(frozen=True)
class GradedSubmission:
    """All tasks of one submission. `feedback` is the page for the student, None where grading failed."""

    student: str
    assignment: str
    rows: tuple[TaskGrade, ...]
    feedback: Path | None

    @property
    def was_graded(self):
        return self.feedback is not None

    @property
    def points(self):
        """The sum of what is known so far."""
        return sum(row.points or 0 for row in self.rows)

    @property
    def maximum(self):
        return sum(row.maximum or 0 for row in self.rows)

    @property
    def waiting(self):
        """Points that a reader may still give."""
        return sum(row.maximum or 0 for row in self.rows if row.points is None)


@dataclass(frozen=True)
class GradeReport:
    """What `grade_folder` found out. Printing it with rich shows a table for each submission."""

    submissions: tuple[GradedSubmission, ...]

    @property
    def rows(self):
        """Every TaskGrade, student by student, in notebook order."""
        return tuple(row for one in self.submissions for row in one.rows)

    @property
    def not_graded(self):
        """The submissions that could not be graded."""
        return tuple(one for one in self.submissions if not one.was_graded)

    @property
    def feedback(self):
        """{(student, assignment): page for the student}, of those that were graded."""
        return {(one.student, one.assignment): one.feedback for one in self.submissions if one.was_graded}

    def closing_line(self):
        """How many were graded, how many not, and the mean of the graded ones."""
        graded = [one for one in self.submissions if one.was_graded]
        line = f"{len(graded)} graded, {len(self.not_graded)} not"
        if not graded:
            return line
        mean = sum(one.points for one in graded) / len(graded)
        possible = sum(one.maximum for one in graded) / len(graded)
        line += f"; mean of the graded {_number(round(mean, 2))} of {_number(round(possible, 2))} points"
        waiting = sum(1 for one in graded if one.waiting)
        return line + (f" ({waiting} still waiting for a reader)" if waiting else "")

    def to_csv(self, path):
        """Write one line per student and task; replaces the file only once all of it is written.

        Text that a spreadsheet would take for a formula gets a quote in front.
        """
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            writer.writerow(
                [
                    harmless(row.student),
                    harmless(row.assignment),
                    harmless(row.task),
                    _number(row.points),
                    _number(row.maximum),
                    harmless(row.reason),
                ]
            )
        with written_whole(path) as file:
            file.write(table.getvalue().encode())

    def __rich_console__(self, console, options):
        from rich.text import Text

        for one in self.submissions:
            yield from _render(one)
        yield Text(self.closing_line(), no_wrap=True, overflow="ignore")


def harmless(text):
    """Text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("all tests passed")
    ("'=1+1", 'all tests passed')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _number(value):
    return "" if value is None else f"{value:g}"


def _render(one):
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heading = Text(" · ".join(filter(None, (one.student, one.assignment))), style="bold")
    total = f"{_number(one.points)} / {_number(one.maximum)}"
    if not one.was_graded:
        # One reason for all tasks: said once here, and task by task in the CSV.
        yield heading
        yield Text(f"  {total}  not graded: {one.rows[0].reason}", style="red")
        yield ""
        return
    table = Table(title=heading, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True)
    waiting = f"{_number(one.waiting)} of them wait for a reader" if one.waiting else ""
    table.add_column("task", footer="total", overflow="fold")
    table.add_column("points", footer=total, justify="right", no_wrap=True)
    table.add_column("reason", footer=waiting, overflow="fold")
    for row in one.rows:
        points = f"{'–' if row.points is None else _number(row.points)} / {_number(row.maximum)}"
        table.add_row(Text(row.task), points, Text(row.reason))
    yield table
    # A path that is broken over lines cannot be clicked or copied.
    yield Text(f"  feedback: {one.feedback}", style="dim", no_wrap=True, overflow="ignore")
    yield ""
