"""The checks of an audit, a function each: a question, its number, its limit, and its p-value."""

import math

import numpy as np

from ganlab.audit.limits import Limits
from ganlab.audit.measures import LEVEL, round_up
from ganlab.audit.pages.page import p_in_words
from ganlab.diagnostics import Check, holm, share_interval
from ganlab.shapes import Table

RULE = (
    "Reject if any check fails: its p-value, corrected over all checks by Holm's method, is at most "
    f"{LEVEL:g}. Accept if none does and every check that has a limit passes: its whole interval lies on the "
    "good side. Otherwise undecided."
)
Z = 1.96  # of a 95 % interval


def enough_for_none(limit):
    """Rows from which on Wilson's interval of none at all ends below the limit: 73 for 5 %."""
    return math.ceil(Z**2 * (1 / limit - 1))


def enough_for_a_share(margin):
    """Rows with which a share of 0.9 has an interval as long as the margin: 140 for 0.1."""
    return round_up((2 * Z / margin) ** 2 * 0.9 * 0.1)


def audit_checks(inputs, evidence, limits, groups=None):
    """Every check of an audit, in the order in which they are asked, corrected over all of them.

    Parameters
    ----------
    inputs : dict of AuditInput
    evidence : Evidence
    limits : Limits
    groups : Groups or None

    Returns
    -------
    tuple of Check
    """
    # Two cohorts of n and m rows are as lucky as two of 2 / (1/n + 1/m).
    n = 2 / sum(1 / len(inputs[name]) for name in ("real", "synthetic"))
    checks = (
        measurable(inputs["real"], inputs["synthetic"]),
        marginals_check(evidence.marginals, n),
        correlations(evidence.correlations, n, limits.correlations),
        two_sample(evidence.two_sample),
        surrounded("coverage", evidence.coverage, n, limits.coverage),
        surrounded("recall", evidence.coverage, n, limits.recall),
        *(copies(search, limits.copies) for search in evidence.copies),
        *possible(evidence.possible),
        *in_groups(groups),
    )
    return holm(checks, LEVEL)


def measurable(real, synthetic):
    """Do synthetic lesions fail to be measured more often than real ones? Fisher's exact test."""
    from scipy.stats import fisher_exact

    (lost, n), (lost_real, n_real) = ((len(part.left_out), part.n_patients) for part in (synthetic, real))
    return Check(
        name="measurable",
        question="Do synthetic patients have all features as often as real ones?",
        value=lost / n,
        interval=share_interval(lost, n),
        perfect=lost_real / n_real,
        p_value=float(fisher_exact([[lost_real, n_real - lost_real], [lost, n - lost]]).pvalue),
        finding=f"{lost} of {n} synthetic rows had no complete features, against {lost_real} of {n_real} "
        "real ones",
    )


def marginals_check(table: Table, n: float) -> Check:
    """Is every feature close, and does none differ?

    Parameters
    ----------
    table : DataFrame
        Of `judge_marginals`; in ``attrs["perfect"]`` what `perfect_marginals` gives.
    n : number
        Rows of each cohort.

    Returns
    -------
    Check

    Examples
    --------
    >>> from ganlab.audit import judge_marginals, perfect_marginals
    >>> from ganlab.radiomics import compare_marginals
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 400, 2))
    >>> table = judge_marginals(compare_marginals(real, synthetic))
    >>> table.attrs["perfect"] = (0.08, 300)
    >>> marginals_check(table, 400).outcome
    'passed'
    """
    perfect, needed = table.attrs["perfect"]
    worst = table.iloc[0]  # the furthest, in its own margin
    value, half, margin = worst["wasserstein"], worst["half_width"], worst["margin"]
    perfect *= margin / table["margin"].min()
    for_whom = "all" if table["margin"].nunique() == 1 else "this feature, others have another"
    interval = (max(0.0, value - half), value + half)
    # Harmless differences, shown to be within the margin, accuse nobody.
    suspect = table.loc[table["conclusion"] != "close", "ks_p_adjusted"]
    different = int((table["conclusion"] == "different").sum())
    return Check(
        name="marginals",
        question="Is each feature distributed as among the reals?",
        value=value,
        interval=interval,
        limit=margin,
        kept=suspect.empty,  # by the equivalence tests of all features
        perfect=perfect,
        p_value=1.0 if suspect.empty else float(suspect.min()),
        needed=None if suspect.empty else more_than(n, needed),
        finding=f"{different} of {len(table)} features look different, tested one by one; the furthest, "
        f"{str(worst.name)!r}, is {value:.2g} real standard deviations away (95 % interval "
        f"{_span(interval)}; the furthest of "
        f"a perfect generator about {perfect:.2g}; limit {margin:g} for {for_whom})",
    )


def correlations_limit(report, margin=Limits.correlations):
    """How far the correlations may be apart: what two real cohorts have, and the margin."""
    return math.hypot(report.distance.perfect, margin)


def correlations(report, n, margin):
    """Do the features hang together as they do among the reals? Not applicable where only one varies."""
    question = "Do the features hang together as among the reals?"
    if report is None:
        unknown = {"value": math.nan, "interval": (math.nan, math.nan), "p_value": 1.0}
        finding = "a correlation needs two features that vary, and there are fewer"
        return Check(name="correlations", question=question, finding=finding, **unknown)
    distance, limit = report.distance, correlations_limit(report, margin)
    # What a perfect generator needs, above the floor: its own luck, and the width of the interval.
    luck = distance.perfect_range[1] ** 2 - distance.perfect**2
    slack = luck + distance.interval[1] ** 2 - distance.value**2
    return Check(
        name="correlations",
        question=question,
        value=distance.value,
        interval=distance.interval,
        limit=limit,
        perfect=distance.perfect,
        p_value=report.p_value,
        needed=None
        if distance.interval[1] <= limit
        else more_than(n, round_up(n * max(slack, 0) / margin**2)),
        finding=f"the correlations are {distance.value:.2g} apart (95 % interval {_span(distance.interval)}; "
        f"two real cohorts {distance.perfect:.2g}; limit {limit:.2g}), {len(report.broken())} of "
        f"{len(report.pairs)} pairs of features clearly differ",
    )


def two_sample(comparison):
    """Can anything at all be told apart?"""
    return Check(
        name="two-sample test",
        question="Taken together, can the two cohorts be told apart?",
        value=comparison.value,
        interval=comparison.interval,
        perfect=comparison.perfect,
        p_value=comparison.p_value,
        finding=f"the energy distance is {comparison.value:.2g} (95 % interval {_span(comparison.interval)}; "
        f"a perfect generator 0, up to {comparison.perfect_range[1]:.2g})",
    )


def surrounded(name, coverage, n, margin):
    """Is every kind of real patient imitated? For coverage, and for recall."""
    what = {
        "coverage": "real patients with a synthetic one among their nearest",
        "recall": "real patients among the nearest of a synthetic one",
    }[name]
    question = {
        "coverage": "Do enough real patients have a synthetic one nearby, as near as other real ones are?",
        "recall": "Do enough real patients lie near a synthetic one, as near as other synthetic ones are?",
    }[name]
    needed = enough_for_a_share(margin)
    if coverage.report is None:
        unknown = {"value": math.nan, "interval": (math.nan, math.nan), "needed": needed}
        finding = "it cannot be measured on so few samples"
        return Check(name=name, question=question, p_value=1.0, finding=finding, **unknown)
    share = getattr(coverage.report, name)
    limit = share.perfect - margin
    slack = share.perfect - share.perfect_range[0] + share.value - share.interval[0]
    if n > needed:
        needed = more_than(n, round_up(n * (slack / margin) ** 2))
    return Check(
        name=name,
        question=question,
        value=share.value,
        interval=share.interval,
        limit=limit,
        side="above",
        perfect=share.perfect,
        p_value=coverage.p_values[name],
        needed=None if share.interval[0] > limit else needed,
        finding=f"the share of {what} is {share.value:.2g} (95 % interval {_span(share.interval)}; a perfect "
        f"generator {share.perfect:.2g}; limit {limit:.2g})",
    )


def copies(search, limit=Limits.copies):
    """Is any synthetic row, or are many of them a little, nearer to a real one than fresh patients come?"""
    share, nearest = search.suspects.accused, search.suspects.table.iloc[0]
    ratio = search.nearest_to_second
    count = int(search.suspects.table["accused"].sum())
    source = "the holdout and the reals themselves" if search.has_holdout else "the reals themselves"
    # Loose copies that the correction over all checks lets through are no ground for "nothing was copied".
    loose = count == 0 and search.p_value <= LEVEL
    partly = _in_parts(search.partial)
    kept = count == 0 and share.interval[1] <= limit and not loose
    return Check(
        name=f"copies ({search.space})",
        question=f"Is any synthetic row a copy of a real one, as far as {search.space} tell?",
        value=share.value,
        interval=share.interval,
        limit=limit,
        kept=kept,
        perfect=share.perfect,
        p_value=search.p_value,
        needed=None if share.interval[1] <= limit else enough_for_none(limit),
        finding=f"{count} of {share.n} synthetic rows are suspected copies, judged by {search.space} (95 % "
        f"interval {_span(share.interval)}; a perfect generator 0); the nearest pair lies at "
        f"{nearest['score']:.2g} of the real one's own spacing, the threshold learnt from {source} is "
        f"{search.suspects.threshold:.2g}; on average the nearest real row lies at {ratio.value:.2g} of the "
        f"distance to the second nearest (a perfect generator {ratio.perfect:.2g})"
        + partly
        + (
            "; together they lie too near to one real row each, though no single one can be named"
            if loose and not partly
            else ""
        ),
    )


def _in_parts(partial):
    """How many rows are parts of a real one, if any are."""
    if partial is None or not partial.pairs:
        return ""
    most = max(len(names) for *_, names in partial.pairs)
    n = len(partial.pairs)
    return (
        f"; {n} synthetic {'rows agree' if n > 1 else 'row agrees'} with a real one to the last digit in up "
        f"to {most} of {partial.n_features} features of many digits"
    )


def possible(values):
    """Is any synthetic row impossible? No check where the reals show no law, so that it costs no place."""
    if values is None or not values.applicable:
        return
    count, m = values.n_impossible, values.n_synthetic
    strict = any(law.strict for law, _ in values.broken)
    yield Check(
        name="possible values",
        question="Does every synthetic row hold what a patient can have?",
        value=count / m,
        interval=share_interval(count, m),
        limit=0.0,
        kept=not strict,
        perfect=0.0,
        p_value=values.p_value,
        finding=f"{count} of {m} synthetic rows break a law that all {values.n_real} real patients obey (of "
        "whole numbers, categories, 0 or more, or sums; of a range only where many rows lie outside)"
        + "".join(f"; {words}" for words in values.in_words(3)),
    )


def in_groups(groups):
    """Is each group there, and as it is among the reals? No check where no groups were named."""
    if groups is None:
        return
    count, of = len(groups.failed), len(groups.table)
    yield Check(
        name=f"groups ({groups.by})",
        question=f"Is each group of {groups.by} there, and distributed as among the reals?",
        value=count,
        interval=(count, count),
        perfect=0.0,
        p_value=groups.p_value,
        finding="; ".join(
            [f"{count} of {of} groups of {groups.by} are missing, thinned or unlike", *groups.in_words(3)]
        ),
    )


def sentence(check):
    """The finding of a check of an audit with its p-value, and what follows."""
    if check.name == "possible values" and check.outcome != "failed":
        end = "so few may be chance, but none should be" if check.outcome == "undecided" else "nothing found"
        return f"{check.finding}; {end} (p {_relation(check.p_value)})."
    follows = {
        "failed": f"a perfect generator is as far off with p {_relation(check.p_adjusted)} (Holm).",
        "passed": f"nothing found (p {_relation(check.p_value)})."
        if math.isnan(check.limit)
        else "close enough: the whole interval lies within the limit.",
        "not applicable": "not applicable, with however many patients.",
        "undecided": "undecided, though a perfect generator would usually have been found close with so many."
        if check.needed is None
        else f"undecided: to be found close takes about {check.needed:,} of each.",
    }
    return f"{check.finding}; {follows[check.outcome]}"


def more_than(n, needed):
    """`needed`, or None if n is as many."""
    return needed if needed > n else None


def _relation(p_value):
    words = p_in_words(p_value)
    return words if words.startswith("below") else f"= {words}"


def _span(pair):
    low, high = (float(np.round(end, 12)) for end in pair)
    return f"{low:.2g} to {high:.2g}"
