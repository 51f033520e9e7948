"""How a player's weights are moved: any optimizer of torch.optim, and a short cut for Adam."""

import copy
import functools
from collections import defaultdict

import torch

# Momentum of 0.5 instead of the usual 0.9, which chases where the opponent was (Radford et al. 2016).
ADAM = functools.partial(torch.optim.Adam, betas=(0.5, 0.999))

# These move every weight by what they remember of that weight alone. So one of them over the stacked weights
# of many networks is, number for number, one for each network.
_ELEMENTWISE = (
    torch.optim.Adam,
    torch.optim.AdamW,
    torch.optim.SGD,
    torch.optim.RMSprop,
    torch.optim.Adagrad,
    torch.optim.Adadelta,
    torch.optim.Adamax,
)


def built_optimizer(factory, parameters, learning_rate):
    """What ``factory(parameters, lr=learning_rate)`` makes, once it is an optimizer of torch."""
    wanted = (
        "optimizer must be a function of (parameters, lr=...) that makes a torch.optim.Optimizer, such as "
        "torch.optim.SGD or functools.partial(torch.optim.Adam, betas=(0.5, 0.999))"
    )
    if not callable(factory):
        raise ValueError(f"{wanted}; got {factory!r}.")
    optimizer = factory(parameters, lr=learning_rate)
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise ValueError(f"{wanted}; it made {type(optimizer).__name__}.")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise ValueError(f"{wanted}; LBFGS evaluates its loss several times a step, which a game cannot.")
    return optimizer


def trained_weights(optimizer):
    """The weights that an optimizer moves; never none."""
    groups = optimizer.param_groups
    moved = [weights for group in groups for weights in group["params"] if weights.requires_grad]
    if not moved:
        raise ValueError(
            "there is nothing to train: all weights of this player are frozen, as those of a recorded "
            "network are; call requires_grad_(True) on it first."
        )
    return moved


@torch.no_grad()
def descend(optimizer, gradients):
    """Move the weights one step against their gradients, and leave these in ``weights.grad``.

    For plain Adam on the CPU this calls torch's own fused kernel at once, without the bookkeeping of
    ``step``: hooks, profiling ranges and the grouping of tensors by device, which in a game of small networks
    take longer than the update. The weights come out as from ``torch.optim.Adam(fused=True)``, bit for bit,
    and the optimizer's state is its own, so that ``step`` may go on from it.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
    gradients : sequence of tensor or None
        One for each tensor of `trained_weights`; None leaves that tensor where it is.
    """
    moved = []
    for weights, gradient in zip(trained_weights(optimizer), gradients, strict=True):
        weights.grad = gradient if gradient is None else _laid_out_like(weights, gradient)
        if gradient is not None:
            moved.append(weights)
    if _is_plain_adam(optimizer):
        _fused_step(optimizer, moved)
    else:
        optimizer.step()


class StackedOptimizer:
    """One optimizer over the stacked weights of many networks, which does what the own one of each would do.

    Parameters
    ----------
    optimizers : list of torch.optim.Optimizer
        One a member, alike but for their weights; what they remember is taken over.
    stack : list of tensor
        The weights of all members, in the order of their optimizers', with a leading axis of members.
    """

    def __init__(self, optimizers, stack):
        self._optimizers, self._stack, self._shared = optimizers, stack, False
        self._optimizer = copy.copy(optimizers[0])
        self._optimizer.param_groups = [{**optimizers[0].param_groups[0], "params": stack}]
        self._optimizer.state = defaultdict(dict)
        for weights, own in self._weights_and_own():
            memories = [optimizer.state.get(part, {}) for optimizer, part in own]
            for name, value in memories[0].items():
                if _is_a_moment(name, value):
                    value = torch.stack([memory[name] for memory in memories])
                # What is left is the number of steps, which is the same for all.
                self._optimizer.state[weights][name] = copy.deepcopy(value)

    def descend(self, losses):
        """Each member's own step down its own loss, shape (members,): it depends on no other's weights."""
        descend(
            self._optimizer,
            torch.autograd.grad(losses.sum(), trained_weights(self._optimizer), allow_unused=True),
        )
        if not self._shared:  # an optimizer makes its memory in its first step, and then only changes it
            self.share()
            self._shared = True

    def share(self):
        """Let each member's own optimizer see its part of what this one remembers."""
        for weights, own in self._weights_and_own():
            for member, (optimizer, part) in enumerate(own):
                optimizer.state[part] = {
                    name: value[member] if _is_a_moment(name, value) else value
                    for name, value in self._optimizer.state[weights].items()
                }

    def _weights_and_own(self):
        members = [optimizer.param_groups[0]["params"] for optimizer in self._optimizers]
        for weights, *own in zip(self._stack, *members, strict=True):
            yield weights, list(zip(self._optimizers, own, strict=True))


def check_stackable(optimizer):
    """Refuse an optimizer whose step of one weight depends on other weights."""
    if type(optimizer) not in _ELEMENTWISE or len(optimizer.param_groups) > 1:
        kinds = ", ".join(kind.__name__ for kind in _ELEMENTWISE)
        raise ValueError(
            f"an ensemble moves all its members with one optimizer, of {kinds}, each with one group of "
            f"weights; got {type(optimizer).__name__}. Train such games one by one with train()."
        )


def _is_a_moment(name, value):
    return name != "step" and isinstance(value, torch.Tensor)


def _is_plain_adam(optimizer):
    if type(optimizer) is not torch.optim.Adam or len(optimizer.param_groups) > 1:
        return False
    (group,) = optimizer.param_groups
    unusual = ("amsgrad", "maximize", "capturable", "differentiable", "decoupled_weight_decay")
    return (
        group["fused"] is not False
        and not any(group[name] for name in unusual)
        and group["foreach"] is None
        and all(weights.device.type == "cpu" for weights in group["params"])
    )


def _fused_step(optimizer, moved):
    (group,) = optimizer.param_groups
    memories = [optimizer.state[weights] for weights in moved]
    for weights, memory in zip(moved, memories, strict=True):
        if not memory:
            memory["step"] = torch.zeros((), dtype=torch.float32)
            memory["exp_avg"] = torch.zeros_like(weights, memory_format=torch.preserve_format)
            memory["exp_avg_sq"] = torch.zeros_like(weights, memory_format=torch.preserve_format)
    steps = [memory["step"] for memory in memories]
    torch._foreach_add_(steps, 1)  # one call for all: each call costs as much as a small layer's update
    torch._fused_adam_(
        moved,
        [weights.grad for weights in moved],
        [memory["exp_avg"] for memory in memories],
        [memory["exp_avg_sq"] for memory in memories],
        [],
        steps,
        lr=group["lr"],
        beta1=group["betas"][0],
        beta2=group["betas"][1],
        weight_decay=group["weight_decay"],
        eps=group["eps"],
        amsgrad=False,
        maximize=False,
    )


def _laid_out_like(weights, gradient):
    """The gradient in the memory layout of its weights.

    The fused kernel reads both straight through memory. Handed a transposed gradient, which
    torch.autograd.grad may well return, it would move each weight by another weight's gradient, and say
    nothing.
    """
    if gradient.stride() == weights.stride():
        return gradient
    return torch.empty_like(weights).copy_(gradient)
