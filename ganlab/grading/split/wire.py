"""Plain data between the process that tests and the one that answers: numbers, text, containers and arrays.

A message is JSON with the bytes of its arrays behind it. Nothing here makes an object of a class that a
message names, as a pickle does: whoever reads one gets data of exactly the types listed here or `Refused`,
whatever the other side sent. What is not plain data is left to the reader (`reference`).
"""

import builtins
import json
import math
import re
import socket
import struct

import numpy as np

# Bytes of a message, bytes of its JSON, containers in each other.
MOST_BYTES, MOST_JSON, MOST_DEPTH = 64 * 2**20, 8 * 2**20, 32
MOST_SAID = 10_000  # characters of an error
# They end a loop of the test as if it were done: `all(map(answer, values))` would be True.
SILENT = {StopIteration, StopAsyncIteration}
SIZES = struct.Struct(">QQ")
DTYPE = re.compile(r"[<>|][biufcU]\d{1,5}")


class Refused(ValueError):
    """What came, or was to be sent, is not plain data within the limits."""


class Gone(Exception):
    """The other side has closed the connection."""


class Channel:
    """Messages over a socket, one after the other.

    Parameters
    ----------
    connection : socket.socket
        Connected, or listening: then the first who connects is the other side.
    """

    def __init__(self, connection):
        self._connection, self._heard = connection, bytearray()

    @classmethod
    def at(cls, path):
        """The channel of whoever connects to this path first."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        return cls(server)

    def accept(self):
        """Wait for the other side, and listen to nobody else."""
        server = self._connection
        self._connection, _ = server.accept()
        server.close()

    def close(self):
        self._connection.close()

    def send(self, content, arrays=()):
        """Send JSON-able content and the bytes that `packed` put aside for it."""
        text = json.dumps(content).encode()
        size = len(text) + sum(map(len, arrays))
        if size > MOST_BYTES:
            raise Refused(f"{size / 2**20:.0f} MB at once; at most {MOST_BYTES // 2**20} MB can be passed")
        if len(text) > MOST_JSON:
            raise Refused(
                f"{len(text) / 2**20:.0f} MB of lists, dicts and text at once; at most "
                f"{MOST_JSON // 2**20} MB of them can be passed: an array or a tensor takes less"
            )
        self._connection.sendall(b"".join([SIZES.pack(size, len(text)), text, *arrays]))

    def receive(self):
        """The content of the next message and its bytes; Gone if none comes any more."""
        size, length = SIZES.unpack(self._next(0, SIZES.size))
        if size > MOST_BYTES or length > min(size, MOST_JSON):
            raise Refused(f"a message of {size} bytes; at most {MOST_BYTES} can be passed")
        # Taken off only when all of it is there: an interrupt in between loses no place in the stream.
        whole = self._next(SIZES.size, size)
        del self._heard[: SIZES.size + size]
        try:
            content = json.loads(whole[:length])
        except (ValueError, RecursionError) as problem:
            raise Refused(f"a message that is not JSON: {type(problem).__name__}") from None
        if not isinstance(content, dict):
            raise Refused("a message without names for its parts")
        return content, whole[length:]

    def _next(self, start, size):
        while len(self._heard) < start + size:
            more = self._connection.recv(2**20)
            if not more:
                raise Gone
            self._heard += more
        return bytes(self._heard[start : start + size])


def packed(value, arrays, reference, leading=None, depth=0):
    """A value as JSON-able content.

    Parameters
    ----------
    value : object
    arrays : list of bytes
        Gets the bytes of each array in the value.
    reference : callable
        (value, pack) gives JSON-able content for a record and for what is not plain data, or raises Refused.
    leading : list of tensors, optional
        Gets the tensors that have a gradient, in the order in which `unpacked` meets them.
    """
    if depth > MOST_DEPTH:
        raise Refused(f"more than {MOST_DEPTH} containers in each other")

    def inner(part):
        return packed(part, arrays, reference, leading, depth + 1)

    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple, set, frozenset):
        return {"is": kind.__name__, "of": [inner(part) for part in value]}
    if kind is dict:
        return {"is": "dict", "of": [[inner(key), inner(part)] for key, part in value.items()]}
    if kind is complex:
        return {"is": "complex", "of": [value.real, value.imag]}
    if isinstance(value, np.generic) and DTYPE.fullmatch(value.dtype.str):
        return {"is": "numpy scalar", "of": _array(np.asarray(value), arrays)}
    if kind is np.ndarray and DTYPE.fullmatch(value.dtype.str):
        return {"is": "array", "of": _array(value, arrays)}
    if kind is np.ndarray and value.dtype == object:
        return {"is": "objects", "shape": list(value.shape), "of": [inner(part) for part in value.flat]}
    if kind is np.ndarray:
        raise Refused(f"an array of {value.dtype}; numbers, truth values, text and objects can be passed")
    if kind.__module__.startswith("torch") and kind.__name__ in ("Tensor", "Parameter"):
        if leading is not None and value.requires_grad:
            leading.append(value)
        tensor = {"is": "tensor", "of": _array(value.detach().cpu().numpy(), arrays)}
        return tensor | {"grad": bool(value.requires_grad), "parameter": kind.__name__ == "Parameter"}
    if kind.__module__.startswith("pandas") and kind.__name__ in ("DataFrame", "Series"):
        return _packed_table(value, inner)
    if kind.__module__.startswith("pandas") and kind.__name__ in ("Index", "RangeIndex"):
        return {"is": "index", "names": [inner(value.name)], "of": [inner(value.to_numpy())]}
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return reference(value, inner)
    for plain in (str, int, float, list, tuple, dict, np.ndarray):
        if isinstance(value, plain):  # of a class of its own: what counts is what it holds
            return inner(np.array(value) if plain is np.ndarray else plain(value))
    if kind is range:
        return inner(list(value))
    return reference(value, inner)


def unpacked(content, data, reference, leading=None, depth=0):
    """The value that `packed` made this content of; Refused where the content is nothing of the kind.

    Parameters
    ----------
    content : object
        From JSON.
    data : bytes
        Behind it.
    reference : callable
        (content, unpack) gives the object for content that is not plain data, or raises Refused.
    leading : list, optional
        Gets the tensors that have a gradient.
    """
    if depth > MOST_DEPTH:
        raise Refused(f"more than {MOST_DEPTH} containers in each other")

    def inner(part):
        return unpacked(part, data, reference, leading, depth + 1)

    def parts():
        of = content.get("of")
        if not isinstance(of, list):
            raise Refused(f"a {content.get('is')!r} without its parts")
        return of

    if content is None or isinstance(content, bool | int | float | str):
        return content
    if not isinstance(content, dict):
        raise Refused("a list that says not what it is of")
    match content.get("is"):
        case "list":
            return [inner(part) for part in parts()]
        case "tuple":
            return tuple(inner(part) for part in parts())
        case "set" | "frozenset" as kind:
            return _as_set(frozenset if kind == "frozenset" else set, [inner(part) for part in parts()])
        case "dict":
            return _as_dict(parts(), inner)
        case "complex":
            return complex(*_floats(parts()))
        case "numpy scalar":
            return _as_array(content.get("of"), data, ())[()]
        case "array":
            return _as_array(content.get("of"), data)
        case "objects":
            return _as_objects(content.get("shape"), [inner(part) for part in parts()])
        case "tensor":
            import torch

            values = _as_array(content.get("of"), data)
            if values.dtype.kind == "U":
                raise Refused("a tensor of text")
            grad = content.get("grad") is True and values.dtype.kind in "fc"
            tensor = torch.from_numpy(values).requires_grad_(grad)
            if content.get("parameter") is True:
                tensor = torch.nn.Parameter(tensor, requires_grad=grad)
            if grad and leading is not None:
                leading.append(tensor)
            return tensor
        case "table" | "column" | "index":
            return _as_table(content, inner)
    return reference(content, inner)


def as_text(error):
    """An exception as content: the name of its nearest builtin class, and what it says, if it can say it."""
    [name] = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"][:1]
    says = error.args[0] if isinstance(error, KeyError) and error.args else error
    try:
        text = str(says)[:MOST_SAID]
    except Exception:
        text = "<exception str() failed>"  # what Python prints of it
    return {"error": name, "text": text}


def as_error(content):
    """The exception that `as_text` made this content of; never one that ends a loop or a process."""
    name, text = str(content.get("error")), str(content.get("text", ""))[:MOST_SAID]
    kind = vars(builtins).get(name)
    if kind is None or not (isinstance(kind, type) and issubclass(kind, Exception)) or kind in SILENT:
        return RuntimeError(f"{name}: {text}"[:MOST_SAID])
    try:
        return kind(*filter(None, [text]))
    except TypeError:
        return RuntimeError(f"{name}: {text}"[:MOST_SAID])


def _array(values, arrays):
    start = sum(map(len, arrays))
    arrays.append(values.tobytes())
    return [values.dtype.str, list(values.shape), start]


def _as_array(content, data, shape=None):
    match content:
        case [str(dtype), list(dimensions), int(start)] if DTYPE.fullmatch(dtype) and _is_shape(dimensions):
            try:
                dtype, count = np.dtype(dtype), math.prod(dimensions)
            except TypeError:
                raise Refused(f"an array of {dtype}") from None
            if shape in (None, tuple(dimensions)) and 0 <= start <= start + dtype.itemsize * count <= len(
                data
            ):
                # A copy, so that it may be written to and keeps no message alive.
                return np.frombuffer(data, dtype, count, start).reshape(dimensions).copy()
    raise Refused("an array whose type, shape and bytes do not fit together")


def _is_shape(dimensions):
    return len(dimensions) <= 16 and all(type(size) is int and 0 <= size < 2**40 for size in dimensions)


def _as_objects(shape, values):
    if not (isinstance(shape, list) and _is_shape(shape) and math.prod(shape) == len(values)):
        raise Refused("an array of objects whose shape does not fit")
    objects = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        objects[place] = value
    return objects.reshape(shape)


def _as_dict(pairs, inner):
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise Refused("a dict that is not made of pairs")
    pairs = [list(map(inner, pair)) for pair in pairs]
    try:
        return dict(pairs)
    except TypeError:
        raise Refused("a dict whose keys cannot be keys") from None


def _as_set(kind, values):
    try:
        return kind(values)
    except TypeError:
        raise Refused("a set of what cannot be in one") from None


def _floats(numbers):
    if [type(number) for number in numbers] != [float, float]:
        raise Refused("a complex number without its two parts")
    return numbers


def _packed_table(table, inner):
    columns = [table] if table.ndim == 1 else [table.iloc[:, place] for place in range(table.shape[1])]
    if table.index.nlevels > 1 or (table.ndim == 2 and table.columns.nlevels > 1):
        raise Refused("a table with several levels of names")
    return {
        "is": "column" if table.ndim == 1 else "table",
        "names": [inner(column.name) for column in columns],
        "called": [inner(axis.name) for axis in table.axes],
        "index": inner(table.index.to_numpy()),
        "of": [inner(column.to_numpy()) for column in columns],
    }


def _as_table(content, inner):
    import pandas as pd

    names, columns = content.get("names"), content.get("of")
    if not (isinstance(names, list) and isinstance(columns, list) and len(names) == len(columns)):
        raise Refused("a table whose columns and names do not fit")
    names, columns, index = list(map(inner, names)), list(map(inner, columns)), inner(content.get("index"))
    try:
        if content["is"] == "index":
            index = columns[0]
        if not all(
            type(part) is np.ndarray and part.shape == index.shape and part.ndim == 1 for part in columns
        ):
            raise Refused("a table whose columns differ in length")
        if content["is"] == "index":
            return pd.Index(index, name=names[0])
        called = list(map(inner, content["called"]))
        index = pd.Index(index, name=called[0])
        if content["is"] == "column":
            return pd.Series(columns[0], index=index, name=names[0])
        table = pd.DataFrame(dict(enumerate(columns)), index=index)
        table.columns = pd.Index(names, name=called[1])
        return table
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as problem:
        raise Refused(f"a table that cannot be one: {problem}") from None
