"""What a two-sample comparison returns: an Estimate that also has a p-value."""

from dataclasses import dataclass

from ganlab.diagnostics.estimate import Estimate


@dataclass(frozen=True, kw_only=True)
class Comparison(Estimate):
    """How far two samples are apart, and how often two samples of one distribution would be as far apart.

    Parameters
    ----------
    name, value, interval, perfect, perfect_range, n, caveat, method
        As in Estimate; n counts the rows of y, the generated samples.
    p_value : float in (0, 1]
        The share of shuffles, the observed labels among them, at least as extreme as the observed value:
        (b + 1) / (n_permutations + 1), so it is never 0.
    n_permutations : int
        Shuffles of the labels behind the p-value and the perfect range.
    n_real : int
        Rows of x.

    Raises
    ------
    ValueError
        As Estimate does, or if the p-value is not above 0 and at most 1.

    Examples
    --------
    >>> found = Comparison("energy distance", 0.31, (0.2, 0.42), 0.0, (-0.03, 0.05), 200,
    ...                    p_value=0.001, n_permutations=999, n_real=150)
    >>> print(found.summary())
    Energy distance: 0.31 (95 % interval 0.2 to 0.42) from 200 samples; a perfect generator would get
    about 0 (-0.03 to 0.05), so this one differs; permutation p = 0.001 (999 shuffles, 150 real samples).
    """

    p_value: float
    n_permutations: int
    n_real: int

    def __post_init__(self):
        super().__post_init__()
        if not 0 < self.p_value <= 1:
            raise ValueError(f"p_value of {self.name!r} must be above 0 and at most 1; got {self.p_value}.")

    def summary(self):
        """The sentence of Estimate, with the p-value."""
        return (
            f"{super().summary()[:-1]}; permutation p = {self.p_value:.2g} "
            f"({self.n_permutations:,} shuffles, {self.n_real:,} real samples)."
        )


@dataclass(frozen=True, kw_only=True)
class FrechetComparison(Comparison):
    """A Comparison of Gaussian fits that also keeps the number that other programs print.

    Parameters
    ----------
    name, value, interval, perfect, perfect_range, n, caveat, method, p_value, n_permutations, n_real
        As in Comparison; the value is corrected for the bias of a finite sample.
    plug_in : float >= 0
        The distance between the two fits as they stand, uncorrected: what is published as FID.
    plug_in_perfect : float > 0
        What `plug_in` is on average for a second sample of the real distribution, of the same size.

    Raises
    ------
    ValueError
        As Comparison does.

    Examples
    --------
    >>> found = FrechetComparison("Frechet distance", 0.1, (-0.1, 0.3), 0.0, (-0.2, 0.2), 100, p_value=0.2,
    ...                           n_permutations=199, n_real=100, plug_in=0.86, plug_in_perfect=0.76)
    >>> found.plug_in, found.plug_in_perfect
    (0.86, 0.76)
    """

    plug_in: float
    plug_in_perfect: float
