"""The conditional GAN on features: it repeats itself, keeps to its training part, and learns p(x | y)."""

import numpy as np
import pandas as pd
import pytest
from patient_tables import patient_table
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ganlab.augmentation import FeatureGAN, feature_arms, synthesize_to_balance
from ganlab.data import load_wdbc


@pytest.fixture(scope="module")
def thinned():
    """100 benign and 20 malignant patients, and all others."""
    wdbc = load_wdbc()
    train = wdbc.groupby("diagnosis").head(100)
    train = pd.concat([train[train["diagnosis"] == "benign"], train[train["diagnosis"] == "malignant"][:20]])
    return train, wdbc.drop(train.index)


def small(table, seed=0, steps=10):
    return FeatureGAN(table, steps=steps, seed=seed, progress=False)


def test_the_same_seed_gives_the_same_rows(thinned):
    first, again, other = (small(thinned[0], seed).sample("malignant", 5, seed=1) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first, other)


def test_rows_follow_the_units_of_the_table(thinned):
    train = thinned[0]
    features = train.columns[2:]
    scaled = train.copy()
    scaled[features] = train[features] * 25.4 + 3
    plain, other = (small(table).sample("benign", 4, seed=1) for table in (train, scaled))
    np.testing.assert_allclose(other, plain * 25.4 + 3, rtol=1e-4)


def test_the_scale_is_that_of_the_training_part_alone(thinned):
    train, _ = thinned
    gan = small(train)
    np.testing.assert_allclose(gan._mean, train[gan.features].mean())
    np.testing.assert_allclose(gan._scale, train[gan.features].std(ddof=0))


def test_a_constant_feature_stays_constant():
    rng = np.random.default_rng(0)
    table = patient_table(np.column_stack([rng.normal(size=40), np.full(40, 7.0)]), ["a"] * 30 + ["b"] * 10)
    gan = small(table)
    assert gan._scale[1] == 1
    assert np.isfinite(gan.sample("b", 5, seed=0)).all(axis=None)


def test_real_rows_of_every_class_are_dealt_out_equally_often():
    import torch

    from ganlab.augmentation.feature_gan import _evenly

    rows = torch.arange(7.0)[:, None]
    dealt, codes = _evenly(rows, torch.tensor([0, 0, 0, 0, 0, 1, 1]), [5, 2])
    assert codes.bincount().tolist() == [5, 5]
    assert sorted(dealt.flatten().tolist()) == [0, 1, 2, 3, 4, 5, 5, 5, 6, 6]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (patient_table(np.ones((4, 2)), list("aaab")), "two patients or more of each.*'b': 1"),
        (patient_table(np.ones((4, 2)), list("aaaa")), "two diagnoses"),
        (np.ones((4, 2)), "must be a Cohort, or a DataFrame"),
    ],
)
def test_tables_that_cannot_be_learnt_are_refused(table, complaint):
    with pytest.raises(ValueError, match=complaint):
        small(table)


def test_a_diagnosis_that_it_never_saw_is_refused(thinned):
    with pytest.raises(ValueError, match="benign, malignant; got 'sarcoma'"):
        small(thinned[0]).sample("sarcoma", 1)


def test_its_arm_fills_up_with_synthetic_patients_and_repeats_itself(thinned):
    arm = feature_arms(steps=5)["GAN"]
    made = arm(thinned[0], 3)
    assert made["is_synthetic"].sum() == 80
    pd.testing.assert_frame_equal(made, arm(thinned[0], 3))
    assert list(feature_arms(steps=5)) == ["none", "duplicates", "SMOTE", "GAN"]


def looked_at(gan, table):
    """For each diagnosis: distance of means and ratio of spreads, in its real standard deviations, and the
    share of samples that a classifier takes for the diagnosis asked for."""
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(table[gan.features].to_numpy(), table["diagnosis"])
    rows = {}
    for diagnosis in gan.diagnoses:
        real = table.loc[table["diagnosis"] == diagnosis, gan.features].to_numpy()
        synthetic = gan.sample(diagnosis, 500, seed=0).to_numpy()
        rows[diagnosis] = {
            "shift": np.mean(np.abs(synthetic.mean(0) - real.mean(0)) / real.std(0)),
            "spread": np.median(synthetic.std(0) / real.std(0)),
            "delivered": np.mean(classifier.predict(synthetic) == diagnosis),
        }
    return pd.DataFrame(rows).T


@pytest.mark.slow
def test_it_learns_both_classes_in_each_of_three_seeds(thinned):
    train, others = thinned
    for seed in range(3):
        gan = FeatureGAN(train, seed=seed, progress=False)
        found = looked_at(gan, others)
        print(found.round(2))
        assert (found["delivered"] > 0.8).all()
        assert found["spread"].between(0.5, 2).all()
        for diagnosis, other in (("benign", "malignant"), ("malignant", "benign")):
            real = others.groupby("diagnosis")[gan.features].mean()
            scale = others.loc[others["diagnosis"] == diagnosis, gan.features].std()
            apart = ((real.loc[other] - real.loc[diagnosis]).abs() / scale).mean()
            assert found.loc[diagnosis, "shift"] < apart / 2  # beyond half way it would be the other class
        made = synthesize_to_balance(train, gan.sample, seed=0)
        assert not made[gan.features].duplicated().any()  # none is a copy of a patient
