"""What a student reads when an answer is wrong."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.grading.answers import as_choice, as_number, as_numbers, assert_close


def sentence(function, *arguments, **options):
    with pytest.raises(AssertionError) as caught:
        function(*arguments, **options)
    return " ".join(str(caught.value).split())


@pytest.mark.parametrize(
    "answer",
    [
        [1.0, 2.0],
        (1, 2),
        np.array([1, 2]),
        torch.tensor([1.0, 2.0], requires_grad=True),
        [torch.tensor(1.0, requires_grad=True), 2],
        pd.Series([1.0, 2.0]),
    ],
    ids=["list", "tuple", "array", "tensor", "list of tensors", "series"],
)
def test_only_the_values_of_an_answer_count(answer):
    assert_close(answer, [1.0, 2.0], "f()")


@pytest.mark.parametrize("answer", [3, 3.0, np.float32(3), np.array([3.0]), torch.tensor(3.0), [3.0]])
def test_a_single_number_may_come_in_brackets(answer):
    assert as_number(answer, "f()") == 3.0


@pytest.mark.parametrize("wrong", [1.001, 0.999, -1.0, float("nan"), float("inf"), 0.0])
def test_a_number_that_is_off_is_refused_on_either_side(wrong):
    assert sentence(assert_close, wrong, 1.0, "f()").startswith("f() gave")


def test_a_known_mistake_gets_its_own_hint_and_nan_can_be_one():
    mistakes = [(2.0, "Twice too much."), (float("nan"), "That is 0/0.")]
    assert sentence(assert_close, 2.0, 1.0, "f()", mistakes) == "f() gave 2. Twice too much."
    assert sentence(assert_close, np.nan, 1.0, "f()", mistakes) == "f() gave nan. That is 0/0."
    assert sentence(assert_close, 3.0, 1.0, "f()", mistakes) == "f() gave 3; expected 1."
    assert "something undefined" in sentence(assert_close, np.nan, 1.0, "f()")


def test_of_long_arrays_the_first_difference_is_named():
    answer, expected = np.zeros((3, 4)), np.zeros((3, 4))
    answer[1, 2] = 5
    said = sentence(assert_close, answer, expected, "f()")
    assert said == "f() gave 5 at index [1, 2]; expected 0 there (1 of 12 values differ)."


@pytest.mark.parametrize("answer", ["-4.6", "3", np.str_("3"), np.array("3")])
def test_a_number_in_quotes_is_not_a_number(answer):
    assert "expected one number" in sentence(as_numbers, answer, (), "f()")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [([0.0125, 5.9875], [0.012515, 5.987485]), (0.123456, 0.123499), (np.full(9, 1.0002), np.full(9, 1.0))],
)
def test_a_message_never_shows_two_equal_numbers(answer, expected):
    said = sentence(assert_close, answer, expected, "f()")
    gave, wanted = re.fullmatch(
        r"f\(\) gave (.+?)(?: at index \[0\])?; expected (.+?)(?: there .*)?\.", said
    ).groups()
    assert gave != wanted


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 123.0, 1e9])
@pytest.mark.parametrize("size", [None, 2, 6, 9])
def test_no_error_of_any_size_is_rounded_away(scale, size):
    # An answer is refused from 1e-4 of the value plus 1e-6 on: just above, and far above.
    rng = np.random.default_rng(0)
    for off in (1.0001, 1.1, 3, 1000):
        expected = scale * rng.uniform(1, 2, size)
        answer = expected + off * (1e-4 * np.abs(expected) + 1e-6)
        said = sentence(assert_close, answer, expected, "f()")
        gave, wanted = re.match(
            r"f\(\) gave (.+?)(?: at index .*?)?; expected (.+?)(?: there|\.$)", said
        ).groups()
        assert gave != wanted


def test_as_many_digits_are_shown_as_it_takes_and_no_more():
    assert sentence(assert_close, 1.0, 1.1, "f()") == "f() gave 1; expected 1.1."
    assert sentence(assert_close, 5.9875, 5.988101, "f()") == "f() gave 5.9875; expected 5.9881."
    assert sentence(assert_close, 5.98751, 5.986899, "f()") == "f() gave 5.9875; expected 5.9869."
    assert sentence(assert_close, 0.123456, 0.123480, "f()") == "f() gave 0.12346; expected 0.12348."
    assert sentence(assert_close, 100.004, 100.0161, "f()") == "f() gave 100; expected 100.02."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "f() returned nothing (None). Is there a `return` at the end?"),
        ("two", "f() returned str; expected 2 numbers."),
        (["1", "2"], "f() returned list; expected 2 numbers."),
        ([1.0, 2.0, 3.0], "f() returned 3 numbers; expected 2 numbers."),
        (1.0, "f() returned one number; expected 2 numbers."),
        ([[1.0], [2.0, 3.0]], "f() returned list; expected 2 numbers."),
        (np.ones((2, 2)), "f() returned an array of shape (2, 2); expected 2 numbers."),
    ],
)
def test_an_answer_of_another_shape_is_described(answer, said):
    assert sentence(as_numbers, answer, (2,), "f()") == said


def test_a_choice_must_be_on_the_list():
    assert as_choice("left", ("left", "right"), "f()") == "left"
    assert (
        sentence(as_choice, "up", ("left", "right"), "f()")
        == "f() returned 'up'; expected one of 'left', 'right'."
    )
    assert "on every path" in sentence(as_choice, None, ("left", "right"), "f()")
