"""The state of a game, read from its record: records made by hand, and games whose state is known."""

import sys
from pathlib import Path

import numpy as np
import pytest

from ganlab.training import History, Record
from ganlab.training.play import RecordWithGradients

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from diagnosis import KNOWN, diagnoses

STEPS = 400


def history(loss=1.386, gap=0.0, accuracy=0.5, gradient=None, steps=STEPS, seed=0):
    """Records around the values given (numbers, or one for each step), with the scatter of batches of 256."""
    rng = np.random.default_rng(seed)
    loss, gap = (value + 0.01 * rng.standard_normal(steps) for value in (loss, gap))
    accuracy = rng.binomial(256, np.broadcast_to(np.nan_to_num(accuracy), steps)) / 256 + 0 * accuracy
    columns = np.arange(steps) + 1, loss, loss / 2, gap, np.zeros(steps), accuracy, np.arange(steps)
    records = [Record(*row) for row in zip(*columns, strict=True)]
    if gradient is not None:
        norms = np.broadcast_to(gradient, steps)
        records = [RecordWithGradients(*record, 1.0, g) for record, g in zip(records, norms, strict=True)]
    return History(records)


TIME = np.linspace(0, 1, STEPS)
SURE = {"loss": 0.01, "gap": 9.0, "accuracy": 0.999}


@pytest.mark.parametrize(
    ("record", "state", "leader"),
    [
        ({}, "at the floor", "nobody"),
        ({"accuracy": 0.75, "loss": 0.95}, "standing still", "discriminator"),
        ({"accuracy": 0.35, "loss": 2.0}, "standing still", "generator"),
        ({"loss": 1.2 + 0.1 * TIME}, "still moving", "nobody"),
        ({"gap": 2 - TIME, "accuracy": 0.7}, "still moving", "discriminator"),
        ({"accuracy": 0.5 + 0.2 * np.sin(12 * np.pi * TIME)}, "oscillating", "nobody"),
        ({"accuracy": 0.8 + 0.1 * np.sin(12 * np.pi * TIME)}, "oscillating", "discriminator"),
        ({"gradient": np.exp(-6 * TIME), **SURE}, "vanishing", "discriminator"),
        ({"gradient": np.exp(2 * TIME), **SURE}, "standing still", "discriminator"),
        ({"gradient": np.exp(-6 * TIME)}, "at the floor", "nobody"),  # it arrived
        ({"accuracy": np.nan}, "at the floor", "unknown"),
        ({"accuracy": np.nan, "gap": 1.0}, "standing still", "unknown"),
        ({"accuracy": np.nan, "gap": np.sin(12 * np.pi * TIME)}, "oscillating", "unknown"),
    ],
)
def test_a_record_made_by_hand(record, state, leader):
    found = history(**record).diagnose()
    assert (found.state, found.leader) == (state, leader)
    assert str(found) == found.sentence
    assert found.sentence.lower().startswith(state)
    assert found.sentence.endswith(".")


def test_one_swing_is_no_oscillation():
    """Up and down once in the second half, with a trend or without: two crossings."""
    assert history(accuracy=0.5 + 0.2 * np.sin(4 * np.pi * TIME)).diagnose().state != "oscillating"


def test_the_evidence_is_that_of_the_second_half():
    accuracy = np.where(TIME < 0.5, 0.9, 0.6)
    found = history(accuracy=accuracy, loss=np.where(TIME < 0.5, 0.4, 1.3)).diagnose()
    assert found.evidence["steps"] == STEPS // 2
    assert found.evidence["lead"] == pytest.approx(0.6, abs=0.01)
    assert found.evidence["lead_low"] < 0.6 < found.evidence["lead_high"]
    assert found.evidence["loss_before"] == pytest.approx(1.3, abs=0.01)
    assert "60" in found.sentence


def test_what_noise_alone_is_called():
    """Two tests at 1 % each: of 300 records about 6 are called otherwise, more than 14 once in 1,000."""
    wrong = [history(seed=seed).diagnose() for seed in range(300)]
    assert sum(found.state != "at the floor" for found in wrong) <= 14


def test_a_sure_discriminator_without_gradients_in_the_record_is_not_called_vanishing():
    found = history(**SURE).diagnose()
    assert found.state == "standing still"
    assert "gradient_norms=True" in found.sentence


def test_a_run_that_a_loss_ended_is_told_so():
    ended = history()
    ended.stopped_by = "a loss that is no number, in step 401"
    assert ended.diagnose().state == "ended"
    assert "in step 401" in str(ended.diagnose())
    ended.stopped_by = "keyboard"
    assert ended.diagnose().state == "at the floor"


def test_what_cannot_be_judged_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"has 0 steps.*Train longer"):
        History().diagnose()
    with pytest.raises(ValueError, match="has 99 steps"):
        history(steps=99).diagnose()
    bad = history()
    bad.records[6] = bad[6]._replace(generator_loss=np.nan)
    with pytest.raises(ValueError, match=r"generator_loss is not a finite number in step 7"):
        bad.diagnose()


@pytest.mark.parametrize("name", ["circling", "frozen, minimax", "walking"])
def test_a_game_whose_state_is_known(name):
    _, _, state, leader = KNOWN[name]
    (found,) = diagnoses(name, [1])
    assert (found.state, found.leader) == (state, leader)
