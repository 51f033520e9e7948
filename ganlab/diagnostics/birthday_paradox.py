"""Birthday paradox: duplicates in a small batch tell how few different samples a generator has."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import gamma, nbinom

from ganlab.diagnostics.estimate import Estimate
from ganlab.shapes import Samples
from ganlab.validation import as_numpy, as_samples, positive_integer, positive_number

SHOWN = 50  # pairs that are kept to be looked at


@dataclass(frozen=True)
class BirthdayParadox:
    """What `birthday_paradox` found.

    Attributes
    ----------
    support : Estimate
        How many equally likely different samples would collide as often.
    even_odds_batch : float
        The batch in which a duplicate is as likely as not, :math:`\\sqrt{2 \\ln 2 \\cdot S}` for support S.
    n_duplicates : int
        Pairs of samples at most the threshold apart.
    pairs : int array, shape (<= 50, 2)
        The closest of them, closest first, as rows of `samples`, to be looked at.
    """

    support: Estimate
    even_odds_batch: float
    n_duplicates: int
    pairs: np.ndarray

    def summary(self):
        """One plain sentence."""
        return self.support.summary()


def birthday_paradox(samples: Samples, threshold: float, *, real: Samples | None = None) -> BirthdayParadox:
    r"""Estimate the size of a generator's support from the near-duplicates in a batch.

    Among n samples of S equally likely kinds, :math:`\binom n2 / S` pairs are expected to collide, so

    .. math:: \hat S = \binom n2 \Big/ \#\{i < j : \lVert x_i - x_j \rVert \le \text{threshold}\}

    A batch of s with a duplicate every second time means :math:`S \approx s^2 / (2 \ln 2)`, the rule of the
    paper: it is the same estimate, read at one batch size. Where kinds are not equally likely this is the
    *effective* number :math:`1 / \sum p^2`, which the frequent kinds rule.

    What counts as a duplicate is the threshold's choice, and all depends on it: take
    :func:`birthday_threshold`, and look at the pairs. Nothing is seen of copies of *training* images, nor of
    kinds that are rare among many: a generator that puts half of its samples on one image has an effective
    support below 4, whatever the other half looks like.

    Parameters
    ----------
    samples : array, shape (n, ...), n >= 2
        Fake samples, independently drawn.
    threshold : number >= 0
        Largest Euclidean distance between duplicates.
    real : array, shape (N, ...), N >= 2, or None
        Real samples, which say how often a perfect generator would collide. Best others than those that
        the threshold was chosen on.

    Returns
    -------
    BirthdayParadox
        `support` is infinite where no pair collides; its interval then says from where on. The interval is
        about one over the probability that two fresh samples collide. Without `real`, `perfect` is infinite,
        as for a continuous distribution with a threshold of almost 0, and the range says nothing.

    References
    ----------
    .. [1] Arora & Zhang (2017), Do GANs actually learn the distribution? An empirical study,
       arXiv:1706.08224.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> twenty_images = rng.normal(size=(20, 16))
    >>> samples = twenty_images[rng.integers(20, size=100)] + 1e-3 * rng.normal(size=(100, 16))
    >>> report = birthday_paradox(samples, threshold=0.1)
    >>> low, high = report.support.interval
    >>> bool(low < 20 < high), 4 < report.even_odds_batch < 6
    (True, True)
    """
    samples = _table(samples, "samples")
    if threshold != 0:
        threshold = positive_number(threshold, "threshold")
    n = len(samples)
    distances = pdist(samples)
    close = np.flatnonzero(distances <= threshold)
    first, second = _pair_of(close, n)
    collisions = _collisions(first, second, n)

    perfect, perfect_range = math.inf, (0.0, math.inf)
    if real is not None:
        real = _table(real, "real")
        if real.shape[1] != samples.shape[1]:
            raise ValueError(
                f"samples and real must have equal features; got {samples.shape[1]} and {real.shape[1]}."
            )
        collide = np.flatnonzero(pdist(real) <= threshold)
        expected = _collisions(*_pair_of(collide, len(real)), len(real))
        perfect, perfect_range = expected.support, expected.range_for(math.comb(n, 2))
    support = Estimate(
        "effective size of the support", collisions.support, collisions.interval(), perfect, perfect_range, n,
        f"counts samples within {threshold:.3g} as duplicates, and sees no copies of training samples",
        "gamma interval of the number of colliding pairs, widened by their dependence",
    )  # fmt: skip
    shown = np.argsort(distances[close], kind="stable")[:SHOWN]
    even_odds = math.sqrt(2 * math.log(2) * support.value)
    return BirthdayParadox(support, even_odds, len(close), np.stack([first[shown], second[shown]], axis=1))


def birthday_threshold(real: Samples, rank: int = 1) -> float:
    """Closer than real samples come: the distance of the closest pair among them, or of a later one.

    With the r-th closest of :math:`\\binom N2` real pairs, about r of as many pairs of a perfect generator
    would count as duplicates.

    Parameters
    ----------
    real : array, shape (N, ...), N >= 2
        Different real samples, one for each patient: slices of one patient are duplicates already.
    rank : int >= 1
        r above. A larger one is less at the mercy of a single pair.

    Returns
    -------
    threshold : float >= 0
        In the unit of the data; 0 if real samples repeat, which is worth a look.

    Examples
    --------
    >>> birthday_threshold([0.0, 1.0, 5.0])
    1.0
    """
    distances = pdist(_table(real, "real"))
    rank = positive_integer(rank, "rank")
    if rank > len(distances):
        raise ValueError(f"rank must be at most the number of pairs, {len(distances)}; got {rank}.")
    return float(np.partition(distances, rank - 1)[rank - 1])


@dataclass(frozen=True)
class _Colliding:
    """Colliding pairs, all pairs, and by how much their dependence widens the spread of a Poisson count."""

    count: int
    pairs: int
    dispersion: float

    @property
    def support(self):
        return self.pairs / self.count if self.count else math.inf

    def interval(self):
        low, high = gamma.ppf([0.025, 0.975], self.count / self.dispersion + 0.5) * self.dispersion
        high = max(high, self.count)  # a dispersion of nearly 0 rounds
        return self.pairs / high, self.pairs / min(low, self.count) if self.count else math.inf

    def range_for(self, pairs):
        """Where the support estimate of as many pairs of the same distribution falls 95 times in 100."""
        shape = self.count / self.dispersion + 0.5
        counts = nbinom.ppf([0.025, 0.975], shape, self.pairs / (self.pairs + pairs)) * self.dispersion
        low, high = (pairs / count if count else math.inf for count in counts[::-1])
        return min(low, self.support), max(high, self.support)


def _pair_of(places, n):
    """The two samples of each pair, from its place in the condensed order of scipy's pdist."""
    partners = np.arange(n - 1, 0, -1)  # of the first sample, the second, ...
    starts = partners.cumsum() - partners
    first = np.searchsorted(starts, places, side="right") - 1
    return first, places - starts[first] + first + 1


def _collisions(first, second, n):
    count, pairs = len(first), math.comb(n, 2)
    if count == 0 or n < 3:
        return _Colliding(count, pairs, 1.0)
    degree = np.bincount(first, minlength=n) + np.bincount(second, minlength=n)
    share = count / pairs
    # The variance of a U-statistic of pairs: two pairs with a sample in common do not collide independently.
    triples = (degree * (degree - 1.0)).sum() / (n * (n - 1) * (n - 2))
    variance = (4 * (n - 2) * max(triples - share**2, 0.0) + 2 * share * (1 - share)) / (n * (n - 1))
    return _Colliding(count, pairs, max(variance * pairs**2 / count, 1e-9))


def _table(samples, name):
    samples = as_numpy(as_samples(samples, name)).astype(float)
    if samples.size == 0 or len(samples) < 2:
        raise ValueError(f"{name} must hold two samples or more, of shape (n, ...); got {samples.shape}.")
    return samples.reshape(len(samples), -1)
