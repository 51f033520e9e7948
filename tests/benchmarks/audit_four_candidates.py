"""Four candidate cohorts before the audit: fresh patients, shifted ones, broken ones, and copies.

    python tests/benchmarks/audit_four_candidates.py --draws 50 --n 50 200 1000

A pool of simulated liver lesions is measured once. Every draw takes n real and n other lesions from it,
without overlap, and makes of the others

- good: nothing, they are fresh patients of the same population;
- shifted: every first-order feature is half a standard deviation larger;
- broken: every column is shuffled within its diagnosis, so that all marginals are intact;
- copies: every tenth row is a real patient, measured again with an error of 2 % of a standard deviation.

Of the 430 audits in `ganlab.recorded.audits` (14 features) four changed when loose copies came to be told by
the ratio of the nearest to the second nearest distance, and no longer by the share of authentic rows. At 200
and at 700 patients none did: good 10 of 10 undecided and 9 accepted, the others 10 of 10 rejected. Copies of
100 were rejected in 8 of 10 draws, before in 6; good ones of 1,000 accepted in 196 of 200, before in 194.

Only "good" deserves "accept". The table counts verdicts, with a 95 % interval (Clopper and Pearson) for the
right ones; "undecided" is right for nobody, and honest for everybody with few patients.
"""

import argparse
import time
from functools import cache

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from ganlab.audit import audit
from ganlab.data import simulate_lesions
from ganlab.radiomics import extract_features
from ganlab.recorded.audits import RIGHT
from ganlab.recorded.candidates import drawn_candidates

CLASSES = ("firstorder", "shape2D", "glcm")


@cache
def pool(size, classes=CLASSES):
    """Features of `size` lesions, without the settings' ballast, and their diagnoses."""
    cohort = simulate_lesions(size, seed=90)
    table = extract_features(cohort, classes=classes, progress=False).reset_index(drop=True)
    table.attrs = {}
    return table, cohort.truth["diagnosis"].to_numpy()


def draw(table, diagnoses, n, seed):
    """n real rows, and the four candidates by name."""
    return drawn_candidates(table, diagnoses, n, np.random.default_rng(seed))


def verdicts(table, diagnoses, n, draws, candidates=tuple(RIGHT), n_permutations=319):
    """For each candidate the list of its Audits."""
    found = {name: [] for name in candidates}
    for seed in range(draws):
        real, made = draw(table, diagnoses, n, seed)
        for name in candidates:
            found[name].append(audit(real, made[name], seed=seed, n_permutations=n_permutations))
    return found


def line(name, n, audits):
    """One row of the table."""
    count = {word: sum(one.verdict == word for one in audits) for word in ("accept", "reject", "undecided")}
    low, high = proportion_confint(count[RIGHT[name]], len(audits), method="beta")
    needed = [one.needed for one in audits if one.needed]
    failed = [check.name for one in audits for check in one.checks if check.outcome == "failed"]
    seen = ", ".join(f"{check} {failed.count(check)}" for check in dict.fromkeys(failed))
    return (
        f"{name:8} {n:5} {count['accept']:7} {count['reject']:7} {count['undecided']:10}   "
        f"{100 * count[RIGHT[name]] / len(audits):3.0f} % ({100 * low:.0f} to {100 * high:.0f})".ljust(62)
        + (f"needed {np.median(needed):5.0f}  " if needed else " " * 14)
        + seen
    )


HEADER = f"{'':8} {'n':>5} {'accept':>7} {'reject':>7} {'undecided':>10}   right"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--n", type=int, nargs="*", default=[50, 200, 1000])
    parser.add_argument("--pool", type=int, default=8000)
    parser.add_argument("--candidates", nargs="*", default=list(RIGHT), choices=list(RIGHT))
    wanted = parser.parse_args()
    table, diagnoses = pool(wanted.pool)
    print(f"{wanted.draws} draws from {len(table)} lesions, {table.shape[1]} features\n{HEADER}", flush=True)
    for n in wanted.n:
        for name in wanted.candidates:
            start = time.perf_counter()
            audits = verdicts(table, diagnoses, n, wanted.draws, (name,))[name]
            print(f"{line(name, n, audits)}  [{time.perf_counter() - start:.0f} s]", flush=True)
