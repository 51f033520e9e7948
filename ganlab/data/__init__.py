"""Samples that come with the truth: toy distributions with known densities, and measured cohorts."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "mixtures": ["gaussian_1d", "grid", "ring"],
        "real": ["load_wdbc"],
    },
)
