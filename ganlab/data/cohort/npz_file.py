"""A cohort as one compressed .npz file: arrays as arrays, text as JSON, and nothing to unpickle."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.files import written_whole

FORMAT = "ganlab cohort 1"


def write_cohort_file(path, *, images, masks, truth, regions, about):
    """Write the parts of a cohort; masks are packed eight pixels to a byte.

    Parameters
    ----------
    path : path-like
    images : array, float32, shape (n, height, width)
    masks : array, bool, same shape
    truth : DataFrame of bool, int, float and text columns
    regions : dict of name -> bool array like masks
    about : dict that JSON can hold
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


def read_cohort_file(path):
    """Read what `write_cohort_file` wrote, as a dict of its arguments.

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
            return {
                "images": images,
                "masks": unpacked("masks"),
                "truth": pd.DataFrame(truth),
                "regions": {name: unpacked(f"regions/{i}") for i, name in enumerate(header["regions"])},
                "about": header["about"],
            }
    except Exception as problem:  # zipfile and numpy have a dozen ways to stumble over a damaged file
        raise ValueError(
            f"{path} is not a readable cohort: {problem}. It may have been cut short or damaged in a copy, "
            "or written by something other than Cohort.save."
        ) from problem
