"""Samples that come with the truth: toys with known densities, simulated patients, measured cohorts."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cohort.cohort": ["Cohort"],
        "cohort.scaling": ["Scaling"],
        "cohort.scan_scaling": ["median_scaled"],
        "measured.fetch": ["fetch_radiomics_cases"],
        "measured.folder": ["read_cohort", "read_folder"],
        "measured.medmnist": ["load_medmnist"],
        "measured.real": ["load_radiomics_case", "load_wdbc"],
        "measured.volume": ["Volume"],
        "mixtures": ["gaussian_1d", "grid", "parallel_lines", "ring"],
        "simulated.brain": ["brain_slices"],
        "simulated.ct": ["simulate_ct"],
        "simulated.lesions": ["lesion_patterns", "simulate_lesions"],
        "simulated.malignancy": ["bayes_ceiling"],
        "simulated.planted_copies": ["plant_copies"],
        "simulated.planted_faults": ["PlantedSampler", "planted_lesions", "planted_points"],
        "simulated.texture_oracle": ["texture_oracle"],
    },
)
