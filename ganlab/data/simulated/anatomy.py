"""Axial slices through brains that nobody has: the MNI152 tissue maps, bent and tilted at random."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.interpolate import BSpline
from scipy.ndimage import binary_closing, binary_fill_holes, gaussian_filter, map_coordinates

FIELD_OF_VIEW_MM = 216.0
TISSUES = ("white matter", "grey matter", "fluid")
SLICE_RANGE_MM = (-8.0, 48.0)  # above the template's origin: from the basal ganglia to above the ventricles


class People(NamedTuple):
    """What makes each of n brains and its slice different from the template's.

    Attributes
    ----------
    slice_mm : shape (n,)
        Height of the slice's centre above the template's origin (the anterior commissure).
    axes : shape (n, 3, 2)
        Template millimetres (right, anterior, up) per millimetre along the slice's columns and rows:
        tilt, rotation and the size of the head.
    bend_mm : shape (n, 3, CONTROLS, CONTROLS)
        Coefficients of a smooth random displacement (right, anterior, up).
    """

    slice_mm: np.ndarray
    axes: np.ndarray
    bend_mm: np.ndarray


CONTROLS = 8  # control points of the displacement along each side: one in 43 mm


def draw_people(n, rng):
    """Draw n people and one slice level each; the first k of n are the same for every n >= k.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
        Split into one stream per property, so that the number of people does not shift the draws.
    """
    level, size, tilt, bend = rng.spawn(4)
    slice_mm = level.uniform(*SLICE_RANGE_MM, n)
    scale = np.exp(size.normal(0, 0.03, (n, 2)))  # width and length of the head vary by 3 %
    roll, pitch, turn = np.deg2rad(tilt.normal(0, 4, (n, 3))).T

    right = np.stack([np.cos(turn), np.sin(turn), roll], axis=1)
    front = np.stack([-np.sin(turn), np.cos(turn), pitch], axis=1)
    # Columns run towards the patient's left and rows towards the back: the view from the feet.
    axes = np.stack([-right / scale[:, :1], -front / scale[:, 1:]], axis=2)
    # A random spline keeps about half of its coefficients' spread: 2.5 mm in the slice, 2 mm across it.
    bend_mm = bend.normal(0, 1, (n, 3, CONTROLS, CONTROLS)) * np.array([5, 5, 4])[:, None, None]
    return People(slice_mm, axes, bend_mm)


def tissue_shares(people, size):
    """How much of each pixel is white matter, grey matter and fluid; the rest is air.

    Parameters
    ----------
    people : People, n of them
    size : int
        Pixels along each side of the 216 mm field of view.

    Returns
    -------
    shares : float32 array, shape (n, 3, size, size), in [0, 1]
        In the order of `TISSUES`; they add up to 1 inside the head and to 0 outside it.
    """
    maps, origin = _template(FIELD_OF_VIEW_MM / size)
    position = _position_mm(people, size) - origin[:, None, None]  # (n, 3, size, size), voxels of 1 mm
    coordinates = np.moveaxis(position, 1, 0)
    shares = [map_coordinates(tissue, coordinates, output=np.float32, order=1) for tissue in maps]
    return np.stack(shares, axis=1)


def smooth_fields(coefficients, size):
    """Cubic splines over the slice from their control points.

    Parameters
    ----------
    coefficients : shape (..., k, k), k >= 4
    size : int

    Returns
    -------
    fields : shape (..., size, size)
    """
    basis = _spline_basis(coefficients.shape[-1], size)
    return basis @ coefficients @ basis.T


def pixel_centres_mm(size):
    """Distance of each pixel's centre from the middle of the field of view, shape (size,)."""
    return ((np.arange(size) + 0.5) / size - 0.5) * FIELD_OF_VIEW_MM


def _position_mm(people, size):
    """Where in the template each pixel lies: right, anterior, up; shape (n, 3, size, size)."""
    centres = pixel_centres_mm(size)
    columns, rows = np.meshgrid(centres, centres)
    flat = people.axes @ np.stack([columns, rows]).reshape(2, -1)
    position = flat.reshape(-1, 3, size, size) + smooth_fields(people.bend_mm, size)
    # The template's brain is centred 18 mm behind the origin.
    middle = np.stack([np.zeros_like(people.slice_mm), np.full_like(people.slice_mm, -18), people.slice_mm])
    return position + middle.T[:, :, None, None]


@lru_cache(maxsize=8)
def _spline_basis(n_controls, size):
    step = 1 / (
        n_controls - 3
    )  # evenly spaced beyond both ends, so that the border moves no more than the middle
    knots = np.arange(-3, n_controls + 1) * step
    return BSpline.design_matrix((np.arange(size) + 0.5) / size, knots, 3).toarray()


@lru_cache(maxsize=2)
def _template(pixel_mm):
    """The three tissue maps, blurred to the pixel they will be sampled with, and voxel (0, 0, 0) in mm."""
    from nilearn import datasets

    white = datasets.load_mni152_wm_template(resolution=1)
    grey = datasets.load_mni152_gm_template(resolution=1)
    origin = white.affine[:3, 3]
    low = int(SLICE_RANGE_MM[0] - 30 - origin[2])  # tilt and bending reach 30 mm beyond the range
    high = int(SLICE_RANGE_MM[1] + 30 - origin[2])
    white, grey = (np.asarray(image.dataobj)[:, :, low:high] for image in (white, grey))

    # The maps end at the cortex. Closing its folds adds the fluid between them and a thin rim.
    disc = np.linalg.norm(np.mgrid[-5:6, -5:6], axis=0) <= 5
    levels = np.moveaxis(white + grey > 0.2, 2, 0)
    head = np.stack([binary_fill_holes(binary_closing(level, disc)) for level in levels], axis=2)
    fluid = np.clip(head - white - grey, 0, 1)

    blur = pixel_mm / np.sqrt(8 * np.log(2))  # full width at half maximum of one pixel
    maps = [gaussian_filter(tissue.astype(np.float32), blur) for tissue in (white, grey, fluid)]
    return maps, origin + np.array([0, 0, low])
