"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "modes": [
            "plot_game_images",
            "plot_games",
            "plot_mode_shares",
            "plot_precision_and_recall",
            "plot_rates",
        ],
        "plane": ["plot_plane"],
    },
)
