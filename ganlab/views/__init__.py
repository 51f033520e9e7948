"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "critics": ["plot_critics", "plot_distance_curve", "plot_loss_landscape", "plot_readings"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "plane": ["plot_plane"],
    },
)
