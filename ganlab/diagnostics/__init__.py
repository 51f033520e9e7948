"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "birthday": ["birthday_paradox", "birthday_threshold"],
        "blends": ["Blends"],
        "comparison": ["Comparison", "FrechetComparison"],
        "coverage": ["mode_coverage"],
        "data_copying": ["data_copying_test", "DataCopying"],
        "distances": ["energy_distance", "mmd"],
        "diversity": ["vendi_score"],
        "estimate": ["Estimate"],
        "feature_spaces": ["AlignedPixels", "FeatureTable", "Pixels", "RandomConvolutions"],
        "frechet": ["frechet_distance"],
        "gradients": ["generator_gradient_norms"],
        "held_out": ["membership_advantage", "share_nearer_train"],
        "kernels": ["GaussianKernel", "PolynomialKernel"],
        "manifold": ["prdc"],
        "memorization_report": ["memorization", "MemorizationReport"],
        "modes": ["mode_histogram", "pattern_labels"],
        "nearest_ratio": ["authenticity", "nearest_neighbour_ratio"],
        "recall_by_class": ["class_recall"],
        "suspects": ["suspected_copies", "SuspectedCopies"],
        "translation": ["lesion_contrast", "translation_scores"],
        "two_sample": ["classifier_two_sample"],
    },
)
