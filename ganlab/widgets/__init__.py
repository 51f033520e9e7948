"""Controls wired to views. Each is an instrument with a reading: a figure, and a sentence that says it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "constraint_bench": ["ConstraintBench"],
        "divergence_explorer": ["DivergenceExplorer"],
        "game_view": ["GameView"],
        "islands_explorer": ["IslandsExplorer"],
    },
)
