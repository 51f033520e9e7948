"""Records and networks that a test passes: their classes by name, what they hold as data.

They are made again in the sandbox, and hold there what the test passed and no more. What one call passes more
than once, by itself or inside of another, is one object there, too; a tensor, an array or a container is not:
each place where it stands gets a copy. Two calls never share what they pass. On the way back only the
numbers of a network return, into the network that was passed: nothing that a student sends names a class.
No other argument changes where the test is, whatever the answer does to its own: a test that computes what it
expects from an argument can rely on it.
"""

import functools
import importlib
import sys

from ganlab.grading.split.wire import Refused

# Where classes may come from: helper cells of the notebook, which run on both sides, and libraries.
HELPERS, LIBRARIES = "__main__", ("ganlab", "torch.nn")
STATE = ("training", "_parameters", "_buffers", "_modules")


def is_record(value):
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def class_of(value):
    """[module, name] of the class of a record, a network or an object of the course; else None."""
    kind = type(value)
    known = kind.__module__ == HELPERS
    if kind.__module__.startswith(LIBRARIES):  # torch makes some classes on the way, which have no name there
        known = getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
    held = is_record(value) or (hasattr(value, "__dict__") and (is_network(value) or not callable(value)))
    if not (known and held) or "." in kind.__qualname__:
        return None
    return [kind.__module__, kind.__name__]


def fields_of(value):
    """What a record, a network or an object holds, by name."""
    if is_record(value):
        return value._asdict()
    if not is_network(value):
        return dict(vars(value))
    own = {name: part for name, part in vars(value).items() if name in STATE or name not in _of_any_network()}
    return own | {"grads": _grads(value)}


def made_again(name, fields, helpers):
    """The record, network or object of this class with these fields."""
    module, kind = name
    if module == HELPERS and kind not in helpers:
        raise Refused(f"a test passed a {kind}, which the sandbox does not know: define it in a locked cell")
    kind = helpers[kind] if module == HELPERS else getattr(importlib.import_module(module), kind)
    if issubclass(kind, tuple):
        return kind(**fields)
    made = object.__new__(kind)
    if not is_network(made):
        vars(made).update(fields)
        return made
    grads = fields.pop("grads")
    sys.modules["torch"].nn.Module.__init__(made)
    vars(made).update(fields)
    for parameter, grad in grads.items():
        made._parameters[parameter].grad = grad
    return made


def write_into(network, fields):
    """Give a network the numbers in these fields, as far as they fit; of anything else nothing is changed."""
    if not (is_network(network) and isinstance(fields, dict)):
        return
    grads = fields.get("grads")
    for own in ("_parameters", "_buffers"):
        come = fields.get(own)
        for name, tensor in vars(network)[own].items():
            if tensor is None:
                continue
            if isinstance(come, dict) and _fits(come.get(name), tensor):
                tensor.data.copy_(come[name].data)
            if isinstance(grads, dict) and own == "_parameters":
                tensor.grad = grads[name] if _fits(grads.get(name), tensor) else None


def _fits(come, tensor):
    return _is_tensor(come) and (come.shape, come.dtype) == (tensor.shape, tensor.dtype)


def _is_tensor(value):
    return "torch" in sys.modules and isinstance(value, sys.modules["torch"].Tensor)


def is_network(value):
    return "torch" in sys.modules and isinstance(value, sys.modules["torch"].nn.Module)


@functools.cache
def _of_any_network():
    return frozenset(vars(sys.modules["torch"].nn.Module()))


def _grads(network):
    return {
        name: parameter.grad.detach()
        for name, parameter in network._parameters.items()
        if parameter is not None and parameter.grad is not None
    }
