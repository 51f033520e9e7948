"""Outside the sandbox: what stands for a student's functions and objects in the tests.

A call sends plain data in and gets plain data back (`ganlab.grading.wire`). What is not plain data stays in
the sandbox and is a `Proxy` here, which can be called and asked for its attributes and nothing else: it is
equal to nothing but itself, and neither true nor false.
"""

import functools
import types

import numpy as np

from ganlab.grading.wire import Channel, Refused, as_error, as_text, packed, unpacked

# In one test: calls of the student's functions, and calls within calls.
MOST_CALLS, MOST_NESTED = 10_000, 20
FUNCTIONS = types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, np.ufunc


class Answers:
    """The answers of one student.

    Parameters
    ----------
    channel : Channel
    """

    def __init__(self, channel):
        self._channel, self._given = channel, []
        self._test = self._calls = self._asked = self._nested = 0

    @classmethod
    def at(cls, path):
        """The answers of whoever connects to this path first."""
        return cls(Channel.at(path))

    def accept(self):
        self._channel.accept()

    def begin(self, test, names, namespace):
        """Bind the names that answers define, as they are now, for test number `test`."""
        self._test, self._calls = test, 0
        for name in names:
            namespace.pop(name, None)
        defined = self._ask({"do": "names", "names": names})
        if type(defined) is not dict or not set(defined) <= set(names):
            raise Refused("names that nobody asked for")
        namespace.update(defined)

    def end(self):
        """Let the sandbox go on to the next cell."""
        self._channel.send({"do": "end", "test": self._test})

    def beside(self, names, namespace):
        """Run these functions of the course in the sandbox, whenever they get an answer to work with."""
        for name in names:
            namespace[name] = self._beside(name, namespace[name])

    def _beside(self, name, local):
        @functools.wraps(local)
        def called(*args, **kwargs):
            if any(isinstance(part, Proxy) for part in [*args, *kwargs.values()]):
                return self.call({"is": "name", "of": name}, args, kwargs)
            return local(*args, **kwargs)

        return called

    def call(self, what, args, kwargs):
        """What a student's function returns."""
        arrays = []
        values = packed({"args": list(args), "kwargs": kwargs}, arrays, self._reference)
        return self._ask({"do": "call", "what": what, "with": values}, arrays)

    def attribute(self, what, name):
        return self._ask({"do": "get", "what": what, "name": name})

    def _ask(self, content, arrays=()):
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise Refused(f"more than {MOST_CALLS} calls in one test")
        self._asked += 1
        number = self._asked
        try:
            self._channel.send({**content, "id": number}, arrays)
            return self._reply(number)
        except (EOFError, OSError):
            raise Refused("the connection with the answer was ended") from None

    def _reply(self, number):
        while True:
            try:
                content, data = self._channel.receive()
            except Refused:
                self._channel.close()  # whatever else is in it: nobody can tell where a message begins
                raise
            if content.get("do") == "call":
                self._answer(content, data)
                continue
            to = content.get("to")
            if type(to) is not int or to > number:
                raise Refused("a reply to something that nobody asked")
            if to < number:
                continue  # of a test that is over
            if "error" in content:
                raise as_error(content)
            return unpacked(content.get("value"), data, self._object)

    def _answer(self, content, data):
        """Call a function of the test for the student's code."""
        arrays = []
        self._nested += 1
        try:
            self._calls += 1
            if self._nested > MOST_NESTED or self._calls > MOST_CALLS:
                raise Refused("too many calls of a function of the test")
            function = self._object({"is": "function", "of": content.get("of")})
            values = unpacked(content.get("with"), data, self._object)
            if type(values) is not dict or set(values) != {"args", "kwargs"}:
                raise Refused("a call without its arguments")
            value = packed(function(*values["args"], **values["kwargs"]), arrays, self._reference)
            reply = {"value": value}
        except Exception as error:
            arrays, reply = [], as_text(error)
        finally:
            self._nested -= 1
        self._channel.send({"do": "reply", **reply}, arrays)

    def _reference(self, value):
        if isinstance(value, Proxy):
            return object.__getattribute__(value, "_what")
        if isinstance(value, FUNCTIONS):
            self._given.append(value)
            return {"is": "function", "of": len(self._given) - 1}
        raise Refused(f"a test cannot pass {type(value).__name__} to an answer in a sandbox")

    def _object(self, content):
        match content:
            case {"is": "object", "of": int(number), "type": str(kind)}:
                return Proxy(self, {"is": "object", "of": number}, kind[:100])
            case {"is": "function", "of": int(number)} if 0 <= number < len(self._given):
                return self._given[number]
        raise Refused("what is no plain data")


class Proxy:
    """What a student's code defined or returned that is not plain data."""

    __slots__ = ("_answers", "_kind", "_what")

    def __init__(self, answers, what, kind):
        self._answers, self._what, self._kind = answers, what, kind

    def __call__(self, *args, **kwargs):
        return self._answers.call(self._what, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._answers.attribute(self._what, name)

    def __bool__(self):
        raise TypeError(f"a {self._kind} came where True or False was expected")

    def __repr__(self):
        return f"<{self._kind} of the answer>"
