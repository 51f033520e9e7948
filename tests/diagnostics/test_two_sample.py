"""The classifier two-sample test: what it finds, what it must not, and that folds stay apart."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.proportion import proportion_confint

from ganlab.diagnostics import classifier_two_sample
from ganlab.diagnostics.two_sample.classifier import _interval, _shares_right

FEW = 79
NEAREST = KNeighborsClassifier(1)


class Threshold(ClassifierMixin, BaseEstimator):
    """Says "x" below 0; quick, and known by heart."""

    def fit(self, samples, of_x):
        self.classes_ = np.unique(of_x)
        return self

    def predict(self, samples):
        return samples[:, 0] < 0


def test_a_classifier_that_is_right_by_hand():
    x = np.array([-1.0] * 8 + [1.0] * 2)  # 80 % right
    y = np.array([1.0] * 12 + [-1.0] * 8)  # 60 % right
    found = classifier_two_sample(x, y, classifier=Threshold(), n_permutations=FEW)
    assert found.value == pytest.approx(0.7)
    assert (found.n, found.n_real) == (20, 10)


def test_it_is_the_cross_validated_balanced_accuracy_of_scikit_learn():
    rng = np.random.default_rng(0)
    samples, of_x = rng.normal(size=(90, 3)), np.arange(90) < 40
    samples[of_x] += 0.6
    ours = np.mean(_shares_right(GaussianNB(), samples, of_x, 5, 3))
    folds = StratifiedKFold(5, shuffle=True, random_state=3)
    theirs = cross_val_score(GaussianNB(), samples, of_x, cv=folds, scoring="balanced_accuracy").mean()
    assert ours == pytest.approx(theirs, abs=1e-12)  # folds of equal make-up, so the means agree


def test_the_interval_of_independent_judgements_is_newcombes():
    # Shuffled values that do not vary count every sample.
    right = [(0.8, 0.6), (0.5, 0.5), (0.5, 0.5)]
    low, high = _interval(right, (50, 100))
    (low_x, high_x), (low_y, high_y) = (
        proportion_confint(k, n, method="wilson") for k, n in ((40, 50), (60, 100))
    )
    assert low == pytest.approx(0.7 - np.hypot(0.8 - low_x, 0.6 - low_y) / 2)
    assert high == pytest.approx(0.7 + np.hypot(high_x - 0.8, high_y - 0.6) / 2)


def test_certainty_has_an_interval_too():
    low, high = _interval([(1.0, 1.0), (0.5, 0.5), (0.5, 0.5)], (20, 20))
    assert (0.8 < low < 1.0, high) == (True, 1.0)


def test_judgements_that_go_together_widen_the_interval():
    rng = np.random.default_rng(1)
    narrow = _interval([(0.7, 0.7), *rng.normal(0.5, 0.01, size=(99, 2))], (100, 100))
    wide = _interval([(0.7, 0.7), *rng.normal(0.5, 0.10, size=(99, 2))], (100, 100))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_what_is_apart_is_told_apart():
    rng = np.random.default_rng(2)
    found = classifier_two_sample(rng.normal(size=(40, 2)), rng.normal(6, 1, size=(40, 2)))
    assert found.value > 0.98
    assert (found.p_value, found.as_perfect) == (0.02, False)


def test_exact_copies_push_the_nearest_neighbour_far_below_one_half_and_are_called():
    real = np.random.default_rng(3).normal(size=(30, 4))
    # As many folds as samples of a kind: the twin of a left-out sample is nearly always in training.
    copied = classifier_two_sample(real, real.copy(), classifier=NEAREST, n_folds=15, n_permutations=FEW)
    assert copied.value < 0.1
    assert (copied.p_value, copied.as_perfect) == (2 / 80, False)
    assert "30 exact copies" in copied.summary()
    one_patient = classifier_two_sample(real, np.repeat(real[:1], 30, axis=0), n_permutations=FEW)
    assert "30 exact copies" in one_patient.summary()


def test_duplicates_within_one_sample_are_recognised_across_folds():
    # The leak the docstring warns of: one distribution, but every generated sample four times.
    rng = np.random.default_rng(4)
    real, few = rng.normal(size=(60, 5)), rng.normal(size=(15, 5))
    leaked = classifier_two_sample(real, np.repeat(few, 4, axis=0), classifier=NEAREST, n_permutations=FEW)
    assert leaked.value > 0.6
    assert not leaked.as_perfect


def test_a_difference_of_shape_needs_a_classifier_that_sees_shapes():
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(120, 2)), 3 * rng.normal(size=(120, 2))
    neighbours = make_pipeline(StandardScaler(), KNeighborsClassifier(9))
    assert classifier_two_sample(x, y, classifier=neighbours, n_permutations=FEW).p_value == 2 / 80
    assert classifier_two_sample(x, y, n_permutations=FEW).value < 0.6


@pytest.mark.slow
def test_p_values_are_fair_when_the_distributions_are_equal():
    # Two-sided p-values with ties are not uniform but stochastically larger, so the one-sided form of the
    # Kolmogorov-Smirnov test, at 0.1 %: is any p-value too small too often?
    rng = np.random.default_rng(6)
    p_values = [
        classifier_two_sample(
            *rng.exponential(size=(2, 20, 2)), classifier=Threshold(), n_folds=2, n_permutations=FEW, seed=i
        ).p_value
        for i in range(60)
    ]
    assert stats.kstest(p_values, "uniform", alternative="greater").pvalue > 0.001


def test_the_scaler_sees_the_training_part_only():
    seen = []

    class Spy(StandardScaler):
        def fit(self, samples, y=None, sample_weight=None):
            seen.append(len(samples))
            return super().fit(samples)

    classifier_two_sample(
        *np.random.default_rng(7).normal(size=(2, 20, 2)),
        classifier=make_pipeline(Spy(), GaussianNB()),
        n_permutations=FEW,
    )
    assert set(seen) == {32}  # four fifths of 40


def test_unequal_sizes_do_not_reward_naming_the_larger():
    rng = np.random.default_rng(8)
    found = classifier_two_sample(rng.normal(size=(20, 2)), rng.normal(size=(180, 2)), n_permutations=FEW)
    assert found.as_perfect
    assert 0.35 < found.perfect < 0.55


def test_a_seed_repeats_everything_and_tensors_are_welcome():
    x, y = np.random.default_rng(9).normal(size=(2, 20, 4))
    one = classifier_two_sample(x, y, classifier=GaussianNB(), seed=4, n_permutations=FEW)
    again = classifier_two_sample(
        torch.tensor(x).reshape(20, 2, 2),
        torch.tensor(y).reshape(20, 2, 2),
        classifier=GaussianNB(),
        seed=4,
        n_permutations=FEW,
    )
    assert one == again


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"x": np.zeros((9, 2))}, "x must hold at least 10"),
        ({"y": np.zeros((20, 3))}, "same features"),
        ({"y": np.full((20, 2), np.nan)}, "y must be finite"),
        ({"n_folds": 1}, "n_folds must be 2"),
        ({"n_folds": 2.5}, "n_folds must be a whole"),
        ({"classifier": "forest"}, "classifier must be"),
        ({"classifier": KNeighborsClassifier}, "classifier must be"),
        ({"classifier": StandardScaler()}, "classifier must be"),
        ({"n_permutations": 10}, "n_permutations must be 79"),
        ({"seed": "one"}, "seed"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(changed, complaint):
    arguments = {"x": np.zeros((20, 2)), "y": np.ones((20, 2))} | changed
    with pytest.raises(ValueError, match=complaint):
        classifier_two_sample(**arguments)
