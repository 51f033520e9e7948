"""The last measurement of each task, kept as tables in `graders.md`, so that parts can be measured anew."""

import platform
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

KEPT = Path(__file__).parent / "graders.md"
LIBRARIES = ("ganlab", "numpy", "scipy", "torch", "pandas", "scikit-learn")
TITLE = """# How often the tests accept a wrong answer, or reject a right one

Written by `python tests/benchmarks/mutants.py --keep`, which replaces the rows of the tasks it measured. Do
not edit by hand. Each row was measured on its day, the last ones with {versions}.
"""
COLUMNS = {
    "Mutants": ("made", "equivalent", "tried", "killed", "survived"),
    "Bank": ("wrong", "lose points", "right hint", "right", "full marks"),
    "Drawn inputs": ("runs", "rejected"),
}
MEANING = {
    "Mutants": """Small mistakes made mechanically in the solution, one at a time. An *equivalent* one
differs from the solution for no input of the task (`equivalent_mutants.toml` says why). Of the others, as
many were tried as time allowed, chosen by chance. One that survived got full marks.
""",
    "Bank": """Answers written by hand (`tests/notebooks/banks`). A wrong one must lose points and be shown
its own hint; a right one must get full marks.
""",
    "Drawn inputs": """Right answers of the bank and the solution, put to tests that draw inputs from the
submission (`ganlab.grading.answers.seeds`), as if each were in so many submissions.
""",
}


def keep(kind, task, numbers):
    """Put the numbers of a task into the table of a kind, beside those measured before.

    Parameters
    ----------
    kind : str
        "Mutants", "Bank" or "Drawn inputs".
    task : (assignment, task)
    numbers : sequence of int
        One for each column.
    """
    tables = kept(KEPT.read_text(encoding="utf-8") if KEPT.exists() else "")
    today = datetime.now(UTC).date()
    tables[kind][task] = (*dict(zip(COLUMNS[kind], numbers, strict=True)).values(), today)
    KEPT.write_text(as_text(tables), encoding="utf-8")


def kept(text):
    """{kind: {(assignment, task): (number, ..., date)}} of a text that `as_text` made."""
    tables = {kind: {} for kind in COLUMNS}
    for line in text.splitlines():
        if line.startswith("## "):
            table = tables[line[3:]]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[1] not in ("task", "**all**"):
            table[cells[0], cells[1]] = (*map(int, cells[2:-1]), date.fromisoformat(cells[-1]))
    return tables


def as_text(tables):
    """The page: each table with the sum of every module, and of all."""
    versions = f"Python {platform.python_version()}" + "".join(f", {lib} {version(lib)}" for lib in LIBRARIES)
    parts = [TITLE.format(versions=versions)]
    for kind, columns in COLUMNS.items():
        rows = sorted(
            tables[kind].items(), key=lambda row: row[0][0]
        )  # tasks stay in the order of the module
        head = ("module", "task", *columns, "measured")
        lines = [f"## {kind}\n", MEANING[kind], _line(head), "|" + "---|" * len(head)]
        for module in dict.fromkeys(module for (module, _), _ in rows):
            of_module = [(name, numbers) for name, numbers in rows if name[0] == module]
            lines += [_line((*name, *numbers)) for name, numbers in of_module]
            lines.append(_sums(module, of_module))
        if rows:
            lines.append(_sums("all modules", rows))
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _sums(module, rows):
    sums = [sum(column) for column in zip(*(numbers[:-1] for _, numbers in rows), strict=True)]
    return _line(
        (module, "**all**", *(f"**{number}**" for number in sums), max(numbers[-1] for _, numbers in rows))
    )


def _line(cells):
    return "| " + " | ".join(map(str, cells)) + " |"
