"""The claim of module 08: a held-out set from the same scanners cannot expose a shortcut.

Malignant lesions under the sharp kernel, benign ones under the soft one; a logistic regression learns from 40
patients and is tested on 40 others, collected alike, and then with each of them under both kernels. The
setting is that of course/08-label-invariance.ipynb, cells `shortcut-*` (six of these seeds there).

Measured with pyradiomics 3.0.1, numpy 2.4.6 and scikit-learn on a CPU, seeds 0 to 9, 95 % intervals over the
seeds. As collected: AUC 1.00 collected alike and 0.58 (0.55 to 0.61) under both kernels, 0.39 to 0.45 lost.
Stable features only: 0.81 and 0.66, 0.12 to 0.19 lost. Kernels swapped in both diagnoses: 0.72 and 0.73,
-0.04 to 0.02 lost; 0.10 to 0.19 better under both kernels than as collected. Translated in both diagnoses by
recorded networks (six, by turns): 0.70 and 0.72, -0.06 to 0.02 lost; 0.10 to 0.19 better.
"""

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ganlab.data import simulate_ct
from ganlab.radiomics import extract_features, feature_stability, swap_kernel
from ganlab.recorded import kernel_translators

SEEDS = range(10)
TRANSLATORS = kernel_translators.load()
FAMILIES = ("firstorder", "shape2D", "glcm")


def two_tests(seed):
    """{training: (AUC collected alike, AUC under both kernels)} of one cohort of 80 patients."""
    scans = [simulate_ct(80, kernel=kernel, necrosis=0.5, seed=seed) for kernel in ("soft", "sharp")]
    translate = TRANSLATORS[seed % len(TRANSLATORS)]
    cohorts = [*scans, swap_kernel(scans[0], "sharp"), swap_kernel(scans[1], "soft"), *map(translate, scans)]
    soft, sharp, to_sharp, to_soft, made_sharp, made_soft = (
        extract_features(cohort, classes=FAMILIES, n_jobs=1, progress=False) for cohort in cohorts
    )
    stable = (feature_stability(soft[:40], sharp[:40])["icc"] >= 0.75).to_numpy()
    malignant = (scans[0].truth["diagnosis"] == "malignant").to_numpy()
    collected = np.where(malignant[:, None], sharp, soft)
    converted = np.where(malignant[:, None], to_soft, to_sharp)
    translated = np.where(malignant[:, None], made_soft, made_sharp)
    both = np.concatenate([soft[40:], sharp[40:]])
    y, y_test = malignant[:40], malignant[40:]

    def tested(features, labels, keep=slice(None)):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        model.fit(features[:, keep], labels)
        alike, independent = (model.decision_function(images[:, keep]) for images in (collected[40:], both))
        return roc_auc_score(y_test, alike), roc_auc_score(np.tile(y_test, 2), independent)

    return {
        "as collected": tested(collected[:40], y),
        "stable features only": tested(collected[:40], y, stable),
        "kernel swap, evenly": tested(np.concatenate([collected[:40], converted[:40]]), np.tile(y, 2)),
        "translated, evenly": tested(np.concatenate([collected[:40], translated[:40]]), np.tile(y, 2)),
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """{training: array of shape (seeds, 2)}."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = [two_tests(seed) for seed in SEEDS]
    return {training: np.array([run[training] for run in found]) for training in found[0]}


def interval(values):
    """95 % over the seeds."""
    reach = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return values.mean() - reach, values.mean() + reach


@pytest.mark.slow
def test_collected_alike_the_classifier_looks_perfect_and_loses_most_of_it(runs):
    alike, independent = runs["as collected"].T
    print(f"alike {alike.mean():.3f}, independent {independent.mean():.3f} {interval(independent)}")
    print(f"lost {interval(alike - independent)}")
    assert alike.min() > 0.97
    assert interval(alike - independent)[0] > 0.3
    assert interval(independent)[1] < 0.7


@pytest.mark.slow
def test_stable_features_help_and_leave_a_part_of_the_shortcut(runs):
    lost = -np.diff(runs["stable features only"])[:, 0]
    print(f"stable only: {runs['stable features only'].mean(axis=0)}, lost {interval(lost)}")
    assert interval(lost)[0] > 0.05
    assert interval(lost + np.diff(runs["as collected"])[:, 0])[1] < 0  # less than with all features


@pytest.mark.slow
def test_kernels_swapped_in_both_diagnoses_leave_no_shortcut(runs):
    """The same transform that the audit rejects is the cure, when it is applied evenly."""
    lost, gain = of_remedy(runs, "kernel swap, evenly")
    assert interval(lost)[0] > -0.05
    assert interval(lost)[1] < 0.05
    assert interval(gain)[0] > 0.05


@pytest.mark.slow
def test_networks_that_swap_kernels_cure_the_shortcut_as_the_exact_filter_does(runs):
    lost, gain = of_remedy(runs, "translated, evenly")
    assert interval(lost)[1] < 0.05
    assert interval(gain)[0] > 0.05


def of_remedy(runs, remedy):
    """AUC lost under both kernels, and gained there on the classifier as collected, one number a seed."""
    lost = -np.diff(runs[remedy])[:, 0]
    gain = runs[remedy][:, 1] - runs["as collected"][:, 1]
    print(f"{remedy}: {runs[remedy].mean(axis=0)}, lost {interval(lost)}, gain {interval(gain)}")
    return lost, gain
