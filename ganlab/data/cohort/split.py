"""Which rows go where: parts that never share a patient, and draws of equal size by diagnosis."""

import numpy as np


def patient_parts(patients, diagnoses, fractions, rng):
    """Deal patients out to parts, each kind of patient as evenly as whole patients allow.

    The kind of a patient is the set of diagnoses of its rows. From m patients of a kind a part with
    fraction f receives at least the whole part of f m; those left over go, at most one of a kind to each
    part, to the part that is furthest below its share of all patients. A kind with a single patient goes
    to one part whole. A part that would be left empty is given a patient of the largest part.

    Parameters
    ----------
    patients, diagnoses : arrays, shape (n,)
    fractions : array, shape (k,), adding up to 1
    rng : numpy.random.Generator

    Returns
    -------
    list of k arrays of row numbers, each increasing
    """
    ids, patient_of_row = np.unique(patients, return_inverse=True)
    kinds = [set() for _ in ids]
    for patient, diagnosis in zip(patient_of_row, diagnoses, strict=True):
        kinds[patient].add(diagnosis)
    kinds = np.array([" & ".join(sorted(map(str, kind))) for kind in kinds])

    part_of_patient = np.full(len(ids), -1)
    leftovers = []
    for kind in rng.permutation(np.unique(kinds)):
        members = rng.permutation(np.flatnonzero(kinds == kind))
        # The small number keeps 0.7 * 10, which is 6.999..., at its 7.
        whole = np.floor(fractions * len(members) + 1e-9).astype(int)
        part_of_patient[members[: whole.sum()]] = np.repeat(np.arange(len(fractions)), whole)
        leftovers.append(members[whole.sum() :])

    def held():
        return np.bincount(part_of_patient[part_of_patient >= 0], minlength=len(fractions))

    for members in leftovers:
        below = fractions * len(ids) - held() + rng.uniform(0, 1e-6, len(fractions))  # ties fall by chance
        part_of_patient[members] = np.argsort(-below)[: len(members)]
    while (held() == 0).any():
        donor = rng.choice(np.flatnonzero(part_of_patient == held().argmax()))
        part_of_patient[donor] = np.flatnonzero(held() == 0)[0]
    return [np.flatnonzero(part_of_patient[patient_of_row] == part) for part in range(len(fractions))]


def even_rows(diagnoses, n_per_class, rng):
    """`n_per_class` rows of every diagnosis, each row used as equally often as possible.

    A diagnosis with m rows gives every row ``n_per_class // m`` times, and the remainder as rows drawn
    without replacement: no row is ever used two times more than another of its diagnosis.

    Returns
    -------
    rows, is_repeat : arrays, shape (n_per_class * number of diagnoses,)
        Row numbers in increasing order, and whether the row has been used before.
    """
    rows = []
    for diagnosis in np.unique(diagnoses):
        members = np.flatnonzero(diagnoses == diagnosis)
        times, rest = divmod(n_per_class, len(members))
        rows.append(np.repeat(members, times))
        rows.append(rng.choice(members, rest, replace=False))
    rows = np.sort(np.concatenate(rows))
    return rows, np.concatenate([[False], rows[1:] == rows[:-1]])
