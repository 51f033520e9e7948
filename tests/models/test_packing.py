"""Packing and minibatch deviation: what a discriminator of several samples sees, and what it refuses."""

import pytest
import torch
from torch import nn

from ganlab.models import (
    image_discriminator,
    mlp_discriminator,
    packed,
    with_minibatch_deviation,
)
from ganlab.models.packing import MinibatchDeviation
from ganlab.objectives import NonSaturating


class Recorder(nn.Module):
    """Remembers what it was shown; its score is the first number of each input."""

    def forward(self, samples):
        self.seen = samples
        return samples.flatten(1)[:, 0]


def test_neighbours_in_the_batch_make_a_pack_by_hand():
    recorder = Recorder()
    points = torch.tensor([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    scores = packed(recorder, 2)(points)
    assert recorder.seen.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert scores.tolist() == [1, 1, 5, 5]  # each sample gets the score of its pack


def test_images_of_a_pack_become_its_channels():
    recorder = Recorder()
    images = torch.arange(6 * 1 * 2 * 3.0).reshape(6, 1, 2, 3)
    assert packed(recorder, 3)(images).shape == (6,)
    assert recorder.seen.shape == (2, 3, 2, 3)
    for pack in range(2):
        for member in range(3):
            assert torch.equal(recorder.seen[pack, member], images[3 * pack + member, 0])


def test_losses_and_slopes_are_those_of_the_packs():
    wide = mlp_discriminator(data_dim=6, width=8, seed=0)
    real, fake = torch.randn(2, 12, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    packs = wide(real.reshape(4, 6)), wide(fake.reshape(4, 6))
    scores = packed(wide, 3)(real), packed(wide, 3)(fake)
    losses = [NonSaturating().discriminator_loss(*both) for both in (packs, scores)]
    torch.testing.assert_close(*losses)
    gradients = [torch.autograd.grad(loss, list(wide.parameters()), retain_graph=True) for loss in losses]
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_who_is_in_a_pack_matters_and_the_order_of_packs_does_not():
    discriminator = packed(mlp_discriminator(data_dim=4, width=16, seed=0), 2)
    a, b, c, d = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    scores = discriminator(torch.stack([a, b, c, d]))
    torch.testing.assert_close(discriminator(torch.stack([c, d, a, b])), scores[[2, 3, 0, 1]])
    assert not torch.allclose(discriminator(torch.stack([a, c, b, d])), scores)
    # Within a pack the network is no symmetric function; random batches make both orders equally likely.
    assert not torch.allclose(discriminator(torch.stack([b, a, d, c])), scores)


def test_a_pack_of_one_changes_nothing():
    plain, points = mlp_discriminator(width=8, seed=0), torch.randn(5, 2)
    torch.testing.assert_close(packed(plain, 1)(points), plain(points))


def test_a_pack_of_look_alikes_can_be_told_from_a_pack_of_different_samples():
    """A hand-made judge, |first - second|, that no discriminator of single samples can imitate."""

    class Difference(nn.Module):
        def forward(self, packs):
            return (packs[:, :2] - packs[:, 2:]).norm(dim=1)

    ring = torch.tensor([[0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [-1.0, 0.0]])
    assert packed(Difference(), 2)(ring).min() > 1
    assert packed(Difference(), 2)(ring[:1].expand(4, 2)).max() == 0


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_batch_that_the_pack_does_not_divide_is_refused_with_both_numbers(n):
    discriminator = packed(mlp_discriminator(data_dim=4, seed=0), 2)
    with pytest.raises(ValueError, match=rf"packs of 2 .*; got {n}\."):
        discriminator(torch.zeros(n, 2))


def test_networks_that_cannot_be_packed_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match="built for 5 features or channels, which packs of 2"):
        packed(mlp_discriminator(data_dim=5), 2)
    with pytest.raises(ValueError, match="built for 1 features or channels, which packs of 4"):
        packed(image_discriminator(width=4), 4)
    with pytest.raises(ValueError, match="this one knows 3 classes"):
        packed(mlp_discriminator(data_dim=4, n_classes=3), 2)
    with pytest.raises(ValueError, match=r"^pack must be a whole number of 1 or more; got 0"):
        packed(mlp_discriminator(data_dim=4), 0)
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 2, 32, 32\).*got \(2, 6, 32, 32\)"):
        packed(image_discriminator(width=4, channels=2), 2)(torch.zeros(4, 3, 32, 32))


def test_deviation_by_hand():
    """Two features: 1 and 3 deviate by 1, 0 and 10 by 5; their mean, 3, is shown to every sample."""
    out = MinibatchDeviation()(torch.tensor([[1.0, 0.0], [3.0, 10.0]]))
    torch.testing.assert_close(out, torch.tensor([[1.0, 0.0, 3.0], [3.0, 10.0, 3.0]]))


def test_deviation_of_images_is_one_constant_channel():
    images = torch.randn(5, 2, 3, 4, generator=torch.Generator().manual_seed(0))
    out = MinibatchDeviation()(images)
    assert out.shape == (5, 3, 3, 4)
    assert torch.equal(out[:, :2], images)
    expected = images.numpy().std(axis=0).mean()
    assert out[:, 2].min().item() == pytest.approx(expected, rel=1e-5)
    assert out[:, 2].max().item() == pytest.approx(expected, rel=1e-5)


def test_groups_of_a_batch_deviate_by_themselves():
    """The first two deviate by 1 and by 5, the last two are the same."""
    batch = torch.tensor([[1.0, 0.0], [3.0, 10.0], [7.0, 7.0], [7.0, 7.0]])
    out = MinibatchDeviation(group=2)(batch)[:, 2]
    torch.testing.assert_close(out, torch.tensor([3.0, 3.0, 0.0, 0.0]), atol=1e-3, rtol=0)
    with pytest.raises(ValueError, match="groups of 3 needs a number of samples that 3 divides; got 4"):
        MinibatchDeviation(group=3)(batch)


@pytest.mark.parametrize("n", [1, 4])
def test_a_collapsed_batch_has_no_deviation_and_a_finite_slope(n):
    batch = torch.ones(n, 2, requires_grad=True)
    deviation = MinibatchDeviation()(batch)[:, 2].sum()
    assert deviation.item() == pytest.approx(0, abs=1e-3)
    (slope,) = torch.autograd.grad(deviation, batch)
    assert torch.isfinite(slope).all()


def test_a_discriminator_with_deviation_tells_a_narrow_batch_from_a_wide_one():
    for discriminator, shape, labels in [
        (with_minibatch_deviation(mlp_discriminator(data_dim=3, seed=0)), (2,), ()),
        (with_minibatch_deviation(image_discriminator(width=4, channels=2, seed=0)), (1, 32, 32), ()),
        (
            with_minibatch_deviation(mlp_discriminator(data_dim=3, n_classes=2, seed=0)),
            (2,),
            (torch.zeros(4, dtype=torch.int64),),
        ),
    ]:
        batch = torch.randn(4, *shape, generator=torch.Generator().manual_seed(0))
        narrow = batch[:1].expand_as(batch)
        assert discriminator.n_classes == (2 if labels else None)
        assert discriminator(batch, *labels).shape == (4,)
        # The same first sample, in two companies.
        assert (discriminator(batch, *labels)[0] - discriminator(narrow, *labels)[0]).abs() > 1e-4


def test_a_discriminator_built_without_room_for_the_deviation_says_what_it_needs():
    discriminator = with_minibatch_deviation(mlp_discriminator(data_dim=2, seed=0))
    with pytest.raises(
        ValueError, match=r"built for 2 features or channels, but samples have 2 .* build it for 3"
    ):
        discriminator(torch.zeros(4, 2))
