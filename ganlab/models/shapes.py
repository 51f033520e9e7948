"""What a network says when it is given something it was not built for."""


def check_shape(values, expected, name):
    """Refuse samples whose shape, but for the number of samples, is not `expected`.

    Shapes can be checked inside ``torch.func.vmap`` too: they are the same for the whole stack.
    """
    if tuple(values.shape[1:]) != tuple(expected) or values.ndim == 0:
        inside = ", ".join(str(size) for size in expected)
        raise ValueError(
            f"{name} must have shape (n, {inside}), as this network was built for; got {tuple(values.shape)}."
        )
