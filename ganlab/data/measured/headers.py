"""What a header says or leaves out, where the library that reads the voxels fills the gap in silence."""

import re
from typing import NamedTuple

import numpy as np

MILLIMETRES = {"mm", "millimeter", "millimeters", "millimetre", "millimetres", "", "none", "???"}


class ImageFileError(ValueError):
    """A file that should hold an image cannot be used."""


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
    ImageFileError
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
            raise ImageFileError(f"its {key} are {wrong[0]!r}; expected mm. Write it anew in millimetres.")
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
