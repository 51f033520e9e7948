"""Which files in a folder belong together: an image, its mask, its patient."""

import re
from typing import NamedTuple

from ganlab.data.measured.image_files import EXTENSIONS, is_dicom


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
        As in `ganlab.data.measured.folder.read_folder`.

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
        found = next((match for pattern in is_mask if (match := pattern.fullmatch(stem))), None)
        if found:
            masks.setdefault(found["name"], []).append(path)
        elif found := is_image.fullmatch(stem):
            images.setdefault(found["name"], []).append(path)
    if not images:
        seen = f"it holds {', '.join(stems[:3])}" if stems else f"expected {', '.join(EXTENSIONS)} or DICOM"
        raise ValueError(f"{folder} has no image that fits image_pattern={image_pattern!r}; {seen}.")
    return [
        Pair(
            name,
            images.get(name, []),
            masks.get(name, []),
            [pattern.format(name=name) for pattern in mask_patterns],
        )
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
        found = compiled.fullmatch(name)
        return found[1] if found else None

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
