"""The plane that a game is looked at in: real points, the best discriminator, and how near is near enough."""

import math

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from ganlab.seeding import isolated_randomness
from ganlab.theory import optimal_discriminator, wasserstein1

SHOWN, ARROWS = 300, 100
HALF_WIDTH, SIDE, KNOTS = 3.5, 40, 21
FLOOR_PAIRS = 20
# Of the two densities in D*: points that each is counted from, and the width it is smoothed by.
COUNTED_REAL, COUNTED_FAKE, SMOOTHED = 100_000, 4_000, 0.2
# Heights at which samples that are one number are drawn: real ones above, fakes below.
REAL_BAND, FAKE_BAND, WHOLE = (0.3, 3.2), (-3.2, -0.3), (-HALF_WIDTH, HALF_WIDTH)


class Plane:
    """What does not change while a game is looked at.

    Samples of one number lie along the first axis; their height means nothing, and only keeps them apart.

    Parameters
    ----------
    distribution : torch.distributions.Distribution
        Of the real samples, with one coordinate or two.
    seed : int >= 0
    """

    def __init__(self, distribution, seed):
        self._seed = seed
        self._real, self.floor = real_and_floor(distribution, seed)
        self.dim = self._real.shape[1]
        self.real = self._in_plane(self._real, REAL_BAND)
        with isolated_randomness(seed + 5):
            many = as_rows(distribution.sample((COUNTED_REAL,)))
        self._density = smoothed(self._in_plane(many, WHOLE))
        ticks = torch.linspace(-HALF_WIDTH, HALF_WIDTH, SIDE)
        self._squares = torch.cartesian_prod(ticks, ticks).flip(1)[:, : self.dim].contiguous()

    def fakes(self, game, n=SHOWN):
        """n fakes, always of the same latent points."""
        return game.sample(n, seed=self._seed + 4)

    def distance(self, game):
        """Wasserstein-1 from the real points to as many fakes."""
        return wasserstein1(self._real, self.fakes(game))

    def look(self, game):
        """What is to be seen of a game as it is now.

        Returns
        -------
        dict
            ``fake`` and ``pull`` (where the generator's loss pulls each of the first fakes), ``manifold`` (a
            square grid of latent points, mapped), ``field`` and ``optimal`` (of the discriminator, and of
            the best one against these fakes, on the plane; row i holds the i-th second coordinate),
            ``level`` (where the field is undecided, or None) and ``accuracy``.
        """
        bound = getattr(game.objective, "real_above", 0.0)
        with torch.no_grad():
            many = self.fakes(game, COUNTED_FAKE)
            fake = many[:SHOWN]
            scores = game.score(torch.cat([self._squares, self._real, fake]))
            latent = _latent_grid(game.generator.latent_dim)
            manifold = game.generator(latent)
        plane, real_scores, fake_scores = scores.split([SIDE * SIDE, SHOWN, SHOWN])
        if bound is None:
            accuracy, spread = math.nan, (plane.max() - plane.min()).clamp(min=1e-9)
            field = (plane - plane.min()) / spread
        else:
            accuracy = float((real_scores > bound).float().mean() + (fake_scores < bound).float().mean()) / 2
            field = plane.clamp(0, 1) if bound else plane.sigmoid()
        pull = _pull(game, fake[:ARROWS])
        if self.dim == 1:  # along the line; the manifold is the graph of G over its first latent coordinate
            pull = torch.cat([pull, torch.zeros_like(pull)], dim=1)
            manifold = torch.cat([manifold, latent[:, :1]], dim=1)
        return {
            "fake": self._in_plane(fake, FAKE_BAND).numpy(),
            "pull": pull.numpy(),
            "manifold": manifold.numpy(),
            "field": field.reshape(SIDE, SIDE).numpy(),
            "optimal": optimal_discriminator(self._density, smoothed(self._in_plane(many, WHOLE))),
            "level": None if bound is None else 0.5,
            "accuracy": accuracy,
        }

    def _in_plane(self, points, band):
        if self.dim == 2:
            return points
        return torch.cat([points, torch.linspace(*band, len(points)).unsqueeze(1)], dim=1)


def _latent_grid(dim):
    """A square grid over nearly all of the first two latent coordinates, the others 0."""
    knots = torch.linspace(-2, 2, KNOTS)
    square = torch.cartesian_prod(knots, knots)
    return torch.cat([square, torch.zeros(len(square), max(dim - 2, 0))], dim=1)[:, :dim]


def _pull(game, fake):
    points = fake.clone().requires_grad_()
    loss = game.objective.generator_loss(game.discriminator(points))
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
        real, *samples = (as_rows(distribution.sample((SHOWN,))) for _ in range(1 + FLOOR_PAIRS))
    return real, float(np.quantile([wasserstein1(real, sample) for sample in samples], 0.95))


def as_rows(points):
    """Points, shape (n, 1) where they are one number each."""
    return points.unsqueeze(1) if points.ndim == 1 else points
