"""The parts of a Cohort: what each must be, and how they are written to one .npz file and read back."""

import json
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pandas as pd

from ganlab.data.cohort.scaling import Scaling
from ganlab.files import written_whole
from ganlab.validation import (
    as_array,
    as_numpy,
    as_samples,
    positive_number,
    refuse_masked,
    refuse_non_finite,
    same_shape,
)

UNITS = ("HU", "a.u.")
FORMAT = "ganlab cohort 1"


def checked_parts(
    images, masks, truth, spacing_mm, intensity_unit, name, provenance, regions, intensity_range
):
    """What the constructor of a Cohort was given, made ready: a dict by the same names."""
    images = _images(images)
    masks = checked_masks(masks, "masks", images)
    truth = _truth(truth, len(images))
    patients = truth["patient_id"]
    _refuse_rows(images.min(axis=(1, 2)) == images.max(axis=(1, 2)), patients, "an all-constant image")
    _refuse_rows(
        ~masks.any(axis=(1, 2)),
        patients,
        "an empty mask",
        "Leave these out, or mark every pixel where no region is meant.",
    )
    if intensity_unit not in UNITS:
        raise ValueError(f"intensity_unit must be one of {UNITS}; got {intensity_unit!r}.")
    return {
        "images": images,
        "masks": masks,
        "truth": truth,
        "spacing_mm": checked_spacing(spacing_mm),
        "intensity_unit": intensity_unit,
        "name": _text(name, "name"),
        "provenance": _text(provenance, "provenance"),
        "regions": {
            _text(key, "a region's name"): checked_masks(region, f"region {key!r}", images)
            for key, region in dict(regions or {}).items()
        },
        "intensity_range": _range(intensity_range),
    }


def write_cohort_file(path, *, images, masks, truth, regions, **about):
    """Write the parts of a cohort; masks are packed eight pixels to a byte.

    Arrays are stored as arrays, text as JSON, and there is nothing to unpickle.

    Parameters
    ----------
    path : path-like
    images : array, float32, shape (n, height, width)
    masks : array, bool, same shape
    truth : DataFrame of bool, int, float and text columns
    regions : dict of name -> bool array like masks
    **about : what JSON can hold
    """
    columns, arrays = [], {"images": images, "masks": np.packbits(masks)}
    for place, values in enumerate(regions.values()):
        arrays[f"regions/{place}"] = np.packbits(values)
    for place, name in enumerate(truth.columns):
        is_text = truth[name].dtype.kind not in "biuf"
        columns.append({"name": name, "text": truth[name].tolist() if is_text else None})
        if not is_text:
            arrays[f"truth/{place}"] = truth[name].to_numpy()
    header = {"format": FORMAT, "about": about, "columns": columns, "regions": list(regions)}
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with written_whole(path) as file:
        np.savez_compressed(file, **arrays)


def read_cohort_file(path, build):
    """What `build` makes of the arguments of `write_cohort_file`, read back.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, damaged or something else than a saved cohort.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no cohort file {path}.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes().decode())
            if header["format"] != FORMAT:
                raise ValueError(f"its format is {header['format']!r}; this version reads {FORMAT!r}")
            images = stored["images"]

            def unpacked(key):
                return np.unpackbits(stored[key], count=images.size).astype(bool).reshape(images.shape)

            truth = {
                column["name"]: stored[f"truth/{place}"] if column["text"] is None else column["text"]
                for place, column in enumerate(header["columns"])
            }
            return build(
                images=images,
                masks=unpacked("masks"),
                truth=pd.DataFrame(truth),
                regions={name: unpacked(f"regions/{i}") for i, name in enumerate(header["regions"])},
                **header["about"],
            )
    except Exception as problem:  # zipfile and numpy have a dozen ways to stumble over a damaged file
        reason = str(problem).rstrip(".")
        raise ValueError(
            f"{path} is not a readable cohort: {reason}. It may have been cut short or damaged in a copy, "
            "or written by something other than Cohort.save."
        ) from problem


def _frozen(array):
    array.setflags(write=False)
    return array


def _images(images):
    images = as_numpy(as_samples(images, "images"))
    if images.ndim != 3 or 0 in images.shape:
        raise ValueError(
            f"images must have shape (n, height, width); got {images.shape}. "
            "A channel axis of length 1 goes with images[:, 0], a single image needs images[None]."
        )
    return as_intensities(images, "images")


def as_intensities(values, name):
    """A read-only copy of an array of numbers as float32; refused if one is too large for that."""
    with np.errstate(over="ignore"):
        values = np.array(values, dtype=np.float32, order="C")
    refuse_non_finite(values, f"{name}, as float32,")
    return _frozen(values)


def checked_masks(masks, name, images):
    """A read-only copy as bool, of the shape of the images; refused if it holds more than 0 and 1."""
    refuse_masked(masks, name)
    masks = as_numpy(masks)
    same_shape(masks, images, name, "images")
    if masks.dtype != bool and not np.isin(masks, (0, 1)).all():
        raise ValueError(
            f"{name} must be True or False, or 0 or 1, everywhere. "
            "For a map of several labels choose one: labels == 1; for fractions a threshold: fractions >= "
            "0.5."
        )
    return _frozen(np.array(masks, dtype=bool, order="C"))


def _truth(truth, n_rows):
    if not isinstance(truth, pd.DataFrame):
        raise ValueError(f"truth must be a pandas DataFrame, one row per image; got {type(truth).__name__}.")
    if len(truth) != n_rows:
        raise ValueError(f"truth must have one row per image; got {len(truth)} rows for {n_rows} images.")
    names = list(truth.columns)
    if len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"the columns of truth must have distinct names that are text; got {names}.")
    missing = [name for name in ("patient_id", "diagnosis") if name not in names]
    if missing:
        raise ValueError(
            f"truth must have the columns patient_id and diagnosis; {missing} are not in {names}."
        )
    truth = pd.DataFrame({name: _column(truth[name], name) for name in names})
    for name in ("patient_id", "diagnosis"):
        if truth[name].dtype == object:  # some systems spell an umlaut in two characters, others in one
            words = [normalize("NFC", word) if word else word for word in truth[name]]
            truth[name] = pd.Series(words, dtype=object)
    for name, kinds in (("patient_id", "biu"), ("diagnosis", "")):
        column = truth[name]
        if column.isna().any():
            raise ValueError(
                f"truth's {name} is missing in row {int(np.flatnonzero(column.isna())[0])}; "
                'write "unknown" for a diagnosis that nobody made.'
            )
        if column.dtype.kind in "biuf" and column.dtype.kind not in kinds:
            raise ValueError(
                f"truth's {name} must be text{' or whole numbers' if kinds else ''}; got {column.dtype}. "
                f'Use truth["{name}"].astype(str), or better the words behind the numbers.'
            )
    return truth


def _column(column, name):
    """A column as bool, int or float, or as text with None where it is missing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.to_numpy(copy=True)
    values = [None if pd.isna(value) else value for value in column.tolist()]
    if not all(value is None or isinstance(value, str) for value in values):
        raise ValueError(
            f"truth's column {name!r} must be bool, int, float or text; got {column.dtype}. "
            "Convert it with .astype first."
        )
    return pd.Series(values, dtype=object)


def checked_spacing(spacing_mm):
    values = np.atleast_1d(np.asarray(as_array(spacing_mm, "spacing_mm")))
    if values.ndim == 2 and values.shape[1] == 2:  # one pair for each image: fine if they agree
        if (values != values[0]).any():
            raise ValueError(
                f"spacing_mm is mixed: {values.min(axis=0).tolist()} to {values.max(axis=0).tolist()} mm. "
                "Resample the images to one spacing first; radiomic features depend on it."
            )
        values = values[0]
    if values.shape not in ((1,), (2,)):
        raise ValueError(f"spacing_mm must be one number or a pair (row, column); got shape {values.shape}.")
    return tuple(positive_number(value, "spacing_mm") for value in np.broadcast_to(values, 2))


def _range(intensity_range):
    if intensity_range is None:
        return None
    values = np.asarray(as_samples(intensity_range, "intensity_range"))
    if values.shape != (2,):
        raise ValueError(f"intensity_range must be a pair (low, high); got {intensity_range!r}.")
    window = Scaling(*values.tolist())
    return (window.low, window.high)


def _text(value, name):
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text; got {type(value).__name__}.")
    return value


def _refuse_rows(bad, patients, what, advice=""):
    rows = np.flatnonzero(bad)
    if len(rows):
        first = f"row {rows[0]} (patient {patients.tolist()[rows[0]]!r})"
        others = f" and {len(rows) - 1} more rows" if len(rows) > 1 else ""
        raise ValueError(f"{first}{others} has {what}. {advice}".rstrip())
