"""Numbers about a generator, each with its uncertainty and with what a perfect generator would get."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "class_recall": ["class_recall"],
        "estimate": ["Estimate"],
        "gradients": ["generator_gradient_norms"],
        "manifold": ["PRDC", "prdc"],
    },
)
