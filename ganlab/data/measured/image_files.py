"""Files of images and masks (NIfTI, NRRD, MetaImage, DICOM): which belong together, and what one holds."""

import gzip
import re
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab.data.measured.headers import (
    HeaderSays,
    header_says,
    nifti_says,
    what_it_is_instead,
    with_photometric,
)
from ganlab.data.measured.truth_table import same_spelling

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
        image is in colour, has more than three dimensions, or holds NaN or infinity, or the folder holds
        no DICOM series, several, one with a missing slice, or objects that are no images.
    """
    import SimpleITK as sitk

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}.")
    with _quiet(sitk):
        try:
            image, says, note = _read_series(path, sitk) if path.is_dir() else _read_file(path, sitk)
        except RuntimeError as problem:
            raise ImageFileError(_reason(problem, path)) from None
    if image.GetNumberOfComponentsPerPixel() > 1:
        channels = image.GetNumberOfComponentsPerPixel()
        raise ImageFileError(f"the image has {channels} channels; expected one grey value per pixel.")
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    dimensions = image.GetDimension()
    if dimensions > 3:
        raise ImageFileError(f"the image has {dimensions} dimensions; expected 2 or 3.")
    states_spacing = says.axes >= (3 if dimensions == 3 and image.GetDepth() > 1 else 2)
    if not states_spacing:
        _take_spacing(image, spacing_mm)
    if orientation is not None and dimensions == 3:
        image = sitk.DICOMOrient(image, orientation)
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
            "its file does not say how large a pixel is; expected a spacing in mm. State spacing_mm "
            "(--spacing) if you know it."
        )
    lengths = (1.0, *spacing_mm)[-3:]  # the distance of planes matters to nothing that is cut from them
    image.SetSpacing(lengths[::-1][: image.GetDimension()])


def is_dicom(path):
    """Whether the file starts as DICOM files do: 128 bytes of anything, then DICM."""
    with open(path, "rb") as file:
        return file.read(132)[128:] == b"DICM"


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
    image = sitk.ReadImage(str(path))
    try:
        return image, header_says(path), ""
    except ValueError as problem:
        raise ImageFileError(str(problem)) from None


def _read_nifti(path, sitk):
    """SimpleITK puts zeros where a NIfTI file is cut or holds NaN, and says nothing; this says it."""
    import nibabel
    from nibabel.filebasedimages import ImageFileError as NotNifti
    from nibabel.imageglobals import LoggingOutputSuppressor
    from nibabel.spatialimages import HeaderDataError

    try:
        with LoggingOutputSuppressor():
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
    with LoggingOutputSuppressor():
        header = nibabel.Nifti1Header.from_header(nifti.header)  # SimpleITK reads NIfTI-1 alone
    header.set_data_dtype(np.float32)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy.nii"
        nibabel.Nifti1Image(np.asarray(data, dtype=np.float32), nifti.affine, header).to_filename(copy)
        return sitk.ReadImage(str(copy)), says, ""


def _refuse_non_finite(voxels):
    bad = voxels.size - np.count_nonzero(np.isfinite(voxels))
    if bad:
        raise ImageFileError(f"{bad} of its values are NaN or infinite.")


def _read_series(folder, sitk):
    refuse_no_images(folder)
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
    tags = _tags(files[0], sitk)
    if tags("0028|0004") != "MONOCHROME1":
        image, note = _stacked(files, sitk), ""
    else:  # the reader would turn black and white before slope and intercept, which are for stored values
        note = "MONOCHROME1: read by its stored values, slope and intercept; low values are shown bright."
        with tempfile.TemporaryDirectory() as scratch:
            copies = [Path(scratch) / f"{number:06d}.dcm" for number in range(len(files))]
            for file, copy in zip(files, copies, strict=True):
                copy.write_bytes(with_photometric(file, "MONOCHROME1", "MONOCHROME2"))
            if _tags(str(copies[0]), sitk)("0028|0004") != "MONOCHROME2":
                raise ImageFileError("it is MONOCHROME1, black for high values; convert it to MONOCHROME2.")
            image = _stacked(map(str, copies), sitk)
    return image, HeaderSays(_dicom_axes(image, tags), bool(tags("0020|0037"))), note


def refuse_no_images(folder):
    """Refuse a folder of DICOM files that holds segmentations, contours, doses or reports, by their names."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    for file in files:
        if words := what_it_is_instead(file):
            what, advice = words
            holds = "it is" if len(files) == 1 else "beside other files the folder holds"
            raise ImageFileError(f"{holds} a {what}, {file.name}, no series of images. {advice}")


def _stacked(files, sitk):
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(list(files))
    return reader.Execute()


def _tags(file, sitk):
    """A function from a tag to its text in a DICOM file; "" where it is absent."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(file)
    reader.ReadImageInformation()
    return lambda tag: reader.GetMetaData(tag).strip(" \0") if reader.HasMetaDataKey(tag) else ""


def _dicom_axes(image, tags):
    """Of how many axes the spacing is stated; the pixels' own is set where the reader did not use it."""
    for tag in ("0028|0030", "0018|1164", "0018|2010"):  # in the patient, at the detector, of a scanned film
        try:
            row, column = (float(word) for word in tags(tag).split("\\"))
        except ValueError:
            continue
        if row > 0 and column > 0:
            image.SetSpacing((column, row, *image.GetSpacing()[2:]))
            return 3
    many = tags("0028|0008") not in ("", "0", "1")  # then it stands deeper, where the reader looks
    return 3 if many and image.GetSpacing()[:2] != (1.0, 1.0) else 0


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
    is_mask = [_pattern(pattern, "mask_patterns", re.IGNORECASE) for pattern in mask_patterns]
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
        if loose := loose_dicom(folder):
            seen = loose[0][1].rstrip(".")
        raise ValueError(f"{folder} has no image that fits image_pattern={image_pattern!r}; {seen}.")
    return [
        Pair(name, images.get(name, []), masks.get(name, []), [p.format(name=name) for p in mask_patterns])
        for name in sorted(images.keys() | masks.keys())
    ]


def loose_dicom(folder):
    """The DICOM files in the folder itself, which belong to no name: pairs of file name and reason."""
    named = [path for path in sorted(folder.iterdir()) if _extension(path) is None and path.is_file()]
    files = [path for path in named if not path.name.startswith(".") and _looks_like_dicom(path)]
    loose = []
    for file in list(files):
        if words := what_it_is_instead(file):
            files.remove(file)
            loose.append((file.name, f"{file.name} is a {words[0]}, no image. {words[1]}"))
    if files:
        count = "1 DICOM file lies" if len(files) == 1 else f"{len(files)} DICOM files lie"
        reason = (
            f"{count} in the folder itself ({files[0].name}); give each series its own subfolder, "
            "such as patient1/ for the image and patient1_mask/ for its mask."
        )
        loose.insert(0, (files[0].name, reason))
    return loose


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
        extension = _extension(path)
        if extension:
            yield same_spelling(relative.as_posix()[: -len(extension)]), path
        elif path.parent not in series and path.parent != folder and _looks_like_dicom(path):
            series.add(path.parent)
            yield same_spelling(relative.parent.as_posix()), path.parent


def _extension(path):
    return next((end for end in EXTENSIONS if path.name.lower().endswith(end)), None)


def _looks_like_dicom(path):
    try:
        return is_dicom(path) or path.suffix.lower() == ".dcm"
    except OSError:
        return False


def _pattern(pattern, what, flags=0):
    parts = same_spelling(pattern).split("{name}") if isinstance(pattern, str) else []
    if len(parts) != 2:
        raise ValueError(f"{what} must hold {{name}} once, as in '{{name}}_mask'; got {pattern!r}.")
    before, after = map(re.escape, parts)
    return re.compile(f"{before}(?P<name>.+?){after}", flags)
