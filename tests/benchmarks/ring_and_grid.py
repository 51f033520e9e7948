"""Modes found on the ring of 8 and the grid of 25, every objective, many seeds.

The long table, by hand:

    python tests/benchmarks/ring_and_grid.py --seeds 32 --steps 6000

and in another set-up, whose discriminator has ReLU (slope 0 below zero) too:

    python tests/benchmarks/ring_and_grid.py --seeds 8 --data ring-8 --width 128 --batch 256 --slope 0

Set-up: ring of radius 2 and standard deviation 0.02, grid of spacing 2 and 0.05; latent length 256, two
layers of 64 units (ReLU in G, leaky ReLU in D), batch 128, Adam at 1e-3 with decay rates 0.5 and 0.999;
the critics of Wasserstein games take 5 steps to the generator's one, and half as many steps are played;
"packs of m" is PacGAN with the non-saturating objective.
Of 2,500 samples, those within 3 standard deviations of a centre are of high quality (a perfect sampler
has 98.89 % of them), and a mode with 20 or more of these is found.
"""

import argparse
import time
from typing import NamedTuple

import torch
from scipy import stats

from ganlab.data import grid, ring
from ganlab.models import mlp_discriminator, mlp_generator, packed
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.training import Game, train_ensemble

CRITIC = {"discriminator_steps": 5}
GAMES = {
    "minimax": (Minimax(), {}),
    "non-saturating": (NonSaturating(), {}),
    "least squares": (LeastSquares(), {}),
    "hinge": (Hinge(), {}),
    "hinge, spectral norm": (Hinge(constraint=SpectralNorm()), {}),
    "Wasserstein, clipping 0.1": (Wasserstein(WeightClipping(0.1)), CRITIC),
    "Wasserstein, gradient penalty 0.1": (Wasserstein(GradientPenalty(0.1)), CRITIC),
}
PACKS = {"packs of 2": 2, "packs of 4": 4}
GAMES |= {name: (NonSaturating(), {}) for name in PACKS}
DATA = {"ring-8": (ring(), 0.02), "grid-25": (grid(), 0.05)}
N_SAMPLES, N_FOR_A_MODE = 2500, 20


class SetUp(NamedTuple):
    """What the games of a table share; `slope` is that of D's units below zero."""

    width: int = 64
    batch: int = 128
    slope: float = 0.2


SMALL = SetUp()


def play_all(data, name, set_up, *, n_seeds, steps):
    objective, settings = GAMES[name]

    def make_game(seed):
        generator = mlp_generator(latent_dim=256, width=set_up.width, seed=seed)
        discriminator = discriminator_of(set_up, seed + 10_000, PACKS.get(name))
        return Game(generator, discriminator, objective, **settings)

    return train_ensemble(make_game, data, steps, range(n_seeds), batch_size=set_up.batch)


def discriminator_of(set_up, seed, pack):
    discriminator = mlp_discriminator(data_dim=2 * (pack or 1), width=set_up.width, seed=seed)
    for layer in discriminator:
        if isinstance(layer, torch.nn.LeakyReLU):
            layer.negative_slope = set_up.slope
    return discriminator if pack is None else packed(discriminator, pack)


def modes_and_quality(samples, centres, std):
    """For every member: the modes found, and the share of samples of high quality.

    Parameters
    ----------
    samples : tensor, shape (members, n, 2)
    centres : tensor, shape (modes, 2)
    """
    distance, nearest = torch.cdist(samples, centres).min(dim=2)
    good = distance <= 3 * std
    counts = torch.stack(
        [
            torch.bincount(modes[of_quality], minlength=len(centres))
            for modes, of_quality in zip(nearest, good, strict=True)
        ]
    )
    return (counts >= N_FOR_A_MODE).sum(1), good.double().mean(1)


def mean_and_interval(values):
    """The mean over seeds, and Student's 95 % interval."""
    mean, half = values.mean(), stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return mean, mean - half, mean + half


def row(where, name, set_up=SMALL, *, n_seeds, steps):
    """One line of the table; the seconds are those of all seeds together."""
    data, std = DATA[where]
    start = time.perf_counter()
    history = play_all(data, name, set_up, n_seeds=n_seeds, steps=steps)
    seconds = time.perf_counter() - start
    samples = history.sample(N_SAMPLES, seed=1)
    measured = modes_and_quality(samples, data.component_distribution.mean, std)
    modes, quality = (mean_and_interval(values.numpy()) for values in measured)
    return (
        f"{where:9}{name:35}{modes[0]:6.1f} ({modes[1]:5.1f} to {modes[2]:5.1f})"
        f"{100 * quality[0]:8.1f} ({100 * quality[1]:5.1f} to {100 * quality[2]:5.1f})"
        f"{steps:7}{len(history.failures):8}{seconds:9.0f}"
    )


HEADER = (
    f"{'data':9}{'objective':35}{'modes':>6} {'(95 %)':16}{'quality %':>7} {'(95 %)':14}"
    f"{'steps':>7}{'failed':>8}{'seconds':>9}"
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=32)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--only", nargs="*", choices=list(GAMES), default=list(GAMES))
    parser.add_argument("--data", nargs="*", choices=list(DATA), default=list(DATA))
    for setting, value in SMALL._asdict().items():
        parser.add_argument(f"--{setting}", type=type(value), default=value)
    wanted = parser.parse_args()
    set_up = SetUp(wanted.width, wanted.batch, wanted.slope)
    print(set_up)
    print(HEADER)
    for where in wanted.data:
        for name in wanted.only:
            # Half as many of the slower steps: 3,000 where the others have 6,000.
            steps = wanted.steps // (2 if GAMES[name][1] else 1)
            print(row(where, name, set_up, n_seeds=wanted.seeds, steps=steps), flush=True)
