"""Inside the sandbox: calls a student's functions for the tests that run outside it.

Everything here can be changed by the student's code, and nothing depends on it: what it sends is checked
where it arrives, and a wrong value stays a wrong value.
"""

import types

from ganlab.grading.split.derivatives import Graphs, grads_possible, joined
from ganlab.grading.split.objects import fields_of, is_network, is_record, made_again
from ganlab.grading.split.wire import Channel, Gone, Refused, as_error, as_text, packed, unpacked
from ganlab.grading.split.withheld import withheld


class Servant:
    """Answers the calls of one notebook's tests.

    Parameters
    ----------
    channel : Channel
    names : dict
        Of the notebook: what the student's code defined.
    withheld : dict {task: paths}, optional
        Functions that the answer to a task must not call (`ganlab.grading.split.withheld`).
    """

    def __init__(self, channel, names, withheld=None):
        self._withheld = withheld or {}
        self._channel, self._names, self._graphs = channel, names, Graphs()
        self._objects, self._places = [], {}  # what the tests hold of this side, and its places there
        self._made = {}  # by their id: what the tests passed, with its number there
        self._passed = {}  # the same and the functions of the tests, by their number
        self._over = -1  # the last test whose end came

    @classmethod
    def at(cls, path, *names_and_withheld):
        """A servant for whoever connects to this path first; `Servant.here` is it, after a `%reset`, too."""
        cls.here = cls(Channel.at(path), *names_and_withheld)
        return cls.here

    def accept(self):
        self._channel.accept()

    def serve(self, test, task=""):
        """Answer until the end of test number `test`; an interrupt ends a call and not the service."""
        with withheld(self._withheld.get(task, ()), self._names):
            self._serve(test)

    def _serve(self, test):
        while self._over < test:
            try:
                content, data = self._channel.receive()
                if content["do"] == "end":
                    self._over = content["test"]
                elif content["do"] != "reply":  # to a call within a call that was interrupted
                    self._answer(content, data)
            except KeyboardInterrupt:
                continue
            except Gone:
                return

    def _answer(self, content, data):
        arrays = []
        try:
            reply = self._done(content, data, arrays)
            self._channel.send({"do": "reply", "to": content["id"], **reply}, arrays)
        except Gone:
            raise
        except BaseException as error:
            self._channel.send({"do": "reply", "to": content["id"], **as_text(error)})

    def _done(self, content, data, arrays):
        match content["do"]:
            case "names":
                self._graphs = Graphs()
                own = {name: self._names[name] for name in content["names"] if name in self._names}
                # Of any other value its type: it is asked for by itself, so one costs the others nothing.
                value = {
                    name: part if isinstance(part, types.FunctionType | type) else type(part).__name__
                    for name, part in own.items()
                }
            case "name":
                value = self._names[content["of"]]
            case "get":
                value = getattr(self._object(content["what"], None), content["name"])
            case "pull":
                vectors = unpacked(content["with"], data, self._object)
                products, graph = self._graphs.product(content["of"], vectors, content["again"])
                return {"value": packed(products, arrays, self._reference), "graph": graph}
            case "call":
                return self._called(content, data, arrays)
        return {"value": packed(value, arrays, self._reference)}

    def _called(self, content, data, arrays):
        inputs, outputs = [], []
        target = self._object(content["what"], None)
        known = len(self._made)
        values = unpacked(content["with"], data, self._object, inputs)
        networks = [made for _, made in list(self._made.values())[known:] if is_network(made)]
        before = self._snapshot(networks)
        with grads_possible(inputs):
            value = target(*values["args"], **values["kwargs"])
        try:
            reply = {"value": packed(value, arrays, self._reference, outputs)}
        except Refused as problem:
            name = getattr(target, "__name__", type(target).__name__)
            raise Refused(f"{name} returned what cannot be passed to a test: {problem}") from None
        reply["graph"] = self._graphs.keep(inputs, outputs)
        if self._snapshot(networks) != before:
            reply["trained"] = packed(networks, arrays, self._reference)
        return reply

    def _snapshot(self, networks):
        arrays = []
        return packed(networks, arrays, self._reference), arrays

    def _object(self, content, unpack):
        match content:
            case {"is": "name", "of": str(name)}:
                return self._names[name]
            case {"is": "object", "of": int(number)}:
                return self._objects[number]
            case {"is": "function", "of": int(number)}:
                self._passed[number] = _Asked(self, number)
                return self._passed[number]
            case {"is": "again", "of": int(number)}:
                return self._passed[number]
            case {"is": "made", "of": int(number), "class": name, "fields": fields}:
                made = made_again(name, unpack(fields), self._names)
                self._made[id(made)] = number, made
                self._passed[number] = made
                return made
        raise Refused(f"unknown: {content!r}")

    def _reference(self, value, pack):
        if isinstance(value, _Asked):
            return {"is": "function", "of": value.number}
        number, made = self._made.get(id(value), (0, None))
        if made is value:
            return {"is": "made", "of": number, "fields": pack(fields_of(value))}
        if is_record(value):
            return pack(tuple(value))
        if id(value) not in self._places:
            self._places[id(value)] = len(self._objects)
            self._objects.append(value)
        return {"is": "object", "of": self._places[id(value)], "type": type(value).__name__}

    def ask(self, number, args, kwargs):
        """What a function of the test returns."""
        arrays, inputs, outputs = [], [], []
        values = packed({"args": args, "kwargs": kwargs}, arrays, self._reference, inputs)
        content, data = self._reply({"do": "call", "of": number, "with": values}, arrays)
        value = unpacked(content["value"], data, self._object, outputs)
        return joined(value, outputs, inputs, self._product(content.get("graph")))

    def _product(self, number):
        def ask(vectors, again):
            arrays = []
            vectors = packed(vectors, arrays, self._reference)
            content, data = self._reply({"do": "pull", "of": number, "with": vectors, "again": again}, arrays)
            return unpacked(content["value"], data, self._object), self._product(content.get("graph"))

        return ask

    def _reply(self, content, arrays):
        self._channel.send(content, arrays)
        while True:
            content, data = self._channel.receive()
            if content["do"] == "reply":
                if "error" in content:
                    raise as_error(content)
                return content, data
            if content["do"] == "end":  # the test was interrupted, and nobody waits for what this is for
                self._over = content["test"]
                raise KeyboardInterrupt
            self._answer(content, data)


class _Asked:
    """A function that the test gave: it runs outside, with the test."""

    def __init__(self, servant, number):
        self._servant, self.number = servant, number

    def __call__(self, *args, **kwargs):
        return self._servant.ask(self.number, args, kwargs)
