"""What a Cohort asks of each of its parts, and what it says when a part is not so."""

import numpy as np
import pandas as pd
from array_api_compat import is_torch_array

from ganlab.data.cohort.scaling import Scaling
from ganlab.validation import as_array, as_samples, positive_number, refuse_non_finite, same_shape


def _plain(values):
    return values.detach().cpu().numpy() if is_torch_array(values) else values


def _frozen(array):
    array.setflags(write=False)
    return array


def checked_images(images):
    images = np.asarray(as_samples(_plain(images), "images"))
    if images.ndim != 3 or 0 in images.shape:
        raise ValueError(
            f"images must have shape (n, height, width); got {images.shape}. "
            "A channel axis of length 1 goes with images[:, 0], a single image needs images[None]."
        )
    with np.errstate(over="ignore"):
        images = np.array(images, dtype=np.float32, order="C")
    refuse_non_finite(images, "images, as float32,")
    return _frozen(images)


def checked_masks(masks, name, images):
    masks = np.asarray(_plain(masks))
    same_shape(masks, images, name, "images")
    if masks.dtype != bool and not np.isin(masks, (0, 1)).all():
        raise ValueError(
            f"{name} must be True or False, or 0 or 1, everywhere. "
            "For a map of several labels choose one: labels == 1."
        )
    return _frozen(np.array(masks, dtype=bool, order="C"))


def checked_truth(truth, n_rows):
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


def checked_range(intensity_range):
    if intensity_range is None:
        return None
    values = np.asarray(as_samples(intensity_range, "intensity_range"))
    if values.shape != (2,):
        raise ValueError(f"intensity_range must be a pair (low, high); got {intensity_range!r}.")
    window = Scaling(*values.tolist())
    return (window.low, window.high)


def checked_text(value, name):
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text; got {type(value).__name__}.")
    return value


def refuse_rows(bad, patients, what, advice=""):
    rows = np.flatnonzero(bad)
    if len(rows):
        first = f"row {rows[0]} (patient {patients[rows[0]]!r})"
        others = f" and {len(rows) - 1} more rows" if len(rows) > 1 else ""
        raise ValueError(f"{first}{others} has {what}. {advice}".rstrip())
