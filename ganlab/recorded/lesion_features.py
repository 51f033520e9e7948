"""Four thousand simulated patients, measured once: the table that the lesson on validation draws from.

`python -m ganlab.recorded.lesion_features` measures them again and writes the file (half a minute).
"""

import functools
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).parent / "lesion_features.npz"
PATIENTS, SEED = 4000, 90
CLASSES = ("firstorder", "shape2D", "glcm")
FEATURES = (
    "firstorder_Mean",
    "firstorder_10Percentile",
    "firstorder_90Percentile",
    "firstorder_Skewness",
    "firstorder_Kurtosis",
    "firstorder_Entropy",
    "shape2D_PixelSurface",
    "shape2D_Perimeter",
    "shape2D_MajorAxisLength",
    "shape2D_Sphericity",
    "glcm_Contrast",
    "glcm_Correlation",
    "glcm_JointEntropy",
    "glcm_Idm",
)


def recorded_lesions():
    """Fourteen features of 4,000 simulated liver lesions, one patient a row, with the diagnosis of each.

    The lesions are those of ``simulate_lesions(4000, seed=90)``, measured by `extract_features` with its
    settings for arbitrary units (32 grey levels). Fourteen of its 102 features were named before anything
    was compared: intensity, shape and texture, few enough for each to be looked at. The names are
    PyRadiomics' without the leading "original_"; `feature_unit` has their units.

    Returns
    -------
    features : DataFrame, float64, shape (4000, 14)
        In single precision, which is what the file keeps. ``attrs["settings"]`` says how they were measured.
    diagnosis : array of str, shape (4000,)
        "benign" or "malignant".

    Examples
    --------
    >>> features, diagnosis = recorded_lesions()
    >>> features.shape, bool(features["shape2D_Sphericity"].max() < 1)
    ((4000, 14), True)
    """
    values, malignant = _stored()
    table = pd.DataFrame(values.astype(float), columns=list(FEATURES))
    table.index.name = "patient_id"
    table.attrs["settings"] = {
        "intensity_unit": "a.u.",
        "spacing_mm": [1.5, 1.5],
        "bin_width": None,
        "bin_count": 32,
        "classes": list(CLASSES),
    }
    return table, np.where(malignant, "malignant", "benign")


def measured_lesions(n=PATIENTS, cache=None):
    """The first n of the patients, measured now: what `recorded_lesions` must agree with.

    Parameters
    ----------
    n : int >= 1
    cache : path or None
        As in `extract_features`.

    Returns
    -------
    values : array, float32, shape (n, 14)
    malignant : array of bool, shape (n,)
    """
    from ganlab.data import simulate_lesions
    from ganlab.radiomics import extract_features

    cohort = simulate_lesions(n, seed=SEED)
    table = extract_features(cohort, classes=CLASSES, cache=cache)
    columns = [f"original_{name}" for name in FEATURES]
    return table[columns].to_numpy(np.float32), (cohort.truth["diagnosis"] == "malignant").to_numpy()


@functools.cache
def _stored():
    with np.load(FILE) as file:
        return file["values"], file["malignant"]


if __name__ == "__main__":
    values, malignant = measured_lesions()
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, values=values, malignant=malignant)
    print(f"{FILE.name}: {len(values)} patients, {FILE.stat().st_size / 1000:.0f} kB")
