"""What one file of an image or a mask holds: NIfTI, NRRD, MetaImage, or a folder of DICOM slices."""

import gzip
import logging
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab.data.measured.dicom import read_series
from ganlab.data.measured.headers import ImageFileError, header_says, nifti_says, text_header
from ganlab.data.measured.stored_voxels import refuse_damaged_voxels


class ScannedImage(NamedTuple):
    """An image and where it lies in the scanner.

    Attributes
    ----------
    voxels : float32 array, shape (depth, height, width)
        In the file's order; a 2-D image has depth 1.
    spacing_mm : tuple (plane, row, column)
        Distance of neighbouring planes, rows and columns.
    origin_mm : tuple of 3
        Position of voxel (0, 0, 0): x, y, z of the scanner.
    direction : tuple of 9
        Which way columns, rows and planes run in the scanner.
    orientation : str or None
        The same in three letters, "LPS" for instance; None if the file does not say it.
    is_flat : bool
        Whether the file itself holds a two-dimensional image.
    states_spacing : bool
        Whether the file says how large a pixel is.
    note : str
        What to know of how it was read.
    """

    voxels: np.ndarray
    spacing_mm: tuple
    origin_mm: tuple
    direction: tuple
    orientation: str | None = None
    is_flat: bool = False
    states_spacing: bool = True
    note: str = ""


def read_image(path, spacing_mm=None, orientation=None):
    """Read a grey-scale image of two or three dimensions.

    NIfTI, NRRD, MetaImage or, where `path` is a folder, the one DICOM series in it. DICOM's rescale slope
    and intercept are applied to the stored values, so CT is in Hounsfield units.

    Parameters
    ----------
    path : str or path-like
    spacing_mm : tuple (row, column) or (plane, row, column), or None
        Taken where the file does not say how large a pixel is. None: such a file is refused.
    orientation : str or None
        Three letters, such as "LPS": axes are swapped and turned to it. None: as in the file.

    Returns
    -------
    ScannedImage

    Raises
    ------
    FileNotFoundError
        If there is nothing under this name.
    ImageFileError
        If the file is empty, cut short, damaged or of another format, does not state its spacing, the
        image is in colour, has more than three dimensions, or holds NaN or infinity, lies nowhere, or
        the folder holds no DICOM series, several, one with a missing slice, or objects that are no images.
    """
    import SimpleITK as sitk

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}.")
    with _quiet(sitk):
        try:
            image, says, note = read_series(path, sitk) if path.is_dir() else _read_file(path, sitk)
        except RuntimeError as problem:
            raise ImageFileError(_reason(problem, path)) from None
    if (channels := image.GetNumberOfComponentsPerPixel()) > 1:
        raise ImageFileError(f"the image has {channels} channels; expected one grey value per pixel.")
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    dimensions = image.GetDimension()
    if dimensions > 3:
        raise ImageFileError(f"the image has {dimensions} dimensions; expected 2 or 3.")
    states_spacing = says.axes >= (3 if dimensions == 3 and image.GetDepth() > 1 else 2)
    if not states_spacing:
        _take_spacing(image, spacing_mm)
    if not np.isfinite((*image.GetSpacing(), *image.GetOrigin(), *image.GetDirection())).all():
        raise ImageFileError("its header states NaN or infinity for where the image lies; expected numbers.")
    if orientation is not None and dimensions == 3:
        image = sitk.DICOMOrient(image, orientation)
    values = sitk.GetArrayFromImage(image)
    if np.iscomplexobj(values):
        raise ImageFileError("the image holds complex numbers; expected real ones, magnitudes for instance.")
    if not values.size:
        raise ImageFileError(f"the image has no voxels: its header states {_times(values.shape)}.")
    values = np.asarray(values, dtype=np.float32)
    _refuse_non_finite(values)
    if dimensions == 2:
        (a, b), (c, d) = np.reshape(image.GetDirection(), (2, 2))
        return ScannedImage(
            values[None],
            (1.0, *image.GetSpacing()[::-1]),
            (*image.GetOrigin(), 0.0),
            (a, b, 0.0, c, d, 0.0, 0.0, 0.0, 1.0),
            is_flat=True,
            states_spacing=states_spacing,
            note=note,
        )
    lies = sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(image.GetDirection())
    return ScannedImage(
        values,
        image.GetSpacing()[::-1],
        image.GetOrigin(),
        image.GetDirection(),
        lies if says.oriented else None,
        states_spacing=states_spacing,
        note=note,
    )


def _take_spacing(image, spacing_mm):
    if spacing_mm is None:
        raise ImageFileError(
            "its file does not say how large a pixel is; expected a spacing in mm. State "
            "`spacing_mm` if you know it."
        )
    lengths = (1.0, *spacing_mm)[-3:]  # the distance of planes matters to nothing that is cut from them
    image.SetSpacing(lengths[::-1][: image.GetDimension()])


def same_place(image, mask):
    """Whether a mask lies on its image, voxel on voxel; None, or what differs in words."""
    if image.voxels.shape != mask.voxels.shape:
        return f"shape {_times(mask.voxels.shape)}, the image has {_times(image.voxels.shape)} (planes first)"
    axes = slice(1, None) if len(image.voxels) == 1 else slice(None)  # one plane has no next one
    if not np.allclose(image.spacing_mm[axes], mask.spacing_mm[axes], rtol=1e-3):
        return f"spacing {_times(mask.spacing_mm)} mm, the image has {_times(image.spacing_mm)} mm"
    if image.is_flat != mask.is_flat:
        return None  # a flat file has no place in space that could be compared
    if not np.allclose(image.origin_mm, mask.origin_mm, atol=0.05 * min(image.spacing_mm[axes])):
        return f"origin {_times(mask.origin_mm)} mm, the image has {_times(image.origin_mm)} mm"
    if not np.allclose(image.direction, mask.direction, atol=1e-3):
        return "another orientation than the image"
    return None


def _times(numbers):
    return " x ".join(f"{number:.4g}" for number in numbers)


def _read_file(path, sitk):
    if path.stat().st_size == 0:
        raise ImageFileError("the file is empty.")
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return _read_nifti(path, sitk)
    fields, start = text_header(path)  # first: some headers end the process of the reader
    says = header_says(path, fields)
    refuse_damaged_voxels(path, fields, start)
    return sitk.ReadImage(str(path)), says, ""


def _read_nifti(path, sitk):
    """SimpleITK puts zeros where a NIfTI file is cut or holds NaN, and says nothing; this says it."""
    import nibabel
    from nibabel.filebasedimages import ImageFileError as NotNifti
    from nibabel.spatialimages import HeaderDataError

    try:
        nifti = nibabel.load(path)
        data = nifti.dataobj
        opener = gzip.open if path.name.lower().endswith(".gz") else open
        with opener(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError, ValueError, zlib.error, NotNifti, HeaderDataError) as problem:
        raise ImageFileError(f"the file is cut short, damaged or not NIfTI ({problem}).") from None
    count = int(np.prod(data.shape, dtype=np.int64))
    expected = int(data.offset) + count * data.dtype.itemsize
    if len(content) < expected:
        raise ImageFileError(f"the file is cut short: {len(content)} of {expected} bytes are there.")
    if data.dtype.kind == "f":
        _refuse_non_finite(np.frombuffer(content, data.dtype, count, int(data.offset)))
    says = nifti_says(nifti.header, content)
    if not isinstance(nifti, nibabel.Nifti2Image):
        return sitk.ReadImage(str(path)), says, ""
    try:
        return _read_nifti_2(nifti, sitk), says, ""
    except (ValueError, HeaderDataError) as problem:
        raise ImageFileError(f"it is NIfTI-2 that cannot be read ({problem}).") from None


def _read_nifti_2(nifti, sitk):
    """SimpleITK reads NIfTI-1 alone."""
    import nibabel

    with tempfile.TemporaryDirectory() as scratch:
        header = nibabel.Nifti1Header.from_header(nifti.header)
        header.set_data_dtype(np.float32)
        copy = Path(scratch) / "copy.nii"
        voxels = np.asarray(nifti.dataobj, dtype=np.float32)
        nibabel.Nifti1Image(voxels, nifti.affine, header).to_filename(copy)
        return sitk.ReadImage(str(copy))


def _refuse_non_finite(voxels):
    bad = voxels.size - np.count_nonzero(np.isfinite(voxels))
    if bad:
        raise ImageFileError(f"{bad} of its values are NaN or infinite.")


def _reason(problem, path):
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    last = lines[-1].removeprefix("sitk::ERROR: ").removeprefix("[nrrd] ") if lines else "no reason given"
    last = last.replace(str(path), path.name)
    if "No such file" in last or "Unable to determine ImageIO" in last:
        return "the file is cut short, damaged or of another format than its name says."
    return f"the file cannot be read: {last.rstrip('.')}."


@contextmanager
def _quiet(sitk):
    """Warnings of ITK and nibabel would appear on the terminal without a file's name; errors are kept."""
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    of_nibabel = logging.getLogger("nibabel.global")
    was_disabled = of_nibabel.disabled
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    of_nibabel.disabled = True
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)
        of_nibabel.disabled = was_disabled
