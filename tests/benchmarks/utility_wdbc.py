"""Does a GAN help to find malignant aspirates when few are known? WDBC, thinned.

    python tests/benchmarks/utility_wdbc.py --draws 20

A third of the patients is held out as the test part, once and for all. From the rest every draw takes 100
benign and 10, 20 or 40 malignant patients; each arm fills the malignant ones up to 100 (the first does
nothing), and a logistic regression is trained on standardised features. See `augmentation_utility` for what
the intervals cover. Whatever the table shows is the result.
"""

import argparse
import time

from ganlab.augmentation import FeatureGAN, augmentation_utility, feature_arms
from ganlab.recorded.utility import BENIGN, pool_and_test


def trial(n_malignant, *, draws, steps, seed=0):
    pool, test = pool_and_test()
    return augmentation_utility(
        feature_arms(steps=steps),
        test,
        draws,
        seed,
        train=pool,
        n_train={"benign": BENIGN, "malignant": n_malignant},
    )


def lines(n_malignant, report):
    """One line for each arm and metric, with its difference from the duplicates."""
    for (arm, metric), row in report.table.iterrows():
        line = f"{n_malignant:4} {arm:17}{metric:18}{_with_interval(row, '.3f')}"
        if arm != report.reference:
            line += f"   {_with_interval(report.differences.loc[(arm, metric)], '+.3f')}"
        yield line


def _with_interval(row, style):
    return f"{row['mean']:{style}} ({row['low']:{style}} to {row['high']:{style}})"


HEADER = f"{'rare':>4} {'arm':17}{'metric':18}{'mean (95 % interval)':26} minus duplicates (95 % interval)"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--steps", type=int, default=FeatureGAN.STEPS, help="of the GAN")
    parser.add_argument("--rare", type=int, nargs="*", default=[10, 20, 40])
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    print(HEADER)
    for n in wanted.rare:
        start = time.perf_counter()
        report = trial(n, draws=wanted.draws, steps=wanted.steps, seed=wanted.seed)
        for line in lines(n, report):
            print(line, flush=True)
        print(f"     {wanted.draws} draws in {time.perf_counter() - start:.0f} s")
