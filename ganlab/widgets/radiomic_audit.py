"""Put one of four candidate cohorts before the audit, with as many patients as you like."""

import functools
import math
from dataclasses import replace

from ganlab.audit import checks as ask
from ganlab.audit.marginals import perfect_marginals
from ganlab.audit.verdict import judge
from ganlab.radiomics import MARGIN, compare_marginals
from ganlab.recorded import audits, four_candidates
from ganlab.views import plot_checks, plot_correlation_difference, plot_feature_distances
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider, stops

CORRECTIONS = {"Holm": "holm", "Benjamini-Hochberg": "fdr_bh", "none": None}


class RadiomicAudit(Instrument):
    """Which features are flagged, which correlations broke, and what the audit says of it.

    Left, every feature's distance from the real patients with its interval, and the margin within which it
    would be close enough. In the middle, how much each correlation differs. Right, every check's p-value,
    corrected over the checks, and its outcome.

    The features are compared while you move a control. The other checks come from audits on record
    (`ganlab.recorded.audits`), since they take seconds each; they do not depend on the margin.

    Parameters
    ----------
    candidate : {"good", "shifted", "broken", "copies"}
    n : {50, 100, 200, 400, 700, 1000}
        Real patients, and as many synthetic ones.
    draw : int, 0 to 9
        Which patients.

    Attributes
    ----------
    candidate, n, draw, correction, alpha, margin : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``verdict``; ``different``, ``close`` and ``undecided``, numbers of features; ``correlations``, the
        distance of the correlations, and ``floor``, what two real cohorts have; ``defects``, the names of
        the checks that accuse; ``needed``, patients that are missing, or None.

    Examples
    --------
    >>> bench = RadiomicAudit("broken", n=200)
    >>> bench.reading["verdict"], bench.reading["different"]
    ('reject', 0)
    """

    def __init__(self, candidate: str = "good", n: int = 200, draw: int = 0):
        self.candidate = menu(audits.RIGHT, candidate, "candidate")
        self.n = stops(audits.SIZES, n, "patients, each")
        self.draw = slider(0, audits.DRAWS - 1, 1, draw, "draw of patients")
        self.correction = menu(CORRECTIONS, "Holm", "over features")
        self.alpha = stops([0.01, 0.05, 0.1], 0.05, "risk α")
        self.margin = slider(0.1, 0.5, 0.05, MARGIN, "margin (SD)")
        rows = ((self.candidate, self.n), (self.draw, self.correction), (self.alpha, self.margin))
        super().__init__(*rows)
        self.when_moved(self.redraw, *sum(rows, ()))
        self.redraw()

    def redraw(self):
        """Compare, judge and draw with the controls as they stand."""
        candidate, n, draw = self.candidate.value, self.n.value, self.draw.value
        table = _marginals(
            candidate, n, draw, CORRECTIONS[self.correction.value], self.alpha.value, self.margin.value
        )
        difference = _correlation_difference(candidate, n, draw)
        answers = _judged(table, candidate, n, draw, self.alpha.value)
        counts = table["conclusion"].value_counts()
        related = next(one for one in answers if one.name == "correlations")
        needed = [one.needed for one in answers if one.outcome == "undecided" and one.needed]
        self.reading = {
            "verdict": judge(answers),
            **{word: int(counts.get(word, 0)) for word in ("different", "close", "undecided")},
            "correlations": related.value,
            "floor": related.perfect,
            "defects": tuple(one.name for one in answers if one.outcome == "defect"),
            "needed": max(needed, default=None),
        }

        figure = new_figure(13.5, 4.6)
        left, middle, right = figure.subplots(1, 3)
        figure.subplots_adjust(left=0.1, right=0.93, wspace=0.62, top=0.92)
        short = [name.split("_")[1] for name in difference.columns]
        table = table.loc[difference.columns]
        plot_feature_distances(
            short, *(table[column] for column in ("wasserstein", "half_width", "conclusion")), left,
            margin=self.margin.value,
        )  # fmt: skip
        plot_correlation_difference(short, difference, middle)
        plot_checks(
            [one.name for one in answers],
            [max(one.p_adjusted, 1e-9) for one in answers],
            [one.outcome for one in answers],
            right,
            level=self.alpha.value / 2,
        )
        self.show(figure, self._in_words(len(short)))

    def _in_words(self, n_features):
        found = self.reading
        why = {
            "reject": f"found in {', '.join(found['defects'])}",
            "accept": "no check accuses, and every limit is kept",
            "undecided": "no check accuses, but closeness is not shown"
            + (f"; about {found['needed']:,} patients in each cohort are needed" if found["needed"] else ""),
        }[found["verdict"]]
        return (
            f"Candidate {self.candidate.value!r}, {self.n.value:,} real against {self.n.value:,} synthetic "
            f"patients. Verdict: {found['verdict']}; {why}. Of {n_features} features {found['different']} "
            f"differ, {found['close']} are close and {found['undecided']} are undecided. The correlations "
            f"are {found['correlations']:.3f} apart; two real cohorts of this size are {found['floor']:.3f} "
            "apart."
        )


@functools.lru_cache(maxsize=8)
def _cohorts(n, draw):
    return four_candidates(n, seed=draw)


@functools.lru_cache(maxsize=32)
def _correlation_difference(candidate, n, draw):
    real, made = _cohorts(n, draw)
    return made[candidate].corr("spearman") - real.corr("spearman")


@functools.lru_cache(maxsize=64)
def _compared(candidate, n, draw, margin):
    """Every feature's comparison, before the audit's own conclusions."""
    real, made = _cohorts(n, draw)
    return compare_marginals(real, made[candidate], margin=margin)


@functools.lru_cache(maxsize=8)
def _perfect(n, draw):
    return perfect_marginals(_cohorts(n, draw)[0], n, MARGIN, draw)


def _marginals(candidate, n, draw, correction, alpha, margin):
    """The features as an audit judges them, with a correction and a risk of one's own."""
    from statsmodels.stats.multitest import multipletests

    table = _compared(candidate, n, draw, margin).copy()
    if correction is None:
        table["ks_p_adjusted"] = table["ks_p"]
    elif correction != "holm":
        table["ks_p_adjusted"] = multipletests(table["ks_p"], method=correction)[1]
    close = table["equivalence_p"] < alpha
    different = (table["ks_p_adjusted"] <= alpha / 2) & ~close
    table["conclusion"] = close.map({True: "close", False: "undecided"}).where(~different, "different")
    return table


def _judged(table, candidate, n, draw, alpha):
    """The marginals as they stand now and the other checks from the record, corrected and judged."""
    distance, needed = _perfect(n, draw)
    needed = ask.round_up(needed * (MARGIN / table.attrs["margin"]) ** 2)
    fresh = ask.marginals(table, distance, needed, n)
    record = audits.load().query("candidate == @candidate and n == @n and draw == @draw")
    answers = [fresh if one.check == "marginals" else _from_record(one) for one in record.itertuples()]
    return ask.holm(tuple(answers), alpha / 2)


def _from_record(one):
    """The check before it was corrected: what it says of closeness, and its p-value."""
    needed = None if math.isnan(one.needed) else int(one.needed)
    close = one.low >= one.limit if one.check in ("coverage", "recall") else one.high <= one.limit
    outcome = "no defect" if math.isnan(one.limit) else "close" if close else "undecided"
    return replace(
        _BLANK,
        name=one.check,
        value=one.value,
        interval=(one.low, one.high),
        perfect=one.perfect,
        limit=one.limit,
        p_value=one.p,
        outcome=outcome,
        needed=needed,
    )


_BLANK = ask.AuditCheck("", "", 0.0, (0.0, 0.0), 0.0, math.nan, 1.0, math.nan, "no defect", None, "")
