"""Controls wired to views. Each is an instrument with a reading: a figure, and a sentence that says it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "confidence_explorer": ["ConfidenceExplorer"],
        "copy_detective": ["CopyDetective"],
        "divergence_explorer": ["DivergenceExplorer"],
        "game_view": ["GameView"],
        "imbalance_explorer": ["ImbalanceExplorer"],
        "gradient_race": ["GradientRace"],
        "conditional_sampler": ["ConditionalSampler"],
        "divergence_explorer": ["DivergenceExplorer"],
        "game_view": ["GameView"],
        "lesion_gan": ["LesionGAN"],
        "invariance_bench": ["InvarianceBench"],
        "radiomic_audit": ["RadiomicAudit"],
    },
)
