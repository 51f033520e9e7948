"""The page of an audit: its tables and sentences, the summary first, every number with its limit."""

import math

import numpy as np
from scipy import stats

from ganlab.audit.checks import RULE, in_words, sentence
from ganlab.audit.measures import LEVEL, NEIGHBOURS
from ganlab.audit.pages import figures
from ganlab.audit.pages.page import interval, number, render

PAIRS_SHOWN = 6
PAIRS_COMPARED = 3
SUSPECTS_LISTED = 200
BROKEN_SHOWN = 15
LEFT_OUT_SHOWN = 50
FEATURES_OF_A_PAIR = 6


def page(audit):
    """The page of an audit as text.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    str
    """
    evidence = audit.evidence
    broken = evidence.correlations.broken()
    sentences = {check.name: sentence(check) for check in audit.checks}
    return render(
        "audit",
        audit=audit,
        rule=RULE,
        extra_columns=[
            ("perfect", lambda check: number(check.perfect)),
            ("p", lambda check: in_words(check.p_value)),
            ("p (Holm)", lambda check: in_words(check.p_adjusted)),
        ],
        marginals_figure=figures.marginals_figure(evidence.marginals),
        marginal_columns=[
            "feature",
            "W1",
            "±",
            "SMD",
            "95 % interval",
            "KS p (Holm)",
            "equivalence p",
            "conclusion",
        ],
        marginals=[_marginal_row(name, row) for name, row in evidence.marginals.iterrows()],
        margin=evidence.marginals.attrs["margin"],
        correlations=evidence.correlations,
        correlation_figures=figures.correlation_figures(evidence.correlations),
        broken=len(broken),
        pairs=[_pair_row(row) for row in broken.head(BROKEN_SHOWN).itertuples()],
        searches=[_search(audit.inputs, search, sentences) for search in evidence.copies],
        two_sample=_capital(sentences["two-sample test"]),
        coverage=_coverage_rows(evidence.coverage.report),
        k=NEIGHBOURS,
        caveats=_caveats(audit),
        notes=_notes(audit),
        left_out=[_row(part.name, *left) for part in audit.inputs.values() for left in part.left_out][
            :LEFT_OUT_SHOWN
        ],
        provenance=_provenance(audit.about),
    )


def _row(*cells, mark=""):
    return {"cells": cells, "mark": mark}


def _capital(text):
    return text[:1].upper() + text[1:]


def _marginal_row(name, row):
    return _row(
        str(name).removeprefix("original_"),
        row["wasserstein"],
        row["half_width"],
        row["smd"],
        interval((row["smd_low"], row["smd_high"])),
        in_words(row["ks_p_adjusted"]),
        in_words(row["equivalence_p"]),
        row["conclusion"] + (f" ({row['note']})" if row["note"] else ""),
        mark=row["conclusion"],
    )


def _pair_row(row):
    return _row(str(row.first), str(row.second), row.real, row.synthetic, in_words(row.p_adjusted))


def _search(inputs, search, sentences):
    """One search for copies: its sentence, its nearest pairs in words, and the pairs themselves."""
    real, synthetic = inputs["real"], inputs["synthetic"]
    table = search.suspects.table
    listed = max(PAIRS_SHOWN, min(int(table["accused"].sum()), SUSPECTS_LISTED))  # nobody accused is left out
    rows, pictures, pairs = [], [], []
    for place, pair in enumerate(table.head(listed).itertuples()):
        i, j = pair.synthetic, pair.train
        ids = str(synthetic.table.index[i]), str(real.table.index[j])
        copied = "suspected" if pair.accused else "no"
        rows.append(_row(*ids, pair.distance, pair.spacing, pair.score, copied, mark=copied))
        title = (
            f"Synthetic {ids[0]} and real {ids[1]}: {'suspected copy' if pair.accused else 'not suspected'}, "
            f"at {pair.score:.2g} of the real one's spacing"
        )
        if search.space == "images" and place < PAIRS_SHOWN:
            masks = synthetic.masks[i], real.masks[j]
            pictures.append(figures.pair_figure(synthetic.images[i], real.images[j], masks, title))
        elif real.images is None and place < PAIRS_COMPARED:
            apart = _side_by_side(synthetic.table.iloc[i], real.table.iloc[j], real.table)
            pairs.append({"title": title, "rows": apart})
    words = _capital(sentences[f"copies ({search.space})"])
    return {"space": search.space, "sentence": words, "rows": rows, "pictures": pictures, "pairs": pairs}


def _side_by_side(synthetic, real, cohort):
    """The features in which the two differ most, so that nobody can say the likeness was picked."""
    apart = ((synthetic - real) / cohort.std().replace(0, np.nan)).dropna()
    furthest = apart.abs().sort_values(ascending=False).index[:FEATURES_OF_A_PAIR]
    return [_row(str(name), synthetic[name], real[name], apart[name]) for name in furthest]


def _coverage_rows(report):
    if report is None:
        return []
    shares = [getattr(report, name) for name in ("coverage", "recall", "precision", "density")]
    return [
        _row(share.name, share.value, interval(share.interval), share.perfect, interval(share.perfect_range))
        for share in shares
    ]


def _caveats(audit):
    n, m = len(audit.inputs["real"]), len(audit.inputs["synthetic"])
    n_features, n_pairs = len(audit.evidence.marginals), len(audit.evidence.correlations.pairs)
    n_checks = len(audit.checks)

    def detectable(comparisons, variance):
        """The effect that four trials in five would find, at the corrected level."""
        quantile = stats.norm.isf(LEVEL / 2 / n_checks / comparisons) + stats.norm.ppf(0.8)
        return quantile * math.sqrt(variance)

    yield (
        f"A shift of one feature by less than about {detectable(n_features, 1 / n + 1 / m):.2g} real "
        "standard deviations would have been missed more often than one time in five (normal feature, "
        f"corrected over {n_checks} checks and {n_features} features)."
    )
    if min(n, m) > 3:
        z = detectable(n_pairs, 1 / (n - 3) + 1 / (m - 3))
        yield (
            f"Of a single pair of uncorrelated features, a correlation below about {math.tanh(z):.2g} would "
            "have been missed as often."
        )
    yield (
        f"A kind of patient that makes up less than {3 / n:.1%} of the population may not even be among the "
        f"{n:,} real ones, nor one rarer than {3 / m:.1%} among the {m:,} synthetic ones (by the rule of "
        "three)."
    )
    for search in audit.evidence.copies:
        yield (
            f"By {search.space}, a copy altered so much that it lies further than "
            f"{search.suspects.threshold:.2g} of the real one's spacing cannot be told from a fresh patient."
        )
    if audit.needed:
        yield f"A perfect generator would usually be accepted with about {audit.needed:,} patients of each."
    yield "Features see what they measure. What lies outside the masks was not compared, but for copies."


def _notes(audit):
    notes = []
    for part in audit.inputs.values():
        notes += part.notes
        if part.left_out:
            left_out = (
                f"{len(part.left_out)} of {part.n_patients} rows of the {part.name} cohort were left out."
            )
            notes.append(left_out)
    constant = audit.evidence.correlations.left_out
    if constant:
        names = ", ".join(map(str, constant[:5]))
        notes.append(f"Constant in both cohorts, so without correlations: {names}.")
    return notes


def _provenance(about):
    settings = {
        key: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for key, value in about["settings"].items()
    }
    return [
        *((f"Input: {name}", facts.items()) for name, facts in about["inputs"].items()),
        ("Settings", [("date", about["date"]), *settings.items()]),
        ("Versions", about["versions"].items()),
    ]
