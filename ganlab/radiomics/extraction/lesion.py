"""One lesion: cut out of its image and measured by an engine, with a reason for every missing value."""

import hashlib
import importlib
import importlib.util
import warnings
from typing import NamedTuple

import numpy as np

from ganlab.radiomics.extraction.names import FEATURES, TEXTURE, columns
from ganlab.radiomics.extraction.settings import MOST_LEVELS

# Package -> (the name to import it by, our module that speaks to it). The first that is there is used.
ENGINES = {
    "flash-radiomics": ("flash_radiomics", "ganlab.radiomics.extraction.flash_engine"),
    "pyradiomics": ("radiomics", "ganlab.radiomics.extraction.pyradiomics_engine"),
}


class Lesion(NamedTuple):
    """A region's bounding box: intensities, and where in the box the region is; arrays of three axes."""

    image: np.ndarray
    mask: np.ndarray


class Measured(NamedTuple):
    """One row of a table: values in the order of the columns, NaN where `reason` says why."""

    values: np.ndarray
    reason: str


def cut_out(image, mask):
    """The bounding box of the region, as a Lesion; slices get a first axis of length 1.

    Where PyRadiomics would stop with an exception: the reason, as text.
    """
    if not mask.any():
        return "empty mask: no pixel is marked"
    marked = [np.flatnonzero(mask.any(axis=tuple({*range(mask.ndim)} - {axis}))) for axis in range(mask.ndim)]
    box = tuple(slice(places[0], places[-1] + 1) for places in marked)
    image, mask = image[box], mask[box]
    wide = sum(length > 1 for length in mask.shape)
    if wide == 0:
        return "one-voxel mask: nothing can be said about shape or texture"
    if wide == 1:
        return "the mask is a single row of pixels; two dimensions or more are needed"
    if image.ndim == 2:
        image, mask = image[None], mask[None]
    return Lesion(np.ascontiguousarray(image), np.ascontiguousarray(mask))


def touches_border(mask):
    """Whether the region reaches the edge of the image, so that part of the lesion may be missing."""
    return any(np.take(mask, (0, -1), axis=axis).any() for axis in range(mask.ndim))


def content_hash(lesions):
    """A text that differs whenever anything that features are computed from differs."""
    content = hashlib.sha256()
    for lesion in lesions:
        if isinstance(lesion, str):
            content.update(lesion.encode())
            continue
        for array in lesion:
            content.update(f"{array.shape} {array.dtype}".encode())
            content.update(array.tobytes())
    return content.hexdigest()


def chosen_engine(name):
    """The module of an engine; None takes flash-radiomics, and PyRadiomics where that is not installed."""
    if name is not None and name not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, or None; got {name!r}.")
    for package, ours in installed_engines().items():
        if name in (None, package):
            return importlib.import_module(ours)
    raise ModuleNotFoundError(
        f"{name or 'neither pyradiomics nor flash-radiomics'} is not installed; `ganlab doctor` says how to "
        "get it."
    )


def installed_engines():
    """{package: our module that speaks to it} of the engines that are there, the preferred one first."""
    found = {package: importlib.util.find_spec(module) for package, (module, _) in ENGINES.items()}
    # To Python any folder called radiomics, beside a notebook say, is a package, but one without an origin.
    return {package: ENGINES[package][1] for package, spec in found.items() if spec and spec.origin}


def measure_all(lesions, settings, engine_name):
    """`measure` for each Lesion of a list; what a worker process runs."""
    engine = chosen_engine(engine_name)
    # Means over no direction and the like end as NaN, and are named in the reason.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        return [measure(lesion, settings, engine) for lesion in lesions]


def measure(lesion, settings, engine):
    """The features of one region, as Measured; text in place of a Lesion says why there are none."""
    if isinstance(lesion, str):
        return Measured(np.full(len(columns(settings.classes)), np.nan), lesion)
    levels = grey_levels(lesion, settings)
    no_texture = _why_textureless(levels[lesion.mask])
    classes = [name for name in settings.classes if not (name in TEXTURE and no_texture)]
    measured = engine.measured(lesion, levels, classes, settings)
    if "glcm" in classes and np.isnan(measured["glcm"]["Contrast"]):
        measured["glcm"]["MCC"] = np.nan  # no two pixels side by side: to every engine it is 1 then
    reasons = [no_texture] if len(classes) < len(settings.classes) else []
    values = []
    for name in settings.classes:
        part = np.array([measured[name][f] if name in classes else np.nan for f in FEATURES[name]], float)
        undefined = ~np.isfinite(part)
        part[undefined] = np.nan
        values.append(part)
        if name in classes and name not in ("shape", "shape2D") and undefined.any():
            reasons.append(f"{name} is undefined for {', '.join(np.array(FEATURES[name])[undefined])}")
    return Measured(np.concatenate(values), "; ".join(reasons))


def grey_levels(lesion, settings):
    """1, 2, ... inside and 0 outside, by PyRadiomics' rule: from multiples of the width, or so many."""
    values = lesion.image[lesion.mask]
    if settings.bin_count is not None:
        edges = np.histogram_bin_edges(values, settings.bin_count)
        edges[-1] += 1  # the largest value belongs to the last bin
    else:
        width, low = settings.bin_width, values.min() - values.min() % settings.bin_width
        edges = np.arange(low, values.max() + 2 * width, width)
    levels = np.zeros(lesion.image.shape, np.int32)
    levels[lesion.mask] = np.digitize(values, edges)
    return levels


def _why_textureless(levels):
    """Why co-occurrences, runs and zones of these grey levels mean nothing or too much; "" if they do not."""
    if levels.min() == levels.max():
        return "constant region: all pixels fall into one bin, texture is undefined"
    if levels.max() > MOST_LEVELS:
        return f"{levels.max()} grey levels: the bins are too narrow for texture (at most {MOST_LEVELS})"
    return ""
