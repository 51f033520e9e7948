"""Points into a file that a learning platform exported: one column is filled, the rest stays as it is.

The export says what its platform recognises students by. Canvas looks for `ID`, then for the SIS columns,
then for the name, and takes the assignment from the number in `Name (number)`. Moodle's grading worksheet is
read by `Identifier`, its export of grades by the column that the teacher chooses.
"""

import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from unicodedata import normalize

from ganlab.files import written_whole
from ganlab.grading.course import CourseError
from ganlab.grading.report import GradeReport, harmless

# Columns that tell whose a row is. Those of names are no key for the import, and may be made harmless.
WHOLE_NAMES = ("Student", "Full name")
HALF_NAMES = (("FirstName", "LastName"), ("First name", "Last name"), ("First name", "Surname"))
NAMES = {*WHOLE_NAMES, *itertools.chain(*HALF_NAMES)}
KEYS = {
    "canvas": ("ID", "SIS User ID", "SIS Login ID", "Integration ID"),
    "moodle": ("Identifier", "Email address", "ID number", "Username"),
}
HOW_TO_EXPORT = {
    "canvas": "Canvas: Grades, Export, Export Entire Gradebook",
    "moodle": "Moodle: Submissions, Download grading worksheet; or Grades, Export, Plain text file",
}
POINTS_POSSIBLE, MAXIMUM, WORKSHEET_GRADE = "Points Possible", "Maximum Grade", "Grade"
# How Moodle calls the folder of a submission in its zip, with the number of the participant.
MOODLE_FOLDER = re.compile(r"(.+)_(\d+)_assignsubmission_\w*")
CANVAS_NUMBER = re.compile(r"\s*\(\d+\)$")


@dataclass(frozen=True)
class Roster:
    """A file that `lms` exported, as rows of text; the first is the header."""

    lms: str
    path: Path
    rows: tuple[tuple[str, ...], ...]
    delimiter: str

    @property
    def header(self):
        return self.rows[0]

    @property
    def output(self):
        """Where the filled file is written: beside the export, which is never touched."""
        return self.path.with_name(f"{self.path.stem}-graded.csv")

    def column_of(self, assignment: str, column: str | None = None) -> int:
        """The place of the column that takes the points of an assignment.

        Parameters
        ----------
        assignment : str
        column : str or None
            Its title, where it is not called after the assignment.

        Raises
        ------
        CourseError
            If there is no such column, or more than one.
        """
        wanted = _squashed(column or assignment)
        titles = [_squashed(title) for title in self.header]
        places = [place for place, title in enumerate(titles) if title == wanted]
        if not places and column is None:
            if self._is_worksheet:
                return self.header.index(WORKSHEET_GRADE)
            # Canvas: 01-minimax-game (123). Moodle: Assignment: 01-minimax-game (Real).
            short = [_squashed(_bare_title(title)) for title in self.header]
            places = [place for place, title in enumerate(short) if title == wanted]
        if len(places) != 1:
            raise CourseError(
                f"{self.path} has {len(places)} columns for {column or assignment!r}; it has "
                f"{', '.join(filter(None, self.header))}. Say with --column which one takes the points."
            )
        return places[0]

    def filled(self, report: GradeReport, column: str | None = None) -> "Filled":
        """Put the points of a report into their column.

        A cell is filled only where all points of a student are known: what was not graded, or waits for a
        reader, is no 0. All other cells stay as they are, and so the platform changes nothing there.

        Parameters
        ----------
        report : GradeReport
        column : str or None
            The title of the column, where it is not called after the assignment.

        Returns
        -------
        Filled

        Raises
        ------
        CourseError
            If a column is missing, is to take two assignments, or counts with another maximum.
        """
        assignments = sorted({graded.assignment for graded in report.submissions if graded.was_graded})
        several = len(assignments) > 1
        if several and (column is not None or self._is_worksheet):
            one_column = "--column names" if column is not None else f"{self.path} has"
            raise CourseError(
                f"{one_column} one column for points, and {len(assignments)} assignments were handed in: "
                f"{', '.join(assignments)}. Grade a folder that holds one of them."
            )
        whose, rows = self._whose(), [list(row) for row in self.rows]
        places = {
            submission: whose.get(_squashed(submission.student)) or self._by_number(submission.student)
            for submission in report.submissions
        }
        claims = Counter((row, graded.assignment) for graded, claimed in places.items() for row in claimed)
        filled, waiting, lost = 0, [], []
        for submission, claimed in places.items():
            row = next(iter(claimed), None)
            who = " · ".join(filter(None, (submission.student, several and submission.assignment)))
            if len(claimed) != 1 or claims[row, submission.assignment] > 1:
                lost.append(who)
            elif submission.waiting or not submission.was_graded:
                waiting.append(who)
            else:
                place = self.column_of(submission.assignment, column)
                self._refuse_other_maximum(submission, place)
                rows[row][place] = f"{submission.points:g}"
                filled += 1
        for place, title in enumerate(self.header):
            if title in NAMES:
                for row in rows[1:]:
                    row[place] = harmless(row[place])
        return Filled(replace(self, rows=tuple(map(tuple, rows))), filled, tuple(waiting), tuple(lost))

    @property
    def _is_worksheet(self):
        """Whether it is Moodle's worksheet of one assignment, whose column for points bears no name."""
        return self.lms == "moodle" and {"Identifier", WORKSHEET_GRADE} <= set(self.header)

    def _whose(self):
        """{what a student may be called: rows}; a name that two rows bear leads to both, and so to none."""
        whose = {}
        for number, row in enumerate(self.rows[1:], start=1):
            if POINTS_POSSIBLE in row[0]:
                continue
            cells = dict(zip(self.header, row, strict=True))
            calls = [cells.get(title, "") for title in (*KEYS[self.lms], *WHOLE_NAMES)]
            halves = [(cells.get(first, ""), cells.get(last, "")) for first, last in HALF_NAMES]
            halves.append(cells.get("Student", "").partition(",")[::2])  # Lovelace, Ada
            calls += [a + b for pair in halves if all(pair) for a, b in (pair, pair[::-1])]
            for call in filter(None, map(_squashed, calls)):
                whose.setdefault(call, set()).add(number)
        return whose

    def _by_number(self, student):
        """The row of a folder that Moodle made: Ada Lovelace_123_assignsubmission_file is Participant 123."""
        match = MOODLE_FOLDER.fullmatch(student)
        if not match or "Identifier" not in self.header:
            return set()
        place = self.header.index("Identifier")
        numbers = ((number, re.search(r"(\d+)$", row[place])) for number, row in enumerate(self.rows))
        return {number for number, ending in numbers if ending and ending[1] == match[2]}

    def _refuse_other_maximum(self, submission, place):
        stated = [row[place] for row in self.rows if POINTS_POSSIBLE in row[0]]
        if self.lms == "moodle" and MAXIMUM in self.header:
            stated = [row[self.header.index(MAXIMUM)] for row in self.rows[1:]]
        for text in stated:
            try:
                maximum = float(text.replace(",", "."))
            except ValueError:
                continue
            if maximum != submission.maximum:
                raise CourseError(
                    f"{self.path}: {self.header[place]!r} counts {maximum:g} points, and "
                    f"{submission.assignment} has {submission.maximum:g}. Set that as its points "
                    f"in {self.lms.capitalize()}, and export once more."
                )


@dataclass(frozen=True)
class Filled:
    """A filled roster, how many cells took points, and whose did not.

    `waiting` have points that nobody has given yet; `lost` are in no row of the export, or not in one alone.
    """

    roster: Roster
    filled: int
    waiting: tuple[str, ...]
    lost: tuple[str, ...]

    def write(self) -> Path:
        """Write the filled file, and return its path."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.roster.delimiter, lineterminator="\n").writerows(self.roster.rows)
        with written_whole(self.roster.output) as file:
            file.write(text.getvalue().encode("utf-8-sig"))
        return self.roster.output

    def in_words(self):
        """What happened, as one sentence for each kind of student."""
        yield f"Points given: {self.filled}, in {self.roster.output}."
        if self.waiting:
            yield (
                f"Left as they were, since not all points are given: {_listed(self.waiting)}. "
                "Give them in formgrader, then run the command again."
            )
        if self.lost:
            yield (
                f"In no row of {self.roster.path}, or not in one alone: {_listed(self.lost)}. Enter them by "
                "hand, or call their folders as the export calls them."
            )


def read_roster(lms: str, path: str | Path) -> Roster:
    """Read what a learning platform exported.

    Parameters
    ----------
    lms : {"canvas", "moodle"}
    path : path
        A table in text, separated by commas, semicolons or tabs.

    Returns
    -------
    Roster

    Raises
    ------
    CourseError
        If it is no export of this platform; the message says how to get one.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8 text. {HOW_TO_EXPORT[lms]}.") from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    known = {*KEYS[lms], *NAMES} & set(rows[0] if rows else ())
    if len(rows) < 2 or not known & set(KEYS[lms]):
        raise CourseError(
            f"{path} is no export of {lms.capitalize()}: expected a column {' or '.join(KEYS[lms])}, and a "
            f"row for each student. {HOW_TO_EXPORT[lms]}."
        )
    uneven = [number for number, row in enumerate(rows, start=1) if len(row) != len(rows[0])]
    if uneven:
        raise CourseError(f"{path}: row {uneven[0]} has another number of cells than the header.")
    return Roster(lms, path, tuple(map(tuple, rows)), delimiter)


def _listed(students):
    more = f" and {len(students) - 10} more" if len(students) > 10 else ""
    return ", ".join(students[:10]) + more


def _bare_title(title):
    return re.sub(r"^\w+: ?", "", CANVAS_NUMBER.sub("", title)).removesuffix(" (Real)")


def _squashed(text):
    """A name as people spell it differently: without case, spaces and signs.

    Examples
    --------
    >>> _squashed("Çelik, Ayşe"), _squashed("celik_99")
    ('çelikayşe', 'celik99')
    """
    return re.sub(r"[\W_]", "", normalize("NFC", text).casefold())
