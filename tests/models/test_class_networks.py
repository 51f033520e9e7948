"""Networks that know the class: that the label changes the answer, and how; what labels are refused."""

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.models import (
    image_discriminator,
    image_generator,
    mlp_discriminator,
    mlp_generator,
)
from ganlab.models.conditional import ConditionalDiscriminator, ConditionalGenerator
from ganlab.models.inputs import checked_labels

GENERATORS = pytest.mark.parametrize(
    ("make", "shape"),
    [(mlp_generator, (2,)), (image_generator, (1, 32, 32))],
)
DISCRIMINATORS = pytest.mark.parametrize(
    ("make", "shape"),
    [
        (mlp_discriminator, (2,)),
        (image_discriminator, (1, 32, 32)),
    ],
)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@GENERATORS
def test_a_generator_makes_one_sample_of_each_class_asked_for(make, shape):
    generator = make(latent_dim=5, width=8, n_classes=3, seed=0)
    assert (generator.n_classes, generator.latent_dim) == (3, 5)
    labels = torch.tensor([0, 1, 2, 2])
    samples = generator(randn(1, 5).expand(4, 5), labels)
    assert samples.shape == (4, *shape)
    # One latent point: two classes differ, one class agrees.
    torch.testing.assert_close(samples[2], samples[3])
    for i, j in [(0, 1), (0, 2), (1, 2)]:
        assert (samples[i] - samples[j]).abs().max() > 0.01
    # One class: two latent points differ.
    pair = generator(randn(2, 5), torch.tensor([1, 1]))
    assert (pair[0] - pair[1]).abs().max() > 0.01


@DISCRIMINATORS
def test_a_score_depends_on_the_label_and_only_on_its_own(make, shape):
    discriminator = make(width=8, n_classes=3, seed=0)
    assert discriminator.n_classes == 3
    samples = randn(1, *shape).expand(4, *shape)
    scores = discriminator(samples, torch.tensor([0, 1, 2, 2]))
    assert scores.shape == (4,)
    torch.testing.assert_close(scores[2], scores[3])
    assert len(scores.unique()) == 3
    alone = discriminator(samples[:1], torch.tensor([1]))
    torch.testing.assert_close(scores[1:2], alone, rtol=1e-4, atol=1e-5)


def test_scale_and_shift_by_hand():
    """One unit: h(z) = 2 z, then class 0 leaves it, class 1 makes it 3 h + 5; g doubles and adds 1."""
    stem, rest = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    generator = ConditionalGenerator([stem, rest], stem=1, n_units=1, latent_dim=1, n_classes=2)
    with torch.no_grad():
        for layer, bias in ((stem, 0.0), (rest, 1.0)):
            layer.weight.fill_(2.0)
            layer.bias.fill_(bias)
        generator.embedding.weight.copy_(torch.tensor([[0.0, 0.0], [2.0, 5.0]]))
    samples = generator(torch.tensor([[1.5], [1.5]]), torch.tensor([0, 1]))
    torch.testing.assert_close(samples, torch.tensor([[7.0], [29.0]]))


@GENERATORS
def test_at_the_start_classes_change_little_and_most_of_the_spread_is_within_them(make, shape):
    generator = make(latent_dim=8, width=16, n_classes=3, seed=0)
    assert 0.1 < generator.embedding.weight.std().item() < 0.3
    with torch.no_grad():
        samples = torch.stack([generator(randn(200, 8), torch.full((200,), label)) for label in range(3)])
    assert samples.std(dim=1).mean() > samples.mean(dim=1).std(dim=0).mean()


def test_the_projection_by_hand():
    """Features (x, 2 x), head 1 and 0 plus bias 0.5, class vectors (0, 0) and (3, 1)."""

    class Features(torch.nn.Module):
        def forward(self, samples):
            return torch.cat([samples, 2 * samples], dim=1)

    discriminator = ConditionalDiscriminator(Features(), n_features=2, n_classes=2)
    with torch.no_grad():
        discriminator.head.weight.copy_(torch.tensor([[1.0, 0.0]]))
        discriminator.head.bias.fill_(0.5)
        discriminator.embedding.weight.copy_(torch.tensor([[0.0, 0.0], [3.0, 1.0]]))
    scores = discriminator(torch.tensor([[2.0], [2.0]]), torch.tensor([0, 1]))
    torch.testing.assert_close(scores, torch.tensor([2.5, 2.5 + 3 * 2 + 1 * 4]))


def test_parameters_counted_by_hand():
    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    # A scale and a shift for each class and unit; in images, for each of the 4 w channels at 4 x 4 pixels.
    assert count(mlp_generator(3, 2, width=5, n_classes=4)) == count(mlp_generator(3, 2, width=5)) + 4 * 2 * 5
    with_classes, without = count(image_generator(width=4, n_classes=3)), count(image_generator(width=4))
    assert with_classes == without + 3 * 2 * 16
    assert count(mlp_discriminator(2, width=5, n_classes=4)) == count(mlp_discriminator(2, width=5)) + 4 * 5
    n_features = 16 * 4 * 4
    assert (
        count(image_discriminator(width=4, n_classes=3))
        == count(image_discriminator(width=4)) + 3 * n_features
    )


@GENERATORS
def test_the_label_is_learnt_from(make, shape):
    generator = make(latent_dim=5, width=8, n_classes=3, seed=0)
    loss = generator(randn(2, 5), torch.tensor([0, 2])).square().sum()
    (gradient,) = torch.autograd.grad(loss, [generator.embedding.weight])
    assert gradient[0].abs().sum() > 0 < gradient[2].abs().sum()
    assert gradient[1].abs().sum() == 0  # nobody asked for it


def test_conditional_networks_are_decided_by_the_seed():
    for make in (mlp_generator, mlp_discriminator, image_generator, image_discriminator):
        before = torch.get_rng_state()
        states = [make(width=4, n_classes=3, seed=seed).state_dict() for seed in (3, 3, 4)]
        assert torch.equal(torch.get_rng_state(), before)
        first, again, other = (torch.cat([v.flatten() for v in state.values()]) for state in states)
        assert torch.equal(first, again)
        assert not torch.equal(first, other)


@pytest.mark.parametrize(
    "labels", [[0, 2, 1], np.array([0, 2, 1]), torch.tensor([0, 2, 1], dtype=torch.uint8)]
)
def test_labels_come_back_as_whole_numbers(labels):
    checked = checked_labels(labels, 3, 3)
    assert checked.dtype == torch.int64
    assert checked.tolist() == [0, 2, 1]


AS_HANDED_IN = pytest.mark.parametrize(
    "labels",
    [
        pd.Series([0, 1, 1], index=[7, 8, 9]),  # rows of a longer table
        pd.Series([0, 1, 1], dtype="Int64"),
        np.array([0, 1, 1], np.uint16),
        torch.tensor([0, 1, 1], dtype=torch.uint16),
        np.array([0, 1, 1], ">i4"),
        np.array([1, 1, 0])[::-1],
    ],
    ids=["index", "nullable", "uint16", "tensor of uint16", "big-endian", "reversed"],
)


@AS_HANDED_IN
def test_labels_of_arrays_and_tables_are_read_in_their_order(labels):
    assert checked_labels(labels, 2, 3).tolist() == [0, 1, 1]


@GENERATORS
def test_no_labels_make_no_samples(make, shape):
    generator = make(latent_dim=5, width=4, n_classes=2)
    assert generator(torch.zeros(0, 5), torch.zeros(0, dtype=torch.int64)).shape == (0, *shape)


BAD_LABELS = [
    ([0, 3, 1], r"from 0 to 2, the 3 classes this network knows; got values from 0 to 3"),
    ([0, -1, 1], r"from 0 to 2, .*; got values from -1 to 1"),
    ([0, 1], r"must have shape \(3,\), one for each sample; got \(2,\)"),
    ([[0], [1], [2]], r"must have shape \(3,\).*; got \(3, 1\)"),
    ([0.0, 1.0, 2.0], "must be whole numbers, as in torch.int64; got torch.float32"),
    ([True, False, True], "must be whole numbers, as in torch.int64; got torch.bool"),
    (["benign", "benign", "benign"], "must be whole numbers"),
]


@pytest.mark.parametrize(("labels", "message"), BAD_LABELS)
def test_labels_that_do_not_fit_are_refused_wherever_they_come_in(labels, message):
    with pytest.raises(ValueError, match=f"^labels .*{message}"):
        checked_labels(labels, 3, 3)
    generator = mlp_generator(width=4, n_classes=3, seed=0)
    with pytest.raises(ValueError, match=f"^labels .*{message}"):
        generator(torch.zeros(3, 2), labels)
    for discriminator, shape in [
        (mlp_discriminator(width=4, n_classes=3, seed=0), (2,)),
        (image_discriminator(width=4, n_classes=3, seed=0), (1, 32, 32)),
    ]:
        with pytest.raises(ValueError, match=f"^labels .*{message}"):
            discriminator(torch.zeros(3, *shape), labels)


def test_inside_vmap_only_the_shape_of_labels_is_checked():
    labels = torch.tensor([[0, 1], [1, 5]])
    checked = torch.func.vmap(lambda row: checked_labels(row, 2, 2))(labels)
    assert torch.equal(checked, labels)
    with pytest.raises(ValueError, match=r"labels must have shape \(3,\).*got \(2,\)"):
        torch.func.vmap(lambda row: checked_labels(row, 2, 3))(labels)


def test_the_samples_are_checked_too():
    with pytest.raises(ValueError, match=r"latent must have shape \(n, 2\).*got \(3, 5\)"):
        mlp_generator(width=4, n_classes=3)(torch.zeros(3, 5), [0, 1, 2])
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 1, 32, 32\).*got \(3, 3, 32, 32\)"):
        image_discriminator(width=4, n_classes=3)(torch.zeros(3, 3, 32, 32), [0, 1, 2])
