"""Answers to the tasks of 00-scarcity-and-imbalance: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, pd, torch and stats are the notebook's own imports.
"""


# %% balanced-accuracy · wrong · the accuracy
# hint: all patients counted together
def balanced_accuracy(truth, called):
    return np.mean(truth == called)


# %% balanced-accuracy · wrong · averages over classes absent from the truth
# hint: there is no share of malignant patients to take
def balanced_accuracy(truth, called):
    shares = []
    for kind in np.union1d(truth, called):
        own = truth == kind
        shares.append(np.sum(own & (called == kind)) / max(1, np.sum(own)))
    return np.mean(shares)


# %% balanced-accuracy · wrong · NaN for a class absent from the truth
# hint: there is no share of malignant patients to take
def balanced_accuracy(truth, called):
    return np.mean([np.mean(called[truth == kind] == kind) for kind in np.unique(np.r_[truth, called])])


# %% balanced-accuracy · wrong · the share of the called who are so (precision)
# hint: You asked of those CALLED
def balanced_accuracy(truth, called):
    return np.mean([np.mean(truth[called == kind] == kind) for kind in np.unique(called)])


# %% balanced-accuracy · wrong · sensitivity alone
# hint: That is the sensitivity alone
def balanced_accuracy(truth, called):
    return np.mean(called[truth == "malignant"] == "malignant")


# %% balanced-accuracy · wrong · sum of the shares
# hint: take their mean
def balanced_accuracy(truth, called):
    return sum(np.mean(called[truth == kind] == kind) for kind in np.unique(truth))


# %% balanced-accuracy · wrong · in percent
# hint: A share lies between 0 and 1
def balanced_accuracy(truth, called):
    return 100 * np.mean([np.mean(called[truth == kind] == kind) for kind in np.unique(truth)])


# %% balanced-accuracy · wrong · benign and malignant only
# hint: do not write their names into the function
def balanced_accuracy(truth, called):
    found = np.mean(called[truth == "malignant"] == "malignant")
    let_go = np.mean(called[truth == "benign"] == "benign")
    return (found + let_go) / 2


# %% balanced-accuracy · wrong · the first and the last class only
# hint: There are three diagnoses here
def balanced_accuracy(truth, called):
    kinds = np.unique(truth)
    kinds = {kinds[0], kinds[-1]}
    return np.mean([np.mean(called[truth == kind] == kind) for kind in kinds])


# %% balanced-accuracy · wrong · not answered
# hint: not answered yet
def balanced_accuracy(truth, called):
    raise NotImplementedError()


# %% balanced-accuracy · wrong · only diagnoses that were called
# hint: never called has a share, too
def balanced_accuracy(truth, called):
    kinds = [kind for kind in np.unique(truth) if kind in called]
    return np.mean([np.mean(called[truth == kind] == kind) for kind in kinds]) if kinds else 0.0


# %% balanced-accuracy · right · scikit-learn's
def balanced_accuracy(truth, called):
    from sklearn.metrics import recall_score

    return recall_score(truth, called, average="macro", labels=np.unique(truth), zero_division=0)


# %% balanced-accuracy · right · loops and dictionaries
def balanced_accuracy(truth, called):
    total, right = {}, {}
    for one, other in zip(truth.tolist(), called.tolist()):
        total[one] = total.get(one, 0) + 1
        right[one] = right.get(one, 0) + (one == other)
    return sum(right[kind] / total[kind] for kind in total) / len(total)


# %% balanced-accuracy · right · pandas
def balanced_accuracy(truth, called):
    return pd.Series(truth == called).groupby(truth).mean().mean()


# %% balanced-accuracy · right · torch, single precision
def balanced_accuracy(truth, called):
    right = torch.tensor(truth == called, dtype=torch.float32)
    return torch.stack([right[torch.tensor(truth == kind)].mean() for kind in np.unique(truth)]).mean()


# %% majority-baseline · wrong · looks at the test
# hint: The rule has looked at the test
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(test_labels, return_counts=True)
    return counts.max() / counts.sum(), 1 / len(kinds)


# %% majority-baseline · wrong · tested on the training
# hint: tested on the test patients
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    return counts.max() / counts.sum(), 1 / len(kinds)


# %% majority-baseline · wrong · accuracy twice
# hint: a mean over diagnoses, not over patients
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    accuracy = np.mean(test_labels == kinds[counts.argmax()])
    return accuracy, accuracy


# %% majority-baseline · wrong · exchanged
# hint: The two are exchanged
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    right = test_labels == kinds[counts.argmax()]
    return np.mean([right[test_labels == kind].mean() for kind in np.unique(test_labels)]), right.mean()


# %% majority-baseline · wrong · always one half
# hint: the useless rule gets a third
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    return np.mean(test_labels == kinds[counts.argmax()]), 0.5


# %% majority-baseline · wrong · one over the number of diagnoses
# hint: then none is called right
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    return np.mean(test_labels == kinds[counts.argmax()]), 1 / len(np.unique(test_labels))


# %% majority-baseline · wrong · one number only
# hint: expected 2 numbers
def majority_baseline(train_labels, test_labels):
    kinds, counts = np.unique(train_labels, return_counts=True)
    return np.mean(test_labels == kinds[counts.argmax()])


# %% majority-baseline · wrong · the first training diagnosis
# hint: nor the largest number
def majority_baseline(train_labels, test_labels):
    right = test_labels == train_labels[0]
    return right.mean(), np.mean([right[test_labels == kind].mean() for kind in np.unique(test_labels)])


# %% majority-baseline · right · a counter and scikit-learn
def majority_baseline(train_labels, test_labels):
    import warnings
    from collections import Counter

    from sklearn.metrics import balanced_accuracy_score

    called = np.full(len(test_labels), Counter(train_labels.tolist()).most_common(1)[0][0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.mean(called == test_labels), balanced_accuracy_score(test_labels, called)


# %% majority-baseline · right · a list, in closed form
def majority_baseline(train_labels, test_labels):
    majority = pd.Series(train_labels).mode()[0]
    occurs = majority in set(test_labels.tolist())
    return [np.mean(test_labels == majority), occurs / pd.Series(test_labels).nunique()]


# %% majority-baseline · right · an array in single precision
def majority_baseline(train_labels, test_labels):
    majority = max(set(train_labels.tolist()), key=train_labels.tolist().count)
    right = np.array(test_labels == majority, dtype=np.float32)
    return np.array([right.mean(), pd.Series(right).groupby(test_labels).mean().mean()], dtype=np.float32)


# %% half-found · wrong · the default guess
# hint: less than half
def half_found():
    return 6


# %% half-found · wrong · where the accuracy is lowest
# hint: Read the word sensitivity in the sentence
def half_found():
    return 30


# %% half-found · wrong · the end of the slider
# hint: half are found already
def half_found():
    return 60


# %% half-found · wrong · a number in between
# hint: which the slider does not have
def half_found():
    return 40


# %% half-found · wrong · the sensitivity
# hint: which the slider does not have
def half_found():
    return 0.57


# %% half-found · right · a float
def half_found():
    return 45.0


# %% half-found · right · in an array
def half_found():
    return np.array([45])


# %% half-found · right · asks the instrument
def half_found():
    from ganlab.widgets import ImbalanceExplorer

    instrument = ImbalanceExplorer()
    for number in instrument.malignant.options:
        instrument.malignant.value = number
        if instrument.reading["sensitivity"][0] >= 0.5:
            return number


# %% generalization-gap · wrong · 1.96
# hint: use Student's t
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, error = gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    return np.column_stack([mean, mean - 1.96 * error, mean + 1.96 * error])


# %% generalization-gap · wrong · spread of single gaps
# hint: surer by the factor sqrt(n)
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, reach = gaps.mean(axis=0), stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(axis=0, ddof=1)
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · numpy's standard deviation
# hint: ddof=1
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, reach = gaps.mean(axis=0), stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(axis=0) / np.sqrt(len(gaps))
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · not paired
# hint: subtract within each draw
def generalization_gap(training, held_out):
    n = len(training)
    mean = training.mean(axis=0) - held_out.mean(axis=0)
    error = np.sqrt((training.var(axis=0, ddof=1) + held_out.var(axis=0, ddof=1)) / n)
    reach = stats.t.ppf(0.975, n - 1) * error
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · sign turned
# hint: training minus held out
def generalization_gap(training, held_out):
    gaps = held_out - training
    mean, error = gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    reach = stats.t.ppf(0.975, len(gaps) - 1) * error
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · quantiles of the repeats
# hint: That is the range of single draws
def generalization_gap(training, held_out):
    gaps = training - held_out
    return np.column_stack([gaps.mean(axis=0), *np.quantile(gaps, [0.025, 0.975], axis=0)])


# %% generalization-gap · wrong · 5 % on each side
# hint: use the quantile 0.975
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, error = gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    reach = stats.t.ppf(0.95, len(gaps) - 1) * error
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · averages over the sizes
# hint: expected an array of shape (2, 3)
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, error = gaps.mean(axis=1), gaps.std(axis=1, ddof=1) / np.sqrt(gaps.shape[1])
    reach = stats.t.ppf(0.975, gaps.shape[1] - 1) * error
    return np.column_stack([mean, mean - reach, mean + reach])


# %% generalization-gap · wrong · three rows instead of three columns
# hint: expected an array of shape (2, 3)
def generalization_gap(training, held_out):
    gaps = training - held_out
    mean, error = gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    reach = stats.t.ppf(0.975, len(gaps) - 1) * error
    return np.array([mean, mean - reach, mean + reach])


# %% generalization-gap · right · scipy's interval, as the lecture writes it
def generalization_gap(training, held_out):
    gap = training - held_out
    low, high = stats.t.interval(0.95, df=len(gap) - 1, loc=gap.mean(0), scale=stats.sem(gap))
    return np.column_stack([gap.mean(0), low, high])


# %% generalization-gap · right · pandas
def generalization_gap(training, held_out):
    gaps = pd.DataFrame(training - held_out)
    reach = stats.t.ppf(0.975, len(gaps) - 1) * gaps.sem()
    return pd.DataFrame({"mean": gaps.mean(), "low": gaps.mean() - reach, "high": gaps.mean() + reach})


# %% generalization-gap · right · torch, single precision
def generalization_gap(training, held_out):
    gaps = torch.tensor(training - held_out, dtype=torch.float32)
    reach = float(stats.t.ppf(0.975, len(gaps) - 1)) * gaps.std(dim=0) / len(gaps) ** 0.5
    return torch.stack([gaps.mean(0), gaps.mean(0) - reach, gaps.mean(0) + reach], dim=1)


# %% duplicate-to-balance · wrong · thins the frequent diagnosis instead
# hint: expected 12 numbers
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    return np.concatenate([np.flatnonzero(labels == kind)[: counts.min()] for kind in kinds])


# %% duplicate-to-balance · wrong · drawn at random with replacement
# hint: dealt out evenly
def duplicate_to_balance(labels):
    rng = np.random.default_rng(0)
    kinds, counts = np.unique(labels, return_counts=True)
    rows = []
    for kind, count in zip(kinds, counts):
        own = np.flatnonzero(labels == kind)
        rows += [own, rng.choice(own, counts.max() - count)]
    return np.concatenate(rows)


# %% duplicate-to-balance · wrong · everything drawn with replacement
# hint: is missing from the balanced table
def duplicate_to_balance(labels):
    rng = np.random.default_rng(0)
    kinds, counts = np.unique(labels, return_counts=True)
    return np.concatenate([rng.choice(np.flatnonzero(labels == kind), counts.max()) for kind in kinds])


# %% duplicate-to-balance · wrong · always the first patient
# hint: dealt out evenly
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    rows = [np.arange(len(labels))]
    for kind, count in zip(kinds, counts):
        rows.append(np.full(counts.max() - count, np.flatnonzero(labels == kind)[0]))
    return np.concatenate(rows)


# %% duplicate-to-balance · wrong · the copies without the originals
# hint: expected 12 numbers
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    lacking = counts.max() - counts
    return np.concatenate([np.resize(np.flatnonzero(labels == k), n) for k, n in zip(kinds, lacking) if n])


# %% duplicate-to-balance · wrong · how often instead of which
# hint: expected 12 numbers
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    times = dict(zip(kinds, counts.max() // counts))
    return np.array([times[label] for label in labels])


# %% duplicate-to-balance · wrong · the labels instead of the rows
# hint: expected 12 numbers
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    return np.repeat(kinds, counts.max())


# %% duplicate-to-balance · wrong · whole copies only
# hint: expected 14 numbers
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    times = dict(zip(kinds, counts.max() // counts))
    return np.repeat(np.arange(len(labels)), [times[label] for label in labels])


# %% duplicate-to-balance · wrong · positions within the diagnosis
# hint: benign and
def duplicate_to_balance(labels):
    kinds, counts = np.unique(labels, return_counts=True)
    return np.concatenate([np.resize(np.arange(count), counts.max()) for count in counts])


# %% duplicate-to-balance · right · a loop that deals them out
def duplicate_to_balance(labels):
    labels = labels.tolist()
    most = max(labels.count(kind) for kind in set(labels))
    rows = list(range(len(labels)))
    for kind in set(labels):
        own = [row for row, label in enumerate(labels) if label == kind]
        rows += [own[i % len(own)] for i in range(most - len(own))]
    return rows


# %% duplicate-to-balance · right · the rest drawn without replacement, in torch
def duplicate_to_balance(labels):
    rng = np.random.default_rng(1)
    kinds, counts = np.unique(labels, return_counts=True)
    rows = []
    for kind, count in zip(kinds, counts):
        own = np.flatnonzero(labels == kind)
        times, rest = divmod(counts.max(), count)
        rows += [np.repeat(own, times), rng.choice(own, rest, replace=False)]
    return torch.as_tensor(rng.permutation(np.concatenate(rows)))


# %% weighted-gradient · wrong · no weights
# hint: The patients are not weighted
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (p - y) @ x / len(y)


# %% weighted-gradient · wrong · divided by the number of patients
# hint: Divided by the number of patients
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (times * (p - y)) @ x / len(y)


# %% weighted-gradient · wrong · the sum
# hint: The loss is a mean
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (times * (p - y)) @ x


# %% weighted-gradient · wrong · sign turned
# hint: The sign is turned
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (times * (y - p)) @ x / np.sum(times)


# %% weighted-gradient · wrong · the measurements are multiplied
# hint: Copying a patient does not change her measurements
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-((times[:, None] * x) @ w)))
    return (times * (p - y)) @ x / np.sum(times)


# %% weighted-gradient · wrong · weights squared
# hint: The weights count twice
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (times**2 * (p - y)) @ x / np.sum(times)


# %% weighted-gradient · wrong · no sigmoid
# hint: the sigmoid is missing
def weighted_gradient(w, x, y, times):
    return (times * (x @ w - y)) @ x / np.sum(times)


# %% weighted-gradient · wrong · a squared error
# hint: the gradient of a squared error
def weighted_gradient(w, x, y, times):
    p = 1 / (1 + np.exp(-(x @ w)))
    return (times * (p - y) * p * (1 - p)) @ x / np.sum(times)


# %% weighted-gradient · wrong · copies rounded weights
# hint: A weight need not be a whole number
def weighted_gradient(w, x, y, times):
    whole = np.asarray(times).astype(int)
    x, y = np.repeat(x, whole, axis=0), np.repeat(y, whole)
    return (1 / (1 + np.exp(-(x @ w))) - y) @ x / max(1, len(y))


# %% weighted-gradient · right · autograd
def weighted_gradient(w, x, y, times):
    w, x, y, times = (torch.tensor(np.asarray(part, dtype=float)) for part in (w, x, y, times))
    w.requires_grad_()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y, weight=times, reduction="sum")
    (loss / times.sum()).backward()
    return w.grad


# %% weighted-gradient · right · patient by patient
def weighted_gradient(w, x, y, times):
    total = [0.0] * len(w)
    for row, truth, k in zip(x, y, times):
        p = 1 / (1 + np.exp(-sum(a * b for a, b in zip(row, w))))
        total = [t + k * (p - truth) * value for t, value in zip(total, row)]
    return [t / sum(times) for t in total]


# %% weighted-gradient · right · np.average and expit
def weighted_gradient(w, x, y, times):
    from scipy.special import expit

    return np.average((expit(x @ w) - y)[:, None] * x, axis=0, weights=times)


# %% nearest-known · wrong · mean over all pairs
# hint: Only the nearest known patient
def nearest_known(known, newcomers):
    return np.linalg.norm(newcomers[:, None] - known[None], axis=-1).mean()


# %% nearest-known · wrong · from the known to the newcomers
# hint: The other way round
def nearest_known(known, newcomers):
    return np.linalg.norm(newcomers[:, None] - known[None], axis=-1).min(axis=0).mean()


# %% nearest-known · wrong · squared
# hint: the root is missing
def nearest_known(known, newcomers):
    return ((newcomers[:, None] - known[None]) ** 2).sum(-1).min(axis=1).mean()


# %% nearest-known · wrong · Manhattan
# hint: the root of the sum of their squares
def nearest_known(known, newcomers):
    return np.abs(newcomers[:, None] - known[None]).sum(-1).min(axis=1).mean()


# %% nearest-known · wrong · the smallest distance
# hint: the smallest distance only
def nearest_known(known, newcomers):
    return np.linalg.norm(newcomers[:, None] - known[None], axis=-1).min()


# %% nearest-known · wrong · root after the mean
# hint: before the mean
def nearest_known(known, newcomers):
    return np.sqrt(((newcomers[:, None] - known[None]) ** 2).sum(-1).min(axis=1).mean())


# %% nearest-known · wrong · distance to the centre
# hint: the centre of the known patients
def nearest_known(known, newcomers):
    return np.linalg.norm(newcomers - known.mean(axis=0), axis=1).mean()


# %% nearest-known · wrong · spread among the known
# hint: The newcomers are not in it
def nearest_known(known, newcomers):
    from scipy.spatial.distance import pdist

    return pdist(known).mean()


# %% nearest-known · wrong · a distance of 0 left out
# hint: nearest_known of newcomers who are all known
def nearest_known(known, newcomers):
    distance = np.linalg.norm(newcomers[:, None] - known[None], axis=-1)
    return np.where(distance == 0, np.inf, distance).min(axis=1).mean()


# %% nearest-known · right · cdist
def nearest_known(known, newcomers):
    from scipy.spatial.distance import cdist

    return cdist(newcomers, known).min(axis=1).mean()


# %% nearest-known · right · torch
def nearest_known(known, newcomers):
    known, newcomers = torch.as_tensor(known), torch.as_tensor(newcomers)
    return torch.cdist(newcomers, known, compute_mode="donot_use_mm_for_euclid_dist").amin(dim=1).mean()


# %% nearest-known · right · a tree of distinct rows
def nearest_known(known, newcomers):
    from sklearn.neighbors import NearestNeighbors

    tree = NearestNeighbors(n_neighbors=1).fit(np.unique(known, axis=0))
    return tree.kneighbors(newcomers)[0].mean()


# %% nearest-known · right · plain Python
def nearest_known(known, newcomers):
    def distance(a, b):
        return sum((p - q) ** 2 for p, q in zip(a, b)) ** 0.5

    nearest = [min(distance(newcomer, patient) for patient in known) for newcomer in newcomers]
    return sum(nearest) / len(nearest)


# %% fair-parts · wrong · duplicated before the split, row by row
# hint: A leak
def fair_parts(patients, diagnoses, test_patients):
    kinds, counts = np.unique(diagnoses, return_counts=True)
    rows = np.concatenate([np.resize(np.flatnonzero(diagnoses == kind), counts.max()) for kind in kinds])
    rows = np.random.default_rng(0).permutation(rows)
    cut = len(rows) * len(test_patients) // len(np.unique(patients))
    return rows[cut:], rows[:cut]


# %% fair-parts · wrong · duplicated before the split, by patient
# hint: The test holds copies
def fair_parts(patients, diagnoses, test_patients):
    kinds, counts = np.unique(diagnoses, return_counts=True)
    rows = np.concatenate([np.resize(np.flatnonzero(diagnoses == kind), counts.max()) for kind in kinds])
    in_test = np.isin(patients[rows], test_patients)
    return rows[~in_test], rows[in_test]


# %% fair-parts · wrong · test patients stay in training
# hint: A leak
def fair_parts(patients, diagnoses, test_patients):
    kinds, counts = np.unique(diagnoses, return_counts=True)
    rows = np.concatenate([np.resize(np.flatnonzero(diagnoses == kind), counts.max()) for kind in kinds])
    return rows, np.flatnonzero(np.isin(patients, test_patients))


# %% fair-parts · wrong · takes patient numbers for row numbers
# hint: A leak
def fair_parts(patients, diagnoses, test_patients):
    test = np.asarray(test_patients) % len(patients)
    test = np.flatnonzero(np.isin(patients, patients[test]))
    train = np.setdiff1d(np.arange(len(patients)), test)
    kinds, counts = np.unique(diagnoses[train], return_counts=True)
    return np.concatenate([np.resize(train[diagnoses[train] == k], counts.max()) for k in kinds]), test


# %% fair-parts · wrong · balances the test too
# hint: The test holds copies
def fair_parts(patients, diagnoses, test_patients):
    parts = []
    for part in (~np.isin(patients, test_patients), np.isin(patients, test_patients)):
        rows = np.flatnonzero(part)
        kinds, counts = np.unique(diagnoses[rows], return_counts=True)
        parts.append(np.concatenate([np.resize(rows[diagnoses[rows] == k], 2 * counts.max()) for k in kinds]))
    return parts


# %% fair-parts · wrong · one row per patient
# hint: Rows are missing from training
def fair_parts(patients, diagnoses, test_patients):
    first = np.unique(patients, return_index=True)[1]
    in_test = np.isin(patients[first], test_patients)
    train = first[~in_test]
    kinds, counts = np.unique(diagnoses[train], return_counts=True)
    rows = [np.resize(train[diagnoses[train] == kind], counts.max()) for kind in kinds]
    return np.concatenate(rows), np.flatnonzero(np.isin(patients, test_patients))


# %% fair-parts · wrong · not balanced
# hint: not balanced by itself
def fair_parts(patients, diagnoses, test_patients):
    in_test = np.isin(patients, test_patients)
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


# %% fair-parts · wrong · positions within the training part
# hint: A leak
def fair_parts(patients, diagnoses, test_patients):
    in_test = np.isin(patients, test_patients)
    labels = diagnoses[~in_test]
    kinds, counts = np.unique(labels, return_counts=True)
    rows = [np.resize(np.flatnonzero(labels == kind), counts.max()) for kind in kinds]
    return np.concatenate(rows), np.flatnonzero(in_test)


# %% fair-parts · wrong · fills up to the numbers of the whole cohort
# hint: do: balance it by itself
def fair_parts(patients, diagnoses, test_patients):
    in_test = np.isin(patients, test_patients)
    train = np.flatnonzero(~in_test)
    kinds, counts = np.unique(diagnoses, return_counts=True)
    rows = [np.resize(train[diagnoses[train] == kind], counts.max()) for kind in kinds]
    return np.concatenate(rows), np.flatnonzero(in_test)


# %% fair-parts · wrong · returns nothing
# hint: Return two arrays of row numbers
def fair_parts(patients, diagnoses, test_patients):
    in_test = np.isin(patients, test_patients)


# %% fair-parts · wrong · copies dealt out unevenly
# hint: Copies are dealt out evenly
def fair_parts(patients, diagnoses, test_patients):
    train, test = (np.flatnonzero(np.isin(patients, test_patients) == part) for part in (False, True))
    kinds, counts = np.unique(diagnoses[train], return_counts=True)
    parts = []
    for kind, count in zip(kinds, counts):
        own = train[diagnoses[train] == kind]
        parts += [own, np.repeat(own[:1], counts.max() - count)]
    return np.concatenate(parts), test


# %% fair-parts · wrong · copies drawn at random with replacement
# hint: Copies are dealt out evenly
def fair_parts(patients, diagnoses, test_patients):
    rng = np.random.default_rng(0)
    train, test = (np.flatnonzero(np.isin(patients, test_patients) == part) for part in (False, True))
    kinds, counts = np.unique(diagnoses[train], return_counts=True)
    parts = []
    for kind, count in zip(kinds, counts):
        own = train[diagnoses[train] == kind]
        parts += [own, rng.choice(own, counts.max() - count)]
    return np.concatenate(parts), test


# %% fair-parts · wrong · training rows in one list for each diagnosis
# hint: Put them in one array
def fair_parts(patients, diagnoses, test_patients):
    in_test = np.isin(patients, test_patients)
    train = np.flatnonzero(~in_test)
    kinds, counts = np.unique(diagnoses[train], return_counts=True)
    members = [train[diagnoses[train] == kind] for kind in kinds]
    return [np.resize(own, counts.max()) for own in members], np.flatnonzero(in_test)


# %% fair-parts · right · with an answer to task 5
def fair_parts(patients, diagnoses, test_patients):
    def balanced(labels):
        kinds, counts = np.unique(labels, return_counts=True)
        return np.concatenate([np.resize(np.flatnonzero(labels == kind), counts.max()) for kind in kinds])

    in_test = np.isin(patients, test_patients)
    train = np.flatnonzero(~in_test)
    return train[balanced(diagnoses[train])], np.flatnonzero(in_test)


# %% fair-parts · right · lists and loops
def fair_parts(patients, diagnoses, test_patients):
    chosen = set(np.asarray(test_patients).tolist())
    test = [row for row, patient in enumerate(patients.tolist()) if patient in chosen]
    train = [row for row, patient in enumerate(patients.tolist()) if patient not in chosen]
    by_kind = {}
    for row in train:
        by_kind.setdefault(diagnoses[row], []).append(row)
    most = max(map(len, by_kind.values()))
    return [own[i % len(own)] for own in by_kind.values() for i in range(most)], test


# %% fair-parts · right · ganlab's own, as tensors
def fair_parts(patients, diagnoses, test_patients):
    from ganlab.augmentation import duplicate_to_balance

    in_test = np.isin(patients, test_patients)
    train = np.flatnonzero(~in_test)
    table = pd.DataFrame({"patient_id": patients[train], "diagnosis": diagnoses[train], "feature": 0.0})
    rows = train[duplicate_to_balance(table, seed=0)["source_row"].to_numpy()]
    return torch.as_tensor(rows), torch.as_tensor(np.flatnonzero(in_test))


# %% decide · wrong · the accuracy
# hint: the balanced accuracy counts both diagnoses alike
def decide(trained_on, test_patients, truth, nothing, arm):
    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = (arm == truth).mean(axis=1) - (nothing == truth).mean(axis=1)
    reach = stats.t.ppf(0.975, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · goes by the middle of the interval
# hint: the middle of the interval, do not decide
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gain = np.mean([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    return "helps" if gain > 0 else "harms"


# %% decide · wrong · ignores the leak
# hint: After a leak no number counts
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · looks for a leak in the first draw only
# hint: in whichever draw it happened
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if set(trained_on[0]) & set(test_patients):
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · copies in the training part are taken for a leak
# hint: balanced accuracy counts both diagnoses alike
def decide(trained_on, test_patients, truth, nothing, arm):
    if any(len(set(part)) < len(part) for part in trained_on):
        return "invalid"
    return "not shown"


# %% decide · wrong · believes a leak that shows nothing
# hint: nothing is 'not shown' either
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * stats.sem(gains)
    if abs(gains.mean()) <= reach:
        return "not shown"
    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    return "helps" if gains.mean() > 0 else "harms"


# %% decide · wrong · pairs torn apart
# hint: take the difference within each draw
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    one, other = ([score(truth, called) for called in part] for part in (arm, nothing))
    p, gain = stats.ttest_ind(one, other).pvalue, np.mean(one) - np.mean(other)
    if p >= 0.05 or np.isnan(p):
        return "not shown"
    return "helps" if gain > 0 else "harms"


# %% decide · wrong · two intervals that overlap show nothing
# hint: take the difference within each draw
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    ends = []
    for part in (arm, nothing):
        values = np.array([score(truth, called) for called in part])
        reach = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
        ends.append((values.mean() - reach, values.mean() + reach))
    (low, high), (low_0, high_0) = ends
    return "helps" if low > high_0 else "harms" if high < low_0 else "not shown"


# %% decide · wrong · the spread of single draws
# hint: not how far single draws scatter
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · 1.96 instead of Student's quantile
# hint: the factor is Student's 3.18
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = 1.96 * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · a 90 % interval
# hint: the factor is Student's 3.18
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.95, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · n in the standard deviation
# hint: s has n - 1 in its denominator
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * gains.std() / np.sqrt(len(gains))
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · n degrees of freedom
# hint: 3 degrees of freedom
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains)) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · a 99 % interval
# hint: just lies above 0: 0.975 quantile
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.995, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > reach else "harms" if gains.mean() < -reach else "not shown"


# %% decide · wrong · touching 0 counts
# hint: the interval begins and ends at 0
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if np.isin(np.concatenate(trained_on), test_patients).any():
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    reach = stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
    return "helps" if gains.mean() >= reach else "harms" if gains.mean() <= -reach else "not shown"


# %% decide · wrong · an answer that was not on the list
# hint: expected one of
def decide(trained_on, test_patients, truth, nothing, arm):
    return "significant"


# %% decide · right · scipy's interval, as the lecture writes it
def decide(trained_on, test_patients, truth, nothing, arm):
    from sklearn.metrics import balanced_accuracy_score as score

    if any(set(part) & set(test_patients) for part in trained_on):
        return "invalid"
    gains = np.array([score(truth, a) - score(truth, b) for a, b in zip(arm, nothing)])
    low, high = stats.t.interval(0.95, df=len(gains) - 1, loc=gains.mean(), scale=stats.sem(gains))
    return "helps" if low > 0 else "harms" if high < 0 else "not shown"


# %% decide · right · a paired t-test, and sensitivity and specificity
def decide(trained_on, test_patients, truth, nothing, arm):
    ill = truth == "malignant"
    right = [(part == truth) for part in (arm, nothing)]
    one, other = (0.5 * (part[:, ill].mean(axis=1) + part[:, ~ill].mean(axis=1)) for part in right)
    if len(np.intersect1d(np.concatenate(trained_on), test_patients)):
        return "invalid"
    if stats.ttest_rel(one, other).pvalue < 0.05:
        return "helps" if one.mean() > other.mean() else "harms"
    return "not shown"


# %% decide · right · a table of one row a draw
def decide(trained_on, test_patients, truth, nothing, arm):
    def recalls(calls):
        right = pd.DataFrame((calls == truth).T.astype(float)).groupby(truth).mean()
        return right.mean()

    gains = recalls(arm) - recalls(nothing)
    mean, error = gains.mean(), gains.std() / len(gains) ** 0.5
    reach = error * stats.t.isf(0.025, len(gains) - 1)
    decision = "helps" if mean > reach else "harms" if mean < -reach else "not shown"
    known = {patient for part in trained_on for patient in part}
    return "invalid" if known.intersection(test_patients) else decision
