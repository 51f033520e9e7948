"""Small tables of patients, for the tests of this folder."""

import numpy as np
import pandas as pd


def patient_table(features, diagnoses, patient_ids=None):
    """A matrix of features and its diagnoses as a table; without ids every row is a patient of its own."""
    features = np.asarray(features, dtype=float)
    table = pd.DataFrame(features, columns=[f"feature {i}" for i in range(features.shape[1])])
    table.insert(0, "patient_id", np.arange(len(table)) if patient_ids is None else list(patient_ids))
    table.insert(1, "diagnosis", list(diagnoses))
    return table
