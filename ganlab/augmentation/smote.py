"""SMOTE: new rows on the lines between a rare patient and its nearest neighbours of the same diagnosis."""

from ganlab.augmentation.patients import checked_patients, diagnoses_of, feature_names
from ganlab.augmentation.rebalance import synthesize_to_balance
from ganlab.seeding import seeded_numpy_rng

NEIGHBOURS = 5  # as in the paper


def smote_to_balance(table, seed=0):
    r"""Fill up every rare diagnosis with points between a patient and one of its nearest neighbours.

    .. math:: x_\text{new} = x_i + u\,(x_j - x_i), \qquad u \sim U(0, 1)

    j is one of the five nearest rows of the same diagnosis (of all the others, where there are fewer), in
    standard deviations of the whole table. No network and nothing to tune: a reference for a GAN on features,
    besides duplicates. Points lie within the cloud of the known patients, so they understate its spread.

    Parameters
    ----------
    table : DataFrame with patient_id, diagnosis and features
        The training part.
    seed : int, torch.Generator or None

    Returns
    -------
    DataFrame
        As :func:`~ganlab.augmentation.synthesize_to_balance` gives it.

    References
    ----------
    .. [1] Chawla et al. (2002), SMOTE: Synthetic Minority Over-sampling Technique, doi:10.1613/jair.953.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient_id": range(5), "diagnosis": ["benign"] * 3 + ["malignant"] * 2})
    >>> new = smote_to_balance(table.assign(area=[0.0, 1, 2, 8, 9]), seed=0).iloc[-1]
    >>> new["diagnosis"], bool(8 < new["area"] < 9)
    ('malignant', True)
    """
    from sklearn.neighbors import NearestNeighbors

    checked_patients(table, "table")
    if not hasattr(table, "columns"):
        raise ValueError(
            "smote_to_balance works on feature tables; between two images lies a double exposure."
        )
    diagnoses, values = diagnoses_of(table), table[feature_names(table)].to_numpy(dtype=float)
    scale = values.std(axis=0)
    scale[scale == 0] = 1.0

    def between(diagnosis, n, seed):
        rows = values[diagnoses == diagnosis]
        if len(rows) < 2:
            raise ValueError(f"{diagnosis!r} has a single row, and so no neighbour to go towards.")
        rng = seeded_numpy_rng(seed)
        k = min(NEIGHBOURS, len(rows) - 1)
        near = NearestNeighbors(n_neighbors=k).fit(rows / scale).kneighbors(return_distance=False)
        start = rng.integers(len(rows), size=n)
        end = near[start, rng.integers(k, size=n)]
        return rows[start] + rng.uniform(size=(n, 1)) * (rows[end] - rows[start])

    return synthesize_to_balance(table, between, seed=seed)
