"""flash-radiomics, which comes as a wheel, with PyRadiomics' values under PyRadiomics' names.

What differs or is slow is put right here:

- Its first-order features took half of the time, with excess kurtosis, and a robust deviation of 0 for two
  pixels, where none lies between the 10th and the 90th percentile. So they are computed here.
- Its compiled maximal correlation coefficient (GLCM's MCC) was up to 77 % off on small lesions, and its other
  one, in Python, took a fifth of the time. So it is computed here.
- Its NGTDM leaves out pixels without a neighbour, which PyRadiomics counts, and stops with an error where all
  are; on ragged regions the two were up to 90 % apart. So those five features are computed here, too.
- It is asked for the features of the table only: others, which PyRadiomics does not have, took a fourth.
- Its compiled code counts in float32, so it is given grey levels found in the image's own precision.

Then the two agree to about 1e-7 of the largest intensity.
"""

import importlib
import importlib.metadata
import math

import numpy as np
from scipy.ndimage import convolve

from ganlab.radiomics.extraction.names import FEATURES

NAME = "flash-radiomics"
VERSION = importlib.metadata.version(NAME)

CLASS_NAMES = {
    "shape": "RadiomicsShape",
    "shape2D": "RadiomicsShape2D",
    **{name: f"Radiomics{name.upper()}" for name in ("glcm", "glrlm", "glszm", "gldm")},
}


def measured(lesion, levels, classes, settings):
    """{class: {feature: value}} of a lesion, whose grey levels are `levels`, for the classes asked for."""
    return {name: _OWN.get(name, _by_flash)(lesion, levels, name, settings) for name in classes}


def _by_flash(lesion, levels, name, settings):
    image, mask = lesion.image, lesion.mask.astype(np.uint8)
    if settings.dimensions == 2:
        image, mask, levels = image[0], mask[0], levels[0]
    features = getattr(importlib.import_module(f"flash_radiomics.{name}"), CLASS_NAMES[name])(
        image,
        mask,
        discretized=levels,
        ng=int(levels.max()),
        spacing=settings.spacing_mm[::-1],
        backend="cpu",
        num_threads=1,
        **settings.as_pyradiomics(),
    )
    for feature in FEATURES[name]:
        if feature != "MCC":
            features.enableFeatureByName(feature)
    return {feature: float(value) for feature, value in features.execute().items()}


def _glcm(lesion, levels, name, settings):
    return _by_flash(lesion, levels, name, settings) | {"MCC": _maximal_correlation(lesion.mask, levels)}


def _maximal_correlation(mask, levels):
    """The mean over directions of the second largest correlation between neighbours' levels (GLCM's MCC)."""
    values, place = np.unique(levels[mask], return_inverse=True)
    framed = np.full(np.add(mask.shape, 2), -1, np.int32)
    framed[1:-1, 1:-1, 1:-1][mask] = place
    directions = _DIRECTIONS if len(mask) > 1 else _DIRECTIONS[_DIRECTIONS[:, 0] == 0]
    steps = directions @ np.array(framed.strides) // framed.itemsize
    framed, counts = framed.ravel(), []
    cells, n_levels = np.flatnonzero(framed >= 0), len(values)
    for step in steps:
        neighbour = framed[cells + step]
        there = neighbour >= 0
        counts.append(np.bincount(place[there] * n_levels + neighbour[there], minlength=n_levels**2))
    joint = np.reshape([part for part in counts if part.any()], (-1, n_levels, n_levels))
    if not len(joint):
        return np.nan  # no two pixels side by side
    joint = joint + joint.swapaxes(1, 2)
    joint = joint / joint.sum((1, 2), keepdims=True)
    shares = joint.sum(1)
    # Not symmetric, with PyRadiomics' small number: for a rare level it decides.
    both = joint / (shares[:, None] * shares[:, :, None] + np.spacing(1)) @ joint
    return np.sqrt(np.sort(np.linalg.eigvals(both))[:, -2]).real.mean()


def _firstorder(lesion, levels, name, settings):
    values = lesion.image[lesion.mask].astype(float)
    shares = np.bincount(levels[lesion.mask]) / len(values)
    shares = shares[shares > 0]
    low, quarter, median, three_quarters, high = np.percentile(values, (10, 25, 50, 75, 90))
    within = values[(values >= low) & (values <= high)]
    apart = values - values.mean()
    variance, energy = np.mean(apart**2), np.sum(values**2)
    scale = math.sqrt(variance) or 1.0  # a flat region has neither skewness nor kurtosis: both are 0
    return {
        "10Percentile": low,
        "90Percentile": high,
        "Energy": energy,
        "Entropy": -np.sum(shares * np.log2(shares)),
        "InterquartileRange": three_quarters - quarter,
        "Kurtosis": np.mean((apart / scale) ** 4),
        "Maximum": values.max(),
        "MeanAbsoluteDeviation": np.abs(apart).mean(),
        "Mean": values.mean(),
        "Median": median,
        "Minimum": values.min(),
        "Range": np.ptp(values),
        "RobustMeanAbsoluteDeviation": np.abs(within - within.mean()).mean() if len(within) else np.nan,
        "RootMeanSquared": math.sqrt(energy / len(values)),
        "Skewness": np.mean((apart / scale) ** 3),
        "TotalEnergy": energy * math.prod(settings.spacing_mm),  # a slice is 1 mm thick
        "Uniformity": np.sum(shares**2),
        "Variance": variance,
    }


def _ngtdm(lesion, levels, name, settings):
    """Of the neighbouring grey tone difference matrix, as PyRadiomics counts pixels without neighbours."""
    mask = lesion.mask
    around = np.ones((3, 3, 3))
    around[1, 1, 1] = 0
    n_neighbours = convolve(mask.astype(float), around, mode="constant")
    mean = convolve(levels * mask.astype(float), around, mode="constant") / np.maximum(n_neighbours, 1)
    apart = np.where(n_neighbours > 0, np.abs(levels - mean), 0)[mask]
    values, place, count = np.unique(levels[mask], return_inverse=True, return_counts=True)
    share, total = count / count.sum(), np.bincount(place, apart)
    between, both = values[:, None] - values, share[:, None] + share
    weighted = (share * total).sum()
    weights = np.abs((values * share)[:, None] - values * share).sum()
    pairs = len(values) * (len(values) - 1)
    return {
        "Busyness": weighted / weights if weights else 0.0,
        "Coarseness": 1 / weighted if weighted else 1e6,
        "Complexity": (np.abs(between) * ((share * total)[:, None] + share * total) / both).sum()
        / count.sum(),
        "Contrast": (np.outer(share, share) * between**2).sum() / max(pairs, 1) * apart.mean(),
        "Strength": (both * between**2).sum() / apart.sum() if apart.any() else 0.0,
    }


# Half of the 26 neighbours; the others are their opposites.
_DIRECTIONS = np.array([place for place in np.ndindex(3, 3, 3) if place > (1, 1, 1)]) - 1
_OWN = {"firstorder": _firstorder, "glcm": _glcm, "ngtdm": _ngtdm}
