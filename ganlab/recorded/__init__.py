"""Results of training that takes longer than a lesson: load() each, make() it again with one command."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "audits",
        "collapse",
        "few_images",
        "image_audits",
        "kernel_translators",
        "lesion_features",
        "lesion_gan",
        "texture_gan",
        "translations",
        "utility",
    ],
    submod_attrs={"candidates": ["four_candidates"]},
)
