"""The page of an audit for machines: the same content as JSON, under the schema `audit-1.schema.json`."""

import json
import math
from dataclasses import asdict

import numpy as np

from ganlab.audit.checks import sentence
from ganlab.audit.pages.audit_page import caveats_of, furthest_apart, notes_of, rule_of, shown_pairs

SCHEMA = "audit-1"


def as_json(facts):
    """The facts as text: numbers of numpy as plain ones, and null for what is NaN or infinite.

    Examples
    --------
    >>> print(as_json({"p": np.float64(0.5), "limit": float("nan")}))
    {
     "made_by": "ganlab audit",
     "schema": "audit-1",
     "p": 0.5,
     "limit": null
    }
    """
    marked = {"made_by": "ganlab audit", "schema": SCHEMA, **facts}
    return json.dumps(_plain(marked), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def audit_facts(audit):
    """Everything on the page of an audit, as dicts, lists, numbers and text.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    dict
    """
    evidence = audit.evidence
    coverage = evidence.coverage
    return {
        "verdict": audit.verdict,
        "headline": audit.headline,
        "needed": audit.needed,
        "reasons": audit.reasons,
        "rule": rule_of(audit.limits),
        "checks": [_check(check, audit.limits) for check in audit.checks],
        "limits": audit.limits.as_facts(),
        "inputs": [_input(part) for part in audit.inputs.values()],
        "remarks": notes_of(audit),
        "cannot_show": list(caveats_of(audit)),
        "marginals": [{"feature": str(name), **row} for name, row in evidence.marginals.iterrows()],
        "correlations": _correlations(evidence.correlations),
        "two_sample": asdict(evidence.two_sample),
        "coverage": None
        if coverage.report is None
        else {
            name: asdict(getattr(coverage.report, name))
            for name in ("coverage", "recall", "precision", "density")
        },
        "copies": [_copies(search, audit.inputs) for search in evidence.copies],
        "possible_values": evidence.possible and _possible(evidence.possible),
        "groups": audit.groups and _groups(audit.groups),
        "utility": audit.utility and _utility(audit.utility),
        "settings": audit.about["settings"],
        "versions": audit.about["versions"],
        "date": audit.about["date"],
    }


def candidates_facts(candidates):
    """Everything on the page of several candidates.

    Parameters
    ----------
    candidates : Candidates

    Returns
    -------
    dict
    """
    return {
        "best_verdict": candidates.best_verdict,
        "headline": candidates.headline,
        "ranking": [
            {"candidate": str(name), **row, "sentence": candidates.sentence(name)}
            for name, row in candidates.ranking.iterrows()
        ],
        "pairs": candidates.pairs.to_dict("records"),
        "audits": {name: audit_facts(audit) for name, audit in candidates.audits.items()},
    }


def _check(check, limits):
    low, high = check.interval
    return {
        "name": check.name,
        "question": check.question,
        "outcome": check.outcome,
        "required": limits.requires(check.name),
        "value": check.value,
        "interval": [low, high],
        "limit": check.limit,
        "side": check.side,
        "perfect": check.perfect,
        "p": check.p_value,
        "p_adjusted": check.p_adjusted,
        "needed": check.needed,
        "sentence": sentence(check),
    }


def _input(part):
    return {
        "role": part.name,
        "label": part.label,
        "rows_given": part.n_given,
        "patients": part.n_patients,
        "rows_compared": len(part),
        "left_out": [{"row": row, "reason": reason} for row, reason in part.left_out],
        "sha256": part.sha256,
    }


def _correlations(report):
    if report is None:
        return None
    return {
        "distance": asdict(report.distance),
        "p": report.p_value,
        "pairs": len(report.pairs),
        "worst": _pairs(report.pairs[:1])[0],
        "broken": _pairs(report.broken()),
        "left_out": [str(name) for name in report.left_out],
        "features": [str(name) for name in report.real.index],
        "real": report.real.to_numpy().round(4),
        "synthetic": report.synthetic.to_numpy().round(4),
    }


def _pairs(table):
    return [
        {**pair, "first": str(pair["first"]), "second": str(pair["second"])}
        for pair in table.to_dict("records")
    ]


def _copies(search, inputs):
    ids = inputs["synthetic"].table.index, inputs["real"].table.index
    return {
        "space": search.space,
        "p": search.p_value,
        "has_holdout": search.has_holdout,
        "threshold": search.suspects.threshold,
        "accused": asdict(search.suspects.accused),
        "authenticity": asdict(search.authenticity),
        "nearest_to_second": asdict(search.nearest_to_second),
        "nearest": [
            {
                "synthetic": str(ids[0][pair.synthetic]),
                "real": str(ids[1][pair.train]),
                "distance": pair.distance,
                "spacing": pair.spacing,
                "score": pair.score,
                "accused": pair.accused,
                "furthest_features": [
                    {"feature": str(name), **row} for name, row in furthest_apart(pair, inputs).iterrows()
                ],
            }
            for pair in shown_pairs(search)
        ],
        "partial": [
            {"synthetic": str(ids[0][row]), "real": str(ids[1][partner]), "features": list(map(str, names))}
            for row, partner, names in (search.partial.pairs if search.partial else ())
        ],
    }


def _possible(values):
    def broken(pairs):
        return [
            {
                "feature": str(law.feature),
                "law": law.words,
                "rows": [str(row) for row in rows.index],
                "values": rows[law.feature].to_numpy(),
            }
            for law, rows in pairs
        ]

    return {
        "p": values.p_value,
        "n_impossible": values.n_impossible,
        "laws": [
            {"feature": str(law.feature), "law": law.words, "strict": law.strict} for law in values.laws
        ],
        "broken": broken(values.broken),
        "far_out": broken(values.far_out),
    }


def _groups(groups):
    return {
        "by": groups.by,
        "groups": [{"group": str(name), **row} for name, row in groups.table.iterrows()],
        "told_apart": [{"group": str(name), **row} for name, row in groups.told_apart.iterrows()],
        "unlabelled": groups.unlabelled,
        "sentences": list(groups.sentences),
    }


def _utility(useful):
    arms = useful.rows
    return {
        "target": useful.target,
        "positive": useful.positive,
        "outcome": useful.check.outcome,
        "arms": [
            {
                "arm": arm,
                "metric": metric,
                **_mean(row),
                "minus_duplicates": None if gain is None else _mean(gain),
            }
            for arm, metric, row, gain in arms
        ],
        "alone": [{"arm": arm, "metric": metric, **row} for (arm, metric), row in useful.alone.iterrows()],
        "sentences": list(useful.sentences),
    }


def _mean(row):
    return {name: row[name] for name in ("mean", "low", "high")}


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
