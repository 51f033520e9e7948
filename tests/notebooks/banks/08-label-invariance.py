"""Answers to the tasks of 08-label-invariance: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, pd, gaussian_filter, roc_auc_score, as_names and the augmentations are the
notebook's own imports and locked cells.
"""


# %% scale-errors · wrong · one mean over all patients
# hint: cancelled each other
def scale_errors(images, air, water):
    return np.array([images[air].mean() + 1000, images[water].mean()])


# %% scale-errors · wrong · one mean over all patients, repeated for each
# hint: cancelled each other
def scale_errors(images, air, water):
    return np.tile([images[air].mean() + 1000, images[water].mean()], (len(images), 1))


# %% scale-errors · wrong · by the range of the image
# hint: The range of an image depends on the patient
def scale_errors(images, air, water):
    return np.stack([images.min(axis=(1, 2)) + 1000, images.max(axis=(1, 2))], axis=1)


# %% scale-errors · wrong · the means themselves
# hint: The error of air is its distance from -1000
def scale_errors(images, air, water):
    return [[image[a].mean(), image[w].mean()] for image, a, w in zip(images, air, water)]


# %% scale-errors · wrong · sign turned
# hint: measured minus expected
def scale_errors(images, air, water):
    return [[-1000 - image[a].mean(), -image[w].mean()] for image, a, w in zip(images, air, water)]


# %% scale-errors · wrong · absolute errors
# hint: Keep the sign
def scale_errors(images, air, water):
    return [[abs(image[a].mean() + 1000), abs(image[w].mean())] for image, a, w in zip(images, air, water)]


# %% scale-errors · wrong · pixels outside counted as zeros
# hint: divide by the number of pixels in the region
def scale_errors(images, air, water):
    return np.stack([(images * air).mean(axis=(1, 2)) + 1000, (images * water).mean(axis=(1, 2))], axis=1)


# %% scale-errors · wrong · median
# hint: That is the median
def scale_errors(images, air, water):
    return [[np.median(image[a]) + 1000, np.median(image[w])] for image, a, w in zip(images, air, water)]


# %% scale-errors · wrong · water first
# hint: The order is air, then water
def scale_errors(images, air, water):
    return [[image[w].mean(), image[a].mean() + 1000] for image, a, w in zip(images, air, water)]


# %% scale-errors · right · image by image, a list
def scale_errors(images, air, water):
    return [[image[a].mean() + 1000, image[w].mean()] for image, a, w in zip(images, air, water)]


# %% scale-errors · right · NaN outside, in a loop over the regions
def scale_errors(images, air, water):
    columns = []
    for region, expected in ((air, -1000), (water, 0)):
        columns.append(np.nanmean(np.where(region, images, np.nan), axis=(1, 2)) - expected)
    return np.array(columns).T


# %% scale-errors · right · torch in single precision
def scale_errors(images, air, water):
    import torch

    images = torch.as_tensor(np.array(images), dtype=torch.float32)
    result = []
    for region, expected in ((air, -1000.0), (water, 0.0)):
        region = torch.as_tensor(np.array(region))
        total = torch.where(region, images - expected, torch.zeros(())).sum(dim=(1, 2))
        result.append(total / region.sum(dim=(1, 2)))
    return torch.stack(result, dim=1)


# %% correction · wrong · what was done instead of the way back
# hint: solve for the way back
def correction(air_hu, water_hu):
    return (water_hu - air_hu) / 1000, water_hu


# %% correction · wrong · factor turned over
# hint: The factor is turned over
def correction(air_hu, water_hu):
    factor = (water_hu - air_hu) / 1000
    return factor, -factor * water_hu


# %% correction · wrong · offset before the multiplication
# hint: The offset is added after the multiplication
def correction(air_hu, water_hu):
    return 1000 / (water_hu - air_hu), -water_hu


# %% correction · wrong · sign of the offset
# hint: Does water end at 0?
def correction(air_hu, water_hu):
    factor = 1000 / (water_hu - air_hu)
    return factor, factor * water_hu


# %% correction · wrong · factor from air alone
# hint: the distance between water and air
def correction(air_hu, water_hu):
    return -1000 / air_hu, -water_hu


# %% correction · wrong · a shift alone
# hint: but then air is at -950
def correction(air_hu, water_hu):
    return 1.0, -water_hu


# %% correction · wrong · offset first
# hint: The order is factor, then offset
def correction(air_hu, water_hu):
    factor = 1000 / (water_hu - air_hu)
    return -factor * water_hu, factor


# %% correction · right · solving the equations
def correction(air_hu, water_hu):
    return np.linalg.solve([[air_hu, 1.0], [water_hu, 1.0]], [-1000.0, 0.0])


# %% correction · right · a straight line through two points
def correction(air_hu, water_hu):
    return list(np.polyfit([air_hu, water_hu], [-1000.0, 0.0], 1))


# %% correction · right · what was done, inverted
def correction(air_hu, water_hu):
    gain, shift = (water_hu - air_hu) / 1000, water_hu
    return 1 / gain, -shift / gain


# %% necrotic-fraction · wrong · no averaging
# hint: average first
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    return ((images < below_hu) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · the liver leaks in
# hint: The liver leaked in
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    means = gaussian_filter(images, (0, sigma, sigma))
    return ((means < below_hu) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · numerator alone
# hint: divide by the blurred mask
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    means = gaussian_filter(np.where(masks, images, 0.0), (0, sigma, sigma))
    return ((means < below_hu) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · counts outside the lesion
# hint: Count inside the mask only
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    means = gaussian_filter(images, (0, sigma, sigma))
    return (means < below_hu).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · share of the image
# hint: A share of the lesion, not of the image
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    width = (0, sigma, sigma)
    means = gaussian_filter(np.where(masks, images, 0.0), width) / np.maximum(
        gaussian_filter(masks.astype(float), width), 1e-9
    )
    return ((means < below_hu) & masks).mean(axis=(1, 2))


# %% necrotic-fraction · wrong · the living part
# hint: That is the living part
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    width = (0, sigma, sigma)
    means = gaussian_filter(np.where(masks, images, 0.0), width) / np.maximum(
        gaussian_filter(masks.astype(float), width), 1e-9
    )
    return ((means > below_hu) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · patients blurred into each other
# hint: sigma=(0, sigma, sigma)
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    inside = gaussian_filter(masks.astype(float), sigma)
    means = gaussian_filter(np.where(masks, images, 0.0), sigma) / np.maximum(inside, 1e-9)
    return ((means < below_hu) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · the threshold that was given is ignored
# hint: below_hu=60
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    width = (0, sigma, sigma)
    inside = np.maximum(gaussian_filter(masks.astype(float), width), 1e-9)
    means = gaussian_filter(np.where(masks, images, 0.0), width) / inside
    return ((means < 42.5) & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · wrong · at the threshold counts as below
# hint: compare with <
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    width = (0, sigma, sigma)
    inside = gaussian_filter(masks.astype(float), width)
    sums = gaussian_filter(np.where(masks, images, 0.0), width)
    means = np.divide(sums, inside, out=np.full(sums.shape, np.inf), where=masks)
    return (means <= below_hu).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · right · patient by patient
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    shares = []
    for image, mask in zip(images, masks):
        weight = gaussian_filter(mask.astype(float), sigma)
        mean = gaussian_filter(image * mask, sigma)[mask] / weight[mask]
        shares.append(float(np.mean(mean < below_hu)))
    return shares


# %% necrotic-fraction · right · filtered along one axis after the other
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    from scipy.ndimage import gaussian_filter1d

    def blurred(stack):
        for axis in (1, 2):
            stack = gaussian_filter1d(stack, sigma, axis=axis) if sigma else stack
        return stack

    images = np.asarray(images, dtype=float)
    inside = blurred(masks.astype(float))
    dead = blurred(np.where(masks, images, 0.0)) < below_hu * inside
    return (dead & masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


# %% necrotic-fraction · right · NaN outside and nanmean
def necrotic_fraction(images, masks, sigma, below_hu=42.5):
    width = (0, sigma, sigma)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = gaussian_filter(images * masks, width) / gaussian_filter(masks * 1.0, width)
    dead = np.where(masks, mean < below_hu, np.nan)
    return np.nanmean(dead, axis=(1, 2))


# %% blur-limit · wrong · the first position that is not a pass
# hint: the box says undecided
def blur_limit():
    return 1.0


# %% blur-limit · wrong · where features fail
# hint: still says pass
def blur_limit():
    return 0.5


# %% blur-limit · wrong · where water fails too
# hint: a smaller blur is enough
def blur_limit():
    return 1.75


# %% blur-limit · wrong · the change instead of the blur
# hint: still says pass
def blur_limit():
    return 0.0816


# %% blur-limit · wrong · with its unit
# hint: expected one number
def blur_limit():
    return "1.5 mm"


# %% blur-limit · right · in an array
def blur_limit():
    return np.array([1.5])


# %% blur-limit · right · measured with the audit
def blur_limit():
    bench = simulate_ct(30, kernel="soft", necrosis=0.5, seed=0)
    for blur in (1.0, 1.25, 1.5, 1.75):
        checks = audit_invariance(bench, lambda cohort: smooth(cohort, blur)).to_frame()
        if checks.loc["necrosis", "outcome"] == "failed":
            return blur


# %% icc · wrong · Pearson's correlation
# hint: Correlation ignores it
def icc(ratings):
    return np.corrcoef(np.asarray(ratings)[:, 0], np.asarray(ratings)[:, -1])[0, 1]


# %% icc · wrong · mean of all pairwise correlations
# hint: That is a correlation coefficient
def icc(ratings):
    correlations = np.corrcoef(np.asarray(ratings).T)
    return correlations[np.triu_indices(len(correlations), 1)].mean()


# %% icc · wrong · consistency, without MS_C
# hint: MS_C belongs into the denominator
def icc(ratings):
    n, k = ratings.shape
    rows, columns = ratings.mean(axis=1, keepdims=True), ratings.mean(axis=0, keepdims=True)
    mean = ratings.mean()
    ms_r = k * ((rows - mean) ** 2).sum() / (n - 1)
    ms_e = ((ratings - rows - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return (ms_r - ms_e) / (ms_r + (k - 1) * ms_e)


# %% icc · wrong · one-way
# hint: the one-way version
def icc(ratings):
    n, k = ratings.shape
    rows = ratings.mean(axis=1, keepdims=True)
    ms_r = k * ((rows - ratings.mean()) ** 2).sum() / (n - 1)
    ms_w = ((ratings - rows) ** 2).sum() / (n * (k - 1))
    return (ms_r - ms_w) / (ms_r + (k - 1) * ms_w)


# %% icc · wrong · agreement of the mean of all raters
# hint: not of a single one
def icc(ratings):
    n, k = ratings.shape
    rows, columns = ratings.mean(axis=1, keepdims=True), ratings.mean(axis=0, keepdims=True)
    mean = ratings.mean()
    ms_r = k * ((rows - mean) ** 2).sum() / (n - 1)
    ms_c = n * ((columns - mean) ** 2).sum() / (k - 1)
    ms_e = ((ratings - rows - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return (ms_r - ms_e) / (ms_r + (ms_c - ms_e) / n)


# %% icc · wrong · the table turned round
# hint: Rows are patients
def icc(ratings):
    from ganlab.radiomics import intraclass_correlation

    return (
        intraclass_correlation(np.vstack([np.asarray(ratings).T])).value if len(ratings.T) > 2 else 0.4848485
    )


# %% icc · wrong · n and k exchanged in the last term
# hint: it is k / n
def icc(ratings):
    n, k = ratings.shape
    rows, columns = ratings.mean(axis=1, keepdims=True), ratings.mean(axis=0, keepdims=True)
    mean = ratings.mean()
    ms_r = k * ((rows - mean) ** 2).sum() / (n - 1)
    ms_c = n * ((columns - mean) ** 2).sum() / (k - 1)
    ms_e = ((ratings - rows - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return (ms_r - ms_e) / (ms_r + (k - 1) * ms_e + n * (ms_c - ms_e) / k)


# %% icc · wrong · mean squares with n instead of degrees of freedom
# hint: divided by degrees of freedom
def icc(ratings):
    n, k = ratings.shape
    rows, columns = ratings.mean(axis=1, keepdims=True), ratings.mean(axis=0, keepdims=True)
    ms_r, ms_c = k * rows.var(), n * columns.var()
    ms_e = ((ratings - rows - columns + ratings.mean()) ** 2).mean()
    return (ms_r - ms_e) / (ms_r + (k - 1) * ms_e + k * (ms_c - ms_e) / n)


# %% icc · right · from sums of squares, in plain loops
def icc(ratings):
    table = [[float(value) for value in row] for row in ratings]
    n, k = len(table), len(table[0])
    mean = sum(map(sum, table)) / (n * k)
    rows = [sum(row) / k for row in table]
    columns = [sum(row[j] for row in table) / n for j in range(k)]
    total = sum((value - mean) ** 2 for row in table for value in row)
    ss_r = k * sum((row - mean) ** 2 for row in rows)
    ss_c = n * sum((column - mean) ** 2 for column in columns)
    ms_r, ms_c = ss_r / (n - 1), ss_c / (k - 1)
    ms_e = (total - ss_r - ss_c) / ((n - 1) * (k - 1))
    return (ms_r - ms_e) / (ms_r + (k - 1) * ms_e + k / n * (ms_c - ms_e))


# %% icc · right · numpy variances
def icc(ratings):
    ratings = np.asarray(ratings)
    n, k = ratings.shape
    ms_r, ms_c = k * ratings.mean(1).var(ddof=1), n * ratings.mean(0).var(ddof=1)
    rest = ratings - ratings.mean(1)[:, None] - ratings.mean(0) + ratings.mean()
    ms_e = (rest**2).sum() / (n - 1) / (k - 1)
    return (ms_r - ms_e) / (ms_r + (k - 1) * ms_e + k * (ms_c - ms_e) / n)


# %% surely-unstable · wrong · Pearson's correlation
# hint: that is no agreement
def surely_unstable(tables, limit=0.75):
    first, last = tables[0], tables[-1]
    return [name for name in first if np.corrcoef(first[name], last[name])[0, 1] < limit]


# %% surely-unstable · wrong · one ICC for all features in one pile
# hint: one ICC for all features
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    pooled = np.stack([table.to_numpy().ravel() for table in tables], axis=1)
    return list(tables[0].columns) if intraclass_correlation(pooled).interval[1] < limit else []


# %% surely-unstable · wrong · the value instead of the upper end
# hint: compare the upper end
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    ratings = {name: np.stack([table[name] for table in tables], axis=1) for name in tables[0]}
    return [name for name, table in ratings.items() if intraclass_correlation(table).value < limit]


# %% surely-unstable · wrong · the lower end
# hint: compare the upper end
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    ratings = {name: np.stack([table[name] for table in tables], axis=1) for name in tables[0]}
    return [name for name, table in ratings.items() if intraclass_correlation(table).interval[0] < limit]


# %% surely-unstable · wrong · the first and the last kernel only
# hint: all kernels count
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import feature_stability

    high = feature_stability(tables[0], tables[-1])["high"]
    return list(high.index[high < limit])


# %% surely-unstable · wrong · the stable ones
# hint: the right way round
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    ratings = {name: np.stack([table[name] for table in tables], axis=1) for name in tables[0]}
    return [name for name, table in ratings.items() if intraclass_correlation(table).interval[1] > limit]


# %% surely-unstable · wrong · the limit that was given is ignored
# hint: dropped
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    ratings = {name: np.stack([table[name] for table in tables], axis=1) for name in tables[0]}
    return [name for name, table in ratings.items() if intraclass_correlation(table).interval[1] < 0.75]


# %% surely-unstable · wrong · a number instead of names
# hint: expected a list of feature names
def surely_unstable(tables, limit=0.75):
    return 3


# %% surely-unstable · wrong · the first two kernels only
# hint: all kernels count
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    pairs = {name: np.stack([table[name] for table in tables[:2]], axis=1) for name in tables[0].columns}
    return [name for name, pair in pairs.items() if intraclass_correlation(pair).interval[1] < limit]


# %% surely-unstable · wrong · a default limit of 0.675
# hint: Without a limit, surely_unstable must use 0.75
def surely_unstable(tables, limit=0.675):
    from ganlab.radiomics import intraclass_correlation

    found = set()
    for name in tables[0].columns:
        frame = pd.concat([table[name].reset_index(drop=True) for table in tables], axis=1)
        _, high = intraclass_correlation(frame.to_numpy()).interval
        if high < limit:
            found.add(name)
    return found


# %% surely-unstable · wrong · a default limit of 0.8
# hint: Without a limit, surely_unstable must use 0.75
def surely_unstable(tables, limit=0.8):
    from ganlab.radiomics import intraclass_correlation

    found = set()
    for name in tables[0].columns:
        frame = pd.concat([table[name].reset_index(drop=True) for table in tables], axis=1)
        _, high = intraclass_correlation(frame.to_numpy()).interval
        if high < limit:
            found.add(name)
    return found


# %% surely-unstable · right · an Index, by a Series of bounds
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    cube = np.stack([table.to_numpy() for table in tables], axis=2)  # (patients, features, kernels)
    high = pd.Series([intraclass_correlation(cube[:, i]).interval[1] for i in range(cube.shape[1])])
    return tables[0].columns[(high < limit).to_numpy()]


# %% surely-unstable · right · a set, through pandas
def surely_unstable(tables, limit=0.75):
    from ganlab.radiomics import intraclass_correlation

    found = set()
    for name in tables[0].columns:
        frame = pd.concat([table[name].reset_index(drop=True) for table in tables], axis=1)
        _, high = intraclass_correlation(frame.to_numpy()).interval
        if high < limit:
            found.add(name)
    return found


# %% shortcut · wrong · tested on the training scanners both times
# hint: Both were tested on the scanners of the training data
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    auc = roc_auc_score(malignant, np.where(malignant, sharp_scores, soft_scores))
    return auc, auc


# %% shortcut · wrong · one AUC per kernel, averaged
# hint: all 2n scores in one comparison
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(malignant, np.where(malignant, sharp_scores, soft_scores))
    return collected, (roc_auc_score(malignant, soft_scores) + roc_auc_score(malignant, sharp_scores)) / 2


# %% shortcut · wrong · the shortcut turned round
# hint: instead of removing it
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(malignant, np.where(malignant, sharp_scores, soft_scores))
    return collected, roc_auc_score(malignant, np.where(malignant, soft_scores, sharp_scores))


# %% shortcut · wrong · the soft kernel alone as the second test
# hint: all 2n scores in one comparison
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(malignant, np.where(malignant, sharp_scores, soft_scores))
    return collected, roc_auc_score(malignant, soft_scores)


# %% shortcut · wrong · kernels exchanged
# hint: Kernels are exchanged
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(malignant, np.where(malignant, soft_scores, sharp_scores))
    return collected, roc_auc_score(np.tile(malignant, 2), np.concatenate([soft_scores, sharp_scores]))


# %% shortcut · wrong · the truth turned round
# hint: the truth is turned round
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(~malignant, np.where(malignant, sharp_scores, soft_scores))
    return collected, roc_auc_score(np.tile(~malignant, 2), np.concatenate([soft_scores, sharp_scores]))


# %% shortcut · wrong · mean score of both kernels
# hint: all 2n scores in one comparison
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    collected = roc_auc_score(malignant, np.where(malignant, sharp_scores, soft_scores))
    return collected, roc_auc_score(malignant, (soft_scores + sharp_scores) / 2)


# %% shortcut · right · counting pairs
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    def area(ill, well):
        difference = np.subtract.outer(ill, well)
        return np.mean((difference > 0) + 0.5 * (difference == 0))

    both = np.concatenate([soft_scores, sharp_scores])
    twice = np.concatenate([malignant, malignant])
    return [area(sharp_scores[malignant], soft_scores[~malignant]), area(both[twice], both[~twice])]


# %% shortcut · right · the mean over four combinations of kernels
def shortcut_aucs(soft_scores, sharp_scores, malignant):
    def mixed(ill, well):
        return roc_auc_score(malignant, np.where(malignant, ill, well))

    pair = (soft_scores, sharp_scores)
    return np.array([mixed(sharp_scores, soft_scores), np.mean([mixed(a, b) for a in pair for b in pair])])


# %% judge · wrong · the value instead of the interval
# hint: whatever the single value is
def verdict_of(checks):
    failed = checks.index[checks["value"] > checks["limit"]]
    return failed[0] if len(failed) else "accept"


# %% judge · wrong · the first check that is not a pass
# hint: A check that fails decides
def verdict_of(checks):
    for name, row in checks.dropna().iterrows():
        if row["low"] > row["limit"]:
            return name
        if row["high"] > row["limit"]:
            return "undecided"
    return "accept"


# %% judge · wrong · NaN counts as undecided
# hint: could not be made and is skipped
def verdict_of(checks):
    failed = checks.index[checks["low"] > checks["limit"]]
    if len(failed):
        return failed[0]
    return "accept" if (checks["high"] <= checks["limit"]).all() else "undecided"


# %% judge · wrong · the last check that fails
# hint: Name the first check that fails
def verdict_of(checks):
    checks = checks.dropna()
    failed = checks.index[checks["low"] > checks["limit"]]
    if len(failed):
        return failed[-1]
    return "accept" if (checks["high"] <= checks["limit"]).all() else "undecided"


# %% judge · wrong · any interval that reaches above the limit fails
# hint: across the limit
def verdict_of(checks):
    failed = checks.index[checks["high"] > checks["limit"]]
    return failed[0] if len(failed) else "accept"


# %% judge · wrong · reject without a reason
# hint: expected one of
def verdict_of(checks):
    checks = checks.dropna()
    if (checks["low"] > checks["limit"]).any():
        return "reject"
    return "accept" if (checks["high"] <= checks["limit"]).all() else "undecided"


# %% judge · wrong · an interval that ends at the limit is undecided
# hint: and verdict_of said 'undecided'
def verdict_of(checks):
    checks = checks.dropna()
    failed = checks.index[checks["low"] > checks["limit"]]
    if len(failed):
        return failed[0]
    return "accept" if (checks["high"] < checks["limit"]).all() else "undecided"


# %% judge · wrong · an interval that begins at the limit fails
# hint: The interval lies across the limit
def verdict_of(checks):
    checks = checks.dropna(subset=["low", "high", "limit"])
    passed = checks["high"] <= checks["limit"]
    failed = checks.index[(checks["low"] >= checks["limit"]) & ~passed]
    if len(failed):
        return failed[0]
    return "accept" if passed.all() else "undecided"


# %% judge · right · row by row
def verdict_of(checks):
    doubt = False
    for name in checks.index:
        low, high, limit = (float(checks.loc[name, column]) for column in ("low", "high", "limit"))
        if np.isnan([low, high, limit]).any():
            continue
        if low > limit:
            return name
        doubt = doubt or high > limit
    return "undecided" if doubt else "accept"


# %% judge · right · statuses first
def verdict_of(checks):
    status = np.select(
        [checks["low"] > checks["limit"], checks["high"] <= checks["limit"], checks["high"].isna()],
        ["fail", "pass", "skip"],
        "undecided",
    )
    if "fail" in status:
        return str(checks.index[list(status).index("fail")])
    return "undecided" if "undecided" in status else "accept"


# %% verdicts · wrong · by the range of intensities
# hint: Its range is right because it was stretched to it
def decide(before, after, tables):
    ends = after.images.min(), after.images.max()
    return "accept" if -1200 < ends[0] and ends[1] < 400 else "air"


# %% verdicts · wrong · rejects everything
# hint: They move pixels and change none
def decide(before, after, tables):
    return "features"


# %% verdicts · wrong · errors with their sign
# hint: take each patient's error without its sign
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": hu["water"],
        "air": hu["air"] + 1000,
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · the mean before the sign is dropped
# hint: take each patient's error without its sign
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": hu["water"],
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if abs(np.mean(change)) > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · air measured from 0
# hint: They move pixels and change none
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"]),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · air is not looked at
# hint: air goes to -1050 HU
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · the change of water instead of its error
# hint: Its range is right because
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": 0 * hu["water"],
        "air": 0 * hu["air"],
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · necrosis before the scale
# hint: and check them first
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in list(changes.items())[::-1]:
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · the area is not looked at
# hint: The interval of the change in area lies across
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": 0 * area[0],
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · the mean instead of the interval
# hint: whatever the mean is
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if np.mean(change) > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · accepts what is undecided
# hint: whatever the mean is
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept"


# %% verdicts · wrong · the upper end fails
# hint: whatever the mean is
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[1] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · necrosis is not looked at
# hint: The cores that decide the label are gone
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": 0 * share(before),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · the mean necrotic fraction above its limit
# hint: They move pixels and change none
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": share(after),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · features are not looked at
# hint: texture is not
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            pass
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · one agreement for all features together
# hint: texture is not
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for _ in (1,):
        ratings = np.column_stack([table.to_numpy().ravel() for table in tables])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · any change is a reason to reject
# hint: Not every change is a reason
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > 2:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · wrong · reject as a word
# hint: expected one of
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return "reject"
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · right · ganlab's own measures
def decide(before, after, tables):
    from ganlab import radiomics

    hu, share = radiomics.reference_hu(after), radiomics.necrotic_fraction
    area = [cohort.masks.sum(axis=(1, 2)) for cohort in (before, after)]
    changes = {
        "water": np.abs(hu["water"]),
        "air": np.abs(hu["air"] + 1000),
        "lesion area": np.abs(area[1] / area[0] - 1),
        "necrosis": np.abs(share(after) - share(before)),
    }
    for name, change in changes.items():
        if interval(change)[0] > LIMITS[name]:
            return name
    for name in tables[0]:
        ratings = np.column_stack([tables[0][name], tables[1][name]])
        if radiomics.intraclass_correlation(ratings).interval[1] < 0.75:
            return "features"
    sure = all(interval(change)[1] <= LIMITS[name] for name, change in changes.items())
    return "accept" if sure else "undecided"


# %% verdicts · right · image by image, and feature_stability
def decide(before, after, tables):
    from ganlab.radiomics import feature_stability
    from ganlab.radiomics import necrotic_fraction as dead

    rows = []
    ends = zip(after.images, after.regions["air"], after.regions["water"], before.masks, after.masks)
    for (image, air, water, old, new), one, other in zip(ends, dead(before), dead(after)):
        scale = abs(image[water].mean()), abs(image[air].mean() + 1000)
        rows.append((*scale, abs(new.sum() - old.sum()) / old.sum(), abs(other - one)))
    low, high = interval_of_columns(pd.DataFrame(rows, columns=list(LIMITS)))
    limits = pd.Series(LIMITS)
    failed = list(limits.index[low > limits])
    if (feature_stability(*tables)["high"] < 0.75).any():
        failed.append("features")
    return failed[0] if failed else "undecided" if (high > limits).any() else "accept"


def interval_of_columns(table):
    reach = stats.t.isf(0.025, len(table) - 1) * table.sem()
    return table.mean() - reach, table.mean() + reach


# %% verdicts · right · a table of checks, and the last to fail overwritten by the first
def decide(before, after, tables):
    from ganlab import radiomics

    verdict = "accept"
    hu = radiomics.reference_hu(after).to_numpy() - radiomics.reference_hu(after).columns.map(
        {"air": -1000.0, "water": 0.0}
    ).to_numpy(dtype=float)
    errors = pd.DataFrame(np.abs(hu), columns=radiomics.reference_hu(after).columns)
    errors["necrosis"] = np.abs(radiomics.necrotic_fraction(before) - radiomics.necrotic_fraction(after))
    errors["lesion area"] = np.abs(1 - after.masks.mean(axis=(1, 2)) / before.masks.mean(axis=(1, 2)))
    checks = pd.DataFrame({name: interval(errors[name]) for name in LIMITS}, index=["low", "high"]).T
    if (checks["high"] > pd.Series(LIMITS)).any():
        verdict = "undecided"
    pairs = [np.stack([table[name] for table in tables], axis=1) for name in tables[0].columns]
    if min(radiomics.intraclass_correlation(pair).interval[1] for pair in pairs) < 0.75:
        verdict = "features"
    for name in reversed(list(LIMITS)):
        if checks.loc[name, "low"] > LIMITS[name]:
            verdict = name
    return verdict
