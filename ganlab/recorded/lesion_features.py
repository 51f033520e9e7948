"""Fourteen radiomic features of 4,000 simulated patients, measured once (half a minute to make)."""

import copy
import tempfile

import numpy as np
import pandas as pd

from ganlab.recorded.store import read_arrays, write_arrays

FILE = "lesion_features.npz"
PARTS = ()
PATIENTS, SEED = 4000, 90
FEATURES = {
    "firstorder": ("Mean", "10Percentile", "90Percentile", "Skewness", "Kurtosis", "Entropy"),
    "shape2D": ("PixelSurface", "Perimeter", "MajorAxisLength", "Sphericity"),
    "glcm": ("Contrast", "Correlation", "JointEntropy", "Idm"),
}
COLUMNS = [f"{family}_{name}" for family, names in FEATURES.items() for name in names]
SETTINGS = {"intensity_unit": "a.u.", "spacing_mm": [1.5, 1.5], "bin_width": None, "bin_count": 32}
SETTINGS["classes"] = list(FEATURES)


def load() -> tuple[pd.DataFrame, np.ndarray]:
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
    >>> features, diagnosis = load()
    >>> features.shape, bool(features["shape2D_Sphericity"].max() < 1)
    ((4000, 14), True)
    """
    arrays = read_arrays(FILE)
    table = pd.DataFrame(arrays["values"].astype(float), columns=COLUMNS)
    table.index.name = "patient_id"
    table.attrs["settings"] = copy.deepcopy(SETTINGS)
    return table, np.where(arrays["malignant"], "malignant", "benign")


def make(n: int = PATIENTS) -> None:
    """Measure the patients again and write the file.

    Parameters
    ----------
    n : int >= 1
        The first n of the patients, and no others are written.
    """
    from ganlab.data import simulate_lesions
    from ganlab.radiomics import extract_features

    cohort = simulate_lesions(n, seed=SEED)
    with tempfile.TemporaryDirectory() as cache:  # an empty one, so that all of it is measured now
        table = extract_features(cohort, classes=tuple(FEATURES), cache=cache)
    values = table[[f"original_{name}" for name in COLUMNS]].to_numpy(np.float32)
    malignant = (cohort.truth["diagnosis"] == "malignant").to_numpy()
    write_arrays(FILE, {"values": values, "malignant": malignant})
