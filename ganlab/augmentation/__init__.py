"""Synthetic patients put to use: balancing a cohort, and measuring whether that helped."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "arms": ["feature_arms", "game_sampler", "gan_arm", "image_arms", "no_augmentation"],
        "feature_gan": ["FeatureGAN"],
        "patients": ["patient_table"],
        "rebalance": ["classical_augment", "duplicate_to_balance", "synthesize_to_balance"],
        "smote": ["smote_to_balance"],
        "thinning": ["thin"],
        "utility": ["UtilityReport", "augmentation_utility"],
    },
)
