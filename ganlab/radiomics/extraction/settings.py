"""How features are measured: the settings that travel with a table, and the refusal to mix them."""

from dataclasses import asdict, dataclass

import numpy as np

from ganlab.radiomics.extraction.lesion import MOST_LEVELS
from ganlab.validation import positive_integer, positive_number

CLASSES_2D = ("firstorder", "shape2D", "glcm", "glrlm", "glszm", "ngtdm", "gldm")
CLASSES_3D = ("firstorder", "shape", "glcm", "glrlm", "glszm", "ngtdm", "gldm")
TEXTURE = ("glcm", "glrlm", "glszm", "ngtdm", "gldm")

HU_BIN_WIDTH = 25.0
BIN_COUNT = 32


@dataclass(frozen=True)
class FeatureSettings:
    """Everything that a feature's value depends on besides image and mask.

    Parameters
    ----------
    intensity_unit : {"HU", "a.u.", "not stated"}
    spacing_mm : tuple of two or three floats
        (row, column) for slices, (plane, row, column) for volumes.
    bin_width : float or None
        In the intensity unit. Exactly one of `bin_width` and `bin_count` is a number.
    bin_count : int or None
        Levels between the smallest and the largest intensity of each region.
    classes : tuple of str

    Examples
    --------
    >>> FeatureSettings("HU", (0.9375, 0.9375), 25.0, None, ("firstorder", "glcm")).for_backend()
    {'binWidth': 25.0, 'force2D': True, 'force2Ddimension': 0, 'distances': [1], 'label': 1}
    """

    intensity_unit: str
    spacing_mm: tuple
    bin_width: float | None
    bin_count: int | None
    classes: tuple

    @property
    def dimensions(self):
        return len(self.spacing_mm)

    def for_backend(self):
        """The same under the names that PyRadiomics gives them."""
        bins = {"binWidth": self.bin_width} if self.bin_count is None else {"binCount": self.bin_count}
        return {
            **bins,
            "force2D": self.dimensions == 2,
            "force2Ddimension": 0,
            "distances": [1],
            "label": 1,
        }

    def describe(self):
        """A dict of plain values, as it lies in a table's ``attrs["settings"]``."""
        return {**asdict(self), "classes": list(self.classes), "spacing_mm": list(self.spacing_mm)}


def chosen_settings(unit, spacing_mm, bin_width, bin_count, classes):
    """FeatureSettings with the defaults of `extract_features` filled in; a wrong choice is refused."""
    if bin_width is not None and bin_count is not None:
        raise ValueError("bin_width and bin_count are two ways to bin; give one of them.")
    if bin_count is not None and positive_integer(bin_count, "bin_count") > MOST_LEVELS:
        raise ValueError(f"bin_count must be at most {MOST_LEVELS}; got {bin_count}. 16 to 128 are usual.")
    if bin_width is None and bin_count is None:
        if unit == "HU":
            bin_width = HU_BIN_WIDTH
        elif unit == "a.u.":
            bin_count = BIN_COUNT
        else:
            raise ValueError(
                "plain arrays carry no unit, so no bins can be chosen for them: give bin_width=25 for "
                "Hounsfield units, bin_count=32 for arbitrary units, or hand in a Cohort."
            )
    known = CLASSES_2D if len(spacing_mm) == 2 else CLASSES_3D
    classes = known if classes is None else tuple(np.atleast_1d(classes).tolist())
    unknown = [name for name in classes if name not in known]
    if unknown or not classes or len(set(classes)) < len(classes):
        raise ValueError(
            f"classes must be some of {', '.join(known)} for {len(spacing_mm)}-D images, each once; "
            f"got {list(classes)}."
        )
    return FeatureSettings(
        unit,
        spacing_mm,
        None if bin_width is None else positive_number(bin_width, "bin_width"),
        None if bin_count is None else positive_integer(bin_count, "bin_count"),
        tuple(name for name in known if name in classes),
    )


# The classes may differ (then the columns do, and say so themselves); these may not.
COMPARED = {
    "intensity_unit": "intensity units",
    "spacing_mm": "pixel spacings",
    "bin_width": "bin widths",
    "bin_count": "bin counts",
}


def refuse_different_settings(first, second):
    """Refuse to compare two feature tables that were measured in different ways.

    Texture features depend on the bins and on the pixel spacing as much as on the tissue, and an intensity
    in HU has no counterpart in arbitrary units; a difference between such tables says nothing about
    patients. The settings travel in ``table.attrs["settings"]``. A table without them, read from a CSV
    say, cannot be checked and passes.

    Parameters
    ----------
    first, second : pandas.DataFrame
        As `extract_features` gives them.

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If unit, spacing, bin width or bin count differ; the message names each with both values.

    Examples
    --------
    >>> import pandas as pd
    >>> first, second = pd.DataFrame(), pd.DataFrame()
    >>> first.attrs["settings"] = {"intensity_unit": "HU", "bin_width": 25.0}
    >>> second.attrs["settings"] = {"intensity_unit": "HU", "bin_width": 10.0}
    >>> refuse_different_settings(first, second)
    Traceback (most recent call last):
    ...
    ValueError: the two tables cannot be compared: different bin widths (25.0 and 10.0). Extract both with
    the same settings.
    """
    one, other = (table.attrs.get("settings") for table in (first, second))
    if one is None or other is None:
        return
    differing = [
        f"different {words} ({one.get(key)} and {other.get(key)})"
        for key, words in COMPARED.items()
        if not _same(one.get(key), other.get(key))
    ]
    if differing:
        raise ValueError(
            f"the two tables cannot be compared: {', '.join(differing)}. Extract both with the same settings."
        )


def _same(one, other):
    numbers = all(isinstance(value, (int, float, list, tuple)) for value in (one, other))
    if not numbers or np.shape(one) != np.shape(other):
        return one == other
    return bool(np.allclose(one, other, rtol=1e-6, atol=0))
