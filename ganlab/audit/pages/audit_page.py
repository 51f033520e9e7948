"""The page of an audit: its tables and sentences, the summary first, every number with its limit."""

import math

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.audit.checks import RULE, sentence
from ganlab.audit.measures import LEVEL, NEIGHBOURS
from ganlab.audit.pages import figures
from ganlab.audit.pages.page import render

PAIRS_SHOWN = 6
PAIRS_COMPARED = 3
SUSPECTS_LISTED = 200
FEATURES_OF_A_PAIR = 6


def page(audit, layout="base.html.j2"):
    """The page of an audit as text.

    Parameters
    ----------
    audit : Audit
    layout : str
        The template around it; "section.html.j2" for a part of another page.

    Returns
    -------
    str
    """
    evidence = audit.evidence
    sentences = {check.name: _capital(sentence(check)) for check in audit.checks}
    return render(
        "audit",
        layout=layout,
        audit=audit,
        evidence=evidence,
        rule=rule_of(audit.limits),
        limits=_limits(audit.limits),
        marginals_figure=figures.marginals_figure(evidence.marginals),
        marginals=list(evidence.marginals.iterrows()),
        correlation_figures=[]
        if evidence.correlations is None
        else figures.correlation_figures(evidence.correlations),
        searches=[
            _search(audit.inputs, search, sentences[f"copies ({search.space})"]) for search in evidence.copies
        ],
        two_sample=sentences["two-sample test"],
        correlations=sentences["correlations"],
        k=NEIGHBOURS,
        caveats=caveats_of(audit),
        notes=notes_of(audit),
        left_out=[(part.name, *row) for part in audit.inputs.values() for row in part.left_out],
    )


def rule_of(limits):
    """How the verdict follows from the checks."""
    if limits.required is None:
        return RULE
    return (
        f"{RULE} Required by {limits.source or 'the limits'}: {', '.join(limits.required)}. The other "
        "checks can reject, and need not be passed."
    )


def _limits(limits):
    """Every limit by its name; those that have nothing to say are left out."""
    facts = {key: value for key, value in limits.as_facts().items() if value}
    margins = facts.pop("margins", {})
    return facts | {f"margin of {name}": margin for name, margin in margins.items()}


def _capital(text):
    return text[:1].upper() + text[1:]


def _search(inputs, search, words):
    """One search for copies: its sentence, its nearest pairs, and some of these side by side."""
    real, synthetic = inputs["real"], inputs["synthetic"]
    nearest, pictures, side_by_side = [], [], []
    for place, pair in enumerate(shown_pairs(search)):
        i, j = pair.synthetic, pair.train
        ids = synthetic.table.index[i], real.table.index[j]
        nearest.append((*ids, pair))
        title = (
            f"Synthetic {ids[0]} and real {ids[1]}: {'suspected copy' if pair.accused else 'not suspected'}, "
            f"at {pair.score:.2g} of the real one's spacing"
        )
        if search.space == "images" and place < PAIRS_SHOWN:
            masks = synthetic.masks[i], real.masks[j]
            pictures.append(figures.pair_figure(synthetic.images[i], real.images[j], masks, title))
        elif real.images is None and place < PAIRS_COMPARED:
            side_by_side.append((title, furthest_apart(pair, inputs)))
    partial = [
        (synthetic.table.index[i], real.table.index[j], names)
        for i, j, names in (search.partial.pairs if search.partial else ())
    ]
    parts = {"nearest": nearest, "partial": partial, "pictures": pictures, "side_by_side": side_by_side}
    return {"space": search.space, "sentence": words, **parts}


def shown_pairs(search):
    """The nearest pairs of a search, the most suspicious first; nobody accused is left out."""
    table = search.suspects.table
    listed = max(PAIRS_SHOWN, min(int(table["accused"].sum()), SUSPECTS_LISTED))
    return table.head(listed).itertuples()


def furthest_apart(pair, inputs):
    """The features in which the two differ most, so that nobody can say the likeness was picked."""
    synthetic, real = inputs["synthetic"].table.iloc[pair.synthetic], inputs["real"].table.iloc[pair.train]
    apart = (synthetic - real) / inputs["real"].table.std().replace(0, np.nan)
    rows = pd.DataFrame({"synthetic": synthetic, "real": real, "apart": apart}).dropna()
    return rows.sort_values("apart", key=abs, ascending=False).head(FEATURES_OF_A_PAIR)


def caveats_of(audit):
    """What these samples could not have shown, a sentence each."""
    n, m = len(audit.inputs["real"]), len(audit.inputs["synthetic"])
    n_features, correlations = len(audit.evidence.marginals), audit.evidence.correlations
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
    if correlations and min(n, m) > 3:
        z = detectable(len(correlations.pairs), 1 / (n - 3) + 1 / (m - 3))
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
        yield (
            f"A perfect generator would usually be accepted with about {audit.needed:,} patients of each; "
            "with fewer, expect that it is undecided."
        )
    if any(check.name == "marginals" and check.outcome == "undecided" for check in audit.checks):
        yield (
            "To show that every feature is close takes many patients, and no other test would do with much "
            "fewer. Twice the margin, if it is stated beforehand, takes a quarter of them."
        )
    outside = " What lies outside the masks was not compared, but for copies."
    yield f"Features see what they measure.{'' if audit.inputs['real'].images is None else outside}"


def notes_of(audit):
    """What was left out or read otherwise, a sentence each."""
    notes = [*audit.remarks]
    correlations = audit.evidence.correlations
    constant = correlations.left_out if correlations else ()
    if constant:
        names = ", ".join(map(str, constant[:5]))
        notes.append(f"Constant in both cohorts, so without correlations: {names}.")
    return notes
