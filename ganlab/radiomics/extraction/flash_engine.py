"""flash-radiomics behind the same functions, for Pythons on which PyRadiomics does not build.

Its features carry PyRadiomics' names. Three things are put right here. Its kurtosis is excess kurtosis, 3
less than PyRadiomics'. Its compiled maximal correlation coefficient (GLCM's MCC) was up to 77 % off on
small lesions, so its slower one in Python is asked for. And its compiled code counts in float32, so the
grey levels are found here, in the image's own precision, by PyRadiomics' rule. Then the two agree to
about 1e-7.
"""

import importlib
import importlib.metadata

import numpy as np

from ganlab.radiomics.extraction.lesion import Discretised
from ganlab.radiomics.extraction.names import FEATURES

NAME = "flash-radiomics"
VERSION = importlib.metadata.version(NAME)

CLASS_NAMES = {
    "firstorder": "RadiomicsFirstOrder",
    "shape": "RadiomicsShape",
    "shape2D": "RadiomicsShape2D",
    **{name: f"Radiomics{name.upper()}" for name in ("glcm", "glrlm", "glszm", "ngtdm", "gldm")},
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
    values = _values(lesion, name, settings, given)
    if name == "firstorder" and values["Variance"] > 0:
        values["Kurtosis"] += 3  # it subtracts the 3 of a normal distribution, except in a flat region
    return values


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
