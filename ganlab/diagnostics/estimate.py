"""What every diagnostic returns, an `Estimate`: a number, its interval, and what a perfect generator gets."""

import math
from dataclasses import dataclass

from ganlab.shapes import Interval


@dataclass(frozen=True)
class Estimate:
    """One number about a generator, with everything needed not to over-read it.

    Parameters
    ----------
    name : str
        What was measured, as it reads in a sentence: "share of high-quality samples".
    value : float
        The estimate. ``float(estimate)`` gives it too.
    interval : pair of floats
        Its 95 % confidence interval, (low, high): what the same generator would be found to have, up to
        the luck of the samples.
    perfect : float
        What a generator that samples the real distribution itself gets on average with as many samples.
        Seldom 0 or 1.
    perfect_range : pair of floats
        The range that such a generator's score falls into 95 times in 100. A value outside it calls
        the generator imperfect, wrongly in at most 5 % of cases.
    n : int
        Fake or synthetic samples measured.
    caveat : str
        What this number cannot see, in one clause without a final stop; may be empty.
    method : str
        How the interval and the perfect range were found, in one clause; may be empty.

    Examples
    --------
    >>> share = Estimate("share of high-quality samples", 0.93, (0.91, 0.95), 0.989, (0.984, 0.993), 1000,
    ...                  "says nothing about missing modes")
    >>> share.as_perfect, float(share)
    (False, 0.93)
    >>> print(share.summary())
    Share of high-quality samples: 0.93 (95 % interval 0.91 to 0.95) from 1,000 samples; a perfect generator
    would get about 0.989 (0.984 to 0.993), so this one differs; it says nothing about missing modes.
    """

    name: str
    value: float
    interval: Interval
    perfect: float
    perfect_range: Interval
    n: int
    caveat: str = ""
    method: str = ""

    def __post_init__(self):
        for field in ("interval", "perfect_range"):
            low, high = (float(bound) for bound in getattr(self, field))
            if not low <= high:
                raise ValueError(f"{field} of {self.name!r} must run from low to high; got {low} to {high}.")
            object.__setattr__(self, field, (low, high))
        for field in ("value", "perfect"):
            number = float(getattr(self, field))
            if math.isnan(number):
                raise ValueError(
                    f"{field} of {self.name!r} is NaN; a diagnostic must refuse such input itself."
                )
            object.__setattr__(self, field, number)

    def __float__(self):
        return self.value

    @property
    def as_perfect(self) -> bool:
        """Whether a perfect generator could well have got this."""
        low, high = self.perfect_range
        return low <= self.value <= high

    def summary(self) -> str:
        """The number, its interval, the perfect generator's and the caveat, in one plain sentence."""
        comparison = "which this one cannot be told from" if self.as_perfect else "so this one differs"
        name = self.name[:1].upper() + self.name[1:]
        caveat = f"; it {self.caveat}" if self.caveat else ""
        return (
            f"{name}: {_short(self.value)} (95 % interval {_span(self.interval)}) from {self.n:,} samples; "
            f"a perfect generator would get about {_short(self.perfect)} ({_span(self.perfect_range)}), "
            f"{comparison}{caveat}."
        )


def _short(number):
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def _span(pair):
    return f"{_short(pair[0])} to {_short(pair[1])}"
