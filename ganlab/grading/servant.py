"""Inside the sandbox: calls a student's functions for the tests that run outside it.

Everything here can be changed by the student's code, and nothing depends on it: what it sends is checked
where it arrives, and a wrong value stays a wrong value.
"""

from ganlab.grading.wire import Channel, Refused, as_error, as_text, packed, unpacked


class Servant:
    """Answers the calls of one notebook's tests.

    Parameters
    ----------
    channel : Channel
    names : dict
        Of the notebook: what the student's code defined.
    """

    def __init__(self, channel, names):
        self._channel, self._names, self._objects, self._test = channel, names, [], 0

    @classmethod
    def at(cls, path, names):
        """A servant for whoever connects to this path first."""
        return cls(Channel.at(path), names)

    def accept(self):
        self._channel.accept()

    def serve(self, test):
        """Answer until the end of test number `test`; an interrupt ends a call and not the service."""
        while True:
            try:
                content, data = self._channel.receive()
                if content["do"] == "end":
                    if content["test"] >= test:
                        return
                    continue
                self._answer(content, data)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return

    def _answer(self, content, data):
        arrays = []
        try:
            value = self._done(content, data)
            reply = {"value": packed(value, arrays, self._reference)}
            self._channel.send({"do": "reply", "to": content["id"], **reply}, arrays)
        except EOFError:
            raise
        except BaseException as error:
            self._channel.send({"do": "reply", "to": content["id"], **as_text(error)})

    def _done(self, content, data):
        if content["do"] == "names":
            return {name: self._names[name] for name in content["names"] if name in self._names}
        target = self._object(content["what"])
        if content["do"] == "get":
            return getattr(target, content["name"])
        values = unpacked(content["with"], data, self._object)
        return target(*values["args"], **values["kwargs"])

    def _object(self, content):
        match content:
            case {"is": "name", "of": str(name)}:
                return self._names[name]
            case {"is": "object", "of": int(number)}:
                return self._objects[number]
            case {"is": "function", "of": int(number)}:
                return _Asked(self, number)
        raise Refused(f"unknown: {content!r}")

    def _reference(self, value):
        if isinstance(value, _Asked):
            return {"is": "function", "of": value.number}
        self._objects.append(value)
        return {"is": "object", "of": len(self._objects) - 1, "type": type(value).__name__}

    def ask(self, number, args, kwargs):
        """What a function of the test returns."""
        arrays = []
        values = packed({"args": args, "kwargs": kwargs}, arrays, self._reference)
        self._channel.send({"do": "call", "of": number, "with": values}, arrays)
        while True:
            content, data = self._channel.receive()
            if content["do"] == "reply":
                if "error" in content:
                    raise as_error(content)
                return unpacked(content["value"], data, self._object)
            self._answer(content, data)


class _Asked:
    """A function that the test gave: it runs outside, with the test."""

    def __init__(self, servant, number):
        self._servant, self.number = servant, number

    def __call__(self, *args, **kwargs):
        return self._servant.ask(self.number, args, kwargs)
