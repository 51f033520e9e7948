"""What the process of the tests makes of bytes from a sandbox: plain data of known types, or a refusal."""

import contextlib
import json
import math
import pickle
import socket
import threading

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.grading import wire
from ganlab.grading.proxy import Answers
from ganlab.grading.servant import Servant
from ganlab.grading.wire import SIZES, Channel, Refused, packed, unpacked

PLAIN = [
    None,
    True,
    -(3**50),
    math.inf,
    0.1,
    "text with \ud83d and é",
    [1, (2.0, "three"), {"four": [5], 6: None, (7, 8): False}],
    2 - 3j,
    np.float32(0.25),
    np.bool_(True),
    np.arange(6, dtype="int16").reshape(2, 3)[:, ::2],
    np.array(["left", "right"]),
    np.zeros((0, 3)),
    np.array([None, "a", 1.5], dtype=object),
    torch.tensor([[1.0, math.nan]], requires_grad=True),
    torch.tensor([True, False]),
    pd.DataFrame({"age": [61, 48], "sex": ["f", "m"]}, index=[7, 9]),
    pd.Series([0.5, 0.25], name="share"),
]


def refuse(value):
    raise Refused(str(value))


def there_and_back(value):
    arrays = []
    content = json.loads(json.dumps(packed(value, arrays, refuse)))
    return unpacked(content, b"".join(arrays), refuse)


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_data_arrive_as_they_left(value):
    arrived = there_and_back(value)
    assert type(arrived) is type(value)
    if isinstance(value, torch.Tensor):
        assert arrived.requires_grad == value.requires_grad
        assert arrived.dtype == value.dtype
        torch.testing.assert_close(arrived, value, equal_nan=True)
    elif isinstance(value, pd.DataFrame | pd.Series):
        (pd.testing.assert_frame_equal if value.ndim == 2 else pd.testing.assert_series_equal)(arrived, value)
    elif isinstance(value, np.ndarray):
        assert arrived.dtype == value.dtype
        np.testing.assert_array_equal(arrived, value)
    else:
        assert arrived == value


class AlwaysEqual:
    __hash__ = None

    def __eq__(self, other):
        return True


class EqualNumber(AlwaysEqual, int):
    pass


class EqualText(AlwaysEqual, str):
    pass


class EqualArray(np.ndarray):
    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return np.array(4)


def test_what_has_a_class_of_its_own_arrives_as_what_it_holds():
    for value, plain in ((EqualNumber(3), 3), (EqualText("3"), "3")):
        assert value == "anything"
        arrived = there_and_back(value)
        assert type(arrived) is type(plain)
        assert arrived == plain
    arrived = there_and_back(np.array([1.0, 2.0]).view(EqualArray))
    assert type(arrived) is np.ndarray
    with pytest.raises(Refused):
        there_and_back(AlwaysEqual())


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {},
        {"is": "pickle", "of": "gASVKAAA"},
        {"is": ["list"], "of": []},
        {"is": "list"},
        {"is": "dict", "of": [[1]]},
        {"is": "dict", "of": [[{"is": "list", "of": []}, 1]]},
        {"is": "dict", "of": 3},
        {"is": "complex", "of": [1.0]},
        {"is": "complex", "of": [True, "1"]},
        {"is": "array", "of": ["|O", [1], 0]},
        {"is": "array", "of": ["|V8", [1], 0]},
        {"is": "array", "of": ["<f3", [1], 0]},
        {"is": "array", "of": ["<f8", [2], 0]},
        {"is": "array", "of": ["<f8", [1], -8]},
        {"is": "array", "of": ["<f8", [-1, -1], 0]},
        {"is": "array", "of": ["<f8", [2**62, 4], 0]},
        {"is": "array", "of": ["<f8", ["1"], 0]},
        {"is": "array", "of": "<f8"},
        {"is": "numpy scalar", "of": ["<f8", [1], 0]},
        {"is": "objects", "shape": [3], "of": [1]},
        {"is": "objects", "shape": "x", "of": [1]},
        {"is": "tensor", "of": ["<U2", [1], 0]},
        {"is": "tensor", "of": ["<u8", [9], 0]},
        {"is": "table", "names": ["a"], "index": 3, "of": [3]},
        {"is": "table", "names": [], "of": [3]},
        {"is": "column", "names": [], "index": {"is": "array", "of": ["<f8", [1], 0]}, "of": []},
        {"is": "object", "of": True},
        {"is": "function", "of": 0},
    ],
    ids=str,
)
def test_content_that_is_no_plain_data_is_refused(content):
    answers = Answers(None)
    with pytest.raises(Refused):
        unpacked(content, bytes(8), answers._object)


def test_containers_in_each_other_are_bounded_both_ways():
    value, content = [], {"is": "list", "of": []}
    for _ in range(40):
        value, content = [value], {"is": "list", "of": [content]}
    for function, argument in ((packed, value), (unpacked, content)):
        with pytest.raises(Refused, match="containers in each other"):
            function(argument, [], refuse)


@pytest.fixture
def sides():
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(20)
        yield here, there


def framed(text, size=None):
    return SIZES.pack(len(text) if size is None else size, len(text)) + text


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (SIZES.pack(10 * 2**30, 20), "10737418240 bytes"),
        (SIZES.pack(2**63, 2**63), "bytes"),
        (SIZES.pack(10, 20), "10 bytes"),
        (framed(b"[" * 100_000), "not JSON"),
        (framed(b'{"to": ' * 10_000), "not JSON"),
        (framed(b'{"a":' + b"1" * 5000 + b"}"), "not JSON"),
        (framed(b"\xff\xfe"), "not JSON"),
        (framed(b"[1]"), "without names"),
        (framed(pickle.dumps({"do": "reply"})), "not JSON"),
        (framed(b'{"do": "reply"}'), "nobody asked"),
        (framed(b'{"do": "reply", "to": 99, "value": 4}'), "nobody asked"),
        (framed(b'{"do": "reply", "to": "1", "value": 4}'), "nobody asked"),
        (framed(b'{"do": "reply", "to": 1, "value": {"is": "object"}}'), "no plain data"),
    ],
    ids=lambda part: str(part)[:30],
)
def test_a_reply_that_is_no_reply_is_refused_at_once(sides, frame, reason):
    here, there = sides
    there.sendall(frame)
    with pytest.raises(Refused, match=reason):
        Answers(Channel(here)).call({"is": "name", "of": "double"}, [2], {})


def test_a_reply_to_an_earlier_call_is_passed_over(sides):
    here, there = sides
    answers = Answers(Channel(here))
    for value in (1, 2):
        there.sendall(framed(json.dumps({"do": "reply", "to": 1, "value": value}).encode()))
    assert answers.call({}, [], {}) == 1
    there.sendall(framed(b'{"do": "reply", "to": 2, "value": 3}'))
    assert answers.call({}, [], {}) == 3, "The second reply to the first call is none to this one."


@pytest.mark.parametrize(
    "name", ["SystemExit", "KeyboardInterrupt", "StopIteration", "eval", "Unheard", None]
)
def test_an_error_ends_neither_a_loop_nor_the_test(sides, name):
    here, there = sides
    there.sendall(framed(json.dumps({"do": "reply", "to": 1, "error": name, "text": "3 / 3"}).encode()))
    answers = Answers(Channel(here))
    with pytest.raises(RuntimeError, match="3 / 3"):
        all(map(lambda x: answers.call({}, [x], {}), [1]))


class Pair:
    """A trusted side here, and a servant in a thread with these names."""

    def __init__(self, sides, **names):
        here, there = sides
        self.answers, self.names = Answers(Channel(here)), {}
        servant = Servant(Channel(there), names)

        def serve():
            with contextlib.suppress(OSError):  # the test is over and has closed its end
                servant.serve(1)

        threading.Thread(target=serve, daemon=True).start()
        self.answers.begin(1, [*names, "missing"], self.names)


def test_functions_objects_and_values_of_an_answer_are_used_as_if_they_were_here(sides):
    class Counter:
        def __init__(self, start):
            self.count = start

        def add(self, more, twice=False):
            self.count += more * (1 + twice)
            return self

    names = Pair(sides, limit=3, scale=lambda x: {"scaled": 2 * x}, Counter=Counter, same=lambda x: x).names
    assert names["limit"] == 3
    assert "missing" not in names
    np.testing.assert_array_equal(names["scale"](np.arange(3))["scaled"], [0, 2, 4])
    counter = names["Counter"](5)
    assert counter.add(2).add(3, twice=True).count == 13
    assert names["same"](counter).count == 13
    with pytest.raises(AttributeError, match="nothing"):
        _ = counter.nothing
    with pytest.raises(TypeError, match="Counter came where True or False"):
        assert counter
    assert counter != 13


def test_a_function_of_the_test_runs_with_the_test(sides):
    secret, seen = {"expected": 4}, []

    def judge(x, offset=0):
        seen.append(x)
        if x < 0:
            raise ValueError("negative")
        return x + secret["expected"] + offset

    def asks(judge, x):
        try:
            judge(-1)
        except ValueError as error:
            told = str(error)
        reach = [hasattr(judge, name) for name in ("__globals__", "__closure__", "__code__")]
        return judge(x, offset=1), told, reach

    names = Pair(sides, asks=asks).names
    assert names["asks"](judge, 2) == (7, "negative", [False] * 3)
    assert seen == [-1, 2]


def test_calls_are_counted_and_what_cannot_be_passed_says_so(sides, monkeypatch):
    monkeypatch.setattr("ganlab.grading.proxy.MOST_CALLS", 20)
    names = Pair(sides, call=lambda function: function(), size=lambda n: np.zeros(n)).names
    with pytest.raises(Refused, match="cannot pass Linear"):
        names["call"](torch.nn.Linear(1, 1))

    def endless():
        return names["call"](endless)

    with pytest.raises(Exception, match=r"too many calls|more than 20 calls"):
        endless()


def test_what_is_too_large_is_refused_where_it_leaves(sides, monkeypatch):
    monkeypatch.setattr(wire, "MOST_BYTES", 10_000)
    names = Pair(sides, size=lambda n: np.zeros(n)).names
    assert names["size"](10).shape == (10,)
    with pytest.raises(ValueError, match="at once"):
        names["size"](10**6)
    assert names["size"](10).shape == (10,)
