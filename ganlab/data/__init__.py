"""Samples that come with the truth: toys with known densities, simulated patients, measured cohorts."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cohort.cohort": ["Cohort", "split_by_patient"],
        "cohort.scaling": ["median_scaled"],
        "measured.folder": ["read_cohort", "read_folder"],
        "measured.plain_tables": ["read_plain_table"],
        "measured.public_sets": ["load_medmnist", "load_wdbc"],
        "measured.radiomics_cases": ["fetch_radiomics_cases", "load_radiomics_case"],
        "measured.table_files": ["read_table"],
        "measured.table_numbers": ["with_numbers"],
        "measured.volume": ["Volume"],
        "mixtures": ["gaussian_1d", "grid", "parallel_lines", "ring"],
        "simulated.brain": ["brain_slices"],
        "simulated.ct": ["ct_kernel", "simulate_ct"],
        "simulated.lesions": ["bayes_ceiling", "lesion_patterns", "simulate_lesions"],
        "simulated.planted": ["plant_copies", "planted_lesions", "planted_points"],
        "simulated.texture_oracle": ["texture_oracle"],
    },
)
