"""What each player wants, as a loss it minimises, and what keeps the discriminator smooth.

Scores are raw, before any sigmoid.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cycle": ["cycle_consistency", "identity_loss"],
        "hinge": ["Hinge"],
        "least_squares": ["LeastSquares"],
        "lipschitz": ["GradientPenalty", "SpectralNorm", "Unconstrained", "WeightClipping"],
        "minimax": ["Minimax"],
        "non_saturating": ["NonSaturating"],
        "wasserstein": ["Wasserstein"],
    },
)
