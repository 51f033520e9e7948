"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "comparison": ["Comparison", "FrechetComparison"],
        "distances": ["energy_distance", "mmd"],
        "estimate": ["Estimate"],
        "frechet": ["frechet_distance"],
        "kernels": ["GaussianKernel", "PolynomialKernel"],
        "two_sample": ["classifier_two_sample"],
    },
)
