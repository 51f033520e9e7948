"""Controls wired to views. Each is an instrument with a reading: a figure, and a sentence that says it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "augmentation_bench": ["AugmentationBench"],
        "collapse_lab": ["CollapseLab"],
        "conditional_sampler": ["ConditionalSampler"],
        "confidence_explorer": ["ConfidenceExplorer"],
        "constraint_bench": ["ConstraintBench"],
        "copy_detective": ["CopyDetective"],
        "cycle_viewer": ["CycleViewer"],
        "divergence_explorer": ["DivergenceExplorer"],
        "player.game_player": ["GamePlayer"],
        "gradient_race": ["GradientRace"],
        "player.image_player": ["ImagePlayer"],
        "imbalance_explorer": ["ImbalanceExplorer"],
        "invariance_bench": ["InvarianceBench"],
        "islands_explorer": ["IslandsExplorer"],
        "radiomic_audit": ["RadiomicAudit"],
        "player.recording_page": ["recording_to_html"],
    },
)
