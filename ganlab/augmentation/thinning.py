"""Making a diagnosis rare: the shortage that a trial is about, produced on patients who are there."""

import numpy as np

from ganlab.augmentation.patients import checked_patients, facts, take_rows
from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import positive_integer


def thin(data, n_patients, diagnosis="malignant", seed=None):
    """Keep a few patients of one diagnosis and everybody else.

    A rare disease, imitated on a common one: because the patients who were taken away exist, it can be
    measured afterwards what having them would have been worth.

    Parameters
    ----------
    data : Cohort, or DataFrame with patient_id, diagnosis and features
    n_patients : int >= 1
        How many patients of `diagnosis` stay, with all their rows.
    diagnosis : str
    seed : int, torch.Generator or None
        Of who stays. For one seed, the few who stay are among the more who stay.

    Returns
    -------
    Cohort or DataFrame, as given
        In the order of `data`.

    Raises
    ------
    ValueError
        If `data` has fewer than `n_patients` patients of this diagnosis.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> thin(load_wdbc(), 5, seed=0)["diagnosis"].value_counts().to_dict()
    {'benign': 357, 'malignant': 5}
    """
    known = facts(checked_patients(data, "data"))
    affected = (known["diagnosis"].astype(str) == diagnosis).to_numpy()
    patients = known["patient_id"].to_numpy()
    candidates = np.unique(patients[affected])
    if positive_integer(n_patients, "n_patients") > len(candidates):
        raise ValueError(
            f"n_patients is {n_patients}, but data has {len(candidates)} {diagnosis!r} patients."
        )
    staying = seeded_numpy_rng(seed).permutation(candidates)[:n_patients]
    return take_rows(data, np.flatnonzero(~affected | np.isin(patients, staying)))
