"""The last decisions of 09 and 10, on data of twenty seeds: every right answer decides as is true."""

import functools
import itertools

import numpy as np
import pytest
from exam import _prepared
from scipy import stats
from scipy.spatial import KDTree
from test_decisions_05_07 import right_answers

SEEDS = range(20)

# Patients, what is wrong and how much of it, what is right.
AUDITS = {
    "fresh": ((300,), ("accept", "none")),
    "too few": ((60,), ("undecided", "none")),
    "shifted": ((300, "shift", 0.5), ("reject", "marginals")),
    "broken": ((300, "broken"), ("reject", "correlations")),
    "copies": ((300, "copies", 0.4), ("reject", "copies")),
}


def by_chance(real, synthetic, holdout, _):
    """Whether chance alone comes near to failing a check, as it does in 5 % of the draws for two of them."""
    near = [
        KDTree(real / real.std(axis=0)).query(rows / real.std(axis=0))[0] for rows in (synthetic, holdout)
    ]
    gap = stats.spearmanr(real).statistic - stats.spearmanr(synthetic).statistic
    noise = np.sqrt((gap**2).sum() / 20 * len(real) / 2)  # about 0.8 where nothing is broken
    return stats.mannwhitneyu(*near, alternative="less").pvalue < 0.05 or noise > 0.95


@functools.cache
def audits(name):
    draw = _prepared("09-radiomic-validation")["draw_audit"]
    (n, *fault), _ = AUDITS[name]
    clear = (seed for seed in itertools.count() if not by_chance(*draw(seed, n)))
    return [draw(seed, n, *fault) for seed in itertools.islice(clear, len(SEEDS))]


@pytest.mark.slow
@pytest.mark.parametrize("name", AUDITS)
@pytest.mark.parametrize("answer", right_answers("09-radiomic-validation", "judge"))
def test_a_right_answer_judges_every_drawn_cohort_as_is_true(answer, name):
    names = _prepared("09-radiomic-validation")
    drawn = audits(name)
    exec(right_answers("09-radiomic-validation", "judge")[answer], names)
    assert [tuple(names["judge"](*one)) for one in drawn] == [AUDITS[name][1]] * len(SEEDS)


# Gains of the GAN in draws without a leak, which have a spread of 0.01; what is right with worth = 0.
GAINS = {"helps": 0.05, "does not help": -0.05, "not shown": 0.0}


@pytest.mark.slow
@pytest.mark.parametrize("right", GAINS)
@pytest.mark.parametrize("answer", right_answers("10-augmentation-dossier", "helps"))
def test_a_right_answer_judges_every_drawn_trial_as_is_true(answer, right):
    names = _prepared("10-augmentation-dossier")
    draw = names["drawn_trial"]
    exec(right_answers("10-augmentation-dossier", "helps")[answer], names)
    decisions = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        leaks = rng.permutation(["", "", "", "", "", "", "test", "generator"])
        # Leaking draws say the opposite, loudly.
        gains = np.where(leaks == "", GAINS[right], 0.2 if GAINS[right] <= 0 else -0.2)
        gains += rng.permutation(np.linspace(-0.015, 0.015, 8))
        decisions.append(names["helps"](*draw(gains, leaks.tolist(), rng), 0.4, 0.0)[0])
    assert decisions == [right] * len(SEEDS)
