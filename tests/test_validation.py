"""The border checks: what comes back, in which kind, and what is said about the rest."""

import math

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.validation import (
    NonFiniteError,
    as_array,
    as_densities,
    as_numpy,
    as_probabilities,
    as_samples,
    as_share,
    positive_integer,
    positive_number,
    refuse_non_finite,
    same_shape,
)


@pytest.mark.parametrize("values", [[1, 2], (1.0, 2.0), range(1, 3), pd.Series([1, 2]), np.array([1, 2])])
def test_what_is_no_tensor_becomes_float64(values):
    array = as_array(values, "x")
    assert isinstance(array, np.ndarray)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1.0, 2.0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_floating_tensor_or_array_comes_back_as_it_is(dtype):
    tensor = torch.ones(2, dtype=dtype)
    assert as_array(tensor, "x") is tensor
    array = tensor.numpy()
    assert as_array(array, "x") is array


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool])
def test_a_tensor_of_whole_numbers_becomes_a_float64_tensor(dtype):
    tensor = as_array(torch.ones(2, dtype=dtype), "x")
    assert isinstance(tensor, torch.Tensor)
    assert tensor.dtype == torch.float64
    assert tensor.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "values",
    [
        "1.5",
        b"1.5",
        ["1.5"],
        ["1.5", 2.0],
        np.array(["1.5"]),
        np.array(["1.5", 2.0], dtype=object),
        pd.Series(["1.5"]),
        [[1.0], [1.0, 2.0]],
        [1j],
        np.array([1j]),
        {"a": 1},
        object(),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
    ],
)
def test_text_ragged_lists_and_other_things_are_no_numbers(values):
    with pytest.raises(ValueError, match=r"^x must hold (real )?numbers"):
        as_array(values, "x")


def test_non_finite_values_are_counted_and_the_first_one_is_located():
    values = np.ones((3, 4))
    values[1, 2], values[2, 0] = math.nan, -math.inf
    for kind in (np.asarray, torch.tensor):
        with pytest.raises(
            NonFiniteError, match=r"^x must be finite; 2 of its values .* \(the first at index \(1, 2\)\)"
        ):
            refuse_non_finite(kind(values), "x")
    with pytest.raises(NonFiniteError, match=r"1 of its values are NaN or infinite\.$"):
        as_array(math.inf, "x")
    assert issubclass(NonFiniteError, ValueError)


def test_as_numpy_leaves_the_gradient_behind():
    leaf = torch.ones(2, requires_grad=True)
    array = as_numpy(2 * leaf)
    assert isinstance(array, np.ndarray)
    assert array.tolist() == [2.0, 2.0]
    assert as_numpy(array) is array


@pytest.mark.parametrize("values", [[], 3.0, np.zeros((0, 5)), torch.zeros(0)])
def test_no_sample_at_all_is_refused(values):
    with pytest.raises(ValueError, match="images is empty or a single number; expected at least one sample"):
        as_samples(values, "images")
    assert as_samples([3.0], "images").shape == (1,)


@pytest.mark.parametrize(("low", "high", "refused"), [(0, 1, False), (-1e-9, 1, True), (0, 1 + 1e-9, True)])
def test_probabilities_end_exactly_at_0_and_1(low, high, refused):
    for kind in (np.array, lambda values: torch.tensor(values, dtype=torch.float64, requires_grad=True)):
        values = kind([float(low), 0.5, float(high)])
        if refused:
            with pytest.raises(ValueError, match=r"d must hold probabilities between 0 and 1.*sigmoid"):
                as_probabilities(values, "d")
        else:
            assert as_probabilities(values, "d") is values


@pytest.mark.parametrize("value", [0, 1, np.float32(0.25), torch.tensor(0.25)])
def test_shares_of_any_make_become_float(value):
    share = as_share(value, "share")
    assert type(share) is float
    assert share == float(value)


@pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9, [0.5], [0.1, 0.2], math.nan, "half", None])
def test_what_is_no_single_share_is_refused(value):
    with pytest.raises(ValueError, match=r"^share must (be one number from 0 to 1; got|hold|be finite)"):
        as_share(value, "share")


def test_two_densities_become_one_kind():
    p, q = as_densities(torch.ones(2, requires_grad=True), np.ones(2))
    assert isinstance(p, np.ndarray)
    assert isinstance(q, np.ndarray)
    p, q = as_densities([1], [2.0])
    assert p.dtype == q.dtype == np.float64


def test_nothing_is_broadcast():
    same_shape(np.ones((2, 3)), torch.ones(2, 3), "a", "b")
    for other in ((3,), (1, 3), (2, 1), (3, 2)):
        with pytest.raises(ValueError, match=r"a and b must have the same shape; got \(2, 3\) and "):
            same_shape(np.ones((2, 3)), np.ones(other), "a", "b")


@pytest.mark.parametrize("value", [1, 7, np.int64(7), torch.tensor(7)])
def test_whole_numbers_of_any_make_become_int(value):
    number = positive_integer(value, "n")
    assert type(number) is int
    assert number == int(value)


@pytest.mark.parametrize("value", [0, -1, 2.0, "2", None, [2], math.nan, np.float64(2)])
def test_what_cannot_be_a_count_is_refused(value):
    with pytest.raises(ValueError, match=r"^n must be a whole number of 1 or more; got "):
        positive_integer(value, "n")


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), torch.tensor(0.5), 5e-324])
def test_numbers_of_any_make_become_float(value):
    number = positive_number(value, "rate")
    assert type(number) is float
    assert number == float(value)


@pytest.mark.parametrize("value", [0, -1.0, math.nan, math.inf, "1", None, [1.0, 2.0], 1j])
def test_what_is_not_above_0_is_refused(value):
    with pytest.raises(ValueError, match=r"^rate must be a (finite )?number above 0; got "):
        positive_number(value, "rate")
