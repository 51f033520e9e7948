"""A synthetic cohort against a real one: inputs, checks, a verdict, and a page with the evidence."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dossier": ["Dossier", "overall_verdict", "write_dossier"],
        "dossier_checks": [
            "DossierCheck",
            "broken_laws",
            "cohort_checks",
            "sha256_of_table",
            "split_check",
            "three_parts",
            "utility_check",
        ],
        "verdict": ["Audit", "audit"],
    },
)
