"""Derivatives across the two processes: a vector is sent, and its product with the Jacobian comes back.

The side that computed a result keeps the graph that led to it. The other side holds numbers, joined to what
it sent by a node of autograd whose backward pass asks for the product. The product is itself such a result,
so derivatives of derivatives (a gradient penalty) take the same way once more.
"""

import contextlib
import functools
import sys

from ganlab.grading.split.wire import Refused


class Graphs:
    """The results that one side sent, each with the tensors that the other side had sent for it."""

    def __init__(self):
        self._kept = []

    def keep(self, inputs, outputs):
        """The number under which derivatives of these outputs can be asked for; None if there are none."""
        if not (inputs and outputs):
            return None
        self._kept.append((list(inputs), list(outputs)))
        return len(self._kept) - 1

    def product(self, number, vectors, again):
        """What `vectors` of the outputs give in the inputs, None where nothing leads there.

        `again` keeps the graph of the product; the second value is its number.
        """
        import torch

        if type(number) is not int or not 0 <= number < len(self._kept) or type(vectors) is not list:
            raise Refused("a derivative of something that nobody computed")
        inputs, outputs = self._kept[number]
        vectors = [vector.requires_grad_(again) for vector in vectors]
        products = torch.autograd.grad(
            outputs, inputs, vectors, create_graph=again, retain_graph=True, allow_unused=True
        )
        if not again:
            return list(products), None
        return list(products), self.keep([*inputs, *vectors], [part for part in products if _leads_on(part)])


def grads_possible(inputs):
    """Autograd switched on if there is something to differentiate by, whoever asks."""
    return sys.modules["torch"].enable_grad() if inputs else contextlib.nullcontext()


def joined(value, outputs, inputs, ask):
    """A value that came, with its `outputs` joined to the `inputs` that they were computed from.

    Parameters
    ----------
    value : object
        Plain data.
    outputs, inputs : list of tensors
        Those in the value that have a gradient; those that were sent.
    ask : callable
        (vectors, again) -> (products, a new `ask`).
    """
    if not (inputs and outputs):
        return value
    if not sys.modules["torch"].is_grad_enabled():
        new = [output.detach() for output in outputs]
    else:
        new = _node().apply(ask, [output.detach() for output in outputs], *inputs)
    places = {id(output): part for output, part in zip(outputs, new, strict=True)}
    return _with_parts(value, places)


def _with_parts(value, places):
    if id(value) in places:
        return places[id(value)]
    if type(value) in (list, tuple):
        return type(value)(_with_parts(part, places) for part in value)
    if type(value) is dict:
        return {key: _with_parts(part, places) for key, part in value.items()}
    return value


def _leads_on(part):
    return part is not None and part.requires_grad


@functools.cache
def _node():
    import torch

    class Node(torch.autograd.Function):
        @staticmethod
        def forward(ctx, ask, values, *inputs):
            ctx.ask, ctx.inputs = ask, inputs
            return tuple(value.clone() for value in values)

        @staticmethod
        def backward(ctx, *vectors):
            again = torch.is_grad_enabled()
            products, ask = ctx.ask([vector.detach() for vector in vectors], again)
            if len(products) != len(ctx.inputs):
                raise Refused("derivatives that are not one for each tensor")
            for product, sent in zip(products, ctx.inputs, strict=True):
                if product is not None and (product.shape, product.dtype) != (sent.shape, sent.dtype):
                    raise Refused("a derivative of another shape or type than its tensor")
            if again:
                leading = [part for part in products if _leads_on(part)]
                products = joined(products, leading, [*ctx.inputs, *vectors], ask)
            return None, None, *products

    return Node
