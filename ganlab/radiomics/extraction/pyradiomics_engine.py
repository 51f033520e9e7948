"""PyRadiomics' own feature classes, with the work that its extractor repeats for each of them done once.

`RadiomicsFeatureExtractor.execute` hashes the image, gathers general information, crops twice and
discretises the region six times; half of its time goes there. Here a lesion is cropped and discretised
once, and every class gets the result. The formulas are PyRadiomics' own code; only inside the GLCM a fourth
power is taken as two squares, and two sums, over diagonals and over grey levels, are done in one step each
instead of in Python loops.
"""

import functools
import importlib.metadata
import importlib.util
import logging
import types

import numpy as np
from radiomics.base import RadiomicsFeaturesBase
from radiomics.imageoperations import binImage

from ganlab.radiomics.extraction.lesion import Discretised
from ganlab.radiomics.extraction.names import FEATURES

NAME = "pyradiomics"
VERSION = importlib.metadata.version(NAME)


class _Prepared(RadiomicsFeaturesBase):
    """Stands between a feature class and its base: takes over what was prepared, computes nothing."""

    def __init__(self, inputImage, inputMask, lesion, discretised, **settings):
        self.logger = _SILENT
        self.settings, self.label, self.voxelBased = settings, settings["label"], False
        self.coefficients, self.enabledFeatures, self.featureValues = {}, {}, {}
        self.inputImage, self.inputMask = inputImage, inputMask
        # Copies: the compiled matrix functions may mark voxels as done in the arrays they get.
        self.imageArray, self.maskArray = lesion.image.copy(), lesion.mask.copy()
        self._discretised = discretised

    def _applyBinning(self, matrix):
        self.coefficients["grayLevels"] = self._discretised.levels
        self.coefficients["Ng"] = int(self._discretised.levels[-1])
        return self._discretised.matrix.copy()


class _FasterGLCM:
    """The same sums as `RadiomicsGLCM`, without a Python loop over grey levels."""

    def _calculateCoefficients(self):
        levels, n_levels = self.coefficients["grayLevels"], self.coefficients["Ng"]
        joint = self.P_glcm  # (1, level, level, direction)
        i, j = np.meshgrid(levels.astype(float), levels.astype(float), indexing="ij", sparse=True)
        eps = np.spacing(1)
        self.coefficients.update(
            eps=eps,
            i=i,
            j=j,
            kValuesSum=np.arange(2, 2 * n_levels + 1, dtype=float),
            kValuesDiff=np.arange(0, n_levels, dtype=float),
            px=joint.sum(2, keepdims=True),
            py=joint.sum(1, keepdims=True),
            ux=np.sum(i[None, :, :, None] * joint, (1, 2), keepdims=True),
            uy=np.sum(j[None, :, :, None] * joint, (1, 2), keepdims=True),
            pxAddy=_sum_by(levels[:, None] + levels[None, :] - 2, joint, 2 * n_levels - 1),
            pxSuby=_sum_by(np.abs(levels[:, None] - levels[None, :]), joint, n_levels),
            HXY=-np.sum(joint * np.log2(joint + eps), (1, 2)),
        )

    def getClusterProminenceFeatureValue(self):
        squared = np.square(
            (self.coefficients["i"] + self.coefficients["j"])[None, :, :, None]
            - (self.coefficients["ux"] + self.coefficients["uy"])
        )
        # `** 4` takes ten times as long.
        return np.nanmean(np.sum(self.P_glcm * squared * squared, (1, 2)), 1)

    def getMCCFeatureValue(self):
        joint = np.moveaxis(self.P_glcm[0], -1, 0)  # (direction, level, level)
        if joint.shape[1] < 2:
            return super().getMCCFeatureValue()
        marginals = joint.sum(2, keepdims=True) * joint.sum(1, keepdims=True)
        eigenvalues = np.linalg.eigvals(joint / (marginals + self.coefficients["eps"]) @ joint.swapaxes(1, 2))
        eigenvalues.sort()
        second = eigenvalues[:, -2]
        if np.abs(second).min() < 1e-6:
            # Its root is the feature: near zero rounding decides, and then it had better be PyRadiomics'.
            return super().getMCCFeatureValue()
        return np.nanmean(np.sqrt(second)).real


def _sum_by(groups, joint, n_groups):
    """Sums of `joint` over the cells of each group, for every direction; shape (1, group, direction)."""
    n_directions = joint.shape[3]
    place = groups.ravel()[:, None] * n_directions + np.arange(n_directions)
    sums = np.bincount(place.ravel(), joint.ravel(), minlength=n_groups * n_directions)
    return sums.reshape(1, n_groups, n_directions)


def discretise(lesion, settings):
    """Grey levels by PyRadiomics' rule: bins from multiples of the width, or so many per region."""
    matrix, _ = binImage(lesion.image, lesion.mask, **settings.as_pyradiomics())
    return Discretised(matrix, np.unique(matrix[lesion.mask]))


def shape_features(lesion, name, settings):
    """Values of the class "shape" or "shape2D", by feature."""
    mask = _as_sitk(lesion.mask.astype(np.uint8), settings)
    return _values(_shape_class(name)(mask, mask, **settings.as_pyradiomics()), name)


def intensity_features(lesion, discretised, name, settings):
    """Values of the class "firstorder", "glcm", "glrlm", "glszm", "ngtdm" or "gldm", by feature."""
    space = _Space(_spacing_xyz(settings))
    prepared = _prepared_class(name)(
        space, None, lesion=lesion, discretised=discretised, **settings.as_pyradiomics()
    )
    return _values(prepared, name)


class _Space:
    """All that an intensity feature asks of the image it came from."""

    def __init__(self, spacing):
        self.spacing = spacing

    def GetSpacing(self):
        return self.spacing


def _values(features, name):
    features._initCalculation()
    return {feature: _value(features, feature) for feature in FEATURES[name]}


def _value(features, feature):
    # Whatever goes wrong in one feature is NaN for that feature, as in PyRadiomics' own loop.
    try:
        return float(np.squeeze(getattr(features, f"get{feature}FeatureValue")()))
    except Exception:
        return np.nan


@functools.cache
def _prepared_class(name):
    faster = (_FasterGLCM,) if name == "glcm" else ()
    return type(f"Prepared{name}", (*faster, _feature_class(name), _Prepared), {})


@functools.cache
def _shape_class(name):
    # For every lesion the base class would look through all members of the class for its features' names.
    return type(f"Prepared{name}", (_feature_class(name),), {"getFeatureNames": classmethod(lambda _: {})})


@functools.cache
def _feature_class(name):
    # A copy of PyRadiomics' module for ourselves, so that its `numpy` can be the quick one.
    original = importlib.util.find_spec(f"radiomics.{name}")
    spec = importlib.util.spec_from_file_location(f"{__name__}.{name}", original.origin)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.numpy = quick_numpy
    (feature_class,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, RadiomicsFeaturesBase)
    )
    return feature_class


def _spacing_xyz(settings):
    # A slice is a volume of one plane, 1 mm thick: TotalEnergy multiplies by the voxel's volume.
    spacing = settings.spacing_mm if settings.dimensions == 3 else (1.0, *settings.spacing_mm)
    return spacing[::-1]


def _as_sitk(array, settings):
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(array)
    image.SetSpacing(_spacing_xyz(settings))
    return image


# numpy for small arrays without NaN. PyRadiomics' classes call `nanmean`, `nanpercentile` and their kin about
# a hundred times per lesion, on a few thousand numbers of which none is NaN; most of their time is spent
# finding that out. Here each first does the plain thing, and the careful thing only if that gives NaN.


def _sum(values, axis=None, keepdims=False):
    return np.add.reduce(values, axis=axis, keepdims=keepdims)


def _mean(values, axis=None, keepdims=False):
    values = np.asarray(values)
    total = np.add.reduce(values, axis=axis, keepdims=keepdims)
    return total / (values.size / max(total.size, 1))


def _or_careful(plain, careful):
    def function(values, *arguments, **named):
        values = np.asarray(values)
        if values.size:
            result = plain(values, *arguments, **named)
            if not np.isnan(result).any():
                return result
        return careful(values, *arguments, **named)

    return function


def _percentile(values, percent, axis):
    """By linear interpolation between the two nearest of the sorted values, numpy's default."""
    ranked = np.sort(values, axis=axis)
    if np.isnan(np.take(ranked, -1, axis)).any():
        return np.nan  # NaN sorts to the end, where a low percentile would not meet it
    place = percent / 100 * (values.shape[axis] - 1)
    below = int(place)
    lower = np.take(ranked, below, axis)
    upper = np.take(ranked, min(below + 1, values.shape[axis] - 1), axis)
    share = place - below
    # From the nearer end, as numpy does it: so both give the same last digit.
    return lower + (upper - lower) * share if share < 0.5 else upper - (upper - lower) * (1 - share)


def _median(values, axis):
    return np.median(values, axis=axis)


quick_numpy = types.SimpleNamespace(
    **{
        **vars(np),
        "sum": _sum,
        "nansum": _or_careful(_sum, np.nansum),
        "nanmean": _or_careful(_mean, np.nanmean),
        "nanmin": _or_careful(np.min, np.nanmin),
        "nanmax": _or_careful(np.max, np.nanmax),
        "nanstd": _or_careful(np.std, np.nanstd),
        "nanpercentile": _or_careful(_percentile, np.nanpercentile),
        "nanmedian": _or_careful(_median, np.nanmedian),
    }
)


# Otherwise every lesion would be told once that a symmetrical GLCM makes SumAverage redundant.
_SILENT = logging.getLogger(__name__)
_SILENT.setLevel(logging.CRITICAL)
