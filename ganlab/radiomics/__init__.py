"""Image and mask to named features, and from features to evidence that a cohort can be trusted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "correlations": ["CorrelationReport", "compare_correlations", "correlation_distance"],
        "extraction.extract": ["extract_features"],
        "extraction.names": ["feature_unit"],
        "invariance": ["audit_invariance"],
        "marginals": ["MARGIN", "compare_marginals", "samples_needed", "transport_and_error"],
        "outlines": ["outline_lesions"],
        "physics": ["necrotic_fraction", "reference_hu"],
        "stability": ["feature_stability", "intraclass_correlation"],
        "tables": [
            "FEATURE_CLASSES",
            "NOT_FEATURES",
            "checked_features",
            "facts_among",
            "is_constant",
            "paired_tables",
            "patient_column",
        ],
        "transforms": ["central_crop", "flip_and_rotate", "rescale_intensity", "smooth", "swap_kernel"],
    },
)
