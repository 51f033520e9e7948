"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "birthday_paradox": ["birthday_paradox", "birthday_threshold"],
        "check": ["Check", "checks_table", "holm", "holm_adjusted", "overall_verdict"],
        "class_recall": ["class_recall"],
        "estimate": ["Estimate"],
        "gradient_norms": ["generator_gradient_norms"],
        "intervals": ["mean_of_shares_interval", "share_interval"],
        "memorization.feature_spaces": [
            "AlignedPixels",
            "Blends",
            "FeatureTable",
            "Pixels",
            "RandomConvolutions",
        ],
        "memorization.memorization": ["memorization"],
        "memorization.suspected_copies": ["SuspectedCopies"],
        "mode_coverage": ["mode_coverage"],
        "mode_histogram": ["mode_histogram", "pattern_labels"],
        "prdc": ["prdc"],
        "translation_scores": ["lesion_contrast", "translation_scores"],
        "two_sample.classifier": ["classifier_two_sample"],
        "two_sample.distances": ["GaussianKernel", "energy_distance", "mmd"],
        "two_sample.frechet": ["frechet_distance"],
        "vendi_score": ["vendi_score"],
    },
)
