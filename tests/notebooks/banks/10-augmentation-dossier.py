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


# %% helps · wrong · every draw counts
# hint: They are no evidence; leave them out
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · does not ask who is behind the GAN
# hint: Test patients stand behind the GAN
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · test patients alone are a leak behind the GAN
# hint: Somebody who is in no part stands behind the GAN
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and not g & b]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the GAN must have seen every training patient
# hint: That is no leak
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g == a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · does not ask who is in two parts
# hint: who is in training and in test
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the best of three seeds
# hint: too high (task 5)
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value", aggfunc="max")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the worst of three seeds
# hint: the worst of three seeds
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value", aggfunc="min")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the median of three seeds
# hint: the mean of its seeds
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value", aggfunc="median")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the first seed alone
# hint: expected
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy") & (trial["seed"] == 0)]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · seeds taken for draws
# hint: expected
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    both = [rows[rows["arm"] == arm].set_index("draw")["value"] for arm in ("GAN", "duplicates")]
    d = both[0] - both[1].reindex(both[0].index)
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · compared with none
# hint: compared with none
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["none"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · duplicates minus GAN
# hint: The sign is turned
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["duplicates"] - by_arm["GAN"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the AUC
# hint: expected
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "AUC")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · both metrics together
# hint: expected
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean)]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · draws as if they did not overlap
# hint: 1/J alone
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · 1.96 instead of Student's quantile
# hint: Student's t with J - 1
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.norm.ppf(0.975) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · J degrees of freedom
# hint: not J
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d)) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · J in the standard deviation
# hint: J - 1 in its denominator
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=0) * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · a 90 % interval
# hint: use the quantile 0.975
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.95, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the median of the draws
# hint: not their median
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.median() - reach, d.median() + reach
    return "helps" if low > worth else "does not help" if high < worth else "not shown", low, high


# %% helps · wrong · the mean decides
# hint: and worth is
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if d.mean() > worth else "does not help", low, high


# %% helps · wrong · ignores what it is worth
# hint: and worth is
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > 0 else "does not help" if high < 0 else "not shown", low, high


# %% helps · wrong · cannot say that it does not help
# hint: and worth is
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    return "helps" if low > worth else "not shown", low, high


# %% helps · wrong · a word alone
# hint: expected a word and two numbers
def helps(trial, patients, share, worth):
    sets = {
        draw: [set(ids[part]) for part in ("train", "test", "generator")] for draw, ids in patients.items()
    }
    clean = [draw for draw, (a, b, g) in sets.items() if not a & b and g <= a]
    rows = trial[trial["draw"].isin(clean) & (trial["metric"] == "balanced accuracy")]
    by_arm = rows.pivot_table(index="draw", columns="arm", values="value")
    d = by_arm["GAN"] - by_arm["duplicates"]
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() * np.sqrt(1 / len(d) + share / (1 - share))
    low, high = d.mean() - reach, d.mean() + reach
    word = "helps" if low > worth else "does not help" if high < worth else "not shown"
    return word


# %% helps · wrong · an answer that was not on the list
# hint: expected one of
def helps(trial, patients, share, worth):
    return "accept", 0.0, 1.0


# %% helps · right · draw by draw in plain loops
def helps(trial, patients, share, worth):
    gains = []
    for draw, who in patients.items():
        if any(person in who["test"] for person in who["train"]):
            continue
        if any(person not in who["train"] for person in who["generator"]):
            continue
        values = {"GAN": [], "duplicates": [], "none": []}
        for row in trial.itertuples():
            if row.draw == draw and row.metric == "balanced accuracy":
                values[row.arm].append(row.value)
        gains.append(sum(values["GAN"]) / len(values["GAN"]) - values["duplicates"][0])
    n, mean = len(gains), sum(gains) / len(gains)
    variance = sum((gain - mean) ** 2 for gain in gains) / (n - 1)
    reach = stats.t.ppf(0.975, n - 1) * (variance * (1 / n + share / (1 - share))) ** 0.5
    if mean - reach > worth:
        return ["helps", mean - reach, mean + reach]
    return ["does not help" if mean + reach < worth else "not shown", mean - reach, mean + reach]


# %% helps · right · scipy's interval and a group-by
def helps(trial, patients, share, worth):
    def leak(ids):
        train, test, behind = (frozenset(ids[part]) for part in ("train", "test", "generator"))
        return bool(train.intersection(test)) or bool(behind.difference(train))

    leaking = [draw for draw, ids in patients.items() if leak(ids)]
    rows = trial.query("metric == 'balanced accuracy' and draw not in @leaking")
    means = rows.groupby(["arm", "draw"])["value"].mean()
    d = (means["GAN"] - means["duplicates"]).to_numpy()
    scale = stats.sem(d) * np.sqrt(1 + len(d) * share / (1 - share))
    low, high = stats.t.interval(0.95, len(d) - 1, loc=d.mean(), scale=scale)
    word = {(True, False): "helps", (False, True): "does not help"}.get(
        (low > worth, high < worth), "not shown"
    )
    return word, float(low), float(high)


# %% alike · wrong · only the real images are changed
# hint: Only the real images are changed
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(fake.detach()))
    return loss_d, NonSaturating().generator_loss(score(fake))


# %% alike · wrong · the generator's loss sees unchanged fakes
# hint: In the generator's loss the discriminator sees unchanged fakes
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(augment(fake.detach())))
    return loss_d, NonSaturating().generator_loss(score(fake))


# %% alike · wrong · only the fakes are changed
# hint: Only the fakes are changed
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(real), score(augment(fake.detach())))
    return loss_d, NonSaturating().generator_loss(score(augment(fake)))


# %% alike · wrong · nothing is changed
# hint: Nothing is changed
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(real), score(fake.detach()))
    return loss_d, NonSaturating().generator_loss(score(fake))


# %% alike · wrong · changed beforehand and once more
# hint: The change is made twice
def augmented_losses(score, augment, real, fake):
    real, fake = augment(real), augment(fake)
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(augment(fake.detach())))
    return loss_d, NonSaturating().generator_loss(score(augment(fake)))


# %% alike · wrong · not detached
# hint: its step would move the generator
def augmented_losses(score, augment, real, fake):
    fake_scores = score(augment(fake))
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), fake_scores)
    return loss_d, NonSaturating().generator_loss(fake_scores)


# %% alike · wrong · the detached fakes serve both losses
# hint: No gradient reaches the fakes
def augmented_losses(score, augment, real, fake):
    changed = augment(fake).detach()
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(changed))
    return loss_d, NonSaturating().generator_loss(score(changed))


# %% alike · wrong · the change under no_grad
# hint: No gradient reaches the fakes
def augmented_losses(score, augment, real, fake):
    with torch.no_grad():
        real, fake = augment(real), augment(fake)
    loss_d = NonSaturating().discriminator_loss(score(real), score(fake))
    return loss_d, NonSaturating().generator_loss(score(fake))


# %% alike · wrong · through numpy
# hint: No gradient reaches the fakes
def augmented_losses(score, augment, real, fake):
    changed = torch.from_numpy(augment(fake).detach().numpy())
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(changed))
    return loss_d, NonSaturating().generator_loss(score(changed))


# %% alike · wrong · minimax
# hint: minimax loss of the generator
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(augment(fake.detach())))
    return loss_d, -torch.nn.functional.softplus(score(augment(fake))).mean()


# %% alike · wrong · the sigmoid before the logarithm
# hint: A sigmoid was rounded
def augmented_losses(score, augment, real, fake):
    trust = [torch.sigmoid(score(augment(images))) for images in (real, fake.detach(), fake)]
    return -trust[0].log().mean() - (1 - trust[1]).log().mean(), -trust[2].log().mean()


# %% alike · wrong · one mean over both batches
# hint: sum of two means
def augmented_losses(score, augment, real, fake):
    scores = torch.cat([-score(augment(real)), score(augment(fake.detach()))])
    return torch.nn.functional.softplus(scores).mean(), NonSaturating().generator_loss(score(augment(fake)))


# %% alike · wrong · a discriminator's loss that teaches nobody
# hint: it must lead back to the discriminator
def augmented_losses(score, augment, real, fake):
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(augment(fake.detach())))
    return loss_d.item(), NonSaturating().generator_loss(score(augment(fake)))


# %% alike · right · one pass for both
def augmented_losses(score, augment, real, fake):
    scores = score(augment(torch.cat([real, fake.detach()])))
    loss_d = NonSaturating().discriminator_loss(scores[: len(real)], scores[len(real) :])
    return loss_d, NonSaturating().generator_loss(score(augment(fake)))


# %% alike · right · the same changed fakes for both
def augmented_losses(score, augment, real, fake):
    changed = augment(fake)
    loss_d = NonSaturating().discriminator_loss(score(augment(real)), score(changed.detach()))
    return [loss_d, NonSaturating().generator_loss(score(changed))]


# %% alike · right · by softplus and logsigmoid
def augmented_losses(score, augment, real, fake):
    from torch.nn import functional

    def seen(images):
        return score(augment(images))

    loss_d = functional.softplus(-seen(real)).mean() + functional.softplus(seen(fake.detach())).mean()
    return loss_d, -functional.logsigmoid(seen(fake)).mean()


# %% alike · right · binary cross entropy
def augmented_losses(score, augment, real, fake):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    real_scores, fake_scores = score(augment(real)), score(augment(fake.detach()))
    loss_d = bce(real_scores, torch.ones_like(real_scores)) + bce(fake_scores, torch.zeros_like(fake_scores))
    fake_scores = score(augment(fake))
    return loss_d, bce(fake_scores, torch.ones_like(fake_scores))


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


# %% evidence · wrong · the table scaled before the split
# hint: A table that is scaled before the split
def build_evidence(table, make_generator, seed):
    numbers = table.columns.drop(["patient_id", "diagnosis"])
    scaled = (table[numbers] - table[numbers].mean()) / table[numbers].std()
    table = pd.concat([table[["patient_id", "diagnosis"]], scaled], axis=1)
    train, holdout, test = three_parts(table, seed)
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


# %% evidence · wrong · the largest sample of three
# hint: asked for 3 samples
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    sample, number = make_generator(train, seed), int(n["benign"] - n["malignant"])
    tried = [sample("malignant", number, one) for one in (seed, seed + 1, seed + 2)]
    synthetic = max(tried, key=lambda rows: rows.to_numpy().mean())
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


# %% evidence · wrong · checks another sample than it delivers
# hint: asked for 2 samples
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    sample, number = make_generator(train, seed), int(n["benign"] - n["malignant"])
    synthetic, other = sample("malignant", number, seed), sample("malignant", number, seed + 1)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, other, holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · checks half of what it delivers
# hint: checks of other patients say nothing about these
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic.iloc[::2], holdout, seed),
        utility_check(trial),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a split by row
# hint: Split by patient
def build_evidence(table, make_generator, seed):
    rows = np.random.default_rng(seed).permutation(len(table))
    train, holdout, test = (table.iloc[some] for some in np.split(rows, [len(rows) // 2, 3 * len(rows) // 4]))
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


# %% evidence · wrong · the utility of another arm
# hint: Your cohort is the GAN's
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial, "SMOTE"),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · the utility in another metric
# hint: utility check, recomputed
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    synthetic = make_generator(train, seed)("malignant", int(n["benign"] - n["malignant"]), seed)
    trial, metrics = run_trial(train, test, make_generator, seed)
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, synthetic, holdout, seed),
        utility_check(trial, metric="AUC"),
    ]
    patients = {
        name: list(part["patient_id"])
        for name, part in (("train", train), ("holdout", holdout), ("test", test))
    }
    return {"patients": patients, "synthetic": synthetic, "metrics": metrics, "checks": checks}


# %% evidence · wrong · a generator trained twice on the training part
# hint: no choosing among several
def build_evidence(table, make_generator, seed):
    train, holdout, test = three_parts(table, seed)
    n = train["diagnosis"].value_counts()
    sample = make_generator(train, seed)
    sample = make_generator(train, seed)
    synthetic = sample("malignant", int(n["benign"] - n["malignant"]), seed)
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
