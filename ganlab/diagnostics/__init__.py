"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "blends": ["Blends"],
        "data_copying": ["DataCopying", "data_copying_test"],
        "estimate": ["Estimate"],
        "feature_spaces": ["AlignedPixels", "FeatureTable", "Pixels", "RandomConvolutions"],
        "held_out": ["membership_advantage", "share_nearer_train"],
        "memorization_report": ["MemorizationReport", "memorization"],
        "nearest_ratio": ["authenticity", "nearest_neighbour_ratio"],
        "suspects": ["SuspectedCopies", "suspected_copies"],
    },
)
