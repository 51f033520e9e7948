"""The theory of the game against arithmetic by hand, scipy, and numerical integration."""

import copy
import math
import warnings

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, spatial, stats
from torch import nn

from ganlab.data import parallel_lines
from ganlab.theory import (
    jensen_shannon,
    kantorovich_dual,
    lipschitz_estimate,
    optimal_discriminator,
    value_function,
    wasserstein1,
)

LOG2, LOG4 = math.log(2), math.log(4)
SMALLEST = 5e-324  # the smallest positive float64


# The value function


@pytest.mark.parametrize(
    ("d_real", "d_fake", "value"),
    [
        ([0.5], [0.5], -LOG4),
        ([0.9, 0.9], [0.1], 2 * math.log(0.9)),
        ([1.0], [0.0], 0.0),
        # Each expectation is over its own samples: (log 1/2 + log 1/4) / 2 + log(1 - 1/4).
        ([0.5, 0.25], [0.25], (math.log(0.5) + math.log(0.25)) / 2 + math.log(0.75)),
        ([0.25], [0.75, 0.5, 0.5], math.log(0.25) + (math.log(0.25) + 2 * math.log(0.5)) / 3),
        # The shape is no part of the mean.
        ([[0.5, 0.25]], [[0.25], [0.25]], (math.log(0.5) + math.log(0.25)) / 2 + math.log(0.75)),
    ],
)
def test_value_by_hand(d_real, d_fake, value):
    assert value_function(d_real, d_fake) == pytest.approx(value, abs=1e-12)
    assert value_function(torch.tensor(d_real), torch.tensor(d_fake)).item() == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("d_real", "d_fake"), [([0.0, 0.5], [0.5]), ([0.5], [1.0]), ([0.0], [1.0])])
@pytest.mark.parametrize("kind", [np.array, torch.tensor])
def test_certain_and_wrong_costs_everything_and_says_nothing(kind, d_real, d_fake):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert float(value_function(kind(d_real), kind(d_fake))) == -math.inf


def test_value_has_the_gradient_of_the_logarithms():
    d_real = torch.tensor([0.2, 0.5], dtype=torch.float64, requires_grad=True)
    d_fake = torch.tensor([0.2, 0.6], dtype=torch.float64, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # checking the input must not complain of its gradient
        value = value_function(d_real, d_fake)
    value.backward()
    torch.testing.assert_close(d_real.grad, torch.tensor([1 / 0.4, 1 / 1.0], dtype=torch.float64))
    torch.testing.assert_close(d_fake.grad, torch.tensor([-1 / 1.6, -1 / 0.8], dtype=torch.float64))


@pytest.mark.parametrize(
    ("d_real", "d_fake", "message"),
    [
        ([1.1], [0.5], r"d_real must hold probabilities between 0 and 1; got values from 1\.1 .*sigmoid"),
        (
            [0.5],
            [-0.1, 0.5],
            r"d_fake must hold probabilities between 0 and 1; got values from -0\.1 to 0\.5",
        ),
        ([], [0.5], "d_real is empty; expected at least one probability"),
        ([0.5], torch.zeros(0), "d_fake is empty"),
        ([math.nan], [0.5], r"d_real must be finite; 1 of its values .* index \(0,\)"),
        ([0.5], [0.5, math.inf], r"d_fake must be finite.* index \(1,\)"),
        ("high", [0.5], "d_real must hold numbers"),
        (["0.5"], [0.5], "d_real must hold numbers.*text"),
        (np.array(["0.5"]), [0.5], "d_real must hold numbers.*text"),
        ([0.5], [[0.5], [0.5, 0.5]], "d_fake must hold numbers in a regular shape"),
        ([0.5], None, "d_fake must be finite"),
        (torch.tensor([0.5 + 0j]), [0.5], "d_real must hold real numbers; got torch.complex64"),
    ],
)
def test_value_refuses_what_is_no_probability(d_real, d_fake, message):
    with pytest.raises(ValueError, match=message):
        value_function(d_real, d_fake)


# The optimal discriminator


def test_optimal_discriminator_by_hand():
    best = optimal_discriminator([0.3, 0.0, 0.2, 0.0], [0.1, 0.2, 0.0, 0.0])
    np.testing.assert_allclose(best, [0.75, 0.0, 1.0, 0.5], rtol=1e-15)


@pytest.mark.parametrize("scale", [SMALLEST, 1e-310, 1e-200, 1.0, 1e200, 8e307])
def test_optimal_discriminator_depends_only_on_the_ratio_of_the_densities(scale):
    p, q = np.array([1.0, 2.0, 0.0, 1.0]) * scale, np.array([1.0, 1.0, 1.0, 0.0]) * scale
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        best = optimal_discriminator(p, q)
    np.testing.assert_allclose(best, [1 / 2, 2 / 3, 0.0, 1.0], rtol=1e-12)


def test_optimal_discriminator_earns_more_than_any_other_at_a_point():
    p, q = 0.3, 0.1
    d = np.linspace(0.001, 0.999, 9981)
    earned = p * np.log(d) + q * np.log(1 - d)
    assert optimal_discriminator([p], [q])[0] == pytest.approx(d[earned.argmax()], abs=1e-4)


@pytest.mark.parametrize("first", ["numpy", "torch"])
@pytest.mark.parametrize("second", ["numpy", "torch"])
def test_torch_comes_back_only_if_both_are_torch(first, second):
    make = {"numpy": np.array, "torch": torch.tensor}
    p, q = make[first]([0.3, 0.7]), make[second]([0.1, 0.9])
    best, divergence = optimal_discriminator(p, q), jensen_shannon(p, q, 1.0)
    if first == second == "torch":
        assert isinstance(best, torch.Tensor)
        assert isinstance(divergence, torch.Tensor)
    else:
        assert isinstance(best, np.ndarray)
        assert isinstance(divergence, float)
    np.testing.assert_allclose(np.asarray(best), [0.75, 0.4375], rtol=1e-6)


def test_gradients_flow_through_every_torch_density():
    p = torch.tensor([0.3, 0.5, 0.2], dtype=torch.float64)
    q = torch.tensor([0.1, 0.6, 0.3], dtype=torch.float64, requires_grad=True)
    optimal_discriminator(p, q).sum().backward()
    torch.testing.assert_close(q.grad, -p / (p + q.detach()) ** 2)

    # d JSD / dq = log(2 q / (p + q)) / 2, the share of "fake" on a log scale.
    q.grad = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jensen_shannon(p, q, 1.0).backward()
    torch.testing.assert_close(q.grad, torch.log(2 * q.detach() / (p + q.detach())) / 2)


def test_gradients_stay_finite_where_a_density_is_zero():
    p = torch.tensor([0.5, 0.5, 0.0, 0.0], dtype=torch.float64)
    q = torch.tensor([0.0, 0.5, 0.5, 0.0], dtype=torch.float64, requires_grad=True)
    (optimal_discriminator(p, q).sum() + jensen_shannon(p, q, 1.0)).backward()
    assert torch.isfinite(q.grad).all()


# Divergences


def test_jensen_shannon_by_hand():
    assert jensen_shannon([1.0, 0.0], [0.0, 1.0], 1.0) == pytest.approx(LOG2)
    # One of two islands missing: KL(p||m) = log(2/3)/2 + log(2)/2, KL(q||m) = log(4/3); half of each.
    p, q = [0.5, 0.5], [1.0, 0.0]
    expected = 0.5 * (0.5 * math.log(2 / 3) + 0.5 * LOG2) + 0.5 * math.log(4 / 3)
    assert jensen_shannon(p, q, 1.0) == pytest.approx(expected)
    assert jensen_shannon(q, p, 1.0) == pytest.approx(expected)
    assert jensen_shannon(p, p, 1.0) == pytest.approx(0, abs=1e-15)


def test_a_cell_of_any_size_counts_once():
    coarse = jensen_shannon([0.5, 0.5], [0.9, 0.1], dx=1.0)
    fine = jensen_shannon(np.repeat([0.5, 0.5], 10), np.repeat([0.9, 0.1], 10), dx=0.1)
    assert fine == pytest.approx(coarse)
    plane = jensen_shannon(np.full((2, 2), 0.25) * 4, np.array([[0.45, 0.45], [0.05, 0.05]]) * 4, dx=0.25)
    assert plane == pytest.approx(coarse)


@pytest.mark.parametrize("seed", range(5))
def test_divergences_agree_with_scipy(seed):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(20, 0.3), size=2)
    root = spatial.distance.jensenshannon(p, q)  # scipy's is the square root, for the same natural logarithm
    assert jensen_shannon(p, q, 1.0) == pytest.approx(root**2, rel=1e-10)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([1.0, SMALLEST], [1.0, 0.0]),  # half of the smallest float is 0
        ([1.0, SMALLEST], [0.0, 1.0]),
        ([1.0, 1e-310], [1.0 - 1e-10, 1e-10]),
        ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
    ],
)
@pytest.mark.parametrize("kind", [np.array, lambda values: torch.tensor(values, dtype=torch.float64)])
def test_jensen_shannon_is_finite_and_in_its_range_for_every_pair(kind, p, q):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        divergence = float(jensen_shannon(kind(p), kind(q), 1.0))
    assert -1e-12 <= divergence <= LOG2 + 1e-12


def test_jensen_shannon_of_gaussians_far_apart_is_log_2_to_the_last_digit():
    x = np.linspace(-60, 60, 24001)
    divergence = jensen_shannon(stats.norm(-40, 1).pdf(x), stats.norm(40, 1).pdf(x), x[1] - x[0])
    assert divergence == pytest.approx(LOG2, abs=1e-12)


HALF = [0.5, 0.5]


@pytest.mark.parametrize("function", [optimal_discriminator, jensen_shannon])
@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        (HALF, [0.2, 0.3, 0.5], r"p and q must have the same shape; got \(2,\) and \(3,\)"),
        ([HALF], HALF, r"p and q must have the same shape; got \(1, 2\) and \(2,\)"),
        (HALF, [1.5, -0.5], r"q must be a density, zero or more everywhere; its smallest value is -0\.5"),
        ([-1e-9, 1.0], HALF, "p must be a density"),
        ([], [], "p is empty; expected a density at one point or more"),
        ([math.nan, 1.0], HALF, "p must be finite"),
        (HALF, [math.inf, 0.5], "q must be finite"),
        ("half", HALF, "p must hold numbers"),
        (HALF, [0.5j, 0.5], "q must hold numbers"),
        (HALF, ["0.5", "0.5"], "q must hold numbers.*text"),
    ],
)
def test_what_is_no_pair_of_densities_is_refused(function, p, q, message):
    arguments = (p, q) if function is optimal_discriminator else (p, q, 1.0)
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_densities_that_miss_mass_are_refused_and_the_mass_is_named():
    with pytest.raises(
        ValueError, match=r"q must integrate to 1 on the grid; sum\(q\) \* dx is 0\.7\b.*Widen"
    ):
        jensen_shannon(HALF, [0.2, 0.5], 1.0)
    with pytest.raises(ValueError, match=r"p must integrate to 1 on the grid; sum\(p\) \* dx is 0\.1\b"):
        jensen_shannon(HALF, HALF, 0.1)
    jensen_shannon(HALF, [0.5, 0.509], 1.0)  # the tolerance is 1 %
    with pytest.raises(ValueError, match="integrate to 1"):
        jensen_shannon(HALF, [0.5, 0.511], 1.0)


@pytest.mark.parametrize("dx", [0, -1.0, math.nan, math.inf, "1", None, [1.0, 2.0]])
def test_a_cell_without_a_size_is_refused(dx):
    with pytest.raises(ValueError, match=r"dx must be a (finite )?number above 0"):
        jensen_shannon(HALF, HALF, dx)


# What the game is worth against its best discriminator


def mixture(*parts):
    """A density from (weight, mean, std) triples. Written out: scipy's takes 50 microseconds a point."""

    def density(x):
        return sum(
            weight * np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))
            for weight, mean, std in parts
        )

    return density


def gaussian(mean, std):
    return mixture((1, mean, std))


PAIRS = [
    (gaussian(0, 1), gaussian(0, 1)),
    (gaussian(0, 1), gaussian(1, 1)),
    (gaussian(0, 1), gaussian(6, 0.5)),
    (gaussian(-1, 2), gaussian(1, 0.3)),
    (mixture((0.5, -2, 0.5), (0.5, 2, 0.5)), gaussian(2, 0.5)),
    (mixture((0.2, -3, 0.4), (0.8, 1, 1)), mixture((0.6, -2, 1), (0.4, 3, 0.7))),
]


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=range(len(PAIRS)))
def test_value_against_the_best_discriminator_is_2_jsd_minus_log_4(p, q):
    """The left side by adaptive quadrature of V with our D*, the right side by our JSD on a grid."""

    def earned(x):
        d = float(optimal_discriminator([p(x)], [q(x)])[0])
        return (p(x) * math.log(d) if p(x) > 0 else 0) + (q(x) * math.log(1 - d) if 0 < d < 1 else 0)

    # 1 - D* underflows where q/p < 1e-16; there q log(1 - D*) is below 1e-14 and is left out.
    value, error = integrate.quad(earned, -14, 14, points=np.arange(-13, 14, 1), limit=2000, epsabs=1e-9)
    assert error < 1e-7
    x = np.linspace(-14, 14, 14001)
    assert value == pytest.approx(2 * jensen_shannon(p(x), q(x), x[1] - x[0]) - LOG4, abs=1e-6)


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=range(len(PAIRS)))
def test_jensen_shannon_on_a_grid_is_its_integral(p, q):
    def integrand(x):
        m = (p(x) + q(x)) / 2
        return sum(d * math.log(d / m) / 2 for d in (p(x), q(x)) if d > 1e-300)

    exact, _ = integrate.quad(integrand, -14, 14, points=np.arange(-13, 14, 1), limit=2000, epsabs=1e-9)
    x = np.linspace(-14, 14, 14001)
    assert jensen_shannon(p(x), q(x), x[1] - x[0]) == pytest.approx(exact, abs=1e-6)


def test_value_over_samples_approaches_the_integral():
    """Three standard errors of the mean, so a false alarm in 1 of 370 seeds; the seed is fixed."""
    rng = np.random.default_rng(0)
    p, q, n = stats.norm(0, 1), stats.norm(1, 1), 20_000
    real, fake = p.rvs(n, random_state=rng), q.rvs(n, random_state=rng)
    d_real, d_fake = (optimal_discriminator(p.pdf(x), q.pdf(x)) for x in (real, fake))
    error = math.sqrt((np.log(d_real).var() + np.log(1 - d_fake).var()) / n)
    x = np.linspace(-12, 13, 5001)
    expected = 2 * jensen_shannon(p.pdf(x), q.pdf(x), x[1] - x[0]) - LOG4
    assert abs(value_function(d_real, d_fake) - expected) < 3 * error
    assert error < 0.01


# Wasserstein-1


@pytest.mark.parametrize(
    ("x", "y", "distance"),
    [
        ([0.0, 1.0, 3.0], [5.0, 6.0, 8.0], 5.0),
        ([0.0], [2.0, 4.0], 3.0),  # half of the mass goes 2, half goes 4
        # A half stays at 0, a sixth goes from 1 to 0, and a third from 1 to 3.
        ([0.0, 1.0], [0.0, 0.0, 3.0], 1 / 6 * 1 + 1 / 3 * 2),
        ([3.0, 1.0, 2.0], [2.0, 3.0, 1.0], 0.0),  # order means nothing
        ([[0.0, 0.0], [1.0, 0.0]], [[0.0, 3.0], [1.0, 4.0]], 3.5),
        ([[0.0, 0.0]], [[3.0, 4.0]], 5.0),  # Euclidean, not city block (7), not squared (25)
        ([[0.0, 0.0], [10.0, 0.0]], [[10.0, 1.0], [0.0, 1.0], [0.0, 1.0], [10.0, 1.0]], 1.0),
    ],
)
def test_wasserstein_by_hand(x, y, distance):
    assert wasserstein1(x, y) == pytest.approx(distance, abs=1e-12)
    assert wasserstein1(torch.tensor(y), torch.tensor(x)) == pytest.approx(distance, abs=1e-6)


@pytest.mark.parametrize("n_features", [1, 3])
def test_a_shift_costs_its_length(n_features):
    x = np.random.default_rng(0).normal(size=(40, n_features))
    shift = np.arange(1, n_features + 1) * -0.7
    assert wasserstein1(x, x + shift) == pytest.approx(np.linalg.norm(shift))


@pytest.mark.parametrize(("n", "m"), [(1, 7), (30, 30), (50, 20)])
def test_wasserstein_on_a_line_is_the_area_between_the_quantile_functions(n, m):
    rng = np.random.default_rng(n)
    x, y = np.sort(rng.normal(size=n)), np.sort(rng.exponential(size=m))
    u = (np.arange(n * m) + 0.5) / (n * m)  # both quantile functions are constant on each of these steps
    area = np.abs(x[(u * n).astype(int)] - y[(u * m).astype(int)]).mean()
    assert wasserstein1(rng.permutation(x), rng.permutation(y)) == pytest.approx(area, rel=1e-10)


@pytest.mark.parametrize("n_features", [2, 5])
def test_wasserstein_in_space_is_the_best_assignment(n_features):
    rng = np.random.default_rng(n_features)
    x, y = rng.normal(size=(35, n_features)), rng.exponential(size=(35, n_features))
    costs = spatial.distance.cdist(x, y)
    assigned = optimize.linear_sum_assignment(costs)
    assert wasserstein1(x, y) == pytest.approx(costs[assigned].mean(), rel=1e-9)


def test_a_column_is_a_line_and_a_gradient_is_left_behind():
    x, y = torch.tensor([[0.0], [1.0]], requires_grad=True), [0.5, 2.5]
    distance = wasserstein1(x, y)
    assert distance == pytest.approx(1.0)
    assert type(distance) is float


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], [1.0], "x is empty .*expected at least one sample"),
        ([1.0], np.zeros((0, 1)), "y is empty"),
        (3.0, [1.0], "x is .*a single number"),
        (np.zeros((3, 0)), np.zeros((3, 0)), r"x must have shape .*one feature or more; got \(3, 0\)"),
        (np.zeros((3, 2)), np.zeros((3, 4)), "x and y must have the same number of features; got 2 and 4"),
        (np.zeros(3), np.zeros((3, 2)), "got 1 and 2"),
        (np.zeros((3, 2, 2)), np.zeros((3, 2, 2)), r"x must have shape \(n,\) or \(n, n_features\)"),
        ([1.0, math.nan], [1.0], r"x must be finite.*index \(1,\)"),
        ([1.0], [-math.inf], "y must be finite"),
        (["a"], [1.0], "x must hold numbers"),
    ],
)
def test_wasserstein_refuses_what_it_cannot_move(x, y, message):
    with pytest.raises(ValueError, match=message):
        wasserstein1(x, y)


@pytest.mark.parametrize("n_features", [1, 3])
def test_wasserstein_is_the_best_plan_of_a_linear_program(n_features):
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(6, n_features)), rng.normal(size=(5, n_features))
    a, b = np.full(6, 1 / 6), np.full(5, 1 / 5)
    rows, columns = np.kron(np.eye(6), np.ones(5)), np.kron(np.ones(6), np.eye(5))
    plan = optimize.linprog(
        spatial.distance.cdist(x, y).ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([a, b])
    )
    assert wasserstein1(x, y) == pytest.approx(plan.fun, rel=1e-8)


@pytest.mark.parametrize("theta", [0.01, 0.5, 30.0])
def test_parallel_lines_are_log_2_apart_at_every_distance(theta):
    x, y = (side.sample((300,)) for side in (parallel_lines(0.0), parallel_lines(theta)))
    cells = [np.histogram2d(*side.T.numpy(), bins=[[-0.005, 0.005, 31], [0, 1]])[0] / 300 for side in (x, y)]
    assert jensen_shannon(*cells, 1.0) == pytest.approx(LOG2)
    y[:, 1] = x[:, 1]  # the same heights, so that only the lines are apart
    assert wasserstein1(x, y) == pytest.approx(theta, rel=1e-5)


# The dual, and how steep a critic is


def test_the_dual_by_hand():
    x, y = torch.tensor([[3.0, 0.0], [5.0, 0.0]]), torch.tensor([[1.0, 9.0]])
    for critic in (lambda points: points[:, 0], lambda points: points[:, :1]):
        difference = kantorovich_dual(critic, x, y)
        assert isinstance(difference, torch.Tensor)
        assert difference.item() == 3.0
        assert kantorovich_dual(critic, y, x).item() == -3.0
        assert kantorovich_dual(critic, x.numpy(), y.tolist()) == 3.0
        assert type(kantorovich_dual(critic, x.numpy(), y)) is float


@pytest.mark.parametrize("theta", [0.25, -2.0])
def test_the_best_critic_of_parallel_lines_reaches_their_distance(theta):
    x, y = (parallel_lines(where).sample((50,)) for where in (0.0, theta))
    best = nn.Linear(2, 1)
    with torch.no_grad():
        best.weight.copy_(torch.tensor([[-math.copysign(1.0, theta), 0.0]]))
    assert kantorovich_dual(best, x, y).item() == pytest.approx(abs(theta), rel=1e-5)
    assert lipschitz_estimate(best, x) == pytest.approx(1)


def test_no_critic_exceeds_the_distance_times_its_steepness():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)), rng.normal(0.3, 1.2, size=(50, 3))
    distance = wasserstein1(x, y)
    for _ in range(20):
        slope = rng.normal(size=3)
        gain = kantorovich_dual(lambda points, slope=slope: points @ torch.tensor(slope).float(), x, y)
        assert gain <= distance * np.linalg.norm(slope) + 1e-6


def test_gradients_of_the_dual_reach_the_critic_and_the_samples():
    critic = nn.Linear(1, 1, dtype=torch.float64)
    x, y = torch.tensor([[1.0], [3.0]], dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)
    y.requires_grad_()
    kantorovich_dual(critic, x, y).backward()
    assert critic.weight.grad.item() == pytest.approx(1)  # mean x - mean y
    assert y.grad.item() == pytest.approx(-critic.weight.item())


@pytest.mark.parametrize("batch_size", [1, 3, 100])
@pytest.mark.parametrize("shape", [(1,), (7,), (1, 4, 4)])
def test_a_linear_critic_is_as_steep_as_its_weights_are_long(shape, batch_size):
    critic = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), 1))
    x = np.random.default_rng(0).normal(size=(10, *shape))
    expected = critic[1].weight.norm().item()
    assert lipschitz_estimate(critic, x, batch_size=batch_size) == pytest.approx(expected, rel=1e-6)
    flat = nn.Sequential(critic, nn.Flatten(0))
    assert lipschitz_estimate(flat, x, batch_size=batch_size) == pytest.approx(expected, rel=1e-6)


def test_the_steepest_point_decides_and_more_points_only_raise_it():
    def critic(points):
        return points.square().sum(1) / 2  # its gradient at a point is the point

    points = torch.tensor([[1.0, 0.0], [-3.0, 4.0], [2.0, 2.0]])
    assert lipschitz_estimate(critic, points) == pytest.approx(5)
    assert lipschitz_estimate(critic, points[:1]) == pytest.approx(1)


def test_asking_how_steep_leaves_no_trace():
    critic = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 1))
    before, random_state = copy.deepcopy(critic.state_dict()), torch.random.get_rng_state()
    points = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    first = lipschitz_estimate(critic, points)
    assert first == lipschitz_estimate(critic, points)  # nothing is dropped
    # One sample's slope depends on nobody else: running statistics are used.
    assert first == pytest.approx(max(lipschitz_estimate(critic, points[i : i + 1]) for i in range(20)))
    for name, value in critic.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(weights.grad is None for weights in critic.parameters())
    assert critic.training
    assert torch.equal(random_state, torch.random.get_rng_state())
    assert not points.requires_grad


@pytest.mark.parametrize(
    ("critic", "x", "message"),
    [
        (
            lambda x: x,
            [[1.0, 2.0]],
            r"one score per sample of x, shape \(1,\) or \(1, 1\); it gave .*\(1, 2\)",
        ),
        (lambda x: x.sum(), [[1.0], [2.0]], r"one score per sample of x.*shape \(\)"),
        (lambda x: 1.0, [[1.0]], "it gave float"),
        (lambda x: x[:, 0] / 0, [[1.0]], "the critic's score of x must be finite"),
        (lambda x: x[:, 0], [], "x is empty"),
        (lambda x: x[:, 0], [[math.nan]], "x must be finite"),
    ],
)
def test_a_critic_that_does_not_score_is_refused(critic, x, message):
    with pytest.raises(ValueError, match=message):
        lipschitz_estimate(critic, x)
    with pytest.raises(ValueError, match=message):
        kantorovich_dual(critic, x, [[1.0]])


@pytest.mark.parametrize(
    "critic",
    [lambda x: x.detach()[:, 0], lambda x: torch.ones(len(x)), lambda x: nn.Parameter(torch.ones(len(x)))],
)
def test_a_critic_cut_off_from_its_samples_is_not_called_flat(critic):
    with pytest.raises(ValueError, match="do not depend on x as far as torch can see"):
        lipschitz_estimate(critic, [[1.0]])


def test_an_infinite_slope_is_refused():
    with pytest.raises(ValueError, match="the critic's gradient must be finite"):
        lipschitz_estimate(lambda x: x[:, 0].sqrt(), [[0.0]])
