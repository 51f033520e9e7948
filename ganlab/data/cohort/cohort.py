"""Cohort: images, their masks and one row of truth for each, kept together and kept honest."""

import hashlib

import numpy as np
from array_api_compat import is_torch_array

from ganlab.data.cohort.contact_sheet import contact_sheet
from ganlab.data.cohort.npz_file import read_cohort_file, write_cohort_file
from ganlab.data.cohort.parts import (
    checked_images,
    checked_masks,
    checked_range,
    checked_spacing,
    checked_text,
    checked_truth,
    refuse_rows,
)
from ganlab.data.cohort.scaling import Scaling
from ganlab.data.cohort.split import even_rows, patient_parts
from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import as_samples, positive_integer

UNITS = ("HU", "a.u.")


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

    Raises
    ------
    ValueError
        If anything above is not as described; the message names the row and the patient.

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
        images,
        masks,
        truth,
        spacing_mm,
        intensity_unit,
        name,
        provenance,
        *,
        regions=None,
        intensity_range=None,
    ):
        images = checked_images(images)
        masks = checked_masks(masks, "masks", images)
        truth = checked_truth(truth, len(images))
        patients = truth["patient_id"]
        refuse_rows(images.min(axis=(1, 2)) == images.max(axis=(1, 2)), patients, "an all-constant image")
        refuse_rows(
            ~masks.any(axis=(1, 2)),
            patients,
            "an empty mask",
            "Leave these out, or mark every pixel where no region is meant.",
        )
        regions = {
            checked_text(key, "a region's name"): checked_masks(region, f"region {key!r}", images)
            for key, region in dict(regions or {}).items()
        }
        if intensity_unit not in UNITS:
            raise ValueError(f"intensity_unit must be one of {UNITS}; got {intensity_unit!r}.")
        self.__dict__.update(
            images=images,
            masks=masks,
            _truth=truth,
            spacing_mm=checked_spacing(spacing_mm),
            intensity_unit=intensity_unit,
            name=checked_text(name, "name"),
            provenance=checked_text(provenance, "provenance"),
            _regions=regions,
            intensity_range=checked_range(intensity_range),
        )

    def __setattr__(self, name, value):
        raise AttributeError(f"a Cohort cannot be changed: {name!r} stays as it is. Build a new Cohort.")

    def __delattr__(self, name):
        raise AttributeError(f"a Cohort cannot be changed: {name!r} stays as it is. Build a new Cohort.")

    def __reduce__(self):
        # Copies and worker processes get a Cohort built anew, validated and read-only like this one.
        return _rebuild, (self._arguments(),)

    def __len__(self):
        return len(self.images)

    def __repr__(self):
        height, width = self.images.shape[1:]
        row, column = self.spacing_mm
        return (
            f"Cohort {self.name!r}: {len(self)} images of {self._truth['patient_id'].nunique()} patients, "
            f"{height} x {width} pixels of {row:.4g} x {column:.4g} mm, {self.intensity_unit}"
        )

    def _repr_html_(self):
        return contact_sheet(self)

    @property
    def truth(self):
        return self._truth.copy()

    @property
    def regions(self):
        return dict(self._regions)

    @property
    def diagnoses(self):
        return tuple(np.unique(self._truth["diagnosis"].to_numpy(dtype=str)).tolist())

    @property
    def scaling(self):
        if self.intensity_range is None:
            return Scaling.fit(self.images, self.intensity_unit)
        return Scaling(*self.intensity_range, self.intensity_unit)

    @property
    def fingerprint(self):
        content = hashlib.sha256(str(self.images.shape).encode())
        for array in (self.images, self.masks, *self._regions.values()):
            content.update(array.tobytes())
        facts = (self.spacing_mm, self.intensity_unit, self.intensity_range, tuple(self._regions))
        content.update(repr(facts).encode())
        content.update(self._truth.to_json(orient="table", double_precision=15, index=False).encode())
        return content.hexdigest()[:16]

    def subset(self, rows):
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
        rows = self._row_numbers(rows)
        return self._taking(rows)

    def split(self, fractions, seed=None):
        """Parts that share no patient, alike in their diagnoses as far as whole patients allow.

        Of the m patients of a diagnosis a part with fraction f gets f m, rounded up or down. A diagnosis
        with a single patient goes to one part whole; a patient whose rows carry several diagnoses counts
        as a kind of its own. Fractions count patients, not rows. Fit every scaler and every threshold on
        the training part alone.

        Parameters
        ----------
        fractions : sequence of numbers > 0 that add up to 1
            For instance (0.7, 0.3), or (0.6, 0.2, 0.2).
        seed : int, torch.Generator or None

        Returns
        -------
        tuple of Cohort, one for each fraction
            Rows keep their order.

        Raises
        ------
        ValueError
            If the fractions are not as described, or there are fewer patients than parts.

        Examples
        --------
        >>> from ganlab.data import simulate_lesions
        >>> training, test = simulate_lesions(40, seed=0).split((0.75, 0.25), seed=1)
        >>> len(training), len(test), set(training.truth.patient_id) & set(test.truth.patient_id)
        (30, 10, set())
        """
        fractions = np.asarray(as_samples(fractions, "fractions"))
        if fractions.ndim != 1 or (fractions <= 0).any() or abs(fractions.sum() - 1) > 1e-6:
            raise ValueError(
                "fractions must be numbers above 0 that add up to 1, such as (0.7, 0.3); "
                f"got {fractions.tolist()}."
            )
        patients = self._truth["patient_id"].to_numpy()
        if len(np.unique(patients)) < len(fractions):
            raise ValueError(
                f"{len(np.unique(patients))} patients cannot be split into {len(fractions)} parts; "
                "each part needs a patient of its own."
            )
        diagnoses = self._truth["diagnosis"].to_numpy()
        parts = patient_parts(patients, diagnoses, fractions, seeded_numpy_rng(seed))
        return tuple(self._taking(rows) for rows in parts)

    def balanced(self, n_per_class=None, seed=None):
        """Resample rows so that every diagnosis has `n_per_class` of them.

        A diagnosis with more rows than that is thinned at random without replacement. One with fewer is
        repeated as evenly as possible: every row ``n_per_class // m`` times, the remainder drawn without
        replacement. Repeats reweight a class; they add nothing new to it. Balance after splitting, or
        copies of one row stand on both sides.

        Parameters
        ----------
        n_per_class : int >= 1 or None
            None: as many as the most frequent diagnosis has.
        seed : int, torch.Generator or None

        Returns
        -------
        Cohort
            Its truth has two more columns: `source_row`, the row in this cohort, and `is_repeat`, False
            the first time that a row is used and True afterwards.

        Raises
        ------
        ValueError
            If `n_per_class` is not a whole number of 1 or more.
        """
        diagnoses = self._truth["diagnosis"].to_numpy()
        if n_per_class is None:
            n_per_class = int(self._truth["diagnosis"].value_counts().max())
        n_per_class = positive_integer(n_per_class, "n_per_class")
        rows, is_repeat = even_rows(diagnoses, n_per_class, seeded_numpy_rng(seed))
        return self._taking(rows, source_row=rows, is_repeat=is_repeat)

    def to_tensor(self, scaling=None):
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
        import torch

        scaling = self.scaling if scaling is None else scaling
        return torch.from_numpy(scaling.to_network(self.images)).unsqueeze(1)

    def to_tensor_dataset(self, scaling=None):
        """A torch TensorDataset of (image, label) pairs for a DataLoader.

        Image as `to_tensor` gives it; label the place of its diagnosis in `diagnoses`, int64.
        """
        import torch

        codes = np.searchsorted(self.diagnoses, self._truth["diagnosis"].to_numpy(dtype=str))
        return torch.utils.data.TensorDataset(self.to_tensor(scaling), torch.from_numpy(codes))

    def save(self, path):
        """Write the cohort to one compressed .npz file, whole or not at all.

        The truth table lies inside it; nothing in it is pickled, so that a file from a stranger can do
        no more than be refused. A save that is interrupted leaves the old file, if there was one.

        Parameters
        ----------
        path : str or path-like
            Written under exactly this name.
        """
        parts = self._arguments()
        arrays = {key: parts.pop(key) for key in ("images", "masks", "truth", "regions")}
        write_cohort_file(path, **arrays, about=parts)

    @classmethod
    def load(cls, path):
        """Read a cohort that `save` wrote, equal to it in every value and type.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is cut short, damaged or not a saved cohort.
        """
        parts = read_cohort_file(path)
        return cls(**parts.pop("about"), **parts)

    def _arguments(self):
        return {
            "images": self.images,
            "masks": self.masks,
            "truth": self.truth,
            "spacing_mm": self.spacing_mm,
            "intensity_unit": self.intensity_unit,
            "name": self.name,
            "provenance": self.provenance,
            "regions": self.regions,
            "intensity_range": self.intensity_range,
        }

    def _taking(self, rows, **more_truth):
        parts = self._arguments()
        parts.update(
            images=self.images[rows],
            masks=self.masks[rows],
            truth=self._truth.iloc[rows].assign(**more_truth),
            regions={name: region[rows] for name, region in self._regions.items()},
        )
        return Cohort(**parts)

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


def _rebuild(arguments):
    return Cohort(**arguments)
