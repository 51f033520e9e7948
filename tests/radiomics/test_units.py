"""Units of features: every one that can be measured has one, and each means what its definition says."""

import numpy as np
import pytest

from ganlab.radiomics import extract_features, feature_unit
from ganlab.radiomics.extraction.names import CLASSES_2D, CLASSES_3D, columns


@pytest.mark.parametrize("name", sorted({*columns(CLASSES_2D), *columns(CLASSES_3D)}))
def test_every_feature_has_a_unit(name):
    assert feature_unit(name) in {
        "1",
        "a.u.",
        "a.u.²",
        "a.u.² mm³",
        "bit",
        "levels",
        "mm",
        "mm²",
        "mm³",
        "1/mm",
    }


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("original_firstorder_Mean", "HU"),
        ("firstorder_Variance", "HU²"),
        ("firstorder_Energy", "HU²"),
        ("firstorder_Skewness", "1"),
        ("shape2D_PixelSurface", "mm²"),
        ("shape2D_PerimeterSurfaceRatio", "1/mm"),
        ("shape_VoxelVolume", "mm³"),
        ("glcm_JointEntropy", "bit"),
        ("glszm_ZoneEntropy", "bit"),
        ("glcm_Correlation", "1"),
        ("glcm_Contrast", "levels"),
    ],
)
def test_units_by_definition(name, unit):
    assert feature_unit(name, "HU") == unit


def test_units_are_how_features_scale():
    """Twice the spacing and three times the intensities: a number in mm² grows by 4, one in a.u.² by 9."""
    rng = np.random.default_rng(0)
    image, mask = 10 + rng.random((1, 24, 24)), np.zeros((1, 24, 24), dtype=bool)
    mask[0, 4:20, 6:17] = True
    facts = {"bin_count": 16, "classes": ["firstorder", "shape2D"], "n_jobs": 1, "progress": False}
    before = extract_features(image, mask, spacing_mm=1.0, **facts).iloc[0]
    after = extract_features(3 * image, mask, spacing_mm=2.0, **facts).iloc[0]
    factor = {"1": 1, "a.u.": 3, "a.u.²": 9, "a.u.² mm³": 36, "bit": 1, "mm": 2, "mm²": 4, "1/mm": 0.5}
    for name in before.index:
        assert after[name] == pytest.approx(factor[feature_unit(name)] * before[name], rel=1e-6), name


def test_a_name_without_a_class_is_refused():
    with pytest.raises(ValueError, match=r"CLASS_FEATURE.*'Mean'"):
        feature_unit("Mean")
