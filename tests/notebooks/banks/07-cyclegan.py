"""Answers to the tasks of 07-cyclegan: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, torch, stats, translation_scores and lesion_contrast are the notebook's own imports.
"""


# %% cycle-loss · wrong · compares with the translated image
# hint: A scan is compared with its translation
def cycle_loss(G, F, x, y):
    return abs(G(x) - x).mean() + abs(F(y) - y).mean()


# %% cycle-loss · wrong · compares what came back with the translation
# hint: A scan is compared with its translation
def cycle_loss(G, F, x, y):
    fake_y, fake_x = G(x), F(y)
    return abs(F(fake_y) - fake_y).mean() + abs(G(fake_x) - fake_x).mean()


# %% cycle-loss · wrong · F(G(y)) where G(F(y)) is meant
# hint: y takes the other way
def cycle_loss(G, F, x, y):
    return abs(F(G(x)) - x).mean() + abs(F(G(y)) - y).mean()


# %% cycle-loss · wrong · G(F(x)) where F(G(x)) is meant
# hint: x goes through G first
def cycle_loss(G, F, x, y):
    return abs(G(F(x)) - x).mean() + abs(G(F(y)) - y).mean()


# %% cycle-loss · wrong · only from x
# hint: Only the way x -> G -> F was counted
def cycle_loss(G, F, x, y):
    return abs(F(G(x)) - x).mean()


# %% cycle-loss · wrong · only from y
# hint: Only the way y -> F -> G was counted
def cycle_loss(G, F, x, y):
    return abs(G(F(y)) - y).mean()


# %% cycle-loss · wrong · squared
# hint: The differences were squared
def cycle_loss(G, F, x, y):
    return ((F(G(x)) - x) ** 2).mean() + ((G(F(y)) - y) ** 2).mean()


# %% cycle-loss · wrong · mean of the two terms
# hint: the loss is their sum
def cycle_loss(G, F, x, y):
    return (abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()) / 2


# %% cycle-loss · wrong · sum over the pixels
# hint: use their mean
def cycle_loss(G, F, x, y):
    return abs(F(G(x)) - x).sum() + abs(G(F(y)) - y).sum()


# %% cycle-loss · wrong · differences cancel
# hint: differences must not cancel
def cycle_loss(G, F, x, y):
    return abs((F(G(x)) - x).mean()) + abs((G(F(y)) - y).mean())


# %% cycle-loss · wrong · not answered
# hint: not answered yet
def cycle_loss(G, F, x, y):
    raise NotImplementedError()


# %% cycle-loss · right · numpy by name
def cycle_loss(G, F, x, y):
    if isinstance(x, torch.Tensor):
        return torch.nn.functional.l1_loss(F(G(x)), x) + torch.nn.functional.l1_loss(G(F(y)), y)
    return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))


# %% cycle-loss · right · one scan after another
def cycle_loss(G, F, x, y):
    def lost(first, second, scans):
        return sum(
            float(abs(second(first(scans[i : i + 1])) - scans[i : i + 1]).mean()) for i in range(len(scans))
        ) / len(scans)

    return lost(G, F, x) + lost(F, G, y)


# %% cycle-loss · right · through torch
def cycle_loss(G, F, x, y):
    total = 0
    for first, second, scans in ((G, F, x), (F, G, y)):
        total = total + torch.as_tensor(np.array(second(first(scans)) - scans)).abs().mean()
    return total


# %% identity-loss · wrong · the usual inputs
# hint: Here G reads y
def identity_loss(G, F, x, y):
    return abs(G(x) - x).mean() + abs(F(y) - y).mean()


# %% identity-loss · wrong · only G
# hint: Only G was counted
def identity_loss(G, F, x, y):
    return abs(G(y) - y).mean()


# %% identity-loss · wrong · only F
# hint: Only F was counted
def identity_loss(G, F, x, y):
    return abs(F(x) - x).mean()


# %% identity-loss · wrong · the cycle again
# hint: That is cycle consistency
def identity_loss(G, F, x, y):
    return abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()


# %% identity-loss · wrong · squared
# hint: The differences were squared
def identity_loss(G, F, x, y):
    return ((G(y) - y) ** 2).mean() + ((F(x) - x) ** 2).mean()


# %% identity-loss · wrong · mean of the two
# hint: the loss is their sum
def identity_loss(G, F, x, y):
    return (abs(G(y) - y).mean() + abs(F(x) - x).mean()) / 2


# %% identity-loss · wrong · differences cancel
# hint: Take the absolute value of every pixel's difference
def identity_loss(G, F, x, y):
    return abs((G(y) - y).mean()) + abs((F(x) - x).mean())


# %% identity-loss · wrong · compared with the other domain
# hint: compared with a scan of the other domain
def identity_loss(G, F, x, y):
    return abs(G(x) - y).mean() + abs(F(y) - x).mean()


# %% identity-loss · right · numpy by name
def identity_loss(G, F, x, y):
    return np.mean(np.abs(F(x) - x)) + np.mean(np.abs(G(y) - y))


# %% identity-loss · right · in a loop
def identity_loss(G, F, x, y):
    loss = 0.0
    for translator, target in [(G, y), (F, x)]:
        loss += np.average(np.absolute(np.subtract(translator(target), target)))
    return loss


# %% objective · wrong · target 0
# hint: The translators' target is 1
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = (D_Y(G(x)) ** 2).mean() + (D_X(F(y)) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · discriminators exchanged
# hint: The discriminators are exchanged
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_X(G(x)) - 1) ** 2).mean() + ((D_Y(F(y)) - 1) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · scores real scans
# hint: The discriminators were given real scans
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_Y(y) - 1) ** 2).mean() + ((D_X(x) - 1) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · only one direction is scored
# hint: F has a discriminator, too
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return ((D_Y(G(x)) - 1) ** 2).mean() + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · weights exchanged
# hint: The two weights are exchanged
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_Y(G(x)) - 1) ** 2).mean() + ((D_X(F(y)) - 1) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + identity_weight * cycle + cycle_weight * identity


# %% objective · wrong · absolute instead of squared
# hint: The distance of a score from 1 is squared
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = abs(D_Y(G(x)) - 1).mean() + abs(D_X(F(y)) - 1).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · identity with the usual inputs
# hint: The identity loss gives G the scans y
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_Y(G(x)) - 1) ** 2).mean() + ((D_X(F(y)) - 1) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    identity = abs(G(x) - x).mean() + abs(F(y) - y).mean()
    return adversarial + cycle_weight * cycle + identity_weight * identity


# %% objective · wrong · cycle in one direction only
# hint: The cycle counts from both domains
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_Y(G(x)) - 1) ** 2).mean() + ((D_X(F(y)) - 1) ** 2).mean()
    identity = abs(G(y) - y).mean() + abs(F(x) - x).mean()
    return adversarial + cycle_weight * abs(F(G(x)) - x).mean() + identity_weight * identity


# %% objective · wrong · identity across the domains
# hint: compares G(y) with y itself
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = ((D_Y(G(x)) - 1) ** 2).mean() + ((D_X(F(y)) - 1) ** 2).mean()
    cycle = abs(F(G(x)) - x).mean() + abs(G(F(y)) - y).mean()
    if not identity_weight:
        return adversarial + cycle_weight * cycle
    return (
        adversarial + cycle_weight * cycle + identity_weight * (abs(G(x) - y).mean() + abs(F(y) - x).mean())
    )


# %% objective · right · from pieces
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    def apart(a, b):
        return np.mean(np.abs(a - b))

    fake_y, fake_x = G(x), F(y)
    loss = np.mean(np.square(D_Y(fake_y) - 1)) + np.mean(np.square(1 - D_X(fake_x)))
    loss += cycle_weight * (apart(F(fake_y), x) + apart(G(fake_x), y))
    return loss + identity_weight * (apart(G(y), y) + apart(F(x), x))


# %% objective · right · terms with weight 0 left out
def translators_loss(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    loss = ((D_X(F(y)) - 1.0) ** 2).mean() + ((D_Y(G(x)) - 1.0) ** 2).mean()
    if cycle_weight:
        loss = loss + cycle_weight * (abs(G(F(y)) - y).mean() + abs(F(G(x)) - x).mean())
    if identity_weight:
        loss = loss + identity_weight * (abs(F(x) - x).mean() + abs(G(y) - y).mean())
    return loss


# %% mirror · wrong · the right translator
# hint: too right
def G_wrong(x):
    return x


def F_wrong(y):
    return y


# %% mirror · wrong · everybody gets the average
# hint: not spread evenly
def G_wrong(x):
    return 0 * x


def F_wrong(y):
    return 0 * y


# %% mirror · wrong · pushed along without coming in again
# hint: not spread evenly
def G_wrong(x):
    return x + 1


def F_wrong(y):
    return y - 1


# %% mirror · wrong · the way back is missing
# hint: the cycle would notice
def G_wrong(x):
    return -x


def F_wrong(y):
    return y


# %% mirror · wrong · drawn at random
# hint: the cycle would notice
def G_wrong(x):
    return np.random.default_rng(0).permutation(x)


def F_wrong(y):
    return np.random.default_rng(0).permutation(y)


# %% mirror · wrong · pushed too little
# hint: too right
def G_wrong(x):
    return (x + 1 + 0.1) % 2 - 1


def F_wrong(y):
    return (y + 1 - 0.1) % 2 - 1


# %% mirror · right · pushed along, round the end
def G_wrong(x):
    return (x + 2) % 2 - 1


def F_wrong(y):
    return (y + 2) % 2 - 1


# %% mirror · right · halves exchanged
def G_wrong(x):
    return np.where(x > 0, x - 1, x + 1)


def F_wrong(y):
    return np.where(y < 0, y + 1, y - 1)


# %% mirror · right · element by element
def G_wrong(x):
    return [-value for value in x]


def F_wrong(y):
    return [-value for value in y]


# %% buffer · wrong · shows the new one in an exchange
# hint: the OLD fake is shown
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory + [fake]
    if coin < 0.5:
        memory[place] = fake
        return memory[place], memory
    return fake, memory


# %% buffer · wrong · the coin the wrong way round
# hint: Below 1/2 the fakes are exchanged
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory + [fake]
    if coin >= 0.5:
        shown = memory[place]
        memory[place] = fake
        return shown, memory
    return fake, memory


# %% buffer · wrong · the new one is not kept
# hint: the new one was not kept in its place
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory + [fake]
    if coin < 0.5:
        return memory[place], memory
    return fake, memory


# %% buffer · wrong · keeps the new one always
# hint: From 1/2 on the memory stays as it is
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory + [fake]
    old, memory[place] = memory[place], fake
    return (old, memory) if coin < 0.5 else (fake, memory)


# %% buffer · wrong · returns what append returns
# hint: list.append changes a list and returns nothing
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory.append(fake)
    if coin < 0.5:
        shown, memory[place] = memory[place], fake
        return shown, memory
    return fake, memory


# %% buffer · wrong · returns the fake alone
# hint: remember returns two things
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        memory.append(fake)
        return fake
    return memory[place] if coin < 0.5 else fake


# %% buffer · wrong · the edge belongs to the exchange
# hint: at a coin of exactly 1/2
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return fake, memory + [fake]
    if coin <= 0.5:
        shown, memory[place] = memory[place], fake
        return shown, memory
    return fake, memory


# %% buffer · wrong · one too many
# hint: expected 4 numbers
def remember(memory, fake, capacity, coin, place):
    if len(memory) <= capacity:
        return fake, memory + [fake]
    if coin < 0.5:
        shown, memory[place] = memory[place], fake
        return shown, memory
    return fake, memory


# %% buffer · right · changes the list it was given
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        memory.append(fake)
        shown = fake
    elif coin < 0.5:
        shown = memory[place]
        memory[place] = fake
    else:
        shown = fake
    return shown, memory


# %% buffer · right · builds a new list
def remember(memory, fake, capacity, coin, place):
    if len(memory) < capacity:
        return [fake, memory + [fake]]
    if not coin < 1 / 2:
        return [fake, memory[:]]
    return [memory[place], memory[:place] + [fake] + memory[place + 1 :]]


# %% similarity · wrong · divides by one less
# hint: divide by the number of pixels
def similarity(a, b, data_range=2.0):
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    joint = np.cov(a.ravel(), b.ravel())
    top = (2 * a.mean() * b.mean() + c1) * (2 * joint[0, 1] + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (joint[0, 0] + joint[1, 1] + c2))


# %% similarity · wrong · covariance by np.cov, variances by np.var
# hint: divide by the number of pixels
def similarity(a, b, data_range=2.0):
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    covariance = np.cov(a.ravel(), b.ravel())[0, 1]
    top = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var() + b.var() + c2))


# %% similarity · wrong · standard deviations for variances
# hint: not standard deviations
def similarity(a, b, data_range=2.0):
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    top = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.std() + b.std() + c2))


# %% similarity · wrong · range fixed to 1
# hint: The range L of intensities
def similarity(a, b, data_range=2.0):
    c1, c2 = 0.01**2, 0.03**2
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    top = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var() + b.var() + c2))


# %% similarity · wrong · range fixed to 2
# hint: data_range is an argument
def similarity(a, b, data_range=2.0):
    c1, c2 = 0.02**2, 0.06**2
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    top = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var() + b.var() + c2))


# %% similarity · wrong · constants not squared
# hint: c1 and c2 are squares
def similarity(a, b, data_range=2.0):
    c1, c2 = 0.01 * data_range, 0.03 * data_range
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    top = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
    return top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var() + b.var() + c2))


# %% similarity · wrong · no constants
# hint: The two small constants c1 and c2 are missing
def similarity(a, b, data_range=2.0):
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    return 4 * a.mean() * b.mean() * covariance / ((a.mean() ** 2 + b.mean() ** 2) * (a.var() + b.var()))


# %% similarity · wrong · the correlation
# hint: That is the correlation
def similarity(a, b, data_range=2.0):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


# %% similarity · right · np.cov with bias
def similarity(a, b, data_range=2.0):
    joint = np.cov(np.ravel(a), np.ravel(b), ddof=0)
    mean_a, mean_b = np.mean(a), np.mean(b)
    c1, c2 = 1e-4 * data_range**2, 9e-4 * data_range**2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return luminance * (2 * joint[0, 1] + c2) / (np.trace(joint) + c2)


# %% similarity · right · moments of products
def similarity(a, b, data_range=2.0):
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_a, mean_b = a.mean(), b.mean()
    covariance = (a * b).mean() - mean_a * mean_b
    spread = (a**2).mean() - mean_a**2 + (b**2).mean() - mean_b**2
    return (2 * mean_a * mean_b + c1) * (2 * covariance + c2) / ((mean_a**2 + mean_b**2 + c1) * (spread + c2))


# %% lesion · wrong · mean of the ratios
# hint: That is the mean of the ratios
def contrast_kept(translated, truth, lesions, rings):
    ratios = []
    for a, b, lesion, ring in zip(translated, truth, lesions, rings):
        ratios.append((a[lesion].mean() - a[ring].mean()) / (b[lesion].mean() - b[ring].mean()))
    return np.mean(ratios)


# %% lesion · wrong · upside down
# hint: turn the fraction round
def contrast_kept(translated, truth, lesions, rings):
    def contrast(images):
        return np.mean([i[a].mean() - i[b].mean() for i, a, b in zip(images, lesions, rings)])

    return contrast(truth) / contrast(translated)


# %% lesion · wrong · all pixels pooled
# hint: One contrast per person first
def contrast_kept(translated, truth, lesions, rings):
    def contrast(images):
        return images[lesions].mean() - images[rings].mean()

    return contrast(translated) / contrast(truth)


# %% lesion · wrong · the difference
# hint: what is asked for is their ratio
def contrast_kept(translated, truth, lesions, rings):
    def contrast(images):
        return np.mean([i[a].mean() - i[b].mean() for i, a, b in zip(images, lesions, rings)])

    return contrast(translated) - contrast(truth)


# %% lesion · wrong · absolute contrasts
# hint: The sign counts
def contrast_kept(translated, truth, lesions, rings):
    def contrast(images):
        return abs(np.mean([i[a].mean() - i[b].mean() for i, a, b in zip(images, lesions, rings)]))

    return contrast(translated) / contrast(truth)


# %% lesion · wrong · without the surroundings
# hint: expected 0.5
def contrast_kept(translated, truth, lesions, rings):
    return np.mean([i[a].mean() for i, a in zip(translated, lesions)]) / np.mean(
        [i[a].mean() for i, a in zip(truth, lesions)]
    )


# %% lesion · right · sums and counts
def contrast_kept(translated, truth, lesions, rings):
    def contrasts(images):
        inside = (images * lesions).sum(axis=(1, 2)) / lesions.sum(axis=(1, 2))
        around = (images * rings).sum(axis=(1, 2)) / rings.sum(axis=(1, 2))
        return inside - around

    return contrasts(translated).sum() / contrasts(truth).sum()


# %% lesion · right · masked arrays
def contrast_kept(translated, truth, lesions, rings):
    total = [0.0, 0.0]
    for place, images in enumerate((translated, truth)):
        for i in range(len(images)):
            inside = np.ma.masked_array(images[i], ~lesions[i]).mean()
            around = np.ma.masked_array(images[i], ~rings[i]).mean()
            total[place] += float(inside - around)
    return total[0] / total[1]


# %% instrument · wrong · the value at weight 3
# hint: is the SSIM at weight 3
def gain_by_cycle():
    from ganlab.recorded import translations

    return translations.load()[translations.Setting("tumours in both", 3.0, 0.0)].ssim.mean()


# %% instrument · wrong · the value at weight 0
# hint: is the SSIM at weight 0
def gain_by_cycle():
    from ganlab.recorded import translations

    return translations.load()[translations.Setting("tumours in both", 0.0, 0.0)].ssim.mean()


# %% instrument · wrong · the sign
# hint: The gain is the value at weight 3 minus
def gain_by_cycle():
    return -0.2


# %% instrument · wrong · nothing gained
# hint: not the difference of the two readings
def gain_by_cycle():
    return 0.01


# %% instrument · wrong · words
# hint: expected one number
def gain_by_cycle():
    return "from 0.35 to 0.62"


# %% instrument · right · computed from the recording
def gain_by_cycle():
    from ganlab.recorded import translations

    high, low = (
        translations.load()[translations.Setting("tumours in both", weight, 0.0)].ssim.mean()
        for weight in (3.0, 0.0)
    )
    return high - low


# %% instrument · right · read off two viewers, rounded as the sentence has it
def gain_by_cycle():
    high, low = (CycleViewer(weight).reading["ssim"][0] for weight in (3, 0))
    return round(high, 2) - round(low, 2)


# %% decide · wrong · anatomy alone
# hint: the lesions are nearly lost
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    low, high = ends[0]
    return "use" if low >= 0 else "do not use" if high < 0 else "not shown"


# %% decide · wrong · lesions alone
# hint: exchanges bright and dark tissue
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    low, high = ends[1]
    return "use" if low >= 0 else "do not use" if high < 0 else "not shown"


# %% decide · wrong · SSIM of intensities around 0
# hint: add 1 to the scans
def _one_window(a, b):
    c1, c2 = 0.02**2, 0.06**2
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    luminance = (2 * a.mean() * b.mean() + c1) / (a.mean() ** 2 + b.mean() ** 2 + c1)
    return luminance * (2 * covariance + c2) / (a.var() + b.var() + c2)


def decide(offer, limit):
    def anatomy(images):
        return np.mean(
            [_one_window(a[head], b[head]) for a, b, head in zip(images, offer.truth, offer.heads)]
        )

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · scans handed over with air at -1
# hint: negative intensities
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images, offer.truth, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · the mean over the games, no interval
# hint: holds 0.8
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [(np.mean(v), np.mean(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · the best game
# hint: One number for each game, not for each person
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [(np.max(v), np.max(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · only the first game
# hint: interval over the six games holds 0.8
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [(v[0], v[0]) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · all people of all games pooled
# hint: One number for each game, not for each person
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads) / true - limit for game in offer.games]
    ends = [
        stats.t.interval(0.95, np.size(v) - 1, np.mean(v), stats.sem(np.ravel(v))) for v in (better, kept)
    ]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · 1.96
# hint: is too narrow for six games
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [(np.mean(v) - 1.96 * stats.sem(v), np.mean(v) + 1.96 * stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · a 90 % interval
# hint: is too narrow for six games
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.9, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · an interval that is far too wide
# hint: Every game
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [
        (np.mean(v) - 2.571 * np.std(v, ddof=1) * 9, np.mean(v) + 2.571 * np.std(v, ddof=1) * 9)
        for v in (better, kept)
    ]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · absolute contrast
# hint: The sign counts
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [
        abs(lesion_contrast(game, offer.lesions, offer.heads).mean() / true) - limit for game in offer.games
    ]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · limit fixed
# hint: The limit is an argument
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - 0.8 for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · not shown means do not use
# hint: interval over the six games holds 0.8
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    return "use" if all(low >= 0 for low, _ in ends) else "do not use"


# %% decide · wrong · use unless shown to fail
# hint: holds 0.8
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    return "do not use" if any(high < 0 for _, high in ends) else "use"


# %% decide · wrong · both must fail
# hint: the lesions are nearly lost
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if all(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · not shown before a failure
# hint: one failure is enough
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if any(low < 0 <= high for low, high in ends):
        return "not shown"
    return "use" if all(low >= 0 for low, _ in ends) else "do not use"


# %% decide · wrong · other words
# hint: expected one of
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    return "yes" if all(low >= 0 for low, _ in ends) else "no"


# %% decide · wrong · one answer for every offer
# hint: the lesions are nearly lost
def decide(offer, limit):
    return "use"


# %% decide · wrong · n degrees of freedom
# hint: 5 degrees of freedom
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 6, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · n in the standard deviation
# hint: is just below 0.8
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v, ddof=0)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · a 99 % interval
# hint: 5 degrees of freedom
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.99, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · wrong · the median of the games
# hint: 5 degrees of freedom
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.median(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · right · with the functions of the library
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · right · by the correlation, which needs no shift
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).correlation.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [stats.t.interval(0.95, 5, np.mean(v), stats.sem(v)) for v in (better, kept)]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · right · a distribution object
def decide(offer, limit):
    def anatomy(images):
        return translation_scores(images + 1, offer.truth + 1, offer.heads).ssim.mean()

    true = lesion_contrast(offer.truth, offer.lesions, offer.heads).mean()
    reference = anatomy(np.broadcast_to(offer.average, offer.truth.shape))
    better = [anatomy(game) - reference for game in offer.games]
    kept = [lesion_contrast(game, offer.lesions, offer.heads).mean() / true - limit for game in offer.games]
    ends = [
        stats.t(len(v) - 1, np.mean(v), np.std(v, ddof=1) / len(v) ** 0.5).ppf([0.025, 0.975])
        for v in (better, kept)
    ]
    if all(low >= 0 for low, _ in ends):
        return "use"
    return "do not use" if any(high < 0 for _, high in ends) else "not shown"


# %% decide · right · own functions, one window, failures first
def decide(offer, limit):
    def inside(images):
        return [image[head] + 1 for image, head in zip(images, offer.heads)]

    def likeness(images):
        values = []
        for a, b in zip(inside(images), inside(offer.truth)):
            joint = np.cov(a, b, ddof=0)
            top = (2 * a.mean() * b.mean() + 0.0004) * (2 * joint[0, 1] + 0.0036)
            values.append(top / ((a.mean() ** 2 + b.mean() ** 2 + 0.0004) * (np.trace(joint) + 0.0036)))
        return np.mean(values)

    def contrast(images):
        return np.mean([i[a].mean() - i[b].mean() for i, a, b in zip(images, offer.lesions, offer.rings)])

    rows = np.array([[likeness(game), contrast(game)] for game in offer.games])
    needed = np.array([likeness([offer.average] * len(offer.truth)), limit * contrast(offer.truth)])
    reach = stats.t.ppf(0.975, len(rows) - 1) * rows.std(axis=0, ddof=1) / np.sqrt(len(rows))
    if (rows.mean(axis=0) + reach < needed).any():
        return "do not use"
    if (rows.mean(axis=0) - reach >= needed).all():
        return "use"
    return "not shown"
