"""What no patient can have: laws that every real patient obeys, and the synthetic rows that break them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import linalg, special

from ganlab.progress import with_progress

ENOUGH_TO_LEARN = 50  # real patients; fewer show no law
MOST_LEVELS, FEWEST_OF_A_LEVEL = 10, 5  # values of a category, and patients with the rarest of them
# By a smooth tail this many reals would be expected further out; that there are none has a chance of 0.001.
EXPECTED_BEYOND = 7
# From the median, in lengths of what reaches to the furthest real one, and to that of one real in 20.
FURTHEST, ONE_IN_TWENTY = 1.5, 3.0
TAIL, BY_LUCK = 0.05, 0.001  # the lowest patients, and the chance of a fresh one further out than all
ENOUGH_IN_A_TAIL, SLACK = 10, 1.6  # patients, to say where it ends; and how much further it may reach
FAR_OUT = 3  # Tukey's outer fences, in interquartile ranges from the quartiles
EXACT, ROUNDED = 1e-6, 0.05  # of a sum, in real standard deviations
NEARLY_DEPENDENT = 0.02  # share of a column that the others leave unexplained


@dataclass(frozen=True)
class Law:
    """Something that is true of every real patient.

    Parameters
    ----------
    feature : str
        Of which feature; of a sum, the one that the others add up to.
    words : str
        What is true, to follow "all real patients".
    breaks : function of a DataFrame -> bool array
        True for each row that breaks the law.
    strict : bool
        Whether a single row that breaks it stands in the way of acceptance. The range of a continuous feature
        is only what was seen, and a rare kind of patient may lie outside.
    beyond : function of a DataFrame -> bool array, or None
        Of a law that is not strict: rows so far out that a single one counts after all.
    """

    feature: str
    words: str
    breaks: Callable = field(repr=False)
    strict: bool = True
    beyond: Callable | None = field(default=None, repr=False)

    def is_strict_for(self, rows):
        """Whether a single one of these rows stands in the way of acceptance."""
        return self.strict or (self.beyond is not None and bool(self.beyond(rows).any()))


@dataclass(frozen=True)
class PossibleValues:
    """Which laws the reals show, and which of them synthetic rows break.

    Parameters
    ----------
    laws : tuple of Law
    broken, far_out : tuple of (Law, DataFrame)
        The rows that break it, laws broken by most rows first. Few rows outside the range of a continuous
        feature are only far out, and no evidence.
    n_real, n_synthetic : int
    n_impossible : int
        Synthetic rows that break any law.
    p_value : float in (0, 1]
    """

    laws: tuple = field(repr=False)
    broken: tuple = field(repr=False)
    far_out: tuple = field(repr=False)
    n_real: int
    n_synthetic: int
    n_impossible: int
    p_value: float

    @property
    def applicable(self):
        """Whether there was anything to ask: a strict law, or a range that many rows lie outside."""
        return bool(self.broken) or any(law.strict for law in self.laws)

    def in_words(self, most=None):
        """A sentence for each law that is broken: the feature, a value, the patients, the law."""
        return tuple(_in_words(law, rows, self.n_real) for law, rows in self.broken[:most])


def possible_values(real, synthetic, level):
    r"""Learn laws from real patients, and look for synthetic rows that break them.

    If real and synthetic rows were exchangeable, all k rows that break a law would be synthetic ones with
    the chance

    .. math:: p = \binom m k \Big/ \binom{n + m} k

    for n real and m synthetic rows. This is exact whatever the distributions are; the smallest is multiplied
    by the number of laws (Bonferroni).

    Parameters
    ----------
    real, synthetic : DataFrame of float
        The same columns. Held-out patients may be among the real ones.
    level : number in (0, 1)
        Of evidence against the range of a continuous feature.

    Returns
    -------
    PossibleValues
    """
    laws = learn_laws(real)
    broken, far_out, impossible = [], [], np.zeros(len(synthetic), dtype=bool)
    p_values = [1.0]
    for law in laws:
        breaks = law.breaks(synthetic)
        law = replace(law, strict=law.is_strict_for(synthetic))
        p_value = len(laws) * chance_of_all(breaks.sum(), len(real), len(synthetic))
        if law.strict or p_value <= level:
            p_values.append(p_value)
            impossible |= breaks
        if breaks.any():
            (broken if law.strict or p_value <= level else far_out).append((law, synthetic[breaks]))
    broken, far_out = (tuple(sorted(pairs, key=lambda pair: -len(pair[1]))) for pairs in (broken, far_out))
    sizes = {"n_real": len(real), "n_synthetic": len(synthetic), "n_impossible": int(impossible.sum())}
    return PossibleValues(tuple(laws), broken, far_out, **sizes, p_value=min(p_values))


def _in_words(law, rows, n_real):
    some = ", ".join(map(str, rows.index[:3])) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
    value = f"{rows[law.feature].iloc[0]:.6g}"
    return f"{law.feature!r} is {value} in {some}, and all {n_real} real patients {law.words}"


def chance_of_all(k, n, m):
    """The chance that all of k rows, drawn from n real and m synthetic ones, are synthetic.

    Examples
    --------
    Two of two: one pair of six.

    >>> round(chance_of_all(2, n=2, m=2), 6)
    0.166667
    """
    log = [special.gammaln(total + 1) - special.gammaln(total - k + 1) for total in (m, n + m)]
    return float(np.exp(log[0] - log[1]))


def learn_laws(real):
    """The laws that a table of real patients shows: none below 50 patients.

    Parameters
    ----------
    real : DataFrame of float

    Returns
    -------
    list of Law

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"stage": rng.integers(1, 4, 200), "age": rng.normal(60, 9, 200).round()})
    >>> [(law.feature, law.words) for law in learn_laws(table)[:2]]
    [('stage', 'have one of 1, 2, 3'), ('age', 'have a whole number')]
    """
    if len(real) < ENOUGH_TO_LEARN:
        return []
    columns = with_progress(real.columns, "learning what is possible")
    laws = [law for name in columns for law in _laws_of_one(name, real[name].to_numpy())]
    return laws + _sums(real)


def _laws_of_one(name, values):
    """The laws of a single feature."""
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) < 2:
        return
    category = len(levels) <= MOST_LEVELS and counts.min() >= FEWEST_OF_A_LEVEL
    if category and _is_an_end(*counts[:2]) and _is_an_end(*counts[:-3:-1]):
        words = f"have one of {', '.join(f'{level:g}' for level in levels)}"
        yield Law(name, words, lambda table: ~_among(table[name].to_numpy(), levels))
        return
    whole = bool((levels == np.floor(levels)).all())
    if whole:
        yield Law(name, "have a whole number", lambda table: (table[name] % 1 != 0).to_numpy())
    floor = _ends_at_zero(values, whole)
    if floor:
        yield Law(name, "have 0 or more", lambda table: (table[name] < 0).to_numpy())
    elif values.min() >= 0:
        yield _never_negative(name, values)
    yield from _range(name, values, sides=(1,) if floor else (1, -1), strict=whole)


def _never_negative(name, values):
    """No real one lies below 0, which may be luck: a single row counts only where their tail does not reach.

    A tail that falls as e^(-x) has everywhere the same mean excess, which is its length. One that ends
    somewhere has a mean excess that falls to 0 there, in a straight line.
    """
    further, start, quartile, upper = np.quantile(values, [4 * TAIL, TAIL, 0.25, 0.75])
    furthest = values.min()
    before, length = (end - values[values <= end].mean() for end in (further, start))
    heavy = quartile - furthest > FAR_OUT * (upper - quartile)
    reach = furthest - length * np.log(1 / BY_LUCK)
    if TAIL * len(values) >= ENOUGH_IN_A_TAIL and before > length:
        reach = max(reach, start - SLACK * length * (further - start) / (before - length))
    bound = -np.inf if heavy else min(0.0, reach)

    def below(limit):
        return lambda table: (table[name] < limit).to_numpy()

    return Law(name, "have 0 or more", below(0), strict=False, beyond=below(bound))


def _among(values, levels):
    """Which values are one of the levels, to the last digits of a float."""
    nearest = np.abs(values[:, None] - levels).min(axis=1)
    return nearest <= 1e-9 * np.abs(levels).max()


def _ends_at_zero(values, whole):
    """Whether so many reals lie just above 0 that some would lie below, were 0 no end."""
    if values.min() < 0:
        return False
    step = 1.0 if whole else np.median(values) / 4
    last, before = (int(((values >= i * step) & (values < (i + 1) * step)).sum()) for i in (0, 1))
    return _is_an_end(last, before)


def _is_an_end(last, before):
    """Whether the counts of the last two of equal steps say that there is no further one.

    In a smooth tail such counts fall ever faster (log-concavity), so about the square of the last over the
    last but one is expected further out.
    """
    return last**2 >= EXPECTED_BEYOND * max(before, 1)


def _range(name, values, sides, strict):
    """How far out a fresh patient may lie, on each side on which no real one lies far out."""
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    ends = np.quantile(values, [0.05, 0.95])
    for side in sides if high > low else ():
        furthest = side * (side * values).max()
        quartile = high if side > 0 else low
        if abs(furthest - quartile) > FAR_OUT * (high - low):
            continue  # a heavy tail has no end
        tail = FURTHEST * abs(furthest - median), ONE_IN_TWENTY * abs(ends[(side + 1) // 2] - median)
        bound = median + side * max(tail)
        words = f"have {furthest:.6g} or {'less' if side > 0 else 'more'}"
        yield Law(name, words, _beyond(name, side, bound), strict)


def _beyond(name, side, bound):
    return lambda table: (side * table[name] > side * bound).to_numpy()


def _sums(real):
    """Columns that add up to another one, or to a constant, in every real row.

    A pivoted QR decomposition of the centred columns separates those that depend on others; each has
    coefficients of its own, and is a sum if they are 1, 0 and -1.
    """
    step = max(1, len(real) // max(2 * real.shape[1], 200))
    values = real.to_numpy()[::step]  # found in some, asked in all
    centred = values - values.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    varies = np.flatnonzero(length > EXACT * np.abs(values).max(axis=0, initial=0))
    if len(varies) < 3 or len(values) < 2 * len(varies):
        return []
    triangle, order = linalg.qr(centred[:, varies] / length[varies], mode="r", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > NEARLY_DEPENDENT).sum())
    chosen, dependent = varies[order[:rank]], varies[order[rank:]]
    weights = linalg.solve_triangular(triangle[:rank, :rank], triangle[:rank, rank:])
    weights *= length[dependent] / length[chosen][:, None]
    laws = (_sum(real, chosen, last, np.round(w)) for last, w in zip(dependent, weights.T, strict=True))
    return [law for law in laws if law is not None]


def _sum(real, chosen, last, weights):
    """The law that a weighted sum of the chosen columns and minus the last one is constant, if it is."""
    used = np.flatnonzero(weights)
    if len(used) < 2 or np.abs(weights).max() > 1:
        return None
    columns = [real.columns[i] for i in (*chosen[used], last)]
    signs = np.array([*weights[used], -1.0])
    total = real[columns].to_numpy() @ signs
    constant, unit = float(np.median(total)), real[columns].std().min()
    for allowed in (EXACT * unit, _rounding(real[columns].to_numpy()) * len(columns) / 2):
        if np.abs(total - constant).max() <= 1.0001 * allowed <= ROUNDED * unit:
            break
    else:
        return None
    left, right = ([c for c, sign in zip(columns, signs, strict=True) if sign == s] for s in (1, -1))
    feature = left[0] if len(left) == 1 and len(right) > 1 else right[0]

    def breaks(table):
        return np.abs(table[columns].to_numpy() @ signs - constant) > 1.0001 * allowed

    stated = 0.0 if abs(constant) <= allowed else constant
    return Law(feature, f"obey {_equation(left, right, stated)}", breaks)


def _equation(left, right, constant):
    """In words: the left columns minus the right ones are constant; the single column stands first."""
    if len(left) == 1 and len(right) > 1:
        left, right, constant = right, left, -constant
    added, total = (" + ".join(map(str, side)) for side in (left, right))
    if not left:
        return f"{total} = {-constant:g}"
    return f"{total} = {added}" + (f" {'-' if constant > 0 else '+'} {abs(constant):g}" if constant else "")


def _rounding(values):
    """The unit to which all values were rounded, from 1 down to a millionth; 0 if to none."""
    for decimals in range(7):
        if np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-9):
            return 10.0**-decimals
    return 0.0
