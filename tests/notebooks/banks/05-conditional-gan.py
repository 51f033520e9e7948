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


# %% conditional-losses · wrong · half the weight for fakes
# hint: Both kinds of pairs weigh 1
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean() / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · mean of the two
# hint: the loss is their sum
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return (softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()) / 2


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · no fakes
# hint: The fake samples are missing
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · no reals
# hint: The real samples are missing
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · all pairs averaged together
# hint: Average each kind of pair by itself
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return torch.cat([softplus(-discriminator(real, labels)), softplus(discriminator(fake, asked))]).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · sums
# hint: an expectation is their mean
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).sum() + softplus(discriminator(fake, asked)).sum()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).sum()


# %% conditional-losses · wrong · sign turned
# hint: The sign is turned
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return -softplus(-discriminator(real, labels)).mean() - softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · yes and no exchanged
# hint: Yes and no are exchanged
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(discriminator(real, labels)).mean() + softplus(-discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · fakes called real
# hint: You rewarded D for calling the fake samples real
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(-discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · fake samples scored with the labels of the real ones
# hint: the labels they were asked to have
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return (
        softplus(-discriminator(real, labels)).mean()
        + softplus(discriminator(fake, labels[: len(fake)])).mean()
    )


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · class 0 for every pair
# hint: not all with class 0
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, 0 * labels)).mean() + softplus(discriminator(fake, 0 * asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · in bits
# hint: Use the natural logarithm
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return (
        softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()
    ) / math.log(2)


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · the minimax generator
# hint: That is the minimax loss
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return -torch.nn.functional.softplus(discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · a generator that wants to be caught
# hint: the generator learns to be caught
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(discriminator(fake, asked)).mean()


# %% conditional-losses · wrong · a generator scored for class 0 only
# hint: not all for class 0
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake, torch.zeros_like(asked))).mean()


# %% conditional-losses · wrong · logarithm of a rounded sigmoid
# hint: use softplus or logsigmoid
def discriminator_loss(discriminator, real, labels, fake, asked):
    yes, no = torch.sigmoid(discriminator(real, labels)), torch.sigmoid(discriminator(fake, asked))
    return -yes.log().mean() - (1 - no).log().mean()


def generator_loss(discriminator, fake, asked):
    return -torch.sigmoid(discriminator(fake, asked)).log().mean()


# %% conditional-losses · wrong · plain floats, without a gradient
# hint: a number without a gradient
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return float(np.logaddexp(0, -discriminator(fake, asked).detach().double().numpy()).mean())


# %% conditional-losses · wrong · the generator's fakes detached
# hint: No detach()
def discriminator_loss(discriminator, real, labels, fake, asked):
    softplus = torch.nn.functional.softplus
    return softplus(-discriminator(real, labels)).mean() + softplus(discriminator(fake, asked)).mean()


def generator_loss(discriminator, fake, asked):
    return torch.nn.functional.softplus(-discriminator(fake.detach(), asked)).mean()


# %% conditional-losses · right · binary cross-entropy with logits
def discriminator_loss(discriminator, real, labels, fake, asked):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    yes, no = discriminator(real, labels), discriminator(fake, asked)
    return bce(yes, torch.ones_like(yes)) + bce(no, torch.zeros_like(no))


def generator_loss(discriminator, fake, asked):
    scores = discriminator(fake, asked)
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


# %% conditional-losses · right · the objective of the library, and logsigmoid
def discriminator_loss(discriminator, real, labels, fake, asked):
    return NonSaturating().discriminator_loss(discriminator(real, labels), discriminator(fake, asked))


def generator_loss(discriminator, fake, asked):
    return -torch.nn.functional.logsigmoid(discriminator(fake, asked)).mean()


# %% mismatched · wrong · the data
# hint: The pair loss of task 3 ends there
def mismatched_optimum(p, w):
    return p


# %% mismatched · wrong · without the maximum
# hint: A share cannot be negative
def mismatched_optimum(p, w):
    return 2 * p - w


# %% mismatched · wrong · c of all kinds, clipped
# hint: These add up to 1.1
def mismatched_optimum(p, w):
    return np.maximum(0, 2 * p - w)


# %% mismatched · wrong · c of all kinds, clipped, divided by the sum
# hint: Dividing by the sum changes w as well
def mismatched_optimum(p, w):
    q = np.maximum(0, 2 * p - w)
    return q / q.sum()


# %% mismatched · wrong · c is 1, divided by the sum
# hint: divided by the sum
def mismatched_optimum(p, w):
    q = np.maximum(0, p - w)
    return q / q.sum()


# %% mismatched · wrong · c is 1
# hint: it adds up to 0.3
def mismatched_optimum(p, w):
    return np.maximum(0, p - w)


# %% mismatched · wrong · p and w exchanged
# hint: p and w are exchanged
def mismatched_optimum(p, w):
    from scipy.optimize import brentq

    c = brentq(lambda c: np.maximum(0, c * w - p).sum() - 1, 0, 2)
    return np.maximum(0, c * w - p)


# %% mismatched · wrong · w halved
# hint: it cancels
def mismatched_optimum(p, w):
    from scipy.optimize import brentq

    c = brentq(lambda c: np.maximum(0, c * p - w / 2).sum() - 1, 0, 2)
    return np.maximum(0, c * p - w / 2)


# %% mismatched · wrong · only one kind is ever left out
# hint: share no kind
def mismatched_optimum(p, w):
    q = 2 * p - w
    keep = np.arange(len(p)) != q.argmin() if q.min() < 0 else np.full(len(p), True)
    return np.where(keep, (1 + w[keep].sum()) / p[keep].sum() * p - w, 0)


# %% mismatched · wrong · a coarse search
# hint: mismatched_optimum
def mismatched_optimum(p, w):
    grid = np.linspace(0, 2, 40)
    c = grid[np.argmin([abs(np.maximum(0, c * p - w).sum() - 1) for c in grid])]
    return np.maximum(0, c * p - w)


# %% mismatched · right · a root finder
def mismatched_optimum(p, w):
    from scipy.optimize import brentq

    c = brentq(lambda c: np.maximum(0, c * p - w).sum() - 1, 0, 3)
    return np.maximum(0, c * p - w)


# %% mismatched · right · kinds left out until none is negative
def mismatched_optimum(p, w):
    p, w = np.asarray(p, float), np.asarray(w, float)
    keep = p > 0
    while True:
        c = (1 + w[keep].sum()) / p[keep].sum()
        negative = keep & (c * p < w)
        if not negative.any():
            return np.where(keep, c * p - w, 0)
        keep &= ~negative


# %% mismatched · right · the best of a sorted list, in torch
def mismatched_optimum(p, w):
    p, w = torch.as_tensor(p), torch.as_tensor(w)
    order = torch.argsort(torch.where(p > 0, w / p, torch.inf))
    c = ((1 + w[order].cumsum(0)) / p[order].cumsum(0)).min()
    return (c * p - w).clamp(min=0)


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


# %% decision · wrong · an oracle that was fitted on the test patients
# hint: fidelity is at its ceiling
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real, delivery.labels)
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · a ceiling from the training patients
# hint: fidelity is at its ceiling
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · a fidelity of 0.95 asked for, no ceiling
# hint: fidelity is at its ceiling
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < 0.95:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · fidelity is not looked at
# hint: ignore the class that was asked for
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if False:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · an oracle that was fitted on the synthetic patients
# hint: ignore the class that was asked for
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.synthetic, delivery.asked)
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · kinds are not looked at
# hint: kinds are missing within both
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if False:
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · the classes pooled
# hint: compare within each class
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if jensen_shannon(real.mean(0), made.mean(0), 1.0) > delivery.floor[0]:
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · benign only
# hint: In the malignant class a kind is missing
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if apart[0] > delivery.floor[0]:
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · any divergence counts
# hint: the kinds are those of real patients
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > 0).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · compared with nothing
# hint: does not beat them
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.none).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · the mean gain, no interval
# hint: its interval holds 0
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = np.mean(delivery.gan - delivery.duplicates)
    return "use" if low > 0 else "no gain"


# %% decision · wrong · two independent samples
# hint: paired gain
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_ind(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · any difference counts
# hint: does not beat them
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = abs(np.mean(delivery.gan - delivery.duplicates)) - 2.2 * stats.sem(
        delivery.gan - delivery.duplicates
    )
    return "use" if low > 0 else "no gain"


# %% decision · wrong · gain before kinds
# hint: the first one in the order
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    if fidelity < ceiling - 0.1:
        return "class"
    if not low > 0:
        return "no gain"
    return "kinds" if (apart > delivery.floor).any() else "use"


# %% decision · wrong · kinds before the class
# hint: the first one in the order
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if (apart > delivery.floor).any():
        return "kinds"
    if fidelity < ceiling - 0.1:
        return "class"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · wrong · an answer that was not on the list
# hint: expected one of
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "GAN" if low > 0 else "nothing"


# %% decision · wrong · no return on one path
# hint: Is there a `return` on every path
def decide(delivery):
    if len(delivery.gan) < 2:
        return "no gain"


# %% decision · right · scipy's paired test
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.ttest_rel(delivery.gan, delivery.duplicates).confidence_interval(0.95).low
    return "use" if low > 0 else "no gain"


# %% decision · right · scipy's interval, as the lectures write it
def decide(delivery):
    def as_wanted(oracle, samples, wanted):
        seen = oracle(samples)
        return np.mean([np.mean(seen[wanted == y] == y) for y in (0, 1)])

    oracle = fit_nearest(delivery.real[~delivery.is_test], delivery.labels[~delivery.is_test])
    fidelity = as_wanted(oracle, delivery.synthetic, delivery.asked)
    ceiling = as_wanted(oracle, delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    real, made = (c / c.sum(axis=1, keepdims=True) for c in (delivery.real_kinds, delivery.synthetic_kinds))
    apart = np.array([jensen_shannon(p, q, 1.0) for p, q in zip(real, made)])
    if fidelity < ceiling - 0.1:
        return "class"
    if (apart > delivery.floor).any():
        return "kinds"
    low = stats.t.interval(
        0.95, 11, np.mean(delivery.gan - delivery.duplicates), stats.sem(delivery.gan - delivery.duplicates)
    )[0]
    return "use" if low > 0 else "no gain"


# %% decision · right · another oracle of the same kind, scipy's divergence, plain arithmetic
def decide(delivery):
    from scipy.spatial import cKDTree
    from scipy.spatial.distance import jensenshannon

    known = ~delivery.is_test
    tree = cKDTree(delivery.real[known])

    def confirmed(samples, labels):
        right = delivery.labels[known][tree.query(samples)[1]] == labels
        return (right[labels == 0].mean() + right[labels == 1].mean()) / 2

    ceiling = confirmed(delivery.real[delivery.is_test], delivery.labels[delivery.is_test])
    difference = delivery.gan - delivery.duplicates
    reach = stats.t.ppf(0.975, len(difference) - 1) * difference.std(ddof=1) / math.sqrt(len(difference))
    faults = {
        "class": ceiling - confirmed(delivery.synthetic, delivery.asked) > 0.1,
        "kinds": any(
            jensenshannon(delivery.real_kinds, delivery.synthetic_kinds, axis=1) ** 2 > delivery.floor
        ),
        "no gain": difference.mean() - reach <= 0,
    }
    return next((fault for fault, found in faults.items() if found), "use")
