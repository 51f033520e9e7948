"""What happened at every step of a game: its records, the history of a run, and runs side by side."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ganlab.training.diagnosis import Diagnosis, diagnosed


class Record(NamedTuple):
    """One step of the game, as plain numbers.

    `step` counts from 1. The losses are those the players minimised in this step; `real_score` and
    `fake_score` are mean raw scores, and `accuracy` the share of this step's batch that the
    discriminator called correctly (a score above the objective's `real_above`, mostly 0: real), all
    three before its update. Accuracy is NaN for a critic, whose scores only rank. `seconds` is the
    time spent training.
    """

    step: int
    discriminator_loss: float
    generator_loss: float
    real_score: float
    fake_score: float
    accuracy: float
    seconds: float


# A Record, and the Euclidean norm of the gradient that each player followed last in this step: of its whole
# loss, over all its weights.
RecordWithGradients = namedtuple(
    "RecordWithGradients", [*Record._fields, "discriminator_gradient", "generator_gradient"]
)


class History(Sequence):
    """The records of a run, one per step; each field is also an array over all steps.

    `stopped_by` is None for a run that did all its steps and "keyboard" for one stopped by hand.

    Examples
    --------
    >>> history = History([Record(1, 1.39, -0.69, 0.0, 0.0, 0.5, 0.01)])
    >>> len(history), history[0].step, history.accuracy
    (1, 1, array([0.5]))
    """

    def __init__(self, records: Sequence[Record] = ()):
        self.records = list(records)
        self.stopped_by = None

    def __len__(self):
        return len(self.records)

    def __getitem__(self, index):
        return self.records[index]

    def __getattr__(self, field):
        if field.startswith("__") or field == "records":  # copy and pickle ask before there are records
            raise AttributeError(field)
        if field in self.fields:
            return np.array([getattr(record, field) for record in self.records])
        raise AttributeError(f"History has no {field!r}; each of these is an array: {self.fields}.")

    @property
    def fields(self):
        """The names of what each record holds."""
        return self.records[0]._fields if self.records else Record._fields

    def diagnose(self) -> Diagnosis:
        r"""Say in a sentence whether this is normal, and when to stop.

        The second half of the record is cut into 20 blocks of steps, and only their means are compared: how
        far these scatter is the noise. Lead is the discriminator's accuracy, against 50 %, or for a critic
        the mean score of real samples above that of fakes, against 0. The first that holds is the state:

        - *ended*: by a loss that is no number;
        - *vanishing*: the accuracy is above 99 %, and the generator's gradient (where the record has it) is
          in its last block at most a tenth of its largest one;
        - *oscillating*: the lead varies around its straight line by more than one step's noise (half the
          mean square difference of neighbours; von Neumann's ratio below 1), and crosses it 4 times;
        - *still moving*: the discriminator's loss or the score of real samples above fakes has a straight
          trend (t-test over the blocks, level 1 % in all);
        - *standing still* if the lead's 99 % interval leaves out its even value, and else *at the floor*.

        Of 20 games each of known state (`tests/benchmarks/diagnosis.py`) rightly called were: a generator
        that is the data, 19 with a discriminator and 19 with a critic (one stood still, one moved); one
        that lost an island and cannot move, 17 (3 moved: the discriminator did); and all 20 of one that
        walks, one that walks slowly, one that circles, and a frozen one, with minimax (vanishing) and
        non-saturating loss (still moving).

        Returns
        -------
        Diagnosis
            ``state``, ``leader``, ``sentence`` and ``evidence``; printed, it is the sentence.

        Raises
        ------
        ValueError
            If there are fewer than 100 steps, or a loss or score is not finite.

        References
        ----------
        .. [1] von Neumann (1941), Distribution of the ratio of the mean square successive difference to the
           variance, Ann. Math. Statist. 12, 367-395.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> flips = rng.binomial(256, 0.5, 400) / 256
        >>> records = [Record(i, 1.386, 0.693, 0.0, 0.0, share, i) for i, share in enumerate(flips, 1)]
        >>> History(records).diagnose().state
        'at the floor'
        """
        return diagnosed(self)

    def __repr__(self):
        if not self.records:
            return "History of 0 steps"
        last = self.records[-1]
        stopped = f", stopped by {self.stopped_by}" if self.stopped_by else ""
        return (
            f"History of {len(self)} steps in {last.seconds:.1f} s{stopped}: last losses "
            f"D {last.discriminator_loss:.3f}, G {last.generator_loss:.3f}"
        )


def compare(runs: Mapping[str, object], field: str = "generator_loss"):
    """One column per run, one row per step: how a number went in each of them.

    Parameters
    ----------
    runs : dict of name -> Recording or History
    field : str
        A field of their records.

    Returns
    -------
    pandas.DataFrame
        Index `step`; missing (NaN) where a run has no such step.

    Examples
    --------
    >>> slow, fast = (History([Record(1, 1.0, loss, 0.0, 0.0, 0.5, 0.1)]) for loss in (0.7, 0.4))
    >>> compare({"slow": slow, "fast": fast}).loc[1].tolist()
    [0.7, 0.4]
    """
    import pandas as pd

    histories = {name: getattr(run, "history", run) for name, run in runs.items()}
    for name, history in histories.items():
        if field not in history.fields:
            raise ValueError(f"{name!r} has no {field!r}; its records hold {', '.join(history.fields)}.")
    columns = {name: pd.Series(getattr(h, field), index=h.step) for name, h in histories.items()}
    return pd.DataFrame(columns).rename_axis(index="step")
