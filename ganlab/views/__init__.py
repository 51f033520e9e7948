"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checks": ["plot_checks", "plot_p_values"],
        "classes": ["plot_composition", "plot_one_latent", "plot_opinion"],
        "classifiers": ["plot_learning_curve", "plot_metrics", "plot_patient_grid", "plot_trial"],
        "copies": ["plot_pairs", "plot_roc", "plot_scores"],
        "critics": ["plot_critics", "plot_loss_landscape", "plot_readings"],
        "curves": ["plot_densities", "plot_discriminator", "plot_over_position", "plot_over_scores"],
        "features": [
            "plot_agreement",
            "plot_correlation_difference",
            "plot_feature_distances",
            "plot_feature_shifts",
        ],
        "games": ["plot_games", "plot_mode_shares", "plot_rates"],
        "over_training": [
            "plot_layer_norms",
            "plot_norms_over_seeds",
            "plot_precision_and_recall",
        ],
        "palette": ["DISCRIMINATOR", "FAKE", "QUIET", "REAL", "TRAINED"],
        "points": ["plot_points"],
        "scans": ["plot_ct", "plot_scan"],
    },
)
