"""PyRadiomics itself, as it is: the engine that the other one is compared with."""

import functools
import importlib.metadata
import logging

import numpy as np

NAME = "pyradiomics"
VERSION = importlib.metadata.version(NAME)


def measured(lesion, levels, classes, settings):
    """{class: {feature: value}} of a lesion for the classes asked for; PyRadiomics finds its own levels."""
    import SimpleITK as sitk

    # It refuses a mask that is full, so a frame goes around each plane.
    framed = (np.pad(part, ((0, 0), (1, 1), (1, 1))) for part in (lesion.image, lesion.mask.astype(np.uint8)))
    parts = [sitk.GetImageFromArray(part) for part in framed]
    # A slice is a volume of one plane, 1 mm thick: TotalEnergy multiplies by the voxel's volume.
    spacing = settings.spacing_mm if settings.dimensions == 3 else (1.0, *settings.spacing_mm)
    for part in parts:
        part.SetSpacing(spacing[::-1])
    found = _extractor(tuple(classes), settings).execute(*parts)
    values = {name: {} for name in classes}
    for column, value in found.items():
        _, name, feature = column.split("_")
        values[name][feature] = float(value)
    return values


@functools.cache
def _extractor(classes, settings):
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    # Otherwise every lesion would be told once that a symmetrical GLCM makes SumAverage redundant.
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    extractor = RadiomicsFeatureExtractor(additionalInfo=False, **settings.as_pyradiomics())
    extractor.disableAllFeatures()
    for name in classes:
        extractor.enableFeatureClassByName(name)
    return extractor
