"""Answers to the tasks of 05-conditional-gan: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, torch, math, stats and jensen_shannon are the notebook's own imports.
"""


# %% best-judge · wrong · forgets the shares
# hint: The shares are missing
def best_discriminator(p, q, real_share, asked_share):
    return np.divide(p, p + q, out=np.full(np.shape(p), 0.5), where=p + q > 0)


# %% best-judge · wrong · probability of fake
# hint: the probability of fake
def best_discriminator(p, q, real_share, asked_share):
    real, fake = real_share[:, None] * p, asked_share[:, None] * q
    return fake / (real + fake)


# %% best-judge · wrong · shares exchanged
# hint: The shares are exchanged
def best_discriminator(p, q, real_share, asked_share):
    real, fake = asked_share[:, None] * p, real_share[:, None] * q
    return real / (real + fake)


# %% best-judge · wrong · shares along the points
# hint: The shares were laid along the points
def best_discriminator(p, q, real_share, asked_share):
    return p * real_share / (p * real_share + q * asked_share)


# %% best-judge · wrong · a discriminator that is not told the class
# hint: That discriminator was not told the class
def best_discriminator(p, q, real_share, asked_share):
    real, fake = real_share @ p, asked_share @ q
    return np.broadcast_to(real / (real + fake), p.shape)


# %% best-judge · wrong · the odds
# hint: is the odds
def best_discriminator(p, q, real_share, asked_share):
    return real_share[:, None] * p / (asked_share[:, None] * q)


# %% best-judge · wrong · only the real share
# hint: The shares of the classes asked for are missing
def best_discriminator(p, q, real_share, asked_share):
    real = real_share[:, None] * p
    return real / (real + q)


# %% best-judge · wrong · only the asked share
# hint: The shares among the real pairs are missing
def best_discriminator(p, q, real_share, asked_share):
    return p / (p + asked_share[:, None] * q)


# %% best-judge · wrong · NaN where nothing falls
# hint: Return 1/2 by convention
def best_discriminator(p, q, real_share, asked_share):
    real, fake = real_share[:, None] * p, asked_share[:, None] * q
    return real / (real + fake)


# %% best-judge · wrong · divides by the whole
# hint: divide by what falls at this pair
def best_discriminator(p, q, real_share, asked_share):
    real, fake = real_share[:, None] * p, asked_share[:, None] * q
    return real / (real.sum() + fake.sum())


# %% best-judge · right · pair by pair
def best_discriminator(p, q, real_share, asked_share):
    answer = []
    for row in range(len(p)):
        answer.append([])
        for column in range(len(p[row])):
            real, fake = real_share[row] * p[row][column], asked_share[row] * q[row][column]
            answer[-1].append(0.5 if real + fake == 0 else real / (real + fake))
    return answer


# %% best-judge · right · torch
def best_discriminator(p, q, real_share, asked_share):
    p, q, pi, rho = (torch.as_tensor(part) for part in (p, q, real_share, asked_share))
    real, fake = torch.einsum("c,cx->cx", pi, p), torch.einsum("c,cx->cx", rho, q)
    return torch.where(real + fake > 0, real / (real + fake), torch.tensor(0.5, dtype=real.dtype))


# %% best-judge · right · nan_to_num, transposed
def best_discriminator(p, q, real_share, asked_share):
    real, fake = (p.T * real_share).T, (q.T * asked_share).T
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(real / (real + fake), nan=0.5)


# %% conditioning-input · wrong · the label as a number
# hint: As a number, class 2 would be twice class 1
def with_class(latent, labels, n_classes):
    return torch.cat([latent, labels.float().unsqueeze(1)], dim=1)


# %% conditioning-input · wrong · one label for the whole batch
# hint: The whole batch was given the first label
def with_class(latent, labels, n_classes):
    one_hot = torch.nn.functional.one_hot(labels[0], n_classes).float()
    return torch.cat([latent, one_hot.expand(len(latent), -1)], dim=1)


# %% conditioning-input · wrong · class before the latent point
# hint: The class comes behind the latent point
def with_class(latent, labels, n_classes):
    return torch.cat([torch.nn.functional.one_hot(labels, n_classes).float(), latent], dim=1)


# %% conditioning-input · wrong · as many columns as classes in the batch
# hint: must not depend on which classes happen to be in the batch
def with_class(latent, labels, n_classes):
    return torch.cat([latent, torch.nn.functional.one_hot(labels).float()], dim=1)


# %% conditioning-input · wrong · the number repeated
# hint: That repeats the label's number
def with_class(latent, labels, n_classes):
    return torch.cat([latent, labels.float().unsqueeze(1).repeat(1, n_classes)], dim=1)


# %% conditioning-input · wrong · classes counted from 1
# hint: Classes are counted from 0
def with_class(latent, labels, n_classes):
    one_hot = torch.zeros(len(labels), n_classes)
    one_hot[torch.arange(len(labels)), labels - 1] = 1
    return torch.cat([latent, one_hot], dim=1)


# %% conditioning-input · wrong · added instead of joined
# hint: must match
def with_class(latent, labels, n_classes):
    return latent + torch.nn.functional.one_hot(labels, n_classes).float()


# %% conditioning-input · right · rows of the identity, numpy
def with_class(latent, labels, n_classes):
    return np.hstack([latent.numpy(), np.eye(n_classes)[labels.numpy()]])


# %% conditioning-input · right · a loop over the batch
def with_class(latent, labels, n_classes):
    rows = []
    for point, label in zip(latent.tolist(), labels.tolist()):
        rows.append(point + [1.0 if place == label else 0.0 for place in range(n_classes)])
    return rows


# %% conditioning-input · right · comparison with every class
def with_class(latent, labels, n_classes):
    one_hot = (labels[:, None] == torch.arange(n_classes)).to(latent.dtype)
    return torch.hstack([latent, one_hot])


# %% wrong-labels · wrong · a shuffle
# hint: A mismatched pair must be wrong every time
def wrong_labels(labels, n_classes, seed):
    return np.random.default_rng(seed).permutation(labels)


# %% wrong-labels · wrong · drawn from all classes
# hint: A mismatched pair must be wrong every time
def wrong_labels(labels, n_classes, seed):
    return np.random.default_rng(seed).integers(0, n_classes, len(labels))


# %% wrong-labels · wrong · always the next class
# hint: the discriminator never learns to refuse some of the pairs
def wrong_labels(labels, n_classes, seed):
    return (np.asarray(labels) + 1) % n_classes


# %% wrong-labels · wrong · 1 minus the label
# hint: the classes are 0, 1 and 2
def wrong_labels(labels, n_classes, seed):
    return 1 - np.asarray(labels)


# %% wrong-labels · wrong · not repeatable
# hint: called again with the same seed
def wrong_labels(labels, n_classes, seed):
    return (np.asarray(labels) + np.random.default_rng().integers(1, n_classes, len(labels))) % n_classes


# %% wrong-labels · wrong · one step for all
# hint: the discriminator never learns to refuse some of the pairs
def wrong_labels(labels, n_classes, seed):
    step = np.random.default_rng(seed).integers(1, n_classes)
    return (np.asarray(labels) + step) % n_classes


# %% wrong-labels · wrong · the seed is ignored
# hint: called again with the same seed
def wrong_labels(labels, n_classes, seed):
    return (labels + np.random.default_rng().integers(1, n_classes, len(labels))) % n_classes


# %% wrong-labels · wrong · always the same seed
# hint: two different seeds gave the same labels
def wrong_labels(labels, n_classes, seed):
    return (labels + np.random.default_rng(0).integers(1, n_classes, len(labels))) % n_classes


# %% wrong-labels · right · chosen one by one
def wrong_labels(labels, n_classes, seed):
    rng = np.random.default_rng(seed)
    return [int(rng.choice([c for c in range(n_classes) if c != label])) for label in labels]


# %% wrong-labels · right · torch, skipping the own class
def wrong_labels(labels, n_classes, seed):
    labels = torch.as_tensor(labels)
    drawn = torch.randint(n_classes - 1, labels.shape, generator=torch.Generator().manual_seed(seed))
    return drawn + (drawn >= labels).long()


# %% wrong-labels · right · drawn again until wrong
def wrong_labels(labels, n_classes, seed):
    rng, labels = np.random.default_rng(seed), np.asarray(labels)
    wrong = labels.copy()
    while (wrong == labels).any():
        same = wrong == labels
        wrong[same] = rng.integers(0, n_classes, same.sum())
    return wrong


# %% conditional-losses · wrong · no mismatched pairs
# hint: The mismatched pairs are missing
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · mismatched pairs called real
# hint: It is real, but not of this class
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(-discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · weights left out
# hint: Each kind of 'no' weighs 1/2
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · all the wrong pairs averaged together
# hint: Average each kind of pair by itself
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = torch.cat([discriminator(real, wrong), discriminator(fake, asked)])
    return softplus(-discriminator(real, labels)).mean() + softplus(no).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · sums
# hint: an expectation is their mean
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).sum() + softplus(discriminator(fake, asked)).sum()
    return softplus(-discriminator(real, labels)).sum() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).sum()


# %% conditional-losses · wrong · fake samples scored with the wrong labels
# hint: the labels they were asked to have
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = (
        softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, wrong[: len(fake)])).mean()
    )
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · fake samples scored with the labels of the real ones
# hint: the labels they were asked to have
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = (
        softplus(discriminator(real, wrong)).mean()
        + softplus(discriminator(fake, labels[: len(fake)])).mean()
    )
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · the minimax generator
# hint: That is the minimax loss
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return -torch.nn.functional.softplus(discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · a generator that wants to be caught
# hint: the generator learns to be caught
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · a generator scored for class 0 only
# hint: not all for class 0
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, torch.zeros_like(asked))).mean()


# %% conditional-losses · wrong · logarithm of a rounded sigmoid
# hint: use softplus or logsigmoid
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    yes = torch.sigmoid(discriminator(real, labels))
    no = torch.sigmoid(discriminator(real, wrong)), torch.sigmoid(discriminator(fake, asked))
    return -yes.log().mean() - ((1 - no[0]).log().mean() + (1 - no[1]).log().mean()) / 2


def generator_loss(discriminator, fake, asked):
    return -torch.sigmoid(discriminator(fake, asked)).log().mean()


# %% conditional-losses · wrong · plain floats, without a gradient
# hint: a number without a gradient
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    yes, mismatched, made = (
        discriminator(*pair).detach().double().numpy()
        for pair in ((real, labels), (real, wrong), (fake, asked))
    )
    no = np.logaddexp(0, mismatched).mean(), np.logaddexp(0, made).mean()
    return float(np.logaddexp(0, -yes).mean() + np.mean(no))


def generator_loss(discriminator, fake, asked):
    return float(np.logaddexp(0, -discriminator(fake, asked).detach().double().numpy()).mean())


# %% conditional-losses · wrong · the generator's fakes detached
# hint: No detach()
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    softplus = torch.nn.functional.softplus
    no = softplus(discriminator(real, wrong)).mean() + softplus(discriminator(fake, asked)).mean()
    return softplus(-discriminator(real, labels)).mean() + no / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake.detach(), asked)).mean()


# %% conditional-losses · right · binary cross-entropy with logits
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    yes, mismatched, made = (
        discriminator(real, labels),
        discriminator(real, wrong),
        discriminator(fake, asked),
    )
    no = bce(mismatched, torch.zeros_like(mismatched)) + bce(made, torch.zeros_like(made))
    return bce(yes, torch.ones_like(yes)) + 0.5 * no


def generator_loss(discriminator, fake, asked):
    scores = discriminator(fake, asked)
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


# %% conditional-losses · right · the objective of the library, and logsigmoid
def discriminator_loss(discriminator, real, labels, wrong, fake, asked):
    yes = discriminator(real, labels)
    losses = [
        NonSaturating().discriminator_loss(yes, discriminator(x, y))
        for x, y in ((real, wrong), (fake, asked))
    ]
    return sum(losses) / 2


def generator_loss(discriminator, fake, asked):
    return -torch.nn.functional.logsigmoid(discriminator(fake, asked)).mean()


# %% balanced-labels · wrong · one class for the whole batch
# hint: mix the classes within the batch
def balanced_labels(n, n_classes, seed):
    return np.full(n, np.random.default_rng(seed).integers(n_classes))


# %% balanced-labels · wrong · independent draws
# hint: Independent draws are balanced on average only
def balanced_labels(n, n_classes, seed):
    return np.random.default_rng(seed).integers(0, n_classes, n)


# %% balanced-labels · wrong · sorted
# hint: The labels are sorted
def balanced_labels(n, n_classes, seed):
    return np.sort(np.arange(n) % n_classes)


# %% balanced-labels · wrong · in a rhythm
# hint: The labels repeat in a rhythm
def balanced_labels(n, n_classes, seed):
    return np.arange(n) % n_classes


# %% balanced-labels · wrong · a shuffled deck, laid down again and again
# hint: The labels repeat in a rhythm
def balanced_labels(n, n_classes, seed):
    deck = np.random.default_rng(seed).permutation(n_classes)
    return np.resize(deck, n)


# %% balanced-labels · wrong · the first classes always come once more
# hint: should differ from seed to seed
def balanced_labels(n, n_classes, seed):
    return np.random.default_rng(seed).permutation(np.arange(n) % n_classes)


# %% balanced-labels · wrong · too few where it does not divide evenly
# hint: numbers; expected
def balanced_labels(n, n_classes, seed):
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(n_classes), n // n_classes))


# %% balanced-labels · wrong · ignores the seed
# hint: the same seed again
def balanced_labels(n, n_classes, seed):
    rng = np.random.default_rng()
    return rng.permutation(np.tile(rng.permutation(n_classes), -(-n // n_classes))[:n])


# %% balanced-labels · wrong · the seed is ignored
# hint: the same seed again
def balanced_labels(n, n_classes, seed):
    rng = np.random.default_rng()
    return rng.permutation(np.tile(rng.permutation(n_classes), -(-n // n_classes))[:n])


# %% balanced-labels · right · torch
def balanced_labels(n, n_classes, seed):
    rng = torch.Generator().manual_seed(seed)
    labels = torch.randperm(n_classes, generator=rng)[torch.arange(n) % n_classes]
    return labels[torch.randperm(n, generator=rng)]


# %% balanced-labels · right · whole rounds first, then a draw without replacement
def balanced_labels(n, n_classes, seed):
    rng = np.random.default_rng(seed)
    labels = list(range(n_classes)) * (n // n_classes)
    labels += list(rng.choice(n_classes, n % n_classes, replace=False))
    rng.shuffle(labels)
    return labels


# %% balanced-labels · right · the library's own
def balanced_labels(n, n_classes, seed):
    from ganlab.training import balanced_labels as deal

    return deal(torch.zeros(n, dtype=torch.long), n_classes, torch.Generator().manual_seed(seed))


# %% fidelity · wrong · oracle fitted on everybody
# hint: A leak
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real, labels)
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[is_test], labels[is_test])


# %% fidelity · wrong · oracle fitted on the test patients
# hint: A leak
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[is_test], labels[is_test])
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[is_test], labels[is_test])


# %% fidelity · wrong · train and test exchanged
# hint: A leak
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[is_test], labels[is_test])
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[~is_test], labels[~is_test])


# %% fidelity · wrong · oracle fitted on the synthetic samples
# hint: The oracle has learnt from the synthetic samples
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(synthetic, asked)
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[is_test], labels[is_test])


# %% fidelity · wrong · ceiling on the training patients
# hint: The ceiling was measured on patients whom the oracle was fitted on
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[~is_test], labels[~is_test])


# %% fidelity · wrong · ceiling on all patients
# hint: The ceiling is measured on the test patients alone
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real, labels)


# %% fidelity · wrong · plain accuracy
# hint: average within the classes first
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])
    return np.mean(oracle(synthetic) == asked), np.mean(oracle(real[is_test]) == labels[is_test])


# %% fidelity · wrong · of those called y, how many were meant
# hint: It is the other way round
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])
    mean = lambda x, y: np.mean([np.mean(y[oracle(x) == k] == k) for k in np.unique(y)])
    return mean(synthetic, asked), mean(real[is_test], labels[is_test])


# %% fidelity · wrong · order exchanged
# hint: The order is (fidelity, ceiling)
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])
    mean = lambda x, y: np.mean([np.mean(oracle(x)[y == k] == k) for k in np.unique(y)])
    return mean(real[is_test], labels[is_test]), mean(synthetic, asked)


# %% fidelity · wrong · the median over the classes
# hint: three classes here
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])

    def as_wanted(samples, wanted):
        seen = np.asarray(oracle(samples))
        return np.median([np.mean(seen[wanted == label] == label) for label in np.unique(wanted)])

    return as_wanted(synthetic, asked), as_wanted(real[is_test], labels[is_test])


# %% fidelity · wrong · two classes only
# hint: three classes here
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    oracle = fit_oracle(real[~is_test], labels[~is_test])

    def as_wanted(samples, wanted):
        seen = np.asarray(oracle(samples))
        return np.mean([np.mean(seen[wanted == label] == label) for label in (0, 1)])

    return as_wanted(synthetic, asked), as_wanted(real[is_test], labels[is_test])


# %% fidelity · right · scikit-learn's balanced accuracy
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    from sklearn.metrics import balanced_accuracy_score

    oracle = fit_oracle(real[np.logical_not(is_test)], labels[np.logical_not(is_test)])
    return (
        balanced_accuracy_score(asked, oracle(synthetic)),
        balanced_accuracy_score(labels[is_test], oracle(real[is_test])),
    )


# %% fidelity · right · counting in a loop
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    rows = [i for i in range(len(real)) if not is_test[i]]
    oracle = fit_oracle(real[rows], labels[rows])
    answer = []
    for samples, wanted in ((synthetic, asked), (real[is_test], labels[is_test])):
        hits, counts = {}, {}
        for want, got in zip(wanted, oracle(samples)):
            counts[want] = counts.get(want, 0) + 1
            hits[want] = hits.get(want, 0) + (want == got)
        answer.append(sum(hits[k] / counts[k] for k in counts) / len(counts))
    return answer


# %% fidelity · right · diagonal of a confusion matrix, in torch
def class_fidelity(fit_oracle, real, labels, is_test, synthetic, asked):
    from sklearn.metrics import confusion_matrix

    oracle = fit_oracle(real[~is_test], labels[~is_test])
    shares = [
        np.diag(confusion_matrix(y, oracle(x), normalize="true")).mean()
        for x, y in ((synthetic, asked), (real[is_test], labels[is_test]))
    ]
    return torch.tensor(shares)


# %% divergence · wrong · divided by the whole table
# hint: You divided by the total of the whole table
def per_class_divergence(real_counts, fake_counts):
    pairs = zip(real_counts / real_counts.sum(), fake_counts / fake_counts.sum())
    return np.array([_jsd(p, q) for p, q in pairs])


def _jsd(p, q):
    from scipy.special import rel_entr

    return (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)).sum() / 2


# %% divergence · wrong · counts as they are
# hint: Divide each row by its own sum
def per_class_divergence(real_counts, fake_counts):
    from scipy.special import rel_entr

    middle = (real_counts + fake_counts) / 2
    return (rel_entr(real_counts, middle) + rel_entr(fake_counts, middle)).sum(1) / 2


# %% divergence · wrong · divided by the columns
# hint: You divided by the sums of the columns
def per_class_divergence(real_counts, fake_counts):
    from scipy.special import rel_entr

    p, q = real_counts / real_counts.sum(0), fake_counts / fake_counts.sum(0)
    return (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)).sum(1) / 2


# %% divergence · wrong · classes added up first
# hint: A swap of classes would go unseen
def per_class_divergence(real_counts, fake_counts):
    p, q = real_counts.sum(0) / real_counts.sum(), fake_counts.sum(0) / fake_counts.sum()
    return np.full(len(real_counts), jensen_shannon(p, q, 1.0))


# %% divergence · wrong · scipy's square root
# hint: That is the square root
def per_class_divergence(real_counts, fake_counts):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(real_counts, fake_counts, axis=1)


# %% divergence · wrong · in bits
# hint: That is in bits
def per_class_divergence(real_counts, fake_counts):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(real_counts, fake_counts, axis=1, base=2) ** 2


# %% divergence · wrong · Kullback-Leibler of real from fake
# hint: it is infinite where a kind is missing
def per_class_divergence(real_counts, fake_counts):
    from scipy.special import rel_entr

    p, q = (c / c.sum(1, keepdims=True) for c in (real_counts, fake_counts))
    return rel_entr(p, q).sum(1)


# %% divergence · wrong · Kullback-Leibler of fake from real
# hint: JSD compares both with their mixture
def per_class_divergence(real_counts, fake_counts):
    from scipy.special import rel_entr

    p, q = (c / c.sum(1, keepdims=True) for c in (real_counts, fake_counts))
    return rel_entr(q, p).sum(1)


# %% divergence · wrong · NaN at zero counts
# hint: 0 log 0 counts 0
def per_class_divergence(real_counts, fake_counts):
    p, q = (c / c.sum(1, keepdims=True) for c in (real_counts, fake_counts))
    m = (p + q) / 2
    return (p * np.log(p / m) + q * np.log(q / m)).sum(1) / 2


# %% divergence · wrong · halves not weighted
# hint: each is weighted by 1/2
def per_class_divergence(real_counts, fake_counts):
    from scipy.special import rel_entr

    p, q = (c / c.sum(1, keepdims=True) for c in (real_counts, fake_counts))
    return (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)).sum(1)


# %% divergence · right · scipy's root, squared
def per_class_divergence(real_counts, fake_counts):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(real_counts, fake_counts, axis=1) ** 2


# %% divergence · right · entropies, in torch
def per_class_divergence(real_counts, fake_counts):
    p, q = (torch.as_tensor(c).double() for c in (real_counts, fake_counts))
    p, q = p / p.sum(1, keepdim=True), q / q.sum(1, keepdim=True)
    entropy = lambda shares: -torch.xlogy(shares, shares).sum(1)
    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


# %% divergence · right · a loop over classes and kinds
def per_class_divergence(real_counts, fake_counts):
    answer = []
    for real, fake in zip(real_counts.tolist(), fake_counts.tolist()):
        total = 0.0
        for r, f in zip(real, fake):
            r, f = r / sum(real), f / sum(fake)
            for share in (r, f):
                total += share * math.log(2 * share / (r + f)) / 2 if share > 0 else 0.0
        answer.append(total)
    return answer


# %% homogeneous-quarter · wrong · where the real patients are
# hint: There a quarter of the *real* patients are homogeneous
def homogeneous_quarter():
    return 0.82


# %% homogeneous-quarter · wrong · the share of homogeneous lesions
# hint: more than a quarter of the synthetic lesions
def homogeneous_quarter():
    return 0.25


# %% homogeneous-quarter · wrong · too far
# hint: go back
def homogeneous_quarter():
    return 0.7


# %% homogeneous-quarter · wrong · in percent
# hint: return a share between 0 and 1
def homogeneous_quarter():
    return 55


# %% homogeneous-quarter · wrong · a sentence
# hint: expected one number
def homogeneous_quarter():
    return "a bit more than half"


# %% homogeneous-quarter · right · read a little to the left
def homogeneous_quarter():
    return 0.54


# %% homogeneous-quarter · right · in an array
def homogeneous_quarter():
    return np.array([0.57])


# %% gain · wrong · sign turned
# hint: a gain is after minus before
def gain(before, after):
    d = np.asarray(before) - np.asarray(after)
    low, high = stats.t.interval(0.95, len(d) - 1, loc=d.mean(), scale=stats.sem(d))
    return d.mean(), low, high


# %% gain · wrong · standard deviation with n
# hint: n - 1 in its denominator
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() / np.sqrt(len(d))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · 1.96
# hint: 1.96 is for an infinite number of draws
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · 1.96, and numpy's standard deviation
# hint: 1.96 is for an infinite number of draws
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = 1.96 * np.std(d) / math.sqrt(len(d))
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · interval of a single draw
# hint: That is where a single draw falls
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1)
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · two independent samples
# hint: The pairing is lost
def gain(before, after):
    interval = stats.ttest_ind(after, before).confidence_interval()
    return np.mean(after) - np.mean(before), interval.low, interval.high


# %% gain · wrong · one-sided quantile
# hint: leaves 5 % on each side
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = stats.t.ppf(0.95, len(d) - 1) * stats.sem(d)
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · n degrees of freedom
# hint: n - 1 degrees of freedom
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    reach = stats.t.ppf(0.975, len(d)) * stats.sem(d)
    return d.mean(), d.mean() - reach, d.mean() + reach


# %% gain · wrong · quantiles of the differences
# hint: Quantiles of five differences are no interval
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    return d.mean(), *np.quantile(d, [0.025, 0.975])


# %% gain · right · scipy's paired test
def gain(before, after):
    result = stats.ttest_rel(after, before)
    interval = result.confidence_interval(0.95)
    mean = np.mean(np.asarray(after) - np.asarray(before))
    return mean, *interval


# %% gain · right · scipy's interval, as the lectures write it
def gain(before, after):
    d = np.asarray(after) - np.asarray(before)
    return d.mean(), *stats.t.interval(0.95, len(d) - 1, d.mean(), stats.sem(d))


# %% gain · right · plain Python
def gain(before, after):
    differences = [float(b) - float(a) for a, b in zip(before, after)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    reach = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(variance / n)
    return [mean, mean - reach, mean + reach]


# %% gain · right · torch
def gain(before, after):
    d = torch.as_tensor(after, dtype=torch.float64) - torch.as_tensor(before, dtype=torch.float64)
    reach = stats.t.ppf(0.975, len(d) - 1) * d.std() / len(d) ** 0.5
    return torch.stack([d.mean(), d.mean() - reach, d.mean() + reach])


# %% decision · wrong · the middle of the interval decides
# hint: An interval that holds 0 shows no gain over the duplicates
def decide(gan_minus_duplicates, duplicates_minus_none):
    if sum(gan_minus_duplicates) > 0:
        return "GAN"
    return "duplicates" if sum(duplicates_minus_none) > 0 else "nothing"


# %% decision · wrong · compares the GAN with nothing
# hint: The GAN is shown to be worse than the duplicates
def decide(gan_minus_duplicates, duplicates_minus_none):
    low, high = (a + b for a, b in zip(gan_minus_duplicates, duplicates_minus_none))
    if gan_minus_duplicates[0] > 0 or (high > 0 and gan_minus_duplicates[1] < 0):
        return "GAN"
    return "duplicates" if duplicates_minus_none[0] > 0 else "nothing"


# %% decision · wrong · any difference counts
# hint: The GAN is shown to be worse than the duplicates
def decide(gan_minus_duplicates, duplicates_minus_none):
    if gan_minus_duplicates[0] > 0 or gan_minus_duplicates[1] < 0:
        return "GAN"
    return "duplicates" if duplicates_minus_none[0] > 0 else "nothing"


# %% decision · wrong · duplicates whenever the GAN is not shown to help
# hint: Neither gain is shown
def decide(gan_minus_duplicates, duplicates_minus_none):
    return "GAN" if gan_minus_duplicates[0] > 0 else "duplicates"


# %% decision · wrong · an answer that was not on the list
# hint: expected one of
def decide(gan_minus_duplicates, duplicates_minus_none):
    return "collect more patients"


# %% decision · wrong · no return on one path
# hint: Is there a `return` on every path
def decide(gan_minus_duplicates, duplicates_minus_none):
    if gan_minus_duplicates[0] > 0:
        return "GAN"
    if duplicates_minus_none[0] > 0:
        return "duplicates"


# %% decision · wrong · an interval that begins at 0
# hint: does not lie wholly above 0
def decide(gan_minus_duplicates, duplicates_minus_none):
    if gan_minus_duplicates[0] >= 0:
        return "GAN"
    return "duplicates" if duplicates_minus_none[0] >= 0 else "nothing"


# %% decision · right · one expression
def decide(gan_minus_duplicates, duplicates_minus_none):
    return (
        "GAN"
        if min(gan_minus_duplicates) > 0
        else ("duplicates" if min(duplicates_minus_none) > 0 else "nothing")
    )


# %% decision · right · nothing first
def decide(gan_minus_duplicates, duplicates_minus_none):
    gan, duplicates = gan_minus_duplicates[0] > 0, duplicates_minus_none[0] > 0
    if not gan and not duplicates:
        return "nothing"
    return "GAN" if gan else "duplicates"
