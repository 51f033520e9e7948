"""Synthetic patients put to use: balancing a cohort, and measuring whether that helped."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={},
)
