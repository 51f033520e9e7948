"""Balancing: who is repeated or made up, and that it is written down who is real."""

import numpy as np
import pandas as pd
import pytest
import torch
from patient_tables import patient_table

from ganlab.augmentation import duplicate_to_balance, synthesize_to_balance
from ganlab.augmentation.smote import smote_to_balance
from ganlab.data import simulate_lesions


def table(benign=9, malignant=4, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(benign + malignant, 3)) + 2 * (np.arange(benign + malignant) >= benign)[:, None]
    return patient_table(values, ["benign"] * benign + ["malignant"] * malignant)


@pytest.fixture(scope="module")
def lesions():
    return simulate_lesions(20, malignant_fraction=0.25, size=32, seed=0)


def counts(data):
    return getattr(data, "truth", data)["diagnosis"].value_counts().to_dict()


def made_of_zeros(data):
    if isinstance(data, pd.DataFrame):
        return lambda diagnosis, n, seed: np.zeros((n, 3))
    return lambda diagnosis, n, seed: np.random.default_rng(seed).normal(size=(n, 32, 32))


# Duplicates


def test_five_and_two_by_hand():
    few = patient_table([[0.0], [1], [2], [3], [4], [8], [9]], list("bbbbbmm"))
    balanced = duplicate_to_balance(few, seed=0)
    assert balanced["feature 0"].tolist()[:9] == [0, 1, 2, 3, 4, 8, 9, 8, 9]
    assert balanced["feature 0"].iloc[9] in (8, 9)  # the one left over is drawn
    assert balanced["is_repeat"].tolist() == [False] * 7 + [True] * 3
    assert (balanced["patient_id"] == balanced["source_row"]).all()


@pytest.mark.parametrize("k", [2, 3, 7])
def test_duplicating_k_times_is_the_gradient_of_weighting_by_k(k):
    rare, frequent = 4, 4 * k
    balanced = duplicate_to_balance(table(frequent, rare), seed=0)
    columns = ["feature 0", "feature 1", "feature 2"]

    def gradient(rows, weights):
        w = torch.tensor([0.3, -0.2, 0.5], dtype=torch.float64, requires_grad=True)
        x = torch.tensor(rows[columns].to_numpy())
        y = torch.tensor((rows["diagnosis"] == "malignant").to_numpy(), dtype=torch.float64)
        losses = torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y, reduction="none")
        return torch.autograd.grad((weights * losses).sum(), w)[0]

    original = table(frequent, rare)
    weights = torch.tensor(np.where(original["diagnosis"] == "malignant", k, 1))
    duplicated = gradient(balanced, torch.ones(len(balanced)))
    torch.testing.assert_close(duplicated, gradient(original, weights), rtol=1e-12, atol=1e-12)


def test_a_cohort_is_duplicated_like_a_table(lesions):
    balanced = duplicate_to_balance(lesions, seed=0)
    assert counts(balanced) == {"benign": 15, "malignant": 15}
    source = balanced.truth["source_row"].to_numpy()
    assert np.array_equal(balanced.images, lesions.images[source])
    assert balanced.truth["patient_id"].tolist() == lesions.truth["patient_id"].iloc[source].tolist()
    assert balanced.scaling == lesions.scaling
    assert lesions.subset(slice(None)).fingerprint == lesions.fingerprint


def test_duplicates_add_no_diversity(lesions):
    balanced = duplicate_to_balance(lesions, seed=0)
    assert len(np.unique(balanced.images.reshape(len(balanced), -1), axis=0)) == len(lesions)


# What all of them promise


@pytest.mark.parametrize(
    ("balance", "options", "n"),
    [
        (smote_to_balance, {}, 9),
        (duplicate_to_balance, {}, 9),
        (duplicate_to_balance, {"n_per_class": 12}, 12),
        (synthesize_to_balance, {}, 9),
        (synthesize_to_balance, {"n_per_class": 12}, 12),
    ],
)
def test_the_reals_come_first_and_unchanged_and_the_classes_are_even(balance, options, n):
    data = table()
    sampler = [made_of_zeros(data)] if balance is synthesize_to_balance else []
    balanced = balance(data, *sampler, **options, seed=3)
    assert counts(balanced) == {"benign": n, "malignant": n}
    pd.testing.assert_frame_equal(balanced[data.columns][: len(data)], data, check_dtype=False)
    pd.testing.assert_frame_equal(balance(data, *sampler, **options, seed=3), balanced)


@pytest.mark.parametrize("balance", [duplicate_to_balance, synthesize_to_balance])
def test_the_same_of_cohorts(balance, lesions):
    sampler = [made_of_zeros(lesions)] if balance is synthesize_to_balance else []
    balanced = balance(lesions, *sampler, n_per_class=18, seed=3)
    assert counts(balanced) == {"benign": 18, "malignant": 18}
    assert np.array_equal(balanced.images[:20], lesions.images)
    assert balance(lesions, *sampler, n_per_class=18, seed=3).fingerprint == balanced.fingerprint
    assert balance(lesions, *sampler, n_per_class=18, seed=4).fingerprint != balanced.fingerprint


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (table(5, 0), "every row is 'benign'"),
        (table().drop(columns="diagnosis"), "has no diagnosis"),
        (table().assign(note="text"), "columns that are not numbers: 'note'"),
        (table().assign(StudyDate=1), r"'StudyDate', which no feature is.*drop\(columns"),
        (table()[["patient_id", "diagnosis"]], "has no features"),
        (table().assign(bad=np.nan), "NaN"),
        (np.ones((3, 2)), "must be a Cohort, or a DataFrame"),
    ],
)
@pytest.mark.parametrize("balance", [duplicate_to_balance, smote_to_balance, synthesize_to_balance])
def test_what_cannot_be_balanced_is_refused(balance, data, complaint):
    sampler = [lambda diagnosis, n, seed: None] if balance is synthesize_to_balance else []
    with pytest.raises(ValueError, match=complaint):
        balance(data, *sampler)


@pytest.mark.parametrize(
    ("n", "complaint"), [(8, "'benign' has 9 rows already.* `thin` does"), (9.5, "whole number")]
)
def test_fewer_rows_than_there_are_and_half_a_row_are_refused(n, complaint):
    with pytest.raises(ValueError, match=complaint):
        duplicate_to_balance(table(), n)


# Neighbours


def test_each_smote_row_lies_between_a_patient_and_one_of_its_nearest():
    data = table(40, 12)
    made = smote_to_balance(data, seed=1)
    columns = ["feature 0", "feature 1", "feature 2"]
    rare = data.loc[data["diagnosis"] == "malignant", columns].to_numpy()
    scale = data[columns].to_numpy().std(axis=0)
    distance = np.linalg.norm((rare[:, None] - rare) / scale, axis=2)
    nearest = np.argsort(distance, axis=1)[:, 1:6]
    for row in made.loc[made["is_synthetic"], columns].to_numpy():
        on_a_line = False
        for i, j in [(first, second) for first in range(12) for second in nearest[first]]:
            u = (row - rare[i]) @ (rare[j] - rare[i]) / np.sum((rare[j] - rare[i]) ** 2)
            on_a_line |= 0 <= u <= 1 and np.allclose(rare[i] + u * (rare[j] - rare[i]), row)
        assert on_a_line


def test_a_single_patient_has_no_neighbour():
    with pytest.raises(ValueError, match="single row"):
        smote_to_balance(table(5, 1))


# Synthesis


@pytest.mark.parametrize("ids", [range(13), range(-5, 8), [f"synthetic-{i:05d}" for i in range(13)]])
def test_synthetic_patients_have_ids_of_their_own_whatever_the_real_ones_are(ids):
    data = table().assign(patient_id=list(ids))
    made = synthesize_to_balance(data, made_of_zeros(data))
    synthetic = made.loc[made["is_synthetic"], "patient_id"]
    assert len(synthetic) == synthetic.nunique() == 5
    assert not set(synthetic) & set(ids)


def test_a_synthetic_image_has_no_truth_but_its_diagnosis(lesions):
    made = synthesize_to_balance(lesions, made_of_zeros(lesions), seed=0)
    synthetic = made.truth[made.truth["is_synthetic"]]
    assert set(synthetic["diagnosis"]) == {"malignant"}
    assert synthetic["radius_mm"].isna().all()
    assert not made.truth.loc[~made.truth["is_synthetic"], "radius_mm"].isna().any()
    assert made.masks[20:].all()  # no mask was given
    assert made.scaling == lesions.scaling


@pytest.mark.parametrize("kind", ["table", "cohort"])
def test_who_was_synthetic_before_is_so_after_another_round(kind, lesions):
    data = table() if kind == "table" else lesions
    once = synthesize_to_balance(data, made_of_zeros(data), seed=0)
    once_known = getattr(once, "truth", once)["is_synthetic"].to_numpy()
    more = once_known.sum() + 20
    twice = synthesize_to_balance(once, made_of_zeros(data), len(once) // 2 + 10, seed=1)
    again = synthesize_to_balance(once, made_of_zeros(data), seed=1)  # nothing is lacking
    copied = duplicate_to_balance(once, len(once) // 2 + 10, seed=1)
    for later, n in ((twice, more), (again, once_known.sum())):
        known = getattr(later, "truth", later)["is_synthetic"].to_numpy()
        assert known[: len(once)].tolist() == once_known.tolist()
        assert known.sum() == n
    copies = getattr(copied, "truth", copied)
    assert copies["is_synthetic"].tolist() == once_known[copies["source_row"]].tolist()


def test_what_else_a_table_knows_of_its_rows_is_kept():
    data = table().assign(reason=None, is_repeat=[True] + [False] * 12)
    data.loc[2, "reason"] = "no lesion"
    made = synthesize_to_balance(data, made_of_zeros(data))
    assert made.loc[2, "reason"] == "no lesion"
    assert made["is_repeat"].tolist()[:13] == [1.0] + [0.0] * 12
    assert made.loc[made["is_synthetic"], "is_repeat"].isna().all()


def test_masks_that_come_with_the_images_are_kept(lesions):
    mask = np.zeros((10, 32, 32), dtype=bool)
    mask[:, 4:9, 4:9] = True
    images = np.random.default_rng(0).normal(size=(10, 32, 32))
    made = synthesize_to_balance(lesions, lambda diagnosis, n, seed: (images, mask))
    assert np.array_equal(made.masks[20:], mask)


@pytest.mark.parametrize(
    ("sampler", "complaint"),
    [
        (lambda diagnosis, n, seed: np.zeros((n - 1, 3)), r"asked for \(5, 3\).*gave \(4, 3\)"),
        (lambda diagnosis, n, seed: np.full((n, 3), np.nan), "finite"),
        (lambda diagnosis, n, seed: pd.DataFrame({"feature 0": np.zeros(n)}), "lack 'feature 1'"),
    ],
)
def test_a_sampler_that_gives_something_else_is_refused(sampler, complaint):
    with pytest.raises(ValueError, match=complaint):
        synthesize_to_balance(table(), sampler)


def test_a_sampler_of_images_of_another_size_is_refused(lesions):
    with pytest.raises(ValueError, match=r"\(10, 32, 32\) and gave \(10, 8, 8\)"):
        synthesize_to_balance(lesions, lambda diagnosis, n, seed: np.zeros((n, 8, 8)))
