# Answers to 10-augmentation-dossier, right and wrong. See bank.py for the format.


# %% leaks · wrong · training against test alone
# hint: There are three pairs of parts
def leaks(train, holdout, test, generator):
    return len(set(train) & set(test)), len(set(generator) - set(train))


# %% leaks · wrong · rows
# hint: That counts rows
def leaks(train, holdout, test, generator):
    others = set(train) | set(holdout)
    first = sum(one in others for one in test)
    return first, sum(one not in train for one in generator)


# %% leaks · wrong · forgets the generator
# hint: Look at the generator too
def leaks(train, holdout, test, generator):
    a, b, c = set(train), set(holdout), set(test)
    return len((a & b) | (a & c) | (b & c)), 0


# %% leaks · wrong · only who is in all three
# hint: two are enough for a leak
def leaks(train, holdout, test, generator):
    return len(set(train) & set(holdout) & set(test)), len(set(generator) - set(train))


# %% leaks · wrong · the generator against holdout and test
# hint: Patient 9 is in no part at all
def leaks(train, holdout, test, generator):
    a, b, c = set(train), set(holdout), set(test)
    return len((a & b) | (a & c) | (b & c)), len(set(generator) & (b | c))


# %% leaks · wrong · adds the three pairs up
# hint: still one patient
def leaks(train, holdout, test, generator):
    a, b, c = set(train), set(holdout), set(test)
    return len(a & b) + len(a & c) + len(b & c), len(set(generator) - a)


# %% leaks · right · a counter
def leaks(train, holdout, test, generator):
    from collections import Counter

    times = Counter(one for part in (train, holdout, test) for one in dict.fromkeys(part))
    return [sum(n > 1 for n in times.values()), len({one for one in generator if one not in train})]


# %% leaks · right · numpy
def leaks(train, holdout, test, generator):
    ids = np.concatenate([np.unique(part) for part in (train, holdout, test)])
    _, counts = np.unique(ids, return_counts=True)
    return np.array([(counts > 1).sum(), len(np.setdiff1d(generator, train))])


# %% density-ratio · wrong · the odds alone
# hint: correct for that
def density_ratio(probability, n_real, n_fake):
    return probability / (1 - probability)


# %% density-ratio · wrong · numbers upside down
# hint: stand upside down
def density_ratio(probability, n_real, n_fake):
    return probability / (1 - probability) * n_real / n_fake


# %% density-ratio · wrong · synthetic over real
# hint: synthetic over real
def density_ratio(probability, n_real, n_fake):
    return (1 - probability) / probability * n_real / n_fake


# %% density-ratio · wrong · odds turned round
# hint: turn the odds round
def density_ratio(probability, n_real, n_fake):
    return (1 - probability) / probability * n_fake / n_real


# %% density-ratio · wrong · the probability
# hint: That is D itself
def density_ratio(probability, n_real, n_fake):
    return probability


# %% density-ratio · wrong · the logarithm
# hint: That is the logarithm
def density_ratio(probability, n_real, n_fake):
    return np.log(probability / (1 - probability)) + np.log(n_fake / n_real)


# %% density-ratio · right · through the logit
def density_ratio(probability, n_real, n_fake):
    with np.errstate(divide="ignore"):
        return np.exp(np.log(probability) - np.log1p(-probability) + np.log(n_fake) - np.log(n_real))


# %% density-ratio · right · a loop and a list
def density_ratio(probability, n_real, n_fake):
    return [n_fake * d / (n_real * (1 - d)) for d in probability.tolist()]


# %% density-ratio · right · torch
def density_ratio(probability, n_real, n_fake):
    import torch

    d = torch.tensor(probability, dtype=torch.float64)
    return d / (1 - d) * (n_fake / n_real)


# %% paired-gain · wrong · significant from overlapping draws
# hint: The draws overlap
def paired_gain(arm, reference, share):
    d = arm - reference
    reach = stats.t.ppf(0.975, len(d) - 1) * stats.sem(d)
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · unpaired
# hint: The metrics of a draw belong together
def paired_gain(arm, reference, share):
    n = len(arm)
    s = np.sqrt(arm.var(ddof=1) + reference.var(ddof=1))
    mean = arm.mean() - reference.mean()
    reach = stats.t.ppf(0.975, n - 1) * s * np.sqrt(1 / n + share / (1 - share))
    return mean, mean - reach, mean + reach


# %% paired-gain · wrong · Welch's test
# hint: subtract within each draw
def paired_gain(arm, reference, share):
    n, mean = len(arm), arm.mean() - reference.mean()
    reach = stats.t.ppf(0.975, 2 * n - 2) * np.sqrt((arm.var(ddof=1) + reference.var(ddof=1)) / n)
    return mean, mean - reach, mean + reach


# %% paired-gain · wrong · 1.96
# hint: not 1.96
def paired_gain(arm, reference, share):
    d = arm - reference
    reach = stats.norm.ppf(0.975) * d.std(ddof=1) * np.sqrt(1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · numpy's default
# hint: ddof=1
def paired_gain(arm, reference, share):
    d = arm - reference
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · no square root
# hint: The square root is missing
def paired_gain(arm, reference, share):
    d = arm - reference
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) * (1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · reference minus arm
# hint: The sign is turned
def paired_gain(arm, reference, share):
    d = reference - arm
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) * np.sqrt(1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · a 90 % interval
# hint: use the quantile 0.975
def paired_gain(arm, control, share):
    d = arm - control
    reach = stats.t.ppf(0.95, len(d) - 1) * d.std(ddof=1) * np.sqrt(1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · wrong · n degrees of freedom
# hint: J - 1 degrees of freedom, not J
def paired_gain(arm, control, share):
    d = arm - control
    reach = stats.t.ppf(0.975, len(d)) * d.std(ddof=1) * np.sqrt(1 / len(d) + share / (1 - share))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% paired-gain · right · scipy's interval
def paired_gain(arm, reference, share):
    d = [one - other for one, other in zip(arm, reference)]
    scale = np.sqrt(np.var(d, ddof=1) * (1 / len(d) + share / (1 - share)))
    return [np.mean(d), *stats.t.interval(0.95, len(d) - 1, np.mean(d), scale)]


# %% paired-gain · right · pandas
def paired_gain(arm, reference, share):
    d = pd.Series(arm) - pd.Series(reference)
    reach = -stats.t.ppf(0.025, d.count() - 1) * d.std() * (1 / d.count() + share / (1 - share)) ** 0.5
    return np.array([d.mean(), d.mean() - reach, d.mean() + reach])


# %% hidden-gain · wrong · the middle
# hint: the middle of the interval
def hidden_gain():
    return 1.0


# %% hidden-gain · wrong · the lower end
# hint: the lower end
def hidden_gain():
    return -2.4


# %% hidden-gain · wrong · a fraction
# hint: Give percentage points
def hidden_gain():
    return 0.044


# %% hidden-gain · wrong · compared with none
# hint: Set 'compared with' to duplicates
def hidden_gain():
    return 5.1


# %% hidden-gain · wrong · SMOTE
# hint: That is SMOTE
def hidden_gain():
    return 3.1


# %% hidden-gain · wrong · where the slider stood
# hint: Move to 10
def hidden_gain():
    return 5.6


# %% hidden-gain · right · with more digits
def hidden_gain():
    return 4.403


# %% hidden-gain · right · an array
def hidden_gain():
    return np.array([4.4])


# %% best-seed · wrong · the best of all
# hint: Only two are tried
def optimism(gains, k):
    return np.max(gains) - np.mean(gains)


# %% best-seed · wrong · reports the best seed
# hint: That is the best seed itself
def optimism(gains, k):
    return np.max(gains)


# %% best-seed · wrong · nothing subtracted
# hint: Subtract the mean of all gains
def optimism(gains, k):
    from itertools import combinations

    return np.mean([max(chosen) for chosen in combinations(gains, k)])


# %% best-seed · wrong · with putting back
# hint: without putting back
def optimism(gains, k):
    from itertools import product

    return np.mean([max(chosen) for chosen in product(gains, repeat=k)]) - np.mean(gains)


# %% best-seed · wrong · turned sign
# hint: The sign is turned
def optimism(gains, k):
    from itertools import combinations

    return np.mean(gains) - np.mean([max(chosen) for chosen in combinations(gains, k)])


# %% best-seed · wrong · the mean of each choice
# hint: no optimism at all
def optimism(gains, k):
    from itertools import combinations

    return round(np.mean([np.mean(chosen) for chosen in combinations(gains, k)]) - np.mean(gains), 12)


# %% best-seed · wrong · equal gains taken as one
# hint: are two seeds
def optimism(gains, k):
    from itertools import combinations

    different = sorted(set(gains))
    return np.mean([max(some) for some in combinations(different, min(k, len(different)))]) - np.mean(gains)


# %% best-seed · right · order statistics
def optimism(gains, k):
    from math import comb

    ranked, n = np.sort(gains), len(gains)
    weights = [comb(i, k - 1) / comb(n, k) for i in range(n)]
    return float(ranked @ weights - ranked.mean())


# %% best-seed · right · numpy over all choices
def optimism(gains, k):
    from itertools import combinations

    rows = np.array(list(combinations(range(len(gains)), k)))
    return np.array([gains[rows].max(axis=1).mean() - gains.mean()])


# %% verdict · wrong · the majority
# hint: One failed check is not outvoted
def verdict(outcomes, required):
    words = list(outcomes.values())
    return {"passed": "accept", "failed": "reject", "undecided": "undecided"}[max(words, key=words.count)]


# %% verdict · wrong · undecided passes
# hint: Undecided is not passed
def verdict(outcomes, required):
    return "reject" if "failed" in outcomes.values() else "accept"


# %% verdict · wrong · nobody misses a check
# hint: A required check is missing
def verdict(outcomes, required):
    if "failed" in outcomes.values():
        return "reject"
    return "undecided" if "undecided" in outcomes.values() else "accept"


# %% verdict · wrong · hides a failed check that was not required
# hint: A failed check counts whether it was required or not
def verdict(outcomes, required):
    words = [outcomes.get(name, "undecided") for name in required]
    if "failed" in words:
        return "reject"
    return "undecided" if "undecided" in words else "accept"


# %% verdict · wrong · asks in the wrong order
# hint: A failed check comes first
def verdict(outcomes, required):
    if "undecided" in outcomes.values() or set(required) - set(outcomes):
        return "undecided"
    return "reject" if "failed" in outcomes.values() else "accept"


# %% verdict · wrong · the words of a check
# hint: expected one of 'accept', 'reject', 'undecided'
def verdict(outcomes, required):
    return "failed" if "failed" in outcomes.values() else "passed"


# %% verdict · wrong · counts the checks
# hint: another one does not replace it
def verdict(outcomes, required):
    if "failed" in outcomes.values():
        return "reject"
    return "undecided" if "undecided" in outcomes.values() or len(outcomes) < len(required) else "accept"


# %% verdict · right · the worst by rank
def verdict(outcomes, required):
    rank = {"passed": 0, "undecided": 1, "failed": 2}
    found = [rank[word] for word in outcomes.values()] + [int(name not in outcomes) for name in required]
    return ["accept", "undecided", "reject"][max(found, default=0)]


# %% verdict · right · any and all
def verdict(outcomes, required):
    if any(word == "failed" for word in outcomes.values()):
        return "reject"
    there = all(name in outcomes for name in required)
    return "accept" if there and all(word == "passed" for word in outcomes.values()) else "undecided"


# %% evidence · wrong · the generator sees everybody
# hint: Train it on the training part alone
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(table, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    return _packed(train, holdout, test, synthetic, make_generator, seed)


def _packed(train, holdout, test, synthetic, make_generator, seed):
    trial, metrics = run_trial(train, test, make_generator, seed)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · test patients in training
# hint: patients are in train and in test
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    both = pd.concat([train, test])
    synthetic = make_generator(train, seed)("malignant", 20, seed)
    trial, metrics = run_trial(both, test, make_generator, seed)
    checks = [*cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    return {"patients": {}, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · hides what failed
# hint: stays in the list whatever it says
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    checks = [one for one in checks if one.outcome != "failed"]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · the best of three seeds
# hint: no choosing among several
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    tried = [run_trial(train, test, make_generator, one) for one in (seed, seed + 1, seed + 2)]
    trial, metrics = max(tried, key=lambda one: utility_check(one[0]).value)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a split without the seed
# hint: Use the seed given
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · looks for copies among the held-out patients
# hint: copies of TRAINING patients
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(holdout, synthetic, train, seed), utility_check(trial)]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · as many synthetic as benign ones
# hint: benign minus malignant
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    first = split_check(train, holdout, test, train["patient_id"])
    checks = [first, *cohort_checks(train, synthetic, holdout, seed), utility_check(trial)]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · asks for benign patients
# hint: lacks malignant ones
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("benign", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · checks the cohort on the test patients
# hint: checked against the test patients
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, test, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · tests the trial on the held-out patients
# hint: The trial was tested on the held-out patients
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, holdout, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a split with a seed of its own
# hint: Use the seed given
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, 4)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a sample with a seed of its own
# hint: The sample was drawn with the seed 0
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), 0)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a sample with the seed of the visible test
# hint: Every step uses the seed given
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), 4)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · checks with a seed of their own
# hint: the checks of the cohort do not come out again
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, 4),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · checks with the default seed
# hint: the checks of the cohort do not come out again
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a trial with a seed of its own
# hint: the trial does not come out again
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, 4)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a generator with a seed of its own
# hint: no other seed
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, 0)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · checks the cohort on training patients
# hint: a holdout holds other patients
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, train, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a trial with a smaller training part
# hint: the trial does not come out again
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train.iloc[5:], test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · the ids of everybody behind the generator
# hint: The check of the split does not come out again
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, table["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · right · the trial first, the checks in another order
def build_evidence(table, make_generator, seed):
    parts = dict(zip(("train", "holdout", "test"), three_parts(table, seed)))
    trial, metrics = run_trial(parts["train"], parts["test"], make_generator, seed)
    ill = parts["train"]["diagnosis"] == "malignant"
    synthetic = make_generator(parts["train"], seed)("malignant", len(ill) - 2 * int(ill.sum()), seed)
    checks = [utility_check(trial)] + cohort_checks(parts["train"], synthetic, parts["holdout"], seed)
    checks.append(split_check(*parts.values(), generator_patients=set(parts["train"]["patient_id"])))
    patients = {name: part["patient_id"].to_numpy() for name, part in parts.items()}
    patients = {name: sorted(set(ids)) for name, ids in patients.items()}
    return {"checks": tuple(checks), "patients": patients, "metrics": metrics, "synthetic": synthetic}


# %% evidence · right · a split of one's own
def build_evidence(table, make_generator, seed):
    rng, dealt = np.random.default_rng(seed), {"train": [], "holdout": [], "test": []}
    for _, rows in table.groupby("diagnosis"):
        ids = rng.permutation(rows["patient_id"].unique())
        half, rest = np.split(ids, [len(ids) // 2])
        for name, some in zip(dealt, (half, rest[::2], rest[1::2])):
            dealt[name] += some.tolist()
    train, holdout, test = (table[table["patient_id"].isin(ids)] for ids in dealt.values())
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [split_check(train, holdout, test, dealt["train"])]
    checks += cohort_checks(train, synthetic, holdout, seed) + [utility_check(trial)]
    return {"patients": dealt, "synthetic": synthetic, "metrics": metrics, "checks": checks}
