"""What happened at every step of a game: its records, the history of a run, and runs side by side."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


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
