"""flash-radiomics behind the same functions, for Pythons on which PyRadiomics does not build.

Its features carry PyRadiomics' names. What differs is put right here:

- Its kurtosis is excess kurtosis, 3 less than PyRadiomics'.
- Its compiled maximal correlation coefficient (GLCM's MCC) was up to 77 % off on small lesions, so its slower
  one in Python is asked for; where no pixel has a neighbour it gave 1, and is undefined.
- Its NGTDM leaves out pixels without a neighbour, which PyRadiomics counts, and stops with an error where all
  are; on ragged regions the two were up to 90 % apart. So those five features are computed here.
- Of two pixels, none lies between the 10th and the 90th percentile: the robust deviation is undefined, not 0.
- Its compiled code counts in float32, so the grey levels are found here, in the image's own precision, by
  PyRadiomics' rule.

Then the two agree to about 1e-7 of the largest intensity.
"""

import importlib
import importlib.metadata

import numpy as np
from scipy.ndimage import convolve

from ganlab.radiomics.extraction.lesion import Discretised
from ganlab.radiomics.extraction.names import FEATURES

NAME = "flash-radiomics"
VERSION = importlib.metadata.version(NAME)

CLASS_NAMES = {
    "firstorder": "RadiomicsFirstOrder",
    "shape": "RadiomicsShape",
    "shape2D": "RadiomicsShape2D",
    **{name: f"Radiomics{name.upper()}" for name in ("glcm", "glrlm", "glszm", "gldm")},
}


def discretise(lesion, settings):
    """Grey levels by PyRadiomics' rule: bins from multiples of the width, or so many per region."""
    values = lesion.image[lesion.mask]
    if settings.bin_count is not None:
        edges = np.histogram_bin_edges(values, settings.bin_count)
        edges[-1] += 1  # the largest value belongs to the last bin
    else:
        width, low = settings.bin_width, values.min() - values.min() % settings.bin_width
        edges = np.arange(low, values.max() + 2 * width, width)
    matrix = np.zeros(lesion.image.shape, np.int64)
    matrix[lesion.mask] = np.digitize(values, edges)
    return Discretised(matrix, np.unique(matrix[lesion.mask]))


def shape_features(lesion, name, settings):
    """Values of the class "shape" or "shape2D", by feature."""
    return _values(lesion, name, settings, {})


def intensity_features(lesion, discretised, name, settings):
    """Values of the class "firstorder", "glcm", "glrlm", "glszm", "ngtdm" or "gldm", by feature."""
    given = {"discretized": discretised.matrix, "ng": int(discretised.levels[-1]), "glcmPythonMCC": True}
    if name == "ngtdm":
        return _ngtdm_features(lesion.mask, discretised.matrix)
    values = _values(lesion, name, settings, given)
    if name == "firstorder":
        inside = lesion.image[lesion.mask]
        low, high = np.percentile(inside, (10, 90))
        if values["Variance"] > 0:
            values["Kurtosis"] += 3  # it subtracts the 3 of a normal distribution, except in a flat region
        if not ((inside >= low) & (inside <= high)).any():  # of two pixels
            values["RobustMeanAbsoluteDeviation"] = np.nan
    if name == "glcm" and np.isnan(values["Contrast"]):
        values["MCC"] = np.nan  # no two pixels side by side: every other one is undefined, too
    return values


def _ngtdm_features(mask, matrix):
    """Of the neighbouring grey tone difference matrix, as PyRadiomics counts pixels without neighbours."""
    around = np.ones((3, 3, 3))
    around[1, 1, 1] = 0
    n_neighbours = convolve(mask.astype(float), around, mode="constant")
    mean = convolve(matrix * mask.astype(float), around, mode="constant") / np.maximum(n_neighbours, 1)
    apart = np.where(n_neighbours > 0, np.abs(matrix - mean), 0)[mask]
    levels, place, count = np.unique(matrix[mask], return_inverse=True, return_counts=True)
    share, total = count / count.sum(), np.bincount(place, apart)
    between, both = levels[:, None] - levels, share[:, None] + share
    weighted = (share * total).sum()
    weights = np.abs((levels * share)[:, None] - levels * share).sum()
    pairs = len(levels) * (len(levels) - 1)
    return {
        "Busyness": weighted / weights if weights else 0.0,
        "Coarseness": 1 / weighted if weighted else 1e6,
        "Complexity": (np.abs(between) * ((share * total)[:, None] + share * total) / both).sum()
        / count.sum(),
        "Contrast": (np.outer(share, share) * between**2).sum() / max(pairs, 1) * apart.mean(),
        "Strength": (both * between**2).sum() / apart.sum() if apart.any() else 0.0,
    }


def _values(lesion, name, settings, more):
    image, mask, spacing = lesion.image, lesion.mask, settings.spacing_mm
    if settings.dimensions == 2:
        image, mask = image[0], mask[0]
        more = {key: value[0] if key == "discretized" else value for key, value in more.items()}
    module = importlib.import_module(f"flash_radiomics.{name}")
    measured = getattr(module, CLASS_NAMES[name])(
        image,
        mask.astype(np.uint8),
        spacing=spacing[::-1],
        backend="cpu",
        num_threads=1,
        **settings.as_pyradiomics(),
        **more,
    ).execute()
    return {feature: float(measured[feature]) for feature in FEATURES[name]}
