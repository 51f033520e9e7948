"""How often a 95 % interval contains the truth, and how often a perfect generator is called imperfect.

The long table, by hand:

    python tests/benchmarks/interval_coverage_modes.py --draws 400

"covered" is the share of repeated draws whose interval contains the truth; "accused" the share of draws of
a perfect generator that fall outside the perfect range. Both with their Wilson 95 % interval. Where the
truth has no closed form it is the mean over the draws themselves, whose own error (a twentieth of the
spread at 400 draws) the intervals easily hold.
"""

import argparse
import math
from functools import partial

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from statsmodels.stats.proportion import proportion_confint

from ganlab.diagnostics import (
    birthday_paradox,
    class_recall,
    mode_coverage,
    prdc,
    vendi_score,
)

MEAN = None  # the truth is the mean over the draws
CENTERS = np.array([[math.cos(a), math.sin(a)] for a in np.arange(8) * math.pi / 4]) * 2
STD = 0.02


def ring_samples(rng, n, shares, quality=1.0):
    """Samples around the centres with these shares; the rest of 1 - quality is far from any."""
    points = CENTERS[rng.choice(8, n, p=shares)] + STD * rng.normal(size=(n, 2))
    points[rng.random(n) >= quality] += 0.5
    return points


def mode_case(shares, quality=1.0, n=500):
    shares = np.asarray(shares, float) / np.sum(shares)
    inside = quality * -math.expm1(-4.5)

    def measure(rng):
        report = mode_coverage(ring_samples(rng, n, shares, quality), CENTERS, STD)
        return {
            "modes found": report.found,
            "high quality": report.high_quality,
            "KL(g||r)": report.kl_from_real,
            "KL(r||g)": report.kl_to_fake,
        }

    least = math.ceil(0.2 * n * -math.expm1(-4.5) / 8) / n
    truth = {"modes found": int((shares * inside >= least).sum()), "high quality": inside}
    return measure, truth


def prdc_case(n, m, d, shift=0.0, scale=1.0):
    def measure(rng):
        real, fake = rng.normal(size=(n, d)), shift / math.sqrt(d) + scale * rng.normal(size=(m, d))
        report = prdc(real, fake, seed=int(rng.integers(2**31)))
        return {name: getattr(report, name) for name in ("precision", "recall", "density", "coverage")}

    return measure, {}


def class_case(n, m, shares):
    def measure(rng):
        labels = np.repeat([0, 1], [n * 9 // 10, n - n * 9 // 10])
        offsets = np.array([[0.0] * 4, [6.0] * 4])
        real = offsets[labels] + rng.normal(size=(n, 4))
        fake = offsets[rng.choice(2, m, p=shares)] + rng.normal(size=(m, 4))
        recalls = class_recall(real, labels, fake, seed=int(rng.integers(2**31)))
        return {"recall, common": recalls[0], "recall, rare": recalls[1]}

    return measure, {}


def vendi_case(n, scale=1.0):
    def measure(rng):
        x, real = scale * rng.normal(size=(n, 2)), rng.normal(size=(3 * n, 2))
        return {"Vendi": vendi_score(x, kernel=partial(rbf_kernel, gamma=0.5), real=real)}

    return measure, {}


def birthday_case(n, weights):
    weights = np.asarray(weights, float) / np.sum(weights)
    images = np.random.default_rng(0).normal(size=(len(weights), 8))

    def draw(rng):
        return images[rng.choice(len(weights), n, p=weights)] + 1e-4 * rng.normal(size=(n, 8))

    def measure(rng):
        return {"support": birthday_paradox(draw(rng), 0.01, real=draw(rng)).support}

    return measure, {"support": 1 / (weights**2).sum()}


# name: (case, whether the generator is perfect)
CASES = {
    "ring, perfect": (mode_case([1] * 8), True),
    "ring, half of the modes, 60 % good": (mode_case([1, 1, 1, 1, 0, 0, 0, 0], 0.6), False),
    "ring, unequal, 90 % good": (mode_case([8, 7, 6, 5, 4, 3, 2, 1], 0.9), False),
    "ring, one mode at the border": (mode_case([1] * 7 + [0.18]), False),
    "2-d, 100 + 100, perfect": (prdc_case(100, 100, 2), True),
    "4-d, 500 + 500, perfect": (prdc_case(500, 500, 4), True),
    "10-d, 200 + 200, perfect": (prdc_case(200, 200, 10), True),
    "10-d, 100 + 400, perfect": (prdc_case(100, 400, 10), True),
    "10-d, 400 + 100, perfect": (prdc_case(400, 100, 10), True),
    "2-d, 300 + 300, shifted by 1.5": (prdc_case(300, 300, 2, shift=1.5), False),
    "10-d, 200 + 200, shifted by 1.5": (prdc_case(200, 200, 10, shift=1.5), False),
    "2-d, 300 + 300, 0.6 as wide": (prdc_case(300, 300, 2, scale=0.6), False),
    "10-d, 200 + 200, 0.6 as wide": (prdc_case(200, 200, 10, scale=0.6), False),
    "two classes, 300 + 300, perfect": (class_case(300, 300, [0.9, 0.1]), True),
    "two classes, rare one at 3 %": (class_case(300, 300, [0.97, 0.03]), False),
    "Gaussian, n = 200, perfect": (vendi_case(200), True),
    "Gaussian, n = 200, half as wide": (vendi_case(200, 0.5), False),
    "200 images, n = 100": (birthday_case(100, np.ones(200)), True),
    "50 images, Zipf, n = 200": (birthday_case(200, 1 / np.arange(1, 51)), True),
    "20 images, n = 300": (birthday_case(300, np.ones(20)), True),
}
HEADER = (
    f"{'case':38}{'number':18}{'truth':>9}{'known by':>12}{'covered':>8} (Wilson)     {'accused':>9} (Wilson)"
)


def rows(name, draws, seed=0):
    """One dict for each number of a case."""
    (measure, truths), perfect = CASES[name]
    results = [measure(np.random.default_rng([seed, draw])) for draw in range(draws)]
    for number in results[0]:
        estimates = [result[number] for result in results]
        known = number in truths
        truth = truths[number] if known else float(np.mean([estimate.value for estimate in estimates]))
        covered = sum(estimate.interval[0] <= truth <= estimate.interval[1] for estimate in estimates)
        accused = sum(not estimate.as_perfect for estimate in estimates)
        yield {
            "case": name,
            "number": number,
            "truth": truth,
            "known": "closed form" if known else "mean",
            "covered": (covered / draws, *proportion_confint(covered, draws, method="wilson")),
            "accused": (accused / draws, *proportion_confint(accused, draws, method="wilson"))
            if perfect
            else None,
        }


def line(row):
    text = f"{row['case']:38}{row['number']:18}{row['truth']:9.4g}{row['known']:>12}"
    for share in (row["covered"], row["accused"]):
        text += f"{share[0]:8.3f} ({share[1]:.3f}-{share[2]:.3f})" if share else ""
    return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    arguments = parser.parse_args()
    print(HEADER)
    for name in CASES:
        if arguments.only in name:
            for row in rows(name, arguments.draws):
                print(line(row), flush=True)
