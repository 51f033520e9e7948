"""Outside the sandbox: what stands for a student's functions and objects in the tests.

A call sends plain data in and gets plain data back (`ganlab.grading.split.wire`). What is not plain data
stays in the sandbox and is a `Proxy` here, which can be called and asked for its attributes and nothing else:
it is equal to nothing but itself, and neither true nor false.
"""

import contextlib
import functools
import types

from ganlab.grading.split.derivatives import Graphs, grads_possible, joined
from ganlab.grading.split.objects import class_of, fields_of, write_into
from ganlab.grading.split.wire import Channel, Gone, Refused, as_error, as_text, packed, unpacked

# In one test: calls of the student's functions, and calls within calls.
MOST_CALLS, MOST_NESTED = 10_000, 20
PASSED = "Expected are numbers or text, or lists, dicts, arrays, tensors or tables of them."


class Answers:
    """The answers of one student.

    Parameters
    ----------
    channel : Channel
    """

    def __init__(self, channel):
        self._channel, self._given, self._graphs = channel, [], Graphs()
        self._numbers = {}  # by their id: what the message that is being packed has passed already
        self._test = self._calls = self._asked = self._nested = 0

    @classmethod
    def at(cls, path):
        """The answers of whoever connects to this path first."""
        return cls(Channel.at(path))

    def accept(self):
        self._channel.accept()

    def test(self, test, names, shell, source):
        """Run the source of test number `test` in an IPython shell, with the names that answers define."""
        try:
            self.begin(test, names, shell.user_ns)
            shell.run_cell(source)
        finally:
            self.end()

    def begin(self, test, names, namespace):
        """Bind the names that answers define, as they are now, for test number `test`."""
        self._test, self._calls, self._graphs = test, 0, Graphs()
        for name in names:
            namespace.pop(name, None)
        defined = self._value(self._ask({"do": "names", "names": names}))
        if type(defined) is not dict or not set(defined) <= set(names):
            raise Refused("names that nobody asked for")
        for name, value in defined.items():
            if type(value) is not Proxy:
                value = self._value_of(name, str(value)[:100])
            if type(value) is Proxy:
                value._name = name
            namespace[name] = value

    def _value_of(self, name, kind):
        """What a name stands for that is no function and no class; `Unpassed` if that cannot be passed."""
        content, data = self._replied({"do": "name", "of": name})
        try:
            if "error" in content:
                raise as_error(content)
            return unpacked(content.get("value"), data, self._object)
        except Exception as problem:
            return Unpassed(f"{name}, of type {kind}, cannot be passed to a test: {problem}. {PASSED}")

    def end(self):
        """Let the sandbox go on to the next cell, if it is still there."""
        with contextlib.suppress(OSError):
            self._channel.send({"do": "end", "test": self._test})

    def beside(self, names, namespace):
        """Run these functions of the course in the sandbox, whenever they get an answer to work with."""
        for name in names:
            if isinstance(namespace[name], types.FunctionType):
                namespace[name] = self._beside(name, namespace[name])

    def _beside(self, name, local):
        @functools.wraps(local)
        def called(*args, **kwargs):
            if any(isinstance(part, Proxy) for part in [*args, *kwargs.values()]):
                return self.call({"is": "name", "of": name}, args, kwargs)
            return local(*args, **kwargs)

        return called

    def call(self, what, args, kwargs):
        """What a student's function returns; a network that it trained is trained here, too."""
        arrays, inputs = [], []
        values = self._packed({"args": list(args), "kwargs": kwargs}, arrays, inputs)
        content, data = self._ask({"do": "call", "what": what, "with": values}, arrays)
        outputs = []
        value = unpacked(content.get("value"), data, self._object, outputs)
        unpacked(content.get("trained"), data, self._object)
        return joined(value, outputs, inputs, self._product(content.get("graph")))

    def attribute(self, what, name):
        return self._value(self._ask({"do": "get", "what": what, "name": name}))

    def _product(self, number):
        """How to ask for derivatives of the result with this number (`joined`)."""

        def ask(vectors, again):
            arrays = []
            vectors = self._packed(vectors, arrays)
            content, data = self._ask({"do": "pull", "of": number, "with": vectors, "again": again}, arrays)
            products = unpacked(content.get("value"), data, self._object)
            if type(products) is not list or any(
                part is not None and type(part).__name__ != "Tensor" for part in products
            ):
                raise Refused("derivatives that are no tensors")
            return products, self._product(content.get("graph"))

        return ask

    def _value(self, reply):
        content, data = reply
        return unpacked(content.get("value"), data, self._object)

    def _ask(self, content, arrays=()):
        content, data = self._replied(content, arrays)
        if "error" in content:
            raise as_error(content)
        return content, data

    def _replied(self, content, arrays=()):
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise Refused(f"more than {MOST_CALLS} calls in one test")
        self._asked += 1
        number = self._asked
        try:
            self._channel.send({**content, "id": number}, arrays)
            return self._reply(number)
        except (Gone, OSError):
            raise Refused("its code ended Python (os._exit, a crash, or no memory left)") from None

    def _reply(self, number):
        while True:
            try:
                content, data = self._channel.receive()
            except Refused:
                self._channel.close()  # whatever else is in it: nobody can tell where a message begins
                raise
            if content.get("do") in ("call", "pull"):
                self._answer(content, data)
                continue
            to = content.get("to")
            if type(to) is not int or to > number:
                raise Refused("a reply to something that nobody asked")
            if to < number:
                continue  # of a test that is over
            return content, data

    def _answer(self, content, data):
        """Call a function of the test for the student's code, or differentiate what it returned."""
        arrays = []
        self._nested += 1
        try:
            self._calls += 1
            if self._nested > MOST_NESTED or self._calls > MOST_CALLS:
                raise Refused("too many calls of a function of the test")
            value, graph = (self._called if content["do"] == "call" else self._pulled)(content, data, arrays)
            reply = {"value": value, "graph": graph}
        except Exception as error:
            arrays, reply = [], as_text(error)
        finally:
            self._nested -= 1
        self._channel.send({"do": "reply", **reply}, arrays)

    def _called(self, content, data, arrays):
        inputs, outputs = [], []
        function = self._object({"is": "function", "of": content.get("of")}, None)
        values = unpacked(content.get("with"), data, self._object, inputs)
        if type(values) is not dict or set(values) != {"args", "kwargs"}:
            raise Refused("a call without its arguments")
        with grads_possible(inputs):
            value = self._packed(function(*values["args"], **values["kwargs"]), arrays, outputs)
        return value, self._graphs.keep(inputs, outputs)

    def _pulled(self, content, data, arrays):
        vectors = unpacked(content.get("with"), data, self._object)
        products, graph = self._graphs.product(content.get("of"), vectors, content.get("again") is True)
        return self._packed(products, arrays), graph

    def _packed(self, value, arrays, leading=None):
        self._numbers = {}
        return packed(value, arrays, self._reference, leading)

    def _reference(self, value, pack):
        if isinstance(value, Proxy):
            return object.__getattribute__(value, "_what")
        kind = class_of(value)
        if kind is None and not callable(value):
            if isinstance(value, tuple):
                return pack(tuple(value))
            raise Refused(f"a test cannot pass {type(value).__name__} to an answer in a sandbox")
        if id(value) in self._numbers:
            return {"is": "again", "of": self._numbers[id(value)]}
        self._given.append(value)
        number = len(self._given) - 1
        content = {"is": "function", "of": number}
        if kind is not None:
            content = {"is": "made", "of": number, "class": kind, "fields": pack(fields_of(value))}
        self._numbers[id(value)] = number
        return content

    def _object(self, content, unpack):
        match content:
            case {"is": "object", "of": int(number), "type": str(kind)}:
                return Proxy(self, {"is": "object", "of": number, "type": kind[:100]}, kind[:100])
            case {"is": "function", "of": int(number)} if 0 <= number < len(self._given):
                if callable(self._given[number]):
                    return self._given[number]
            case {"is": "made", "of": int(number), "fields": fields} if 0 <= number < len(self._given):
                write_into(self._given[number], unpack(fields))
                return self._given[number]
        raise Refused("what is no plain data")


class Proxy:
    """What a student's code defined or returned that is not plain data."""

    __slots__ = ("_answers", "_kind", "_name", "_what")

    def __init__(self, answers, what, kind):
        self._answers, self._what, self._kind, self._name = answers, what, kind, None

    def __call__(self, *args, **kwargs):
        return self._answers.call(self._what, args, kwargs)

    def __getattr__(self, name):
        if name == "__name__" and self._name:  # the one that was asked for, whatever the student says
            return self._name
        if name.startswith("_"):
            raise AttributeError(name)
        return self._answers.attribute(self._what, name)

    def __float__(self):
        with contextlib.suppress(AttributeError):
            number = self._answers.attribute(self._what, "__float__")()
            if type(number) is float:
                return number
        raise TypeError(f"a {self._kind} came where a number was expected")

    def __bool__(self):
        raise TypeError(f"a {self._kind} came where True or False was expected")

    def __repr__(self):
        return f"<{self._kind} of the answer>"


class Unpassed:
    """What a name of the answer stands for that cannot be passed: whatever a test does with it says so.

    A test that uses it fails with this sentence, and no other test does.
    """

    __slots__ = ("_sentence",)

    def __init__(self, sentence):
        object.__setattr__(self, "_sentence", sentence)

    def _refuse(self, *args, **kwargs):
        raise Refused(object.__getattribute__(self, "_sentence"))

    __getattribute__ = __setattr__ = __call__ = __repr__ = __hash__ = __array__ = _refuse
    __bool__ = __int__ = __float__ = __complex__ = __index__ = __round__ = _refuse
    __len__ = __iter__ = __contains__ = __getitem__ = __setitem__ = __delitem__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __abs__ = __invert__ = _refuse
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = _refuse
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = _refuse
    __rpow__ = __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = _refuse
