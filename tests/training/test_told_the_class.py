"""The claims of module 05: both players must be told the class; a rare one is learnt sooner if asked for.

The setting is that of course/05-conditional-gan.ipynb, cells `arena-data` to `arena-table`: the rare class
is 5 % of 2,000 points, 300 steps of 64. Measured with torch 2.13.0 (CPU), seeds 0 to 15, in 20 s of one
core: the mean share of 200 samples on the islands of the rare class they were asked to be (95 % interval)
is 0.00 (all 16) where only G is told, 0.53 (0.31 to 0.75) where both are and it is asked for as seldom as
it occurs, and 0.95 (0.90 to 1.00) where it is asked for every second time. The last minus the second, seed
by seed: 0.20 to 0.64. Of the 13 games with more than 0.9, every one is 1.8 to 2.9 away from real samples of
the class (Wasserstein-1), about what a missing island costs (half of the mass, 4.2 away); two real samples
stay below 0.57.
"""

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating
from ganlab.theory import wasserstein1
from ganlab.training import Game, balanced_labels, labels_like_data, train_ensemble

pytestmark = pytest.mark.slow

SEEDS = range(16)
CENTRES = torch.tensor([[[-1.5, 1.5], [1.5, -1.5]], [[1.5, 1.5], [-1.5, -1.5]]])  # class, island, place
STD = 0.3


def islands(labels, seed):
    rng = torch.Generator().manual_seed(seed)
    island = torch.randint(2, (len(labels),), generator=rng)
    return CENTRES[labels, island] + STD * torch.randn(len(labels), 2, generator=rng)


class NotTold(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network, self.n_classes = network, 2

    def forward(self, samples, labels):
        return self.network(samples)


def samples_of_the_rare_class(told, fake_labels):
    """200 from every game, shape (seeds, 200, 2)."""
    labels = (torch.arange(2000) < 100).long()

    def make_game(seed):
        judge = mlp_discriminator(width=48, n_classes=2 if told else None, seed=2 * seed + 1)
        return Game(
            mlp_generator(latent_dim=4, width=48, n_classes=2, seed=2 * seed),
            judge if told else NotTold(judge),
            NonSaturating(),
            learning_rate=2e-3,
            fake_labels=fake_labels,
        )

    data = islands(labels, seed=0), labels
    history = train_ensemble(make_game, data, 300, SEEDS, batch_size=64, progress=False)
    return torch.stack([game.sample(200, seed=5, labels=1) for game in history.games])


def on_its_islands(samples, label):
    return ((samples[..., None, :] - CENTRES[label]).norm(dim=-1).amin(-1) < 3 * STD).double().mean(1).numpy()


def interval(values):
    reach = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return np.mean(values) - reach, np.mean(values) + reach


@pytest.fixture(scope="module")
def made():
    return {
        "G only": samples_of_the_rare_class(False, labels_like_data),
        "as frequent": samples_of_the_rare_class(True, labels_like_data),
        "balanced": samples_of_the_rare_class(True, balanced_labels),
    }


@pytest.fixture(scope="module")
def hits(made):
    hits = {name: on_its_islands(samples, 1) for name, samples in made.items()}
    for name, shares in hits.items():
        print(name, shares.round(2), shares.mean().round(3), np.round(interval(shares), 3))
    return hits


def test_a_label_that_only_the_generator_sees_is_not_heeded(hits):
    """The blind judge asks for no class, so the common one is delivered."""
    low, high = interval(hits["balanced"] - hits["G only"])
    print(f"balanced minus G only {low:.3f} to {high:.3f}")
    assert hits["G only"].max() < 0.2
    assert low > 0.5


def test_a_rare_class_is_learnt_sooner_if_it_is_asked_for_as_often_as_the_other(hits):
    low, high = interval(hits["balanced"] - hits["as frequent"])
    print(f"balanced minus as frequent {low:.3f} to {high:.3f}")
    assert low > 0


def test_a_class_delivered_as_asked_may_still_be_half_of_it(made, hits):
    """Class fidelity does not see a missing island; the distance to real samples of the class does."""
    rare = torch.ones(200, dtype=int)
    real = islands(rare, seed=9)
    floor = np.quantile([wasserstein1(real, islands(rare, seed=seed)) for seed in range(100, 200)], 0.95)
    faithful = hits["balanced"] > 0.9
    away = np.array([wasserstein1(real, samples) for samples in made["balanced"]])
    print(f"floor {floor:.2f}; {faithful.sum()} faithful games at {away[faithful].round(2)}")
    assert faithful.sum() >= 5
    assert (away[faithful] > 2 * floor).mean() > 0.5
