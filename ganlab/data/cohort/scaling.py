"""Intensities to the [-1, 1] that networks work in, and back: one line for a cohort, or scan by scan."""

from dataclasses import dataclass

import numpy as np
import torch
from array_api_compat import is_torch_array

from ganlab.shapes import Array, Batch, Images
from ganlab.validation import as_array, as_samples


@dataclass(frozen=True)
class Scaling:
    r"""A straight line that takes the intensities `low` to -1 and `high` to 1, and its inverse.

    .. math:: x_\text{network} = 2\,\frac{x - \text{low}}{\text{high} - \text{low}} - 1

    Nothing is clipped, so that the way back is exact (to float32 rounding): an intensity outside
    [low, high] lies outside [-1, 1]. A generator that ends in tanh cannot reach it.

    Parameters
    ----------
    low, high : numbers, low < high
        Intensities, in `unit`.
    unit : str
        "HU" or "a.u.", for display.

    Examples
    --------
    >>> window = Scaling(-1000, 1000, "HU")
    >>> window.to_network([-1000.0, 0.0, 40.0])
    array([-1.  ,  0.  ,  0.04])
    >>> window.to_intensity(window.to_network([-1000.0, 0.0, 40.0]))
    array([-1000.,     0.,    40.])
    """

    low: float
    high: float
    unit: str = "a.u."

    def __post_init__(self):
        for name in ("low", "high"):
            object.__setattr__(self, name, float(as_array(getattr(self, name), name)))
        if not self.high > self.low:
            raise ValueError(f"high must be above low; got low={self.low:g}, high={self.high:g}.")

    @classmethod
    def fit(cls, images: Images, unit: str = "a.u.") -> "Scaling":
        """The scaling whose range is the smallest and the largest intensity of `images`.

        Fit it to the training part only and use it on every other part: a range taken from the test
        patients tells the model something about them.
        """
        images = as_samples(images, "images")
        return cls(float(images.min()), float(images.max()), unit)

    def to_network(self, images: Array) -> Array:
        """Intensities to network values; array or tensor, any shape, same kind and shape back."""
        return self._line(images, "images", lambda x: (x - self.low) * (2 / (self.high - self.low)) - 1)

    def to_intensity(self, values: Array) -> Array:
        """Network values, a generator's output say, to intensities; the inverse of `to_network`."""
        return self._line(values, "values", lambda x: (x + 1) * ((self.high - self.low) / 2) + self.low)

    def _line(self, values, name, line):
        values = as_array(values, name)
        # In double precision, so that there and back again is exact to the last float32 digit but one.
        if is_torch_array(values):
            return line(values.double()).to(values.dtype)
        return line(values.astype(np.float64)).astype(values.dtype)


def median_scaled(cohort) -> Batch:
    r"""Every scan divided by the median of its head, then moved to where networks work.

    .. math:: x_\text{network} = \mathrm{clip}\left(x / \mathrm{median}(x_\text{head}) - 1,\ -1,\ 1\right)

    Air lies at -1, the typical tissue at 0, and what is twice as bright at 1. An MR intensity is a
    number without a unit, multiplied by a gain that differs from scan to scan: without this step a
    translator is asked for a gain that nobody could know. For CT it would be wrong, because it throws
    away what a Hounsfield unit means.

    Parameters
    ----------
    cohort : Cohort
        With a mask of the head (or of the organ) for every image.

    Returns
    -------
    torch tensor, shape (n, 1, height, width), in [-1, 1]

    Raises
    ------
    ValueError
        If the intensities are Hounsfield units, or a mask marks a median of 0 or less.

    References
    ----------
    .. [1] Shinohara et al. (2014), Statistical normalization techniques for magnetic resonance imaging,
       doi:10.1016/j.nicl.2014.08.008, on why each scan is brought to a common scale.

    Examples
    --------
    >>> from ganlab.data import brain_slices
    >>> cohort = brain_slices("T1", 3, seed=0, size=32)
    >>> scans = median_scaled(cohort)
    >>> scans.shape, round(abs(float(np.median(scans.numpy()[0, 0][cohort.masks[0]]))), 2)
    (torch.Size([3, 1, 32, 32]), 0.0)
    """
    if cohort.intensity_unit == "HU":
        raise ValueError(
            "median_scaled is for intensities without a unit; these are Hounsfield units, whose meaning it "
            "would destroy. Use cohort.to_tensor()."
        )
    scans = []
    for row, (image, mask) in enumerate(zip(cohort.images, cohort.masks, strict=True)):
        median = float(np.median(image[mask]))
        if not median > 0:
            raise ValueError(
                f"the mask of image {row} marks a median intensity of {median:g}; expected a mask of the "
                "head, where the median is above 0."
            )
        scans.append(np.clip(image / median - 1, -1, 1))
    return torch.from_numpy(np.stack(scans)).float().unsqueeze(1)
