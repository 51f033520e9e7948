"""Between intensities with a unit and the [-1, 1] that networks work in, and back."""

from dataclasses import dataclass

import numpy as np
from array_api_compat import is_torch_array

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

    Raises
    ------
    ValueError
        If a bound is not finite or `high` is not above `low`.

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
    def fit(cls, images, unit="a.u."):
        """The scaling whose range is the smallest and the largest intensity of `images`.

        Fit it to the training part only and use it on every other part: a range taken from the test
        patients tells the model something about them.
        """
        images = as_samples(images, "images")
        return cls(float(images.min()), float(images.max()), unit)

    def to_network(self, images):
        """Intensities to network values; array or tensor, any shape, same kind and shape back."""
        return self._line(images, "images", lambda x: (x - self.low) * (2 / (self.high - self.low)) - 1)

    def to_intensity(self, values):
        """Network values, a generator's output say, to intensities; the inverse of `to_network`."""
        return self._line(values, "values", lambda x: (x + 1) * ((self.high - self.low) / 2) + self.low)

    def _line(self, values, name, line):
        values = as_array(values, name)
        # In double precision, so that there and back again is exact to the last float32 digit but one.
        if is_torch_array(values):
            return line(values.double()).to(values.dtype)
        return line(values.astype(np.float64)).astype(values.dtype)
