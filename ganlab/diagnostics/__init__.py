"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "birthday": ["birthday_paradox", "birthday_threshold"],
        "recall_by_class": ["class_recall"],
        "comparison": ["Comparison", "FrechetComparison"],
        "coverage": ["mode_coverage"],
        "distances": ["energy_distance", "mmd"],
        "diversity": ["vendi_score"],
        "estimate": ["Estimate"],
        "frechet": ["frechet_distance"],
        "gradients": ["generator_gradient_norms"],
        "kernels": ["GaussianKernel", "PolynomialKernel"],
        "manifold": ["prdc"],
        "modes": ["mode_histogram", "pattern_labels"],
        "two_sample": ["classifier_two_sample"],
    },
)
