"""What a header says or leaves out, where the library that reads the voxels fills the gap in silence."""

import re
from typing import NamedTuple

import numpy as np

# The names of data files that the readers take apart themselves: one number in them, or none.
DATA_FILE = re.compile(r"[^%]*(%0?\d{0,2}d[^%]*)?")
NRRD = (".nrrd", ".nhdr")
LONGEST_LINE = 10_000  # bytes; from 30,000 on readers were seen to end the process
MILLIMETRES = {"mm", "millimeter", "millimeters", "millimetre", "millimetres", "", "none", "???"}


class ImageFileError(ValueError):
    """A file that should hold an image cannot be used."""


class HeaderSays(NamedTuple):
    """Of how many axes a header states the spacing, and whether it says how they lie in the patient."""

    axes: int
    oriented: bool


def text_header(path):
    """The header of an NRRD or MetaImage file.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    fields : dict of str -> str
        The names in small letters.
    start : int
        The byte behind it.

    Raises
    ------
    ImageFileError
        If it is no such header, states something twice, or holds what would end the process of its reader.
    """
    name = path.name.lower()
    if name.endswith(NRRD):
        fields, start = _lines(path, ":", ("data file", "datafile"))
        if not next(iter(fields), "").startswith("nrrd"):
            raise ImageFileError("the file is damaged or of another format than its name says.")
        return fields, start
    if name.endswith((".mha", ".mhd")):
        return _lines(path, "[=:]", ("elementdatafile",))
    raise ImageFileError("its name ends otherwise than that of a NIfTI, NRRD or MetaImage file.")


def header_says(path, fields):
    """What the header of an NRRD or MetaImage file states.

    Parameters
    ----------
    path : pathlib.Path
    fields : dict
        Of `text_header`.

    Returns
    -------
    HeaderSays

    Raises
    ------
    ImageFileError
        If its lengths are not in millimetres.
    """
    return (_nrrd if path.name.lower().endswith(NRRD) else _meta_image)(fields)


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


def _lines(path, separator, data_file):
    """The lines of a header until an empty one, or the one that says where the voxels are, if it is last."""
    fields = {}
    with open(path, "rb") as file:
        for _ in range(1000):
            line = file.readline(LONGEST_LINE).decode("latin-1")
            if len(line) == LONGEST_LINE:
                raise ImageFileError("its header has a line too long to be one; the file is damaged.")
            line = line.strip()
            if not line:
                break
            key, *value = re.split(separator, line, maxsplit=1)
            key, value = key.strip().lower(), "".join(value).strip()
            if fields.setdefault(key, value) != value and not key.startswith("#"):
                raise ImageFileError(f"its header states {key!r} twice.")
            if key in data_file and (key == "elementdatafile" or value.startswith("LIST")):
                break
        return fields, file.tell()


def _refuse_data_file(name):
    if not DATA_FILE.fullmatch(name):
        raise ImageFileError(
            f"its header names the data file {name!r}, and a % there stands for a number. Rename the file."
        )


def _nrrd(fields):
    _refuse_data_file(fields.get("data file", fields.get("datafile", "")))
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
    spacings = _numbers(fields["spacings"]) if fields.get("spacings") else []
    axes = len(fields.get("sizes", "").split())
    if spacings and (0 in spacings or np.isinf(spacings).any() or len(spacings) != axes):
        stated = fields["spacings"][:60]
        raise ImageFileError(
            f"its header states spacings: {stated}; expected a number of mm, or NaN, for each axis."
        )
    return HeaderSays(_stated(spacings), False)


def _meta_image(fields):
    _refuse_data_file(fields.get("elementdatafile", ""))
    if fields.get("ndims") not in ("2", "3", "4"):
        raise ImageFileError(f"its header states NDims = {fields.get('ndims')}; expected 2, 3 or 4.")
    spacing = fields.get("elementspacing") or fields.get("elementsize") or ""
    lengths = _numbers(spacing) if spacing else []
    if lengths and (len(lengths) != int(fields["ndims"]) or _stated(lengths) < len(lengths)):
        raise ImageFileError(
            f"its header states ElementSpacing = {spacing[:60]!r}; expected a number of mm for each of "
            f"{fields['ndims']} axes, none of them 0. Mend it, or take the line out and state "
            "`spacing_mm`."
        )
    turned = {"transformmatrix", "orientation", "rotation"} & fields.keys()
    return HeaderSays(len(lengths), bool(turned))


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
