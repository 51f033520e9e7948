"""MMD and energy distance: by hand, against naive sums, other packages and closed forms."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel

from ganlab.diagnostics import GaussianKernel, energy_distance, mmd
from ganlab.diagnostics.two_sample import distances
from ganlab.diagnostics.two_sample.comparison import memberships
from ganlab.diagnostics.two_sample.distances import kernel_sums, negative_distance

FEW = 79  # shuffles, where they do not matter
CUBIC = partial(polynomial_kernel, degree=3)  # of the Kernel Inception Distance


@pytest.fixture
def samples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 3)), rng.normal(0.7, 1.5, size=(17, 3))


def naive_mmd(x, y, kernel):
    """Pair by pair, as the definition has it."""
    k = lambda a, b: float(np.asarray(kernel(a[None], b[None]))[0, 0])  # noqa: E731
    within_x = np.mean([k(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j])
    within_y = np.mean([k(a, b) for i, a in enumerate(y) for j, b in enumerate(y) if i != j])
    return within_x + within_y - 2 * np.mean([k(a, b) for a in x for b in y])


def expected_gaussian_kernel(gap, covariance, bandwidth):
    """E k(x, y) where x - y is N(gap, covariance): a Gaussian integral."""
    widened = np.eye(len(gap)) + covariance / bandwidth**2
    exponent = gap @ np.linalg.solve(widened, gap) / bandwidth**2
    return np.exp(-exponent / 2) / math.sqrt(np.linalg.det(widened))


def expected_absolute(mean, sd):
    """E |z| for z from N(mean, sd^2)."""
    return sd * math.sqrt(2 / math.pi) * math.exp(-((mean / sd) ** 2) / 2) + mean * math.erf(
        mean / sd / math.sqrt(2)
    )


# The value


def test_energy_distance_by_hand():
    # Between: mean of 2, 3, 4, 5 twice each, less 0 and 1 ... written out: x in {0, 1}, y in {3, 5}.
    x, y = [0.0, 1.0, 0.0, 1.0], [3.0, 5.0, 3.0, 5.0]
    between = (3 + 5 + 2 + 4) / 4
    within_x, within_y = 8 / 12, 16 / 12  # 8 of the 12 ordered pairs differ, by 1 and by 2
    by_hand = 2 * between - within_x - within_y
    assert energy_distance(x, y, n_permutations=FEW).value == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("kernel", [GaussianKernel(1.3), CUBIC, negative_distance])
def test_the_value_and_every_shuffle_agree_with_sums_over_pairs(samples, kernel):
    x, y = samples
    members = memberships(len(x), len(y), FEW, 0)[:6]
    found = kernel_sums(x, y, kernel, members).values
    pooled = np.vstack(samples)
    expected = [naive_mmd(pooled[of_x], pooled[~of_x], kernel) for of_x in members]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_the_size_of_the_blocks_does_not_matter(samples, monkeypatch):
    whole = energy_distance(*samples)
    monkeypatch.setattr(distances, "BLOCK", 100)  # three rows at a time
    in_parts = energy_distance(*samples)
    assert in_parts.value == pytest.approx(whole.value, rel=1e-12)
    assert in_parts.interval == pytest.approx(whole.interval, rel=1e-9)
    assert in_parts.p_value == whole.p_value


@pytest.mark.slow  # importing dcor compiles it, which takes a minute
def test_energy_distance_agrees_with_dcor_in_its_own_convention(samples):
    dcor = pytest.importorskip("dcor")
    x, y = samples
    ours = energy_distance(x, y, n_permutations=FEW).value
    unbiased = dcor.energy_distance(x, y, estimation_stat=dcor.EstimationStatistic.U_STATISTIC)
    assert ours == pytest.approx(float(unbiased), rel=1e-10)


def test_energy_distance_is_the_square_of_scipys_but_for_pairs_with_themselves(samples):
    x, y = (values[:, 0] for values in samples)
    within_x, within_y = (cdist(v[:, None], v[:, None]).mean() for v in (x, y))
    ours = energy_distance(x, y, n_permutations=FEW).value
    v_statistic = ours + within_x / (len(x) - 1) + within_y / (len(y) - 1)
    assert v_statistic == pytest.approx(stats.energy_distance(x, y) ** 2, rel=1e-10)


def test_mmd_agrees_with_torchmetrics(samples):
    kid = pytest.importorskip("torchmetrics.image.kid")
    x, y = samples[0], samples[1][:12]
    theirs = kid.poly_mmd(torch.tensor(x), torch.tensor(y), degree=3, gamma=None, coef=1.0)
    ours = mmd(x, y, kernel=CUBIC, n_permutations=FEW).value
    assert ours == pytest.approx(float(theirs), rel=1e-9)


def test_mmd_of_gaussians_has_its_closed_form_as_expectation():
    # 300 draws; five standard errors: a false alarm in 10^6.
    rng, bandwidth, gap = np.random.default_rng(3), 1.5, np.array([0.8, 0.0])
    values = [
        mmd(
            rng.normal(size=(20, 2)),
            gap + 1.4 * rng.normal(size=(30, 2)),
            kernel=GaussianKernel(bandwidth),
            n_permutations=FEW,
        ).value
        for _ in range(300)
    ]
    no_gap, unit = np.zeros(2), np.eye(2)
    truth = (
        expected_gaussian_kernel(no_gap, 2 * unit, bandwidth)
        + expected_gaussian_kernel(no_gap, 2 * 1.96 * unit, bandwidth)
        - 2 * expected_gaussian_kernel(gap, 2.96 * unit, bandwidth)
    )
    assert abs(np.mean(values) - truth) < 5 * stats.sem(values)
    same_x, same_y = (
        expected_gaussian_kernel(no_gap, 2 * variance * unit, bandwidth) for variance in (1, 1.96)
    )
    # So the line above fails for the V-statistic, which counts each sample with itself.
    assert 5 * stats.sem(values) < (1 - same_x) / 20 + (1 - same_y) / 30


def test_energy_distance_of_normals_has_its_closed_form_as_expectation():
    rng = np.random.default_rng(4)
    values = [
        energy_distance(rng.normal(size=20), rng.normal(1, 2, size=30), n_permutations=FEW).value
        for _ in range(300)
    ]
    truth = 2 * expected_absolute(1, math.sqrt(5)) - 2 / math.sqrt(math.pi) * (1 + 2)
    assert abs(np.mean(values) - truth) < 5 * stats.sem(values)
    # So the line above fails for the V-statistic.
    assert 5 * stats.sem(values) < 2 / math.sqrt(math.pi) * (1 / 20 + 2 / 30)


# The variance


def test_the_variance_parts_are_those_of_an_analysis_of_variance(samples):
    x, y = samples
    n, m = len(x), len(y)
    k = GaussianKernel(1.3)
    sums = kernel_sums(x, y, k, memberships(n, m, FEW, 0))

    def residual_within(values):
        pairs = [(i, j) for i in range(len(values)) for j in range(i)]
        design = np.array([[1.0] + [float(r in pair) for r in range(len(values))] for pair in pairs])
        target = np.array([k(values, values)[i, j] for i, j in pairs])
        left = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
        return np.square(left).sum() / (len(pairs) - len(values))

    cross = k(x, y)
    left = cross - cross.mean(1, keepdims=True) - cross.mean(0) + cross.mean()
    between = np.square(left).sum() / ((n - 1) * (m - 1))
    expected = 2 * residual_within(x) / n**2 + 2 * residual_within(y) / m**2 + 4 * between / (n * m)
    assert sums.quadratic == pytest.approx(expected, rel=1e-9)


def test_the_linear_part_is_the_jackknife_of_the_value():
    # For a U-statistic of two samples the two differ by factors like (n - 1)^2 / (n - 2)^2 on its terms.
    rng = np.random.default_rng(5)
    x, y, k = rng.normal(size=(80, 2)), rng.normal(1, 1, size=(60, 2)), GaussianKernel(1.0)
    value = lambda a, b: mmd(a, b, kernel=k, n_permutations=FEW).value  # noqa: E731
    without_x = [value(np.delete(x, i, axis=0), y) for i in range(80)]
    without_y = [value(x, np.delete(y, i, axis=0)) for i in range(60)]
    jackknife = 79**2 / 80 * np.var(without_x, ddof=1) + 59**2 / 60 * np.var(without_y, ddof=1)
    sums = kernel_sums(x, y, k, memberships(80, 60, FEW, 0))
    assert sums.linear == pytest.approx(jackknife, rel=0.05)


def test_the_plug_in_is_the_mean_over_all_pairs(samples):
    x, y = samples
    k = GaussianKernel(1.3)
    expected = k(x, x).mean() + k(y, y).mean() - 2 * k(x, y).mean()
    sums = kernel_sums(x, y, k, memberships(len(x), len(y), FEW, 0))
    assert sums.plug_in == pytest.approx(expected, rel=1e-9)


# The test


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_p_values_are_uniform_when_the_distributions_are_equal(compare):
    # Kolmogorov-Smirnov at 0.1 %: that is the false-alarm rate of this test. The p-values lie on a grid of
    # step 1/100, which moves their distribution function by at most that; so the grid is blurred.
    rng = np.random.default_rng(11)
    p_values = [
        compare(*rng.exponential(size=(2, 15, 3)), n_permutations=99, seed=i).p_value for i in range(300)
    ]
    blurred = np.array(p_values) - rng.uniform(0, 0.01, size=300)
    assert stats.kstest(blurred, "uniform").pvalue > 0.001
    assert min(p_values) > 0


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_a_shift_is_found(compare):
    # Half a standard deviation in each of 5 features, 40 against 40: missed in fewer than 1 of 1,000.
    rng = np.random.default_rng(12)
    found = [
        compare(rng.normal(size=(40, 5)), rng.normal(0.6, 1, size=(40, 5)), n_permutations=199)
        for _ in range(20)
    ]
    assert np.mean([result.p_value < 0.05 for result in found]) > 0.9
    assert not any(result.as_perfect for result in found if result.p_value < 0.05)


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_equal_moments_do_not_hide_a_difference_of_shape(compare):
    rng = np.random.default_rng(13)
    coin = rng.choice([-1.0, 1.0], size=300)
    assert compare(rng.normal(size=300), coin).p_value < 0.01


def test_a_polynomial_kernel_does_not_see_beyond_its_degree():
    # Two distributions with mean 0 and variance 1: for degree 2 they are one, so p is uniform.
    rng = np.random.default_rng(14)
    coin = rng.choice([-1.0, 1.0], size=300)
    assert mmd(rng.normal(size=300), coin, kernel=partial(polynomial_kernel, degree=2)).p_value > 0.01


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_copies_are_closer_than_a_perfect_generator_and_called_for_it(compare):
    real = np.random.default_rng(15).normal(size=(60, 4))
    copied = compare(real, real.copy())
    assert copied.value < copied.perfect_range[0]
    assert not copied.as_perfect
    assert copied.p_value > 0.9  # the test of equality, which asks for "too far" only, sees nothing


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_the_order_of_the_two_changes_nothing_but_who_is_counted(compare, samples):
    there, back = compare(*samples), compare(*samples[::-1])
    assert there.value == pytest.approx(back.value, rel=1e-9)
    assert there.interval == pytest.approx(back.interval, rel=1e-9)
    assert (there.n, there.n_real) == (17, 12) == (back.n_real, back.n)


def test_collapse_to_one_point_is_far_and_certain():
    rng = np.random.default_rng(16)
    collapsed = energy_distance(rng.normal(size=(50, 2)), np.zeros((50, 2)))
    assert collapsed.p_value == 0.001
    assert collapsed.interval[0] > 0


def test_two_equal_constants_are_at_no_distance():
    result = energy_distance(np.ones((9, 2)), np.ones((8, 2)))
    assert (result.value, result.p_value, result.as_perfect) == (0.0, 1.0, True)


# What goes in


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_tensors_images_and_float32_give_the_same_as_rows(compare):
    rng = np.random.default_rng(17)
    x, y = rng.normal(size=(2, 10, 6)).astype(np.float32)
    rows = compare(x, y, n_permutations=FEW)
    tensors = compare(torch.tensor(x, requires_grad=True), torch.tensor(y), n_permutations=FEW)
    images = compare(x.reshape(10, 2, 3), y.reshape(10, 2, 3), n_permutations=FEW)
    assert rows == tensors == images


@pytest.mark.parametrize("compare", [mmd, energy_distance])
def test_a_seed_changes_the_shuffles_only(compare, samples):
    one, same, other = (compare(*samples, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert (one.value, one.interval) == (other.value, other.interval)
    assert one.perfect_range != other.perfect_range


@pytest.mark.parametrize("compare", [mmd, energy_distance])
@pytest.mark.parametrize(
    ("x", "y", "complaint"),
    [
        (np.zeros((3, 2)), np.zeros((9, 2)), "x must hold at least 4"),
        (np.zeros((9, 2)), np.zeros((1, 2)), "y must hold at least 4"),
        (np.zeros((9, 2)), np.zeros((9, 3)), "same features"),
        (np.zeros((9, 2, 3)), np.zeros((9, 3, 2)), "same features"),
        (np.zeros((9, 2)), np.full((9, 2), np.nan), "y must be finite"),
        (np.full((9, 2), np.inf), np.zeros((9, 2)), "x must be finite"),
        (np.full((9, 2), 1e30), np.zeros((9, 2)), "rescale"),
        (np.zeros((9, 0)), np.zeros((9, 0)), "no features"),
        (np.zeros((0, 2)), np.zeros((9, 2)), "x is empty"),
        ([["a"]] * 9, np.zeros((9, 1)), "numbers"),
    ],
)
def test_bad_samples_are_refused_with_a_sentence(compare, x, y, complaint):
    with pytest.raises(ValueError, match=complaint):
        compare(x, y)


@pytest.mark.parametrize(
    ("kernel", "complaint"),
    [
        ("rbf", "function of two sets"),
        (lambda a, b: np.sum(a[:, None] - b, axis=2), "symmetric"),
        (lambda a, b: np.full((len(a), len(b)), np.inf), "infinite"),
        (lambda a, b: np.ones((len(b), len(b))), "one value per pair"),
    ],
)
def test_a_function_that_is_no_kernel_is_refused(samples, kernel, complaint, monkeypatch):
    monkeypatch.setattr(distances, "BLOCK", 100)
    with pytest.raises(ValueError, match=complaint):
        mmd(*samples, kernel=kernel)


def test_the_sentence_names_kernel_and_p_value(samples):
    sentence = mmd(*samples, kernel=GaussianKernel(1.5)).summary()
    assert sentence.startswith("Squared MMD (Gaussian kernel, bandwidth 1.5): ")
    assert "permutation p = " in sentence
    assert "(999 shuffles, 12 real samples)." in sentence
