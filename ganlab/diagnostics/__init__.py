"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "birthday_paradox": ["birthday_paradox", "birthday_threshold"],
        "check": ["Check", "checks_table", "holm", "overall_verdict"],
        "class_recall": ["class_recall"],
        "estimate": ["Estimate"],
        "gradient_norms": ["generator_gradient_norms"],
        "memorization.blends": ["Blends"],
        "memorization.chance": ["share_interval"],
        "memorization.data_copying": ["DataCopying", "data_copying_test"],
        "memorization.feature_spaces": ["AlignedPixels", "FeatureTable", "Pixels", "RandomConvolutions"],
        "memorization.held_out": ["membership_advantage", "share_nearer_train"],
        "memorization.nearest_neighbours": ["authenticity", "nearest_neighbour_ratio"],
        "memorization.report": ["MemorizationReport", "memorization"],
        "memorization.suspected_copies": ["SuspectedCopies", "suspected_copies"],
        "mode_coverage": ["mode_coverage"],
        "mode_histogram": ["mode_histogram", "pattern_labels"],
        "prdc": ["prdc"],
        "translation_scores": ["lesion_contrast", "translation_scores"],
        "two_sample.classifier": ["classifier_two_sample"],
        "two_sample.comparison": ["Comparison", "FrechetComparison"],
        "two_sample.distances": ["energy_distance", "mmd"],
        "two_sample.frechet": ["frechet_distance"],
        "two_sample.kernels": ["GaussianKernel", "PolynomialKernel"],
        "vendi_score": ["vendi_score"],
    },
)
