"""How often the 95 % intervals of the distances and the classifier test hold the truth.

    python tests/benchmarks/interval_coverage_distances.py --draws 400

The truth has a closed form for Gaussian samples; for the classifier it is the mean, over many training sets,
of the exact accuracy of linear discriminant analysis. "called" is how often `as_perfect` is False: the
false-alarm rate where the truth is equality.
"""

import argparse
import math

import numpy as np
from scipy.stats import norm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from statsmodels.stats.proportion import proportion_confint

from ganlab.diagnostics import GaussianKernel, classifier_two_sample, energy_distance, frechet_distance, mmd

SHIFTS_AND_SCALES = [(0.0, 1.0), (0.3, 1.0), (1.0, 1.0), (0.0, 1.7)]


def gaussian_pair(rng, n, m, d, shift, scale):
    """x from N(0, I), y from N(gap, scale^2 I) with a gap of length `shift`."""
    return rng.normal(size=(n, d)), shift / math.sqrt(d) + scale * rng.normal(size=(m, d))


def true_mmd(d, shift, scale, bandwidth):
    def expected(gap, variance):  # of the kernel, where the difference has this variance in every direction
        widened = 1 + variance / bandwidth**2
        return widened ** (-d / 2) * math.exp(-(gap**2) / (2 * bandwidth**2 * widened))

    return expected(0, 2) + expected(0, 2 * scale**2) - 2 * expected(shift, 1 + scale**2)


def true_energy(shift, scale):
    """In one dimension."""
    sd = math.sqrt(1 + scale**2)
    between = sd * math.sqrt(2 / math.pi) * math.exp(-((shift / sd) ** 2) / 2) + shift * math.erf(
        shift / sd / math.sqrt(2)
    )
    return 2 * between - 2 / math.sqrt(math.pi) * (1 + scale)


def true_frechet(d, shift, scale):
    return shift**2 + d * (scale - 1) ** 2


def true_accuracy(rng, n, d, shift, training_sets=1000):
    """Of linear discriminant analysis trained on n of each kind, for unit covariances."""
    gap = np.full(d, shift / math.sqrt(d))
    accuracies = []
    for _ in range(training_sets):
        fitted = LinearDiscriminantAnalysis().fit(
            np.vstack(gaussian_pair(rng, n, n, d, shift, 1.0)), np.repeat([False, True], n)
        )
        weights, offset = fitted.coef_[0], fitted.intercept_[0]
        length = np.linalg.norm(weights)
        accuracies.append(
            (norm.cdf(-offset / length) + norm.cdf((offset + weights @ gap) / length)) / 2
        )  # says False of x, True of y
    return float(np.mean(accuracies))


def settings(rng):
    """Name, (n, m, d, shift, scale), truth and the function to judge."""
    for n, m, d in [(50, 50, 2), (50, 50, 10), (100, 100, 5), (50, 150, 5), (200, 200, 10)]:
        for shift, scale in SHIFTS_AND_SCALES:
            truth = true_frechet(d, shift, scale)
            yield "frechet", (n, m, d, shift, scale), truth, few_shuffles(frechet_distance)
    for n, m, d in [(25, 25, 2), (50, 50, 10), (50, 150, 5), (200, 200, 2)]:
        for shift, scale in SHIFTS_AND_SCALES:
            kernel = GaussianKernel(math.sqrt(2 * d))
            truth = true_mmd(d, shift, scale, kernel.bandwidth)
            yield "mmd", (n, m, d, shift, scale), truth, few_shuffles(mmd, kernel=kernel)
    for n, m in [(25, 25), (50, 50), (50, 150), (200, 200)]:
        for shift, scale in SHIFTS_AND_SCALES:
            truth = true_energy(shift, scale)
            yield "energy", (n, m, 1, shift, scale), truth, few_shuffles(energy_distance)


def classifier_settings(rng):
    for n, d in [(50, 2), (100, 10)]:
        for shift in (0.0, 0.5, 1.0, 2.0):
            truth = true_accuracy(rng, n * 4 // 5, d, shift)
            judge = few_shuffles(classifier_two_sample, classifier=LinearDiscriminantAnalysis())
            yield "classifier", (n, n, d, shift, 1.0), truth, judge


def few_shuffles(compare, **arguments):
    return lambda x, y, seed: compare(x, y, n_permutations=79, seed=seed, **arguments)


def coverage(rng, compare, shape, truth, draws):
    """Times the interval held the truth, times the result was called, and the values."""
    results = [compare(*gaussian_pair(rng, *shape), seed) for seed in range(draws)]
    held = sum(result.interval[0] <= truth <= result.interval[1] for result in results)
    return held, sum(not result.as_perfect for result in results), [result.value for result in results]


def print_row(name, shape, truth, held, called, values):
    draws = len(values)
    low, high = proportion_confint(held, draws, method="wilson")
    n, m, d, shift, scale = shape
    print(
        f"{name:11}{n:5}{m:5}{d:4}{shift:7.1f}{scale:7.1f}{truth:10.4f}{np.mean(values):10.4f}"
        f"{100 * held / draws:9.1f} ({100 * low:.1f} to {100 * high:.1f}){100 * called / draws:9.1f}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="of each setting (classifier: a quarter)")
    parser.add_argument("--only", choices=["frechet", "mmd", "energy", "classifier"])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    columns = ["n", "m", "d", "shift", "scale", "truth", "mean"]
    widths = [5, 5, 4, 7, 7, 10, 10]
    header = "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))
    print(f"{'':11}{header}   coverage, called (%)")
    for name, shape, truth, compare in settings(rng):
        if options.only in (None, name):
            print_row(name, shape, truth, *coverage(rng, compare, shape, truth, options.draws))
    if options.only in (None, "classifier"):
        for name, shape, truth, compare in classifier_settings(rng):
            print_row(name, shape, truth, *coverage(rng, compare, shape, truth, options.draws // 4))


if __name__ == "__main__":
    main()
