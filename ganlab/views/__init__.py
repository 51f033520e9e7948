"""Arrays in, matplotlib Axes out. A view computes nothing that a diagnostic should."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier_scores": ["plot_cohort_scores", "plot_learning_curve", "plot_trial"],
        "classes": ["plot_composition", "plot_one_latent", "plot_opinion"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "patient_grid": ["plot_patient_grid"],
        "clouds": ["plot_clouds"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "gradient_norms": ["plot_layer_norms", "plot_norms_over_seeds"],
        "ct_scan": ["plot_ct"],
        "curves": ["plot_history", "plot_value_curve"],
        "densities": ["plot_densities", "plot_discriminator"],
        "invariance": ["plot_agreement", "plot_feature_shifts", "plot_verdicts"],
        "evidence": ["plot_checks", "plot_correlation_difference", "plot_feature_distances"],
        "plane": ["plot_plane"],
        "saturation": ["plot_over_scores"],
        "suspects": ["plot_pairs", "plot_roc", "plot_scores"],
    },
)
