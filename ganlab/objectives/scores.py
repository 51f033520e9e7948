"""The border check that every objective shares."""

import torch

from ganlab.tracing import has_values
from ganlab.validation import refuse_non_finite


def check_scores(scores, name):
    """Refuse anything but a non-empty batch of finite floating-point raw scores, shape (batch,).

    Inside ``torch.func.vmap`` only the type and the shape can be checked.
    """
    if not isinstance(scores, torch.Tensor) or not scores.is_floating_point():
        kind = scores.dtype if isinstance(scores, torch.Tensor) else type(scores).__name__
        raise ValueError(f"{name} must be a floating-point torch tensor of raw scores; got {kind}.")
    if scores.ndim != 1 or len(scores) == 0:
        raise ValueError(
            f"{name} must have shape (batch,) with one score or more; got {tuple(scores.shape)}. "
            "A discriminator gives one number per sample: squeeze a trailing axis of size 1."
        )
    if has_values(scores):
        refuse_non_finite(scores, name)
