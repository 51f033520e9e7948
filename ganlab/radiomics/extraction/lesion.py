"""One image and its region of interest, cut out and looked at before any feature is computed."""

import hashlib
from typing import NamedTuple

import numpy as np

# A joint histogram of n levels has n^2 cells for each of 4 or 13 directions.
MOST_LEVELS = 1024


class Lesion(NamedTuple):
    """A region's bounding box: intensities, and where in the box the region is; arrays of three axes."""

    image: np.ndarray
    mask: np.ndarray


class Discretised(NamedTuple):
    """Grey levels 1, 2, ... inside the region and 0 outside, and the distinct levels that occur."""

    matrix: np.ndarray
    levels: np.ndarray


class NotMeasurable(ValueError):
    """Why a lesion, or its texture, has no features."""


def cut_out(image, mask):
    """The bounding box of the region, as a Lesion; slices get a first axis of length 1.

    Raises NotMeasurable where PyRadiomics would stop with an exception.
    """
    if not mask.any():
        raise NotMeasurable("empty mask: no pixel is marked")
    box = tuple(
        slice(
            *np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))[[0, -1]] + [0, 1]
        )
        for axis in range(mask.ndim)
    )
    image, mask = image[box], mask[box]
    wide = sum(length > 1 for length in mask.shape)
    if wide == 0:
        raise NotMeasurable("one-voxel mask: nothing can be said about shape or texture")
    if wide == 1:
        raise NotMeasurable("the mask is a single row of pixels; two dimensions or more are needed")
    if image.ndim == 2:
        image, mask = image[None], mask[None]
    return Lesion(np.ascontiguousarray(image), np.ascontiguousarray(mask))


def cut_out_all(images, masks):
    """`cut_out` for each image: a Lesion, or the reason why there is none, as text."""
    found = []
    for image, mask in zip(images, masks, strict=True):
        try:
            found.append(cut_out(image, mask))
        except NotMeasurable as why:
            found.append(str(why))
    return found


def content_hash(lesions):
    """A text that differs whenever anything that features are computed from differs."""
    content = hashlib.sha256()
    for lesion in lesions:
        if isinstance(lesion, str):
            content.update(lesion.encode())
            continue
        for array in lesion:
            content.update(f"{array.shape} {array.dtype}".encode())
            content.update(array.tobytes())
    return content.hexdigest()


def touches_border(mask):
    """Whether the region reaches the edge of the image, so that part of the lesion may be missing."""
    return any(np.take(mask, (0, -1), axis=axis).any() for axis in range(mask.ndim))


def refuse_textureless(discretised):
    """Raise NotMeasurable where co-occurrences, runs and zones of grey levels mean nothing or too much."""
    levels = discretised.levels
    if len(levels) == 1:
        raise NotMeasurable("constant region: all pixels fall into one bin, texture is undefined")
    if levels[-1] > MOST_LEVELS:
        raise NotMeasurable(
            f"{levels[-1]} grey levels: the bins are too narrow for texture (at most {MOST_LEVELS})"
        )
