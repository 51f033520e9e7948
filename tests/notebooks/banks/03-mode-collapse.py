"""Answers to the tasks of 03-mode-collapse: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np and torch are the notebook's own imports; nearer_train and mode_coverage
come from a locked cell.
"""


# %% mode-counts · wrong · every sample to the nearest mode, however far
# hint: Beyond the radius it has none
def mode_counts(samples, centres, radius):
    nearest = np.linalg.norm(samples[:, None] - centres, axis=2).argmin(axis=1)
    return np.append(np.bincount(nearest, minlength=len(centres)), 0)


# %% mode-counts · wrong · one axis at a time
# hint: take the Euclidean distance
def mode_counts(samples, centres, radius):
    distance = np.abs(samples[:, None] - centres).max(axis=2)
    mode = np.where(distance.min(axis=1) <= radius, distance.argmin(axis=1), len(centres))
    return np.bincount(mode, minlength=len(centres) + 1)


# %% mode-counts · wrong · squared distance against the radius
# hint: is one of them squared
def mode_counts(samples, centres, radius):
    distance = ((samples[:, None] - centres) ** 2).sum(axis=2)
    mode = np.where(distance.min(axis=1) <= radius, distance.argmin(axis=1), len(centres))
    return np.bincount(mode, minlength=len(centres) + 1)


# %% mode-counts · wrong · counts a sample for every centre in reach
# hint: counted twice. It belongs to the nearest
def mode_counts(samples, centres, radius):
    inside = np.linalg.norm(samples[:, None] - centres, axis=2) <= radius
    return np.append(inside.sum(axis=0), (~inside.any(axis=1)).sum())


# %% mode-counts · wrong · the first centre in reach
# hint: belongs to the nearest, not to the first
def mode_counts(samples, centres, radius):
    counts = np.zeros(len(centres) + 1)
    for sample in samples:
        for number, centre in enumerate(centres):
            if np.linalg.norm(sample - centre) <= radius:
                counts[number] += 1
                break
        else:
            counts[-1] += 1
    return counts


# %% mode-counts · wrong · strays left out
# hint: 2 numbers; expected 3 numbers
def mode_counts(samples, centres, radius):
    distance = np.linalg.norm(samples[:, None] - centres, axis=2)
    kept = distance.min(axis=1) <= radius
    return np.bincount(distance.argmin(axis=1)[kept], minlength=len(centres))


# %% mode-counts · wrong · the surface left out
# hint: at exactly the radius still belongs
def mode_counts(samples, centres, radius):
    distance = np.linalg.norm(samples[:, None] - centres, axis=2)
    mode = np.where(distance.min(axis=1) < radius, distance.argmin(axis=1), len(centres))
    return np.bincount(mode, minlength=len(centres) + 1)


# %% mode-counts · wrong · shares
# hint: Return counts
def mode_counts(samples, centres, radius):
    distance = np.linalg.norm(samples[:, None] - centres, axis=2)
    mode = np.where(distance.min(axis=1) <= radius, distance.argmin(axis=1), len(centres))
    return np.bincount(mode, minlength=len(centres) + 1) / len(samples)


# %% mode-counts · wrong · strays first
# hint: The samples of no mode come last
def mode_counts(samples, centres, radius):
    distance = np.linalg.norm(samples[:, None] - centres, axis=2)
    mode = np.where(distance.min(axis=1) <= radius, distance.argmin(axis=1) + 1, 0)
    return np.bincount(mode, minlength=len(centres) + 1)


# %% mode-counts · wrong · no room for empty modes at the end
# hint: expected
def mode_counts(samples, centres, radius):
    distance = np.linalg.norm(samples[:, None] - centres, axis=2)
    inside = distance.min(axis=1) <= radius
    counts = np.bincount(distance.argmin(axis=1)[inside])
    return np.append(counts, (~inside).sum())


# %% mode-counts · right · loops, a list
def mode_counts(samples, centres, radius):
    counts = [0] * (len(centres) + 1)
    for sample in samples:
        distances = [sum((a - b) ** 2 for a, b in zip(sample, centre)) ** 0.5 for centre in centres]
        nearest = min(range(len(centres)), key=distances.__getitem__)
        counts[nearest if distances[nearest] <= radius else -1] += 1
    return counts


# %% mode-counts · right · torch
def mode_counts(samples, centres, radius):
    distance, nearest = torch.cdist(torch.as_tensor(samples), torch.as_tensor(centres)).min(dim=1)
    nearest[distance > radius] = len(centres)
    return torch.bincount(nearest, minlength=len(centres) + 1)


# %% mode-counts · right · a tree of neighbours
def mode_counts(samples, centres, radius):
    from scipy.spatial import cKDTree

    distance, nearest = cKDTree(centres).query(samples)
    return np.array(
        [((nearest == j) & (distance <= radius)).sum() for j in range(len(centres))]
        + [(distance > radius).sum()]
    )


# %% modes-found · wrong · hit at least once
# hint: 'Hit once' is too kind
def modes_found(counts, shares):
    return np.sum(counts[:-1] > 0)


# %% modes-found · wrong · no mode counted as a mode
# hint: it is not a mode
def modes_found(counts, shares):
    return np.sum(counts > 0)


# %% modes-found · wrong · one minimum for all
# hint: A rare mode needs fewer samples
def modes_found(counts, shares):
    return np.sum(counts[:-1] >= counts.sum() / len(shares) / 5)


# %% modes-found · wrong · all that is expected
# hint: A fifth of the expected count is enough
def modes_found(counts, shares):
    return np.sum(counts[:-1] >= counts.sum() * shares * 1.2)


# %% modes-found · wrong · more than the minimum
# hint: compare with >=
def modes_found(counts, shares):
    return np.sum(counts[:-1] > counts.sum() * shares / 5)


# %% modes-found · wrong · a discount for wasted samples
# hint: a wasted sample is no discount
def modes_found(counts, shares):
    return np.sum(counts[:-1] >= counts[:-1].sum() * shares / 5)


# %% modes-found · wrong · a list of the modes
# hint: expected one number
def modes_found(counts, shares):
    return np.flatnonzero(counts[:-1] >= counts.sum() * shares / 5)


# %% modes-found · wrong · minimum rounded down
# hint: do not round it
def modes_found(counts, shares):
    return int(np.sum(counts[:-1] >= np.floor(counts.sum() * shares / 5)))


# %% modes-found · wrong · minimum rounded to the nearest
# hint: do not round it
def modes_found(counts, shares):
    return int(np.sum(counts[:-1] >= np.round(counts.sum() * shares / 5)))


# %% modes-found · right · a loop
def modes_found(counts, shares):
    n, found = sum(counts), 0
    for count, share in zip(counts, shares):
        if 5 * count >= n * share - 1e-9:
            found += 1
    return found


# %% modes-found · right · shares of the expected count
def modes_found(counts, shares):
    expected = counts.sum() * shares
    return np.count_nonzero(counts[:-1] / expected >= 0.2 - 1e-12)


# %% modes-found · right · torch
def modes_found(counts, shares):
    counts, shares = torch.as_tensor(counts), torch.as_tensor(shares)
    return (counts[:-1] >= counts.sum() * shares / 5).sum()


# %% histogram-kl · wrong · the wrong way round
# hint: Weigh by the real shares
def histogram_kl(counts, shares):
    q = (counts + 0.5) / (counts + 0.5).sum()
    return np.sum(q * np.log(q / shares))


# %% histogram-kl · wrong · infinite at 0
# hint: A lost mode gives infinity
def histogram_kl(counts, shares):
    return np.sum(shares * np.log(shares / (counts / counts.sum())))


# %% histogram-kl · wrong · scipy without smoothing
# hint: A lost mode gives infinity
def histogram_kl(counts, shares):
    from scipy.stats import entropy

    return entropy(shares, counts)


# %% histogram-kl · wrong · leaves the lost mode out
# hint: it is the one that matters
def histogram_kl(counts, shares):
    q = counts / counts.sum()
    here = q > 0
    return np.sum(shares[here] * np.log(shares[here] / q[here]))


# %% histogram-kl · wrong · in bits
# hint: That is in bits
def histogram_kl(counts, shares):
    q = (counts + 0.5) / (counts + 0.5).sum()
    return np.sum(shares * np.log2(shares / q))


# %% histogram-kl · wrong · does not add up to 1
# hint: divide by the sum of the smoothed counts
def histogram_kl(counts, shares):
    q = (counts + 0.5) / counts.sum()
    return np.sum(shares * np.log(shares / q))


# %% histogram-kl · wrong · sign turned
# hint: KL is never negative
def histogram_kl(counts, shares):
    q = (counts + 0.5) / (counts + 0.5).sum()
    return np.sum(shares * np.log(q / shares))


# %% histogram-kl · wrong · NaN at 0
# hint: 0 log 0
def histogram_kl(counts, shares):
    q = counts / counts.sum()
    return np.sum(q * np.log(q / shares))


# %% histogram-kl · right · scipy
def histogram_kl(counts, shares):
    from scipy.stats import entropy

    return entropy(shares, np.asarray(counts) + 0.5)


# %% histogram-kl · right · cross-entropy minus entropy
def histogram_kl(counts, shares):
    logarithms = np.log(np.asarray(counts) + 0.5) - np.log(np.sum(counts) + 0.5 * len(counts))
    return np.dot(shares, np.log(shares)) - np.dot(shares, logarithms)


# %% histogram-kl · right · torch in single precision
def histogram_kl(counts, shares):
    counts, shares = torch.tensor(counts).float() + 0.5, torch.tensor(shares).float()
    return torch.nn.functional.kl_div((counts / counts.sum()).log(), shares, reduction="sum")


# %% precision-recall · wrong · swapped
# hint: Precision and recall are swapped
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k]
    return (between <= f).any(axis=1).mean(), (between <= r[:, None]).any(axis=0).mean()


# %% precision-recall · wrong · every sample its own neighbour
# hint: a sample is not its own neighbour
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k - 1]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k - 1]
    return (between <= r[:, None]).any(axis=0).mean(), (between <= f).any(axis=1).mean()


# %% precision-recall · wrong · balls of the other set
# hint: The wrong balls
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k]
    return (between <= f).any(axis=0).mean(), (between <= r[:, None]).any(axis=1).mean()


# %% precision-recall · wrong · recall by the balls of the real ones
# hint: For recall the balls belong to the fake samples
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    inside = between <= r[:, None]
    return inside.any(axis=0).mean(), inside.any(axis=1).mean()


# %% precision-recall · wrong · one neighbour too far
# hint: expected
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k + 1]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k + 1]
    return (between <= r[:, None]).any(axis=0).mean(), (between <= f).any(axis=1).mean()


# %% precision-recall · wrong · the surface left out
# hint: The surface belongs to the ball
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k]
    return (between < r[:, None]).any(axis=0).mean(), (between < f).any(axis=1).mean()


# %% precision-recall · wrong · counts
# hint: return shares
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    f = np.sort(np.linalg.norm(fake[:, None] - fake, axis=2), axis=1)[:, k]
    return (between <= r[:, None]).any(axis=0).sum(), (between <= f).any(axis=1).sum()


# %% precision-recall · wrong · one number
# hint: expected 2 numbers
def precision_recall(real, fake, k):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    r = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k]
    return (between <= r[:, None]).any(axis=0).mean()


# %% precision-recall · right · loops
def precision_recall(real, fake, k):
    def among(queries, owners):
        hits = np.zeros(len(queries), bool)
        for i, owner in enumerate(owners):
            others = np.delete(owners, i, axis=0)
            radius = np.sort(np.sqrt(((others - owner) ** 2).sum(axis=1)))[k - 1]
            hits |= np.sqrt(((queries - owner) ** 2).sum(axis=1)) <= radius
        return hits.mean()

    return among(fake, real), among(real, fake)


# %% precision-recall · right · torch
def precision_recall(real, fake, k):
    real, fake = torch.as_tensor(real), torch.as_tensor(fake)
    exact = {"compute_mode": "donot_use_mm_for_euclid_dist"}
    r = torch.cdist(real, real, **exact).kthvalue(k + 1, dim=1).values
    f = torch.cdist(fake, fake, **exact).kthvalue(k + 1, dim=1).values
    between = torch.cdist(real, fake, **exact)
    return [(between <= r[:, None]).any(0).float().mean(), (between <= f).any(1).float().mean()]


# %% precision-recall · right · scikit-learn's neighbours
def precision_recall(real, fake, k):
    from scipy.spatial.distance import cdist
    from sklearn.neighbors import NearestNeighbors

    radius = lambda x: NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x).kneighbors()[0][:, -1]
    between = cdist(real, fake)
    return np.array(
        [
            np.mean(np.any(between <= radius(real)[:, None] + 1e-12, 0)),
            np.mean(np.any(between <= radius(fake) + 1e-12, 1)),
        ]
    )


# %% lab-reading · wrong · the plain game's rate
# hint: Move on until it is fewer than half
def lab_reading():
    return 0.001, 2


# %% lab-reading · wrong · not the smallest
# hint: a smaller rate will do
def lab_reading():
    return 0.003, 2


# %% lab-reading · wrong · a rate that the slider does not know
# hint: the slider knows
def lab_reading():
    return 0.0005, 2


# %% lab-reading · wrong · the games of the plain setting
# hint: Vary 'samples in a pack'
def lab_reading():
    return 0.002, 15


# %% lab-reading · wrong · one number
# hint: expected 2 numbers
def lab_reading():
    return 0.002


# %% lab-reading · right · a list
def lab_reading():
    return [0.002, 2]


# %% lab-reading · right · a tensor
def lab_reading():
    return torch.tensor([0.002, 2])


# %% birthday · wrong · every pair of duplicates twice
# hint: counted twice
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    duplicates = (distance <= threshold).sum() - n
    return n * (n - 1) / 2 / duplicates if duplicates else np.inf


# %% birthday · wrong · every sample a duplicate of itself
# hint: A sample was compared with itself
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    return n * n / (distance <= threshold).sum()


# %% birthday · wrong · half of n squared
# hint: There are n(n-1)/2 pairs
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    duplicates = (distance[np.triu_indices(n, 1)] <= threshold).sum()
    return n * n / 2 / duplicates if duplicates else np.inf


# %% birthday · wrong · the number of duplicates
# hint: That is the number of duplicates
def effective_support(samples, threshold):
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    return (distance[np.triu_indices(len(samples), 1)] <= threshold).sum()


# %% birthday · wrong · neighbours in the list only
# hint: every pair counts
def effective_support(samples, threshold):
    n = len(samples)
    duplicates = (np.linalg.norm(np.diff(samples, axis=0), axis=1) <= threshold).sum()
    return n * (n - 1) / 2 / duplicates if duplicates else np.inf


# %% birthday · wrong · division by zero
# hint: divi
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    return n * (n - 1) / 2 / int((distance[np.triu_indices(n, 1)] <= threshold).sum())


# %% birthday · wrong · the rule for even odds
# hint: Here you can count pairs
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    duplicates = (distance[np.triu_indices(n, 1)] <= threshold).sum()
    return n**2 / (2 * np.log(2)) / duplicates if duplicates else np.inf


# %% birthday · wrong · the share of duplicate pairs
# hint: turn it over
def effective_support(samples, threshold):
    n = len(samples)
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)
    return (distance[np.triu_indices(n, 1)] <= threshold).mean()


# %% birthday · wrong · strictly below the threshold
# hint: compare with <=
def effective_support(samples, threshold):
    distance = np.linalg.norm(samples[:, None] - samples, axis=2)[np.triu_indices(len(samples), 1)]
    duplicates = np.sum(distance < threshold)
    return len(distance) / duplicates if duplicates else np.inf


# %% birthday · right · pdist
def effective_support(samples, threshold):
    from scipy.spatial.distance import pdist

    close = pdist(samples) <= threshold
    return close.size / close.sum() if close.any() else float("inf")


# %% birthday · right · two loops
def effective_support(samples, threshold):
    n, duplicates = len(samples), 0
    for i in range(n):
        for j in range(i + 1, n):
            duplicates += bool(np.sqrt(((samples[i] - samples[j]) ** 2).sum()) <= threshold)
    return n * (n - 1) / 2 / duplicates if duplicates > 0 else np.inf


# %% birthday · right · numpy divides by zero and warns
def effective_support(samples, threshold):
    distance = torch.pdist(torch.as_tensor(samples))
    return len(distance) / (distance <= threshold).sum()


# %% pack · wrong · a sample's numbers torn apart
# hint: numbers must stay together
def pack(samples, m):
    packs = len(samples) // m
    packed = samples[: packs * m].reshape(packs, m, *samples.shape[1:])
    return packed.swapaxes(1, 2).reshape(packs, m * samples.shape[1], *samples.shape[2:])


# %% pack · wrong · partners from far away
# hint: Neighbours make a pack
def pack(samples, m):
    packs = len(samples) // m
    return np.stack([np.concatenate(list(samples[i::packs][:m])) for i in range(packs)])


# %% pack · wrong · one sample repeated
# hint: not one repeated
def pack(samples, m):
    return np.tile(samples[: len(samples) // m], (1, m))


# %% pack · wrong · a new axis
# hint: expected an array of shape (2, 6)
def pack(samples, m):
    return samples.reshape(len(samples) // m, m, *samples.shape[1:])


# %% pack · wrong · the mean of a pack
# hint: expected an array of shape (2, 6)
def pack(samples, m):
    return samples.reshape(len(samples) // m, m, *samples.shape[1:]).mean(axis=1)


# %% pack · wrong · the rest does not fit
# hint: reshape
def pack(samples, m):
    return samples.reshape(len(samples) // m, m * samples.shape[1], *samples.shape[2:])


# %% pack · wrong · images flattened
# hint: expected an array of shape (2, 4, 3, 3)
def pack(samples, m):
    packs = len(samples) // m
    return samples[: packs * m].reshape(packs, -1)


# %% pack · right · concatenation of every m-th
def pack(samples, m):
    samples = torch.as_tensor(samples)
    n = len(samples) // m * m
    return torch.cat([samples[i:n:m] for i in range(m)], dim=1)


# %% pack · right · a loop
def pack(samples, m):
    samples = np.asarray(samples)
    packs = []
    for start in range(0, len(samples) - m + 1, m):
        packs.append(np.concatenate(list(samples[start : start + m]), axis=0))
    return np.array(packs)


# %% diagnose · wrong · believes only in perfection
# hint: leave room for luck
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if nearer_train(samples, train, holdout) > 0.62:
        return "copying"
    if report.high_quality.value < 0.999:
        return "underfit"
    return "collapsed" if report.found.value < len(centres) else "good"


# %% diagnose · wrong · never looks for copies
# hint: compare the distances to train and to the holdout
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if report.high_quality.value < 0.9:
        return "underfit"
    return "collapsed" if report.found.value < len(centres) else "good"


# %% diagnose · wrong · hit at least once, every stray to the nearest
# hint: a third of the samples lie in none
def diagnose(samples, train, holdout, centres, std):
    if nearer_train(samples, train, holdout) > 0.62:
        return "copying"
    nearest = np.linalg.norm(samples[:, None] - centres, axis=2).argmin(axis=1)
    return "good" if len(set(nearest)) == len(centres) else "collapsed"


# %% diagnose · wrong · underfit and collapsed exchanged
# hint: bad quality
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if nearer_train(samples, train, holdout) > 0.62:
        return "copying"
    if report.high_quality.value < 0.9:
        return "collapsed"
    return "underfit" if report.found.value < len(centres) else "good"


# %% diagnose · wrong · eight modes written into the rule
# hint: Do not write the number of modes into the rule
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if nearer_train(samples, train, holdout) > 0.62:
        return "copying"
    if report.high_quality.value < 0.9:
        return "underfit"
    return "collapsed" if report.found.value < min(8, len(centres)) else "good"


# %% diagnose · wrong · a limit that only strong copying passes
# hint: about 70 % of the samples are nearer to train
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if nearer_train(samples, train, holdout) > 0.72:
        return "copying"
    if report.high_quality.value < 0.9:
        return "underfit"
    return "collapsed" if report.found.value < len(centres) else "good"


# %% diagnose · wrong · a word that was not on the list
# hint: expected one of
def diagnose(samples, train, holdout, centres, std):
    return "mode collapse"


# %% diagnose · wrong · a limit that only strong underfitting passes
# hint: leave about a fifth of the samples outside
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if nearer_train(samples, train, holdout) > 0.62:
        return "copying"
    if report.high_quality.value < 0.72:
        return "underfit"
    return "collapsed" if report.found.value < len(centres) else "good"


# %% diagnose · wrong · expects as many samples as training samples
# hint: ask for shares of the samples
def diagnose(samples, train, holdout, centres, std):
    counts = (np.linalg.norm(samples[:, None] - centres, axis=2) <= 3 * std).sum(axis=0)
    if nearer_train(samples, train, holdout) > 0.6:
        return "copying"
    if mode_coverage(samples, centres, std).high_quality.value < 0.9:
        return "underfit"
    return "collapsed" if counts.min() < len(train) / len(centres) / 5 else "good"


# %% diagnose · wrong · asks which training samples have a fake nearby
# hint: ask for shares of the samples
def diagnose(samples, train, holdout, centres, std):
    counts = (np.linalg.norm(samples[:, None] - centres, axis=2) <= 3 * std).sum(axis=0)
    if nearer_train(train, samples, holdout) > 0.6:
        return "copying"
    if mode_coverage(samples, centres, std).high_quality.value < 0.9:
        return "underfit"
    return "collapsed" if counts.min() < len(samples) / len(centres) / 5 else "good"


# %% diagnose · right · with the library's report
def diagnose(samples, train, holdout, centres, std):
    report = mode_coverage(samples, centres, std)
    if report.high_quality.value < 0.9:
        return "underfit"
    if report.found.value < len(centres):
        return "collapsed"
    return "copying" if nearer_train(samples, train, holdout) > 0.6 else "good"


# %% diagnose · right · copies by a count of tiny distances, in torch
def diagnose(samples, train, holdout, centres, std):
    samples, train, holdout, centres = (
        torch.as_tensor(np.asarray(x)).double() for x in (samples, train, holdout, centres)
    )
    tiny = lambda other: (torch.cdist(samples, other).min(1).values < 0.06 * std).double().mean()
    if tiny(train) > tiny(holdout) + 0.2:
        return "copying"
    distance, nearest = torch.cdist(samples, centres).min(1)
    if (distance <= 3 * std).double().mean() < 0.9:
        return "underfit"
    return "good" if len(nearest[distance <= 3 * std].unique()) == len(centres) else "collapsed"
