"""Synthetic patients put to use: balancing a cohort, and measuring whether that helped."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "arms": ["feature_arms", "game_sampler", "gan_arm", "image_arms", "no_augmentation"],
        "dossier": ["Dossier", "overall_verdict", "write_dossier"],
        "evidence": [
            "DossierCheck",
            "broken_laws",
            "cohort_checks",
            "sha256_of_table",
            "split_check",
            "three_parts",
            "utility_check",
        ],
        "feature_gan": ["FeatureGAN"],
        "neighbours": ["smote_to_balance"],
        "patients": ["patient_table"],
        "rebalance": ["classical_augment", "duplicate_to_balance", "synthesize_to_balance"],
        "thinning": ["thin"],
        "utility": ["UtilityReport", "augmentation_utility"],
    },
)
