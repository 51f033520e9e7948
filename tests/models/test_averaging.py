"""The averaged generator: on one weight by hand, and that it stays out of the game."""

import copy

import pytest
import torch
from torch import nn

from ganlab.models import AveragedGenerator, image_generator, mlp_generator


def one_weight(value):
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, value)
    return layer


def test_the_average_of_one_weight_by_hand():
    generator = one_weight(1.0)
    average = AveragedGenerator(generator, decay=0.9)
    assert average.generator.weight.item() == 1
    seen = []
    for value in (2.0, 2.0, -1.0):
        nn.init.constant_(generator.weight, value)
        average.update(generator)
        seen.append(average.generator.weight.item())
    assert seen == pytest.approx([1.1, 1.19, 0.9 * 1.19 - 0.1])
    assert generator.weight.item() == -1  # only looked at


def test_after_many_updates_the_start_is_forgotten_at_the_rate_of_the_decay():
    average = AveragedGenerator(one_weight(0.0), decay=0.99)
    for _ in range(200):
        average.update(one_weight(1.0))
    assert average.generator.weight.item() == pytest.approx(1 - 0.99**200, rel=1e-4)


def test_the_average_is_a_copy_that_takes_no_gradients():
    generator = image_generator(width=4, seed=0)
    before = copy.deepcopy(generator.state_dict())
    average = AveragedGenerator(generator)
    assert not any(parameter.requires_grad for parameter in average.generator.parameters())
    assert all(parameter.requires_grad for parameter in generator.parameters())
    for parameter in generator.parameters():
        nn.init.zeros_(parameter)
    assert all(torch.equal(before[name], v) for name, v in average.generator.state_dict().items())
    assert average.generator(torch.zeros(2, 64)).shape == (2, 1, 32, 32)
    assert average.generator.latent_dim == 64


def test_buffers_are_copied_not_averaged():
    generator = nn.BatchNorm1d(1)
    average = AveragedGenerator(generator, decay=0.5)
    generator(torch.tensor([[10.0], [20.0]]))
    average.update(generator)
    assert average.generator.num_batches_tracked.item() == 1
    assert torch.equal(average.generator.running_mean, generator.running_mean)


def test_the_state_comes_back_and_is_a_copy():
    average = AveragedGenerator(one_weight(1.0), decay=0.5)
    state = average.state_dict()
    average.update(one_weight(3.0))
    assert average.generator.weight.item() == 2
    average.load_state_dict(state)
    assert average.generator.weight.item() == 1


@pytest.mark.parametrize("decay", [0, 1, 1.5, -0.1, float("nan"), "0.9", None])
def test_a_decay_that_is_none_is_refused(decay):
    with pytest.raises(ValueError, match=r"^decay must be "):
        AveragedGenerator(one_weight(0.0), decay)


def test_a_generator_of_another_architecture_is_refused_with_both_shapes():
    average = AveragedGenerator(mlp_generator(width=8))
    with pytest.raises(ValueError, match=r"0\.weight has shape \(4, 2\) in it and \(8, 2\) in the average"):
        average.update(mlp_generator(width=4))
    with pytest.raises(ValueError, match=r"4\.weight has shape \(8, 8\) in it and \(2, 8\)"):
        average.update(mlp_generator(width=8, depth=3))
    with pytest.raises(ValueError, match=r"bias has shape \(1,\) in it and None in the average"):
        AveragedGenerator(one_weight(0.0)).update(nn.Linear(1, 1))
