"""The claims of module 06: a divergence goes silent, a distance does not, and a critic can read it.

Measured with torch 2.13.0 (CPU), seeds 300 to 315, critics of 2 x 32 units; shares of the exact W1, mean and
95 % interval over the seeds. On parallel lines, gradient penalty of weight 10, 200 steps at 0.02, 128 samples
of each to train on and 500 fresh ones to read:

    distance   raw                      divided by the steepest slope   lowest of 16
    0.5        1.023 (1.021 to 1.025)   0.998 (0.995 to 1.000)          0.988
    1          1.050 (1.049 to 1.050)   0.998 (0.997 to 1.000)          0.993
    2          1.100 (1.100 to 1.101)   0.998 (0.997 to 1.000)          0.993
    4          1.199 (1.198 to 1.201)   0.998 (0.996 to 1.000)          0.986

So within 10 % holds for the divided reading; the raw one is off by d / (2 w), which is 10 % at d = 2 and 20 %
at d = 4.

How the setting was found, since that decides what the figures are worth: 100 steps were chosen on seeds 0
to 4 and did well on 0 to 7, but on fresh seeds 100 to 115 one critic of 16 still read a negative distance
at d = 0.5 (interval of the divided reading 0.73 to 1.08, so the claim failed) and one read 0.86 at d = 2.
Twice as many steps were then chosen on seeds 200 to 215; seeds 300 to 315 were looked at once, afterwards.

On an island inside a ring, raw and divided: clipping at 0.1 0.247 (0.234 to 0.260) and 0.599 to 0.656;
penalty 1.095 (1.092 to 1.097) and 0.981 to 0.989; spectral norm 0.494 (0.483 to 0.505) and 0.540 to 0.624.
After 100 steps the divided penalty was at 0.8997 to 0.956 there (seeds 0 to 7).
What is asserted is the order.
"""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.data import parallel_lines, ring
from ganlab.models import mlp_discriminator
from ganlab.objectives import GradientPenalty, SpectralNorm, Wasserstein, WeightClipping
from ganlab.seeding import isolated_randomness
from ganlab.theory import jensen_shannon, kantorovich_dual, lipschitz_estimate, wasserstein1
from ganlab.training import train_discriminator

SEEDS = range(300, 316)  # none of them had a part in choosing the settings
DISTANCES = (0.5, 1.0, 2.0, 4.0)
WEIGHT = 10.0


def interval(values):
    return stats.t.interval(0.95, df=len(values) - 1, loc=values.mean(), scale=stats.sem(values))


@pytest.mark.parametrize("theta", [1e-6, 1e-3, 0.1, 1.0, 30.0])
def test_lines_are_log_2_apart_and_their_distance_is_theta(theta):
    """Each line fills one cell across; the second lies theta away, whatever the size of a cell."""
    cells = np.zeros((2, 3))
    cells[0, 0] = cells[1, 2] = 2 / theta
    assert abs(jensen_shannon(*cells, dx=theta / 2) - math.log(2)) < 1e-3
    with isolated_randomness(0):
        here, there = (parallel_lines(where).sample((500,)).double() for where in (0.0, theta))
    there[:, 0], there[:, 1] = theta, here[:, 1]  # float32 positions would be off by 1e-6 at 30
    assert abs(wasserstein1(here, there) - theta) < 1e-6


def test_a_line_and_itself_are_not_apart():
    assert jensen_shannon([1.0, 0.0], [1.0, 0.0], dx=1.0) == 0
    assert wasserstein1([0.0, 0.0], [0.0, 0.0]) == 0


def read(real, fake, constraint, seed, *, steps, learning_rate, fresh=None):
    """The dual estimate over the exact distance, and the steepest slope met; on fresh samples if given."""
    critic = mlp_discriminator(width=32, seed=seed)
    objective = Wasserstein(constraint)
    train_discriminator(critic, objective, real, fake, steps, learning_rate=learning_rate, seed=seed)
    real, fake = fresh or (real, fake)
    between = fake + torch.rand(len(fake), 1, generator=torch.Generator().manual_seed(seed)) * (real - fake)
    steepest = lipschitz_estimate(critic, torch.cat([real, between, fake]))
    return kantorovich_dual(critic, real, fake).item(), steepest


@pytest.fixture(scope="module")
def readings():
    """Arrays (distances, seeds): the raw reading over W1 on fresh samples, and the steepest slope.

    The setting is that of course/06-wasserstein-gan.ipynb, cell `bargain-readings`.
    """
    found = np.empty((2, len(DISTANCES), len(SEEDS)))
    for row, distance in enumerate(DISTANCES):
        for column, seed in enumerate(SEEDS):
            with isolated_randomness(seed):
                real, fake, *fresh = (
                    parallel_lines(where).sample((n,)) for n in (128, 500) for where in (0.0, distance)
                )
            penalty = GradientPenalty(WEIGHT)
            dual, steepest = read(real, fake, penalty, seed, steps=200, learning_rate=0.02, fresh=fresh)
            across = wasserstein1(fresh[0][:, 0], fresh[1][:, 0])
            found[:, row, column] = dual / across, steepest
    return found


@pytest.mark.slow
def test_divided_by_its_steepest_slope_the_dual_estimate_is_within_10_percent(readings):
    raw, steepest = readings
    for distance, shares in zip(DISTANCES, raw / steepest, strict=True):
        low, high = interval(shares)
        print(
            f"d = {distance}: divided {shares.mean():.3f}, {low:.3f} to {high:.3f}; lowest {shares.min():.3f}"
        )
        assert 0.9 <= low <= high <= 1.1
        assert np.all(abs(shares - 1) <= 0.1), shares


@pytest.mark.slow
def test_undivided_it_is_too_high_by_the_bargain_and_not_by_chance(readings):
    raw, _ = readings
    for distance, shares in zip(DISTANCES, raw, strict=True):
        low, high = interval(shares)
        print(f"d = {distance}: raw {shares.mean():.3f}, {low:.3f} to {high:.3f}")
        expected = 1 + distance / (2 * WEIGHT)
        assert expected - 0.02 <= low <= high <= expected + 0.02
        assert low > 1


@pytest.mark.slow
def test_on_a_ring_spectral_norm_reads_about_half_and_the_penalty_comes_closest():
    shares = {}
    ways = {
        "clipping": (WeightClipping(0.1), 300, 0.01),
        "penalty": (GradientPenalty(WEIGHT), 200, 0.02),
        "norm": (SpectralNorm(), 200, 0.02),
    }
    for name, (constraint, steps, rate) in ways.items():
        found = []
        for seed in SEEDS:
            with isolated_randomness(seed):
                real, fake = ring(8, radius=2.0, std=0.1).sample((128,)), 0.1 * torch.randn(128, 2)
            dual, steepest = read(real, fake, constraint, seed, steps=steps, learning_rate=rate)
            found.append((dual / wasserstein1(real, fake), steepest))
        raw, steepest = np.array(found).T
        shares[name] = raw, raw / steepest
        print(f"{name}: raw {raw.mean():.3f} {interval(raw)}, divided {interval(raw / steepest)}")
    assert 0.4 < interval(shares["norm"][0])[0] < interval(shares["norm"][0])[1] < 0.6
    assert interval(shares["clipping"][0])[1] < 0.4
    missing = {name: abs(divided - 1) for name, (_, divided) in shares.items()}
    for other in ("clipping", "norm"):  # seed by seed
        assert interval(missing[other] - missing["penalty"])[0] > 0
