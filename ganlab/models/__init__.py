"""Networks. They do not know their loss: a generator returns samples, a discriminator raw scores."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "augmented": ["augmented"],
        "convolutional": ["image_discriminator", "image_generator"],
        "mlp": ["mlp_discriminator", "mlp_generator"],
        "packing": ["packed", "with_minibatch_deviation"],
        "texture": ["texture_discriminator", "texture_generator"],
        "translation": ["patch_discriminator", "residual_translator", "translation_generator"],
    },
)
