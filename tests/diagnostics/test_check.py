"""A check: the one rule from interval, limit and p-value to an outcome, and from outcomes to a verdict."""

import math

import numpy as np
import pytest

from ganlab.diagnostics import Check, checks_table, holm, overall_verdict

NAN = math.nan


def check(**facts):
    return Check(**{"name": "a", "value": 0.0, "interval": (0.0, 0.0), **facts})


@pytest.mark.parametrize(
    ("interval", "side", "accused", "outcome"),
    [
        ((0.1, 0.2), "at most", False, "passed"),
        ((0.1, 0.25), "at most", False, "passed"),
        ((0.1, 0.3), "at most", False, "undecided"),
        ((0.3, 0.4), "at most", False, "failed"),
        ((0.1, 0.2), "at most", True, "failed"),
        ((0.3, 0.4), "above", False, "passed"),
        ((0.2, 0.4), "above", False, "undecided"),
        ((0.25, 0.4), "above", False, "undecided"),
        ((0.1, 0.2), "above", False, "failed"),
        ((NAN, NAN), "at most", False, "undecided"),
        ((NAN, NAN), "above", False, "undecided"),
    ],
)
def test_the_whole_interval_decides_and_what_is_accused_has_failed(interval, side, accused, outcome):
    assert check(interval=interval, limit=0.25, side=side, accused=accused).outcome == outcome


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, "passed"),  # without a limit it can only accuse
        ({"accused": True}, "failed"),
        # What accuses a check with a p-value is that alone: an interval beyond the limit leaves it open.
        ({"limit": 0.25, "interval": (0.3, 0.4), "p_value": 0.2}, "undecided"),
        ({"limit": 0.25, "interval": (0.1, 0.2), "p_value": 0.2}, "passed"),
        ({"limit": 0.25, "interval": (0.1, 0.2), "p_value": 0.2, "kept": False}, "undecided"),
        ({"limit": 0.25, "interval": (0.1, 0.3), "p_value": 0.2, "kept": True}, "passed"),
        ({"value": NAN, "interval": (NAN, NAN), "needed": 140}, "undecided"),
        ({"value": NAN, "interval": (NAN, NAN)}, "not applicable"),
    ],
)
def test_a_p_value_accuses_in_the_place_of_the_interval_and_nothing_measured_is_no_pass(facts, outcome):
    assert check(**facts).outcome == outcome


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"interval": (1, 0)}, "interval of 'a' must run from low to high; got 1 to 0"),
        ({"side": "below"}, "side must be one of"),
    ],
)
def test_a_check_that_makes_no_sense_is_refused(facts, message):
    with pytest.raises(ValueError, match=message):
        check(**facts)


def test_holm_by_hand():
    adjusted = holm([check(p_value=p) for p in (0.01, 0.02, 0.03)], 0.025)
    assert [corrected.p_adjusted for corrected in adjusted] == pytest.approx([0.03, 0.04, 0.04])
    outcomes = [
        corrected.outcome for corrected in holm([check(p_value=p) for p in (0.008, 0.02, 0.9)], 0.025)
    ]
    assert outcomes == ["failed", "passed", "passed"]


@pytest.mark.parametrize(
    ("outcomes", "required", "expected"),
    [
        ({"a": "passed", "b": "passed"}, "ab", "accept"),
        ({"a": "passed"}, "ab", "undecided"),
        ({"a": "passed", "b": "undecided"}, "ab", "undecided"),
        ({"a": "passed", "b": "undecided"}, "", "undecided"),
        ({"a": "undecided", "b": "failed"}, "", "reject"),
        ({"a": "failed"}, "ab", "reject"),
        ({"a": "passed", "b": "passed", "c": "failed"}, "ab", "reject"),
        ({"a": "passed", "b": "not applicable"}, "", "accept"),
        ({"a": "passed", "b": "not applicable"}, "ab", "undecided"),
    ],
)
def test_the_worst_check_decides_and_a_required_one_must_be_passed(outcomes, required, expected):
    assert overall_verdict(outcomes, list(required)) == expected


def test_an_unknown_outcome_is_refused():
    with pytest.raises(ValueError, match="fine"):
        overall_verdict({"a": "fine"})


def test_the_table_has_a_row_for_each_check_and_leaves_out_what_none_has():
    table = checks_table([check(limit=0.1, perfect=0.2), check(name="b", value=NAN, interval=(NAN, NAN))])
    assert list(table.index) == ["a", "b"]
    assert list(table.columns) == ["outcome", "value", "low", "high", "side", "limit", "perfect"]
    assert table["outcome"].tolist() == ["passed", "not applicable"]
    assert np.isnan(table.loc["b", "value"])
