"""Many networks of one architecture as one: every weight has a leading axis of members."""

import copy

import torch
from torch import nn
from torch.func import functional_call


class StackedNetworks:
    """M networks that compute side by side: inputs (M, n, ...) to outputs (M, n, ...).

    The weights are copied into stacked tensors once, and from then on the networks' own parameters are
    views of their slices: whatever trains the stack trains each of them.

    Matrix products of fully connected layers run as one batched product and activations on the whole
    stack; any other layer runs through ``torch.vmap``, which turns a convolution into a grouped one.

    Parameters
    ----------
    networks : sequence of torch.nn.Module
        Alike but for the values of their parameters and buffers.
    """

    def __init__(self, networks):
        self._structure = copy.deepcopy(networks[0])
        self.parameters = _stack([dict(network.named_parameters()) for network in networks])
        self.buffers = _stack([dict(network.named_buffers()) for network in networks])
        for stacked in self.parameters.values():
            stacked.requires_grad_()
        for member, network in enumerate(networks):
            for name, tensor in (*network.named_parameters(), *network.named_buffers()):
                tensor.data = self.tensors[name].data[member]

    @property
    def tensors(self):
        """Parameters and buffers by name, each of shape (M, ...)."""
        return {**self.parameters, **self.buffers}

    def __call__(self, *inputs):
        return _forward(self._structure, self.tensors, inputs)

    def each(self, function, *inputs):
        """``function(network, *inputs)`` for every member at once; `inputs` have the axis of members."""

        def of_one(tensors, *inputs):
            return functional_call(_Applied(self._structure, function), tensors, inputs)

        tensors = {f"network.{name}": tensor for name, tensor in self.tensors.items()}
        return torch.vmap(of_one)(tensors, *inputs)


class _Applied(nn.Module):
    """A function of a network in the shape of a module, as functional_call wants it."""

    def __init__(self, network, function):
        super().__init__()
        self.network, self._function = network, function

    def forward(self, *inputs):
        return self._function(self.network, *inputs)


def _stack(members):
    return {name: torch.stack([member[name].detach() for member in members]) for name in members[0]}


def _forward(module, tensors, inputs):
    """The outputs of a stack of `module`, whose parameters and buffers by name are `tensors`."""
    kind = type(module)
    if kind.forward is nn.Sequential.forward and len(inputs) == 1:
        (values,), fresh = inputs, False
        for name, child in module.named_children():
            own = {key.removeprefix(name + "."): t for key, t in tensors.items() if key.startswith(name + ".")}
            if fresh and type(child) in _IN_PLACE:
                values = _IN_PLACE[type(child)](child, values)
            else:
                values = _forward(child, own, (values,))
            fresh = type(child) is nn.Linear
        return values
    if kind is nn.Linear and inputs[0].ndim == 3:
        return _linear(tensors, *inputs)
    if kind in _ELEMENTWISE:
        return module(*inputs)
    return torch.vmap(lambda tensors, *inputs: functional_call(module, tensors, inputs))(tensors, *inputs)


def _linear(tensors, inputs):
    weight = tensors["weight"].transpose(1, 2)  # (M, in, out)
    if "bias" not in tensors:
        return torch.bmm(inputs, weight)
    return torch.baddbmm(tensors["bias"].unsqueeze(1), inputs, weight)


_ELEMENTWISE = (nn.Identity, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.GELU, nn.Softplus)

# Right after a matrix product nobody else needs its result, and one pass through memory is saved.
_IN_PLACE = {
    nn.ReLU: lambda module, values: torch.relu_(values),
    nn.LeakyReLU: lambda module, values: nn.functional.leaky_relu_(values, module.negative_slope),
    nn.Tanh: lambda module, values: torch.tanh_(values),
}
