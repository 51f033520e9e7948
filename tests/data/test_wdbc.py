"""The breast cancer table is the published one."""

import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from ganlab.data import load_wdbc


@pytest.fixture(scope="module")
def wdbc():
    return load_wdbc()


def test_it_holds_the_published_counts(wdbc):
    assert wdbc.shape == (569, 32)
    assert wdbc["diagnosis"].value_counts().to_dict() == {"benign": 357, "malignant": 212}
    assert wdbc["patient_id"].is_unique


def test_its_first_patient_is_the_published_one(wdbc):
    """The first row of the UCI file: 842302, M, radius 17.99, texture 10.38, ..., worst radius 25.38."""
    first = wdbc.iloc[0]
    assert first["diagnosis"] == "malignant"
    assert (first["mean radius"], first["mean texture"], first["worst radius"]) == (17.99, 10.38, 25.38)


def test_malignant_nuclei_are_larger(wdbc):
    """Street et al. 1993: swapped labels would turn this round."""
    median = wdbc.groupby("diagnosis")["mean radius"].median()
    assert median["malignant"] > 1.3 * median["benign"]


def test_features_are_complete_floats_in_three_families_of_ten(wdbc):
    features = wdbc.columns[2:]
    assert list(wdbc.columns[:2]) == ["patient_id", "diagnosis"]
    assert [sum(word in name.split() for name in features) for word in ("mean", "error", "worst")] == [10] * 3
    assert all(pd.api.types.is_float_dtype(kind) for kind in wdbc.dtypes[2:])
    assert wdbc.notna().all().all()


def test_changing_the_table_changes_nobody_elses_copy(wdbc):
    mine = load_wdbc()
    mine["mean radius"] = 0.0
    assert load_wdbc()["mean radius"].min() > 0
    assert load_breast_cancer(as_frame=True).data["mean radius"].min() > 0
