"""Synthetic patients put to use: balancing a cohort, and measuring whether that helped."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "feature_gan": ["FeatureGAN"],
        "rebalance": ["duplicate_to_balance", "synthesize_to_balance", "thin"],
        "trial": ["feature_arms", "no_augmentation"],
        "utility": ["UtilityReport", "augmentation_utility", "metrics_and_influence"],
    },
)
