"""Class labels: which class each fake is asked for, and labels checked.

Never one class for a whole batch: the discriminator would learn from that alone.
"""

import torch

from ganlab.shapes import Labels
from ganlab.validation import as_plain_labels, refuse_non_finite


def labels_like_data(real_labels: Labels, n_classes: int, rng: torch.Generator) -> Labels:
    """Ask for the classes of the real batch, one fake beside each real: as frequent as in the data.

    A game played with these learns the joint distribution of samples and labels.

    Parameters
    ----------
    real_labels : tensor of int64, shape (n,)
        Of the real batch.
    n_classes : int
    rng : torch.Generator
        Not used here.

    Returns
    -------
    tensor of int64, shape (n,)

    Examples
    --------
    >>> labels_like_data(torch.tensor([0, 0, 1]), 2, torch.Generator())
    tensor([0, 0, 1])
    """
    return real_labels


def balanced_labels(real_labels: Labels, n_classes: int, rng: torch.Generator) -> Labels:
    """Ask for every class equally often, in random order, however rare it is among the reals.

    Where the batch does not divide evenly, the classes that get one more are drawn. The discriminator
    can then see from the label alone that a rare class is more often fake. That adds a constant per
    class to its best score, which has no slope in the samples.

    Parameters
    ----------
    real_labels : tensor of int64, shape (n,)
        Of the real batch; only their number counts.
    n_classes : int
    rng : torch.Generator

    Returns
    -------
    tensor of int64, shape (n,)

    Examples
    --------
    >>> rare = torch.tensor([0, 0, 0, 0, 0, 1])
    >>> balanced_labels(rare, 2, torch.Generator().manual_seed(0)).bincount()
    tensor([3, 3])
    """
    n = len(real_labels)
    classes = torch.randperm(n_classes, generator=rng).repeat(-(-n // n_classes))[:n]
    return classes[torch.randperm(n, generator=rng)]


def checked_labels(labels, n_classes, n):
    """Labels as int64, shape (n,), each from 0 to n_classes - 1."""
    wanted = f"labels must be whole numbers from 0 to {n_classes - 1}"
    try:
        labels = torch.as_tensor(as_plain_labels(labels))
    except (TypeError, ValueError, RuntimeError) as problem:
        raise ValueError(f"{wanted}; got {type(labels).__name__} ({problem}).") from None
    if tuple(labels.shape) != (n,):
        raise ValueError(
            f"labels must hold one class per sample, shape ({n},); got shape {tuple(labels.shape)}."
        )
    if labels.is_floating_point():
        refuse_non_finite(labels, "labels")
    whole = labels.long()
    if labels.is_complex() or bool((whole.to(labels.dtype) != labels).any()):
        raise ValueError(f"{wanted}; got {labels.dtype} values.")
    outside = ((whole < 0) | (whole >= n_classes)).nonzero().flatten()
    if len(outside):
        row = int(outside[0])
        raise ValueError(
            f"labels must lie from 0 to {n_classes - 1}, since the networks know {n_classes} classes; "
            f"{len(outside)} do not, the first at row {row}: {int(whole[row])}."
        )
    return whole
