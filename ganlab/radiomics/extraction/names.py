"""The names of all features, by class and in PyRadiomics' order, and the unit of each."""

CLASSES_2D = ("firstorder", "shape2D", "glcm", "glrlm", "glszm", "ngtdm", "gldm")
CLASSES_3D = ("firstorder", "shape", "glcm", "glrlm", "glszm", "ngtdm", "gldm")
TEXTURE = ("glcm", "glrlm", "glszm", "ngtdm", "gldm")

_NAMES = {
    "firstorder": """
        10Percentile 90Percentile Energy Entropy InterquartileRange Kurtosis Maximum MeanAbsoluteDeviation
        Mean Median Minimum Range RobustMeanAbsoluteDeviation RootMeanSquared Skewness TotalEnergy
        Uniformity Variance
    """,
    "shape2D": """
        Elongation MajorAxisLength MaximumDiameter MeshSurface MinorAxisLength Perimeter
        PerimeterSurfaceRatio PixelSurface Sphericity
    """,
    "shape": """
        Elongation Flatness LeastAxisLength MajorAxisLength Maximum2DDiameterColumn Maximum2DDiameterRow
        Maximum2DDiameterSlice Maximum3DDiameter MeshVolume MinorAxisLength Sphericity SurfaceArea
        SurfaceVolumeRatio VoxelVolume
    """,
    "glcm": """
        Autocorrelation ClusterProminence ClusterShade ClusterTendency Contrast Correlation
        DifferenceAverage DifferenceEntropy DifferenceVariance Id Idm Idmn Idn Imc1 Imc2 InverseVariance
        JointAverage JointEnergy JointEntropy MCC MaximumProbability SumAverage SumEntropy SumSquares
    """,
    "glrlm": """
        GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelRunEmphasis
        LongRunEmphasis LongRunHighGrayLevelEmphasis LongRunLowGrayLevelEmphasis LowGrayLevelRunEmphasis
        RunEntropy RunLengthNonUniformity RunLengthNonUniformityNormalized RunPercentage RunVariance
        ShortRunEmphasis ShortRunHighGrayLevelEmphasis ShortRunLowGrayLevelEmphasis
    """,
    "glszm": """
        GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelZoneEmphasis
        LargeAreaEmphasis LargeAreaHighGrayLevelEmphasis LargeAreaLowGrayLevelEmphasis
        LowGrayLevelZoneEmphasis SizeZoneNonUniformity SizeZoneNonUniformityNormalized SmallAreaEmphasis
        SmallAreaHighGrayLevelEmphasis SmallAreaLowGrayLevelEmphasis ZoneEntropy ZonePercentage ZoneVariance
    """,
    "ngtdm": "Busyness Coarseness Complexity Contrast Strength",
    "gldm": """
        DependenceEntropy DependenceNonUniformity DependenceNonUniformityNormalized DependenceVariance
        GrayLevelNonUniformity GrayLevelVariance HighGrayLevelEmphasis LargeDependenceEmphasis
        LargeDependenceHighGrayLevelEmphasis LargeDependenceLowGrayLevelEmphasis LowGrayLevelEmphasis
        SmallDependenceEmphasis SmallDependenceHighGrayLevelEmphasis SmallDependenceLowGrayLevelEmphasis
    """,
}
FEATURES = {name: text.split() for name, text in _NAMES.items()}


def columns(classes):
    """Column names of a table of these classes: original_CLASS_FEATURE, as PyRadiomics writes them."""
    return [f"original_{name}_{feature}" for name in classes for feature in FEATURES[name]]


# By class: the features of each unit; the first unit is that of all others.
UNITS = {
    "firstorder": {
        "{intensity}": "",
        "{intensity}²": "Energy Variance",
        "{intensity}² mm³": "TotalEnergy",
        "bit": "Entropy",
        "1": "Kurtosis Skewness Uniformity",
    },
    "shape2D": {
        "mm": "",
        "mm²": "MeshSurface PixelSurface",
        "1/mm": "PerimeterSurfaceRatio",
        "1": "Elongation Sphericity",
    },
    "shape": {
        "mm": "",
        "mm²": "SurfaceArea",
        "mm³": "MeshVolume VoxelVolume",
        "1/mm": "SurfaceVolumeRatio",
        "1": "Elongation Flatness Sphericity",
    },
}
# Texture on a scale of its own, the same whatever a level is wide.
PLAIN_TEXTURE = {"Correlation", "Imc1", "Imc2", "MCC", "JointEnergy", "MaximumProbability", "Idn", "Idmn"}


def feature_unit(name: str, intensity_unit: str = "a.u.") -> str:
    """The unit of a feature that `extract_features` gives, by its column's name.

    Intensities keep the unit of the image, shape is measured in millimetres, entropies in bits. Texture
    features count grey *levels*, which depend on the bins: they have no unit of the image any more, and
    two of them can be compared only if the bins were the same.

    Parameters
    ----------
    name : str
        Such as "original_firstorder_Mean", or "firstorder_Mean".
    intensity_unit : str
        Of the image: "HU" or "a.u.".

    Returns
    -------
    unit : str
        "1" where a feature is a plain number, "levels" for the other texture features that depend on how
        wide a grey level is.

    Examples
    --------
    >>> [feature_unit(name, "HU") for name in ("firstorder_Mean", "firstorder_Variance", "shape2D_Perimeter")]
    ['HU', 'HU²', 'mm']
    >>> feature_unit("original_glcm_JointEntropy"), feature_unit("original_glcm_Contrast")
    ('bit', 'levels')
    """
    parts = name.removeprefix("original_").split("_")
    if len(parts) != 2:
        raise ValueError(f"a feature is called CLASS_FEATURE, as in 'shape2D_Perimeter'; got {name!r}.")
    feature_class, feature = parts
    if feature_class in UNITS:
        units = UNITS[feature_class]
        stated = [unit for unit, features in units.items() if feature in features.split()]
        return [*stated, *units][0].format(intensity=intensity_unit)
    if "Entropy" in feature:
        return "bit"
    return "1" if feature in PLAIN_TEXTURE else "levels"
