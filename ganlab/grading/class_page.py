"""The page about a class, for the people who teach: points, tasks, mistakes, and whom to look at."""

import base64
import io
import re
import statistics
from collections import Counter
from datetime import datetime
from pathlib import Path

import nbformat

from ganlab.grading import likeness
from ganlab.grading.course import Course
from ganlab.grading.feedback import write_page
from ganlab.grading.report import NOT_ANSWERED, PASSED, READ, WAITING, GradeReport, cells_by_name

MISTAKES_SHOWN, SLOWEST_SHOWN = 15, 5
# A number in a sentence, which may be another one for each student.
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")
ALL, SOME, NONE, UNREAD = "all points", "some points", "no points", "not given yet"
# Light for no points and dark for all of them, so that the order is seen without colours.
SHADES = {ALL: "#303030", SOME: "#8c8c8c", NONE: "#e4e4e4", UNREAD: "#ffffff"}
HATCHES = {ALL: "", SOME: "///", NONE: "", UNREAD: "..."}


def write_class_pages(course: Course, report: GradeReport) -> list[Path]:
    """Write a page about the class for each assignment in a report.

    Parameters
    ----------
    course : Course
    report : GradeReport
        From `grade_folder`, on a folder.

    Returns
    -------
    list of pathlib.Path
        ``feedback/class-ASSIGNMENT.html`` in the course. The folders beside it hold the students' pages.
    """
    pages = []
    known = set(course.assignments())
    strays = [submission for submission in report.submissions if submission.assignment not in known]
    for assignment in sorted({submission.assignment for submission in report.submissions} & known):
        submissions = [submission for submission in report.submissions if submission.assignment == assignment]
        path = course.root / "feedback" / f"class-{assignment}.html"
        pages.append(write_page(path, "class", **_facts(course, assignment, submissions, strays)))
    return pages


def _facts(course, assignment, submissions, strays):
    graded = [submission for submission in submissions if submission.was_graded]
    notebooks = _executed(course, assignment, graded)
    seconds = {student: sum(map(_cell_seconds, notebook.cells)) for student, notebook in notebooks.items()}
    waiting = sum(submission.waiting > 0 for submission in graded)
    counts = f"{len(submissions)} handed in, {len(graded)} graded"
    counts += f", {waiting} of them with answers that nobody has read yet." if waiting else "."
    facts = {
        "assignment": assignment,
        "counts": counts if graded else f"{len(submissions)} handed in, nobody is graded.",
        "slowest": sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST_SHOWN],
        "median_seconds": statistics.median(seconds.values()) if seconds else 0,
        "alike": likeness.resembling(_own_pieces(course, assignment, notebooks)),
        "likeness": likeness,
        "n_pairs": len(notebooks) * (len(notebooks) - 1) // 2,
        "flagged": [
            (submission.student, why)
            for submission in [*submissions, *strays]
            for why in _why_to_look(submission)
        ],
    }
    if graded:
        facts |= {
            "distribution": _distribution(graded),
            "tasks": _tasks(graded),
            "mistakes": commonest_mistakes(graded)[:MISTAKES_SHOWN],
        }
    return facts


def commonest_mistakes(graded):
    """Sentences that cost points, with the number of students who got them, the commonest first.

    Parameters
    ----------
    graded : list of GradedSubmission

    Returns
    -------
    list of dict
        With the keys ``task``, ``sentence`` (as one of the students got it) and ``students``.
    """
    got, examples = {}, {}
    for submission in graded:
        for row in submission.rows:
            for sentence in row.reason.split(" / "):
                if sentence in (PASSED, WAITING, "") or sentence.startswith(READ):
                    continue
                kind = row.title, NUMBER.sub("…", sentence)
                got.setdefault(kind, set()).add(submission.student)
                examples.setdefault(kind, Counter())[sentence] += 1
    mistakes = [
        {"task": task, "sentence": examples[task, kind].most_common(1)[0][0], "students": len(students)}
        for (task, kind), students in got.items()
    ]
    return sorted(mistakes, key=lambda mistake: (-mistake["students"], mistake["sentence"] == NOT_ANSWERED))


def _why_to_look(submission):
    if not submission.was_graded:
        yield f"not graded: {submission.rows[0].reason}"
    if submission.no_feedback:
        yield f"no feedback page: {submission.no_feedback}"
    yield from submission.notes
    for row in submission.rows:
        if "seconds without an answer" in row.reason:
            yield f"{row.title}: {row.reason}"


def _executed(course, assignment, graded):
    """{student: the notebook as it ran}."""
    paths = {submission.student: course.executed(submission.student, assignment) for submission in graded}
    return {student: nbformat.read(path, as_version=4) for student, path in paths.items() if path.is_file()}


def _own_pieces(course, assignment, notebooks):
    """{student: the own pieces of each answer in code}."""
    if not notebooks:
        return {}
    source = cells_by_name(nbformat.read(course.source(assignment), as_version=4))
    tasks = [
        name
        for name, cell in source.items()
        if cell.cell_type == "code" and cell.metadata["nbgrader"].get("solution")
    ]
    answers = {student: cells_by_name(notebook) for student, notebook in notebooks.items()}
    return {
        student: [likeness.own_pieces(source[task].source, cells[task].source) for task in tasks]
        for student, cells in answers.items()
    }


def _cell_seconds(cell):
    timing = cell.metadata.get("execution", {})
    try:
        start, end = (timing[name] for name in ("iopub.execute_input", "shell.execute_reply"))
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (KeyError, ValueError):
        return 0.0  # a cell that did not run, or did not end


def _distribution(graded):
    import seaborn

    points = [submission.points for submission in graded]
    maximum = graded[0].maximum
    figure, axes = _axes(2.6)
    width = max(1, round(maximum / 20))
    bins = [width * edge - 0.5 for edge in range(int(maximum // width) + 2)]
    seaborn.histplot(x=points, bins=bins, color=SHADES[SOME], edgecolor="black", ax=axes)
    if len(points) <= 30:
        seaborn.rugplot(x=points, color="black", height=0.08, linewidth=2, ax=axes)
    axes.set_xlabel(f"points, of {maximum:g}")
    axes.set_ylabel("students")
    axes.set_xlim(-1, maximum + 1)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    says = f"Points lie between {min(points):g} and {max(points):g} of {maximum:g}, "
    says += f"the median is {statistics.median(points):g}"
    if len(points) == 1:
        says = f"The only student has {points[0]:g} of {maximum:g} points"
    waiting = max(submission.waiting for submission in graded)
    return _picture(figure, says + (f"; up to {waiting:g} points are not given yet." if waiting else "."))


def _tasks(graded):
    import pandas as pd
    import seaborn
    from matplotlib.colors import to_hex

    outcomes = pd.DataFrame(
        [(row.title, _outcome(row), row.points) for submission in graded for row in submission.rows],
        columns=["task", "outcome", "points"],
    )
    figure, axes = _axes(0.8 + 0.28 * outcomes["task"].nunique())
    axes = seaborn.histplot(
        outcomes,
        y="task",
        hue="outcome",
        hue_order=list(SHADES)[::-1],
        palette=SHADES,
        multiple="stack",
        shrink=0.8,
        alpha=1,
        edgecolor="black",
        ax=axes,
    )
    # By colour, since an outcome that nobody had has no bars.
    hatches = {shade: HATCHES[name] for name, shade in SHADES.items()}
    for patch in (*axes.patches, *axes.get_legend().legend_handles):
        patch.set_hatch(hatches[to_hex(patch.get_facecolor())])
    seaborn.move_legend(axes, "lower center", bbox_to_anchor=(0.4, 1), ncol=4, title=None, frameon=False)
    axes.set_xlabel("students")
    axes.set_ylabel("")
    axes.xaxis.get_major_locator().set_params(integer=True)
    known = outcomes[outcomes["outcome"] != UNREAD]
    if known.empty:
        return _picture(figure, "No task has its points yet.")
    full = (known["outcome"] == ALL).groupby(known["task"], sort=False).mean()
    if full.max() == full.min():
        return _picture(figure, f"Of those graded, {full.max():.0%} have all points, in every task.")
    says = f"All points: most often for {full.idxmax()} ({full.max():.0%} of those graded)"
    says += f", most rarely for {full.idxmin()} ({full.min():.0%})."
    return _picture(figure, says)


def _outcome(row):
    if row.points is None:
        return UNREAD
    return ALL if row.points >= row.maximum else SOME if row.points > 0 else NONE


def _axes(height):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _picture(figure, says):
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=150)
        return {"png": base64.b64encode(file.getvalue()).decode(), "says": says}
