"""The questions an audit asks: each with its number, its limit, its p-value, and what the answer is worth."""

import math
from dataclasses import dataclass, replace

import numpy as np

# What a verdict may cost a perfect generator: half of it by a false alarm, half by missing evidence.
RISK = 0.05
CORRELATION_MARGIN = 0.1  # Cohen's "small" difference of two correlations, q = 0.1
SURROUNDED_MARGIN = 0.1  # of the reals
COPIED_MARGIN = 0.05  # of the synthetic ones
ENOUGH_FOR_NO_COPIES = 73  # from there on the interval of none at all ends below 5 %
# A share of 0.9 then has an interval as long as the margin: (2 * 1.96 / 0.1)^2 * 0.9 * 0.1.
ENOUGH_FOR_A_SHARE = 140

OUTCOMES = ("defect", "undecided", "close", "no defect")


@dataclass(frozen=True)
class AuditCheck:
    """One question of an audit, and its answer.

    Parameters
    ----------
    name : str
    question : str
    value : float
        NaN where there were too few samples to measure it.
    interval : (low, high)
        95 %.
    perfect : float
        What a perfect generator gets on average with as many samples.
    limit : float
        Where close ends; NaN for a check that can only accuse. The interval must lie on the good side.
    p_value, p_adjusted : float
        Of the hypothesis that the synthetic rows are fresh patients of the same population; the second by
        Holm over all checks.
    outcome : {"defect", "close", "no defect", "undecided"}
        "no defect" is the best that a check without a limit can say.
    needed : int or None
        Rows of each cohort with which a perfect generator would usually be found close; None where the
        check was passed, or where there are as many and this one was not found close all the same.
    finding : str
        The number in words, without a final stop.

    Examples
    --------
    >>> nan = float("nan")
    >>> holm([AuditCheck("a", "?", 0, (0, 0), 0, nan, 0.02, nan, "no defect", None, "found"),
    ...       AuditCheck("b", "?", 0, (0, 0), 0, nan, 0.001, nan, "no defect", None, "found")])[1].outcome
    'defect'
    """

    name: str
    question: str
    value: float
    interval: tuple
    perfect: float
    limit: float
    p_value: float
    p_adjusted: float
    outcome: str
    needed: int | None
    finding: str

    def sentence(self):
        """The finding with its p-value and what follows."""
        text = f"{self.finding}; "
        if self.outcome == "defect":
            return text + f"a perfect generator is as far off with p {_relation(self.p_adjusted)} (Holm)."
        if self.outcome == "close":
            return text + "close enough: the whole interval keeps the limit."
        if self.outcome == "no defect":
            return text + f"nothing found (p {_relation(self.p_value)})."
        if self.needed is None:
            return text + (
                "neither a defect nor closeness is shown, though a perfect generator would usually have been "
                "found close with so many."
            )
        return text + f"neither a defect nor closeness is shown; that takes about {self.needed:,} of each."


def holm(checks, alpha=RISK / 2):
    """The checks with adjusted p-values; those at or below `alpha` become defects."""
    from statsmodels.stats.multitest import multipletests

    adjusted = multipletests([check.p_value for check in checks], method="holm")[1]
    return tuple(
        replace(check, p_adjusted=float(p), outcome="defect" if p <= alpha else check.outcome)
        for check, p in zip(checks, adjusted, strict=True)
    )


def measurable(real, synthetic):
    """Do synthetic lesions fail to be measured more often than real ones? Fisher's exact test."""
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import proportion_confint

    counts = [[len(one.left_out), one.n_patients - len(one.left_out)] for one in (real, synthetic)]
    share = len(synthetic.left_out) / synthetic.n_patients
    low, high = proportion_confint(len(synthetic.left_out), synthetic.n_patients, method="wilson")
    finding = (
        f"{len(synthetic.left_out)} of {synthetic.n_patients} synthetic rows had no complete features, "
        f"against {len(real.left_out)} of {real.n_patients} real ones"
    )
    return _accusing(
        "measurable",
        "Do synthetic lesions have features as often as real ones?",
        share,
        (min(low, share), max(high, share)),
        len(real.left_out) / real.n_patients,
        float(fisher_exact(counts).pvalue),
        finding,
    )


def marginals(table, perfect, needed, n):
    """Is every feature close, and does none differ?"""
    margin = table.attrs["margin"]
    worst = table.loc[table["wasserstein"].idxmax()]
    value, half = worst["wasserstein"], worst["half_width"]
    suspect = table.loc[table["conclusion"] != "close", "ks_p_adjusted"]
    close = not len(suspect)
    different = int((table["conclusion"] == "different").sum())
    return AuditCheck(
        "marginals",
        "Is each feature distributed as among the reals?",
        value,
        (max(0.0, value - half), value + half),
        perfect,
        margin,
        # Harmless differences, shown to be within the margin, are no defects.
        float(suspect.min()) if len(suspect) else 1.0,
        math.nan,
        "close" if close else "undecided",
        None if close else more_than(n, needed),
        f"{different} of {len(table)} features differ; the furthest, {worst.name!r}, is {value:.2g} real "
        f"standard deviations away (95 % interval {max(0.0, value - half):.2g} to {value + half:.2g}; the "
        f"furthest of a perfect generator about {perfect:.2g}; limit {margin:g} for all)",
    )


def correlations(report, n):
    """Do the features hang together as they do among the reals?"""
    found = report.distance
    floor = found.perfect
    limit = math.hypot(floor, CORRELATION_MARGIN)
    # What a perfect generator needs, above the floor: its own luck, and the width of the interval.
    slack = found.perfect_range[1] ** 2 - floor**2 + found.interval[1] ** 2 - found.value**2
    close = found.interval[1] <= limit
    broken = len(report.broken())
    return AuditCheck(
        "correlations",
        "Do the features hang together as among the reals?",
        found.value,
        found.interval,
        floor,
        limit,
        report.p_value,
        math.nan,
        "close" if close else "undecided",
        None if close else _needed(n, math.sqrt(max(slack, 0)) / CORRELATION_MARGIN),
        f"the correlations are {found.value:.2g} apart (95 % interval {_span(found.interval)}; two real "
        f"cohorts {floor:.2g}; limit {limit:.2g}), {broken} of {len(report.pairs)} pairs broke",
    )


def two_sample(comparison):
    """Can anything at all be told apart?"""
    return _accusing(
        "two-sample test",
        "Taken together, can the two cohorts be told apart?",
        comparison.value,
        comparison.interval,
        comparison.perfect,
        comparison.p_value,
        f"the energy distance is {comparison.value:.2g} (95 % interval {_span(comparison.interval)}; a "
        f"perfect generator 0, up to {comparison.perfect_range[1]:.2g})",
    )


def surrounded(name, estimate, p_value, n):
    """Is every kind of real patient imitated? For coverage, and for recall."""
    what = {
        "coverage": "real patients with a synthetic one among their nearest",
        "recall": "real patients among the nearest of a synthetic one",
    }[name]
    limit = estimate.perfect - SURROUNDED_MARGIN
    slack = estimate.perfect - estimate.perfect_range[0] + estimate.value - estimate.interval[0]
    close = estimate.interval[0] >= limit
    return AuditCheck(
        name,
        f"Is the share of {what} as it should be?",
        estimate.value,
        estimate.interval,
        estimate.perfect,
        limit,
        p_value,
        math.nan,
        "close" if close else "undecided",
        None
        if close
        else _needed(n, slack / SURROUNDED_MARGIN)
        if n > ENOUGH_FOR_A_SHARE
        else ENOUGH_FOR_A_SHARE,
        f"the share of {what} is {estimate.value:.2g} (95 % interval {_span(estimate.interval)}; a perfect "
        f"generator {estimate.perfect:.2g}; limit {limit:.2g})",
    )


def not_possible(name, question, needed):
    """A check that so few samples do not allow."""
    nan = math.nan
    finding = "it cannot be measured on so few samples"
    return AuditCheck(name, question, nan, (nan, nan), nan, nan, 1.0, nan, "undecided", needed, finding)


def copies(search):
    """Is any synthetic row nearer to a real one than fresh patients come?"""
    accused = search.suspects.accused
    count = int(search.suspects.table["accused"].sum())
    nearest = search.suspects.table.iloc[0]
    control = "the holdout and the reals themselves" if search.has_holdout else "the reals themselves"
    close = count == 0 and accused.interval[1] <= COPIED_MARGIN
    return AuditCheck(
        f"copies ({search.space})",
        f"Is any synthetic row a copy of a real one, as far as {search.space} tell?",
        accused.value,
        accused.interval,
        accused.perfect,
        COPIED_MARGIN,
        search.p_value,
        math.nan,
        "close" if close else "undecided",
        None if close else ENOUGH_FOR_NO_COPIES,
        f"{count} of {accused.n} synthetic rows are suspected copies, judged by {search.space} (95 % "
        f"interval {_span(accused.interval)}; a perfect generator 0); the nearest pair lies at "
        f"{nearest['score']:.2g} of the real one's own spacing, the threshold learnt from {control} is "
        f"{search.suspects.threshold:.2g}",
    )


def _accusing(name, question, value, interval, perfect, p_value, finding):
    nan = math.nan
    return AuditCheck(name, question, value, interval, perfect, nan, p_value, nan, "no defect", None, finding)


def _needed(n, times):
    """Distances by chance shrink with the root of the sample size; None if there are enough already."""
    return more_than(n, round_up(n * times**2))


def more_than(n, needed):
    """`needed`, or None if n is as many."""
    return needed if needed > n else None


def round_up(number):
    """To two digits: what is said of sample sizes is no more certain.

    Examples
    --------
    >>> round_up(1234), round_up(8.1)
    (1300, 9)
    """
    step = 10 ** max(0, math.floor(math.log10(max(number, 1))) - 1)
    return int(math.ceil(number / step) * step)


def _relation(p_value):
    words = in_words(p_value)
    return words if words.startswith("below") else f"= {words}"


def in_words(p_value):
    """ "0.013", or "below 0.0001" where more digits would be no news."""
    return "below 0.0001" if p_value < 1e-4 else f"{p_value:.2g}"


def _span(pair):
    low, high = (float(np.round(end, 12)) for end in pair)
    return f"{low:.2g} to {high:.2g}"
