"""Answers to the tasks of 09-radiomic-validation: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, pd and stats are the notebook's own imports.
"""


# %% measure · wrong · area in pixels
# hint: An area needs both sides of a pixel
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique(np.floor(inside / bin_width), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * spacing_mm[0], inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · pixels counted, no spacing at all
# hint: expected 5
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique(np.floor(inside / bin_width), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() + 0.0 * spacing_mm[0] + 1, inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · a square pixel
# hint: its area is not the square of one side
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique(np.floor(inside / bin_width), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * spacing_mm[0] ** 2, inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · mean of the whole image
# hint: the mean of the whole image
def measure(image, mask, spacing_mm, bin_width):
    _, counts = np.unique(np.floor(image[mask] / bin_width), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * np.prod(spacing_mm), image.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · zeros outside the mask count
# hint: counted as 0
def measure(image, mask, spacing_mm, bin_width):
    _, counts = np.unique(np.floor(image[mask] / bin_width), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * np.prod(spacing_mm), np.mean(image * mask), -np.sum(share * np.log2(share))]


# %% measure · wrong · entropy in nats
# hint: That is in nats
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique(np.floor(inside / bin_width), return_counts=True)
    return [mask.sum() * np.prod(spacing_mm), inside.mean(), stats.entropy(counts)]


# %% measure · wrong · bins start at the darkest pixel
# hint: Their edges lie at multiples of the width
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique((inside - inside.min()) // bin_width, return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * np.prod(spacing_mm), inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · truncates instead of rounding down
# hint: Truncation goes towards 0
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique((inside / bin_width).astype(int), return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * np.prod(spacing_mm), inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · forgets the bins
# hint: Every intensity became a level of its own
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    _, counts = np.unique(inside, return_counts=True)
    share = counts / counts.sum()
    return [mask.sum() * np.prod(spacing_mm), inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · two of three features
# hint: expected 3 numbers
def measure(image, mask, spacing_mm, bin_width):
    return [mask.sum() * np.prod(spacing_mm), image[mask].mean()]


# %% measure · wrong · rounds up
# hint: Round down
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    levels = np.ceil(inside / bin_width)
    _, counts = np.unique(levels, return_counts=True)
    share = counts / counts.sum()
    return [len(inside) * spacing_mm[0] * spacing_mm[1], inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · wrong · rounds to the nearest level
# hint: Round down
def measure(image, mask, spacing_mm, bin_width):
    inside = image[mask]
    levels = np.floor(inside / bin_width + 0.5)
    _, counts = np.unique(levels, return_counts=True)
    share = counts / counts.sum()
    return [len(inside) * spacing_mm[0] * spacing_mm[1], inside.mean(), -np.sum(share * np.log2(share))]


# %% measure · right · scipy's entropy in base 2
def measure(image, mask, spacing_mm, bin_width):
    inside = image[np.asarray(mask, dtype=bool)]
    counts = np.unique(inside // bin_width, return_counts=True)[1]
    return np.array(
        [inside.size * spacing_mm[0] * spacing_mm[1], inside.mean(), stats.entropy(counts, base=2)]
    )


# %% measure · right · plain Python
def measure(image, mask, spacing_mm, bin_width):
    inside = [float(x) for x, here in zip(image.ravel(), mask.ravel()) if here]
    levels = {}
    for x in inside:
        level = int(x // bin_width)
        levels[level] = levels.get(level, 0) + 1
    entropy = -sum(c / len(inside) * np.log2(c / len(inside)) for c in levels.values())
    return len(inside) * spacing_mm[0] * spacing_mm[1], sum(inside) / len(inside), entropy


# %% measure · right · pandas
def measure(image, mask, spacing_mm, bin_width):
    inside = pd.Series(image[mask])
    share = np.floor(inside / bin_width).value_counts(normalize=True)
    return pd.Series([len(inside) * np.prod(spacing_mm), inside.mean(), -(share * np.log2(share)).sum()])


# %% marginal-distances · wrong · W1 in its own unit
# hint: Divide by the real standard deviation
def marginal_distances(real, synthetic):
    return np.array(
        [
            [stats.ks_2samp(x, y).statistic, stats.wasserstein_distance(x, y)]
            for x, y in zip(real.T, synthetic.T)
        ]
    )


# %% marginal-distances · wrong · scaled with the synthetic cohort's statistics
# hint: the wider it scatters, the more it is forgiven
def marginal_distances(real, synthetic):
    return np.array(
        [
            [stats.ks_2samp(x, y).statistic, stats.wasserstein_distance(x, y) / y.std(ddof=1)]
            for x, y in zip(real.T, synthetic.T)
        ]
    )


# %% marginal-distances · wrong · scaled with both cohorts together
# hint: the spread of both cohorts together
def marginal_distances(real, synthetic):
    rows = []
    for x, y in zip(real.T, synthetic.T):
        both = np.concatenate([x, y])
        rows.append([stats.ks_2samp(x, y).statistic, stats.wasserstein_distance(x, y) / both.std(ddof=1)])
    return np.array(rows)


# %% marginal-distances · wrong · the standard deviation of a population
# hint: ddof=1
def marginal_distances(real, synthetic):
    return np.array(
        [
            [stats.ks_2samp(x, y).statistic, stats.wasserstein_distance(x, y) / x.std()]
            for x, y in zip(real.T, synthetic.T)
        ]
    )


# %% marginal-distances · wrong · the difference of the means
# hint: blind to the second feature
def marginal_distances(real, synthetic):
    ks = [stats.ks_2samp(x, y).statistic for x, y in zip(real.T, synthetic.T)]
    shift = np.abs(real.mean(axis=0) - synthetic.mean(axis=0)) / real.std(axis=0, ddof=1)
    return np.column_stack([ks, shift])


# %% marginal-distances · wrong · the p-value
# hint: That is the p-value
def marginal_distances(real, synthetic):
    return np.array(
        [
            [stats.ks_2samp(x, y).pvalue, stats.wasserstein_distance(x, y) / x.std(ddof=1)]
            for x, y in zip(real.T, synthetic.T)
        ]
    )


# %% marginal-distances · wrong · the columns exchanged
# hint: KS comes first
def marginal_distances(real, synthetic):
    return np.array(
        [
            [stats.wasserstein_distance(x, y) / x.std(ddof=1), stats.ks_2samp(x, y).statistic]
            for x, y in zip(real.T, synthetic.T)
        ]
    )


# %% marginal-distances · wrong · sorted differences, for equal sizes only
# hint: operands could not be broadcast
def marginal_distances(real, synthetic):
    ks = [stats.ks_2samp(x, y).statistic for x, y in zip(real.T, synthetic.T)]
    w1 = np.abs(np.sort(real, axis=0) - np.sort(synthetic, axis=0)).mean(axis=0)
    return np.column_stack([ks, w1 / real.std(axis=0, ddof=1)])


# %% marginal-distances · wrong · rows and columns exchanged
# hint: expected an array of shape (3, 2)
def marginal_distances(real, synthetic):
    ks = [stats.ks_2samp(x, y).statistic for x, y in zip(real.T, synthetic.T)]
    w1 = [stats.wasserstein_distance(x, y) / x.std(ddof=1) for x, y in zip(real.T, synthetic.T)]
    return np.array([ks, w1])


# %% marginal-distances · right · z-scores with the real statistics first
def marginal_distances(real, synthetic):
    middle, scale = real.mean(axis=0), real.std(axis=0, ddof=1)
    a, b = (real - middle) / scale, (synthetic - middle) / scale
    ks = stats.ks_2samp(a, b, axis=0).statistic
    return [[ks[j], stats.wasserstein_distance(a[:, j], b[:, j])] for j in range(a.shape[1])]


# %% marginal-distances · right · both from the two curves
def marginal_distances(real, synthetic):
    out = []
    for x, y in zip(np.asarray(real).T, np.asarray(synthetic).T):
        v = np.sort(np.concatenate([x, y]))
        gap = np.abs((x[:, None] <= v).mean(axis=0) - (y[:, None] <= v).mean(axis=0))
        out.append([gap.max(), np.sum(gap[:-1] * np.diff(v)) / np.std(x, ddof=1)])
    return np.array(out)


# %% marginal-distances · right · pandas
def marginal_distances(real, synthetic):
    real, synthetic = pd.DataFrame(real), pd.DataFrame(synthetic)
    return pd.DataFrame(
        {
            "ks": [stats.ks_2samp(real[c], synthetic[c]).statistic for c in real],
            "w1": [stats.wasserstein_distance(real[c], synthetic[c]) / real[c].std() for c in real],
        }
    )


# %% corrections · wrong · uncorrected p-values
# hint: nothing was corrected
def holm(p_values):
    return p_values


def benjamini_hochberg(p_values):
    return p_values


# %% corrections · wrong · Bonferroni for both
# hint: That is Bonferroni
def holm(p_values):
    return np.minimum(np.asarray(p_values) * len(p_values), 1)


def benjamini_hochberg(p_values):
    return holm(p_values)


# %% corrections · wrong · Holm without the running maximum
# hint: Take the running maximum
def holm(p_values):
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(p_values[order] * np.arange(len(order), 0, -1), 1)
    return adjusted


def benjamini_hochberg(p_values):
    order, k = np.argsort(p_values), len(p_values)
    adjusted = np.empty(k)
    adjusted[order] = np.minimum.accumulate((p_values[order] * k / np.arange(1, k + 1))[::-1])[::-1]
    return np.minimum(adjusted, 1)


# %% corrections · wrong · returned in sorted order
# hint: Put each back in the place of its own feature
def holm(p_values):
    p = np.sort(p_values)
    return np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)


def benjamini_hochberg(p_values):
    p = np.sort(p_values)
    return np.minimum(np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1], 1)


# %% corrections · wrong · BH without the running minimum
# hint: Take the running minimum
def holm(p_values):
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    return np.minimum(adjusted, 1)


def benjamini_hochberg(p_values):
    order, k = np.argsort(p_values), len(p_values)
    adjusted = np.empty(k)
    adjusted[order] = p_values[order] * k / np.arange(1, k + 1)
    return np.minimum(adjusted, 1)


# %% corrections · wrong · a running maximum in BH
# hint: Here it is a minimum, from the largest downwards
def holm(p_values):
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    return np.minimum(adjusted, 1)


def benjamini_hochberg(p_values):
    order, k = np.argsort(p_values), len(p_values)
    adjusted = np.empty(k)
    adjusted[order] = np.maximum.accumulate(p_values[order] * k / np.arange(1, k + 1))
    return np.minimum(adjusted, 1)


# %% corrections · wrong · not clipped at 1
# hint: A p-value is never above 1
def holm(p_values):
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    return adjusted


def benjamini_hochberg(p_values):
    order, k = np.argsort(p_values), len(p_values)
    adjusted = np.empty(k)
    adjusted[order] = np.minimum.accumulate((p_values[order] * k / np.arange(1, k + 1))[::-1])[::-1]
    return adjusted


# %% corrections · wrong · the factors in the order given
# hint: sort them first
def holm(p_values):
    return np.minimum(np.maximum.accumulate(p_values * np.arange(len(p_values), 0, -1)), 1)


def benjamini_hochberg(p_values):
    k = len(p_values)
    return np.minimum(p_values * k / np.arange(1, k + 1), 1)


# %% corrections · wrong · decisions instead of p-values
# hint: not whether they are small
def holm(p_values):
    order = np.argsort(p_values)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    return adjusted <= 0.05


def benjamini_hochberg(p_values):
    return holm(p_values)


# %% corrections · right · statsmodels
def holm(p_values):
    from statsmodels.stats.multitest import multipletests

    return multipletests(p_values, method="holm")[1]


def benjamini_hochberg(p_values):
    return stats.false_discovery_control(p_values, method="bh")


# %% corrections · right · pandas
def holm(p_values):
    p = pd.Series(p_values).sort_values(kind="stable")
    return (p * np.arange(len(p), 0, -1)).cummax().clip(upper=1).sort_index().to_numpy()


def benjamini_hochberg(p_values):
    p = pd.Series(p_values).sort_values(ascending=False, kind="stable")
    return (p * len(p) / np.arange(len(p), 0, -1)).cummin().clip(upper=1).sort_index()


# %% corrections · right · loops and lists
def holm(p_values):
    p = [float(x) for x in p_values]
    k, result, highest = len(p), [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(k), key=lambda i: p[i])):
        highest = max(highest, (k - rank) * p[place])
        result[place] = min(1.0, highest)
    return result


def benjamini_hochberg(p_values):
    p = [float(x) for x in p_values]
    k, result, lowest = len(p), [0.0] * len(p), 1.0
    for rank, place in reversed(list(enumerate(sorted(range(k), key=lambda i: p[i]), start=1))):
        lowest = min(lowest, k / rank * p[place])
        result[place] = lowest
    return result


# %% correlation-gap · wrong · Pearson on skewed features
# hint: rank the columns first
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(x, rowvar=False) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.sqrt(np.mean((one[above] - other[above]) ** 2))


# %% correlation-gap · wrong · the diagonal is in it
# hint: ones that agree whatever happens
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    return np.sqrt(np.mean((one - other) ** 2))


# %% correlation-gap · wrong · no root
# hint: The root is missing
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.mean((one[above] - other[above]) ** 2)


# %% correlation-gap · wrong · mean absolute difference
# hint: the mean absolute difference
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.abs(one[above] - other[above]).mean()


# %% correlation-gap · wrong · Frobenius norm
# hint: It grows with the number of features
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    return np.linalg.norm(one - other)


# %% correlation-gap · wrong · differences cancel
# hint: cancel in a mean
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.mean(one[above] - other[above])


# %% correlation-gap · wrong · the RV coefficient
# hint: That is the RV coefficient
def correlation_gap(real, synthetic):
    one, other = (np.corrcoef(stats.rankdata(x, axis=0), rowvar=False) for x in (real, synthetic))
    return np.sum(one * other) / np.sqrt(np.sum(one**2) * np.sum(other**2))


# %% correlation-gap · wrong · absolute correlations
# hint: no absolute values of correlations
def correlation_gap(real, synthetic):
    one, other = (np.abs(np.corrcoef(stats.rankdata(x, axis=0), rowvar=False)) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.sqrt(np.mean((one[above] - other[above]) ** 2))


# %% correlation-gap · wrong · covariances
# hint: Those are covariances
def correlation_gap(real, synthetic):
    one, other = (np.cov(x, rowvar=False) for x in (real, synthetic))
    above = np.triu_indices(len(one), 1)
    return np.sqrt(np.mean((one[above] - other[above]) ** 2))


# %% correlation-gap · wrong · equal values ranked in turn
# hint: Equal values share one rank
def correlation_gap(real, synthetic):
    one, other = (
        np.corrcoef(np.argsort(np.argsort(x, axis=0), axis=0), rowvar=False) for x in (real, synthetic)
    )
    above = np.triu_indices(len(one), 1)
    return np.sqrt(np.mean((one[above] - other[above]) ** 2))


# %% correlation-gap · right · scipy's spearmanr
def correlation_gap(real, synthetic):
    difference = stats.spearmanr(real).statistic - stats.spearmanr(synthetic).statistic
    return np.sqrt(np.mean(difference[~np.eye(len(difference), dtype=bool)] ** 2))


# %% correlation-gap · right · pandas and a double loop
def correlation_gap(real, synthetic):
    one, other = (pd.DataFrame(x).corr(method="spearman").to_numpy() for x in (real, synthetic))
    p, total = len(one), 0.0
    for i in range(p):
        for j in range(i + 1, p):
            total += (one[i, j] - other[i, j]) ** 2
    return np.sqrt(2 * total / (p * (p - 1)))


# %% permutation-p · wrong · pooled as they are
# hint: the shift looked like correlation
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([real, synthetic])
    observed = correlation_distance(real, synthetic)
    trials = np.array([correlation_distance(pooled[who], pooled[~who]) for who in assignments])
    return (np.sum(trials >= observed - 1e-12) + 1) / (len(assignments) + 1)


# %% permutation-p · wrong · b / B
# hint: That is b / B
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])
    observed = correlation_distance(real, synthetic)
    trials = np.array([correlation_distance(pooled[who], pooled[~who]) for who in assignments])
    return np.mean(trials >= observed - 1e-12)


# %% permutation-p · wrong · strictly further
# hint: an assignment with the same distance counts as well
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])
    observed = correlation_distance(real, synthetic)
    trials = np.array([correlation_distance(pooled[who], pooled[~who]) for who in assignments])
    return (np.sum(trials > observed + 1e-12) + 1) / (len(assignments) + 1)


# %% permutation-p · wrong · permutes the rows of both sides alike
# hint: were the labels really mixed
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    observed, as_far = correlation_distance(real, synthetic), 0
    for seed, _ in enumerate(assignments):
        order = np.random.default_rng(seed).permutation(len(real))
        as_far += correlation_distance(real[order], synthetic[order]) >= observed - 1e-12
    return (as_far + 1) / (len(assignments) + 1)


# %% permutation-p · wrong · counts those that are closer
# hint: Count those at least as far
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])
    observed = correlation_distance(real, synthetic)
    trials = np.array([correlation_distance(pooled[who], pooled[~who]) for who in assignments])
    return (np.sum(trials < observed - 1e-12) + 1) / (len(assignments) + 1)


# %% permutation-p · wrong · forgets to return
# hint: Is there a `return`
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])
    trials = [correlation_distance(pooled[who], pooled[~who]) for who in assignments]


# %% permutation-p · wrong · equal values ranked in turn
# hint: Equal values share one rank
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.concatenate([np.argsort(np.argsort(x, axis=0), axis=0) for x in (real, synthetic)])
    reached = correlation_distance(real, synthetic) - 1e-12
    b = sum(correlation_distance(pooled[who], pooled[~who]) >= reached for who in assignments)
    return (b + 1) / (len(assignments) + 1)


# %% permutation-p · right · loop and counter, ranks on (0, 1)
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = np.vstack([(stats.rankdata(x, axis=0) - 0.5) / len(x) for x in (real, synthetic)])
    observed = correlation_distance(pooled[: len(real)], pooled[len(real) :])
    b = 0
    for who in assignments:
        if correlation_distance(pooled[who], pooled[~who]) > observed - 1e-12:
            b += 1
    return (b + 1) / (len(assignments) + 1)


# %% permutation-p · right · the labels as they are as one more trial, with pandas
def permutation_p(real, synthetic, assignments):
    from ganlab.radiomics import correlation_distance

    pooled = pd.concat([pd.DataFrame(real).rank(), pd.DataFrame(synthetic).rank()]).to_numpy()
    truth = np.arange(len(pooled)) < len(real)
    trials = [correlation_distance(pooled[who], pooled[~who]) for who in [truth, *assignments]]
    return np.mean(np.array(trials) >= trials[0] - 1e-12)


# %% neighbour-accuracy · wrong · finds itself
# hint: Every row found itself
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic]) / real.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    right = is_real[cdist(rows, rows).argmin(axis=1)] == is_real
    return (right[is_real].mean() + right[~is_real].mean()) / 2


# %% neighbour-accuracy · wrong · not scaled
# hint: the one with the largest numbers decided alone
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic])
    is_real = np.arange(len(rows)) < len(real)
    d = cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    right = is_real[d.argmin(axis=1)] == is_real
    return (right[is_real].mean() + right[~is_real].mean()) / 2


# %% neighbour-accuracy · wrong · not balanced
# hint: Average the two shares
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic]) / real.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    d = cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    return (is_real[d.argmin(axis=1)] == is_real).mean()


# %% neighbour-accuracy · wrong · scaled by the synthetic cohort
# hint: You divided by the synthetic cohort's own spread
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic]) / synthetic.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    d = cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    right = is_real[d.argmin(axis=1)] == is_real
    return (right[is_real].mean() + right[~is_real].mean()) / 2


# %% neighbour-accuracy · wrong · scaled by both cohorts together
# hint: not by that of both together
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic])
    rows = rows / rows.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    d = cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    right = is_real[d.argmin(axis=1)] == is_real
    return (right[is_real].mean() + right[~is_real].mean()) / 2


# %% neighbour-accuracy · wrong · the error
# hint: how often the guess is wrong
def neighbour_accuracy(real, synthetic):
    from scipy.spatial.distance import cdist

    rows = np.concatenate([real, synthetic]) / real.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    d = cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    wrong = is_real[d.argmin(axis=1)] != is_real
    return (wrong[is_real].mean() + wrong[~is_real].mean()) / 2


# %% neighbour-accuracy · wrong · not answered
# hint: not answered yet
def neighbour_accuracy(real, synthetic):
    raise NotImplementedError()


# %% neighbour-accuracy · wrong · leaves out every distance of 0
# hint: exact copies of itself
def neighbour_accuracy(real, synthetic):
    rows = np.concatenate([real, synthetic]) / real.std(axis=0, ddof=1)
    is_real = np.arange(len(rows)) < len(real)
    squared = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    squared[squared == 0] = np.inf
    right = is_real[squared.argmin(axis=1)] == is_real
    return (right[is_real].mean() + right[~is_real].mean()) / 2


# %% neighbour-accuracy · right · scikit-learn
def neighbour_accuracy(real, synthetic):
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.neighbors import NearestNeighbors

    rows = np.concatenate([real, synthetic]) / real.std(axis=0, ddof=1)
    labels = np.r_[np.ones(len(real), int), np.zeros(len(synthetic), int)]
    nearest = NearestNeighbors(n_neighbors=1).fit(rows).kneighbors(return_distance=False)[:, 0]
    return balanced_accuracy_score(labels, labels[nearest])


# %% neighbour-accuracy · right · row by row, in single precision
def neighbour_accuracy(real, synthetic):
    scale = real.std(axis=0, ddof=1)
    rows = [*(real / scale), *(synthetic / scale)]
    right = {True: [], False: []}
    for i, row in enumerate(rows):
        others = [(float(np.linalg.norm(row - other)), j) for j, other in enumerate(rows) if j != i]
        nearest = min(others)[1]
        right[i < len(real)].append((nearest < len(real)) == (i < len(real)))
    return np.float32((np.mean(right[True]) + np.mean(right[False])) / 2)


# %% floor-of-w1 · wrong · in the unit of the feature
# hint: Divide by the standard deviation of all values
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) for h in halves]
    return [np.mean(d), np.quantile(d, 0.95)]


# %% floor-of-w1 · wrong · the largest instead of the quantile
# hint: That is the largest
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) / values.std(ddof=1) for h in halves]
    return [np.mean(d), np.max(d)]


# %% floor-of-w1 · wrong · one half's own spread
# hint: divide by that of all patients
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) / values[h].std(ddof=1) for h in halves]
    return [np.mean(d), np.quantile(d, 0.95)]


# %% floor-of-w1 · wrong · ddof 0
# hint: the standard deviation with ddof=0
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) / values.std() for h in halves]
    return [np.mean(d), np.quantile(d, 0.95)]


# %% floor-of-w1 · wrong · half against everybody
# hint: compared with each other, not with all patients
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values) / values.std(ddof=1) for h in halves]
    return [np.mean(d), np.quantile(d, 0.95)]


# %% floor-of-w1 · wrong · median
# hint: That is the median
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) / values.std(ddof=1) for h in halves]
    return [np.median(d), np.quantile(d, 0.95)]


# %% floor-of-w1 · wrong · in the other order
# hint: The mean comes first
def floor_of_w1(values, halves):
    d = [stats.wasserstein_distance(values[h], values[~h]) / values.std(ddof=1) for h in halves]
    return [np.quantile(d, 0.95), np.mean(d)]


# %% floor-of-w1 · right · z-scores and sorting
def floor_of_w1(values, halves):
    z = np.asarray(values) / np.std(values, ddof=1)
    d = np.array([np.abs(np.sort(z[h]) - np.sort(z[~h])).mean() for h in halves])
    return d.mean(), np.percentile(d, 95)


# %% floor-of-w1 · right · pandas
def floor_of_w1(values, halves):
    d = (
        pd.Series([stats.wasserstein_distance(values[~h], values[h]) for h in halves])
        / pd.Series(values).std()
    )
    return pd.Series([d.mean(), d.quantile(0.95)])


# %% smallest-sizes · wrong · the largest for all
# hint: it is right with fewer patients already
def smallest_sizes():
    return [1000, 1000, 1000, 1000]


# %% smallest-sizes · wrong · the good one is accepted when nothing is found
# hint: the verdict on 'good' is 'undecided'
def smallest_sizes():
    return [50, 50, 50, 50]


# %% smallest-sizes · wrong · copies undecided taken for found
# hint: the verdict on 'copies' is 'undecided'
def smallest_sizes():
    return [700, 50, 50, 50]


# %% smallest-sizes · wrong · not on the slider
# hint: is not a number on the slider
def smallest_sizes():
    return [650, 50, 50, 100]


# %% smallest-sizes · wrong · in alphabetical order
# hint: the verdict on 'good' is 'undecided'
def smallest_sizes():
    return [50, 100, 700, 50]


# %% smallest-sizes · wrong · the good one alone
# hint: expected 4 numbers
def smallest_sizes():
    return 700


# %% smallest-sizes · right · a tuple
def smallest_sizes():
    return 700, 50, 50, 100


# %% smallest-sizes · right · an array of floats
def smallest_sizes():
    return np.array([700.0, 50.0, 50.0, 100.0])


# %% judge · wrong · no correction at all
# hint: Correct twice
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · corrected over the features alone
# hint: Correct twice
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · corrected over the checks alone
# hint: Correct twice
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · a risk of 10 %
# hint: Correct twice
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.1:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · a risk of 2.5 %
# hint: the features do not hang together
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.025:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · large p-values accept
# hint: Large p-values do not show
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept", "none"


# %% judge · wrong · asks for evidence first
# hint: A failed check counts before missing evidence
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    shift = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    if len(real) < 100 and shift.max() < 0.25:
        return "undecided", "none"
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · does not look at correlations
# hint: the features do not hang together
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · does not look for copies
# hint: far nearer to real patients
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · exact copies alone
# hint: far nearer to real patients
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": 0.0 if (near[0] == 0).any() else 1.0,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · nearer or further
# hint: so they are no copies
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near).pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · the other side
# hint: so they are no copies
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="greater").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · distances in the units of the features
# hint: so they are no copies
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows, real).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · copies of held-out patients
# hint: far nearer to real patients
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    near[0] = cdist(synthetic / sd, holdout / sd).min(axis=1)
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · means instead of distributions
# hint: A mean is not enough
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ttest_ind(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · one side of the interval
# hint: on both sides
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = (synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · the difference without its interval
# hint: Large p-values do not show
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · a 90 % interval
# hint: lies within ±0.25
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.645 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · a 99 % interval
# hint: lies within ±0.25
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 2.576 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · the interval of the real patients alone
# hint: lies within ±0.25
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real)) <= 0.25
    return "accept" if close.all() else "undecided", "none"


# %% judge · wrong · the features on average
# hint: lies within ±0.25
def judge(real, synthetic, holdout, assignments):
    from scipy.spatial.distance import cdist

    sd = real.std(axis=0, ddof=1)
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    pooled = np.concatenate([stats.rankdata(x, axis=0) for x in (real, synthetic)])

    def gap(one, other):
        matrices = [np.corrcoef(stats.rankdata(rows, axis=0), rowvar=False) for rows in (one, other)]
        return np.sqrt(((matrices[0] - matrices[1]) ** 2).sum())

    far = gap(real, synthetic) - 1e-12
    as_far = sum(gap(pooled[who], pooled[~who]) >= far for who in assignments)
    near = [cdist(rows / sd, real / sd).min(axis=1) for rows in (synthetic, holdout)]
    p_values = {
        "marginals": len(ks) * min(ks),
        "correlations": (as_far + 1) / (len(assignments) + 1),
        "copies": stats.mannwhitneyu(*near, alternative="less").pvalue,
    }
    worst = min(p_values, key=p_values.get)
    if 3 * p_values[worst] <= 0.05:
        return "reject", worst
    d = abs(synthetic.mean(axis=0) - real.mean(axis=0)) / sd
    close = d + 1.96 * np.sqrt(1 / len(real) + 1 / len(synthetic)) <= 0.25
    return "accept" if close.mean() > 0.5 else "undecided", "none"


# %% judge · wrong · an answer that was not on the list
# hint: expected one of
def judge(real, synthetic, holdout, assignments):
    return "good", "none"


# %% judge · wrong · a word alone
# hint: expected two words
def judge(real, synthetic, holdout, assignments):
    return "accept"


# %% judge · right · feature by feature, in plain Python
def judge(real, synthetic, holdout, assignments):
    def correlations(rows):
        ranks = np.apply_along_axis(stats.rankdata, 0, rows)
        return np.corrcoef(ranks.T)[np.triu_indices(rows.shape[1], 1)]

    def nearest(rows, scale):
        return [np.sqrt((((real - row) / scale) ** 2).sum(axis=1)).min() for row in rows]

    n, features = real.shape
    scale = np.sqrt(((real - real.mean(axis=0)) ** 2).sum(axis=0) / (n - 1))
    pooled = np.vstack([np.apply_along_axis(stats.rankdata, 0, rows) for rows in (real, synthetic)])
    gap = ((correlations(real) - correlations(synthetic)) ** 2).sum()
    further = 1
    for who in assignments:
        further += ((correlations(pooled[who]) - correlations(pooled[~who])) ** 2).sum() >= gap - 1e-12
    found = []
    one = min(stats.ks_2samp(real[:, j], synthetic[:, j]).pvalue for j in range(features))
    found.append((min(1, one * features), "marginals"))
    found.append((further / (len(assignments) + 1), "correlations"))
    copies = stats.mannwhitneyu(nearest(holdout, scale), nearest(synthetic, scale), alternative="greater")
    found.append((copies.pvalue, "copies"))
    p, name = min(found)
    if p <= 0.05 / 3:
        return ["reject", name]
    half = 1.96 * (1 / n + 1 / len(synthetic)) ** 0.5
    for j in range(features):
        difference = (synthetic[:, j].mean() - real[:, j].mean()) / scale[j]
        if difference - half < -0.25 or difference + half > 0.25:
            return ["undecided", "none"]
    return ["accept", "none"]


# %% judge · right · with statsmodels and neighbours of scikit-learn
def judge(real, synthetic, holdout, assignments):
    from sklearn.neighbors import NearestNeighbors
    from statsmodels.stats.multitest import multipletests

    def apart(first, second):  # of ranks, so this is Spearman's
        gap = np.corrcoef(first, rowvar=False) - np.corrcoef(second, rowvar=False)
        return np.sqrt(np.mean(gap[np.triu_indices(len(gap), 1)] ** 2))

    sd = real.std(axis=0, ddof=1)
    search = NearestNeighbors(n_neighbors=1).fit(real / sd)
    near, usual = (search.kneighbors(rows / sd)[0][:, 0] for rows in (synthetic, holdout))
    ks = [stats.ks_2samp(x, y).pvalue for x, y in zip(real.T, synthetic.T)]
    own = [stats.rankdata(table, axis=0) for table in (real, synthetic)]
    ranks = np.concatenate(own)
    trials = np.array([apart(ranks[who], ranks[~who]) for who in assignments])
    p = (1 + (trials >= apart(*own) - 1e-12).sum()) / (1 + len(trials))
    three = [
        multipletests(ks, method="holm")[1].min(),
        p,
        stats.mannwhitneyu(near, usual, alternative="less")[1],
    ]
    fails, adjusted = multipletests(three, alpha=0.05, method="holm")[:2]
    if fails.any():
        return "reject", ("marginals", "correlations", "copies")[int(np.argmin(three))]
    low, high = (
        (synthetic.mean(0) - real.mean(0)) / sd + sign * 1.96 * np.sqrt(2 / len(real)) for sign in (-1, 1)
    )
    return ("accept" if (low >= -0.25).all() and (high <= 0.25).all() else "undecided"), "none"
