"""How features are measured: unit, spacing, bins and classes, with the defaults for what is not stated."""

from dataclasses import asdict, dataclass

import numpy as np

from ganlab.radiomics.extraction.names import CLASSES_2D, CLASSES_3D
from ganlab.validation import positive_integer, positive_number

DEFAULT_BINS = {"HU": (25.0, None), "a.u.": (None, 32)}  # by unit: width, count
# A joint histogram of n levels has n^2 cells for each of 4 or 13 directions.
MOST_LEVELS = 1024


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
    >>> FeatureSettings("HU", (0.9375, 0.9375), 25.0, None, ("firstorder", "glcm")).as_pyradiomics()
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

    def as_pyradiomics(self):
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
    if bin_width is None and bin_count is None:
        if unit not in DEFAULT_BINS:
            raise ValueError(
                "plain arrays carry no unit, so no bins can be chosen for them: give bin_width=25 for "
                "Hounsfield units, bin_count=32 for arbitrary units, or hand in a Cohort."
            )
        bin_width, bin_count = DEFAULT_BINS[unit]
    if bin_width is not None:
        bin_width = positive_number(bin_width, "bin_width")
    elif (bin_count := positive_integer(bin_count, "bin_count")) > MOST_LEVELS:
        raise ValueError(f"bin_count must be at most {MOST_LEVELS}; got {bin_count}. 16 to 128 are usual.")
    known = CLASSES_2D if len(spacing_mm) == 2 else CLASSES_3D
    classes = known if classes is None else tuple(np.atleast_1d(classes).tolist())
    unknown = [name for name in classes if name not in known]
    if unknown or not classes or len(set(classes)) < len(classes):
        raise ValueError(
            f"classes must be some of {', '.join(known)} for {len(spacing_mm)}-D images, each once; "
            f"got {list(classes)}."
        )
    classes = tuple(name for name in known if name in classes)
    return FeatureSettings(unit, spacing_mm, bin_width, bin_count, classes)
