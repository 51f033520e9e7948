"""How often `History.diagnose` is wrong, on games whose state is known.

    python tests/benchmarks/diagnosis.py

Each game is known without looking at its record: a generator that is the data and cannot move, one that
cannot move and has lost an island, one that still walks, points on a line under plain descent (which circle
for ever: Mescheder et al. 2018, arXiv 1801.04406), and a frozen generator under either loss. The last table
that this printed stands in the docstring of `History.diagnose`.
"""

import functools
import sys

import pandas as pd
import torch
from torch import nn

from ganlab.data import gaussian_1d, ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import GradientPenalty, Minimax, NonSaturating, Wasserstein
from ganlab.training import Game, train

STILL = 1e-12  # a learning rate
ISLANDS = torch.distributions.MixtureSameFamily(
    torch.distributions.Categorical(torch.ones(2)),
    torch.distributions.Independent(torch.distributions.Normal(torch.tensor([[-2.0], [2.0]]), 0.2), 1),
)


class Shifted(nn.Module):
    """A generator of one weight: where its samples, of a fixed spread, have their centre."""

    latent_dim = 1

    def __init__(self, start, spread=1.0):
        super().__init__()
        self.centre, self.spread = nn.Parameter(torch.tensor([start])), spread

    def forward(self, latent):
        return self.spread * latent + self.centre


class Slope(nn.Module):
    """A discriminator of one weight: its slope."""

    def __init__(self, start=0.0):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor([start]))

    def forward(self, samples):
        return self.slope * samples[:, 0]


def small(seed):
    return mlp_discriminator(data_dim=1, width=16, seed=seed)


def rates(generator, discriminator=3e-3):
    return {"learning_rate": generator, "discriminator_learning_rate": discriminator}


def perfect(seed, objective=None):
    game = Game(Shifted(0.0), small(seed), objective or NonSaturating(), **rates(STILL))
    return game, gaussian_1d(mean=0.0, std=1.0)


def perfect_critic(seed):
    return perfect(seed, Wasserstein(GradientPenalty(10.0)))


def one_island(seed):
    game = Game(Shifted(2.0, 0.2), small(seed), NonSaturating(), **rates(STILL, 1e-2))
    return game, ISLANDS


def walking(seed, rate=1e-2):
    game = Game(Shifted(6.0), small(seed), NonSaturating(), **rates(rate))
    return game, gaussian_1d(mean=0.0, std=1.0)


def circling(seed):
    game = Game(Shifted(1.0, 0.05), Slope(), NonSaturating(), **rates(0.1, 0.1), optimizer=torch.optim.SGD)
    return game, gaussian_1d(mean=0.0, std=0.05)


def frozen(seed, objective):
    networks = mlp_generator(width=32, seed=2 * seed), mlp_discriminator(width=32, seed=2 * seed + 1)
    game = Game(*networks, objective, **rates(STILL))
    return game, ring(1, radius=2.0, std=0.4)


# name -> (game, steps, the state that is right, the leader that is right)
KNOWN = {
    "perfect": (perfect, 600, "at the floor", "nobody"),
    "perfect, critic": (perfect_critic, 600, "at the floor", "unknown"),
    "one island lost": (one_island, 1500, "standing still", "discriminator"),
    "walking": (walking, 300, "still moving", "discriminator"),
    "walking slowly": (functools.partial(walking, rate=1e-3), 300, "still moving", "discriminator"),
    "circling": (circling, 600, "oscillating", "nobody"),
    "frozen, minimax": (functools.partial(frozen, objective=Minimax()), 300, "vanishing", "discriminator"),
    "frozen, non-saturating": (
        functools.partial(frozen, objective=NonSaturating()), 300, "still moving", "discriminator"
    ),
}  # fmt: skip


def diagnoses(name, seeds):
    """The diagnosis of one game for each seed."""
    make, steps, *_ = KNOWN[name]
    for seed in seeds:
        game, data = make(seed)
        options = {"batch_size": 64, "progress": False, "gradient_norms": True}
        yield train(game, data, steps, seed=seed, **options).diagnose()


def main(n_seeds=40):
    rows = []
    for name, (_, steps, state, leader) in KNOWN.items():
        found = pd.DataFrame(diagnoses(name, range(n_seeds)))
        said = ", ".join(f"{word} {n}" for word, n in found["state"].value_counts().items())
        rows.append((name, steps, state, said, int((found["leader"] == leader).sum())))
        print(*rows[-1], sep=" | ", flush=True)
    columns = ["game", "steps", "true state", f"said, of {n_seeds}", "leader right"]
    print(pd.DataFrame(rows, columns=columns).to_string(index=False))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
