"""Samples that come with the truth: toys with known densities, simulated patients, measured cohorts."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "brain": ["brain_slices"],
        "cohort": ["Cohort"],
        "lesions": ["simulate_lesions"],
        "malignancy": ["bayes_ceiling"],
        "mixtures": ["gaussian_1d", "grid", "ring"],
        "real": ["load_wdbc"],
        "scaling": ["Scaling"],
    },
)
