"""Image and mask to named features, and from features to evidence that a cohort can be trusted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "correlations": ["CorrelationReport", "compare_correlations"],
        "marginals": ["compare_marginals", "samples_needed"],
    },
)
