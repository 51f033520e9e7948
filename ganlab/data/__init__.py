"""Samples that come with the truth: toys with known densities, simulated patients, measured cohorts."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "brain": ["brain_slices"],
        "cohort": ["Cohort"],
        "ct": ["simulate_ct"],
        "disguises": ["plant_copies"],
        "fetch": ["fetch_radiomics_cases"],
        "folder": ["read_cohort", "read_folder"],
        "lesions": ["simulate_lesions"],
        "malignancy": ["bayes_ceiling"],
        "medmnist": ["load_medmnist"],
        "mixtures": ["gaussian_1d", "grid", "parallel_lines", "ring"],
        "oracle": ["texture_oracle"],
        "planted": ["planted_lesions", "planted_points", "PlantedSampler"],
        "real": ["load_radiomics_case", "load_wdbc"],
        "scaling": ["Scaling"],
        "scan_scaling": ["median_scaled"],
        "volume": ["Volume"],
    },
)
