"""One lesion after the other: every feature that can be computed, and a reason for each that cannot."""

import importlib
import importlib.util
import warnings
from typing import NamedTuple

import numpy as np

from ganlab.radiomics.extraction.lesion import NotMeasurable, refuse_textureless
from ganlab.radiomics.extraction.names import FEATURES, columns
from ganlab.radiomics.extraction.settings import TEXTURE

# Package -> (the name to import it by, our module that speaks to it). The first that is there is used.
BACKENDS = {
    "pyradiomics": ("radiomics", "ganlab.radiomics.extraction.pyradiomics_backend"),
    "flash-radiomics": ("flash_radiomics", "ganlab.radiomics.extraction.flash_backend"),
}


class Measured(NamedTuple):
    """One row of a table: values in the order of the columns, NaN where `reason` says why."""

    values: np.ndarray
    reason: str


def chosen_backend(name):
    """The module of a backend; None takes PyRadiomics, and flash-radiomics where that is not installed.

    Raises ValueError for an unknown name, ModuleNotFoundError where the package is missing.
    """
    if name is not None and name not in BACKENDS:
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)}, or None; got {name!r}.")
    for package, (module, ours) in BACKENDS.items():
        if name in (None, package) and importlib.util.find_spec(module) is not None:
            return importlib.import_module(ours)
    raise ModuleNotFoundError(
        f"{name or 'neither pyradiomics nor flash-radiomics'} is not installed; `ganlab doctor` says how to "
        "get it."
    )


def measure_all(lesions, settings, backend_name):
    """`measure` for each Lesion of a list; what a worker process runs."""
    backend = chosen_backend(backend_name)
    # Means over no direction and the like end as NaN, and are named in the reason.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        return [measure(lesion, settings, backend) for lesion in lesions]


def measure(lesion, settings, backend):
    """The features of one region, as Measured; text in place of a Lesion says why there are none."""
    if isinstance(lesion, str):
        return Measured(np.full(len(columns(settings.classes)), np.nan), lesion)
    discretised = backend.discretise(lesion, settings)
    try:
        refuse_textureless(discretised)
        no_texture = ""
    except NotMeasurable as why:
        no_texture = str(why)
    values, reasons = [], []
    for name in settings.classes:
        if name in TEXTURE and no_texture:
            reasons.append(no_texture)
            found = {}
        elif name in ("shape", "shape2D"):
            found = backend.shape_features(lesion, name, settings)
        else:
            found = backend.intensity_features(lesion, discretised, name, settings)
            undefined = [feature for feature, value in found.items() if not np.isfinite(value)]
            if undefined:
                reasons.append(f"{name} is undefined for {', '.join(undefined)}")
        values += [found.get(feature, np.nan) for feature in FEATURES[name]]
    values = np.array(values, dtype=float)
    values[~np.isfinite(values)] = np.nan
    return Measured(values, "; ".join(dict.fromkeys(reasons)))
