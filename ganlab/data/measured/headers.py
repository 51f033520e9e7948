"""What a header says or leaves out, where the library that reads the voxels fills the gap in silence."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

MILLIMETRES = {"mm", "millimeter", "millimeters", "millimetre", "millimetres", "", "none", "???"}
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


class HeaderSays(NamedTuple):
    """Of how many axes a header states the spacing, and whether it says how they lie in the patient."""

    axes: int
    oriented: bool


def header_says(path):
    """What the header of a NIfTI, NRRD or MetaImage file states; None if the format is another.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    HeaderSays or None

    Raises
    ------
    ValueError
        If its lengths are not in millimetres.
    """
    name = path.name.lower()
    if name.endswith((".nrrd", ".nhdr")):
        return _nrrd(_text_header(path, ":", ""))
    if name.endswith((".mha", ".mhd")):
        return _meta_image(_text_header(path, "=", "elementdatafile"))
    return None


def nifti_says(header, content):
    """The same of a NIfTI header, from the bytes: nibabel writes 1 where the file has 0.

    Parameters
    ----------
    header : nibabel.Nifti1Header or nibabel.Nifti2Header
    content : bytes
        Of the file, unpacked.

    Returns
    -------
    HeaderSays
    """
    raw = type(header)(content[: header.template_dtype.itemsize], check=False)
    dimensions = int(raw["dim"][0])
    return HeaderSays(
        _stated(raw["pixdim"][1 : min(dimensions, 3) + 1]),
        bool(raw["qform_code"] > 0 or raw["sform_code"] > 0),
    )


def what_it_is_instead(file):
    """What a DICOM file is if it is no image, and what to do: a pair of text, or None."""
    sop_class = _sop_class(file)
    for begins, words in SOP_CLASSES.items():
        if sop_class == begins or sop_class.startswith(f"{begins}."):
            return words
    return None


def with_photometric(file, old, new):
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


def _text_header(path, separator, last):
    """The lines of a header as a dict, in small letters; until an empty line or the line called `last`."""
    fields = {}
    with open(path, "rb") as file:
        for _ in range(1000):
            line = file.readline(10_000).decode("latin-1").strip()
            if not line:
                break
            key, _, value = line.partition(separator)
            key = key.strip().lower()
            fields.setdefault(key, value.strip())
            if key == last:
                break
    return fields


def _nrrd(fields):
    for key in ("space units", "units"):
        units = re.findall(r'"([^"]*)"', fields.get(key, ""))
        wrong = [unit for unit in units if unit.strip().lower() not in MILLIMETRES]
        if wrong:
            raise ValueError(f"its {key} are {wrong[0]!r}; expected mm. Write it anew in millimetres.")
    if "space directions" in fields:
        vectors = re.findall(r"\(([^)]*)\)", fields["space directions"])
        return HeaderSays(
            _stated([np.linalg.norm(_numbers(vector)) for vector in vectors]), "space" in fields
        )
    return HeaderSays(_stated(_numbers(fields.get("spacings", ""))), False)


def _meta_image(fields):
    spacing = fields.get("elementspacing") or fields.get("elementsize") or ""
    turned = {"transformmatrix", "orientation", "rotation"} & fields.keys()
    return HeaderSays(_stated(_numbers(spacing)), bool(turned))


def _numbers(text):
    numbers = []
    for word in re.split(r"[\s,\\]+", text.strip()):
        try:
            numbers.append(float(word))
        except ValueError:
            numbers.append(np.nan)
    return numbers


def _stated(lengths):
    lengths = np.asarray(lengths, dtype=float)
    return int(np.count_nonzero(np.isfinite(lengths) & (lengths != 0)))
