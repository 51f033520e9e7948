"""Answers to the tasks of 06-wasserstein-gan: wrong ones that students give, right ones written differently.

Each cell is one answer. A wrong one must lose points and its reason must contain the hint; a right one
must get full marks. The names np, torch, math, stats and objectives are the notebook's own imports.
"""


# %% lines-apart · wrong · in bits
# hint: Use the natural logarithm
def lines_apart(theta):
    return float(theta != 0), abs(theta)


# %% lines-apart · wrong · log 4
# hint: the ceiling is log 2, not log 4
def lines_apart(theta):
    return (math.log(4) if theta else 0.0), abs(theta)


# %% lines-apart · wrong · JSD is 0 without overlap
# hint: not 0
def lines_apart(theta):
    return 0.0, abs(theta)


# %% lines-apart · wrong · KL instead of JSD
# hint: That is a KL divergence
def lines_apart(theta):
    return (math.inf if theta else 0.0), abs(theta)


# %% lines-apart · wrong · W1 with a sign
# hint: A distance is never negative
def lines_apart(theta):
    return (math.log(2) if theta else 0.0), theta


# %% lines-apart · wrong · squared distance
# hint: not distance squared
def lines_apart(theta):
    return (math.log(2) if theta else 0.0), theta**2


# %% lines-apart · wrong · log 2 for a line and itself
# hint: the lines are one and the same
def lines_apart(theta):
    return math.log(2), abs(theta)


# %% lines-apart · wrong · only lines to the right are apart
# hint: To the left they share no point either
def lines_apart(theta):
    return (math.log(2) if theta > 0 else 0.0), abs(theta)


# %% lines-apart · wrong · a tolerance
# hint: Small is not zero
def lines_apart(theta):
    return (0.0 if abs(theta) < 1e-6 else math.log(2)), abs(theta)


# %% lines-apart · wrong · exchanged
# hint: The two numbers are exchanged
def lines_apart(theta):
    return abs(theta), (math.log(2) if theta else 0.0)


# %% lines-apart · wrong · the square root, as scipy returns it
# hint: the square root of the divergence
def lines_apart(theta):
    return (math.sqrt(math.log(2)) if theta else 0.0), abs(theta)


# %% lines-apart · right · numpy array
def lines_apart(theta):
    return np.array([np.log(2) * (theta != 0), np.abs(theta)])


# %% lines-apart · right · summed over the two lines in torch
def lines_apart(theta):
    p, q = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    q = p if theta == 0 else q
    m = (p + q) / 2
    jsd = (torch.xlogy(p, p) + torch.xlogy(q, q)).sum() / 2 - torch.xlogy(m, m).sum()
    return [jsd, torch.tensor(theta).abs()]


# %% lines-apart · right · W1 as a root of a square
def lines_apart(theta):
    if theta == 0:
        return [0, 0]
    return [np.log(4) / 2, (theta**2) ** 0.5]


# %% wasserstein-1d · wrong · not sorted
# hint: Sort both samples first
def wasserstein_1d(x, y):
    return np.abs(x - y).mean()


# %% wasserstein-1d · wrong · sum
# hint: each point carries 1/n
def wasserstein_1d(x, y):
    return np.abs(np.sort(x) - np.sort(y)).sum()


# %% wasserstein-1d · wrong · difference of the means
# hint: That is the difference of the means
def wasserstein_1d(x, y):
    return abs(np.mean(x) - np.mean(y))


# %% wasserstein-1d · wrong · no absolute value
# hint: take |x - y| before the mean
def wasserstein_1d(x, y):
    return (np.sort(x) - np.sort(y)).mean()


# %% wasserstein-1d · wrong · Wasserstein-2
# hint: That is Wasserstein-2
def wasserstein_1d(x, y):
    return np.sqrt(((np.sort(x) - np.sort(y)) ** 2).mean())


# %% wasserstein-1d · wrong · all pairs
# hint: That is the mean over all pairs
def wasserstein_1d(x, y):
    return np.abs(x[:, None] - y).mean()


# %% wasserstein-1d · wrong · nearest neighbours
# hint: one y was taken twice
def wasserstein_1d(x, y):
    return np.abs(x[:, None] - y).min(axis=1).mean()


# %% wasserstein-1d · wrong · cuts the longer sample
# hint: The longer sample was cut off
def wasserstein_1d(x, y):
    return np.mean([abs(a - b) for a, b in zip(sorted(x), sorted(y))])


# %% wasserstein-1d · wrong · starts the shorter sample over
# hint: The shorter sample was started over
def wasserstein_1d(x, y):
    n = max(len(x), len(y))
    return np.abs(np.resize(np.sort(x), n) - np.resize(np.sort(y), n)).mean()


# %% wasserstein-1d · wrong · quantiles joined by lines
# hint: joined by straight lines
def wasserstein_1d(x, y):
    levels = np.linspace(0, 1, 1001)
    return np.abs(np.quantile(x, levels) - np.quantile(y, levels)).mean()


# %% wasserstein-1d · wrong · a grid of levels
# hint: Put the levels exactly where
def wasserstein_1d(x, y):
    levels = np.linspace(0, 1, 1000)
    x, y = (np.quantile(sample, levels, method="inverted_cdf") for sample in (x, y))
    return np.abs(x - y).mean()


# %% wasserstein-1d · wrong · right for equal sizes only
# hint: operands could not be broadcast
def wasserstein_1d(x, y):
    return np.abs(np.sort(x) - np.sort(y)).mean()


# %% wasserstein-1d · right · levels of both staircases
def wasserstein_1d(x, y):
    x, y = np.sort(x), np.sort(y)
    levels = np.union1d(np.arange(len(x) + 1) / len(x), np.arange(len(y) + 1) / len(y))
    middle = (levels[1:] + levels[:-1]) / 2
    quantile = lambda sample: sample[(middle * len(sample)).astype(int)]
    return np.sum(np.diff(levels) * np.abs(quantile(x) - quantile(y)))


# %% wasserstein-1d · right · the area between the cumulative distributions
def wasserstein_1d(x, y):
    places = np.sort(np.concatenate([x, y]))
    share = lambda sample: np.searchsorted(np.sort(sample), places[:-1], side="right") / len(sample)
    return float(np.sum(np.diff(places) * np.abs(share(x) - share(y))))


# %% wasserstein-1d · right · repeats n times m, in float32 and torch
def wasserstein_1d(x, y):
    x, y = (
        torch.as_tensor(np.ascontiguousarray(sample), dtype=torch.float32).sort().values for sample in (x, y)
    )
    return (x.repeat_interleave(len(y)) - y.repeat_interleave(len(x))).abs().mean()


# %% wasserstein-1d · right · carries the mass heap by heap
def wasserstein_1d(x, y):
    x, y = sorted(x), sorted(y)
    left_x, left_y, work = len(y), len(x), 0.0  # in units of 1 / (n m)
    i = j = 0
    while i < len(x) and j < len(y):
        load = min(left_x, left_y)
        work += load * abs(x[i] - y[j])
        left_x, left_y = left_x - load, left_y - load
        if left_x == 0:
            i, left_x = i + 1, len(y)
        if left_y == 0:
            j, left_y = j + 1, len(x)
    return work / (len(x) * len(y))


# %% critic-losses · wrong · critic's sign turned
# hint: That is the estimate itself
def critic_loss(real_scores, fake_scores):
    return real_scores.mean() - fake_scores.mean()


def generator_loss(fake_scores):
    return -fake_scores.mean()


# %% critic-losses · wrong · generator's sign turned
# hint: the generator would learn to be ranked low
def critic_loss(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()


def generator_loss(fake_scores):
    return fake_scores.mean()


# %% critic-losses · wrong · sigmoid on the critic
# hint: No sigmoid on a critic
def critic_loss(real_scores, fake_scores):
    return fake_scores.sigmoid().mean() - real_scores.sigmoid().mean()


def generator_loss(fake_scores):
    return -fake_scores.sigmoid().mean()


# %% critic-losses · wrong · the minimax losses
# hint: There is no logarithm
def critic_loss(real_scores, fake_scores):
    softplus = torch.nn.functional.softplus
    return softplus(-real_scores).mean() + softplus(fake_scores).mean()


def generator_loss(fake_scores):
    return -torch.nn.functional.softplus(fake_scores).mean()


# %% critic-losses · wrong · the non-saturating generator
# hint: There is no logarithm
def critic_loss(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()


def generator_loss(fake_scores):
    return -torch.nn.functional.logsigmoid(fake_scores).mean()


# %% critic-losses · wrong · sums
# hint: a difference of sums
def critic_loss(real_scores, fake_scores):
    return fake_scores.sum() - real_scores.sum()


def generator_loss(fake_scores):
    return -fake_scores.sum()


# %% critic-losses · wrong · hinge
# hint: That is the hinge loss
def critic_loss(real_scores, fake_scores):
    relu = torch.nn.functional.relu
    return relu(1 - real_scores).mean() + relu(1 + fake_scores).mean()


def generator_loss(fake_scores):
    return -fake_scores.mean()


# %% critic-losses · wrong · one mean over everything
# hint: one mean each
def critic_loss(real_scores, fake_scores):
    return torch.cat([fake_scores, -real_scores]).mean()


def generator_loss(fake_scores):
    return -fake_scores.mean()


# %% critic-losses · wrong · both terms of one sign
# hint: opposite signs
def critic_loss(real_scores, fake_scores):
    return -(real_scores.mean() + fake_scores.mean())


def generator_loss(fake_scores):
    return -fake_scores.mean()


# %% critic-losses · right · numpy floats
def critic_loss(real_scores, fake_scores):
    return float(np.mean(fake_scores.numpy()) - np.mean(real_scores.numpy()))


def generator_loss(fake_scores):
    return float(-np.mean(fake_scores.numpy()))


# %% critic-losses · right · mean of minus the scores
def critic_loss(real_scores, fake_scores):
    return (-real_scores).mean() + fake_scores.sum() / len(fake_scores)


def generator_loss(fake_scores):
    return torch.mean(-1.0 * fake_scores)


# %% critic-step · wrong · clips the generator
# hint: The generator was clipped. The rule is for the critic
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.clamp_(-c, c)


# %% critic-step · wrong · clips both
# hint: The generator was clipped too
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    with torch.no_grad():
        for parameter in [*generator.parameters(), *critic.parameters()]:
            parameter.clamp_(-c, c)


# %% critic-step · wrong · forgets to clip
# hint: Nothing was clipped
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()


# %% critic-step · wrong · clamp without the underscore
# hint: Nothing was clipped
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    for parameter in critic.parameters():
        parameter = parameter.clamp(-c, c)


# %% critic-step · wrong · clips the gradient
# hint: The gradient was clipped, not the parameters
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(critic.parameters(), c)
    critic_optimizer.step()


# %% critic-step · wrong · clips before the step
# hint: after the step, not before it
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.clamp_(-c, c)
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()


# %% critic-step · wrong · clips at the upper end only
# hint: Clip at both ends
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.clamp_(max=c)


# %% critic-step · wrong · leaves the offset alone
# hint: The offset is a parameter of the critic as well
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    critic.slope.data.clamp_(-c, c)


# %% critic-step · wrong · sign turned
# hint: the sign of its loss is turned
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(real).mean() - critic(generator(latent).detach()).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    critic_optimizer.step()
    for parameter in critic.parameters():
        parameter.data.clamp_(-c, c)


# %% critic-step · wrong · gradients pile up
# hint: zero_grad() is missing
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    (critic(generator(latent).detach()).mean() - critic(real).mean()).backward()
    critic_optimizer.step()
    for parameter in critic.parameters():
        parameter.data.clamp_(-c, c)


# %% critic-step · wrong · no step
# hint: does its optimizer get its step()
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    critic_optimizer.zero_grad()
    loss.backward()
    for parameter in critic.parameters():
        parameter.data.clamp_(-c, c)


# %% critic-step · right · ganlab's objective and constraint
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    objective = objectives.Wasserstein(objectives.WeightClipping(c))
    with torch.no_grad():
        fake = generator(latent)
    critic_optimizer.zero_grad()
    objective.discriminator_loss(critic(real), critic(fake)).backward()
    critic_optimizer.step()
    objective.constraint.after_update(critic)


# %% critic-step · right · no detach, parameters written through data
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    critic.zero_grad()
    estimate = critic(real).mean() - critic(generator(latent)).mean()
    (-estimate).backward()
    critic_optimizer.step()
    for parameter in critic.parameters():
        parameter.data = torch.maximum(torch.minimum(parameter.data, torch.tensor(c)), torch.tensor(-c))


# %% critic-step · right · autograd.grad and copy_
def critic_step(generator, critic, critic_optimizer, real, latent, c):
    weights = list(critic.parameters())
    loss = critic(generator(latent).detach()).mean() - critic(real).mean()
    gradients = torch.autograd.grad(loss, weights)
    for weight, gradient in zip(weights, gradients):
        weight.grad = gradient
    critic_optimizer.step()
    with torch.no_grad():
        for weight in weights:
            weight.copy_(weight.clip(-c, c))


# %% gradient-penalty · wrong · no create_graph
# hint: Is create_graph=True there
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · the slopes are detached
# hint: and no detach
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.detach().flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · one share for the batch
# hint: not one for the batch
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(1, generator=rng)
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · one share for each number
# hint: not for each number
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(real.shape, generator=rng)
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · norm over the whole batch
# hint: one norm over the whole batch
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.norm() - 1).square().mean()


# %% gradient-penalty · wrong · norm over the channels only
# hint: channels, rows and columns together
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · no minus 1
# hint: Slopes are compared with 1
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * slopes.flatten(1).norm(dim=1).square().mean()


# %% gradient-penalty · wrong · mean before the square
# hint: must not make up for each other
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1).mean() - 1) ** 2


# %% gradient-penalty · wrong · one-sided
# hint: a slope below 1 pays here as well
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).clamp(min=0).square().mean()


# %% gradient-penalty · wrong · forgets the weight
# hint: The weight is missing
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · differentiates the mean
# hint: n times too small
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).mean(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · normal shares
# hint: epsilon is uniform between 0 and 1
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.randn(len(real), generator=rng).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · always the middle
# hint: not one for the batch
def gradient_penalty(critic, real, fake, weight, rng):
    points = ((real + fake) / 2).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · the generator is ignored
# hint: Draw the epsilon from rng
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real)).reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · wrong · a seed of its own
# hint: from the rng that was given
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=torch.Generator().manual_seed(0))
    share = share.reshape(-1, *[1] * (real.ndim - 1))
    points = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return weight * (slopes.flatten(1).norm(dim=1) - 1).square().mean()


# %% gradient-penalty · right · grad_outputs, from fake to real, norm written out
def gradient_penalty(critic, real, fake, weight, rng):
    share = torch.rand(len(real), generator=rng).view(-1, *(1 for _ in real.shape[1:]))
    points = fake + share * (real - fake)
    points.requires_grad_(True)
    scores = critic(points)
    slopes = torch.autograd.grad(
        scores, points, torch.ones_like(scores), create_graph=True, retain_graph=True
    )[0]
    norms = (slopes.reshape(len(slopes), -1) ** 2).sum(dim=1).sqrt()
    return weight * ((norms - 1) ** 2).mean()


# %% gradient-penalty · right · sample by sample
def gradient_penalty(critic, real, fake, weight, rng):
    shares = torch.rand(len(real), generator=rng)
    points = torch.stack([e * x + (1 - e) * g for e, x, g in zip(shares, real, fake)]).requires_grad_()
    scores = critic(points)
    total = 0
    for i in range(len(points)):
        (slopes,) = torch.autograd.grad(scores[i], points, create_graph=True, retain_graph=True)
        total = total + (slopes[i].norm() - 1) ** 2
    return weight * total / len(points)


# %% steepest-slope · wrong · mean slope
# hint: That is the mean slope
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return slopes.flatten(1).norm(dim=1).mean()


# %% steepest-slope · wrong · norm over the batch
# hint: one norm over the whole batch
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return slopes.norm()


# %% steepest-slope · wrong · largest coordinate
# hint: the largest single coordinate
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return slopes.abs().max()


# %% steepest-slope · wrong · differentiates the mean
# hint: n times too small
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).mean(), points)
    return slopes.flatten(1).norm(dim=1).max()


# %% steepest-slope · wrong · compares points with each other
# hint: That compares the points with each other
def steepest_slope(critic, points):
    scores = critic(points)
    rise = (scores[:, None] - scores).abs()
    way = torch.cdist(points.flatten(1), points.flatten(1))
    return (rise[way > 0] / way[way > 0]).max()


# %% steepest-slope · wrong · squared norm
# hint: not its square
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return slopes.flatten(1).square().sum(1).max()


# %% steepest-slope · wrong · sum of absolute values
# hint: adds up absolute values
def steepest_slope(critic, points):
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    return slopes.flatten(1).abs().sum(1).max()


# %% steepest-slope · right · backward, point by point
def steepest_slope(critic, points):
    steepest = 0.0
    for point in points:
        point = point.clone().unsqueeze(0).requires_grad_()
        critic(point).backward()
        steepest = max(steepest, float(point.grad.square().sum().sqrt()))
    return steepest


# %% steepest-slope · right · central differences in double precision
def steepest_slope(critic, points):
    try:
        points = points.double()
        critic(points)
    except RuntimeError:  # a critic of single precision
        points = points.float()
    h = 1e-5 if points.dtype == torch.float64 else 1e-2
    flat, slopes = points.flatten(1), []
    for i in range(flat.shape[1]):
        step = torch.zeros_like(flat)
        step[:, i] = h
        up, down = ((flat + sign * step).reshape(points.shape) for sign in (1, -1))
        slopes.append((critic(up) - critic(down)) / (2 * h))
    return torch.stack(slopes, dim=1).norm(dim=1).max()


# %% penalised-slope · wrong · slope 1
# hint: the critic goes on until both balance
def penalised_slope(distance, weight):
    return 1.0


# %% penalised-slope · wrong · without the 2
# hint: a factor 2 is missing
def penalised_slope(distance, weight):
    return 1 + distance / weight


# %% penalised-slope · wrong · below 1
# hint: it settles above 1
def penalised_slope(distance, weight):
    return 1 - distance / (2 * weight)


# %% penalised-slope · wrong · only the excess
# hint: Add the 1
def penalised_slope(distance, weight):
    return distance / (2 * weight)


# %% penalised-slope · wrong · exchanged
# hint: Distance and weight are exchanged
def penalised_slope(distance, weight):
    return 1 + weight / (2 * distance)


# %% penalised-slope · wrong · the reading
# hint: That is the reading k d
def penalised_slope(distance, weight):
    return distance * (1 + distance / (2 * weight))


# %% penalised-slope · wrong · halves instead of doubling
# hint: Divide by twice the weight
def penalised_slope(distance, weight):
    return 1 + distance / weight * 2


# %% penalised-slope · right · one fraction
def penalised_slope(distance, weight):
    return (2 * weight + distance) / (2 * weight)


# %% penalised-slope · right · found by search
def penalised_slope(distance, weight):
    from scipy.optimize import minimize_scalar

    return minimize_scalar(lambda k: -k * distance + weight * (k - 1) ** 2).x


# %% penalised-slope · right · Newton's step in torch
def penalised_slope(distance, weight):
    k = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    (-k * distance + weight * (k - 1) ** 2).backward()
    return k - k.grad / (2 * weight)


# %% compass · wrong · no difference
# hint: the clipped critic's reading
def compass():
    return 1.0


# %% compass · wrong · the bound
# hint: Theory allows up to
def compass():
    return math.sqrt(2)


# %% compass · wrong · the other way round
# hint: turn it over
def compass():
    return 0.82


# %% compass · wrong · the reading itself
# hint: Divide the two dual estimates
def compass():
    return 1.85


# %% compass · wrong · in words
# hint: expected one number
def compass():
    return "about a fifth more"


# %% compass · right · divided there and then
def compass():
    return 1.85 / 1.51


# %% compass · right · read off the bench by code
def compass():
    bench = ConstraintBench(angle=45)
    diagonal = bench.reading["clipping"]["dual"]
    bench.angle.value = 0
    return diagonal / bench.reading["clipping"]["dual"]


# %% fair-estimate · wrong · not divided
# hint: That is the raw difference
def fair_estimate(real_scores, fake_scores, steepest):
    return real_scores.mean() - fake_scores.mean()


# %% fair-estimate · wrong · multiplied
# hint: Multiplied instead of divided
def fair_estimate(real_scores, fake_scores, steepest):
    return (real_scores.mean() - fake_scores.mean()) * steepest


# %% fair-estimate · wrong · the critic's loss
# hint: the sign of the critic's loss
def fair_estimate(real_scores, fake_scores, steepest):
    return (fake_scores.mean() - real_scores.mean()) / steepest


# %% fair-estimate · wrong · sums
# hint: Those are sums
def fair_estimate(real_scores, fake_scores, steepest):
    return (real_scores.sum() - fake_scores.sum()) / steepest


# %% fair-estimate · wrong · subtracts the excess
# hint: subtracting is not
def fair_estimate(real_scores, fake_scores, steepest):
    return real_scores.mean() - fake_scores.mean() - (steepest - 1)


# %% fair-estimate · wrong · divides only if too steep
# hint: That is the raw difference
def fair_estimate(real_scores, fake_scores, steepest):
    return (real_scores.mean() - fake_scores.mean()) / max(steepest, 1)


# %% fair-estimate · wrong · the absolute value
# hint: Keep the sign
def fair_estimate(real_scores, fake_scores, steepest):
    return abs(np.mean(real_scores) - np.mean(fake_scores)) / steepest


# %% fair-estimate · wrong · the median of the real scores
# hint: takes the median
def fair_estimate(real_scores, fake_scores, steepest):
    return (np.median(real_scores) - np.mean(fake_scores)) / steepest


# %% fair-estimate · right · scores divided first
def fair_estimate(real_scores, fake_scores, steepest):
    return np.average(real_scores / steepest) - np.average(fake_scores / steepest)


# %% fair-estimate · right · plain Python
def fair_estimate(real_scores, fake_scores, steepest):
    mean = lambda scores: sum(map(float, scores)) / len(scores)
    return (mean(real_scores) - mean(fake_scores)) / steepest


# %% fair-estimate · right · torch in single precision
def fair_estimate(real_scores, fake_scores, steepest):
    real, fake = (torch.as_tensor(scores, dtype=torch.float32) for scores in (real_scores, fake_scores))
    return (real.mean() - fake.mean()) / steepest


# %% more-modes · wrong · the seeds of the choice too
# hint: partly lucky where they were chosen
def compare(games, chosen_on):
    fresh = games.sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · only the seeds of the choice
# hint: partly lucky where they were chosen
def compare(games, chosen_on):
    fresh = games[games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · the raw reading
# hint: divide each reading by the steepest slope
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · multiplied by the slope
# hint: divide each reading by the steepest slope
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] * fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · old minus new
# hint: New minus old
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = old - new
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · the sign of the critic's loss
# hint: New minus old
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else -fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · larger for smaller
# hint: New minus old
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "smaller", "larger")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · the means alone
# hint: both intervals hold 0
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = 0
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · rows in the order of the table
# hint: within each seed
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)]
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · pairs torn apart
# hint: within each seed
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, 2 * n - 2) * math.sqrt((new.var(ddof=1) + old.var(ddof=1)) / n)
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · 1.96 instead of Student's quantile
# hint: the factor is Student's 3.18
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = 1.96 * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · a 90 % interval
# hint: the factor is Student's 3.18
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.95, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · a 99 % interval
# hint: just do not hold 0: 0.975 quantile
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.995, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · n degrees of freedom
# hint: n - 1 = 3 degrees of freedom
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · n in the standard deviation
# hint: s has n - 1 in its denominator
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=0) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · s instead of s over the root of n
# hint: not s
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1)
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · cannot say fewer
# hint: On fresh seeds the new settings are worse
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        up, down = gain.mean() > reach, gain.mean() < -reach and below != "fewer"
        words.append(above if up else below if down else "not shown")
    return tuple(words)


# %% more-modes · wrong · touching 0 counts
# hint: those of the modes are all 0
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() >= reach else below if gain.mean() < -reach else "not shown")
    return tuple(words)


# %% more-modes · wrong · one answer for both questions
# hint: A smaller distance is not more modes
def compare(games, chosen_on):
    fresh = games[~games["seed"].isin(chosen_on)].sort_values("seed")
    words = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        values = fresh["modes"] if name == "modes" else fresh["reading"] / fresh["steepest"]
        new, old = (values[fresh["settings"] == settings].to_numpy() for settings in ("new", "old"))
        gain = new - old
        n = len(gain)
        reach = stats.t.ppf(0.975, n - 1) * gain.std(ddof=1) / n**0.5
        words.append(above if gain.mean() > reach else below if gain.mean() < -reach else "not shown")
    return ("more", words[1]) if words[1] == "smaller" else tuple(words)


# %% more-modes · wrong · one word
# hint: expected two words
def compare(games, chosen_on):
    return "more"


# %% more-modes · wrong · an answer that was not on the list
# hint: expected one of
def compare(games, chosen_on):
    return "better", "nearer"


# %% more-modes · right · scipy's interval, as the lecture writes it
def compare(games, chosen_on):
    games = games.assign(distance=games["reading"] / games["steepest"]).set_index(["seed", "settings"])
    wide = games.drop(index=chosen_on, level="seed").unstack("settings")
    answer = []
    for name, above, below in (("modes", "more", "fewer"), ("distance", "larger", "smaller")):
        gain = wide[name]["new"] - wide[name]["old"]
        low, high = stats.t.interval(0.95, df=len(gain) - 1, loc=gain.mean(), scale=stats.sem(gain))
        answer.append(above if low > 0 else below if high < 0 else "not shown")
    return answer


# %% more-modes · right · a paired t-test at 5 per cent
def compare(games, chosen_on):
    def word(column, above, below):
        new, old = (part.loc[seeds, column] for part in (sides["new"], sides["old"]))
        if not stats.ttest_rel(new, old).pvalue < 0.05:
            return "not shown"
        return above if new.mean() > old.mean() else below

    games = games.assign(distance=games.reading / games.steepest)
    sides = {name: part.set_index("seed") for name, part in games.groupby("settings")}
    seeds = sorted(set(games.seed) - set(chosen_on))
    return word("modes", "more", "fewer"), word("distance", "larger", "smaller")


# %% more-modes · right · seed by seed in plain loops, torch
def compare(games, chosen_on):
    gains = {}
    for row in games.itertuples():
        if row.seed not in chosen_on:
            sign = 1 if row.settings == "new" else -1
            pair = gains.setdefault(row.seed, [0.0, 0.0])
            pair[0] += sign * row.modes
            pair[1] += sign * row.reading / row.steepest
    gains = torch.tensor(list(gains.values()), dtype=torch.float64)
    n, mean = len(gains), gains.mean(0)
    reach = stats.t.ppf(0.975, n - 1) * gains.std(0) / n**0.5
    names = (("fewer", "not shown", "more"), ("smaller", "not shown", "larger"))
    signs = (mean > reach).int() - (mean < -reach).int()
    return [words[int(sign) + 1] for words, sign in zip(names, signs)]
