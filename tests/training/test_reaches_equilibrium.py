"""The claim of module 01: a game on a Gaussian ends with a discriminator that might as well toss a coin.

Measured with torch 2.13.0 (CPU) and numpy 2.4.6, 16 seeds, in 26 s: mean accuracy 51.0 %, 95 % interval
50.5 to 51.4 %, single games from 49.5 to 52.2 %. Seeds 0 to 31: 51.2 %, 50.8 to 51.5 %, all of them from
48.9 to 53.6 %. Median distance to fresh real samples 1.97 before and 0.038 after; two real samples of this
size stay below 0.030 in 19 of 20 cases.
"""

import numpy as np
import pytest
from scipy import stats

from ganlab.data import gaussian_1d
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating
from ganlab.seeding import isolated_randomness
from ganlab.theory import wasserstein1
from ganlab.training import Game, train

SEEDS = range(16)
SAMPLES = 2000
TARGET = gaussian_1d(mean=2.0, std=0.5)


@pytest.fixture(scope="module")
def games():
    """Arrays over the seeds: accuracy after training, and the distance before and after.

    The setting is that of course/01-minimax-game.ipynb, cell `fifty-games`.
    """
    with isolated_randomness(1):
        fresh = TARGET.sample((SAMPLES, 1))
    outcomes = []
    for seed in SEEDS:
        networks = (
            mlp_generator(data_dim=1, width=64, seed=2 * seed),
            mlp_discriminator(data_dim=1, width=64, seed=2 * seed + 1),
        )
        game = Game(*networks, NonSaturating(), learning_rate=3e-4, discriminator_learning_rate=3e-3)
        before = wasserstein1(fresh, game.sample(SAMPLES, seed=seed))
        train(game, TARGET, steps=1000, seed=seed, progress=False)
        fake = game.sample(SAMPLES, seed=seed)
        hits = (game.score(fresh) > 0).float().mean() + (game.score(fake) <= 0).float().mean()
        outcomes.append((float(hits) / 2, before, wasserstein1(fresh, fake)))
    return np.array(outcomes).T


@pytest.mark.slow
def test_accuracy_ends_within_5_points_of_a_coin_flip(games):
    accuracy, _, _ = games
    low, high = stats.t.interval(0.95, df=len(SEEDS) - 1, loc=accuracy.mean(), scale=stats.sem(accuracy))
    print(f"accuracy over {len(SEEDS)} seeds {accuracy.mean():.4f}, 95 % interval {low:.4f} to {high:.4f}")
    assert 0.45 <= low <= high <= 0.55
    assert (np.abs(accuracy - 0.5) <= 0.05).sum() >= 14, np.sort(accuracy)


@pytest.mark.slow
def test_the_coin_flip_is_the_generators_doing_and_not_a_lazy_discriminators(games):
    """A discriminator that learnt nothing is at 50 % too; but then no generator comes near the data."""
    _, before, after = games
    with isolated_randomness(2):
        floor = np.quantile([wasserstein1(*TARGET.sample((2, SAMPLES))) for _ in range(200)], 0.95)
    assert before.min() > 20 * floor
    assert np.median(after) < np.median(before) / 4, np.sort(after)


@pytest.mark.slow
def test_the_same_discriminator_tells_untrained_generators_apart():
    """The control: against a generator that stands still these discriminators are right nearly always."""
    with isolated_randomness(1):
        fresh = TARGET.sample((SAMPLES, 1))
    for seed in (0, 1, 2):
        networks = (
            mlp_generator(data_dim=1, width=64, seed=2 * seed),
            mlp_discriminator(data_dim=1, width=64, seed=2 * seed + 1),
        )
        game = Game(*networks, NonSaturating(), learning_rate=1e-12, discriminator_learning_rate=3e-3)
        train(game, TARGET, steps=200, seed=seed, progress=False)
        hits = (game.score(fresh) > 0).float().mean() + (
            game.score(game.sample(SAMPLES, seed=seed)) <= 0
        ).float().mean()
        assert float(hits) / 2 > 0.95
