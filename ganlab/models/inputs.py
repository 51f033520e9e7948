"""What a network refuses to take: another type or shape of samples, labels of a class it does not know."""

import torch

from ganlab.tracing import has_values
from ganlab.validation import as_plain_labels


def check_tensor(values, name, network):
    """Refuse what is no tensor of the type of the network's weights: float32, unless somebody converted them.

    Types can be checked inside ``torch.func.vmap`` too: they are the same for the whole stack.
    """
    is_tensor = isinstance(values, torch.Tensor)
    if is_tensor and values.dtype == torch.float32:  # first and quick: each pass comes here
        return
    expected = next((weights.dtype for weights in network.parameters()), torch.float32)
    half = is_tensor and values.dtype in (torch.float16, torch.bfloat16)
    converted = half and torch.is_autocast_enabled(values.device.type)
    if converted or (is_tensor and values.dtype == expected):
        return
    kind = str(expected).removeprefix("torch.")
    make = "float()" if expected == torch.float32 else f"to({expected})"
    got = f"{type(values).__name__}{f' of {values.dtype}' if hasattr(values, 'dtype') else ''}"
    raise ValueError(
        f"{name} must be a {kind} tensor, as this network's weights are; got {got}. "
        f"torch.from_numpy({name}).{make} makes one of an array, {name}.{make} of another tensor."
    )


def check_shape(values, expected, name, network):
    """`check_tensor`, and refuse samples whose shape, but for the number of samples, is not `expected`.

    Shapes can be checked inside ``torch.func.vmap`` too: they are the same for the whole stack.
    """
    check_tensor(values, name, network)
    if tuple(values.shape[1:]) != tuple(expected) or values.ndim == 0:
        inside = ", ".join(str(size) for size in expected)
        raise ValueError(
            f"{name} must have shape (n, {inside}), as this network was built for; got {tuple(values.shape)}."
        )


def checked_labels(labels, n_classes, n):
    """Labels as a tensor of int64, shape (n,), each from 0 to n_classes - 1.

    Inside ``torch.func.vmap`` only the type and the shape can be checked: check at the border, where
    the data comes in.
    """
    if not isinstance(labels, torch.Tensor):
        try:
            labels = torch.as_tensor(as_plain_labels(labels))
        except (TypeError, ValueError, RuntimeError):
            raise ValueError(f"labels must be whole numbers, shape (n,); got {labels!r}.") from None
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(f"labels must be whole numbers, as in torch.int64; got {labels.dtype}.")
    if labels.shape != (n,):
        raise ValueError(f"labels must have shape ({n},), one for each sample; got {tuple(labels.shape)}.")
    labels = labels.long()
    if has_values(labels) and len(labels) > 0:
        low, high = (bound.item() for bound in labels.aminmax())
        if low < 0 or high >= n_classes:
            raise ValueError(
                f"labels must be from 0 to {n_classes - 1}, the {n_classes} classes this network knows; "
                f"got values from {low} to {high}."
            )
    return labels
