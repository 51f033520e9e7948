"""Answers to the tasks of 04-memorization: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, pd, cdist and pdist are the notebook's own imports.
"""


# %% nearest-distances · wrong · squared
# hint: take the square root
def nearest_distances(queries, references):
    return ((queries[:, None] - references[None]) ** 2).sum(axis=2).min(axis=1)


# %% nearest-distances · wrong · mean over all
# hint: Only the nearest one counts
def nearest_distances(queries, references):
    return cdist(queries, references).mean(axis=1)


# %% nearest-distances · wrong · for each reference
# hint: each of the 2 queries needs one
def nearest_distances(queries, references):
    return cdist(queries, references).min(axis=0)


# %% nearest-distances · wrong · the whole table
# hint: That is the whole table
def nearest_distances(queries, references):
    return cdist(queries, references)


# %% nearest-distances · wrong · one minimum for all
# hint: one number for all
def nearest_distances(queries, references):
    return cdist(queries, references).min()


# %% nearest-distances · wrong · absolute differences
# hint: sums of absolute differences
def nearest_distances(queries, references):
    return cdist(queries, references, "cityblock").min(axis=1)


# %% nearest-distances · wrong · row numbers
# hint: not the distances
def nearest_distances(queries, references):
    return cdist(queries, references).argmin(axis=1)


# %% nearest-distances · wrong · root mean square
# hint: sum the squares, do not average
def nearest_distances(queries, references):
    return np.sqrt(((queries[:, None] - references[None]) ** 2).mean(axis=2)).min(axis=1)


# %% nearest-distances · wrong · multiplied out, in single precision
# hint: subtract first
def nearest_distances(queries, references):
    q, r = np.asarray(queries, dtype=np.float32), np.asarray(references, dtype=np.float32)
    return np.sqrt((q**2).sum(axis=1)[:, None] + (r**2).sum(axis=1) - 2 * q @ r.T).min(axis=1)


# %% nearest-distances · wrong · forgets to return
# hint: Is there a `return`
def nearest_distances(queries, references):
    distances = cdist(queries, references).min(axis=1)


# %% nearest-distances · right · loops in plain Python
def nearest_distances(queries, references):
    def length(x, y):
        return sum((a - b) ** 2 for a, b in zip(x, y)) ** 0.5

    return [min(length(query, reference) for reference in references) for query in queries]


# %% nearest-distances · right · a tree
def nearest_distances(queries, references):
    from scipy.spatial import cKDTree

    return cKDTree(references).query(queries)[0]


# %% nearest-distances · right · torch
def nearest_distances(queries, references):
    import torch

    queries, references = torch.as_tensor(queries), torch.as_tensor(references)
    return (queries[:, None] - references[None]).norm(dim=2).amin(dim=1)


# %% spacing · wrong · finds itself
# hint: Each patient found himself
def spacing(train):
    return cdist(train, train).min(axis=1)


# %% spacing · wrong · mean over all others
# hint: the mean over all others
def spacing(train):
    return cdist(train, train).sum(axis=1) / (len(train) - 1)


# %% spacing · wrong · mean with itself
# hint: the patient itself included
def spacing(train):
    return cdist(train, train).mean(axis=1)


# %% spacing · wrong · all-pairs mean
# hint: You gave one number
def spacing(train):
    return pdist(train).mean()


# %% spacing · wrong · mean spacing
# hint: You gave one number
def spacing(train):
    table = cdist(train, train)
    np.fill_diagonal(table, np.inf)
    return table.min(axis=1).mean()


# %% spacing · wrong · hides every zero
# hint: Leave out the row itself, not every 0
def spacing(train):
    table = cdist(train, train)
    table[table == 0] = np.inf
    return table.min(axis=1)


# %% spacing · wrong · second neighbour
# hint: the second nearest other patient
def spacing(train):
    return np.sort(cdist(train, train), axis=1)[:, 2]


# %% spacing · wrong · returns what fill_diagonal returns
# hint: object has no attribute 'min'
def spacing(train):
    table = np.fill_diagonal(cdist(train, train), np.inf)
    return table.min(axis=1)


# %% spacing · wrong · drops repeated patients
# hint: expected 3 numbers
def spacing(train):
    train = np.unique(train, axis=0) if len(np.unique(train, axis=0)) < len(train) else train
    table = cdist(train, train) + np.diag(np.full(len(train), np.inf))
    return table.min(axis=1)


# %% spacing · right · second of the sorted row
def spacing(train):
    return np.sort(cdist(train, train), axis=1)[:, 1]


# %% spacing · right · leaving one out, literally
def spacing(train):
    return [cdist(train[i : i + 1], np.delete(train, i, axis=0)).min() for i in range(len(train))]


# %% spacing · right · a tree
def spacing(train):
    from scipy.spatial import KDTree

    return KDTree(train).query(train, k=2)[0][:, 1]


# %% ratio · wrong · finds itself
# hint: each training sample found itself
def ratio(train, synthetic):
    with np.errstate(divide="ignore"):
        return cdist(synthetic, train).min(axis=1).mean() / cdist(train, train).min(axis=1).mean()


# %% ratio · wrong · all pairs
# hint: divided by the average over all pairs
def ratio(train, synthetic):
    return cdist(synthetic, train).min(axis=1).mean() / pdist(train).mean()


# %% ratio · wrong · all pairs and the zeros of the diagonal
# hint: divided by the average over all pairs
def ratio(train, synthetic):
    return cdist(synthetic, train).min(axis=1).mean() / cdist(train, train).mean()


# %% ratio · wrong · upside down
# hint: upside down
def ratio(train, synthetic):
    within = np.sort(cdist(train, train), axis=1)[:, 1]
    return within.mean() / cdist(synthetic, train).min(axis=1).mean()


# %% ratio · wrong · from train to synthetic
# hint: That starts from train
def ratio(train, synthetic):
    within = np.sort(cdist(train, train), axis=1)[:, 1]
    return cdist(synthetic, train).min(axis=0).mean() / within.mean()


# %% ratio · wrong · mean of the single scores
# hint: That is the mean of ratios
def ratio(train, synthetic):
    within, table = np.sort(cdist(train, train), axis=1)[:, 1], cdist(synthetic, train)
    return (table.min(axis=1) / within[table.argmin(axis=1)]).mean()


# %% ratio · wrong · sums
# hint: Those are sums
def ratio(train, synthetic):
    within = np.sort(cdist(train, train), axis=1)[:, 1]
    return cdist(synthetic, train).min(axis=1).sum() / within.sum()


# %% ratio · wrong · not divided
# hint: left undivided
def ratio(train, synthetic):
    return cdist(synthetic, train).min(axis=1).mean()


# %% ratio · right · tree and float32
def ratio(train, synthetic):
    from scipy.spatial import KDTree

    tree = KDTree(train)
    return np.float32(tree.query(synthetic)[0].mean() / tree.query(train, k=2)[0][:, 1].mean())


# %% ratio · right · loops
def ratio(train, synthetic):
    def length(x, y):
        return float(np.sqrt(np.sum((np.asarray(x) - np.asarray(y)) ** 2)))

    near = [min(length(g, t) for t in train) for g in synthetic]
    within = [min(length(t, o) for j, o in enumerate(train) if j != i) for i, t in enumerate(train)]
    return (sum(near) / len(near)) / (sum(within) / len(within))


# %% expected-ratios · wrong · the patient counts itself
# hint: A patient sees only the n - 1 others
def expected_ratios(n):
    return 1.0, 2 / (n + 1)


# %% expected-ratios · wrong · every time sees n - 1
# hint: A new time sees n patients
def expected_ratios(n):
    return 1.0, 2 / n


# %% expected-ratios · wrong · upside down
# hint: The first ratio is upside down
def expected_ratios(n):
    return (n + 1) / n, 2 / (n + 1)


# %% expected-ratios · wrong · any pair is 12 hours apart
# hint: its mean is 6
def expected_ratios(n):
    return n / (n + 1), 1 / (n + 1)


# %% expected-ratios · wrong · any pair is 3 hours apart
# hint: its mean is 6
def expected_ratios(n):
    return n / (n + 1), 4 / (n + 1)


# %% expected-ratios · wrong · other order
# hint: The order is leave-one-out first
def expected_ratios(n):
    return 2 / (n + 1), n / (n + 1)


# %% expected-ratios · wrong · distances in hours
# hint: Divide
def expected_ratios(n):
    return 12 / (n + 1), 12 / n


# %% expected-ratios · wrong · thinks it does not depend on n
# hint: expected_ratios(2) gave
def expected_ratios(n):
    return 0.75, 0.5


# %% expected-ratios · right · simplified
def expected_ratios(n):
    return [n / (n + 1), 2 / (n + 1)]


# %% expected-ratios · right · as an integral over the tail
def expected_ratios(n):
    hours = np.linspace(0, 12, 200_001)
    new, other = (np.trapezoid((1 - hours / 12) ** k, hours) for k in (n, n - 1))
    return np.array([new / other, new / 6])


# %% threshold · wrong · upper end
# hint: Copies are near: use the low end
def threshold(holdout_scores, false_alarm):
    return np.sort(holdout_scores)[::-1][int(false_alarm * len(holdout_scores))]


# %% threshold · wrong · interpolated quantile
# hint: A quantile that interpolates does this
def threshold(holdout_scores, false_alarm):
    return np.quantile(holdout_scores, false_alarm)


# %% threshold · wrong · the smallest held-out score
# hint: it may be higher, 2 are allowed
def threshold(holdout_scores, false_alarm):
    return np.min(holdout_scores)


# %% threshold · wrong · a fixed number
# hint: it may be higher, 2 are allowed
def threshold(holdout_scores, false_alarm):
    return 0.5


# %% threshold · wrong · one too low
# hint: it may be higher, 2 are allowed
def threshold(holdout_scores, false_alarm):
    return np.sort(holdout_scores)[int(false_alarm * len(holdout_scores)) - 1]


# %% threshold · wrong · one too many
# hint: 2 were allowed
def threshold(holdout_scores, false_alarm):
    return np.sort(holdout_scores)[int(false_alarm * len(holdout_scores)) + 1]


# %% threshold · wrong · tuned until it fitted the example
# hint: has to follow the scores that are given
def threshold(holdout_scores, false_alarm):
    return 0.7


# %% threshold · wrong · mean minus two standard deviations
# hint: it may be higher, 2 are allowed
def threshold(holdout_scores, false_alarm):
    return np.mean(holdout_scores) - 2 * np.std(holdout_scores)


# %% threshold · wrong · not sorted
# hint: of 10
def threshold(holdout_scores, false_alarm):
    return holdout_scores[int(false_alarm * len(holdout_scores))]


# %% threshold · wrong · the midpoint between two scores
# hint: The HIGHEST threshold
def threshold(holdout_scores, false_alarm):
    ordered = np.sort(holdout_scores)
    allowed = int(np.floor(false_alarm * len(ordered) + 1e-9))
    return (ordered[allowed] + ordered[allowed - 1]) / 2 if allowed else ordered[0]


# %% threshold · wrong · just above the last one accused
# hint: The HIGHEST threshold
def threshold(holdout_scores, false_alarm):
    ordered = np.sort(holdout_scores)
    allowed = int(np.floor(false_alarm * len(ordered) + 1e-9))
    return np.nextafter(ordered[allowed - 1], np.inf) if allowed else ordered[0]


# %% threshold · right · tries every score
def threshold(holdout_scores, false_alarm):
    allowed = false_alarm * len(holdout_scores) + 1e-9
    return max(s for s in holdout_scores if sum(other < s for other in holdout_scores) <= allowed)


# %% threshold · right · partition
def threshold(holdout_scores, false_alarm):
    allowed = int(len(holdout_scores) * false_alarm)
    return np.partition(holdout_scores, allowed)[allowed]


# %% threshold · right · pandas
def threshold(holdout_scores, false_alarm):
    return pd.Series(holdout_scores).nsmallest(int(false_alarm * len(holdout_scores)) + 1).iloc[-1]


# %% flip-proof-distances · wrong · nothing flipped
# hint: Nothing was flipped
def flip_proof_distances(queries, references):
    return cdist(queries.reshape(len(queries), -1), references.reshape(len(references), -1)).min(axis=1)


# %% flip-proof-distances · wrong · both sides flipped alike
# hint: query and reference were flipped alike
def flip_proof_distances(queries, references):
    best = []
    for axis in ((), (1,), (2,), (1, 2)):
        q, r = np.flip(queries, axis), np.flip(references, axis)
        best.append(cdist(q.reshape(len(q), -1), r.reshape(len(r), -1)).min(axis=1))
    return np.min(best, axis=0)


# %% flip-proof-distances · wrong · only left to right
# hint: upside down is missing
def flip_proof_distances(queries, references):
    flat = references.reshape(len(references), -1)
    views = (queries, queries[:, :, ::-1])
    return np.min([cdist(v.reshape(len(v), -1), flat).min(axis=1) for v in views], axis=0)


# %% flip-proof-distances · wrong · not both at once
# hint: both at once is missing
def flip_proof_distances(queries, references):
    flat = references.reshape(len(references), -1)
    views = (queries, queries[:, :, ::-1], queries[:, ::-1])
    return np.min([cdist(v.reshape(len(v), -1), flat).min(axis=1) for v in views], axis=0)


# %% flip-proof-distances · wrong · flattened first, then reversed
# hint: That is a half turn
def flip_proof_distances(queries, references):
    q, r = queries.reshape(len(queries), -1), references.reshape(len(references), -1)
    return np.minimum(cdist(q, r), cdist(q[:, ::-1], r)).min(axis=1)


# %% flip-proof-distances · wrong · reverses the order of the patients
# hint: reversing it compares each image with another patient
def flip_proof_distances(queries, references):
    flat = references.reshape(len(references), -1)
    views = (queries, queries[::-1], queries[:, ::-1], queries[::-1, ::-1])
    return np.min([cdist(v.reshape(len(v), -1), flat).min(axis=1) for v in views], axis=0)


# %% flip-proof-distances · wrong · the average of the four
# hint: expected
def flip_proof_distances(queries, references):
    flat = references.reshape(len(references), -1)
    views = (queries, queries[:, :, ::-1], queries[:, ::-1], queries[:, ::-1, ::-1])
    return np.mean([cdist(v.reshape(len(v), -1), flat).min(axis=1) for v in views], axis=0)


# %% flip-proof-distances · right · flips the references
def flip_proof_distances(queries, references):
    every = np.concatenate([np.flip(references, axis) for axis in ((), (1,), (2,), (1, 2))])
    return cdist(queries.reshape(len(queries), -1), every.reshape(len(every), -1)).min(axis=1)


# %% flip-proof-distances · right · torch
def flip_proof_distances(queries, references):
    import torch

    q, r = torch.tensor(np.ascontiguousarray(queries)), torch.tensor(np.ascontiguousarray(references))
    best = torch.full((len(q),), torch.inf, dtype=torch.float64)
    for dims in ([], [1], [2], [1, 2]):
        apart = (q.flip(dims)[:, None] - r[None]).flatten(2).norm(dim=2)
        best = torch.minimum(best, apart.amin(dim=1))
    return best


# %% flip-proof-distances · right · image by image
def flip_proof_distances(queries, references):
    smallest = []
    for image in queries:
        views = [image, np.fliplr(image), np.flipud(image), np.flipud(np.fliplr(image))]
        smallest.append(min(float(np.sqrt(np.sum((v - r) ** 2))) for v in views for r in references))
    return smallest


# %% best-space · wrong · pixels for everything
# hint: Compared as pixels, shifted copies
def best_space():
    return dict.fromkeys(("noisy", "shifted", "flipped", "blended"), "pixels")


# %% best-space · wrong · aligned pixels for everything
# hint: Compared as aligned pixels, blended copies
def best_space():
    return dict.fromkeys(("noisy", "shifted", "flipped", "blended"), "aligned pixels")


# %% best-space · wrong · radiomics for everything
# hint: Worse than guessing
def best_space():
    return dict.fromkeys(("noisy", "shifted", "flipped", "blended"), "radiomics")


# %% best-space · wrong · pixels for the mirror
# hint: Compared as pixels, flipped copies
def best_space():
    return {"noisy": "pixels", "shifted": "radiomics", "flipped": "pixels", "blended": "blends of two"}


# %% best-space · wrong · a space that is not there
# hint: expected one of
def best_space():
    return dict.fromkeys(("noisy", "shifted", "flipped", "blended"), "fourier")


# %% best-space · wrong · one disguise left out
# hint: says nothing about 'noisy' copies
def best_space():
    return {"shifted": "radiomics", "flipped": "radiomics", "blended": "blends of two"}


# %% best-space · wrong · a list
# hint: should return a dict
def best_space():
    return ["pixels", "radiomics", "radiomics", "blends of two"]


# %% best-space · right · pixels do for noise
def best_space():
    return {
        "noisy": "pixels",
        "shifted": "aligned pixels",
        "flipped": "radiomics",
        "blended": "blends of two",
    }


# %% best-space · right · aligned pixels wherever they do
def best_space():
    return {**dict.fromkeys(("noisy", "shifted", "flipped"), "aligned pixels"), "blended": "blends of two"}


# %% best-space · right · a pandas Series
def best_space():
    names = ["aligned pixels", "random convolutions", "radiomics", "blends of two"]
    return pd.Series(names, index=["noisy", "shifted", "flipped", "blended"])


# %% membership-advantage · wrong · the area itself
# hint: That is the AUC
def membership_advantage(train_distances, holdout_distances):
    apart = holdout_distances[None, :] - train_distances[:, None]
    return np.mean((apart > 0) + 0.5 * (apart == 0))


# %% membership-advantage · wrong · sign turned
# hint: The sign is turned
def membership_advantage(train_distances, holdout_distances):
    return np.mean(np.sign(train_distances[:, None] - holdout_distances[None, :]))


# %% membership-advantage · wrong · ties are lost
# hint: A tie is half a success
def membership_advantage(train_distances, holdout_distances):
    return 2 * np.mean(train_distances[:, None] < holdout_distances[None, :]) - 1


# %% membership-advantage · wrong · ties are won
# hint: A tie is half a success
def membership_advantage(train_distances, holdout_distances):
    return 2 * np.mean(train_distances[:, None] <= holdout_distances[None, :]) - 1


# %% membership-advantage · wrong · best threshold on the same patients
# hint: chosen on the patients it is measured on
def membership_advantage(train_distances, holdout_distances):
    limits = np.concatenate([train_distances, holdout_distances])
    return max(np.mean(train_distances <= t) - np.mean(holdout_distances <= t) for t in limits)


# %% membership-advantage · wrong · difference of means
# hint: Count who is nearer
def membership_advantage(train_distances, holdout_distances):
    return np.mean(holdout_distances) - np.mean(train_distances)


# %% membership-advantage · wrong · scores not negated for the area
# hint: The sign is turned
def membership_advantage(train_distances, holdout_distances):
    from sklearn.metrics import roc_auc_score

    member = np.r_[np.ones(len(train_distances)), np.zeros(len(holdout_distances))]
    return 2 * roc_auc_score(member, np.r_[train_distances, holdout_distances]) - 1


# %% membership-advantage · wrong · pair by pair
# hint: operands could not be broadcast
def membership_advantage(train_distances, holdout_distances):
    return 2 * np.mean(train_distances < holdout_distances) - 1


# %% membership-advantage · right · scikit-learn
def membership_advantage(train_distances, holdout_distances):
    from sklearn.metrics import roc_auc_score

    member = [1] * len(train_distances) + [0] * len(holdout_distances)
    return 2 * roc_auc_score(member, [-d for d in (*train_distances, *holdout_distances)]) - 1


# %% membership-advantage · right · Mann-Whitney
def membership_advantage(train_distances, holdout_distances):
    from scipy.stats import mannwhitneyu

    u = mannwhitneyu(holdout_distances, train_distances).statistic
    return 2 * u / (len(train_distances) * len(holdout_distances)) - 1


# %% membership-advantage · right · loops
def membership_advantage(train_distances, holdout_distances):
    won = sum((t < h) + (t == h) / 2 for t in train_distances for h in holdout_distances)
    return 2 * won / (len(train_distances) * len(holdout_distances)) - 1


# %% decide · wrong · plain pixels
# hint: plain pixels do not see it
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((),)]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · left to right alone
# hint: Each of the three flips counts
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 2)]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · no half turn
# hint: Each of the three flips counts
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2)]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · half turns alone
# hint: Each of the three flips counts
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · query and reference flipped alike
# hint: plain pixels do not see it
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min(
            [
                cdist(view, np.flip(references, axes).reshape(len(references), -1)).min(axis=1)
                for axes, view in zip(((), 1, 2, (1, 2)), views)
            ],
            axis=0,
        )

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · does not look at the ids
# hint: patients of train are in the holdout
def decide(case):
    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · looks for shared images instead of ids
# hint: The ids say
def decide(case):
    if (
        cdist(case.holdout.reshape(len(case.holdout), -1), case.train.reshape(len(case.train), -1)) == 0
    ).any():
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · accuses without a comparison
# hint: whatever the numbers are
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        ids = "cannot say"
    else:
        ids = None

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    if ids:
        return ids
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · 5 % of the held-out images
# hint: Nobody was copied
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < np.quantile(near(case.holdout, case.train), 0.05)
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · half of the mean of the held-out
# hint: The nearest image is not as near
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).mean() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · nearer than any held-out patient
# hint: The nearest image is not as near
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min()
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · a limit of 0.55
# hint: The nearest image is not as near
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() * 0.55
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · a limit of 0.45
# hint: One is enough
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() * 0.45
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · half of the spacing of the training patients
# hint: The nearest image is not as near
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = (
        near(case.synthetic, case.train)
        < np.sort(cdist(*[case.train.reshape(len(case.train), -1)] * 2))[:, 1].min() / 2
    )
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · forgives a single copy
# hint: one image is enough
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.sum() > 1 or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · single images alone
# hint: the whole interval of the advantage lies above 0
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any():
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · the attack alone
# hint: far nearer to a training patient
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · the ratio accuses
# hint: A ratio below 1 alone shows no copying
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    train = case.train.reshape(len(case.train), -1)
    spacing = np.sort(cdist(train, train))[:, 1].mean()
    ratio = near(case.synthetic, case.train).mean() / spacing
    if ratio < 0.85 or accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · an interval that holds 0 is enough
# hint: not finding is not the same as absent
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage - reach <= 0 else "cannot say"


# %% decide · wrong · the sign of the attack turned
# hint: the whole interval of the advantage lies above 0
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(ours[:, None] - others[None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · the AUC for the advantage
# hint: there are enough patients
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean() / 2 + 0.5
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · 1.645 instead of 1.96
# hint: the limits are 0 and 0.2
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.645 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · 2.58 instead of 1.96
# hint: there are enough patients
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 2.58 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · a limit of 0.22
# hint: the limits are 0 and 0.2
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.22 else "cannot say"


# %% decide · wrong · a limit of 0.18
# hint: the limits are 0 and 0.2
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(others)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.18 else "cannot say"


# %% decide · wrong · the spread from the training patients alone
# hint: the limits are 0 and 0.2
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n = h = len(ours)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · the spread from the synthetic images
# hint: the limits are 0 and 0.2
def decide(case):
    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"

    def near(queries, references):
        flat = references.reshape(len(references), -1)
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    accused = near(case.synthetic, case.train) < near(case.holdout, case.train).min() / 2
    ours, others = near(case.train, case.synthetic), near(case.holdout, case.synthetic)
    advantage = np.sign(others[None] - ours[:, None]).mean()
    n, h = len(ours), len(case.synthetic)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if accused.any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · the spread of large cohorts, without the 1
# hint: With so few patients the 1 counts.
def decide(case):
    def measure(queries, references):
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        flat = references.reshape(len(references), -1)
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"
    limit = measure(case.holdout, case.train).min() / 2
    near, other = measure(case.train, case.synthetic), measure(case.holdout, case.synthetic)
    advantage, n, h = np.sign(other[None] - near[:, None]).mean(), len(near), len(other)
    reach = 1.96 * np.sqrt((n + h) / (3 * n * h))
    if (measure(case.synthetic, case.train) < limit).any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · accused at exactly half
# hint: Less than half was asked.
def decide(case):
    def measure(queries, references):
        views = [np.flip(queries, axes).reshape(len(queries), -1) for axes in ((), 1, 2, (1, 2))]
        flat = references.reshape(len(references), -1)
        return np.min([cdist(view, flat).min(axis=1) for view in views], axis=0)

    if set(case.train_ids) & set(case.holdout_ids):
        return "cannot say"
    limit = measure(case.holdout, case.train).min() / 2
    near, other = measure(case.train, case.synthetic), measure(case.holdout, case.synthetic)
    advantage, n, h = np.sign(other[None] - near[:, None]).mean(), len(near), len(other)
    reach = 1.96 * np.sqrt((n + h + 1) / (3 * n * h))
    if (measure(case.synthetic, case.train) <= limit).any() or advantage - reach > 0:
        return "withhold"
    return "no copying found" if advantage + reach <= 0.2 else "cannot say"


# %% decide · wrong · an answer that was not on the list
# hint: expected one of
def decide(case):
    return "release"


# %% decide · right · patient by patient, with numpy alone
def decide(case):
    def table(queries, references):
        flips = [queries, queries[:, ::-1], queries[:, :, ::-1], queries[:, ::-1, ::-1]]
        found = []
        for one in zip(*flips):
            found.append(min(np.linalg.norm(references - view, axis=(1, 2)).min() for view in one))
        return np.array(found)

    if not set(case.train_ids).isdisjoint(case.holdout_ids):
        return "cannot say"
    limit = 0.5 * min(table(case.holdout, case.train))
    ours, others = table(case.train, case.synthetic), table(case.holdout, case.synthetic)
    wins = sum((others > one).sum() + 0.5 * (others == one).sum() for one in ours)
    l, h = len(ours), len(others)
    advantage, sigma = 2 * wins / (l * h) - 1, ((l + h + 1) / (3 * l * h)) ** 0.5
    if any(distance < limit for distance in table(case.synthetic, case.train)):
        return "withhold"
    if advantage > 1.96 * sigma:
        return "withhold"
    return "cannot say" if advantage + 1.96 * sigma > 0.2 else "no copying found"


# %% decide · right · torch, and scikit-learn's AUC
def decide(case):
    import torch
    from sklearn.metrics import roc_auc_score

    def near(queries, references):
        queries, flat = torch.as_tensor(queries), torch.as_tensor(references).flatten(1)
        views = [queries, queries.flip(1), queries.flip(2), queries.flip(1, 2)]
        return torch.stack([torch.cdist(view.flatten(1), flat).amin(1) for view in views]).amin(0).numpy()

    distances = np.r_[near(case.train, case.synthetic), near(case.holdout, case.synthetic)]
    member = np.r_[np.ones(len(case.train)), np.zeros(len(case.holdout))]
    advantage = 2 * roc_auc_score(member, -distances) - 1
    l, h = len(case.train), len(case.holdout)
    low, high = (advantage + sign * 1.96 * np.sqrt((l + h + 1) / (3 * l * h)) for sign in (-1, 1))
    single = (near(case.synthetic, case.train) / near(case.holdout, case.train).min() < 0.5).any()
    comparable = len(set(case.train_ids) | set(case.holdout_ids)) == len(set(case.train_ids)) + len(
        set(case.holdout_ids)
    )
    if comparable and (single or low > 0):
        return "withhold"
    return "no copying found" if comparable and high <= 0.2 else "cannot say"
