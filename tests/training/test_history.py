"""What is kept of a run."""

import copy
import pickle

import numpy as np
import pytest

from ganlab.training import History, Record

RECORDS = [
    Record(1, 1.40, -0.70, 0.1, -0.1, 0.50, 0.5),
    Record(2, 1.25, -0.60, 0.4, -0.3, 0.75, 1.25),
]


def test_a_history_is_a_sequence_of_records():
    history = History(iter(RECORDS))
    assert len(history) == 2
    assert list(history) == RECORDS
    assert history[-1] is RECORDS[1]
    assert history[:1] == RECORDS[:1]
    with pytest.raises(IndexError):
        history[2]


def test_every_field_is_an_array_over_the_steps():
    history = History(RECORDS)
    for position, field in enumerate(Record._fields):
        column = getattr(history, field)
        assert isinstance(column, np.ndarray)
        np.testing.assert_array_equal(column, [record[position] for record in RECORDS])
    assert history.accuracy.tolist() == [0.5, 0.75]


def test_a_field_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(AttributeError, match=r"History has no 'acuracy'.*'accuracy'"):
        History(RECORDS).acuracy  # noqa: B018


def test_it_says_in_a_line_what_happened():
    history = History(RECORDS)
    assert repr(history) == "History of 2 steps in 1.2 s: last losses D 1.250, G -0.600"
    history.stopped_by = "keyboard"
    assert repr(history) == "History of 2 steps in 1.2 s, stopped by keyboard: last losses D 1.250, G -0.600"
    assert repr(History()) == "History of 0 steps"
    assert History().accuracy.shape == (0,)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda h: pickle.loads(pickle.dumps(h))])
def test_a_history_can_be_copied_and_pickled(again):
    history = History(RECORDS)
    history.stopped_by = "keyboard"
    copied = again(history)
    assert list(copied) == RECORDS
    assert copied.stopped_by == "keyboard"
