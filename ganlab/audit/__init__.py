"""A synthetic cohort against a real one: inputs, checks, a verdict, and a page with the evidence."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "candidates": ["audit_candidate_files", "audit_candidates"],
        "checks": ["marginals_check"],
        "dossier": ["REQUIRED", "Dossier"],
        "dossier_checks": [
            "broken_laws",
            "cohort_checks",
            "sha256_of_table",
            "split_check",
            "three_parts",
            "utility_check",
        ],
        "limits": ["Limits", "read_limits"],
        "measures": ["judge_marginals", "perfect_marginals"],
        "verdict": ["audit", "audit_files"],
    },
)
