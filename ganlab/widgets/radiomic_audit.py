"""Put one of four candidate cohorts before the audit, with as many patients as you like."""

import functools
import math

from ganlab.audit import judge_marginals, marginals_check, perfect_marginals
from ganlab.diagnostics import Check, holm, overall_verdict
from ganlab.radiomics import MARGIN, compare_marginals
from ganlab.recorded import audits, four_candidates
from ganlab.views import plot_correlation_difference, plot_feature_distances, plot_p_values
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
        distance of the correlations, and ``floor``, what two real cohorts have; ``failed``, the names of
        the checks that failed; ``needed``, patients that are missing, or None.

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
        checks = _checks(table, candidate, n, draw, self.margin.value, self.alpha.value)
        counts = table["conclusion"].value_counts()
        related = next(check for check in checks if check.name == "correlations")
        needed = [check.needed for check in checks if check.outcome == "undecided" and check.needed]
        self.reading = {
            "verdict": overall_verdict({check.name: check.outcome for check in checks}),
            **{word: int(counts.get(word, 0)) for word in ("different", "close", "undecided")},
            "correlations": related.value,
            "floor": related.perfect,
            "failed": tuple(check.name for check in checks if check.outcome == "failed"),
            "needed": max(needed, default=None),
        }

        figure = new_figure(13.5, 4.6)
        left, middle, right = figure.subplots(1, 3)
        figure.subplots_adjust(left=0.1, right=0.93, wspace=0.62, top=0.92)
        short = [name.split("_")[1] for name in difference.columns]
        table = table.loc[difference.columns]
        plot_feature_distances(
            short,
            table["wasserstein"],
            table["half_width"],
            table["conclusion"],
            left,
            margin=self.margin.value,
        )
        plot_correlation_difference(short, difference, middle)
        middle.set_title("correlation: synthetic minus real", fontsize=9)
        plot_p_values(checks, right, level=self.alpha.value / 2)
        self.show(figure, self._in_words(len(short)))

    def _in_words(self, n_features):
        reading, needed = self.reading, self.reading["needed"]
        why = {
            "reject": f"failed: {', '.join(reading['failed'])}",
            "accept": "no check failed, and every limit is kept",
            "undecided": "no check failed, but closeness is not shown"
            + (f"; about {needed:,} patients in each cohort are needed" if needed else ""),
        }[reading["verdict"]]
        return (
            f"Candidate {self.candidate.value!r}, {self.n.value:,} real against {self.n.value:,} synthetic "
            f"patients. Verdict: {reading['verdict']}; {why}. Of {n_features} features "
            f"{reading['different']} differ, {reading['close']} are close and {reading['undecided']} are "
            f"undecided. The correlations are {reading['correlations']:.3f} apart; two real cohorts of this "
            f"size are {reading['floor']:.3f} apart."
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
    """Every feature's comparison."""
    real, made = _cohorts(n, draw)
    return compare_marginals(real, made[candidate], margin=margin)


@functools.lru_cache(maxsize=64)
def _perfect(n, draw, margin):
    return perfect_marginals(_cohorts(n, draw)[0], n, margin, draw)


def _marginals(candidate, n, draw, correction, alpha, margin):
    """The features as an audit judges them, with a correction and a risk of one's own."""
    from statsmodels.stats.multitest import multipletests

    table = _compared(candidate, n, draw, margin).copy()
    if correction is None:
        table["ks_p_adjusted"] = table["ks_p"]
    elif correction != "holm":
        table["ks_p_adjusted"] = multipletests(table["ks_p"], method=correction)[1]
    return judge_marginals(table, alpha)


def _checks(table, candidate, n, draw, margin, alpha):
    """The marginals as they stand now and the other checks as recorded, corrected over all of them."""
    table.attrs["perfect"] = _perfect(n, draw, margin)
    recorded = audits.load().query("candidate == @candidate and n == @n and draw == @draw")
    checks = [
        marginals_check(table, n) if row.check == "marginals" else _recorded_check(row)
        for row in recorded.itertuples()
    ]
    return holm(checks, alpha / 2)


def _recorded_check(row):
    """The check before it was corrected: its interval and limit, and its p-value."""
    return Check(
        name=row.check,
        value=row.value,
        interval=(row.low, row.high),
        limit=row.limit,
        side="above" if row.check in ("coverage", "recall") else "at most",
        perfect=row.perfect,
        p_value=row.p,
        needed=None if math.isnan(row.needed) else int(row.needed),
    )
