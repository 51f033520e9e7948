"""Our lean Adam against torch's, bit for bit."""

import torch
from torch import nn

from ganlab.training.adam import Adam


def tensors(seed):
    rng = torch.Generator().manual_seed(seed)
    return [nn.Parameter(torch.randn(shape, generator=rng)) for shape in ((3, 4), (4,), (2, 1, 3, 3))]


def gradients(step):
    rng = torch.Generator().manual_seed(100 + step)
    return [torch.randn(shape, generator=rng) for shape in ((3, 4), (4,), (2, 1, 3, 3))]


def torchs(weights):
    return torch.optim.Adam(weights, lr=0.02, betas=(0.5, 0.9), fused=True)


def step_of_torch(optimizer, weights, slopes):
    for tensor, slope in zip(weights, slopes, strict=True):
        tensor.grad = slope
    optimizer.step()


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_ten_steps_are_those_of_torch_to_the_bit():
    ours, theirs = tensors(0), tensors(0)
    adam, reference = Adam(ours, 0.02, (0.5, 0.9)), torchs(theirs)
    for step in range(10):
        adam.descend(gradients(step))
        step_of_torch(reference, theirs, gradients(step))
    assert same(ours, theirs)


def test_the_first_step_by_hand():
    # Bias correction makes the first step the sign of the gradient times the learning rate.
    weights = [nn.Parameter(torch.tensor([1.0, 1.0, 1.0]))]
    Adam(weights, 0.1).descend([torch.tensor([3.0, -0.5, 0.0])])
    torch.testing.assert_close(weights[0].detach(), torch.tensor([0.9, 1.1, 1.0]))


def test_a_weight_without_a_gradient_stays_and_counts_no_step():
    ours, theirs = tensors(0), tensors(0)
    adam, reference = Adam(ours, 0.02, (0.5, 0.9)), torchs(theirs)
    for step in range(4):
        slopes = gradients(step)
        slopes[step % 3] = None
        adam.descend(slopes)
        step_of_torch(reference, theirs, slopes)
    assert same(ours, theirs)


def test_frozen_weights_are_not_asked_for():
    weights = tensors(0)
    weights[1].requires_grad_(False)
    assert [tuple(tensor.shape) for tensor in Adam(weights, 0.02).trained()] == [(3, 4), (2, 1, 3, 3)]


def test_either_adam_goes_on_from_the_state_of_the_other():
    ours, theirs = tensors(0), tensors(0)
    adam, reference = Adam(ours, 0.02, (0.5, 0.9)), torchs(theirs)
    for step in range(3):
        adam.descend(gradients(step))
        step_of_torch(reference, theirs, gradients(step))
    state, other_state = adam.state_dict(), reference.state_dict()
    adam, reference = Adam(ours, 1.0), torch.optim.Adam(theirs, fused=True)
    adam.load_state_dict(other_state)
    reference.load_state_dict(state)
    for step in range(3, 6):
        adam.descend(gradients(step))
        step_of_torch(reference, theirs, gradients(step))
    assert same(ours, theirs)
    assert adam.param_groups[0]["lr"] == 0.02


def test_the_gradients_stay_to_be_looked_at():
    weights = tensors(0)
    Adam(weights, 0.02).descend(gradients(0))
    assert same([tensor.grad for tensor in weights], gradients(0))
