"""Audits of the four candidates, run once: many draws of patients at many sizes, for a lesson to look at.

`python -m ganlab.recorded.audits` runs them again and writes the file (about ten minutes of CPU).
"""

import functools
from pathlib import Path

import pandas as pd

from ganlab.audit import audit
from ganlab.recorded.candidates import RIGHT, four_candidates

FILE = Path(__file__).parent / "audits.csv"
SIZES = (50, 100, 200, 400, 700, 1000)
DRAWS = 10
MORE_DRAWS, AT_SIZE = 200, 1000  # of the good candidate: enough to put an interval on its share
N_PERMUTATIONS = 319


def recorded_audits():
    """Every check of every audit that was run: one row each.

    For ten draws of patients, at each of six sizes, `four_candidates(n, seed=draw)` was audited with
    ``audit(real, candidate, seed=draw, n_permutations=319)``; the good candidate at 1,000 patients in two
    hundred draws.

    Returns
    -------
    DataFrame
        ``candidate``, ``n``, ``draw`` and ``verdict`` of the audit; of a check its name ``check``, ``value``,
        ``low``, ``high``, ``perfect``, ``limit``, ``p``, ``outcome`` and ``needed``, the patients that are
        missing (NaN if none), to four digits.

    Examples
    --------
    >>> table = recorded_audits()
    >>> sorted(set(table["verdict"]))
    ['accept', 'reject', 'undecided']
    """
    return _stored().copy()


def run_audit(candidate, n, draw):
    """One of the audits, run now, as rows of the table that `recorded_audits` returns.

    Parameters
    ----------
    candidate : {"good", "shifted", "broken", "copies"}
    n, draw : int

    Returns
    -------
    list of dict
    """
    real, made = four_candidates(n, seed=draw)
    found = audit(real, made[candidate], seed=draw, n_permutations=N_PERMUTATIONS)
    facts = {"candidate": candidate, "n": n, "draw": draw, "verdict": found.verdict}
    return [
        {
            **facts,
            "check": one.name,
            "value": one.value,
            "low": one.interval[0],
            "high": one.interval[1],
            "perfect": one.perfect,
            "limit": one.limit,
            "p": one.p_value,
            "outcome": one.outcome,
            "needed": one.needed,
        }
        for one in found.checks
    ]


def planned_audits():
    """(candidate, n, draw) of every audit on record."""
    plan = [(name, n, draw) for n in SIZES for draw in range(DRAWS) for name in RIGHT]
    return plan + [("good", AT_SIZE, draw) for draw in range(DRAWS, MORE_DRAWS)]


@functools.cache
def _stored():
    return pd.read_csv(FILE)


if __name__ == "__main__":
    from tqdm.auto import tqdm

    rows = [row for one in tqdm(planned_audits(), desc="audits") for row in run_audit(*one)]
    pd.DataFrame(rows).to_csv(FILE, index=False, float_format="%.4g")
    print(f"{FILE.name}: {len(rows)} checks, {FILE.stat().st_size / 1000:.0f} kB")
