"""The game: two players, one readable loop, and a record of every step."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checkpoints": ["load_checkpoint", "save_checkpoint"],
        "discriminator": ["train_discriminator"],
        "ensemble": ["train_ensemble"],
        "ensemble_history": ["EnsembleHistory"],
        "fair_race": ["race"],
        "game": ["Game"],
        "history": ["History", "Record", "RecordWithGradients"],
        "labels": ["balanced_labels", "labels_like_data"],
        "loop": ["NonFiniteLoss", "play"],
        "plain_descent": ["PlainDescent"],
        "recording": ["Recording", "compare", "record"],
        "run": ["Run", "train"],
        "translation_game": ["ImageMemory", "TranslationGame"],
    },
)
