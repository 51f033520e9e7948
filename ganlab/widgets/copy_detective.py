"""Which synthetic images copy a training patient: the most suspicious pairs, and a threshold to set."""

import functools
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from ganlab.data import plant_copies, simulate_lesions
from ganlab.diagnostics import (
    AlignedPixels,
    Blends,
    FeatureTable,
    Pixels,
    RandomConvolutions,
    memorization,
)
from ganlab.radiomics import extract_features
from ganlab.views import plot_pairs, plot_roc, plot_scores
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider

DISGUISES = ("exact", "noisy", "shifted", "flipped", "blended")
PATIENTS, PLANTED = 100, 20
PAIRS = 8
CLASSES = ("firstorder", "glcm")
SPACES = {
    "pixels": Pixels(),
    "aligned pixels": AlignedPixels(),
    "random convolutions": RandomConvolutions(),
    "radiomics": FeatureTable(),
    "blends of two": Blends(),
}


class CopyDetective(Instrument):
    """A synthetic cohort of 100 lesions, 20 of them copies of 100 training patients: find them.

    Above, the most suspicious pairs: synthetic images and the training patient each is nearest to. Below
    left, the scores (distance to that patient, in units of the patient's own distance to the nearest other
    one) of the synthetic images and of 100 held-out patients; the threshold is yours. Below right, since here
    the truth is known, the copies that the threshold finds and the clean images that it accuses.

    Parameters
    ----------
    disguise : {"exact", "noisy", "shifted", "flipped", "blended"}
        What `plant_copies` did to the copies.
    space : {"pixels", "aligned pixels", "random convolutions", "radiomics", "blends of two"}
        Where distances are taken. "radiomics": 42 first-order and co-occurrence features of the lesion.
    threshold : number in [0, 1.5]
        An image that scores below it is accused.
    seed : int
        Of the patients and of the copies.

    Attributes
    ----------
    disguise, space, threshold : ipywidgets controls
        Set their ``value`` to move them from code.
    reading : dict
        ``auc`` (how often a copy scores below a clean image), ``found`` of 20 copies, ``falsely_accused``
        of 80 clean images, ``holdout_accused`` of 100 held-out patients.

    Examples
    --------
    >>> detective = CopyDetective("exact", "pixels", threshold=0.2)
    >>> detective.reading["found"], detective.reading["falsely_accused"]
    (20, 0)
    """

    def __init__(self, disguise: str = "exact", space: str = "pixels", threshold: float = 0.5, seed: int = 0):
        self.disguise = menu(DISGUISES, disguise, "the copies are")
        self.space = menu(SPACES, space, "compared as")
        self.threshold = slider(0, 1.5, 0.01, threshold, "threshold")
        self._seed = seed
        super().__init__((self.disguise, self.space), self.threshold)
        self.when_moved(self.search, self.disguise, self.space)
        self.when_moved(self.redraw, self.threshold)
        self.search()

    def search(self):
        """Compare every synthetic image with every training patient, in the space chosen."""
        self.say(f"Comparing 100 images with 100 patients as {self.space.value} ...")
        self._evidence = gathered(self.disguise.value, self.space.value, self._seed)
        self.redraw()

    def redraw(self):
        """Accuse and draw at the present threshold."""
        evidence, threshold = self._evidence, self.threshold.value
        scores, is_copy = evidence.scores, evidence.is_copy
        copies, clean = scores[is_copy], scores[~is_copy]
        self.reading = {
            "auc": float(roc_auc_score(is_copy, -scores)),
            "found": int((copies < threshold).sum()),
            "falsely_accused": int((clean < threshold).sum()),
            "holdout_accused": int((evidence.holdout_scores < threshold).sum()),
        }
        figure = new_figure(11, 5.6)
        figure.subplots_adjust(hspace=0.22, wspace=0.22, top=0.94, left=0.12)
        grid = figure.add_gridspec(2, 2, height_ratios=(1.15, 1))
        ranked = np.argsort(scores, kind="stable")[:PAIRS]
        train, images = patients(self._seed)[0], planted(self.disguise.value, self._seed).images
        above, left, right = (figure.add_subplot(place) for place in (grid[0, :], grid[1, 0], grid[1, 1]))
        labels = [f"{score:.2f}{' accused' if score < threshold else ''}" for score in scores[ranked]]
        looks = {"labels": labels, "intensity_range": train.intensity_range}
        plot_pairs(images[ranked], train.images[evidence.nearest[ranked]], above, **looks)
        plot_scores(scores, evidence.holdout_scores, left, threshold=threshold)
        plot_roc(copies, clean, right, threshold=threshold)
        self.show(figure, self._in_words())

    def _in_words(self):
        reading = self.reading
        return (
            f"The copies are {self.disguise.value}, compared as {self.space.value}. Below a threshold of "
            f"{self.threshold.value:.2f} lie {reading['found']} of {PLANTED} copies, "
            f"{reading['falsely_accused']} of {PATIENTS - PLANTED} clean images and "
            f"{reading['holdout_accused']} of {PATIENTS} held-out patients. Over all thresholds: a copy is "
            f"ranked before a clean image {100 * reading['auc']:.0f} % of the time (guessing: 50 %)."
        )


class Evidence(NamedTuple):
    """Scores of synthetic images and of held-out patients, who is nearest to each, and the truth."""

    scores: np.ndarray
    holdout_scores: np.ndarray
    nearest: np.ndarray
    is_copy: np.ndarray


@functools.lru_cache(maxsize=8)
def patients(seed):
    """Train, a clean synthetic cohort and the holdout: 100 patients each, all different."""
    lesions = simulate_lesions(3 * PATIENTS, seed=seed)
    return tuple(lesions.subset(range(i * PATIENTS, (i + 1) * PATIENTS)) for i in range(3))


@functools.lru_cache(maxsize=32)
def planted(disguise, seed):
    """The synthetic cohort with its 20 copies."""
    train, fresh, _ = patients(seed)
    return plant_copies(fresh, train, disguise, PLANTED, seed=seed)


@functools.lru_cache(maxsize=64)
def gathered(disguise, space, seed):
    """What a search in one space finds out about one case."""
    train, _, holdout = patients(seed)
    synthetic = planted(disguise, seed)
    sets = train, synthetic, holdout
    if space == "radiomics":
        sets = [_features(cohort) for cohort in sets]
        varied = sets[0].columns[sets[0].nunique() > 1]
        sets = [table[varied] for table in sets]
    suspects = memorization(*sets, space=SPACES[space]).suspected_copies()
    table = suspects.table.sort_values("synthetic")
    return Evidence(
        table["score"].to_numpy(),
        suspects.holdout_scores,
        table["train"].to_numpy(),
        (synthetic.truth["train_row"] >= 0).to_numpy(),
    )


@functools.lru_cache(maxsize=32)
def _features(cohort):
    return extract_features(cohort, bin_width=0.05, classes=CLASSES, n_jobs=1, progress=False)
