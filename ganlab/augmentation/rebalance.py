"""How many rows each diagnosis has: thin one out, or fill up a rare one with repeats or synthetic rows.

Fill up the training part alone: balanced before the split, copies of one patient stand on both sides.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ganlab.augmentation.patients import (
    Patients,
    checked_patients,
    diagnoses_of,
    facts,
    feature_names,
    is_synthetic,
    take_rows,
    unused_ids,
)
from ganlab.data import Cohort
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed
from ganlab.validation import as_array, as_numpy, positive_integer


def thin(data: Patients, n_patients: int, diagnosis: str = "malignant", seed: Seed = 0) -> Patients:
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


def duplicate_to_balance(data: Patients, n_per_class: int | None = None, seed: Seed = 0) -> Patients:
    r"""Repeat the rows of every rare diagnosis until it has as many as the most frequent one.

    A row that is there k times adds k times its gradient, so training on duplicates is exactly training
    with the loss weighted,

    .. math:: \sum_{\text{duplicated}} \nabla \ell(x_i) = \sum_{\text{original}} k_i \nabla \ell(x_i)

    and nothing new is learnt about what the rare diagnosis looks like. It is the reference that every
    other augmentation has to beat.

    Parameters
    ----------
    data : Cohort, or DataFrame with patient_id, diagnosis and features
    n_per_class : int or None
        Rows wanted of every diagnosis; none may have more already. None: as many as the most frequent has.
    seed : int, torch.Generator or None
        Of the rows that come once more often than others, where it does not divide evenly.

    Returns
    -------
    Cohort or DataFrame, as given
        Every row of `data` first, in its order, then the repeats. They keep their patient's id, so that a
        later split by patient still holds. Three columns more: ``source_row``, ``is_repeat`` and
        ``is_synthetic``, False where `data` does not say otherwise.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": range(4), "diagnosis": ["benign"] * 3 + ["malignant"]})
    >>> duplicate_to_balance(table.assign(area=[0.0, 1, 2, 9]))["area"].tolist()
    [0.0, 1.0, 2.0, 9.0, 9.0, 9.0]
    """
    data, n_per_class = checked_patients(data, "data"), _wanted(data, n_per_class)
    rng, diagnoses = seeded_numpy_rng(seed), diagnoses_of(data)
    rows = [np.arange(len(diagnoses))]
    for kind in np.unique(diagnoses):
        members = np.flatnonzero(diagnoses == kind)
        times, rest = divmod(n_per_class - len(members), len(members))
        rows += [np.tile(members, times), np.sort(rng.choice(members, rest, replace=False))]
    rows = np.concatenate(rows)
    return _marked(take_rows(data, rows), source_row=rows, is_repeat=np.arange(len(rows)) >= len(diagnoses))


def synthesize_to_balance(
    data: Patients, sampler: Callable, n_per_class: int | None = None, seed: Seed = 0
) -> Patients:
    """Fill up every rare diagnosis with synthetic rows.

    Parameters
    ----------
    data : Cohort, or DataFrame with patient_id, diagnosis and features
        The training part: what the sampler learnt from, and nothing else.
    sampler : function (diagnosis, n, seed) -> n rows
        For a table, an array or DataFrame of shape (n, features). For a Cohort, images of shape
        (n, height, width) in the cohort's intensity unit, or a pair (images, masks); without masks every
        pixel is marked. ``FeatureGAN.sample`` is such a function.
    n_per_class : int or None
        As for :func:`duplicate_to_balance`.
    seed : int, torch.Generator or None

    Returns
    -------
    Cohort or DataFrame, as given
        Every row of `data` first, in its order, then the synthetic ones. ``is_synthetic`` tells them apart
        (of a row of `data` it stays what it was), and each has an id of its own that no patient in `data`
        has: negative where ids are numbers, "synthetic-00000" where they are text. What else is known of a
        row of `data` is missing in a synthetic one (whole numbers and truth values become floats to allow
        it), and a Cohort's regions are dropped: nobody knows those of a patient who does not exist.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": range(4), "diagnosis": ["benign"] * 3 + ["malignant"]})
    >>> nines = lambda diagnosis, n, seed: [[9.5]] * n
    >>> synthesize_to_balance(table.assign(area=[0.0, 1, 2, 9]), nines).tail(3)
       patient_id  diagnosis  area  is_synthetic
    3           3  malignant   9.0         False
    4          -1  malignant   9.5          True
    5          -2  malignant   9.5          True
    """
    data, n_per_class = checked_patients(data, "data"), _wanted(data, n_per_class)
    rng = seeded_numpy_rng(seed)
    diagnoses = diagnoses_of(data)
    lacking = {str(kind): n_per_class - np.sum(diagnoses == kind) for kind in np.unique(diagnoses)}
    lacking = {kind: int(n) for kind, n in lacking.items() if n}
    drawn = {kind: sampler(kind, n, int(rng.integers(2**31))) for kind, n in lacking.items()}
    if not drawn:
        return _marked(data)
    about = pd.DataFrame(
        {
            "patient_id": unused_ids(facts(data)["patient_id"], sum(lacking.values())),
            "diagnosis": np.repeat(list(lacking), list(lacking.values())),
        }
    )
    if isinstance(data, Cohort):
        parts = [_checked_images(drawn[kind], n, data) for kind, n in lacking.items()]
        images, masks = (
            np.concatenate(stacks) for stacks in zip((data.images, data.masks), *parts, strict=True)
        )
        parts = {"images": images, "masks": masks, "truth": _followed_by(data.truth, about), "regions": None}
        return data.replace(**parts, intensity_range=_range(data))
    features = feature_names(data)
    rows = np.concatenate([_checked_rows(drawn[kind], n, features) for kind, n in lacking.items()])
    return _followed_by(data, pd.concat([about, pd.DataFrame(rows, columns=features)], axis=1))


def _wanted(data, n_per_class):
    kinds, counts = np.unique(diagnoses_of(data), return_counts=True)
    if len(kinds) < 2:
        raise ValueError(f"there is nothing to balance: every row is {str(kinds[0])!r}.")
    if n_per_class is None:
        return int(counts.max())
    if positive_integer(n_per_class, "n_per_class") < counts.max():
        raise ValueError(
            f"n_per_class is {n_per_class}, but {str(kinds[counts.argmax()])!r} has {counts.max()} rows "
            "already, and balancing here takes none away; `thin` does."
        )
    return int(n_per_class)


def _marked(data, **columns):
    columns = {"is_synthetic": is_synthetic(data), **columns}
    if not isinstance(data, Cohort):
        return data.assign(**columns)
    return data.replace(truth=data.truth.assign(**columns), intensity_range=_range(data))


def _range(cohort):
    """The reals' intensity range, so that a network sees the same numbers whatever was added."""
    return cohort.intensity_range or (float(cohort.images.min()), float(cohort.images.max()))


def _followed_by(known, synthetic):
    """Rows of a table and new ones, who lack what only the first ones have."""
    lacking = known.columns.difference([*synthetic.columns, "is_synthetic"])
    # Neither whole numbers nor truth values have one that says "missing".
    floats = {column: float for column in lacking if known[column].dtype.kind in "biu"}
    together = pd.concat([known.astype(floats), synthetic], ignore_index=True)
    return together.assign(is_synthetic=np.append(is_synthetic(known), np.ones(len(synthetic), dtype=bool)))


def _checked_images(drawn, n, cohort):
    images, masks = drawn if isinstance(drawn, tuple) else (drawn, None)
    images = as_numpy(as_array(images, "the sampler's images"))
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.shape != (n, *cohort.images.shape[1:]):
        raise ValueError(
            f"the sampler was asked for images of shape {(n, *cohort.images.shape[1:])} and gave "
            f"{images.shape}."
        )
    masks = np.ones(images.shape, dtype=bool) if masks is None else as_numpy(masks).astype(bool)
    return images, masks


def _checked_rows(drawn, n, features):
    if isinstance(drawn, pd.DataFrame):
        missing = [column for column in features if column not in drawn.columns]
        if missing:
            raise ValueError(f"the sampler's rows lack {', '.join(map(repr, missing[:5]))}.")
        drawn = drawn[features].to_numpy()
    rows = as_numpy(as_array(drawn, "the sampler's rows"))
    if rows.shape != (n, len(features)):
        raise ValueError(f"the sampler was asked for {(n, len(features))} numbers and gave {rows.shape}.")
    return rows
