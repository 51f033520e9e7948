"""Audits of the four candidates, in many draws of patients at many sizes (about ten minutes to make).

For ten draws of patients, at each of six sizes, `four_candidates(n, seed=draw)` was audited with
``audit(real, candidate, seed=draw, n_permutations=319)``; the good candidate at 1,000 patients in two hundred
draws.
"""

import pandas as pd

from ganlab.audit import audit
from ganlab.recorded.candidates import four_candidates
from ganlab.recorded.store import chosen, read_table, write_table

FILE = "audits.csv"
PARTS = SIZES = (50, 100, 200, 400, 700, 1000)
DRAWS = 10
MORE_DRAWS, AT_SIZE = 200, 1000  # of the good candidate: enough to put an interval on its share
N_PERMUTATIONS = 319
COLUMNS = ["candidate", "n", "draw", "verdict", "check", "value", "low", "high", "perfect", "limit", "p"]
COLUMNS += ["outcome", "needed"]
# What an audit with enough patients should say of each candidate.
RIGHT = {"good": "accept", "shifted": "reject", "broken": "reject", "copies": "reject"}


def load() -> pd.DataFrame:
    """Every check of every audit that was run: one row each.

    Returns
    -------
    DataFrame
        ``candidate``, ``n``, ``draw`` and ``verdict`` of the audit; of a check its name ``check``, ``value``,
        ``low``, ``high``, ``perfect``, ``limit``, ``p``, ``outcome`` and ``needed``, the patients that are
        missing (NaN if none), to four digits.

    Examples
    --------
    >>> table = load()
    >>> sorted(set(table["verdict"]))
    ['accept', 'reject', 'undecided']
    """
    return read_table(FILE)


def make(parts: list | tuple = PARTS) -> None:
    """Run the audits again and write the file.

    Parameters
    ----------
    parts : iterable
        The numbers of patients to do, some of `PARTS`; the others stay.
    """
    from tqdm.auto import tqdm

    sizes = chosen(parts, PARTS)
    plan = [planned for planned in planned_audits() if planned[1] in sizes]
    tables = [run_audit(*planned) for planned in tqdm(plan, desc="audits")]
    write_table(FILE, pd.concat(tables), by="n", float_format="%.4g")


def planned_audits():
    """(candidate, n, draw) of every audit that is stored."""
    plan = [(name, n, draw) for n in SIZES for draw in range(DRAWS) for name in RIGHT]
    return plan + [("good", AT_SIZE, draw) for draw in range(DRAWS, MORE_DRAWS)]


def run_audit(candidate, n, draw):
    """One of the audits, run now: its rows of the table."""
    real, candidates = four_candidates(n, seed=draw)
    report = audit(real, candidates[candidate], seed=draw, n_permutations=N_PERMUTATIONS)
    return rows_of(report, candidate, n, draw)


def rows_of(report, candidate, n, draw):
    """The checks of an audit as rows of the table."""
    facts = candidate, n, draw, report.verdict
    # fmt: off
    rows = [
        (*facts, check.name, check.value, *check.interval, check.perfect, check.limit, check.p_value,
         check.outcome, check.needed)
        for check in report.checks
    ]
    # fmt: on
    return pd.DataFrame(rows, columns=COLUMNS)
