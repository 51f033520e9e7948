"""The game: two players, one readable loop, and a record of every step."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batches": ["real_batches"],
        "checkpoints": ["load_checkpoint", "save_checkpoint"],
        "ensemble.history": ["EnsembleHistory"],
        "ensemble.train_ensemble": ["train_ensemble"],
        "game": ["Game"],
        "history": ["History", "Record", "RecordWithGradients"],
        "labels": ["balanced_labels", "labels_like_data"],
        "plain_descent": ["PlainDescent"],
        "play": ["NonFiniteLoss", "play"],
        "race": ["race"],
        "recording": ["Recording", "compare", "record"],
        "train": ["Run", "train"],
        "train_discriminator": ["train_discriminator"],
        "translation_game": ["ImageMemory", "TranslationGame"],
    },
)
