"""A check: one question, its number, limit and outcome; and the verdict that several checks allow."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ganlab.shapes import Interval, Values

FAILED, UNDECIDED, PASSED, NOT_APPLICABLE = OUTCOMES = ("failed", "undecided", "passed", "not applicable")
ACCEPT, REJECT = "accept", "reject"  # the third verdict is the outcome "undecided"
SIDES = ("at most", "above")
OPTIONAL = ["perfect", "p", "p_adjusted", "needed", "method"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question about a cohort, answered by a number, its interval and a limit.

    What accuses is a p-value where the check has one, and the interval where it has none:

    - *failed* if `accused`, or if there is no p-value and the whole interval lies on the wrong side of the
      limit;
    - *passed* if the whole interval lies on the good side, or if there is no limit: such a check can only
      accuse;
    - *undecided* otherwise: more patients would tell;
    - *not applicable* if nothing could be measured and no number of patients would change that.

    Parameters
    ----------
    name : str
    question : str
    value : float
        NaN where it could not be measured.
    interval : pair of floats
        Its 95 % interval; twice the value where it is a count and not an estimate.
    limit : float
        Stated beforehand. NaN: the check can only accuse.
    side : {"at most", "above"}
        Where of the limit the number has to be.
    p_value, p_adjusted : float
        Of the hypothesis that these are fresh patients of the same population; the second corrected over all
        checks by :func:`holm`. NaN for a check that accuses by its interval.
    accused : bool
        Something was found that fails the check whatever its interval says: a p-value at or below its level,
        or one patient copied, who is one too many.
    kept : bool or None
        Whether the limit is kept, where a test tells that more exactly than the interval does.
    perfect : float
        What a perfect generator gets on average with as many samples.
    needed : int or None
        Rows of each cohort with which a perfect generator would usually pass; None where there are as many.
    finding : str
        The number in words, without a final stop.
    method : str
        How it was measured, on whom, and where the limit comes from.

    Raises
    ------
    ValueError
        If `side` is another word, or the interval is out of order.

    Examples
    --------
    >>> gain = Check(name="utility", value=0.01, interval=(-0.02, 0.04), limit=0.0, side="above")
    >>> gain.outcome
    'undecided'
    """

    name: str
    question: str = ""
    value: float
    interval: Interval
    limit: float = math.nan
    side: str = "at most"
    p_value: float = math.nan
    p_adjusted: float = math.nan
    accused: bool = False
    kept: bool | None = None
    perfect: float = math.nan
    needed: int | None = None
    finding: str = field(default="", repr=False)
    method: str = field(default="", repr=False)

    def __post_init__(self):
        if self.side not in SIDES:
            raise ValueError(f"side must be one of {SIDES}; got {self.side!r}.")
        low, high = self.interval
        if low > high:
            raise ValueError(f"interval of {self.name!r} must run from low to high; got {low} to {high}.")

    @property
    def outcome(self) -> str:
        """One of "passed", "failed", "undecided" and "not applicable"."""
        if self.accused:
            return FAILED
        if math.isnan(self.value):
            return UNDECIDED if self.needed else NOT_APPLICABLE
        if math.isnan(self.limit):
            return PASSED
        low, high = self.interval
        kept, broken = high <= self.limit, low > self.limit
        if self.side == "above":
            kept, broken = low > self.limit, high < self.limit
        if kept if self.kept is None else self.kept:
            return PASSED
        return FAILED if broken and math.isnan(self.p_value) else UNDECIDED


def holm(checks: Iterable[Check], level: float) -> tuple[Check, ...]:
    """The checks with p-values corrected over all of them; those at or below `level` are accused.

    Parameters
    ----------
    checks : sequence of Check
        Each with a p-value.
    level : number in (0, 1)
        The chance that any check accuses a perfect generator is at most this.

    Returns
    -------
    tuple of Check

    Examples
    --------
    >>> rare, common = (Check(name="a", value=0, interval=(0, 0), p_value=p) for p in (0.001, 0.02))
    >>> [(check.p_adjusted, check.outcome) for check in holm([rare, common], 0.01)]
    [(0.002, 'failed'), (0.02, 'passed')]
    """
    checks = tuple(checks)
    adjusted = holm_adjusted([check.p_value for check in checks])
    return tuple(
        replace(check, p_adjusted=float(p), accused=bool(p <= level))
        for check, p in zip(checks, adjusted, strict=True)
    )


def holm_adjusted(p_values: Values) -> np.ndarray:
    r"""p-values corrected over all of them by Holm's method.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1)\, p_{(j)})

    What statsmodels' multipletests does, but for its gc.collect(): with torch loaded that takes longer than
    all tests of a table.

    Parameters
    ----------
    p_values : array, shape (m,)

    Returns
    -------
    array, shape (m,)

    References
    ----------
    .. [1] Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65-70.

    Examples
    --------
    >>> holm_adjusted([0.03, 0.01, 0.02]).round(2)
    array([0.04, 0.03, 0.04])
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def overall_verdict(outcomes: Mapping[str, str], required: Iterable[str] = ()) -> str:
    """The verdict that a set of checks allows: the worst of them decides, and a missing one is not passed.

    Parameters
    ----------
    outcomes : dict of check name -> outcome
    required : sequence of str
        Checks without which nothing can be accepted.

    Returns
    -------
    {"accept", "reject", "undecided"}
        "reject" if any check failed, required or not; else "undecided" if any is undecided, or a required
        one was not passed; else "accept".

    Raises
    ------
    ValueError
        If an outcome is another word.

    Examples
    --------
    >>> overall_verdict({"copies": "passed", "utility": "undecided"}, ["copies", "utility"])
    'undecided'
    """
    words = set(outcomes.values())
    if words - set(OUTCOMES):
        raise ValueError(
            f"an outcome is one of {', '.join(OUTCOMES)}; got {sorted(words - set(OUTCOMES))[0]!r}."
        )
    if FAILED in words:
        return REJECT
    missing = any(outcomes.get(name) != PASSED for name in required)
    return UNDECIDED if UNDECIDED in words or missing else ACCEPT


def checks_table(checks: Iterable[Check]) -> pd.DataFrame:
    """Checks as a table, one row each, in their order.

    Parameters
    ----------
    checks : sequence of Check

    Returns
    -------
    DataFrame, index "check"
        ``outcome``, ``value``, ``low``, ``high``, ``side``, ``limit``; and of ``perfect``, ``p``,
        ``p_adjusted``, ``needed`` and ``method`` those that any check has.

    Examples
    --------
    >>> checks_table([Check(name="copies", value=0.0, interval=(0.0, 0.07), limit=0.05)])
              outcome  value  low  high     side  limit
    check
    copies  undecided    0.0  0.0  0.07  at most   0.05
    """
    rows = [
        {
            "check": check.name,
            "outcome": check.outcome,
            "value": check.value,
            "low": check.interval[0],
            "high": check.interval[1],
            "side": check.side,
            "limit": check.limit,
            "perfect": check.perfect,
            "p": check.p_value,
            "p_adjusted": check.p_adjusted,
            "needed": check.needed,
            "method": check.method or None,
        }
        for check in checks
    ]
    table = pd.DataFrame(rows).set_index("check")
    return table.drop(columns=[name for name in OPTIONAL if table[name].isna().all()])
