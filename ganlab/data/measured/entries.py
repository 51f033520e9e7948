"""One name in a folder of images and masks: its files, what is cut from them, or why it is refused."""

from collections import Counter
from typing import NamedTuple

import pandas as pd

from ganlab.data.measured.dicom import refuse_no_images
from ganlab.data.measured.image_files import read_image, same_place
from ganlab.data.measured.masks import marked_region
from ganlab.data.measured.volume import Volume, cut_planes


class EntryOptions(NamedTuple):
    """How every entry of a folder is read."""

    truth: pd.DataFrame | None
    label: int | None
    threshold: float | None
    which: str
    spacing_mm: tuple | None
    unit: str


class Entry:
    """One name in the folder: its files, what was cut from them, and why it was refused if it was."""

    def __init__(self, pair, patient):
        self.pair, self.name, self.patient = pair, pair.name, patient
        self.shape = self.file_spacing = self.pixel = self.orientation = None
        self.planes, self.facts, self.notes, self.reason, self.refused = [], {}, [], "", False

    def refuse(self, reason):
        self.refused, self.reason, self.planes, self.notes = True, reason, [], []

    def read(self, options, orientation=None):
        self.notes = []
        try:
            self._refuse_wrong_files()
            self.facts = self._known_facts(options.truth)
            volume = self._volume(options, orientation)
            self.pixel = volume.spacing_mm[1:]
            self.planes = cut_planes(volume, options.which, options.spacing_mm)
        except ValueError as problem:
            self.refuse(str(problem))
        except Exception as problem:  # a reader's own surprise at one file must not stop the others
            self.refuse(f"{type(problem).__name__}: {problem}")

    def _refuse_wrong_files(self):
        images, masks = _names(self.pair.image_files), _names(self.pair.mask_files)
        for path in (*self.pair.image_files, *self.pair.mask_files):
            if path.is_dir():
                refuse_no_images(path)
        if not images:
            raise ValueError("a mask without an image.")
        if len(images) > 1:
            raise ValueError(f"several images of this name: {', '.join(images)}.")
        if not masks:
            expected = self.pair.expected_masks
            more = ", or another word (mask_patterns in Python)" if len(expected) > 3 else ""
            raise ValueError(f"no mask; expected {' or '.join(expected[:3])}{more}.")
        if len(masks) > 1:
            raise ValueError(
                f"several masks: {', '.join(masks)}; keep one, or say which (mask_patterns in Python)."
            )

    def _known_facts(self, truth):
        if self.patient is None:
            raise ValueError("patient_pattern does not match its name.")
        if truth is None:
            return {"diagnosis": "unknown"}
        if self.patient not in truth.index:
            raise ValueError(f"patient {self.patient!r} is not in the truth table.")
        return truth.loc[self.patient].to_dict()

    def _volume(self, options, orientation):
        image = read_image(self.pair.image_files[0], options.spacing_mm, orientation)
        if orientation is None:
            self.shape, self.orientation = image.voxels.shape, image.orientation
            self.file_spacing = image.spacing_mm if image.states_spacing else None
        if image.note:
            self.notes.append(image.note)
        if not image.states_spacing:
            self.notes.append("its file does not say how large a pixel is; `spacing_mm` was taken.")
        try:
            mask = read_image(self.pair.mask_files[0], image.spacing_mm, orientation)
        except ValueError as problem:
            layers = " channels" in str(problem) or " dimensions" in str(problem)
            advice = " Layers of one mask: export them as one label map (3D Slicer: Export to files)."
            raise ValueError(f"the mask: {problem}{advice if layers else ''}") from None
        if image.states_spacing and not mask.states_spacing:
            self.notes.append("its mask does not say how large a pixel is; that of the image was taken.")
        if difference := same_place(image, mask):
            raise ValueError(f"the mask does not lie on the image: it has {difference}.")
        if mask.note:
            self.notes.append(f"its mask is {mask.note}")
        if image.is_flat != mask.is_flat:
            self.notes.append("image and mask are not both flat files: they were laid pixel on pixel.")
        region, notes = marked_region(mask.voxels, options.label, options.threshold)
        self.notes += notes
        return Volume(image.voxels, region, image.spacing_mm, options.unit, self.name)

    def row(self):
        return {
            "name": self.name,
            "patient_id": self.patient,
            "status": "refused" if self.refused else "read",
            "reason": " ".join(filter(None, (*self.notes, self.reason))),
            "images": len(self.planes),
            "image_file": _names(self.pair.image_files)[0] if self.pair.image_files else None,
            "mask_file": _names(self.pair.mask_files)[0] if self.pair.mask_files else None,
            "shape": self.shape,
            "spacing_mm": self.file_spacing,
        }


def turn_as_most_lie(entries, options):
    """Read anew, turned, what lies otherwise than most: the same slice would be another plane of the body."""
    kept = [entry for entry in entries if not entry.refused]
    counts = Counter(entry.orientation for entry in kept if entry.orientation)
    if not counts:
        return
    usual = counts.most_common(1)[0][0]
    for entry in kept:
        if entry.orientation is None and entry.shape[0] > 1:
            entry.notes.append(f"its file does not state its orientation; taken as that of most, {usual}.")
        elif entry.orientation not in (None, usual):
            lies, same_plane = entry.orientation, _axis(entry.orientation[2]) == _axis(usual[2])
            if entry.shape[0] == 1 and not same_plane:
                entry.refuse(
                    f"its orientation is {lies} ({_plane(lies)}), most have {usual} ({_plane(usual)}): a "
                    "single slice cannot be turned to another plane of the body."
                )
                continue
            entry.read(options, usual)
            if not entry.refused:
                entry.notes.insert(0, f"its orientation was turned from {lies} to {usual}, as most lie.")


def _axis(letter):
    return next(axis for axis in ("RL", "AP", "IS") if letter in axis)


def _plane(orientation):
    return {"RL": "sagittal", "AP": "coronal", "IS": "axial"}[_axis(orientation[2])]


def _names(paths):
    return [path.name for path in paths]
