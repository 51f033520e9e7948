"""Files of images and masks (NIfTI, NRRD, MetaImage, DICOM): which belong together, and what one holds."""

import gzip
import re
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")


class ImageFileError(ValueError):
    """A file that should hold an image cannot be used."""


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
    """

    voxels: np.ndarray
    spacing_mm: tuple
    origin_mm: tuple
    direction: tuple


def read_image(path):
    """Read a grey-scale image of two or three dimensions.

    NIfTI, NRRD, MetaImage or, where `path` is a folder, the one DICOM series in it. DICOM's rescale slope
    and intercept are applied, so CT is in Hounsfield units.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    ScannedImage

    Raises
    ------
    FileNotFoundError
        If there is nothing under this name.
    ImageFileError
        If the file is empty, cut short, damaged or of another format, the image is in colour, has more
        than three dimensions, or holds NaN or infinity, or the folder holds no DICOM series, several, or
        one with a missing slice.
    """
    import SimpleITK as sitk

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}.")
    with _quiet(sitk):
        try:
            image = _read_series(path, sitk) if path.is_dir() else _read_file(path, sitk)
        except RuntimeError as problem:
            raise ImageFileError(_reason(problem, path)) from None
    if image.GetNumberOfComponentsPerPixel() > 1:
        channels = image.GetNumberOfComponentsPerPixel()
        raise ImageFileError(f"the image has {channels} channels; expected one grey value per pixel.")
    dimensions = image.GetDimension()
    if dimensions > 3:
        raise ImageFileError(f"the image has {dimensions} dimensions; expected 2 or 3.")
    values = sitk.GetArrayFromImage(image)
    if np.iscomplexobj(values):
        raise ImageFileError("the image holds complex numbers; expected real ones, magnitudes for instance.")
    values = np.asarray(values, dtype=np.float32)
    _refuse_non_finite(values)
    if dimensions == 2:
        (a, b), (c, d) = np.reshape(image.GetDirection(), (2, 2))
        return ScannedImage(
            values[None],
            (1.0, *image.GetSpacing()[::-1]),
            (*image.GetOrigin(), 0.0),
            (a, b, 0.0, c, d, 0.0, 0.0, 0.0, 1.0),
        )
    return ScannedImage(values, image.GetSpacing()[::-1], image.GetOrigin(), image.GetDirection())


def is_dicom(path):
    """Whether the file starts as DICOM files do: 128 bytes of anything, then DICM."""
    with open(path, "rb") as file:
        return file.read(132)[128:] == b"DICM"


def same_place(first, second):
    """Whether two scanned images lie on each other, voxel on voxel; None, or what differs in words."""
    if first.voxels.shape != second.voxels.shape:
        return (
            f"shape {_times(second.voxels.shape)}, the image has {_times(first.voxels.shape)} (planes first)"
        )
    if not np.allclose(first.spacing_mm, second.spacing_mm, rtol=1e-3):
        return f"spacing {_times(second.spacing_mm)} mm, the image has {_times(first.spacing_mm)} mm"
    if not np.allclose(first.origin_mm, second.origin_mm, atol=0.05 * min(first.spacing_mm)):
        return f"origin {_times(second.origin_mm)} mm, the image has {_times(first.origin_mm)} mm"
    if not np.allclose(first.direction, second.direction, atol=1e-3):
        return "another orientation than the image"
    return None


def _times(numbers):
    return " x ".join(f"{number:.4g}" for number in numbers)


def _read_file(path, sitk):
    if path.stat().st_size == 0:
        raise ImageFileError("the file is empty.")
    if path.name.lower().endswith((".nii", ".nii.gz")):
        _refuse_bad_nifti(path)
    return sitk.ReadImage(str(path))


def _refuse_bad_nifti(path):
    """SimpleITK puts zeros where a NIfTI file is cut or holds NaN, and says nothing; this says it."""
    import nibabel
    from nibabel.filebasedimages import ImageFileError as NotNifti
    from nibabel.spatialimages import HeaderDataError

    try:
        data = nibabel.load(path).dataobj
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


def _refuse_non_finite(voxels):
    bad = voxels.size - np.count_nonzero(np.isfinite(voxels))
    if bad:
        raise ImageFileError(f"{bad} of its values are NaN or infinite.")


def _read_series(folder, sitk):
    series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))
    if len(series) != 1:
        raise ImageFileError(
            f"the folder holds {len(series) or 'no'} DICOM series; expected one. Give each its own folder."
        )
    files = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series[0])
    strangers = sum(is_dicom(file) for file in folder.iterdir() if file.is_file()) - len(files)
    if strangers:
        raise ImageFileError(f"{strangers} DICOM files in the folder cannot be placed in the series.")
    _refuse_gaps(files, sitk)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(files)
    return reader.Execute()


def _refuse_gaps(files, sitk):
    """Slices must follow one another at one distance; a missing one would shift all that come after."""
    heights = []
    for file in files:
        reader = sitk.ImageFileReader()
        reader.SetFileName(file)
        reader.ReadImageInformation()
        direction = np.reshape(reader.GetDirection(), (reader.GetDimension(),) * 2)
        if len(direction) < 3:
            return
        heights.append(np.dot(direction[:, 2], reader.GetOrigin()))
    steps = np.abs(np.diff(heights))
    if len(steps) and steps.max() > 1.01 * steps.min() + 1e-3:
        raise ImageFileError(
            f"its slices are {steps.min():.4g} to {steps.max():.4g} mm apart; expected one distance. "
            "A slice is missing or there twice."
        )


def _reason(problem, path):
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    last = lines[-1].removeprefix("sitk::ERROR: ").removeprefix("[nrrd] ") if lines else "no reason given"
    last = last.replace(str(path), path.name)
    if "No such file" in last or "Unable to determine ImageIO" in last:
        return "the file is cut short, damaged or of another format than its name says."
    return f"the file cannot be read: {last}"


@contextmanager
def _quiet(sitk):
    """ITK's warnings would appear on the terminal without a file's name; the errors are kept."""
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)


class Pair(NamedTuple):
    """The files of one name, and where its mask was looked for."""

    name: str
    image_files: list
    mask_files: list
    expected_masks: list


def find_pairs(folder, image_pattern, mask_patterns):
    """Every name that the patterns find below the folder, with its image and mask files, sorted by name.

    Parameters
    ----------
    folder : pathlib.Path
    image_pattern : str
    mask_patterns : str or sequence of str
        As in `ganlab.data.read_cohort`.

    Returns
    -------
    list of Pair
        None, one or several files of either kind; a DICOM series is its folder.

    Raises
    ------
    ValueError
        If a pattern lacks ``{name}``, or no image at all fits.
    """
    mask_patterns = (mask_patterns,) if isinstance(mask_patterns, str) else tuple(mask_patterns)
    is_image = _pattern(image_pattern, "image_pattern")
    is_mask = [_pattern(pattern, "mask_patterns") for pattern in mask_patterns]
    images, masks, stems = {}, {}, []
    for stem, path in _candidates(folder):
        stems.append(stem)
        match = next(filter(None, (pattern.fullmatch(stem) for pattern in is_mask)), None)
        if match:
            masks.setdefault(match["name"], []).append(path)
        elif match := is_image.fullmatch(stem):
            images.setdefault(match["name"], []).append(path)
    if not images:
        seen = f"it holds {', '.join(stems[:3])}" if stems else f"expected {', '.join(EXTENSIONS)} or DICOM"
        raise ValueError(f"{folder} has no image that fits image_pattern={image_pattern!r}; {seen}.")
    return [
        Pair(name, images.get(name, []), masks.get(name, []), [p.format(name=name) for p in mask_patterns])
        for name in sorted(images.keys() | masks.keys())
    ]


def patient_reader(pattern):
    """A function from a name to the patient_id that the regular expression finds in it, or None."""
    try:
        compiled = re.compile(pattern)
    except re.error as problem:
        raise ValueError(f"patient_pattern {pattern!r} is not a regular expression: {problem}.") from None
    if compiled.groups < 1:
        raise ValueError(f"patient_pattern must have a group around the patient_id; got {pattern!r}.")

    def patient_of(name):
        match = compiled.fullmatch(name)
        return match[1] if match else None

    return patient_of


def _candidates(folder):
    """Every image file and every folder of DICOM files below `folder`: (path without extension, path)."""
    series = set()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        extension = next((end for end in EXTENSIONS if path.name.lower().endswith(end)), None)
        if extension:
            yield relative.as_posix()[: -len(extension)], path
        elif path.parent not in series and path.parent != folder and _looks_like_dicom(path):
            series.add(path.parent)
            yield relative.parent.as_posix(), path.parent


def _looks_like_dicom(path):
    try:
        return is_dicom(path) or path.suffix.lower() == ".dcm"
    except OSError:
        return False


def _pattern(pattern, what):
    parts = pattern.split("{name}") if isinstance(pattern, str) else []
    if len(parts) != 2:
        raise ValueError(f"{what} must hold {{name}} once, as in '{{name}}_mask'; got {pattern!r}.")
    before, after = map(re.escape, parts)
    return re.compile(f"{before}(?P<name>.+?){after}")
