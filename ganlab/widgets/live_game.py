"""A game in the plane, played update by update, and what there is to see of it at any moment."""

import math

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from ganlab.data import grid, parallel_lines, ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import GradientPenalty, LeastSquares, Minimax, NonSaturating, Wasserstein
from ganlab.seeding import forked_rng, isolated_randomness, seeded_rng
from ganlab.theory import optimal_discriminator, wasserstein1
from ganlab.training import Game

SHOWN, ARROWS = 300, 100
HALF_WIDTH, SIDE, KNOTS = 3.5, 40, 21
FLOOR_PAIRS = 20
# Of the two densities in D*: points that each is counted from, and the width it is smoothed by.
COUNTED_REAL, COUNTED_FAKE, SMOOTHED = 100_000, 4_000, 0.2
RUNAWAY = 1_000.0  # a loss beyond this is of a game that nothing brings back

DATA = {
    "one blob": ring(1, radius=2.0, std=0.4),
    "two islands": ring(2, radius=1.5, std=0.2),
    "ring of eight": ring(8, radius=2.0, std=0.1),
    "grid of nine": grid(3, spacing=2.0, std=0.1),
    "a line": parallel_lines(1.0),
}
OBJECTIVES = {
    "non-saturating": NonSaturating(),
    "minimax": Minimax(),
    "least squares": LeastSquares(),
    "Wasserstein, gradient penalty": Wasserstein(GradientPenalty(1.0)),
}
# (width of G, width of D, hidden layers)
NETWORKS = {
    "1 layer of 14 and 11": (14, 11, 1),
    "2 layers of 64": (64, 64, 2),
    "2 layers of 128": (128, 128, 2),
}


class LiveGame:
    """The game that the settings describe, from its seed: `play` cut into the moves of either player.

    Parameters
    ----------
    data, objective, network : str
        Keys of DATA, OBJECTIVES and NETWORKS.
    generator_rate, discriminator_rate : number > 0
    batch : int >= 1
    seed : int >= 0
    """

    def __init__(self, *, data, objective, network, generator_rate, discriminator_rate, batch, seed):
        self._distribution, self._seed = DATA[data], seed
        width_g, width_d, depth = NETWORKS[network]
        self.game = Game(
            mlp_generator(width=width_g, depth=depth, seed=seed),
            mlp_discriminator(width=width_d, depth=depth, seed=seed + 1),
            OBJECTIVES[objective],
            learning_rate=generator_rate,
            discriminator_learning_rate=discriminator_rate,
        )
        self._rng = seeded_rng(seed + 2)
        self.change_batch(batch)
        self._penalty_rng = forked_rng(self._rng)
        self.steps = 0
        self.rows = []  # of each step: both losses, both mean scores
        self.distances = {}  # step -> Wasserstein-1
        self.real, self.floor = real_and_floor(self._distribution, seed)
        with isolated_randomness(seed + 5):
            self._real_density = smoothed(self._distribution.sample((COUNTED_REAL,)))
        ticks = torch.linspace(-HALF_WIDTH, HALF_WIDTH, SIDE)
        self._plane = torch.cartesian_prod(ticks, ticks).flip(1)
        knots = torch.linspace(-2, 2, KNOTS)  # nearly all of the latent normal distribution
        self._latent_grid = torch.cartesian_prod(knots, knots)

    def change_batch(self, batch):
        """Deal the real samples out in batches of another size from now on."""
        self._batches = self.game.real_batches(self._distribution, batch, self._rng)

    def step(self, discriminator=1, generator=1):
        """So many updates of the discriminator, then so many of the generator: one step of the game."""
        game, rng = self.game, self._rng
        loss_d = loss_g = real_score = fake_score = math.nan
        for _ in range(discriminator):
            real = next(self._batches)
            fake = game.fake_like(real, rng)
            loss, real_scores, fake_scores = game.discriminator_loss(
                real, fake.detach(), rng, self._penalty_rng
            )
            game.update_discriminator(loss)
            loss_d, real_score, fake_score = loss.item(), real_scores.mean().item(), fake_scores.mean().item()
        for update in range(generator):
            if update or not discriminator:
                real = next(self._batches)
                fake = game.fake_like(real, rng)
            loss = game.generator_loss(real, fake)
            game.update_generator(loss)
            loss_g = loss.item()
        self.steps += 1
        self.rows.append((loss_d, loss_g, real_score, fake_score))

    @property
    def ran_away(self):
        """Whether a loss of the last step is beyond what any game comes back from."""
        return bool(self.rows) and any(abs(loss) > RUNAWAY for loss in self.rows[-1][:2])

    def distance(self):
        """Wasserstein-1 from the real points to as many fakes, at the present step."""
        if self.steps not in self.distances:
            self.distances[self.steps] = wasserstein1(self.real, self.fakes())
        return self.distances[self.steps]

    def distance_before(self):
        """The distance as it was last measured: each costs as much as several updates."""
        return self.distances[max(self.distances)]

    def fakes(self, n=SHOWN):
        """n fakes, always of the same latent points."""
        return self.game.sample(n, seed=self._seed + 4)

    def look(self):
        """What is to be seen at the present step.

        Returns
        -------
        dict
            ``fake`` and ``pull`` (where the generator's loss pulls each of the first fakes), ``manifold`` (a
            square grid of latent points, mapped), ``field`` and ``optimal`` (of the discriminator, and of
            the best one against these fakes, on the plane; row i holds the i-th second coordinate),
            ``level`` (where the field is undecided, or None) and ``accuracy``.
        """
        game, objective = self.game, self.game.objective
        with torch.no_grad():
            many = self.fakes(COUNTED_FAKE)
            fake = many[:SHOWN]
            scores = game.score(torch.cat([self._plane, self.real, fake]))
            manifold = game.generator(self._latent_grid)
        plane, real_scores, fake_scores = scores.split([SIDE * SIDE, SHOWN, SHOWN])
        bound = objective.real_above
        if bound is None:
            accuracy, spread = math.nan, (plane.max() - plane.min()).clamp(min=1e-9)
            field = (plane - plane.min()) / spread
        else:
            accuracy = float((real_scores > bound).float().mean() + (fake_scores < bound).float().mean()) / 2
            field = plane.clamp(0, 1) if bound else plane.sigmoid()
        return {
            "fake": fake.numpy(),
            "pull": self._pull(fake[:ARROWS]).numpy(),
            "manifold": manifold.numpy(),
            "field": field.reshape(SIDE, SIDE).numpy(),
            "optimal": optimal_discriminator(self._real_density, smoothed(many)),
            "level": None if bound is None else 0.5,
            "accuracy": accuracy,
        }

    def _pull(self, fake):
        points = fake.clone().requires_grad_()
        loss = self.game.objective.generator_loss(self.game.discriminator(points))
        (slope,) = torch.autograd.grad(loss, points)
        return -len(points) * slope  # the loss is a mean: this is what each point feels


def smoothed(points):
    """The density of points on the plane's grid, counted and smoothed."""
    cell = 2 * HALF_WIDTH / (SIDE - 1)
    reach = HALF_WIDTH + cell / 2  # each count is centred where the field is asked
    counts, *_ = np.histogram2d(*points.numpy().T[::-1], bins=SIDE, range=[[-reach, reach]] * 2)
    return gaussian_filter(counts, SMOOTHED / cell, mode="constant") / (len(points) * cell**2)


def real_and_floor(distribution, seed):
    """Real points, and the 95 % quantile of the Wasserstein-1 distance between them and other real points."""
    with isolated_randomness(seed + 3):
        real, *samples = (distribution.sample((SHOWN,)) for _ in range(1 + FLOOR_PAIRS))
    return real, float(np.quantile([wasserstein1(real, sample) for sample in samples], 0.95))


def in_words(reading, fake):
    """What a reading and the fakes that it is of come to, a sentence each."""
    if math.isnan(reading["accuracy"]):
        yield f"After {reading['step']} steps the critic ranks the points; it has no accuracy."
    else:
        yield (
            f"After {reading['step']} steps the discriminator is right about "
            f"{100 * reading['accuracy']:.0f} % of the points shown (a coin flip: 50 %)."
        )
    yield (
        f"The fake cloud is {reading['distance']:.2f} away from the real one (Wasserstein-1); of 20 clouds "
        f"of a perfect generator, 19 are nearer than {reading['floor']:.2f}."
    )
    outside = np.mean(np.abs(fake).max(axis=1) > HALF_WIDTH)
    if outside >= 0.1:
        yield f"{100 * outside:.0f} % of the fakes lie outside the plane that is shown."
