"""A folder of DICOM slices: the series in it, its spacing and units, and the objects that are no images."""

import re
import tempfile
from pathlib import Path

import numpy as np

from ganlab.data.measured.headers import HeaderSays, ImageFileError

SOP_CLASSES = {  # of DICOM objects that are no images, by the beginning of their class
    "1.2.840.10008.5.1.4.1.1.66.4": (
        "DICOM SEG (segmentation object)",
        "Convert it to a label map first: segimage2itkimage of dcmqi, or 3D Slicer (Segmentations, Export).",
    ),
    "1.2.840.10008.5.1.4.1.1.481.3": (
        "DICOM RTSTRUCT (contours)",
        "Convert it to a mask first: dcmrtstruct2nii, plastimatch convert, or 3D Slicer with SlicerRT.",
    ),
    "1.2.840.10008.5.1.4.1.1.481.2": ("DICOM RTDOSE (dose)", "Take it out of the folder."),
    "1.2.840.10008.5.1.4.1.1.481.5": ("DICOM RTPLAN (treatment plan)", "Take it out of the folder."),
    "1.2.840.10008.5.1.4.1.1.88": ("DICOM SR (report)", "Take it out of the folder."),
    "1.2.840.10008.5.1.4.1.1.11": ("DICOM presentation state", "Take it out of the folder."),
    "1.2.840.10008.5.1.4.1.1.104": ("DICOM document", "Take it out of the folder."),
    "1.2.840.10008.1.3.10": ("DICOMDIR (list of files)", "Take it out of the folder."),
}


def read_series(folder, sitk):
    """The one series in a folder.

    Parameters
    ----------
    folder : pathlib.Path
    sitk : module
        SimpleITK.

    Returns
    -------
    image : SimpleITK.Image
        With the pixels' spacing that the files state, and slope and intercept applied to stored values.
    says : HeaderSays
    note : str

    Raises
    ------
    ImageFileError
        If there is no series, several, a gap, or an object that is no image.
    """
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
                copy.write_bytes(_with_photometric(file, "MONOCHROME1", "MONOCHROME2"))
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


def is_dicom(path):
    """Whether the file starts as DICOM files do: 128 bytes of anything, then DICM."""
    with open(path, "rb") as file:
        return file.read(132)[128:] == b"DICM"


def what_it_is_instead(file):
    """What a DICOM file is if it is no image, and what to do: a pair of text, or None."""
    sop_class = _sop_class(file)
    for begins, words in SOP_CLASSES.items():
        if sop_class == begins or sop_class.startswith(f"{begins}."):
            return words
    return None


def _with_photometric(file, old, new):
    """The bytes of a DICOM file with another photometric interpretation of the same length."""
    content = Path(file).read_bytes()
    pattern = rb"(\x28\x00\x04\x00(?:CS\x0c\x00|\x0c\x00\x00\x00)|\x00\x28\x00\x04CS\x00\x0c)" + old.encode()
    return re.sub(pattern, rb"\g<1>" + new.encode(), content, count=1)


def _sop_class(file):
    """Out of the file's meta group, which is written in one way whatever follows."""
    with open(file, "rb") as opened:
        start = opened.read(4096)
    if start[128:132] != b"DICM":
        return ""
    match = re.search(rb"\x02\x00\x02\x00UI(..)([0-9.]+)", start, re.DOTALL)
    return match[2][: int.from_bytes(match[1], "little")].decode() if match else ""
