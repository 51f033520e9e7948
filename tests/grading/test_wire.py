"""What the process of the tests makes of bytes from a sandbox: plain data of known types, or a refusal."""

import contextlib
import json
import math
import pickle
import socket
import threading
import types
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.grading.answers import as_numbers
from ganlab.grading.split import wire
from ganlab.grading.split.proxy import Answers
from ganlab.grading.split.servant import Servant
from ganlab.grading.split.wire import SIZES, Channel, Refused, packed, unpacked
from ganlab.grading.split.withheld import withheld

PLAIN = [
    None,
    True,
    -(3**50),
    math.inf,
    0.1,
    "text with \ud83d and é",
    [1, (2.0, "three"), {"four": [5], 6: None, (7, 8): False}],
    {1, "two", frozenset([(3, 4)])},
    pd.Index(["mean", "entropy"], name="feature"),
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
    pd.DataFrame({"mean": [0.5]}, index=pd.Index(["f"], name="sex")).rename_axis(columns="feature"),
    pd.Series([0.5], index=pd.Index([7], name="patient")),
]


def refuse(value, _):
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
    elif isinstance(value, pd.Index):
        pd.testing.assert_index_equal(arrived, value)
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


def test_an_array_of_what_cannot_be_passed_is_named():
    days = np.array(["2026-01-31"], dtype="datetime64[s]")
    for value in (days, pd.DataFrame({"day": days})):
        with pytest.raises(Refused, match=r"an array of datetime64.*; numbers, truth values, text"):
            there_and_back(value)


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
    with pytest.raises(TypeError, match="a Counter came where a number was expected"):
        float(counter)
    Counter.__float__ = lambda self: self.count / 2
    assert np.asarray(counter, dtype=float) == 6.5


def test_what_an_answer_returned_instead_of_numbers_is_called_what_it_is(sides):
    names = Pair(sides, half=lambda n: (x / 2 for x in range(n)), count=range).names
    with pytest.raises(AssertionError, match=r"^half\(3\) returned generator; expected 3 numbers\.$"):
        as_numbers(names["half"](3), (3,), "half(3)")
    assert as_numbers(names["count"](3), (3,), "count(3)").tolist() == [0, 1, 2]


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


@pytest.mark.parametrize(("limit", "most"), [("MOST_CALLS", 20), ("MOST_NESTED", 5)])
def test_calls_are_counted_and_what_cannot_be_passed_says_so(sides, monkeypatch, limit, most):
    monkeypatch.setattr(f"ganlab.grading.split.proxy.{limit}", most)
    names = Pair(sides, call=lambda function: function(), size=lambda n: np.zeros(n)).names
    with pytest.raises(Refused, match="cannot pass lock"):
        names["call"](threading.Lock())

    def endless():
        return names["call"](endless)

    with pytest.raises(Exception, match=r"too many calls|more than 20 calls"):
        endless()


def test_code_that_ends_its_python_in_a_call_is_told_so(sides):
    """os._exit closes the sandbox's end of the connection; nobody shuts it down in order."""
    pair = Pair(sides, end=lambda: sides[1].shutdown(socket.SHUT_RDWR))
    told = r"^its code ended Python \(os\._exit, a crash, or no memory left\)$"
    with pytest.raises(Refused, match=told):
        pair.names["end"]()
    with pytest.raises(Refused, match=told):
        pair.answers.test(2, ["end"], types.SimpleNamespace(user_ns=pair.names), "end()")


def test_functions_of_a_helper_cell_run_beside_the_answer_and_its_constants_stay(sides):
    def twice(function, x=3):
        return 2 * function(x)

    class Line:
        pass

    here = {"twice": twice, "Line": Line, "SLOPE": 0.5}
    pair = Pair(sides, add=lambda x: x + 1, twice=lambda function: "beside")
    pair.answers.beside(list(here), here)
    assert here["twice"](pair.names["add"]) == "beside"
    assert here["twice"](lambda x: x) == 6
    assert (here["Line"], here["SLOPE"]) == (Line, 0.5)


@pytest.mark.parametrize("error", [FileNotFoundError("no x.csv"), EOFError("no more")])
def test_an_error_with_a_file_is_an_error_and_no_lost_connection(sides, error):
    def read():
        raise error

    names = Pair(sides, read=read, size=lambda n: np.zeros(n)).names
    with pytest.raises(type(error), match=str(error)):
        names["read"]()
    assert names["size"](10).shape == (10,)


def test_an_error_that_cannot_say_what_it_is_reaches_the_test_all_the_same(sides):
    class Silent(ValueError):
        def __str__(self):
            return self.nothing

    def fail():
        raise Silent

    names = Pair(sides, fail=fail).names
    with pytest.raises(ValueError, match=r"^<exception str\(\) failed>$"):
        names["fail"]()


def test_a_result_that_cannot_be_passed_names_the_function_that_returned_it(sides):
    def dated():
        return {"days": DAYS}

    names = Pair(sides, dated=dated).names
    with pytest.raises(ValueError, match=r"^dated returned what cannot be passed .*: an array of datetime64"):
        names["dated"]()


def test_what_is_too_large_is_refused_where_it_leaves(sides, monkeypatch):
    monkeypatch.setattr(wire, "MOST_BYTES", 10_000)
    names = Pair(sides, size=lambda n: np.zeros(n)).names
    assert names["size"](10).shape == (10,)
    with pytest.raises(ValueError, match="at once"):
        names["size"](10**6)
    assert names["size"](10).shape == (10,)


def test_long_lists_and_texts_have_a_limit_of_their_own_that_is_named(sides, monkeypatch):
    monkeypatch.setattr(wire, "MOST_JSON", 2**20)
    names = Pair(sides, size=lambda n: [0.5] * n).names
    assert len(names["size"](10)) == 10
    told = r"^2 MB of lists, dicts and text at once; at most 1 MB of them can be passed: an array"
    with pytest.raises(ValueError, match=told):
        names["size"](400_000)


def test_a_test_that_is_interrupted_in_a_call_within_a_call_ends_its_service(sides):
    here, there = sides
    asked, held, names = [], threading.Event(), {}
    answers = Answers(Channel(here))

    def judge(x):
        asked.append(x)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return x

    def endless(judge):
        while True:
            judge(1)

    def late(judge):
        held.wait(20)
        judge(2)

    servant = Servant(Channel(there), {"endless": endless, "late": late, "double": lambda x: 2 * x})

    def serve(number):
        service = threading.Thread(target=servant.serve, args=(number,), daemon=True)
        service.start()
        answers.begin(number, ["endless", "late", "double"], names)
        return service

    service = serve(1)
    with pytest.raises(KeyboardInterrupt):
        names["endless"](judge)
    answers.end()
    service.join(20)
    assert not service.is_alive()

    service = serve(2)  # interrupted before the answer calls, whose call then comes in the next test
    here.settimeout(0.2)
    with pytest.raises(Refused):
        names["late"](judge)
    here.settimeout(20)
    answers.end()
    held.set()
    service.join(20)
    assert not service.is_alive()

    service = serve(3)
    assert names["double"](4) == 8
    assert asked == [1, 1, 1, 2]
    answers.end()
    service.join(20)
    assert not service.is_alive()


DAYS = np.array(["2026-01-31"], dtype="datetime64[s]")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (DAYS, "days, of type ndarray, cannot be passed to a test: an array of datetime64"),
        ({"day": [DAYS]}, "days, of type dict, cannot be passed to a test: an array of datetime64"),
        (pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])), "of type DataFrame, .*levels"),
        (torch.zeros(2, dtype=torch.bfloat16), "of type Tensor, .*BFloat16"),
        ([10**5000], "of type list, .*4300 digits"),
        (np.zeros(5000), "of type ndarray, .*at once"),
    ],
    ids=["days", "inside", "levels", "bfloat16", "digits", "large"],
)
def test_a_value_that_cannot_be_passed_costs_no_other_name_anything(sides, monkeypatch, value, said):
    monkeypatch.setattr(wire, "MOST_BYTES", 20_000)
    others = {"limit": 3, "made": object(), "table": {"f": lambda x: x}, "double": lambda x: 2 * x}
    names = Pair(sides, **{"days": value} | others).names
    assert (names["limit"], names["double"](4), names["table"]["f"](5)) == (3, 8, 5)
    with pytest.raises(Refused, match=f"{said}.*Expected are numbers or text, or lists, dicts, arrays"):
        assert names["days"] == 3
    with pytest.raises(Refused, match=said):
        names["double"](names["days"])
    assert names["double"](4) == 8


@pytest.mark.parametrize(
    "use",
    [
        lambda x: as_numbers(x, (), "x"),
        np.asarray,
        torch.as_tensor,
        lambda x: isinstance(x, dict),
        lambda x: x == 3,
        lambda x: x or 3,
        lambda x: 3 * x,
        lambda x: np.ones(2) * x,
        lambda x: np.testing.assert_allclose(x, [1.0]),
        lambda x: x["day"],
        lambda x: list(x),
        lambda x: x in {3},
        lambda x: x.sum(),
        lambda x: x(2),
        lambda x: f"{x}",
    ],
)
def test_whatever_a_test_does_with_a_value_that_cannot_be_passed_says_which_it_is(sides, use):
    names = Pair(sides, days=DAYS).names
    with pytest.raises(Refused, match=r"^days, of type ndarray, cannot be passed to a test"):
        use(names["days"])


class Patient(NamedTuple):
    age: int
    scan: np.ndarray


Patient.__module__ = "__main__"  # as in a notebook


def test_records_and_networks_are_made_again_and_only_numbers_of_a_network_come_back(sides):
    def train(network, patient):
        network(torch.ones(1, 2)).sum().backward()
        with torch.no_grad():
            network.weight -= network.weight.grad
        network.bias = torch.nn.Parameter(torch.ones(5))
        return type(network).__name__, network, patient.age

    names = Pair(sides, train=train, Patient=Patient).names
    network = torch.nn.Sequential(torch.nn.Linear(2, 1))
    torch.nn.init.ones_(network[0].weight)
    weight, bias, patient = network[0].weight, network[0].bias.clone(), Patient(61, np.zeros(2))
    assert names["train"](network[0], patient) == ("Linear", network[0], 61)
    assert network[0].weight is weight
    np.testing.assert_array_equal(weight.detach(), [[0.0, 0.0]])
    np.testing.assert_array_equal(weight.grad, [[1.0, 1.0]])
    torch.testing.assert_close(network[0].bias, bias)  # five numbers do not fit into one


class Slopes:
    def __init__(self, grads):
        self.grads = grads


Slopes.__module__ = "__main__"


def test_an_object_of_a_locked_cell_arrives_with_all_that_it_holds(sides):
    names = Pair(sides, first=lambda slopes: slopes.grads["first"], Slopes=Slopes).names
    assert names["first"](Slopes({"first": 0.5})) == 0.5


def test_what_one_call_passes_twice_is_one_object_there_and_is_trained_once(sides):
    def train(first, second, parts):
        before = second.weight.detach().clone()
        with torch.no_grad():
            first.weight += 1
        same = first is second is parts["network"] is parts["whole"][0], parts["ask"] is parts["again"]
        return same, (second.weight - before).detach(), parts["again"](2)

    names = Pair(sides, train=train, same=lambda a, b: a is b, Patient=Patient, Slopes=Slopes).names
    network = torch.nn.Linear(2, 1)
    torch.nn.init.constant_(network.weight, 0.25)  # (w + 1) - w is not 1 in floats for every w
    expected = network.weight.detach() + 1

    def double(x):
        return 2 * x

    parts = {"network": network, "whole": torch.nn.Sequential(network), "ask": double, "again": double}
    same, change, doubled = names["train"](network, network, parts)
    assert (same, change.tolist(), doubled) == ((True, True), [[1, 1]], 4)
    torch.testing.assert_close(network.weight.detach(), expected)
    for value in (Patient(61, np.zeros(2)), Slopes({"first": 0.5}), names["same"]):
        assert names["same"](value, value)
    assert not names["same"](network, torch.nn.Linear(2, 1))
    assert not names["same"](np.zeros(2), np.zeros(2))


def test_an_object_that_holds_itself_is_refused(sides):
    names = Pair(sides, same=lambda a: a, Slopes=Slopes).names
    slopes = Slopes({})
    slopes.grads["own"] = slopes
    with pytest.raises(Refused, match="containers in each other"):
        names["same"](slopes)


def test_a_class_that_the_sandbox_lacks_is_named_and_one_without_a_name_runs_with_the_test(sides):
    names = Pair(sides, call=lambda network: network(torch.ones(1, 2))).names
    with pytest.raises(ValueError, match="passed a Patient, which the sandbox does not know"):
        names["call"](Patient(61, np.zeros(2)))
    network = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 1))
    torch.testing.assert_close(names["call"](network), network(torch.ones(1, 2)))


def test_an_argument_that_an_answer_changed_is_what_it_was_for_the_test(sides):
    """Else `x[:] = 0` would make 0 right wherever a test computes from x what it expects."""

    def change(array, numbers):
        array[:] = 0
        numbers.clear()
        return array

    array, numbers = np.ones(2), [1]
    assert Pair(sides, change=change).names["change"](array, numbers).tolist() == [0, 0]
    assert (array.tolist(), numbers) == ([1, 1], [1])


def penalty(critic, x):
    """The mean square of the slopes of a critic: a derivative that is differentiated once more."""
    if not x.requires_grad:
        x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return slopes.square().mean()


def test_derivatives_lead_through_an_answer_and_through_a_function_of_the_test(sides):
    names = Pair(sides, penalty=penalty, cube=lambda x: (x**3).sum(), cut=lambda x: x.detach().sum()).names
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    # By hand: the slopes of x^3 are 3 x^2, their mean square is 9 (1 + 16) / 2, its slope 36 x^3 / 2.
    for critic in (lambda x: x**3, torch.nn.ReLU()):
        here = penalty(critic, x)
        there = names["penalty"](critic, x)
        torch.testing.assert_close(there, here)
    torch.testing.assert_close(names["penalty"](lambda x: x**3, x), torch.tensor(76.5))
    (pull,) = torch.autograd.grad(names["penalty"](lambda x: x**3, x), x)
    np.testing.assert_allclose(pull, [18, -144])
    torch.testing.assert_close(penalty(names["cube"], x), torch.tensor(76.5))
    (pull,) = torch.autograd.grad(penalty(names["cube"], x), x)
    np.testing.assert_allclose(pull, [18, -144])
    (slope,) = torch.autograd.grad(names["cube"](x), x, create_graph=True)
    assert torch.autograd.gradcheck(names["cube"], [x.detach().double().requires_grad_()])
    (again,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
    (third,) = torch.autograd.grad(again.sum(), x)
    np.testing.assert_allclose(again.detach(), [6, -12])
    np.testing.assert_allclose(third, [6, 6])
    assert not names["cut"](x).requires_grad
    with torch.no_grad():
        assert not names["cube"](x).requires_grad


def test_derivatives_in_the_weights_of_a_network_that_was_passed(sides):
    names = Pair(sides, score=lambda network, x: network(x).square().sum()).names
    network, x = torch.nn.Linear(2, 1), torch.tensor([[1.0, 2.0]])
    expected = torch.autograd.grad(network(x).square().sum(), list(network.parameters()))
    got = torch.autograd.grad(names["score"](network, x), list(network.parameters()))
    torch.testing.assert_close(got, expected)


@pytest.mark.parametrize(
    "product", [[], [None, None], [4], [torch.zeros(3)], [torch.zeros(2, dtype=torch.float64)], 4]
)
def test_derivatives_that_do_not_fit_are_refused(sides, product):
    here, there = sides
    arrays = []
    tensor = packed(torch.tensor(1.0, requires_grad=True), arrays, refuse)
    reply = {"do": "reply", "to": 1, "value": tensor, "graph": 0}
    Channel(there).send(reply, arrays)
    value = Answers(Channel(here)).call({}, [torch.zeros(2, requires_grad=True)], {})
    arrays = []
    value_of = packed(product, arrays, refuse)
    Channel(there).send({"do": "reply", "to": 2, "value": value_of}, arrays)
    with pytest.raises(Refused, match="derivative"):
        value.backward()


def test_a_withheld_function_is_there_for_its_own_library_and_comes_back():
    from ganlab import theory
    from ganlab.objectives import Minimax

    original, method, scores = theory.jensen_shannon, Minimax.generator_loss, torch.zeros(2)
    names = {"js": original, "written": lambda: 1}
    loss = Minimax().generator_loss(scores)
    paths = ["ganlab.theory.jensen_shannon", "ganlab.objectives.Minimax.generator_loss"]
    with withheld(paths, names):
        for call in (
            lambda: theory.jensen_shannon([1.0], [1.0], 1.0),
            lambda: names["js"]([1.0], [1.0], 1.0),
            lambda: Minimax().generator_loss(scores),
        ):
            with pytest.raises(RuntimeError, match="asks you to write"):
                call()
        inside = {"__name__": "ganlab.training.play", "Minimax": Minimax, "scores": scores}
        assert eval("Minimax().generator_loss(scores)", inside) == loss
        names["written"] = None
    assert (theory.jensen_shannon, Minimax.generator_loss) == (original, method)
    assert names == {"js": original, "written": None}
