"""The claims of module 09, on its own set-up: fourteen features, candidates drawn from 4,000 patients.

Measured with numpy 2.4.6, torch 2.13.0 (CPU), audit(..., seed=draw, n_permutations=319), margin 0.25, and
kept in `ganlab.recorded.audits`; intervals are Clopper and Pearson's, 95 %.

Good, 1,000 patients of each, draws 0 to 199: accepted in 196 (98.0 %, 95.0 to 99.5), rejected in 4, as the
rule's risk of 2.5 % lets expect. Draws 0 to 9: accepted in 9 of 10 with 700, 6 of 10 with 400, never with
200 or fewer, where all were undecided. Shifted and broken: rejected in 10 of 10 at every size from 50.
Copies: 0 of 10 with 50 (all undecided), 8 with 100, 10 from 200. The draws come from one pool and
overlap.

`tests/benchmarks/test_audit_four_candidates.py` holds the same for 51 features and a larger pool.
"""

import pandas as pd
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from ganlab.recorded import audits


@pytest.fixture(scope="module")
def verdicts():
    return audits.load().drop_duplicates(["candidate", "n", "draw"])


def counted(verdicts, candidate, n, word):
    """How often a verdict was given, of how many draws, and Clopper and Pearson's 95 % interval."""
    here = verdicts[(verdicts["candidate"] == candidate) & (verdicts["n"] == n)]["verdict"]
    k = int((here == word).sum())
    low, high = proportion_confint(k, len(here), method="beta")
    print(f"{candidate}, n = {n}: {word} in {k} of {len(here)} draws, {low:.3f} to {high:.3f}")
    return k, len(here), low, high


def test_with_a_thousand_patients_the_four_candidates_get_the_four_right_verdicts(verdicts):
    """Interval over draws: more often right than 69 %, the lower end of 10 of 10."""
    for name, right in audits.RIGHT.items():
        _, _, low, _ = counted(verdicts, name, 1000, right)
        assert low >= 0.69, name


def test_a_fresh_real_cohort_passes_in_at_least_95_percent_of_draws_of_a_thousand(verdicts):
    k, draws, low, high = counted(verdicts, "good", 1000, "accept")
    assert draws >= 200
    assert k / draws >= 0.95
    assert low >= 0.92
    assert high >= 0.95


def test_too_few_patients_leave_a_fresh_cohort_undecided_and_not_rejected(verdicts):
    for n in (50, 100, 200):
        assert counted(verdicts, "good", n, "undecided")[0] >= 9
    few = verdicts[(verdicts["candidate"] == "good") & (verdicts["n"] < 1000)]
    rejected = int((few["verdict"] == "reject").sum())
    assert rejected <= binom.ppf(0.999, len(few), 0.025)  # the risk that the rule takes on purpose


def test_shifted_and_broken_cohorts_are_rejected_with_fifty_patients_and_copies_with_two_hundred(verdicts):
    for name, n in (("shifted", 50), ("broken", 50), ("copies", 200)):
        assert counted(verdicts, name, n, "reject")[0] >= 9


def test_each_fault_is_found_by_its_own_check():
    record = audits.load().query("n == 1000 and outcome == 'failed'")
    for name, check in (
        ("shifted", "marginals"),
        ("broken", "correlations"),
        ("copies", "copies (features)"),
    ):
        assert (record[record["candidate"] == name]["check"] == check).sum() == 10
    assert not (record[record["candidate"] == "copies"]["check"] == "marginals").any()
    assert not (record[record["candidate"] == "broken"]["check"] == "marginals").any()


@pytest.mark.slow
def test_the_verdicts_on_record_are_given_today(verdicts):
    """One draw of every candidate at 1,000, and five more of the good one, audited now: about 20 s of CPU."""
    today = pd.concat(
        audits.run_audit(name, 1000, draw)
        for name, draw in [
            *((name, 7) for name in audits.RIGHT),
            *(("good", draw) for draw in (0, 20, 59, 100, 199)),
        ]
    ).drop_duplicates(["candidate", "n", "draw"])
    on_record = verdicts.merge(today, on=["candidate", "n", "draw"], suffixes=("", "_today"))
    assert len(on_record) == 9
    assert (on_record["verdict"] == on_record["verdict_today"]).all()
