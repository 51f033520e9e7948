"""Which voxels of a mask are the region, and what its other values mean."""

import numpy as np
import pandas as pd

MOST_LABELS = 32  # more than that is no map of labels, or no region anybody meant
WORN = 16  # grey values that a picture saved with loss may lie beside black or white
WHOLE = 1e-3  # what a scale factor may leave of a whole number


def marked_region(voxels, label, threshold):
    """The region in the voxels of a mask, and what to know about it.

    Parameters
    ----------
    voxels : float32 array, shape (depth, height, width)
    label : int or None
        The value that marks the region.
    threshold : number or None
        The region is what has at least this value.

    Returns
    -------
    region : bool array, same shape
    notes : list of str

    Raises
    ------
    ValueError
        If the mask is empty, or its values do not say what the region is.
    """
    if threshold is not None:
        region, notes = voxels >= threshold, []
        if not region.any():
            raise ValueError(
                f"the mask is empty: none of its values, {_span(voxels)}, reaches `threshold={threshold:g}`."
            )
    else:
        values = _values(voxels)
        is_whole = np.abs(values - np.round(values)).max() <= WHOLE
        if not is_whole and len(values) > 2:
            region, notes = _from_fractions(voxels, label)
        else:
            region, notes = _from_labels(np.round(voxels) if is_whole else voxels, label)
    if label is None and not notes and region.mean() > 0.5 and _border(region).mean() > 0.5:
        notes = [
            "its mask marks every pixel."
            if region.all()
            else "its mask marks most of the image and of its border; if it is inverted, state `label=0`."
        ]
    return region, notes


def _from_fractions(voxels, label):
    if label is not None:
        raise ValueError(
            f"the mask holds fractions, {_span(voxels)}: labels were interpolated and cannot be told apart. "
            "Interpolate labels by nearest neighbour, or state `threshold` instead of `label`."
        )
    region = voxels >= 0.5
    if voxels.min() <= -0.5 or voxels.max() >= 1.5 or not region.any():
        raise ValueError(
            f"the mask holds values that are not whole numbers, {_span(voxels)}: interpolated labels, scores "
            "or an image. State `threshold`: the region is what has at least this value."
        )
    return region, [
        f"its mask holds fractions, {_span(voxels)} (interpolated, or probabilities): read at 0.5; "
        "`threshold` states another."
    ]


def _from_labels(voxels, label):
    values = _values(voxels)
    if label is not None:
        return _one_label(voxels, values, label)
    if len(values) == 1:
        if values[0] not in (1, 255):
            empty = "is empty; it" if values[0] == 0 else "has no region: it"
            raise ValueError(f"the mask {empty} holds only the values {_listed(values)}.")
        return np.ones(voxels.shape, bool), []
    if _is_worn(values):
        return voxels >= 128, [
            f"its mask holds {len(values)} values near 0 and 255, like a picture saved with loss: read at "
            "128; `threshold` states another."
        ]
    background = _background(voxels, values)
    labels = values[values != background]
    if len(labels) > MOST_LABELS:
        raise ValueError(
            f"the mask holds {len(values)} values, {_span(voxels)}: many labels, probabilities or an image. "
            "State `label` or `threshold`."
        )
    notes = []
    if background != 0:
        notes.append(f"the background of its mask is {background:g}, not 0; the region is what is not.")
    if len(labels) > 1:
        notes.append(
            f"its mask holds several labels ({', '.join(f'{value:g}' for value in labels)}), taken as one "
            "region; `label` chooses one."
        )
    elif labels[0] != np.round(labels[0]):
        notes.append(f"its mask marks the region with the value {labels[0]:g}.")
    return voxels != background, notes


def _one_label(voxels, values, label):
    region = voxels == label
    if region.any():
        return region, []
    smallest = 0 if 0 in values else values[0]  # an intercept moves all labels, and 0 with them
    region = voxels == label + smallest
    if not region.any() or len(values) == 1:
        raise ValueError(f"the mask is empty; it holds only the values {_listed(values)}, not {label}.")
    stored = f"label {label} was taken to be {label + smallest:g}"
    return region, [f"the smallest value of its mask is {smallest:g}, not 0; {stored}."]


def _is_worn(values):
    """Whether all lies near 0 or 255, and not only on 255 there: black and white, saved with loss."""
    near = np.minimum(np.abs(values), np.abs(255 - values)).max() <= WORN
    return near and len(values) > 2 and values.min() < 128 and bool(((values > 128) & (values != 255)).any())


def _background(voxels, values):
    """0 where it occurs; else the commonest value of the border, if it fills most of the image."""
    border, counts = np.unique(_border(voxels), return_counts=True)
    commonest = border[counts.argmax()]
    fills = (voxels == commonest).mean() > 0.5
    if 0 in values and not (fills and commonest < 0):
        return 0.0
    if 0 in values or not fills:
        raise ValueError(
            f"the mask does not say what its background is: it holds the values {_listed(values)}, and "
            f"{commonest:g} most often at the border. State `label` or `threshold`."
        )
    return float(commonest)


def _values(voxels):
    return np.sort(pd.unique(voxels.ravel()))  # by a hash table: np.unique sorts every voxel


def _border(voxels):
    """The outer rows and columns of every plane."""
    sides = voxels[:, 0], voxels[:, -1], voxels[:, :, 0], voxels[:, :, -1]
    return np.concatenate([side.ravel() for side in sides])


def _span(voxels):
    return f"{voxels.min():.4g} to {voxels.max():.4g}"


def _listed(values):
    return values[:6].astype(float).tolist()
