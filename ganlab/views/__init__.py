"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checks": ["plot_checks", "plot_p_values"],
        "classes": ["plot_composition", "plot_one_latent", "plot_opinion"],
        "classifier_scores": ["plot_cohort_scores", "plot_learning_curve", "plot_trial"],
        "clouds": ["plot_clouds"],
        "critics": ["plot_critics", "plot_distance_curve", "plot_loss_landscape", "plot_readings"],
        "ct_scan": ["plot_ct"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "features": [
            "plot_agreement",
            "plot_correlation_difference",
            "plot_feature_distances",
            "plot_feature_shifts",
        ],
        "gradient_norms": ["plot_layer_norms", "plot_norms_over_seeds"],
        "modes": [
            "plot_game_images",
            "plot_games",
            "plot_mode_shares",
            "plot_precision_and_recall",
            "plot_rates",
        ],
        "patient_grid": ["plot_patient_grid"],
        "plane": ["plot_plane"],
        "saturation": ["plot_over_scores"],
        "scans": ["plot_scan"],
        "suspects": ["plot_pairs", "plot_roc", "plot_scores"],
    },
)
