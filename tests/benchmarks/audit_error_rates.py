"""Error rates of the audit: how often it rejects fresh patients, and how often it finds a planted fault.

    python tests/benchmarks/audit_error_rates.py

*False rejection.* Real and synthetic cohort, and in every second draw a holdout, are drawn from one law:
normal, skewed, heavy-tailed, counts, ties (rounded values, zeros, grades) or clustered patients. The rule
aims at no more than 2.5 %.

*Detection.* A fresh cohort with one fault planted. "Accepted" is the error here.

Shares have Wilson's 95 % intervals. Every line is printed as soon as it is known.
"""

import argparse
import time
import zlib

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import stats

from ganlab.audit import audit
from ganlab.diagnostics import share_interval

N_PERMUTATIONS = 319
RELATED = 0.7  # correlation of each feature of even number with the next one


def normal(rng, n, p):
    z = rng.normal(size=(n, p))
    odd = z[:, 1::2]
    odd[:] = RELATED * z[:, ::2][:, : odd.shape[1]] + np.sqrt(1 - RELATED**2) * odd
    return z


def skewed(rng, n, p):
    return np.exp(normal(rng, n, p))


def heavy_tailed(rng, n, p):
    return stats.t(df=2).ppf(stats.norm.cdf(normal(rng, n, p)))


def counts(rng, n, p):
    return stats.poisson(2).ppf(stats.norm.cdf(normal(rng, n, p)))


def ties(rng, n, p):
    """In turn values rounded to a tenth of a deviation, sizes of which 40 % are 0, and grades 1 to 4."""
    z = normal(rng, n, p)
    z[:, ::3] = z[:, ::3].round(1)
    z[:, 1::3] = np.where(z[:, 1::3] < stats.norm.ppf(0.4), 0, np.exp(z[:, 1::3]))
    z[:, 2::3] = np.digitize(z[:, 2::3], [-0.8, 0.2, 1]) + 1
    return z


def clustered(rng, n, p):
    """Three kinds of patients, 60, 30 and 10 %."""
    centres = np.random.default_rng(0).normal(size=(3, p))
    return centres[rng.choice(3, n, p=[0.6, 0.3, 0.1])] + 0.5 * normal(rng, n, p)


def with_subgroup(rng, n, p):
    """5 % of the patients lie two deviations off in every second feature."""
    z = normal(rng, n, p)
    z[rng.random(n) < 0.05, ::2] += 2
    return z


LAWS = {
    "normal": normal,
    "skewed": skewed,
    "heavy-tailed": heavy_tailed,
    "counts": counts,
    "ties": ties,
    "clustered": clustered,
}


def shrunk(rng, real, fresh):
    return fresh.mean(axis=0) + np.sqrt(0.8) * (fresh - fresh.mean(axis=0))


def tails_cut(rng, real, fresh):
    return np.clip(fresh, -2, 2)


def subgroup_missing(rng, real, fresh):
    return normal(rng, *fresh.shape)


def sign_flipped(rng, real, fresh):
    changed = fresh.copy()
    changed[:, 0] *= -1  # symmetric, so that its distribution stays
    return changed


def made_continuous(rng, real, fresh):
    return fresh + rng.uniform(-0.5, 0.5, size=fresh.shape)


def skew_flipped(rng, real, fresh):
    changed = fresh.copy()
    changed[:, 0] = 2 * changed[:, 0].mean() - changed[:, 0]
    return changed


def copied(share, noise):
    def with_copies(rng, real, fresh):
        changed, count = fresh.copy(), max(1, round(share * len(fresh)))
        sources = real[rng.choice(len(real), count, replace=False)]
        changed[:count] = sources + noise * real.std(axis=0) * rng.normal(size=sources.shape)
        return changed

    return with_copies


# What is planted, into which law, and how.
FAULTS = {
    "variance shrunk by a fifth": (normal, shrunk),
    "tails cut at 2 deviations": (normal, tails_cut),
    "subgroup of 5 % missing": (with_subgroup, subgroup_missing),
    "one correlation flipped": (normal, sign_flipped),
    "counts made continuous": (counts, made_continuous),
    "one feature's skew flipped": (skewed, skew_flipped),
    "2 % exact copies": (normal, copied(0.02, 0.0)),
    "10 % noisy copies": (normal, copied(0.1, 0.1)),
    "every row a noisy copy": (normal, copied(1.0, 0.2)),
}
CELLS = {name: (law, None) for name, law in LAWS.items()} | FAULTS


def as_table(values):
    return pd.DataFrame(values).add_prefix("feature ")


def verdict(name, n, p, draw):
    """Of one draw of a law or fault: the word, and the names of the checks that failed."""
    law, fault = CELLS[name]
    # Independent of the draws of every other name and size.
    seeds = np.random.SeedSequence(0, spawn_key=(zlib.crc32(name.encode()), n, p, draw))
    rng = np.random.default_rng(seeds)
    real, fresh, holdout = (law(rng, n, p) for _ in range(3))
    synthetic = fresh if fault is None else fault(rng, real, fresh)
    tables = [as_table(values) for values in (real, synthetic, holdout)][: 2 + draw % 2]
    report = audit(*tables, seed=int(rng.integers(2**31)), n_permutations=N_PERMUTATIONS)
    return report.verdict, [check.name for check in report.checks if check.outcome == "failed"]


def verdicts(name, n, p, draws, n_jobs=1):
    return Parallel(n_jobs)(delayed(verdict)(name, n, p, draw) for draw in range(draws))


def share(count, n):
    low, high = share_interval(count, n)
    return f"{100 * count / n:5.1f} % ({100 * low:4.1f} to {100 * high:5.1f})"


def line(name, found):
    """Rejected and accepted, and which checks rejected how often."""
    rejected, accepted = (sum(word == wanted for word, _ in found) for wanted in ("reject", "accept"))
    failed = [check for _, checks in found for check in checks]
    seen = ", ".join(f"{check} {failed.count(check)}" for check in dict.fromkeys(failed))
    return f"{name}  {share(rejected, len(found))}   {share(accepted, len(found))}   {seen}"


def print_rates(kind, names, options):
    """A line for each name and size, and one for each name, over all sizes."""
    print(f"{kind:28}{'n':>6}{'p':>4}  {'rejected':24}{'accepted':25}failed checks", flush=True)
    overall, start = {name: [] for name in names}, time.perf_counter()
    for n in options.patients:
        for p in options.features:
            for name in names:
                found = verdicts(name, n, p, options.draws, options.jobs)
                overall[name] += found
                print(line(f"{name:28}{n:6}{p:4}", found), flush=True)
    everything = [found for of_one in overall.values() for found in of_one]
    for name, found in {**overall, "all": everything}.items():
        print(line(f"{name:28}{f'all {len(found)}':>10}", found))
    print(f"[{time.perf_counter() - start:.0f} s]\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--draws", type=int, default=6, help="of each law or fault and size")
    parser.add_argument("--patients", type=int, nargs="*", default=[100, 300, 1000])
    parser.add_argument("--features", type=int, nargs="*", default=[5, 20, 60])
    parser.add_argument("--only", choices=["fresh", "faults"])
    parser.add_argument("--names", nargs="*", help="of laws and faults; all unless given")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for kind, names in (("fresh", LAWS), ("faults", FAULTS)):
        wanted = [name for name in names if not options.names or name in options.names]
        if options.only in (None, kind) and wanted:
            print_rates(kind, wanted, options)


if __name__ == "__main__":
    main()
