"""How often does an audit accept a perfect generator, and how often could any other one?

    python tests/benchmarks/audit_power.py

What keeps a perfect generator undecided is the check of the marginals: each feature must be shown to be
closer than the margin of 0.25 standard deviations. Features are normal and independent, in units of their
standard deviation, and for every number of patients in each cohort there are four columns.

*close*: in how many draws the audit finds all features close.

*at most*: the largest share that any test could reach whose error is as low as the audit's. One feature,
nobody knows which, has a mean that is off by the margin to either side, and the test may accept in 5 % of
cases. By the lemma of Neyman and Pearson no test accepts a perfect generator more often than the one that
orders what was measured by the ratio of both likelihoods, where the differences of the means have the
standard error s:

    mean over features of cosh(margin * difference / s^2), times a constant.

*shifted*, *narrow*: how often all are found close though the first feature lies exactly at the margin, by its
mean or by its spread. 5 % are allowed.

Shares have Wilson's 95 % intervals. What 30 to 60 draws came to, in percent:

       n   p   close            at most
     200   1    43 (32 to 56)     61
     200   5    12 ( 6 to 22)     36
     200  20     0 ( 0 to 11)     21
     400   1    95 (86 to 98)     94
     400   5    83 (72 to 91)     79
     400  20    20 (10 to 37)     56
     400  60     3 ( 1 to 17)     39
     750  20    90 (74 to 97)     97
     750  60    97 (83 to 99)     93

So 200 patients are too few for any test. Between 300 and 600 one could accept more often that asks whether
the furthest of all features is nearer than it would be if one of them lay at the margin and all others were
perfect. It would accept features of which single ones are not shown to be close; the audit does not.
"""

import argparse

import numpy as np
import pandas as pd

from ganlab.audit import judge_marginals
from ganlab.diagnostics import share_interval
from ganlab.radiomics import MARGIN, compare_marginals

ALPHA = 0.05
# A normal variable times c lies |1 - c| E|Z| away from itself.
NARROW = 1 - MARGIN / np.sqrt(2 / np.pi)


def at_most(n, n_features, draws=40_000, seed=0, margin=MARGIN):
    """The share in which the best test at 5 % accepts a perfect generator."""
    rng = np.random.default_rng(seed)
    off = margin / np.sqrt(2 / n)  # the margin in standard errors
    perfect = rng.normal(size=(draws, n_features))
    at_margin = perfect.copy()
    at_margin[:, 0] += off * rng.choice([-1, 1], draws)  # which one makes no difference
    ratios = [np.cosh(off * z).mean(axis=1) for z in (perfect, at_margin)]
    return (ratios[0] < np.quantile(ratios[1], ALPHA)).mean()


def all_close(n, n_features, draw, shift=0.0, scale=1.0):
    """Does the audit find all features close? The first one of the synthetic cohort can be changed."""
    real, synthetic = np.random.default_rng([draw, n, n_features]).normal(size=(2, n, n_features))
    synthetic[:, 0] = scale * synthetic[:, 0] + shift
    table = judge_marginals(compare_marginals(*map(pd.DataFrame, (real, synthetic))))
    return bool((table["conclusion"] == "close").all())


def share(n, n_features, draws, **change):
    count = sum(all_close(n, n_features, draw, **change) for draw in range(draws))
    low, high = share_interval(count, draws)
    return f"{100 * count / draws:4.0f} % ({100 * low:3.0f} to {100 * high:3.0f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--patients", type=int, nargs="*", default=[100, 200, 400, 600, 750, 1000])
    parser.add_argument("--features", type=int, nargs="*", default=[1, 5, 20, 60])
    options = parser.parse_args()
    print(f"{'n':>5}{'p':>4}  {'close':20}{'at most':9}{'shifted':20}narrow", flush=True)
    for n in options.patients:
        for p in options.features:
            found, shifted, narrow = (
                share(n, p, options.draws, **change) for change in ({}, {"shift": MARGIN}, {"scale": NARROW})
            )
            print(f"{n:5}{p:4}  {found:20}{100 * at_most(n, p):4.0f} %   {shifted:20}{narrow}", flush=True)


if __name__ == "__main__":
    main()
