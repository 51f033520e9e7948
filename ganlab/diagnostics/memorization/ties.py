"""Counts, grades, rounded ages: rows whose values repeat by chance are spread within their ties."""

import numpy as np

# Two patients who agree in a feature this often say little about who they are.
COARSE = 0.05
# So few rows expected to coincide by chance in all their features: one that does is a copy.
BY_CHANCE = 1e-3
SAME = 1e-9  # in standard deviations: what rounding leaves between equal values


def spread_ties(sets, seed):
    r"""Rows of features with their repeated values spread at random, as if they had been measured finer.

    With whole numbers two patients may agree in every feature, and a distance of 0 is then no sign of a copy.
    Each value v of a feature with repeated values gets a uniform number added (the distributional transform),
    as wide as its neighbours are apart, or as a normal distribution would need to hold its share of train:

    .. math:: x_j \to x_j + w_j(x_j)\,\big(U - \tfrac12\big), \qquad
       w_j(v) = \max\big(\min |v - v'|,\ \sqrt{2\pi}\, s_j\, \hat p_j(v)\big)

    The same is done to all sets, so whatever was exchangeable stays so. Features in which two training rows
    agree more often than 1 in 20 are left out, where finer ones are there: sex says little about who somebody
    is, and its spread would hide what the others say. Where rows cannot coincide by chance (fewer than 0.001
    in all, if features agree independently), rows that do are one patient, and are spread alike.

    Parameters
    ----------
    sets : dict of arrays, shape (n, d)
        "train" among them, which alone decides what repeats.
    seed : int

    Returns
    -------
    dict of arrays
        The very same sets if no two different training rows agree in any feature.

    References
    ----------
    .. [1] Rüschendorf (2009), On the distributional transform, Sklar's theorem, and the empirical copula
       process, doi:10.1016/j.jspi.2009.05.030.
    """
    train = sets["train"]
    scale = train.std(axis=0)
    varied = scale > 0
    steps = {name: np.round(rows[:, varied] / (SAME * scale[varied])) + 0.0 for name, rows in sets.items()}
    # A patient who is there twice repeats in everything, which says nothing about one of several features.
    different = np.unique(steps["train"], axis=0) if varied.sum() > 1 else steps["train"]
    values = [np.unique(column, return_counts=True) for column in different.T]
    pairs = len(different) * (len(different) - 1) / 2
    agreeing = np.array([(counts * (counts - 1)).sum() / 2 for _, counts in values])
    if not agreeing.any():
        return sets
    # Three pairs more than none is what a share of none may well be.
    chance = np.prod(np.maximum(agreeing, 3) / pairs) * len(train) * max(map(len, sets.values()))
    rng = np.random.default_rng(seed)
    noise = {name: rng.random(rows.shape) - 0.5 for name, rows in steps.items()}
    if chance < BY_CHANCE:
        _share_noise(steps, noise)
    coarse = agreeing > COARSE * pairs
    kept = ~coarse if (~coarse).any() else np.ones_like(coarse)
    spread = {}
    for name, rows in sets.items():
        rows = rows.astype(float)
        rows[:, varied] += (
            noise[name]
            * scale[varied]
            * np.column_stack(
                [_widths(column, *known) for column, known in zip(steps[name].T, values, strict=True)]
            )
        )
        chosen = np.ones(rows.shape[1], bool)
        chosen[varied] = kept
        spread[name] = rows[:, chosen]
    return spread


def _widths(column, values, counts):
    """How wide each value of a feature is spread, in its standard deviations; 0 if none repeats."""
    if counts.max() == 1:
        return np.zeros(len(column))
    place = np.searchsorted(values, column).clip(max=len(values) - 1)
    known = np.where((values[place] == column) & (counts[place] > 1), counts[place], 0)
    return np.maximum(SAME * np.diff(values).min(), np.sqrt(2 * np.pi) * known / counts.sum())


def _share_noise(steps, noise):
    """Rows that coincide are spread alike, wherever they stand."""
    first = {}
    for name, rows in steps.items():
        for row, values in enumerate(rows):
            noise[name][row] = first.setdefault(values.tobytes(), noise[name][row])
