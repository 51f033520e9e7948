"""Packing and minibatch deviation: discriminators that see whether the samples of a batch are alike."""

import torch
from torch import nn

from ganlab.models.inputs import check_tensor
from ganlab.validation import positive_integer


class PackedDiscriminator(nn.Module):
    """Scores packs of samples; each sample gets the score of its pack. See `packed`."""

    n_classes = None

    def __init__(self, discriminator, pack):
        super().__init__()
        self.discriminator, self.pack = discriminator, pack

    def forward(self, samples):
        n = len(samples)
        if n == 0 or n % self.pack:
            raise ValueError(
                f"a discriminator of packs of {self.pack} needs a number of samples that {self.pack} "
                f"divides; got {n}."
            )
        # Neighbours in the batch make a pack: (n, c, ...) -> (n / pack, pack c, ...).
        packs = samples.reshape(n // self.pack, self.pack * samples.shape[1], *samples.shape[2:])
        return self.discriminator(packs).repeat_interleave(self.pack)


def packed(discriminator: nn.Module, pack: int) -> nn.Module:
    """Let a discriminator score `pack` samples at once (PacGAN): from one law, either all real or all fake.

    A generator that has collapsed makes packs of look-alikes, which one look gives away. Nothing else in
    the game changes. The network must be built for inputs `pack` times as wide: more features for points,
    more channels for images. All samples of a pack get its score, so that there is one for each sample,
    and every loss comes out the same as over packs. Neighbours in a batch form a pack: batches must be in
    random order, as training's are.

    Parameters
    ----------
    discriminator : torch.nn.Module
        Unconditional; maps inputs of shape (k, pack * c, ...) to scores, shape (k,).
    pack : int >= 1
        Samples in a pack; 2 to 4 in the paper.

    Returns
    -------
    torch.nn.Module
        Maps samples of shape (n, c, ...), n a multiple of `pack`, to scores, shape (n,). With the
        attribute `pack`.

    References
    ----------
    .. [1] Lin et al. (2018), PacGAN: The power of two samples in generative adversarial networks,
       arXiv:1712.04086.

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator
    >>> discriminator = packed(mlp_discriminator(data_dim=2 * 2, seed=0), pack=2)
    >>> scores = discriminator(torch.randn(6, 2))
    >>> scores.shape
    torch.Size([6])
    >>> bool((scores[0::2] == scores[1::2]).all())
    True
    """
    pack = positive_integer(pack, "pack")
    if getattr(discriminator, "n_classes", None) is not None:
        raise ValueError(
            f"packed takes an unconditional discriminator; this one knows {discriminator.n_classes} classes, "
            "and the samples of a pack could have different ones."
        )
    built_for = _width(discriminator)
    if built_for is not None and built_for % pack:
        raise ValueError(
            f"the discriminator was built for {built_for} features or channels, which packs of {pack} do not "
            f"divide; build it for {pack} times those of one sample."
        )
    return PackedDiscriminator(discriminator, pack)


class MinibatchDeviation(nn.Module):
    r"""Appends to every sample one number (or constant channel): how much the batch varies.

    .. math:: \frac{1}{d} \sum_{j=1}^{d} \sqrt{\tfrac1n \sum_i (x_{ij} - \bar x_j)^2 + 10^{-8}}

    The standard deviation over the batch of each of the d features or pixels, then their mean. Shape
    (n, c, ...) becomes (n, c + 1, ...). In the paper it stands before the last convolution, where it
    compares learnt features; it may stand anywhere. A sample's score then depends on the rest of its
    batch: score batches of one kind, and do not combine it with a gradient penalty.

    Parameters
    ----------
    group : int >= 2 or None
        If given, n is the size of groups of neighbours in the batch, each with a number of its own, so that
        two look-alikes in a large batch are seen. It must divide the batch.

    References
    ----------
    .. [1] Karras et al. (2018), Progressive Growing of GANs, arXiv:1710.10196, section 3.

    Examples
    --------
    >>> MinibatchDeviation()(torch.tensor([[1.0], [3.0]]))
    tensor([[1., 1.],
            [3., 1.]])
    """

    def __init__(self, group=None):
        super().__init__()
        self.group = group

    def forward(self, samples):
        n, _, *sides = samples.shape
        group = self.group or max(n, 1)
        if n % group:
            raise ValueError(
                f"the deviation of groups of {group} needs a number of samples that {group} divides; got {n}."
            )
        variance = samples.unflatten(0, (n // group, group)).var(dim=1, correction=0)
        # 1e-8: the root has no slope at 0, a collapsed batch.
        deviation = (variance + 1e-8).sqrt().flatten(1).mean(dim=1).repeat_interleave(group)
        channel = deviation.reshape(n, 1, *[1] * len(sides)).expand(n, 1, *sides)
        return torch.cat([samples, channel], dim=1)


class _WithMinibatchDeviation(nn.Module):
    def __init__(self, discriminator):
        super().__init__()
        self.deviation, self.discriminator = MinibatchDeviation(), discriminator
        self.n_classes = getattr(discriminator, "n_classes", None)

    def forward(self, samples, *labels):
        check_tensor(samples, "samples", self)
        built_for = _width(self.discriminator)
        if built_for is not None and samples.shape[1] + 1 != built_for:
            raise ValueError(
                f"the discriminator was built for {built_for} features or channels, but samples have "
                f"{samples.shape[1]} and the batch's deviation adds one; build it for {samples.shape[1] + 1}."
            )
        return self.discriminator(self.deviation(samples), *labels)


def with_minibatch_deviation(discriminator: nn.Module) -> nn.Module:
    """Show a discriminator how much its batch varies, as one more feature or channel of every sample.

    The network must be built for inputs one wider: ``mlp_discriminator(data_dim=3)`` for points in the
    plane, ``image_discriminator(channels=2)`` for grey images.

    Parameters
    ----------
    discriminator : torch.nn.Module
        Maps inputs of shape (n, c + 1, ...), and labels if it is conditional, to scores, shape (n,).

    Returns
    -------
    torch.nn.Module
        Maps samples of shape (n, c, ...), and labels if it is conditional, to scores, shape (n,).

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator
    >>> with_minibatch_deviation(mlp_discriminator(data_dim=3, seed=0))(torch.zeros(5, 2)).shape
    torch.Size([5])
    """
    return _WithMinibatchDeviation(discriminator)


def _width(discriminator):
    """The features or channels that a network was built for, if it says so."""
    return getattr(discriminator, "data_dim", getattr(discriminator, "channels", None))
