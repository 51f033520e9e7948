"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "ct_scan": ["plot_ct"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "invariance": ["plot_agreement", "plot_feature_shifts", "plot_verdicts"],
        "plane": ["plot_plane"],
    },
)
