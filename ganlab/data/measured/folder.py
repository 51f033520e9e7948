"""A cohort from a folder of images and masks of one's own, and an account of what was refused and why."""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.cohort.parts import UNITS, checked_spacing
from ganlab.data.measured.entries import Entry, EntryOptions, turn_as_most_lie
from ganlab.data.measured.pairs import find_pairs, loose_dicom, patient_reader
from ganlab.data.measured.truth_table import truth_table
from ganlab.data.measured.volume import WHICH, extent, window
from ganlab.shapes import FilePath
from ganlab.validation import positive_integer

WORDS = ("mask", "seg", "label", "segmentation", "labels", "labelmap", "roi")
MASKS = (
    *(f"{{name}}{mark}{word}" for mark in "_-./" for word in WORDS),
    *(f"{word}/{{name}}" for word in ("masks", "labels", "segmentations", "labelsTr")),
)
MARGIN = 4  # pixels left around the largest region where the size is chosen automatically


@dataclass(frozen=True, eq=False)
class FolderReading:
    """What `read_folder` found.

    Attributes
    ----------
    cohort : Cohort or None
        None if nothing could be read.
    table : pandas.DataFrame
        One row for each image, each mask without an image and each patient of the truth table without
        one: `name` (the patient's where there is no image), `patient_id`, `status` ("read" or "refused"),
        `reason` (why it was refused, or what to know about one that was read), `images` (rows of the cohort
        that came from it), `image_file`, `mask_file`, `shape` and `spacing_mm` as in the file
        (`spacing_mm` is None where the file does not state it).
    notes : tuple of str
        What was read otherwise than it lies in the files, a sentence each, with the names.
    """

    cohort: Cohort | None
    table: pd.DataFrame
    notes: tuple = ()

    @property
    def refused(self):
        """The rows of `table` that were refused."""
        return self.table[self.table["status"] == "refused"].reset_index(drop=True)

    def __repr__(self):
        return f"FolderReading: {len(self.table) - len(self.refused)} read, {len(self.refused)} refused"

    def _repr_html_(self):
        return f"<p>{self!r}</p>{self.table.to_html(index=False, na_rep='')}"


def read_cohort(folder: FilePath, **options: object) -> Cohort:
    """The cohort in a folder of images with masks; `read_folder` without its table.

    Parameters
    ----------
    folder : str or path-like
    **options
        As for `read_folder`.

    Returns
    -------
    Cohort
        Its provenance counts and names what was refused. A UserWarning says so too, and one for each
        of the reading's notes.

    Raises
    ------
    ValueError
        As `read_folder`, and if not a single image could be read; the message has the reasons.
    """
    reading = read_folder(folder, **options)
    for note in reading.notes:
        warnings.warn(f"{folder}: {note}", stacklevel=2)
    refused = reading.refused
    reasons = "; ".join(f"{row.name}: {row.reason.removesuffix('.')}" for row in refused.head(3).itertuples())
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    if reading.cohort is None:
        raise ValueError(f"no image in {folder} could be read. {reasons}{more}.")
    if len(refused):
        warnings.warn(
            f"{len(refused)} of {len(reading.table)} entries of {folder} were refused ({reasons}{more}). "
            "In Python read_folder(...).table has them all.",
            stacklevel=2,
        )
    return reading.cohort


def read_folder(
    folder: FilePath,
    *,
    intensity_unit: str = "a.u.",
    image_pattern: str = "{name}",
    mask_patterns: Sequence[str] = MASKS,
    patient_pattern: str = r"(.+?)(?:_slice\d+)?",
    label: int | None = None,
    threshold: float | None = None,
    which: str = "largest",
    spacing_mm: float | Sequence[float] | None = None,
    size: int | None = None,
    truth: FilePath | pd.DataFrame | None = None,
    name: str | None = None,
) -> FolderReading:
    """Read every image that has a mask, and account for each one that cannot be used.

    Images and masks are NIfTI (.nii, .nii.gz), NRRD (.nrrd, .nhdr), MetaImage (.mha, .mhd) or DICOM
    series (a subfolder each), of two or three dimensions, in `folder` or below it. One bad file never
    stops the others.

    Parameters
    ----------
    folder : str or path-like
    intensity_unit : {"a.u.", "HU"}
        No file format but DICOM says it, so you must: "HU" for CT.
    image_pattern : str
        Where an image lies, relative to `folder` and without its extension; ``{name}`` stands for its
        name; ``_image`` or ``_img`` behind it, and the folders in ``images/name`` and ``name/image``, are no
        part of it if the mask lacks them. For instance ``"{name}_t2"``, or ``"{name}/t2"`` for one folder
        per patient.
    mask_patterns : str or sequence of str
        Likewise for its mask; capital and small letters are the same here. By default `_mask`, `_seg`,
        `_label`, `_segmentation`, `_labels`, `_labelmap` or `_roi` behind the name, or the same with a
        hyphen or a point (``p1.seg.nrrd``), or in a folder of its own (``p1/mask``, ``masks/p1``).
    patient_pattern : str
        A regular expression for the whole name whose first group is the patient_id. By default the name
        without ``_slice12``, so that several files of one patient share an id and are never split apart.
    label : int or None
        The value in the mask that marks the region. None: everything but the background, which is 0,
        or else the value that fills the border and most of the image.
    threshold : number or None
        The region is what has at least this value in the mask. None: masks of fractions between 0 and 1
        are read at 0.5, with a note, and others that are not whole numbers are refused.
    which : {"largest", "all"}
        From a volume, the slice with the most voxels of the region, or every slice with any. Slices run
        along the file's third axis. Images that lie otherwise than most are turned as most lie, with a
        note; `plane` is counted after that.
    spacing_mm : number, pair (row, column) or None
        Resampled to it in the plane: linearly, masks to the nearest pixel. It is also taken as the
        spacing of files that state none, with a note. None: as measured, and images that state none or
        differ from the most frequent spacing are refused.
    size : int or None
        Cut to a square of this many pixels around the region; what lies beyond the image is filled with
        the slice's smallest value. None: whole slices if all have one shape, and otherwise the smallest
        multiple of 8 that leaves 4 pixels around every region.
    truth : path of a CSV file, DataFrame or None
        `patient_id`, `diagnosis` and whatever else is known of each patient. None: truth.csv in the
        folder if it is there, else every diagnosis is "unknown".
    name : str or None
        Of the cohort. None: the folder's.

    Returns
    -------
    FolderReading
        ``.cohort``, whose truth has `patient_id`, `diagnosis`, `source` (the image's name), `plane` and
        the further columns of the truth table; and ``.table``.

    Raises
    ------
    ValueError
        If the folder is not there or holds no image that the patterns describe, an option is not as
        above, or the truth table contradicts itself. A bad image is never a reason.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder.")
    if intensity_unit not in UNITS:
        raise ValueError(f"intensity_unit must be one of {UNITS}; got {intensity_unit!r}.")
    if which not in WHICH:
        raise ValueError(f"which must be one of {WHICH}; got {which!r}.")
    spacing_mm = None if spacing_mm is None else checked_spacing(spacing_mm)
    size = None if size is None else positive_integer(size, "size")
    patient_of = patient_reader(patient_pattern)
    if label is not None and threshold is not None:
        raise ValueError(
            f"state `label` or `threshold`, not both; got `label={label}`, `threshold={threshold}`."
        )
    if threshold is not None and not np.isfinite(threshold):
        raise ValueError(f"threshold must be a finite number; got {threshold}.")
    truth = truth_table(truth, folder)
    options = EntryOptions(truth, label, threshold, which, spacing_mm, intensity_unit)
    entries = []
    for pair in find_pairs(folder, image_pattern, mask_patterns):
        entries.append(Entry(pair, patient_of(pair.name)))
        entries[-1].read(options)
    turn_as_most_lie(entries, options)
    if spacing_mm is None:
        spacing_mm = _refuse_other_spacings(entries)
    _make_one_size(entries, size)
    _refuse_what_a_cohort_would(entries)
    _note_lonely_diagnoses(entries)
    rows = [entry.row() for entry in entries]
    rows += _loose_files(folder) + _patients_without_images(entries, truth)
    table = pd.DataFrame(rows, columns=list(rows[0]))
    cohort = _cohort(entries, table, spacing_mm, intensity_unit, name or folder.resolve().name)
    return FolderReading(cohort, table, _all_notes(entries))


def _refuse_other_spacings(entries):
    """Keep the most frequent spacing in the plane, and return it."""
    kept = [entry for entry in entries if not entry.refused]
    if not kept:
        return None
    spacings = {entry.name: tuple(round(value, 4) for value in entry.pixel) for entry in kept}
    usual = Counter(spacings.values()).most_common(1)[0][0]
    for entry in kept:
        if spacings[entry.name] != usual:
            entry.refuse(
                f"its pixels are {_by(spacings[entry.name])} mm, most have {_by(usual)} mm; "
                "state `spacing_mm` to resample them."
            )
    return next(entry.pixel for entry in kept if not entry.refused)


def _make_one_size(entries, size):
    kept = [entry for entry in entries if not entry.refused]
    if size is None:
        if len({plane.image.shape for entry in kept for plane in entry.planes}) <= 1:
            return
        lengths = [last - first + 1 for e in kept for plane in e.planes for first, last in extent(plane.mask)]
        size = -(-(max(lengths) + 2 * MARGIN) // 8) * 8
    for entry in kept:
        try:
            entry.planes = [window(plane, size) for plane in entry.planes]
        except ValueError as problem:
            entry.refuse(str(problem))


def _refuse_what_a_cohort_would(entries):
    for entry in entries:
        flat = [plane.number for plane in entry.planes if plane.image.min() == plane.image.max()]
        if flat:
            entry.refuse(f"all-constant image: one value in every pixel of slice {flat[0]}.")


def _note_lonely_diagnoses(entries):
    patients = {entry.patient: entry for entry in entries if not entry.refused}
    counts = Counter(entry.facts["diagnosis"] for entry in patients.values())
    for entry in entries:
        if not entry.refused and len(patients) > 1 and counts[entry.facts["diagnosis"]] == 1:
            entry.reason = (
                f"the only patient with the diagnosis {entry.facts['diagnosis']!r}; "
                "no split can have it on both sides."
            )


def _all_notes(entries):
    """Each note once, with the names that it is about."""
    names = {}
    for entry in entries:
        for note in entry.notes:
            names.setdefault(note, []).append(entry.name)
    return tuple(
        f"{', '.join(about[:3])}{f' and {len(about) - 3} more' if len(about) > 3 else ''}: {note}"
        for note, about in names.items()
    )


def _loose_files(folder):
    refused = {"status": "refused", "images": 0}
    return [{"name": name, "reason": reason, **refused} for name, reason in loose_dicom(folder)]


def _patients_without_images(entries, truth):
    if truth is None:
        return []
    seen = {entry.patient for entry in entries}
    refused = {"status": "refused", "reason": "in the truth table, but no image.", "images": 0}
    without = [patient for patient in truth.index if patient not in seen]
    return [{"name": patient, "patient_id": patient, **refused} for patient in without]


def _cohort(entries, table, spacing_mm, unit, name):
    rows = [(entry, plane) for entry in entries if not entry.refused for plane in entry.planes]
    if not rows:
        return None
    refused = table["name"][table["status"] == "refused"]
    account = f" ({', '.join(refused[:10])}{', ...' if len(refused) > 10 else ''})" if len(refused) else ""
    truth = [
        {"patient_id": entry.patient, **entry.facts, "source": entry.name, "plane": plane.number}
        for entry, plane in rows
    ]
    return Cohort(
        np.stack([plane.image for _, plane in rows]),
        np.stack([plane.mask for _, plane in rows]),
        pd.DataFrame(truth),
        spacing_mm,
        unit,
        name,
        f"folder {name}: {len(table) - len(refused)} read, {len(refused)} refused{account}",
    )


def _by(spacing):
    return " x ".join(f"{value:.4g}" for value in spacing)
