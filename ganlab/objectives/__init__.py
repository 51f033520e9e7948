"""What each player wants, as a loss it minimises. Scores are raw, before any sigmoid."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"minimax": ["Minimax"], "non_saturating": ["NonSaturating"]}
)
