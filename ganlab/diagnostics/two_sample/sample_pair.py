"""Two samples to compare, as rows of features: every distance and test takes them through here."""

import numpy as np

from ganlab.validation import as_numpy, as_samples


def sample_pair(x, y, at_least):
    """Return x and y as float64 arrays (n, d) and (m, d), or say why they cannot be compared.

    One number per sample, shape (n,), is one feature. Images, shape (n, height, width), are flattened:
    each pixel becomes a feature, in the same order for both. The shapes after the first axis must be equal,
    so that a pixel is never compared with another one.
    """
    x, y = (_rows(values, name, at_least) for values, name in ((x, "x"), (y, "y")))
    if x.shape[1:] != y.shape[1:]:
        raise ValueError(
            "x and y must have the same features, in the same order; one sample of x has shape "
            f"{x.shape[1:]}, one of y {y.shape[1:]}."
        )
    return x.reshape(len(x), -1), y.reshape(len(y), -1)


def _rows(values, name, at_least):
    values = as_numpy(as_samples(values, name)).astype(float)
    if values.size == 0:
        raise ValueError(f"{name} has no features; got shape {values.shape}.")
    if len(values) < at_least:
        raise ValueError(
            f"{name} must hold at least {at_least} samples, one per row; got {len(values)}. "
            "A single image or patient needs a leading axis, and more companions."
        )
    # The square of the cube of their product (the polynomial kernel) must not overflow.
    if np.abs(values).max() > 1e20:
        raise ValueError(f"{name} holds numbers above 1e20; rescale the features first.")
    return values
