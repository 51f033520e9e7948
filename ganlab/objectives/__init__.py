"""What each player wants, as a loss it minimises, and what keeps the discriminator smooth.

Scores are raw, before any sigmoid.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "constraints": ["GradientPenalty", "R1Penalty", "SpectralNorm", "Unconstrained", "WeightClipping"],
        "losses": [
            "Hinge",
            "LeastSquares",
            "Minimax",
            "NonSaturating",
            "Wasserstein",
            "cycle_consistency",
            "identity_loss",
        ],
    },
)
