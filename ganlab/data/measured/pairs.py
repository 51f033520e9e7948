"""Which files of a folder belong together: an image, its mask and the name that both share."""

import re
from typing import NamedTuple

from ganlab.data.measured.dicom import is_dicom, what_it_is_instead
from ganlab.data.measured.truth_table import same_spelling

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")


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
    if image_pattern == "{name}":
        _join_image_with_mask(images, masks)
    if not images:
        others = sorted(path.name for path in folder.rglob("*") if path.is_file())[:3]
        seen = f"it holds {', '.join(stems[:3] or others)}" if stems or others else "it is empty"
        seen += "" if stems else f"; expected {', '.join(EXTENSIONS)} or DICOM"
        if loose := loose_dicom(folder):
            seen = loose[0][1].rstrip(".")
        fits = "" if image_pattern == "{name}" else f" that fits image_pattern={image_pattern!r}"
        raise ValueError(f"{folder} has no image{fits}; {seen}.")
    return [
        Pair(name, images.get(name, []), masks.get(name, []), [p.format(name=name) for p in mask_patterns])
        for name in sorted(images.keys() | masks.keys())
    ]


def _join_image_with_mask(images, masks):
    """Where nothing else is stated, p1_image and p1_mask are of one name, and so are images/p1, masks/p1."""
    for name in list(images):
        base = re.sub(r"[/_-](image|img)$|^(images|imagesTr)/|_0000$", "", name, flags=re.IGNORECASE)
        if base in masks and base not in images and name not in masks:
            images[base] = images.pop(name)


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
