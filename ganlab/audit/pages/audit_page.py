"""An audit as one page: the summary first, every number with its limit, and what could not be seen."""

import math
from pathlib import Path

import numpy as np
from scipy import stats

from ganlab.audit.checks import RISK, in_words
from ganlab.audit.pages import figures as draw
from ganlab.audit.pages.audit_template import GENERATOR, PAGE, STYLE
from ganlab.audit.verdict import NEIGHBOURS, RULE
from ganlab.files import written_whole

MARKS = {"accept": "✓", "reject": "✗", "undecided": "?"}
PAIRS_SHOWN = 6
SUSPECTS_LISTED = 200
BROKEN_SHOWN = 15
LEFT_OUT_SHOWN = 50
FEATURES_OF_A_PAIR = 6


def write_page(audit, path, overwrite):
    """See `Audit.to_html`."""
    path = free_to_write(path, overwrite)
    text = page(audit)
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))
    return path


def free_to_write(path, overwrite):
    """The path, once nothing that somebody else made would be lost; asked before minutes of work, too."""
    path = Path(path)
    if path.is_dir():
        raise FileExistsError(f"{path} is a folder; give the name of a file, such as {path / 'audit.html'}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {path.parent}.")
    if path.exists() and not overwrite and not _is_an_audit(path):
        raise FileExistsError(
            f"{path} exists and is not an earlier audit, so it is left as it is. Give another name, or ask "
            "for it to be overwritten."
        )
    return path


def _is_an_audit(path):
    with path.open("rb") as file:
        return GENERATOR.encode() in file.read(1000)


def page(audit):
    """The page as text. Whatever a user named is escaped by the template."""
    from jinja2 import Environment
    from markupsafe import Markup

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = _number
    broken = audit.correlations.broken()
    return environment.from_string(PAGE).render(
        audit=audit,
        generator=Markup(GENERATOR),
        style=Markup(STYLE),
        rule=RULE,
        mark=MARKS[audit.verdict],
        checks=[_check_row(one) for one in audit.answers],
        marginals_figure=draw.marginals_figure(audit.marginals),
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
        marginals=[_marginal_row(name, row) for name, row in audit.marginals.iterrows()],
        correlation_figures=draw.correlation_figures(audit.correlations),
        broken=len(broken),
        pairs=[_pair_row(row) for row in broken.head(BROKEN_SHOWN).itertuples()],
        searches=[_search(audit, search) for search in audit.copies],
        holdout="holdout" in audit.inputs,
        two_sample=_sentence(audit, "two-sample test"),
        coverage=_coverage_rows(audit.coverage),
        k=NEIGHBOURS,
        caveats=_caveats(audit),
        notes=_notes(audit),
        left_out=_left_out(audit),
        provenance=_provenance(audit),
    )


def _sentence(audit, name):
    text = next(one.sentence() for one in audit.answers if one.name == name)
    return text[:1].upper() + text[1:]


def _row(*cells, mark=""):
    return {"cells": cells, "mark": mark}


def _check_row(one):
    adjusted, p_value = in_words(one.p_adjusted), in_words(one.p_value)
    if one.limit != one.limit and one.outcome != "undecided":
        limit = "none"
    else:
        limit = one.limit
    cells = (one.name, one.value, _interval(one.interval), one.perfect, limit, p_value, adjusted, one.outcome)
    return _row(*cells, mark=one.outcome.replace(" ", "-"))


def _marginal_row(name, row):
    cells = (
        str(name).removeprefix("original_"),
        row["wasserstein"],
        row["half_width"],
        row["smd"],
        _interval((row["smd_low"], row["smd_high"])),
        in_words(row["ks_p_adjusted"]),
        in_words(row["equivalence_p"]),
        row["conclusion"] + (f" ({row['note']})" if row["note"] else ""),
    )
    return _row(*cells, mark=row["conclusion"])


def _pair_row(row):
    return _row(str(row.first), str(row.second), row.real, row.synthetic, in_words(row.p_adjusted))


def _search(audit, search):
    """One search for copies: its sentence, its nearest pairs in words, and the pairs themselves."""
    real, synthetic = audit.inputs["real"], audit.inputs["synthetic"]
    table = search.suspects.table
    listed = max(PAIRS_SHOWN, min(int(table["accused"].sum()), SUSPECTS_LISTED))  # nobody accused is left out
    nearest = list(table.head(listed).itertuples())
    sentence = _sentence(audit, f"copies ({search.space})")
    titles = [
        f"Synthetic {synthetic.table.index[pair.synthetic]} and real {real.table.index[pair.train]}: "
        + ("suspected copy" if pair.accused else "not suspected")
        + f", at {pair.score:.2g} of the real one's spacing"
        for pair in nearest
    ]
    rows = [
        _row(
            str(synthetic.table.index[pair.synthetic]),
            str(real.table.index[pair.train]),
            pair.distance,
            pair.spacing,
            pair.score,
            "suspected" if pair.accused else "no",
            mark="accused" if pair.accused else "",
        )
        for pair in nearest
    ]
    pictures, pairs = [], []
    for title, pair in list(zip(titles, nearest, strict=True))[:PAIRS_SHOWN]:
        g, t = pair.synthetic, pair.train
        if real.images is not None and search.space == "images":
            masks = synthetic.masks[g], real.masks[t]
            pictures.append(draw.pair_figure(synthetic.images[g], real.images[t], masks, title))
        elif real.images is None and len(pairs) < 3:
            pairs.append(
                {"title": title, "rows": _side_by_side(synthetic.table.iloc[g], real.table.iloc[t], real)}
            )
    columns = ["synthetic", "real", "distance", "spacing", "score", "copy?"]
    facts = {"space": search.space, "sentence": sentence, "columns": columns, "rows": rows}
    return {**facts, "pictures": pictures, "pairs": pairs}


def _side_by_side(synthetic, real, cohort):
    """The features in which the two differ most, so that nobody can say the likeness was picked."""
    spread = cohort.table.std().replace(0, np.nan)
    apart = ((synthetic - real) / spread).dropna()
    furthest = apart.abs().sort_values(ascending=False).index[:FEATURES_OF_A_PAIR]
    return [_row(str(name), synthetic[name], real[name], apart[name]) for name in furthest]


def _coverage_rows(report):
    if report is None:
        return []
    estimates = [getattr(report, name) for name in ("coverage", "recall", "precision", "density")]
    return [
        _row(one.name, one.value, _interval(one.interval), one.perfect, _interval(one.perfect_range))
        for one in estimates
    ]


def _caveats(audit):
    n, m = len(audit.inputs["real"]), len(audit.inputs["synthetic"])
    n_features, n_checks, n_pairs = len(audit.marginals), len(audit.answers), len(audit.correlations.pairs)
    power = stats.norm.ppf(0.8)
    shift = (stats.norm.isf(RISK / 4 / n_checks / n_features) + power) * math.sqrt(1 / n + 1 / m)
    said = [
        f"A shift of one feature by less than about {shift:.2g} real standard deviations would have been "
        f"missed more often than one time in five (normal feature, corrected over {n_checks} checks and "
        f"{n_features} features).",
        f"A kind of patient that makes up less than {3 / n:.1%} of the population may not even be among "
        f"the {n:,} real ones, nor one rarer than {3 / m:.1%} among the {m:,} synthetic ones (by the rule of "
        "three).",
    ]
    if min(n, m) > 3:
        z = (stats.norm.isf(RISK / 4 / n_checks / n_pairs) + power) * math.sqrt(1 / (n - 3) + 1 / (m - 3))
        said.insert(
            1,
            f"Of a single pair of uncorrelated features, a correlation below about {math.tanh(z):.2g} would "
            "have been missed as often.",
        )
    for search in audit.copies:
        said.append(
            f"By {search.space}, a copy altered so much that it lies further than "
            f"{search.suspects.threshold:.2g} of the real one's spacing cannot be told from a fresh patient."
        )
    if audit.needed:
        said.append(
            f"A perfect generator would usually be accepted with about {audit.needed:,} patients of each."
        )
    said.append(
        "Features see what they measure. What lies outside the masks was not compared, but for copies."
    )
    return said


def _notes(audit):
    found = []
    for one in audit.inputs.values():
        found += one.notes
        if one.left_out:
            found.append(
                f"{len(one.left_out)} of {one.n_patients} rows of the {one.name} cohort were left out."
            )
    if audit.correlations.left_out:
        names = ", ".join(map(str, audit.correlations.left_out[:5]))
        found.append(f"Constant in both cohorts, so without correlations: {names}.")
    return found


def _left_out(audit):
    rows = [_row(one.name, *left) for one in audit.inputs.values() for left in one.left_out]
    return rows[:LEFT_OUT_SHOWN]


def _provenance(audit):
    about = audit.about
    inputs = [(f"Input: {name}", list(facts.items())) for name, facts in about["inputs"].items()]
    return [
        *inputs,
        (
            "Settings",
            [("date", about["date"]), *((key, _plain(value)) for key, value in about["settings"].items())],
        ),
        ("Versions", list(about["versions"].items())),
    ]


def _plain(value):
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _interval(pair):
    low, high = pair
    return "–" if low != low else f"{_number(low)}\u00a0to\u00a0{_number(high)}"


def _number(value):
    value = float(value)
    if value != value:
        return "–"
    if abs(value) < 1e-12:
        return "0"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"
