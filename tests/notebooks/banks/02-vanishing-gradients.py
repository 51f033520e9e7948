"""Answers to the tasks of 02-vanishing-gradients: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, torch, math, stats and objectives are the notebook's own imports;
discriminator_loss stands in one of its locked cells.
"""


# %% generator-losses · wrong · literal logarithm of a sigmoid
# hint: The sigmoid was rounded to 0 or 1
def minimax_loss(scores):
    return torch.log(1 - torch.sigmoid(scores)).mean()


def non_saturating_loss(scores):
    return -torch.log(torch.sigmoid(scores)).mean()


# %% generator-losses · wrong · a small constant inside the logarithm
# hint: puts an end to the loss, and to its slope
def minimax_loss(scores):
    return torch.log(1 - torch.sigmoid(scores.double()) + 1e-8).mean()


def non_saturating_loss(scores):
    return -torch.log(torch.sigmoid(scores.double()) + 1e-8).mean()


# %% generator-losses · wrong · binary cross-entropy of clamped probabilities
# hint: puts an end to the loss, and to its slope
def minimax_loss(scores):
    d = torch.sigmoid(scores)
    return -torch.nn.functional.binary_cross_entropy(d, torch.zeros_like(d))


def non_saturating_loss(scores):
    d = torch.sigmoid(scores)
    return torch.nn.functional.binary_cross_entropy(d, torch.ones_like(d))


# %% generator-losses · wrong · signs turned
# hint: the generator would learn to be caught
def minimax_loss(scores):
    return torch.nn.functional.softplus(scores).mean()


def non_saturating_loss(scores):
    return -torch.nn.functional.softplus(-scores).mean()


# %% generator-losses · wrong · the minimax loss with its sign turned for the second
# hint: Turning the sign of the minimax loss is not the remedy
def minimax_loss(scores):
    return -torch.nn.functional.softplus(scores).mean()


def non_saturating_loss(scores):
    return torch.nn.functional.softplus(scores).mean()


# %% generator-losses · wrong · the two exchanged
# hint: the two functions are exchanged
def minimax_loss(scores):
    return torch.nn.functional.softplus(-scores).mean()


def non_saturating_loss(scores):
    return -torch.nn.functional.softplus(scores).mean()


# %% generator-losses · wrong · sums
# hint: an expectation is their mean
def minimax_loss(scores):
    return -torch.nn.functional.softplus(scores).sum()


def non_saturating_loss(scores):
    return torch.nn.functional.softplus(-scores).sum()


# %% generator-losses · wrong · logarithm of the mean probability
# hint: average the logarithms
def minimax_loss(scores):
    return torch.log(1 - torch.sigmoid(scores).mean())


def non_saturating_loss(scores):
    return -torch.log(torch.sigmoid(scores).mean())


# %% generator-losses · wrong · logarithm of raw scores
# hint: the sigmoid comes before the logarithm
def minimax_loss(scores):
    return torch.log(1 - scores).mean()


def non_saturating_loss(scores):
    return -torch.log(scores).mean()


# %% generator-losses · wrong · minimax right, non-saturating not answered
# hint: not answered yet
def minimax_loss(scores):
    return -torch.nn.functional.softplus(scores).mean()


def non_saturating_loss(scores):
    raise NotImplementedError()


# %% generator-losses · right · logsigmoid
def minimax_loss(scores):
    return torch.nn.functional.logsigmoid(-scores).mean()


def non_saturating_loss(scores):
    return -torch.nn.functional.logsigmoid(scores).mean()


# %% generator-losses · right · binary cross-entropy with logits
def minimax_loss(scores):
    return -torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.zeros_like(scores))


def non_saturating_loss(scores):
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


# %% generator-losses · right · numpy, plain floats
def minimax_loss(scores):
    return float(-np.logaddexp(0, scores.numpy()).mean())


def non_saturating_loss(scores):
    return float(np.logaddexp(0, -scores.numpy()).mean())


# %% generator-losses · right · score by score, with a case for either sign
def minimax_loss(scores):
    def one(s):
        return -s - math.log1p(math.exp(-s)) if s > 0 else -math.log1p(math.exp(s))

    return sum(map(one, scores.tolist())) / len(scores)


def non_saturating_loss(scores):
    return -minimax_loss(-scores)


# %% slopes · wrong · signs turned
# hint: so its slope is negative
def minimax_slope(scores):
    return 1 / (1 + np.exp(-scores))


def non_saturating_slope(scores):
    return 1 / (1 + np.exp(scores))


# %% slopes · wrong · the two exchanged
# hint: the two functions are exchanged
def minimax_slope(scores):
    return -1 / (1 + np.exp(scores))


def non_saturating_slope(scores):
    return -1 / (1 + np.exp(-scores))


# %% slopes · wrong · derivative of the probability, without the logarithm
# hint: The logarithm divides it by 1 - D
def minimax_slope(scores):
    d = 1 / (1 + np.exp(-scores))
    return -d * (1 - d)


def non_saturating_slope(scores):
    d = 1 / (1 + np.exp(-scores))
    return -d * (1 - d)


# %% slopes · wrong · derivative of the logarithm alone
# hint: Multiply by the inner slope
def minimax_slope(scores):
    return -1 / (1 - 1 / (1 + np.exp(-scores)))


def non_saturating_slope(scores):
    return -(1 + np.exp(-scores))


# %% slopes · wrong · divided by the number of scores
# hint: One slope for each score
def minimax_slope(scores):
    return -1 / (1 + np.exp(-scores)) / len(scores)


def non_saturating_slope(scores):
    return -1 / (1 + np.exp(scores)) / len(scores)


# %% slopes · wrong · infinity over infinity
# hint: infinity over infinity is NaN
def minimax_slope(scores):
    return -np.exp(scores) / (1 + np.exp(scores))


def non_saturating_slope(scores):
    return -np.exp(-scores) / (1 + np.exp(-scores))


# %% slopes · wrong · a small D rounded away
# hint: rounds a small D away
def minimax_slope(scores):
    from scipy.special import expit

    return -(1 - expit(-scores))


def non_saturating_slope(scores):
    from scipy.special import expit

    return -expit(-scores)


# %% slopes · wrong · the mean of the slopes
# hint: returned one number; expected 3 numbers
def minimax_slope(scores):
    return np.mean(-1 / (1 + np.exp(-scores)))


def non_saturating_slope(scores):
    return np.mean(-1 / (1 + np.exp(scores)))


# %% slopes · right · exp of a negated score, with numpy's overflow left on
def minimax_slope(scores):
    return -1 / (1 + np.exp(-scores))


def non_saturating_slope(scores):
    return -1 / (1 + np.exp(scores))


# %% slopes · right · torch tensors
def minimax_slope(scores):
    return -torch.sigmoid(torch.as_tensor(scores))


def non_saturating_slope(scores):
    return -torch.sigmoid(-torch.as_tensor(scores))


# %% slopes · right · autograd on a sum
def minimax_slope(scores):
    leaf = torch.tensor(scores, requires_grad=True)
    (-torch.nn.functional.softplus(leaf)).sum().backward()
    return leaf.grad


def non_saturating_slope(scores):
    leaf = torch.tensor(scores, requires_grad=True)
    torch.nn.functional.softplus(-leaf).sum().backward()
    return leaf.grad


# %% slopes · right · hyperbolic tangent in place of the second, a list
def minimax_slope(scores):
    from scipy.special import expit

    return [-float(expit(score)) for score in scores]


def non_saturating_slope(scores):
    return (np.tanh(np.asarray(scores) / 2) - 1) / 2


# %% hundredth · wrong · the probability instead of the score
# hint: is the raw score there
def hundredth():
    return 0.01


# %% hundredth · wrong · the other side
# hint: go to the other side
def hundredth():
    return 4.6


# %% hundredth · wrong · the slopes of a tenth
# hint: the discriminator must be surer
def hundredth():
    return -2.3


# %% hundredth · wrong · decimal logarithm
# hint: the discriminator must be surer
def hundredth():
    return -2


# %% hundredth · wrong · a thousandth
# hint: that is too far
def hundredth():
    return -6.9


# %% hundredth · wrong · a sentence
# hint: expected one number
def hundredth():
    return "about -4.6"


# %% hundredth · wrong · in quotes
# hint: expected one number
def hundredth():
    return "-4.6"


# %% hundredth · right · from the other end of the tolerance
def hundredth():
    return -4.65


# %% hundredth · right · computed, as a tensor
def hundredth():
    return torch.log(torch.tensor([0.01]))


# %% gradient-norm · wrong · gradient of the discriminator
# hint: That is the gradient of the discriminator
def gradient_norm(generator, discriminator, loss, latent):
    value = loss(discriminator(generator(latent)))
    parts = torch.autograd.grad(value, list(discriminator.parameters()))
    return math.sqrt(sum(float((part**2).sum()) for part in parts))


# %% gradient-norm · wrong · both players' weights
# hint: The weights of both players were counted
def gradient_norm(generator, discriminator, loss, latent):
    weights = [*generator.parameters(), *discriminator.parameters()]
    parts = torch.autograd.grad(loss(discriminator(generator(latent))), weights)
    return math.sqrt(sum(float((part**2).sum()) for part in parts))


# %% gradient-norm · wrong · gradients of earlier steps are not cleared
# hint: The gradient of an earlier step was still in .grad
def gradient_norm(generator, discriminator, loss, latent):
    loss(discriminator(generator(latent))).backward()
    return math.sqrt(sum(float((weight.grad**2).sum()) for weight in generator.parameters()))


# %% gradient-norm · wrong · clears the wrong player
# hint: The gradient of an earlier step was still in .grad
def gradient_norm(generator, discriminator, loss, latent):
    discriminator.zero_grad()
    loss(discriminator(generator(latent))).backward()
    return torch.stack([weight.grad.norm() for weight in generator.parameters()]).norm()


# %% gradient-norm · wrong · clears after the backward pass
# hint: gave 0; expected 0.1441
def gradient_norm(generator, discriminator, loss, latent):
    loss(discriminator(generator(latent))).backward()
    generator.zero_grad(set_to_none=False)
    return math.sqrt(sum(float((weight.grad**2).sum()) for weight in generator.parameters()))


# %% gradient-norm · wrong · norms of layers added
# hint: Norms of single tensors do not add up
def gradient_norm(generator, discriminator, loss, latent):
    parts = torch.autograd.grad(loss(discriminator(generator(latent))), list(generator.parameters()))
    return sum(float(part.norm()) for part in parts)


# %% gradient-norm · wrong · squared
# hint: That is the square of the norm
def gradient_norm(generator, discriminator, loss, latent):
    parts = torch.autograd.grad(loss(discriminator(generator(latent))), list(generator.parameters()))
    return sum(float((part**2).sum()) for part in parts)


# %% gradient-norm · wrong · the last layer alone
# hint: Only one of the generator's two weights
def gradient_norm(generator, discriminator, loss, latent):
    parts = torch.autograd.grad(loss(discriminator(generator(latent))), list(generator.parameters()))
    return parts[-1].norm()


# %% gradient-norm · wrong · gradient in the samples
# hint: That is the gradient in the samples
def gradient_norm(generator, discriminator, loss, latent):
    samples = generator(latent).detach().requires_grad_()
    (part,) = torch.autograd.grad(loss(discriminator(samples)), samples)
    return part.norm()


# %% gradient-norm · wrong · fakes detached
# hint: does not require grad
def gradient_norm(generator, discriminator, loss, latent):
    generator.zero_grad()
    for weight in discriminator.parameters():
        weight.requires_grad_(False)
    loss(discriminator(generator(latent).detach())).backward()
    return math.sqrt(sum(float((weight.grad**2).sum()) for weight in generator.parameters()))


# %% gradient-norm · wrong · takes a step on the way
# hint: the weights [scale, shift, slope, offset] after
def gradient_norm(generator, discriminator, loss, latent):
    descend = torch.optim.SGD(generator.parameters(), lr=0.05)
    descend.zero_grad()
    loss(discriminator(generator(latent))).backward()
    norm = math.sqrt(sum(float((weight.grad**2).sum()) for weight in generator.parameters()))
    descend.step()
    return norm


# %% gradient-norm · right · backward, cleared before
def gradient_norm(generator, discriminator, loss, latent):
    generator.zero_grad()
    loss(discriminator(generator(latent))).backward()
    return torch.cat([weight.grad.flatten() for weight in generator.parameters()]).norm()


# %% gradient-norm · right · norm of the norms, on copies
def gradient_norm(generator, discriminator, loss, latent):
    import copy

    generator, discriminator = copy.deepcopy(generator), copy.deepcopy(discriminator)
    for weight in generator.parameters():
        weight.grad = None
    loss(discriminator(generator(latent))).backward()
    return np.linalg.norm([weight.grad.norm().item() for weight in generator.parameters()])


# %% gradient-norm · right · all gradients as one vector, in double precision
def gradient_norm(generator, discriminator, loss, latent):
    parts = torch.autograd.grad(loss(discriminator(generator(latent))), tuple(generator.parameters()))
    return float(torch.nn.utils.parameters_to_vector(parts).double().norm())


# %% falling-norm · wrong · the discriminator's gradients pile up
# hint: clear them at every step
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        discriminator_loss(discriminator(real), discriminator(fake)).backward()
        descend.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · measured before each step only
# hint: returned 2 numbers; expected 3 numbers
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    fake, norms = generator(latent).detach(), []
    for _ in range(steps):
        norms.append(measure(generator, discriminator))
        descend.zero_grad()
        discriminator_loss(discriminator(real), discriminator(fake)).backward()
        descend.step()
    return norms


# %% falling-norm · wrong · real and fake exchanged
# hint: Real and fake are exchanged
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        descend.zero_grad()
        discriminator_loss(discriminator(fake), discriminator(real)).backward()
        descend.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · Adam
# hint: That is Adam
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.Adam(discriminator.parameters(), lr=learning_rate)
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        descend.zero_grad()
        discriminator_loss(discriminator(real), discriminator(fake)).backward()
        descend.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · both players play
# hint: The generator moved, too
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    descend_g = torch.optim.SGD(generator.parameters(), lr=learning_rate)
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        descend.zero_grad()
        discriminator_loss(discriminator(real), discriminator(generator(latent).detach())).backward()
        descend.step()
        descend_g.zero_grad()
        objectives.Minimax().generator_loss(discriminator(generator(latent))).backward()
        descend_g.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · one optimizer for the weights of both
# hint: The generator moved, too
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    weights = [*generator.parameters(), *discriminator.parameters()]
    descend = torch.optim.SGD(weights, lr=learning_rate)
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        descend.zero_grad()
        discriminator_loss(discriminator(real), discriminator(generator(latent))).backward()
        descend.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · uphill
# hint: The discriminator went uphill
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        weights = list(discriminator.parameters())
        loss = discriminator_loss(discriminator(real), discriminator(fake))
        with torch.no_grad():
            for weight, slope in zip(weights, torch.autograd.grad(loss, weights)):
                weight += learning_rate * slope
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · no step
# hint: does its optimizer get its step()
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        discriminator_loss(discriminator(real), discriminator(fake)).backward()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · wrong · a copy learns, so the one that was given does not
# hint: did not learn
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    import copy

    discriminator = copy.deepcopy(discriminator)
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    fake = generator(latent).detach()
    norms = [measure(generator, discriminator)]
    for _ in range(steps):
        descend.zero_grad()
        discriminator_loss(discriminator(real), discriminator(fake)).backward()
        descend.step()
        norms.append(measure(generator, discriminator))
    return norms


# %% falling-norm · right · gradients by hand, fakes made anew
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    norms = []
    for step in range(steps + 1):
        norms.append(measure(generator, discriminator))
        if step < steps:
            with torch.no_grad():
                fake = generator(latent)
            weights = list(discriminator.parameters())
            loss = discriminator_loss(discriminator(real), discriminator(fake))
            with torch.no_grad():
                for weight, slope in zip(weights, torch.autograd.grad(loss, weights)):
                    weight -= learning_rate * slope
    return norms


# %% falling-norm · right · not detached, but only the discriminator steps
def falling_norm(generator, discriminator, real, latent, steps, learning_rate, measure):
    descend = torch.optim.SGD(discriminator.parameters(), lr=learning_rate)
    norms = torch.zeros(steps + 1)
    norms[0] = measure(generator, discriminator)
    for step in range(steps):
        discriminator.zero_grad()
        loss = objectives.Minimax().discriminator_loss(discriminator(real), discriminator(generator(latent)))
        loss.backward()
        descend.step()
        norms[step + 1] = measure(generator, discriminator)
    return norms


# %% orders · wrong · sign turned
# hint: norms that fall have a positive fall
def orders_of_magnitude(before, after):
    fall = np.log10(after / before)
    half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · natural logarithm
# hint: An order of magnitude is a factor of 10
def orders_of_magnitude(before, after):
    fall = np.log(before / after)
    half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · 1.96
# hint: use Student's t
def orders_of_magnitude(before, after):
    fall = np.log10(before / after)
    half = 1.96 * stats.sem(fall)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · n in the standard deviation
# hint: needs n - 1 in its denominator
def orders_of_magnitude(before, after):
    fall = np.log10(before / after)
    half = stats.t.ppf(0.975, len(fall) - 1) * fall.std() / math.sqrt(len(fall))
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · spread of single seeds
# hint: That is the spread of single seeds
def orders_of_magnitude(before, after):
    fall = np.log10(before / after)
    half = stats.t.ppf(0.975, len(fall) - 1) * fall.std(ddof=1)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · 95 % on one side
# hint: That is a 90 % interval
def orders_of_magnitude(before, after):
    fall = np.log10(before / after)
    half = stats.t.ppf(0.95, len(fall) - 1) * stats.sem(fall)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · factors instead of logarithms
# hint: Take the logarithm of each seed's factor first
def orders_of_magnitude(before, after):
    fall = before / after
    half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
    return fall.mean(), fall.mean() - half, fall.mean() + half


# %% orders · wrong · logarithm of the mean norms
# hint: one seed with the largest norm decides
def orders_of_magnitude(before, after):
    mean = np.log10(before.mean() / after.mean())
    half = stats.t.ppf(0.975, len(before) - 1) * stats.sem(np.log10(before / after))
    return mean, mean - half, mean + half


# %% orders · wrong · only the mean
# hint: returned one number; expected 3 numbers
def orders_of_magnitude(before, after):
    return np.log10(before / after).mean()


# %% orders · right · scipy's interval, as the lecture writes it
def orders_of_magnitude(before, after):
    logs = np.log10(before / after)
    return logs.mean(), *stats.t.interval(0.95, len(logs) - 1, logs.mean(), stats.sem(logs))


# %% orders · right · plain Python
def orders_of_magnitude(before, after):
    fall = [math.log10(b / a) for b, a in zip(before, after)]
    mean = sum(fall) / len(fall)
    variance = sum((value - mean) ** 2 for value in fall) / (len(fall) - 1)
    half = float(stats.t.ppf(0.975, len(fall) - 1)) * math.sqrt(variance / len(fall))
    return np.array([mean, mean - half, mean + half])


# %% orders · right · torch
def orders_of_magnitude(before, after):
    fall = torch.log10(torch.as_tensor(before) / torch.as_tensor(after))
    half = stats.t.ppf(0.975, len(fall) - 1) * fall.std() / len(fall) ** 0.5
    return torch.stack([fall.mean(), fall.mean() - half, fall.mean() + half])


# %% pulls · wrong · averaged over real samples
# hint: D* was averaged over real samples
def pulls(theta):
    x, dx = np.linspace(-10, 10, 4001, retstep=True)
    p = stats.norm.pdf(x)
    trust = 1 / (1 + np.exp(theta * x - theta**2 / 2))
    return theta * np.sum(p * trust) * dx, theta * np.sum(p * (1 - trust)) * dx


# %% pulls · wrong · at the centre of q
# hint: Average over all fake samples
def pulls(theta):
    trust = 1 / (1 + np.exp(theta**2 / 2))
    return theta * trust, theta * (1 - trust)


# %% pulls · wrong · without the inner slope
# hint: The inner slope is missing
def pulls(theta):
    x, dx = np.linspace(theta - 10, theta + 10, 4001, retstep=True)
    q, trust = stats.norm.pdf(x, theta), 1 / (1 + np.exp(theta * x - theta**2 / 2))
    return np.sum(q * trust) * dx, np.sum(q * (1 - trust)) * dx


# %% pulls · wrong · signed gradients
# hint: Asked for is the size of the pull
def pulls(theta):
    x, dx = np.linspace(theta - 10, theta + 10, 4001, retstep=True)
    q, trust = stats.norm.pdf(x, theta), 1 / (1 + np.exp(theta * x - theta**2 / 2))
    return -theta * np.sum(q * trust) * dx, -theta * np.sum(q * (1 - trust)) * dx


# %% pulls · wrong · D* moves along: the slope of the JSD
# hint: keep D* frozen while the sample moves
def pulls(theta):
    from ganlab.theory import jensen_shannon

    x, dx = np.linspace(-12, theta + 12, 8001, retstep=True)
    step = 1e-4
    below, above = (
        jensen_shannon(stats.norm.pdf(x), stats.norm.pdf(x, where), dx)
        for where in (theta - step, theta + step)
    )
    minimax = abs(above - below) / (2 * step)
    return minimax, theta - minimax


# %% pulls · wrong · without the length of a cell
# hint: a sum times the length of a grid cell
def pulls(theta):
    x = np.linspace(theta - 10, theta + 10, 4001)
    q, trust = stats.norm.pdf(x, theta), 1 / (1 + np.exp(theta * x - theta**2 / 2))
    return theta * np.sum(q * trust), theta * np.sum(q * (1 - trust))


# %% pulls · wrong · the two exchanged
# hint: or the two are exchanged
def pulls(theta):
    x, dx = np.linspace(theta - 10, theta + 10, 4001, retstep=True)
    q, trust = stats.norm.pdf(x, theta), 1 / (1 + np.exp(theta * x - theta**2 / 2))
    return theta * np.sum(q * (1 - trust)) * dx, theta * np.sum(q * trust) * dx


# %% pulls · wrong · off in the third decimal
# hint: expected
def pulls(theta):
    z = np.linspace(-3, 3, 2001)
    trust = np.sum(stats.norm.pdf(z) / (1 + np.exp(theta * z + theta**2 / 2))) * (z[1] - z[0])
    return theta * trust, theta - theta * trust


# %% pulls · right · right to four decimals
def pulls(theta):
    z = np.linspace(-9, 9, 20001)
    trust = np.sum(stats.norm.pdf(z) / (1 + np.exp(theta * z + theta**2 / 2))) * (z[1] - z[0])
    return round(theta * trust, 4), round(theta * (1 - trust), 4)


# %% pulls · right · quadrature over z
def pulls(theta):
    from scipy.integrate import quad
    from scipy.special import expit

    trust = quad(lambda z: stats.norm.pdf(z) * expit(-theta * z - theta**2 / 2), -9, 9)[0]
    return [theta * trust, theta * (1 - trust)]


# %% pulls · right · the best discriminator from ganlab, in torch
def pulls(theta):
    from ganlab.theory import optimal_discriminator

    x = torch.linspace(theta - 9, theta + 9, 6001, dtype=torch.float64)
    p, q = (torch.exp(-((x - mean) ** 2) / 2) / math.sqrt(2 * math.pi) for mean in (0, theta))
    trust = torch.trapezoid(q * optimal_discriminator(p, q), x)
    return torch.stack([theta * trust, theta * (1 - trust)])


# %% pulls · right · twice the slope of the divergence, and the rest
def pulls(theta):
    from scipy.special import expit

    z, weight = np.polynomial.hermite_e.hermegauss(150)
    mean = (weight * expit(-(theta * z + theta**2 / 2))).sum() / math.sqrt(2 * math.pi)
    return theta * mean, theta - theta * mean


# %% remedy · wrong · compares with the first step
# hint: Compare the last step with the largest value
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.first() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the rows as they come
# hint: Compare the last step with the largest value
def remedy(log):
    from scipy.special import expit

    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the steepness alone
# hint: The length of a gradient is the size of the loss's slope
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"])
    log = log.assign(other=log["steepness"])
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the slope alone
# hint: The second factor fell
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=expit(log["score"]))
    log = log.assign(other=expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the two losses exchanged
# hint: The length of a gradient is the size of the loss's slope
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(-log["score"]))
    log = log.assign(other=log["steepness"] * expit(log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · blames the loss where the discriminator is sure
# hint: has not vanished
def remedy(log):
    last = log.sort_values("step").groupby("seed")["score"].last()
    half = stats.t.ppf(0.975, len(last) - 1) * stats.sem(last)
    if last.mean() + half < -3:
        return "other loss"
    return "not the loss" if last.mean() - half > -3 else "not shown"


# %% remedy · wrong · does not ask the other loss
# hint: both losses share it
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return "other loss" if words[0] == "more" else "not shown"


# %% remedy · wrong · both at the largest step of the minimax gradient
# hint: compared with its own largest value
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    top = log.loc[log.groupby("seed")["minimax"].idxmax()].set_index("seed")
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(top[loss] / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · natural logarithms
# hint: the logarithm has base 10
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the means alone
# hint: s has n - 1 in its denominator
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = 0
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · 1.96 instead of Student's quantile
# hint: Student's 3.18
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = 1.96 * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · a 90 % interval
# hint: 0.975, n - 1
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.95, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · a 99 % interval
# hint: 0.975, n - 1
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.995, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · n degrees of freedom
# hint: 3 degrees of freedom
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall)) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · n in the standard deviation
# hint: n - 1 in its denominator
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall, ddof=0)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · s instead of s over the root of n
# hint: s has n - 1 in its denominator
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * fall.std()
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · a limit of 0.95 orders
# hint: the limit is exactly 1 order
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append(
            "more" if fall.mean() - half > 0.95 else "less" if fall.mean() + half < 0.95 else "not shown"
        )
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · a limit of 1.05 orders
# hint: the limit is exactly 1 order
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append(
            "more" if fall.mean() - half > 1.05 else "less" if fall.mean() + half < 1.05 else "not shown"
        )
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · the median of the falls
# hint: s has n - 1 in its denominator
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append(
            "more" if fall.median() - half > 1 else "less" if fall.median() + half < 1 else "not shown"
        )
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · all games in one
# hint: Compare the last step with the largest value
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        by_step = log.groupby("step")[loss].mean()
        fall = np.log10(by_step.max() / log.groupby("seed")[loss].last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · cannot say not shown
# hint: s has n - 1 in its denominator
def remedy(log):
    from scipy.special import expit

    log = log.sort_values("step")
    log = log.assign(minimax=log["steepness"] * expit(log["score"]))
    log = log.assign(other=log["steepness"] * expit(-log["score"]))
    words = []
    for loss in ("minimax", "other"):
        games = log.groupby("seed")[loss]
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}[tuple(words)]


# %% remedy · wrong · the second slope squared, as if D had to pass twice
# hint: the sizes of the slopes are sigmoid(s) and sigmoid(-s)
def remedy(log):
    from scipy.special import expit

    log, words = log.sort_values("step"), []
    for slope in (expit(log["score"]), expit(-log["score"]) ** 2):
        games = (log["steepness"] * slope).groupby(log["seed"])
        fall = np.log10(games.max() / games.last())
        half = stats.t.ppf(0.975, len(fall) - 1) * stats.sem(fall)
        words.append("more" if fall.mean() - half > 1 else "less" if fall.mean() + half < 1 else "not shown")
    if words[0] == "less":
        return "no fall"
    return {("more", "less"): "other loss", ("more", "more"): "not the loss"}.get(tuple(words), "not shown")


# %% remedy · wrong · an answer that was not on the list
# hint: expected one of
def remedy(log):
    return "vanished"


# %% remedy · right · game by game in plain Python
def remedy(log):
    falls = {"minimax": [], "other": []}
    for seed in set(log["seed"]):
        game = sorted(log[log["seed"] == seed][["step", "score", "steepness"]].values.tolist())
        norms = [(k / (1 + math.exp(-s)), k / (1 + math.exp(s))) for _, s, k in game]
        for name, norm in zip(falls, zip(*norms)):
            falls[name].append(math.log(max(norm) / norm[-1]) / math.log(10))
    found = []
    for values in falls.values():
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        reach = stats.t.ppf(0.975, len(values) - 1) * math.sqrt(variance / len(values))
        found.append((mean - reach, mean + reach))
    (low, high), (other_low, other_high) = found
    if high < 1:
        return "no fall"
    if low > 1 and other_high < 1:
        return "other loss"
    if low > 1 and other_low > 1:
        return "not the loss"
    return "not shown"


# %% remedy · right · scipy's interval, as the lecture writes it
def remedy(log):
    trust = torch.sigmoid(torch.tensor(log["score"].to_numpy())).numpy()
    ends = []
    for slope in (trust, 1 - trust):
        table = log.assign(norm=slope * log["steepness"]).pivot(index="step", columns="seed", values="norm")
        fall = np.log10(table.max().to_numpy() / table.ffill().iloc[-1].to_numpy())
        ends.append(stats.t.interval(0.95, len(fall) - 1, loc=fall.mean(), scale=stats.sem(fall)))
    (low, high), other = ends
    if low > 1:
        return "not the loss" if other[0] > 1 else "other loss" if other[1] < 1 else "not shown"
    return "no fall" if high < 1 else "not shown"
