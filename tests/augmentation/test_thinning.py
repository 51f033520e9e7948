"""Thinning a diagnosis: who stays, who is untouched, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from patient_tables import patient_table

from ganlab.augmentation import thin
from ganlab.data import load_wdbc, simulate_lesions


def test_five_and_three_by_hand():
    table = patient_table(np.arange(8.0)[:, None], list("bmbmbmbb"))
    few = thin(table, 1, "m", seed=0)
    assert (few["diagnosis"] == "b").sum() == 5
    assert (few["diagnosis"] == "m").sum() == 1
    assert few["feature 0"].is_monotonic_increasing  # the order of the table is kept
    assert set(few["feature 0"]) >= {0.0, 2.0, 4.0, 6.0, 7.0}


@pytest.mark.parametrize("seed", range(5))
def test_the_few_are_among_the_more_and_others_come_with_another_seed(seed):
    wdbc = load_wdbc()
    few, more = (set(thin(wdbc, n, seed=seed)["patient_id"]) for n in (4, 30))
    assert few < more
    assert set(thin(wdbc, 4, seed=seed + 100)["patient_id"]) != few


def test_a_patient_stays_with_all_rows():
    table = patient_table(np.arange(9.0)[:, None], list("mmmmmmbbb"), [1, 1, 1, 2, 2, 2, 3, 4, 5])
    kept = thin(table, 1, "m", seed=1)
    assert kept["patient_id"].value_counts().sort_index().tolist() == [3, 1, 1, 1]


def test_every_patient_is_equally_likely_to_stay():
    table = patient_table(np.zeros((6, 1)), list("bbmmmm"))
    stayed = pd.concat([thin(table, 2, "m", seed=seed) for seed in range(400)])["patient_id"].value_counts()
    assert stayed[[0, 1]].tolist() == [400, 400]
    assert stayed[[2, 3, 4, 5]].between(150, 250).all()  # 200 expected; 5 standard deviations are 50


def test_images_are_thinned_alike():
    lesions = simulate_lesions(20, malignant_fraction=0.5, seed=0)
    few = thin(lesions, 2, seed=0)
    assert few.truth["diagnosis"].value_counts().to_dict() == {"benign": 10, "malignant": 2}


@pytest.mark.parametrize(("n", "message"), [(213, "has 212 'malignant' patients"), (0, "n_patients")])
def test_more_than_there_are_and_none_are_refused(n, message):
    with pytest.raises(ValueError, match=message):
        thin(load_wdbc(), n)
