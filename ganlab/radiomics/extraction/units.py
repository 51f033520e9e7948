"""The unit of a feature: a number without one cannot be compared with anything."""

NO_UNIT = "1"

FIRST_ORDER = {
    "Energy": "{intensity}²",
    "Entropy": "bit",
    "Kurtosis": NO_UNIT,
    "Skewness": NO_UNIT,
    "TotalEnergy": "{intensity}² mm³",
    "Uniformity": NO_UNIT,
    "Variance": "{intensity}²",
}  # every other first-order feature is an intensity
SHAPE_2D = {
    "Elongation": NO_UNIT,
    "MeshSurface": "mm²",
    "PerimeterSurfaceRatio": "1/mm",
    "PixelSurface": "mm²",
    "Sphericity": NO_UNIT,
}  # every other one is a length
SHAPE = {
    "Elongation": NO_UNIT,
    "Flatness": NO_UNIT,
    "MeshVolume": "mm³",
    "Sphericity": NO_UNIT,
    "SurfaceArea": "mm²",
    "SurfaceVolumeRatio": "1/mm",
    "VoxelVolume": "mm³",
}
KNOWN = {"firstorder": (FIRST_ORDER, "{intensity}"), "shape2D": (SHAPE_2D, "mm"), "shape": (SHAPE, "mm")}


def feature_unit(name, intensity_unit="a.u."):
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

    Raises
    ------
    ValueError
        If the name does not say a class and a feature.

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
    kind, feature = parts
    if kind in KNOWN:
        exceptions, usual = KNOWN[kind]
        return exceptions.get(feature, usual).format(intensity=intensity_unit)
    if "Entropy" in feature:
        return "bit"
    return NO_UNIT if feature in PLAIN_TEXTURE else "levels"


# Texture on a scale of its own, the same whatever a level is wide.
PLAIN_TEXTURE = {"Correlation", "Imc1", "Imc2", "MCC", "JointEnergy", "MaximumProbability", "Idn", "Idmn"}
