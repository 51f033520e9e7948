"""The answer that every diagnostic gives."""

import math

import pytest

from ganlab.diagnostics import Estimate


def estimate(**changed):
    fields = {
        "name": "distance to the real cohort",
        "value": 2.0,
        "interval": (1.5, 2.5),
        "perfect": 0.8,
        "perfect_range": (0.5, 1.1),
        "n": 1234,
    }
    return Estimate(**(fields | changed))


@pytest.mark.parametrize(("value", "as_perfect"), [(0.5, True), (1.1, True), (0.49, False), (1.11, False)])
def test_only_a_value_inside_the_perfect_range_is_as_perfect(value, as_perfect):
    assert estimate(value=value).as_perfect is as_perfect


def test_the_sentence_says_everything_once():
    assert estimate(caveat="cannot see copies").summary() == (
        "Distance to the real cohort: 2 (95 % interval 1.5 to 2.5) from 1,234 samples; a perfect generator "
        "would get about 0.8 (0.5 to 1.1), so this one differs; it cannot see copies."
    )
    assert "which this one cannot be told from." in estimate(value=1.0).summary()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"interval": (2, 1)}, "interval of 'distance"),
        ({"perfect_range": (math.nan, 1)}, "perfect_range of 'distance"),
        ({"value": math.nan}, "value of 'distance"),
        ({"perfect": math.nan}, "perfect of 'distance"),
    ],
)
def test_a_number_without_a_meaning_is_refused(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        estimate(**changed)


def test_it_is_its_number_and_does_not_change():
    assert float(estimate()) == 2.0
    with pytest.raises(AttributeError):
        estimate().value = 3
