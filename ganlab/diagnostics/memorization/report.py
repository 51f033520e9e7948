"""Has the generator copied its patients? Every number that bears on it, side by side."""

from dataclasses import dataclass, fields

from ganlab.diagnostics.estimate import Estimate
from ganlab.diagnostics.memorization.data_copying import DataCopying, data_copying_of
from ganlab.diagnostics.memorization.held_out import membership_advantage_of, share_nearer_train_of
from ganlab.diagnostics.memorization.nearest_neighbours import authenticity_of, ratio_of
from ganlab.diagnostics.memorization.surroundings import Surroundings
from ganlab.diagnostics.memorization.suspected_copies import SuspectedCopies, suspected_copies_of


@dataclass(frozen=True)
class MemorizationReport:
    """What `memorization` found. Without a holdout the three that need one are None.

    Parameters
    ----------
    suspects : SuspectedCopies
        The ranked pairs and the share accused.
    ratio : Estimate
        `nearest_neighbour_ratio`.
    authenticity : Estimate
        `authenticity`.
    share_nearer_train : Estimate or None
        `share_nearer_train`.
    data_copying : DataCopying or None
        `data_copying_test`.
    membership : Estimate or None
        `membership_advantage`.

    Examples
    --------
    >>> import numpy as np
    >>> train, generated = np.random.default_rng(0).normal(size=(2, 50, 8))
    >>> report = memorization(train, generated)
    >>> report.ratio.as_perfect, report.membership is None
    (True, True)
    """

    suspects: SuspectedCopies
    ratio: Estimate
    authenticity: Estimate
    share_nearer_train: Estimate | None = None
    data_copying: DataCopying | None = None
    membership: Estimate | None = None

    def summary(self):
        """A sentence for each number, and one for what could not be measured."""
        parts = [getattr(self, one.name) for one in fields(self)]
        sentences = [part.summary() for part in parts if part is not None]
        if self.membership is None:
            sentences.append(
                "Without a holdout there is no control: share nearer train, data copying and membership "
                "advantage were not measured."
            )
        return "\n".join(sentences)


def memorization(train, generated, holdout=None, *, space=None, seed=0):
    """Everything that bears on whether training samples were copied, from one set of searches.

    No single number is enough: averages (`ratio`, `share_nearer_train`, `data_copying.average`) hide a few
    copies among many good samples; the ranked `suspects` find these, but only if the space makes copies
    near; and only the holdout tells a copied patient from one who looks like many others. Each number has its
    own 5 % of false alarms, so of the seven a perfect generator fails one now and then; the accusation of
    single samples keeps its 5 % for the whole set.

    Parameters
    ----------
    train, generated : array, tensor, DataFrame or Cohort, shape (n, ...)
        Images or rows of features, of one shape. Repeated training samples count once.
    holdout : same, optional
        Real samples of other patients, which the generator never saw.
    space : feature space, optional
        `Pixels()` unless given; `AlignedPixels()`, `RandomConvolutions()`, `Blends()` for images,
        `FeatureTable()` for features that you computed.
    seed : int >= 0
        Of the cells and of the labels dealt out again.

    Returns
    -------
    report : MemorizationReport

    Raises
    ------
    ValueError
        If train has fewer than 3 different samples or another set fewer than 2, shapes differ, values are
        not finite, or a held-out sample is also in train.

    References
    ----------
    .. [1] Meehan, Chaudhuri & Dasgupta (2020), arXiv:2004.05675.
    .. [2] Alaa et al. (2022), arXiv:2102.08921.

    Examples
    --------
    >>> from ganlab.data import simulate_lesions
    >>> train, holdout = simulate_lesions(120, seed=0).split((0.5, 0.5), seed=0)
    >>> report = memorization(train, train, holdout)
    >>> float(report.ratio), float(report.authenticity), float(report.membership)
    (0.0, 0.0, 1.0)
    """
    around = Surroundings(train, generated, holdout, space)
    given_train = suspected_copies_of(around), ratio_of(around), authenticity_of(around)
    if not around.has_holdout:
        return MemorizationReport(*given_train)
    return MemorizationReport(
        *given_train,
        share_nearer_train_of(around, seed),
        data_copying_of(around, seed=seed),
        membership_advantage_of(around),
    )
