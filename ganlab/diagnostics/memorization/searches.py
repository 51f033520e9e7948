"""Train, synthetic and held-out samples placed in one feature space, and who lies nearest to whom."""

from functools import cached_property

import numpy as np

from ganlab.diagnostics.memorization.feature_spaces import Pixels
from ganlab.diagnostics.memorization.ties import spread_ties
from ganlab.validation import as_numpy, as_samples, in_one_order

# Two training samples nearer than this, in units of the mean spacing, are one sample seen twice.
TWIN = 1e-9


def _search(queries, references):
    """The two nearest references of each query, sought when they are first asked for."""
    return cached_property(
        lambda searches: searches.space.nearest(getattr(searches, queries), getattr(searches, references))
    )


class Searches:
    """The nearest-neighbour searches that every number about memorization is made of, each made once.

    A training sample that occurs twice says nothing about the spacing of the training set, and would set
    it to 0; so of exact duplicates, and of samples at distance 0 in the feature space (a flipped image,
    where flips do not count), only the first is kept; and of exact duplicates in the holdout. `train_rows`
    are the rows of those kept, and `spacing` the distance of each to its nearest other one. Rows of features
    whose values repeat are spread first, by `spread_ties`.

    Parameters
    ----------
    train, synthetic, holdout : array, tensor, DataFrame or Cohort, or None for holdout
        Shape (n, ...), the same from the second axis on.
    space : FeatureSpace or None
        None is `Pixels`.
    seed : int
        Of the spreading.
    """

    def __init__(self, train, synthetic, holdout=None, space=None, seed=0):
        given = {"train": train, "synthetic": synthetic, "holdout": holdout}
        sets = {
            name: _as_numbers(in_one_order(train, values, "train", name), name)
            for name, values in given.items()
            if values is not None
        }
        _refuse_unlike(sets)
        self.n_coarse = 0
        if sets["train"].ndim == 2:
            n_features = sets["train"].shape[1]
            sets = spread_ties(sets, seed)
            self.n_coarse = n_features - sets["train"].shape[1]
        self.train_rows = _first_occurrences(sets["train"])
        _refuse_few(len(self.train_rows), 3, "train", "different samples")
        _refuse_few(len(sets["synthetic"]), 2, "synthetic", "samples")
        kept = sets["train"][self.train_rows]
        self.space = (Pixels() if space is None else space).fit(kept)
        self._train = self.space.place(kept)
        self.within_train = self._without_twins()
        self.spacing, self.n_train = self.within_train.distance[:, 0], len(self.train_rows)
        self.train_points = self.space.points(self._train)
        self._synthetic = self.space.place(sets["synthetic"])
        self.n_synthetic, self.n_holdout = len(self._synthetic), 0
        if holdout is not None:
            holdout_rows = _first_occurrences(sets["holdout"])
            _refuse_few(len(holdout_rows), 2, "holdout", "different samples")
            self._holdout = self.space.place(sets["holdout"][holdout_rows])
            self.n_holdout = len(self._holdout)
            self._refuse_overlap(holdout_rows)

    synthetic_to_train = _search("_synthetic", "_train")
    holdout_to_train = _search("_holdout", "_train")
    synthetic_to_holdout = _search("_synthetic", "_holdout")
    train_to_synthetic = _search("_train", "_synthetic")
    holdout_to_synthetic = _search("_holdout", "_synthetic")

    def relative_distances(self, to_train):
        """Distance to the nearest training sample, in units of that sample's own spacing."""
        return to_train.distance[:, 0] / self.spacing[to_train.index[:, 0]]

    def relative_distances_left_out(self):
        """The same for each training sample, as if it were new: left out of its neighbour's spacing, too."""
        first, index = self.within_train.distance, self.within_train.index
        neighbour = index[:, 0]
        mutual = index[neighbour, 0] == np.arange(len(index))
        return first[:, 0] / np.where(mutual, first[neighbour, 1], first[neighbour, 0])

    def _without_twins(self):
        while True:
            within = self.space.nearest_others(self._train)
            nearest = within.distance[:, 0]
            twins = (nearest <= TWIN * nearest.mean()) & (within.index[:, 0] < np.arange(len(nearest)))
            if not twins.any():
                return within
            self.train_rows, self._train = self.train_rows[~twins], self._train[~twins]
            _refuse_few(len(self.train_rows), 3, "train", f"samples that differ as {self.space.name}")

    def _refuse_overlap(self, holdout_rows):
        copied = self.holdout_to_train.distance[:, 0] <= TWIN * self.spacing.mean()
        if copied.any():
            row = int(np.flatnonzero(copied)[0])
            twin = int(self.train_rows[self.holdout_to_train.index[row, 0]])
            raise ValueError(
                f"{int(copied.sum())} of the {self.n_holdout} holdout samples are also in train (the first "
                f"is row {holdout_rows[row]}, row {twin} of train); a holdout holds other patients. Split by "
                "patient first."
            )


def _as_numbers(values, name):
    values = getattr(values, "images", values)  # a Cohort
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    values = as_numpy(as_samples(values, name)).astype(float)
    if values.ndim < 2 or values[0].size == 0:
        raise ValueError(
            f"{name} must have shape (n, ...) with one number or more for each sample; got {values.shape}."
        )
    return values


def _refuse_unlike(sets):
    for name, values in sets.items():
        if values.shape[1:] != sets["train"].shape[1:]:
            raise ValueError(
                f"{name} and train must have samples of the same shape; "
                f"got {values.shape[1:]} and {sets['train'].shape[1:]}."
            )


def _refuse_few(n, least, name, what):
    if n < least:
        raise ValueError(f"{name} must hold at least {least} {what}; got {n}.")


def _first_occurrences(samples):
    rows = np.ascontiguousarray(samples.reshape(len(samples), -1) + 0.0)  # + 0 makes -0 a 0
    first = {}
    for row, sample in enumerate(rows):
        first.setdefault(sample.tobytes(), row)
    return np.fromiter(first.values(), dtype=int)
