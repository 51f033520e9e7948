"""Cohort: images, masks and one row of truth each, kept together, split by patient, saved."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from array_api_compat import is_torch_array

from ganlab.data.cohort.contact_sheet import contact_sheet
from ganlab.data.cohort.parts import checked_parts, read_cohort_file, write_cohort_file
from ganlab.data.cohort.scaling import Scaling
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import FilePath, Images, Interval, Masks, Seed
from ganlab.validation import as_samples


class Cohort:
    """Images with their regions of interest and their truth, one row per image. Immutable.

    A patient may have several rows (slices); `split` keeps each patient on one side.

    Parameters
    ----------
    images : array or tensor, shape (n, height, width), numbers
        Copied, as float32. Each image must be finite and hold at least two different values.
    masks : array or tensor, same shape, bool or 0/1
        The region of interest of each image; at least one pixel each. Where no region is marked, hand
        in ``np.ones(images.shape, bool)``.
    truth : pandas.DataFrame, n rows
        What is known about each image. `patient_id` (int or text) and `diagnosis` (text) must be there
        and complete. Columns are bool, int, float or text (None where missing); the index is dropped.
    spacing_mm : number, or pair (row, column)
        Millimetres between neighbouring pixels, the same for the whole cohort.
    intensity_unit : {"HU", "a.u."}
        Hounsfield units, or arbitrary units.
    name : str
    provenance : str
        Where it came from, in words: a simulator's call, a file, a citation.
    regions : mapping of name -> masks like `masks`, optional, keyword only
        Further regions whose truth is known (necrosis, a calibration insert). These may be empty.
    intensity_range : pair (low, high), optional, keyword only
        The intensities that a network sees as -1 and 1, where they are known beforehand (a scanner's
        window). By default the smallest and largest intensity of this very cohort.

    Attributes
    ----------
    images : float32 array, read-only
    masks : bool array, read-only
    truth : DataFrame, a fresh copy at every look
    spacing_mm : tuple (row, column)
    intensity_unit, name, provenance : str
    regions : dict of read-only bool arrays, a fresh dict at every look
    intensity_range : tuple or None, as given
    scaling : Scaling
        Intensities to [-1, 1] and back.
    diagnoses : tuple
        The distinct diagnoses in sorted order; the code of a label is its place here.
    fingerprint : str
        A hash of the content: images, masks, truth, spacing, unit, regions and intensity range, but not
        of the name and the provenance.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> images = np.arange(32.0).reshape(2, 4, 4)
    >>> truth = pd.DataFrame({"patient_id": ["a", "b"], "diagnosis": ["benign", "malignant"]})
    >>> cohort = Cohort(images, images > 3, truth, 0.8, "HU", "two squares", "made by hand")
    >>> cohort
    Cohort 'two squares': 2 images of 2 patients, 4 x 4 pixels of 0.8 x 0.8 mm, HU
    >>> cohort.to_tensor().shape
    torch.Size([2, 1, 4, 4])
    """

    def __init__(
        self,
        images: Images,
        masks: Masks,
        truth: pd.DataFrame,
        spacing_mm: float | tuple[float, float],
        intensity_unit: str,
        name: str,
        provenance: str,
        *,
        regions: dict[str, Masks] | None = None,
        intensity_range: Interval | None = None,
    ):
        checked = checked_parts(
            images, masks, truth, spacing_mm, intensity_unit, name, provenance, regions, intensity_range
        )
        # Properties of the same names, below, come first and hand out copies of `truth` and `regions`.
        vars(self).update(checked)

    def __setattr__(self, name, value=None):
        raise AttributeError(f"a Cohort cannot be changed: {name!r} stays as it is. Build a new Cohort.")

    __delattr__ = __setattr__

    def __reduce__(self):
        # Copies and worker processes get a Cohort built anew, validated and read-only like this one.
        return _rebuild, (vars(self),)

    def __len__(self):
        return len(self.images)

    def __repr__(self):
        height, width = self.images.shape[1:]
        row, column = self.spacing_mm
        return (
            f"Cohort {self.name!r}: {len(self)} images of {self.truth['patient_id'].nunique()} patients, "
            f"{height} x {width} pixels of {row:.4g} x {column:.4g} mm, {self.intensity_unit}"
        )

    def _repr_html_(self):
        return contact_sheet(self)

    @property
    def truth(self):
        return vars(self)["truth"].copy()

    @property
    def regions(self):
        return dict(vars(self)["regions"])

    @property
    def diagnoses(self):
        return tuple(np.unique(self.truth["diagnosis"].to_numpy(dtype=str)).tolist())

    @property
    def scaling(self):
        if self.intensity_range is None:
            return Scaling.fit(self.images, self.intensity_unit)
        return Scaling(*self.intensity_range, self.intensity_unit)

    @property
    def fingerprint(self):
        content = hashlib.sha256(str(self.images.shape).encode())
        for array in (self.images, self.masks, *self.regions.values()):
            content.update(array.tobytes())
        facts = (self.spacing_mm, self.intensity_unit, self.intensity_range, tuple(self.regions))
        content.update(repr(facts).encode())
        content.update(self.truth.to_json(orient="table", double_precision=15, index=False).encode())
        return content.hexdigest()[:16]

    def replace(self, **parts: object) -> "Cohort":
        """A copy with some parts changed and everything else kept, checked like any other Cohort.

        Parameters
        ----------
        **parts : as the constructor takes them
            `images`, `masks`, `truth`, `spacing_mm`, `intensity_unit`, `name`, `provenance`, `regions`,
            `intensity_range`. Images of another size need masks and regions of that size as well.

        Returns
        -------
        Cohort

        Examples
        --------
        >>> from ganlab.data import simulate_lesions
        >>> lesions = simulate_lesions(3)
        >>> brighter = lesions.replace(images=2 * lesions.images, name="too bright")
        >>> brighter.name, brighter.spacing_mm == lesions.spacing_mm
        ('too bright', True)
        """
        unknown = " or ".join(sorted(parts.keys() - vars(self).keys()))
        if unknown:
            raise ValueError(f"a Cohort has no {unknown}; its parts are {', '.join(vars(self))}.")
        return Cohort(**{**vars(self), **parts})

    def subset(self, rows: Sequence[int] | Sequence[bool] | slice) -> "Cohort":
        """The cohort of some of the rows, in the order given.

        Parameters
        ----------
        rows : list or array of row numbers, boolean array of length n, or slice
            A row may occur twice; negative numbers count from the end.

        Returns
        -------
        Cohort

        Raises
        ------
        ValueError
            If `rows` selects nothing, names a row that is not there or is not one of the above.
        """
        return self._taking(self._row_numbers(rows))

    def split(self, fractions: Sequence[float], seed: Seed = 0) -> tuple["Cohort", ...]:
        """Parts that share no patient, alike in their diagnoses as far as whole patients allow.

        The rule is that of :func:`split_by_patient`. Fit every scaler and every threshold on the training
        part alone.

        Parameters
        ----------
        fractions : sequence of numbers > 0 that add up to 1
            For instance (0.7, 0.3), or (0.6, 0.2, 0.2). They count patients, not rows.
        seed : int, torch.Generator or None

        Returns
        -------
        tuple of Cohort, one for each fraction
            Rows keep their order.

        Examples
        --------
        >>> from ganlab.data import simulate_lesions
        >>> training, test = simulate_lesions(40, seed=0).split((0.75, 0.25), seed=1)
        >>> len(training), len(test), set(training.truth.patient_id) & set(test.truth.patient_id)
        (30, 10, set())
        """
        return tuple(self._taking(rows) for rows in split_by_patient(self.truth, fractions, seed))

    def to_tensor(self, scaling: Scaling | None = None) -> torch.Tensor:
        """The images as a network wants them.

        Parameters
        ----------
        scaling : Scaling or None
            None: this cohort's own. Hand in the training cohort's for every other part:
            ``test.to_tensor(training.scaling)``.

        Returns
        -------
        torch.Tensor, float32, shape (n, 1, height, width)
            In [-1, 1], except for intensities beyond the scaling's range: nothing is clipped, and
            ``scaling.to_intensity`` brings back what was there.
        """
        scaling = self.scaling if scaling is None else scaling
        return torch.from_numpy(scaling.to_network(self.images)).unsqueeze(1)

    def to_tensor_dataset(self, scaling: Scaling | None = None) -> torch.utils.data.TensorDataset:
        """A torch TensorDataset of (image, label) pairs for a DataLoader.

        Image as `to_tensor` gives it; label the place of its diagnosis in `diagnoses`, int64.
        """
        codes = np.searchsorted(self.diagnoses, self.truth["diagnosis"].to_numpy(dtype=str))
        return torch.utils.data.TensorDataset(self.to_tensor(scaling), torch.from_numpy(codes))

    def save(self, path: FilePath):
        """Write the cohort to one compressed .npz file, whole or not at all.

        The truth table lies inside it; nothing in it is pickled, so that a file from a stranger can do
        no more than be refused. A save that is interrupted leaves the old file, if there was one.

        Parameters
        ----------
        path : str or path-like
            Written under exactly this name.
        """
        write_cohort_file(path, **vars(self))

    @classmethod
    def load(cls, path: FilePath) -> "Cohort":
        """Read a cohort that `save` wrote, equal to it in every value and type.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is cut short, damaged or not a saved cohort.
        """
        return read_cohort_file(path, cls)

    def _taking(self, rows):
        return self.replace(
            images=self.images[rows],
            masks=self.masks[rows],
            truth=self.truth.iloc[rows],
            regions={name: region[rows] for name, region in self.regions.items()},
        )

    def _row_numbers(self, rows):
        if not isinstance(rows, slice):
            rows = np.atleast_1d(np.asarray(rows.cpu() if is_torch_array(rows) else rows))
            if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "biu"):
                raise ValueError("rows must be row numbers, one True or False for each row, or a slice.")
            if rows.dtype == bool and len(rows) != len(self):
                raise ValueError(f"rows has {len(rows)} True or False values for {len(self)} rows.")
        try:
            chosen = np.arange(len(self))[rows if isinstance(rows, slice) or rows.size else slice(0)]
        except IndexError as problem:
            raise ValueError(
                f"rows names a row that is not there; the cohort has {len(self)}. ({problem})"
            ) from None
        if not len(chosen):
            raise ValueError("rows selects nothing; a Cohort has at least one image.")
        return chosen


def _rebuild(parts):
    return Cohort(**parts)


def split_by_patient(patients: pd.DataFrame, fractions: Sequence[float], seed: Seed = 0) -> list[np.ndarray]:
    """Deal patients out to parts, each kind of patient as evenly as whole patients allow.

    The kind of a patient is the set of diagnoses of its rows. From m patients of a kind a part with
    fraction f receives at least the whole part of f m; those left over go, at most one of a kind to each
    part, to the part that is furthest below its share of all patients. A kind with a single patient goes
    to one part whole. A part that would be left empty is given a patient of the largest part.

    Parameters
    ----------
    patients : DataFrame with patient_id and diagnosis
        A patient may have several rows: all of them go to one part.
    fractions : sequence of k numbers > 0 that add up to 1
    seed : int, torch.Generator or None

    Returns
    -------
    list of k arrays of row numbers, each increasing

    Examples
    --------
    >>> twice = pd.DataFrame({"patient_id": ["a", "a", "b", "b"], "diagnosis": "benign"})
    >>> sorted(rows.tolist() for rows in split_by_patient(twice, (0.5, 0.5)))
    [[0, 1], [2, 3]]
    """
    fractions = np.asarray(as_samples(fractions, "fractions"))
    if fractions.ndim != 1 or (fractions <= 0).any() or abs(fractions.sum() - 1) > 1e-6:
        raise ValueError(
            "fractions must be numbers above 0 that add up to 1, such as (0.7, 0.3); "
            f"got {fractions.tolist()}."
        )
    missing = [column for column in ("patient_id", "diagnosis") if column not in patients]
    if missing:
        raise ValueError(f"a split by patient needs the column {' and '.join(map(repr, missing))}.")
    ids, patient_of_row = np.unique(patients["patient_id"].to_numpy(), return_inverse=True)
    if len(ids) < len(fractions):
        raise ValueError(
            f"{len(ids)} patients cannot be split into {len(fractions)} parts; each part needs a patient of "
            "its own."
        )
    kinds = [set() for _ in ids]
    for patient, diagnosis in zip(patient_of_row, patients["diagnosis"], strict=True):
        kinds[patient].add(str(diagnosis))
    kinds = np.array([" & ".join(sorted(kind)) for kind in kinds])

    rng = seeded_numpy_rng(seed)
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
