"""A measured volume with its region of interest, and the slices and patches that are cut from it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.cohort.parts import as_intensities, checked_masks, checked_spacing
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed
from ganlab.validation import as_array, as_numpy, positive_integer, positive_number

WHICH = ("largest", "all")


@dataclass(frozen=True, eq=False)
class Volume:
    """A three-dimensional image of one patient and the region of interest in it.

    Parameters
    ----------
    image : float32 array, shape (depth, height, width)
    mask : bool array (or 0 and 1), same shape
        At least one voxel.
    spacing_mm : tuple (plane, row, column)
        Millimetres between neighbouring planes, rows and columns.
    intensity_unit : {"HU", "a.u."}
    name : str
        Becomes the `patient_id` of whatever is cut from it.
    provenance : str
    diagnosis : str

    Examples
    --------
    >>> image = np.arange(60.0).reshape(3, 4, 5)
    >>> volume = Volume(image, image > 30, (5.0, 0.7, 0.7), "HU", "steps")
    >>> volume
    Volume 'steps': 3 x 4 x 5 voxels of 5 x 0.7 x 0.7 mm, 29 in the region of interest, HU
    >>> volume.slices("all")
    Cohort 'steps': 2 images of 1 patients, 4 x 5 pixels of 0.7 x 0.7 mm, HU
    """

    image: np.ndarray
    mask: np.ndarray
    spacing_mm: tuple[float, float, float]
    intensity_unit: str
    name: str
    provenance: str = ""
    diagnosis: str = "unknown"

    def __post_init__(self):
        image = as_intensities(as_numpy(as_array(self.image, "image")), "image")
        if image.ndim != 3:
            raise ValueError(f"image must have shape (depth, height, width); got {image.shape}.")
        mask = checked_masks(self.mask, "mask", image)
        if not mask.any():
            raise ValueError(f"mask must mark at least one voxel; that of {self.name!r} is empty.")
        spacing = tuple(positive_number(value, "spacing_mm") for value in np.ravel(self.spacing_mm))
        if len(spacing) != 3:
            raise ValueError(f"spacing_mm must be three numbers (plane, row, column); got {self.spacing_mm}.")
        for key, value in (("image", image), ("mask", mask), ("spacing_mm", spacing)):
            object.__setattr__(self, key, value)

    def __repr__(self):
        shape, spacing = (
            " x ".join(f"{v:.4g}" for v in values) for values in (self.image.shape, self.spacing_mm)
        )
        return (
            f"Volume {self.name!r}: {shape} voxels of {spacing} mm, "
            f"{self.roi_voxels} in the region of interest, {self.intensity_unit}"
        )

    @property
    def roi_voxels(self):
        """Number of voxels in the region of interest."""
        return int(np.count_nonzero(self.mask))

    def slices(
        self,
        which: str = "largest",
        *,
        spacing_mm: float | tuple[float, float] | None = None,
        size: int | None = None,
    ) -> Cohort:
        """Slices through the region of interest, as a Cohort of one patient.

        Parameters
        ----------
        which : {"largest", "all"}
            The slice with the most voxels of the region (the first of equals), or every slice with any.
        spacing_mm : number, pair (row, column) or None
            Resampled to it in the plane, linearly (the mask: nearest voxel). None: as measured. Slices
            are never interpolated between planes. Going to a much coarser spacing skips pixels rather
            than averaging them.
        size : int or None
            Cut to a square of this many pixels around the middle of the region; what lies beyond the
            image is filled with the slice's smallest value. None: the whole slice.

        Returns
        -------
        Cohort
            `truth` has `patient_id`, `diagnosis` and `plane`, the slice's number in the volume.

        Raises
        ------
        ValueError
            If the region does not fit into `size`, or vanishes at `spacing_mm`.
        """
        planes = cut_planes(self, which, spacing_mm)
        if size is not None:
            planes = [window(plane, positive_integer(size, "size")) for plane in planes]
        spacing = self.spacing_mm[1:] if spacing_mm is None else spacing_mm
        return self._cohort(planes, spacing, f"{which} slices of its region")

    def patches(self, n: int, size: int = 32, seed: Seed = 0) -> Cohort:
        """Square patches around random voxels of the region of interest, as a Cohort of one patient.

        They overlap, and all show one patient: many patches are not many patients.

        Parameters
        ----------
        n : int >= 1
        size : int >= 1
            Pixels along each side; what lies beyond the image is filled with the slice's smallest value.
        seed : int, torch.Generator or None

        Returns
        -------
        Cohort
            `masks` mark the part of the region that the patch shows. `truth` has `patient_id`,
            `diagnosis`, `plane`, and `row` and `column` of the voxel in the middle.
        """
        n, size = positive_integer(n, "n"), positive_integer(size, "size")
        voxels = np.argwhere(self.mask)
        chosen = voxels[seeded_numpy_rng(seed).integers(len(voxels), size=n)]
        planes = [
            _cut(Plane(number, self.image[number], self.mask[number]), row, column, size)
            for number, row, column in chosen.tolist()
        ]
        places = {"row": chosen[:, 1], "column": chosen[:, 2]}
        return self._cohort(planes, self.spacing_mm[1:], f"{n} patches of its region, seed={seed!r}", places)

    def _cohort(self, planes, spacing, what, more_truth=None):
        truth = {"patient_id": self.name, "diagnosis": self.diagnosis}
        truth |= {"plane": [plane.number for plane in planes]} | (more_truth or {})
        return Cohort(
            np.stack([plane.image for plane in planes]),
            np.stack([plane.mask for plane in planes]),
            pd.DataFrame(truth),
            spacing,
            self.intensity_unit,
            self.name,
            f"{self.provenance}; {what}".removeprefix("; "),
        )


class Plane(NamedTuple):
    """One slice: its number in the volume, its image and its mask, each of shape (height, width)."""

    number: int
    image: np.ndarray
    mask: np.ndarray


def cut_planes(volume, which, spacing_mm):
    """The slices of `volume` that `which` names, resampled in the plane to `spacing_mm`; a list of Plane."""
    if which not in WHICH:
        raise ValueError(f"which must be one of {WHICH}; got {which!r}.")
    counts = volume.mask.sum(axis=(1, 2))
    numbers = [int(counts.argmax())] if which == "largest" else np.flatnonzero(counts).tolist()
    planes = [Plane(number, volume.image[number], volume.mask[number]) for number in numbers]
    if spacing_mm is None:
        return planes
    target = checked_spacing(spacing_mm)
    planes = [_resampled(plane, volume.spacing_mm[1:], target) for plane in planes]
    planes = [plane for plane in planes if plane.mask.any()]
    if not planes:
        row, column = target
        raise ValueError(
            f"the region of interest vanishes at {row:.4g} x {column:.4g} mm; choose a finer spacing."
        )
    return planes


def window(plane, size):
    """`plane` cut to `size` x `size` pixels around the middle of its region; refused if that does not fit."""
    rows, columns = extent(plane.mask)
    height, width = rows[1] - rows[0] + 1, columns[1] - columns[0] + 1
    if max(height, width) > size:
        raise ValueError(
            f"the region of interest is {height} x {width} pixels and does not fit into {size} x {size}; "
            "choose a larger size or a coarser `spacing_mm`."
        )
    return _cut(plane, (rows[0] + rows[1] + 1) // 2, (columns[0] + columns[1] + 1) // 2, size)


def extent(mask):
    """First and last row, and first and last column, that a mask marks."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (int(rows[0]), int(rows[-1])), (int(columns[0]), int(columns[-1]))


def _cut(plane, row, column, size):
    """The square whose pixel (size // 2, size // 2) is (row, column) of the plane."""
    top, left = row - size // 2, column - size // 2
    height, width = plane.image.shape
    rows = slice(max(top, 0), min(top + size, height))
    columns = slice(max(left, 0), min(left + size, width))
    image = np.full((size, size), plane.image.min(), np.float32)
    mask = np.zeros((size, size), bool)
    place = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    image[place], mask[place] = plane.image[rows, columns], plane.mask[rows, columns]
    return Plane(plane.number, image, mask)


def _resampled(plane, spacing, target):
    """The same field of view in pixels of `target` mm: edges stay where they are, centres move."""
    if np.allclose(spacing, target, rtol=1e-6):
        return plane
    import SimpleITK as sitk

    spacing, target = np.array(spacing), np.array(target)
    shape = np.maximum(np.round(np.array(plane.image.shape) * spacing / target), 1).astype(int)
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize(shape[::-1].tolist())
    resampler.SetOutputSpacing(target[::-1].tolist())
    resampler.SetOutputOrigin(((target - spacing) / 2)[::-1].tolist())
    parts = []
    as_numbers = plane.mask.astype(np.uint8)
    for values, method in ((plane.image, sitk.sitkLinear), (as_numbers, sitk.sitkNearestNeighbor)):
        source = sitk.GetImageFromArray(values)
        source.SetSpacing(spacing[::-1].tolist())
        resampler.SetInterpolator(method)
        resampler.SetDefaultPixelValue(float(values.min()))
        parts.append(sitk.GetArrayFromImage(resampler.Execute(source)))
    image, mask = parts
    return Plane(plane.number, image, mask.astype(bool))
