"""Tensors whose values cannot be looked at while a program runs over many of them at once."""

import torch


def has_values(tensor):
    """Whether `tensor` holds numbers that Python may look at, now.

    Inside ``torch.func.vmap`` a tensor stands for a whole stack of them, and inside ``torch.compile``
    for any, so that a check of its values has no single answer; shapes and types can always be checked.
    A function that checks values at its border asks this first, which lets an ensemble call the same
    objectives and networks as a single game.

    Examples
    --------
    >>> import torch
    >>> has_values(torch.zeros(2))
    True
    >>> seen = []
    >>> torch.func.vmap(lambda row: (seen.append(has_values(row)), row)[1])(torch.zeros(3, 2)).shape
    torch.Size([3, 2])
    >>> seen
    [False]
    """
    # torch offers no public name for this question; this module is the one place that asks it.
    return not (torch.compiler.is_compiling() or torch._C._functorch.is_functorch_wrapped_tensor(tensor))
