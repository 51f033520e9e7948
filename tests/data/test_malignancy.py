import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ganlab.data import bayes_ceiling
from ganlab.data.simulated.lesions import first_of_each, shifted_odds


@pytest.mark.parametrize(
    ("probabilities", "accuracy", "auc"),
    [
        ([0.5, 0.5], 0.5, 0.5),
        ([0, 1], 1.0, 1.0),
        # malignant 0.2 low and 0.8 high, benign 0.8 low and 0.2 high: 0.8 * 0.8 above, 2 * 0.2 * 0.8 equal
        ([0.2, 0.8], 0.8, 0.64 + 0.16),
        ([0.1, 0.1, 0.1, 0.7], 0.85, (0.7 * 2.7 + (0.3 * 2.7 + 0.7 * 0.3) / 2) / (1.0 * 3.0)),
    ],
)
def test_ceiling_by_hand(probabilities, accuracy, auc):
    ceiling = bayes_ceiling(probabilities)
    assert ceiling.accuracy == pytest.approx(accuracy)
    assert ceiling.auc == pytest.approx(auc)


def test_auc_of_the_ceiling_is_what_scikit_learn_gives_for_weighted_patients():
    p = np.random.default_rng(0).beta(0.6, 0.9, 500).round(2)  # rounded: ties matter
    labels, scores = np.repeat([1, 0], 500), np.concatenate([p, p])
    expected = roc_auc_score(labels, scores, sample_weight=np.concatenate([p, 1 - p]))
    assert bayes_ceiling(p).auc == pytest.approx(expected, abs=1e-12)


def test_no_pairs_no_auc():
    assert np.isnan(bayes_ceiling([0, 0]).auc)
    assert bayes_ceiling([0, 0]).accuracy == 1


@pytest.mark.parametrize("bad", [[], [1.1], [np.nan], ["x"]])
def test_refusals(bad):
    with pytest.raises(ValueError, match="probabilities"):
        bayes_ceiling(bad)


def test_shifted_odds_by_hand():
    # Even odds in a population of even odds, thinned to one malignant in ten: odds 1 to 9.
    assert shifted_odds(np.array([0.5]), 0.5, 0.1) == pytest.approx([0.1])
    # A patient as likely as the average one stays as likely as the average one.
    assert shifted_odds(np.array([0.3]), 0.3, 0.8) == pytest.approx([0.8])


def test_shifting_there_and_back():
    p = np.array([0.01, 0.4, 0.97])
    np.testing.assert_allclose(shifted_odds(shifted_odds(p, 0.4, 0.1), 0.1, 0.4), p)


def test_first_of_each():
    malignant = np.array([True, False, True, True, False])
    assert first_of_each(malignant, 2, 1).tolist() == [0, 1, 2]
    assert first_of_each(malignant, 0, 2).tolist() == [1, 4]
    assert first_of_each(malignant, 4, 0) is None
