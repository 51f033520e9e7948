"""How many of the modes, how good, and in which proportions: from a count of samples per mode."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import rel_entr
from scipy.stats import binom

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.intervals import share_interval
from ganlab.seeding import whole_seed
from ganlab.shapes import Samples, Seed
from ganlab.validation import as_array, as_numpy, positive_integer, positive_number

# A mode counts as found from this share of what a perfect generator would put there: on the grid of 25 with
# 2,500 samples that is the 20 samples of the literature.
FOUND = 0.2
DRAWS = 4000  # of simulated histograms, behind perfect values, ranges and intervals


@dataclass(frozen=True)
class ModeCoverage:
    """What a histogram of modes says: four estimates and the counts behind them.

    Attributes
    ----------
    found : Estimate
        Modes with at least the minimum count.
    high_quality : Estimate
        Share of the samples that belong to a mode at all.
    kl_from_real : Estimate
        KL(fake || real) of the histogram over modes, in nats: large where some modes are overdone.
    kl_to_fake : Estimate
        KL(real || fake), in nats: large where modes are missing.
    counts : dict of mode -> int
    outside : int
        Samples that belong to no mode.
    minimum_counts : dict of mode -> int
        From which count on each mode is found.
    """

    found: Estimate
    high_quality: Estimate
    kl_from_real: Estimate
    kl_to_fake: Estimate
    counts: dict
    outside: int
    minimum_counts: dict

    def summary(self):
        """One plain sentence for each number."""
        estimates = self.found, self.high_quality, self.kl_from_real, self.kl_to_fake
        return "\n".join(estimate.summary() for estimate in estimates)


def mode_histogram(
    labels: Sequence,
    weights: Mapping,
    *,
    outside: float = 0.0,
    minimum_count: int | None = None,
    pseudocount: float = 0.5,
    seed: Seed = 0,
) -> ModeCoverage:
    r"""Modes found, share of good samples and the histogram's KL, from labels that somebody else gave.

    Read the three together. A generator that puts one stray sample near every mode "hits" them all;
    one that makes flawless copies of one mode has the best quality; and a histogram can be in perfect
    proportion over the tenth of the samples that are any good.

    With :math:`p` the expected shares, :math:`c` the counts and :math:`a` the pseudocount,

    .. math:: q_j = \frac{c_j + a}{\sum_l (c_l + a)}, \qquad
       \mathrm{KL}(q \| p) = \sum_j q_j \log\frac{q_j}{p_j}, \qquad
       \mathrm{KL}(p \| q) = \sum_j p_j \log\frac{p_j}{q_j}

    The smoothing keeps the second finite where a mode is missing; what it then says depends on n and a,
    so compare it only at equal ones. A perfect generator gets about :math:`(k - 1) / (2n)`, not 0.

    Parameters
    ----------
    labels : sequence of length n
        The mode of each fake sample; None for one that belongs to none.
    weights : mapping of mode -> number > 0
        How frequent each mode is in the real distribution, on any scale. Every mode must be named.
    outside : number in [0, 1)
        Share of *real* samples that would be counted as belonging to no mode.
    minimum_count : int or None
        A mode with so many samples or more is found. None: from a fifth of what a perfect generator would
        put there, rounded up, mode by mode.
    pseudocount : number > 0
        Added to every count before both divergences.
    seed : int, torch.Generator or None
        Of the simulated histograms.

    Returns
    -------
    ModeCoverage
        Its intervals, with what each is about:

        `found`: the modes whose true share among the generator's samples reaches the minimum count over
        n. From Wilson intervals of every share, together at 95 %: certain to be a whole number, and to
        contain the truth in more than 95 % of cases.
        `high_quality`: the generator's true share; Wilson.
        Divergences: their expectation over fresh samples of the same size, smoothing included; from the
        spread of histograms simulated with the shares found.

        Perfect values and ranges come from histograms simulated with the expected shares. Where no
        sample belongs to a mode both divergences are infinite.

    Raises
    ------
    ValueError
        If a label is none of the modes, a number is out of its range, or a perfect generator would put none
        of n samples into a mode.

    References
    ----------
    .. [1] Srivastava et al. (2017), VEEGAN, arXiv:1705.07761.
    .. [2] Lin et al. (2018), PacGAN, arXiv:1712.04086.

    Examples
    --------
    >>> labels = ["homogeneous"] * 80 + ["rim-enhancing"] * 70 + [None] * 50
    >>> report = mode_histogram(labels, {"homogeneous": 45, "rim-enhancing": 45, "speckled": 10})
    >>> report.found.value, report.high_quality.value, report.counts["speckled"], report.outside
    (2.0, 0.75, 0, 50)
    >>> report.found.as_perfect, report.kl_to_fake.as_perfect
    (False, False)
    """
    modes, shares = _checked_weights(weights)
    try:
        places = {mode: place for place, mode in enumerate(modes)} | {None: len(modes)}
        codes = np.array([places[label] for label in labels], dtype=int)
    except (KeyError, TypeError) as problem:
        raise ValueError(
            f"labels must name one of the modes {modes}, or be None for a sample that belongs to none; "
            f"got {problem}."
        ) from None
    counts = np.bincount(codes, minlength=len(modes) + 1)
    inside = 1 - _checked_share(outside, "outside")
    return report_on_counts(modes, counts, shares, inside, minimum_count, pseudocount, seed)


def pattern_labels(oracle: object, images: Samples, *, typicality: float = 0.05) -> np.ndarray:
    """Ask an oracle for the mode of each image; None where the image is typical of none.

    Parameters
    ----------
    oracle : object
        With ``predict(images)`` and ``typicality(images)``, as :func:`ganlab.data.texture_oracle` gives.
    images : array or Cohort, n images
        Whatever the oracle reads.
    typicality : number in [0, 1)
        An image that is not more typical than this belongs to no mode. The same share of real images is
        given up: pass it to :func:`mode_histogram` as `outside`.

    Returns
    -------
    labels : array of object, shape (n,)

    Examples
    --------
    >>> class Sure:
    ...     def predict(self, images): return ["speckled"] * len(images)
    ...     def typicality(self, images): return [0.7, 0.01]
    >>> pattern_labels(Sure(), [[1.0], [2.0]])
    array(['speckled', None], dtype=object)
    """
    typicality = _checked_share(typicality, "typicality")
    labels = np.array(oracle.predict(images), dtype=object)
    labels[np.asarray(oracle.typicality(images)) <= typicality] = None
    return labels


def report_on_counts(modes, counts, shares, inside, minimum_count, pseudocount, seed):
    """The report on counts per mode, the last of them of samples in no mode.

    `shares` are those of the modes among real samples in a mode, which a real sample is with probability
    `inside`.
    """
    n = int(counts.sum())
    if n == 0:
        raise ValueError("there are no samples; expected one or more.")
    pseudocount = positive_number(pseudocount, "pseudocount")
    minimum = _minimum_counts(minimum_count, n * inside * shares)
    rng = np.random.default_rng(whole_seed(seed))
    perfect = rng.multinomial(n, [*(inside * shares), 1 - inside], size=DRAWS)[:, :-1]
    if not perfect.any():
        raise ValueError(
            f"a perfect generator would put none of {n} samples into a mode: a share of {inside:.2g} belongs "
            "there, and nothing could be compared with it. Raise the threshold: in d dimensions a sample "
            "lies about sqrt(d) standard deviations from its centre. For labels, lower outside."
        )
    alike = rng.multinomial(n, _likely_shares(counts, shares, pseudocount), size=DRAWS)[:, :-1]

    good = n - int(counts[-1])
    found = _found(counts[:-1], minimum, n, (perfect >= minimum).sum(axis=1))
    spread = tuple(binom.ppf([0.025, 0.975], n, inside) / n)  # none for a share of exactly 1
    quality = Estimate(
        "share of samples in a mode", good / n, share_interval(good, n), inside, spread, n,
        "says nothing about missing modes", "Wilson",
    )  # fmt: skip
    divergences = [
        _divergence(name, divergence, counts[:-1], shares, pseudocount, perfect, alike, n)
        for name, divergence in (
            ("KL(fake || real)", lambda fake, real: rel_entr(fake, real).sum(axis=1)),
            ("KL(real || fake)", lambda fake, real: rel_entr(real, fake).sum(axis=1)),
        )
    ]
    by_mode, minimum = (dict(zip(modes, values.tolist(), strict=True)) for values in (counts[:-1], minimum))
    return ModeCoverage(found, quality, *divergences, by_mode, int(counts[-1]), minimum)


def _likely_shares(counts, shares, pseudocount):
    """Shares of modes and of no mode that the generator may have, to simulate histograms with.

    The shares found differ from the expected ones by more than the generator's do: luck is added. So they
    are drawn in by as much as luck adds on average, k - 1 to a chi-square (Stein's estimator).
    """
    good = counts[:-1].sum()
    # A mode that this sample missed may have a small share all the same.
    seen = np.where(counts[:-1] > 0, counts[:-1], pseudocount)
    seen = seen / seen.sum()
    chi_square = good * ((seen - shares) ** 2 / shares).sum()
    kept = math.sqrt(max(0.0, 1 - (len(shares) - 1) / chi_square)) if chi_square > 0 else 0.0
    likely = shares + kept * (seen - shares)
    return np.append(likely * good, counts[-1]) / counts.sum()


def _found(counts, minimum, n, perfect):
    # Bonferroni: the shares of all modes at once.
    low, high = np.transpose([share_interval(count, n, 1 - 0.05 / len(counts)) for count in counts])
    value = int((counts >= minimum).sum())
    # At least 95 % of the simulated numbers of modes lie within.
    middle = tuple(float(np.quantile(perfect, q, method=m)) for q, m in ((0.025, "lower"), (0.975, "higher")))
    return Estimate(
        "modes found", value,
        (min(int((low >= minimum / n).sum()), value), max(int((high >= minimum / n).sum()), value)),
        float(perfect.mean()), middle, n,
        f"counts a mode from {_span(minimum)} samples on, in whatever proportion",
        "Wilson intervals of all shares at once",
    )  # fmt: skip


def _divergence(name, divergence, counts, shares, pseudocount, perfect, alike, n):
    def of_each(histograms):
        """The divergence of each histogram; infinite where it is empty."""
        smooth = histograms + pseudocount
        smooth = smooth / smooth.sum(axis=1, keepdims=True)
        return np.where(histograms.sum(axis=1) > 0, divergence(smooth, shares), np.inf)

    value, interval = float(of_each(counts[None])[0]), (0.0, math.inf)
    perfect, alike = (values[np.isfinite(values)] for values in (of_each(perfect), of_each(alike)))
    if value < math.inf:
        width = 1.96 * alike.std()
        interval = max(0.0, value - width), value + width
    return Estimate(
        f"{name} of the histogram over modes", value, interval, float(perfect.mean()),
        (min(0.0, perfect.min()), float(np.quantile(perfect, 0.95))), n,
        f"is about proportions only, with {pseudocount:g} added to each count",
        "spread of simulated histograms",
    )  # fmt: skip


def _minimum_counts(minimum_count, expected):
    """One whole number for each mode."""
    if minimum_count is None:
        # Rounded first, lest a product such as 100.00000000000001 / 5 count as more than 20.
        return np.maximum(np.ceil(np.round(FOUND * expected, 9)), 1).astype(int)
    return np.full(len(expected), positive_integer(minimum_count, "minimum_count"))


def _checked_weights(weights):
    if not isinstance(weights, Mapping) or len(weights) < 2 or None in weights:
        raise ValueError(
            "weights must map two modes or more to how frequent each is, None not among them; "
            f"got {weights!r}."
        )
    return list(weights), checked_shares(list(weights.values()))


def checked_shares(weights):
    """Weights on any scale as shares that add up to 1."""
    weights = as_numpy(as_array(weights, "weights")).astype(float)
    if weights.ndim != 1 or weights.min() <= 0:
        raise ValueError(f"weights must be numbers above 0, one for each mode; got {weights.tolist()}.")
    return weights / weights.sum()


def _checked_share(value, name):
    value = as_array(value, name)
    if value.ndim or not 0 <= value < 1:
        raise ValueError(f"{name} must be a share of at least 0 and below 1; got {value}.")
    return float(value)


def _span(minimum):
    low, high = minimum.min(), minimum.max()
    return f"{low}" if low == high else f"{low} to {high}"
