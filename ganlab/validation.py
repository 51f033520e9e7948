"""Check what a function was given, and say in one sentence what was wrong with it.

Every public function calls these at its border, so that bad input stops where it entered, with the
name the caller knows it by, and never turns into a NaN three functions later.
"""

import math
import operator

import numpy as np
from array_api_compat import array_namespace, is_torch_array


class NonFiniteError(ValueError):
    """Something that had to be a number was NaN or infinite."""


def as_array(values, name):
    """Return `values` as a finite floating-point array of the kind it came in (torch stays torch).

    Lists, tuples, numbers and pandas columns become numpy arrays. Types other than single and double
    precision become double: half precision holds three digits, which is enough to store an image and not to
    measure it. Raises ValueError for text, for ragged lists, for masked values and for NaN or infinity.
    """
    if is_torch_array(values):
        if str(values.layout) != "torch.strided" or values.is_quantized or values.is_meta:
            raise ValueError(
                f"{name} must be a dense tensor; got layout {values.layout}, {values.dtype}, on "
                f"{values.device}. A sparse one becomes dense by .to_dense(), a quantized one by "
                ".dequantize()."
            )
    else:
        refuse_masked(values, name)
        try:
            plain = np.asarray(values)
            if plain.dtype.kind in "USO" and any(isinstance(value, (str, bytes)) for value in plain.flat):
                raise TypeError("text is not a number")  # "0.5" included, which numpy would read as one
            values = plain if isinstance(values, np.ndarray) else np.asarray(values, dtype=float)
        except (TypeError, ValueError) as problem:
            raise ValueError(
                f"{name} must hold numbers in a regular shape; got {type(values).__name__} ({problem})."
            ) from None
    xp = array_namespace(values)
    if not xp.isdtype(values.dtype, ("real floating", "integral", "bool")):
        raise ValueError(f"{name} must hold real numbers; got {values.dtype}.")
    if values.dtype not in (xp.float32, xp.float64):  # in this machine's order of bytes
        values = xp.astype(values, xp.float32 if _is_swapped_single(values.dtype) else xp.float64)
    refuse_non_finite(values, name)
    return values


def _is_swapped_single(dtype):
    """Whether these are single-precision numbers in another machine's order of bytes, as in many files."""
    return isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize == 4


def as_numpy(values):
    """The same numbers as a numpy array; a tensor leaves its gradient and its device behind."""
    if is_torch_array(values):
        values = values.detach().cpu().resolve_conj().resolve_neg()
        if str(values.dtype) == "torch.bfloat16":  # which numpy does not know; single precision holds it
            values = values.float()
    return np.asarray(values)


def as_plain_labels(labels):
    """Labels of an array or a column as torch can read them: without an index, whole ones as int64.

    Tensors and lists come back as they are.
    """
    if is_torch_array(labels) or not hasattr(labels, "__array__"):
        return labels
    values = np.array(labels)
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def refuse_masked(values, name):
    """Refuse a numpy masked array with hidden values: numpy would hand out what lies under the mask."""
    hidden = int(np.ma.count_masked(values)) if isinstance(values, np.ma.MaskedArray) else 0
    if hidden:
        raise ValueError(
            f"{name} is a masked array with {hidden} hidden values, which are no numbers here. Fill them "
            f"first, as in {name}.filled(0), or leave their rows out."
        )


def in_one_order(first, second, first_name, second_name):
    """`second` with its columns in the order of `first`, if both are tables whose columns have names.

    Columns are the same feature if they have the same name, wherever they stand. Other names are refused;
    arrays have none, and are taken as they are.
    """
    ours, theirs = getattr(first, "columns", None), getattr(second, "columns", None)
    if ours is None or theirs is None or (len(ours) == len(theirs) and (ours == theirs).all()):
        return second
    if not (ours.is_unique and theirs.is_unique) or set(ours) != set(theirs):
        differing = [str(name) for name in (*ours, *theirs) if (name in ours) != (name in theirs)]
        raise ValueError(
            f"{first_name} and {second_name} are tables with different columns: "
            f"{', '.join(differing[:5]) or 'some names occur twice'}. Give both the same columns, each once."
        )
    return second[list(ours)]


def as_samples(values, name):
    """`as_array`, and at least one sample along the first axis."""
    values = as_array(values, name)
    if values.ndim == 0 or values.shape[0] == 0:
        raise ValueError(f"{name} is empty or a single number; expected at least one sample, shape (n, ...).")
    return values


def as_probabilities(values, name):
    """`as_array`, every entry in [0, 1]. Raw scores, the usual culprit, are named in the message."""
    values = as_array(values, name)
    if 0 in values.shape:
        raise ValueError(f"{name} is empty; expected at least one probability.")
    low, high = values.min().item(), values.max().item()
    if low < 0 or high > 1:
        raise ValueError(
            f"{name} must hold probabilities between 0 and 1; got values from {low:.4g} to {high:.4g}. "
            "Raw scores become probabilities through the sigmoid."
        )
    return values


def as_share(value, name):
    """Return `value` as one float from 0 to 1."""
    value = as_array(value, name)
    if value.ndim or not 0 <= value <= 1:
        got = f"shape {tuple(value.shape)}" if value.ndim else f"{value.item():g}"
        raise ValueError(f"{name} must be one number from 0 to 1; got {got}.")
    return float(value)


def as_densities(p, q):
    """Two non-negative densities of one shape and one kind (torch if both are, else numpy)."""
    if is_torch_array(p) != is_torch_array(q):
        p, q = (as_numpy(values) if is_torch_array(values) else values for values in (p, q))
    p, q = as_array(p, "p"), as_array(q, "q")
    for values, name in ((p, "p"), (q, "q")):
        if 0 in values.shape:
            raise ValueError(f"{name} is empty; expected a density at one point or more.")
        if values.min().item() < 0:
            raise ValueError(
                f"{name} must be a density, zero or more everywhere; its smallest value is "
                f"{values.min().item():.4g}."
            )
    same_shape(p, q, "p", "q")
    return p, q


def same_shape(first, second, first_name, second_name):
    """Refuse two arrays of different shape; nothing is ever broadcast silently."""
    if tuple(first.shape) != tuple(second.shape):
        raise ValueError(
            f"{first_name} and {second_name} must have the same shape; "
            f"got {tuple(first.shape)} and {tuple(second.shape)}."
        )


def refuse_non_finite(values, name):
    """Raise NonFiniteError, with how many and where the first one is, if any entry is NaN or infinite."""
    # A finite sum has finite terms and takes a fifth of the time; only an infinite one needs the look.
    if is_torch_array(values) and math.isfinite(values.detach().sum().item()):
        return
    xp = array_namespace(values)
    finite = xp.isfinite(values)
    if not bool(xp.all(finite)):
        bad = np.argwhere(~as_numpy(finite))
        where = f" (the first at index {tuple(int(i) for i in bad[0])})" if values.ndim else ""
        raise NonFiniteError(f"{name} must be finite; {len(bad)} of its values are NaN or infinite{where}.")


def positive_integer(value, name):
    """Return `value` as an int of at least 1."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number of 1 or more; got {value!r}.") from None
    if number < 1:
        raise ValueError(f"{name} must be a whole number of 1 or more; got {number}.")
    return number


def positive_number(value, name):
    """Return `value` as a finite float above 0."""
    try:
        if isinstance(value, str):
            raise TypeError("text is not a number")
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a number above 0; got {value!r:.50}.") from None
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a finite number above 0; got {number}.")
    return number
