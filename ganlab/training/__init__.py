"""The game: two players, one readable loop, a record of every step, recordings, races and ensembles."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "ensemble.train_ensemble": ["train_ensemble"],
        "callbacks": ["AdaptiveAugmentation", "MovingAverage", "RateDecay"],
        "game": ["Game"],
        "history": ["History", "Record", "compare"],
        "labels": ["balanced_labels", "labels_like_data"],
        "play": ["NonFiniteLoss", "play"],
        "race": ["race"],
        "recording": ["Recording", "record"],
        "train": ["train"],
        "train_discriminator": ["train_discriminator"],
        "translation_game": ["TranslationGame"],
    },
)
