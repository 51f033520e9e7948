"""Networks of one architecture stacked into one: every weight has a leading axis of members."""

import copy

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _NormBase as BatchStatistics
from torch.nn.modules.dropout import _DropoutNd as Dropout


class StackedNetworks:
    """M networks that compute side by side: inputs (M, n, ...) to outputs (M, n, ...).

    The weights are copied into stacked tensors once, and from then on the networks' own parameters are
    views of their slices: whatever trains the stack trains each of them.

    In a plain sequence of layers the matrix products run as one batched product and the activations on
    the whole stack; anything else runs through ``torch.vmap``, which makes one grouped convolution of
    many.

    Parameters
    ----------
    networks : sequence of torch.nn.Module
        Alike but for the values of their parameters and buffers.
    """

    def __init__(self, networks):
        self._structure = copy.deepcopy(networks[0])
        self.parameters = _stack([dict(network.named_parameters()) for network in networks])
        for name, own in networks[0].named_parameters():
            self.parameters[name].requires_grad_(own.requires_grad)
        self.tensors = self.parameters | _stack([dict(network.named_buffers()) for network in networks])
        for member, network in enumerate(networks):
            for name, tensor in (*network.named_parameters(), *network.named_buffers()):
                tensor.data = self.tensors[name].data[member]

    def __call__(self, *inputs):
        return _forward(self._structure, self.tensors, inputs)

    def each(self, function, *inputs):
        """``function(network, *inputs)`` for every member at once; the inputs have the axis of members."""
        applied = _Applied(self._structure, function)
        tensors = {f"network.{name}": tensor for name, tensor in self.tensors.items()}
        return torch.vmap(lambda tensors, *inputs: functional_call(applied, tensors, inputs))(
            tensors, *inputs
        )


def check_stackable_layers(network):
    """Refuse a network whose passes have a side effect, or draw random numbers that no seed decides."""
    for name, layer in network.named_modules():
        if isinstance(layer, BatchStatistics) and layer.track_running_stats:
            what = "keeps running statistics of its batches"
        elif getattr(layer, "draws_random_numbers", isinstance(layer, Dropout) and layer.p > 0):
            what = "draws its own random numbers"
        else:
            continue
        where = f"its layer {name!r}, {layer}," if name else "it"
        raise ValueError(
            f"an ensemble cannot play {type(network).__name__}: {where} {what}. "
            "Use GroupNorm or no such layer, or train the games one by one with train()."
        )


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
    """Outputs of a stack of `module`, given its stacked parameters and buffers by name."""
    kind = type(module)
    if kind.forward is nn.Sequential.forward:
        return _sequence(module, tensors, *inputs)
    if kind is nn.Linear and inputs[0].ndim == 3:
        return _linear(tensors, *inputs)
    if kind in _ELEMENTWISE:
        return module(*inputs)
    if kind is nn.Flatten:
        first, last = (axis + 1 if axis >= 0 else axis for axis in (module.start_dim, module.end_dim))
        return inputs[0].flatten(first, last)
    return torch.vmap(lambda tensors, *inputs: functional_call(module, tensors, inputs))(tensors, *inputs)


def _sequence(module, tensors, values):
    children = list(module.named_children())
    while children:
        name, child = children.pop(0)
        prefix = f"{name}."
        own = {key[len(prefix) :]: each for key, each in tensors.items() if key.startswith(prefix)}
        if type(child) is nn.Linear and values.ndim == 3 and children and type(children[0][1]) in _IN_PLACE:
            _, activation = children.pop(0)
            values = _linear(
                own, values, lambda product, layer=activation: _IN_PLACE[type(layer)](layer, product)
            )
        else:
            values = _forward(child, own, (values,))
    return values


def _linear(tensors, inputs, activate=lambda product: product):
    # W x as columns, (M, out, n), rather than x W' as rows: so the gradient of W comes out in W's own memory
    # layout, as the fused Adam needs it, without being copied.
    columns, weight = inputs.transpose(1, 2), tensors["weight"]
    if "bias" in tensors:
        product = torch.baddbmm(tensors["bias"].unsqueeze(2), weight, columns)
    else:
        product = torch.bmm(weight, columns)
    return activate(product).transpose(1, 2)


_ELEMENTWISE = (nn.Identity, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.GELU, nn.Softplus)

# Nobody but the activation needs the result of the product before it: one pass through memory saved.
_IN_PLACE = {
    nn.ReLU: lambda layer, values: torch.relu_(values),
    nn.LeakyReLU: lambda layer, values: nn.functional.leaky_relu_(values, layer.negative_slope),
    nn.Tanh: lambda layer, values: torch.tanh_(values),
}
