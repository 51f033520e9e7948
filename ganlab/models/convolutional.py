"""Convolutional networks for images of 32 or 64 pixels: the DCGAN form, for two CPU cores.

The form is Radford's: strided (transposed) convolutions, no pooling, no hidden dense layers, ReLU in the
generator and leaky ReLU in the discriminator. One thing is not: there is no batch normalisation. Its
running statistics are state that a forward pass changes, its output for one sample depends on the others
in the batch (which a gradient penalty forbids), and neither ``torch.func.vmap`` nor a grouped convolution
can run many such networks as one. The generator normalises each sample by itself (GroupNorm); the
discriminator does not normalise at all, so that a Lipschitz constraint on its layers holds.
"""

from itertools import pairwise

import torch
from torch import nn

from ganlab.models.conditional import ConditionalDiscriminator, ConditionalGenerator
from ganlab.models.inputs import check_shape
from ganlab.seeding import isolated_randomness
from ganlab.shapes import Seed
from ganlab.validation import positive_integer

SIZES = (32, 64)
# Both networks meet the image world at this many pixels a side.
SMALLEST = 4


class ImageGenerator(nn.Sequential):
    """Maps latent points, shape (n, latent_dim), to images in [-1, 1], shape (n, 1, size, size)."""

    n_classes = None

    def __init__(self, layers, size, latent_dim):
        super().__init__(*layers)
        self.size, self.latent_dim = size, latent_dim

    def forward(self, latent):
        check_shape(latent, (self.latent_dim,), "latent", self)
        return super().forward(latent)


class ImageFeatures(nn.Sequential):
    """Maps images, shape (n, channels, size, size), to one row of `n_features` numbers each."""

    def __init__(self, layers, size, channels, n_features):
        super().__init__(*layers)
        self.size, self.channels, self.n_features = size, channels, n_features

    def forward(self, samples):
        check_shape(samples, (self.channels, self.size, self.size), "samples", self)
        return super().forward(samples)


class ImageDiscriminator(nn.Module):
    """Scores images: shape (n, channels, size, size) to one raw score each, shape (n,)."""

    n_classes = None
    scores_one_by_one = True  # never looks from one image at another

    def __init__(self, features):
        super().__init__()
        self.features, self.head = features, nn.Linear(features.n_features, 1)
        self.size, self.channels = features.size, features.channels

    def forward(self, samples):
        return self.head(self.features(samples)).squeeze(1)


def image_generator(
    size: int = 32, latent_dim: int = 64, width: int = 16, n_classes: int | None = None, seed: Seed = 0
) -> nn.Module:
    """A DCGAN generator G: latent points z, shape (n, latent_dim), to images, shape (n, 1, size, size).

    A linear layer makes 4 x 4 pixels, each transposed convolution doubles the side and halves the
    channels down to `width`, and a tanh keeps intensities in [-1, 1]: scale the real images alike. With
    the default pair a step of 64 images takes about 30 ms of one core at 32 pixels (2,000 steps a minute)
    and 125 ms at 64.

    Parameters
    ----------
    size : 32 or 64
        Pixels a side.
    latent_dim : int >= 1
    width : int >= 1
        Channels of the largest layer before the image; 4 times as many at 4 x 4 pixels.
    n_classes : int >= 1 or None
        If given, the generator is conditional: G(z, labels).
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attributes `latent_dim`, `size` and `n_classes`.

    References
    ----------
    .. [1] Radford et al. (2016), Unsupervised Representation Learning with DCGANs, arXiv:1511.06434.
    .. [2] Wu & He (2018), Group Normalization, arXiv:1803.08494.

    Examples
    --------
    >>> import torch
    >>> images = image_generator(seed=0)(torch.zeros(5, 64))
    >>> images.shape
    torch.Size([5, 1, 32, 32])
    >>> bool(images.abs().max() <= 1)
    True
    """
    size, width = image_size(size), positive_integer(width, "width")
    latent_dim = positive_integer(latent_dim, "latent_dim")
    with isolated_randomness(seed):
        layers = list(_generator_layers(size, latent_dim, width))
        if n_classes is None:
            return ImageGenerator(layers, size, latent_dim)
        n_channels = channel_ladder(size, width)[-1]
        # Classes act after the first normalisation, the third layer.
        generator = ConditionalGenerator(layers, 3, n_channels, latent_dim, n_classes)
        generator.size = size
        return generator


def image_discriminator(
    size: int = 32, width: int = 16, n_classes: int | None = None, seed: Seed = 0, *, channels: int = 1
) -> nn.Module:
    """A DCGAN discriminator D: images, shape (n, channels, size, size), to raw scores, shape (n,).

    Each strided convolution halves the side and doubles the channels from `width` on, until 4 x 4 pixels
    remain for one linear layer.

    Parameters
    ----------
    size : 32 or 64
        Pixels a side.
    width : int >= 1
        Channels of the first layer; at most 4 times as many later on.
    n_classes : int >= 1 or None
        If given, the discriminator is conditional: D(x, labels), by projection.
    seed : int, torch.Generator or None
        Of the initial weights.
    channels : int >= 1
        Of the input: 1 for grey images; m for packs of m of them (see `packed`).

    Returns
    -------
    torch.nn.Module
        With the attributes `size`, `channels` and `n_classes`.

    References
    ----------
    .. [1] Radford et al. (2016), arXiv:1511.06434.

    Examples
    --------
    >>> import torch
    >>> image_discriminator(seed=0)(torch.zeros(5, 1, 32, 32)).shape
    torch.Size([5])
    """
    size, width = image_size(size), positive_integer(width, "width")
    channels = positive_integer(channels, "channels")
    n_features = channel_ladder(size, width)[-1] * SMALLEST**2
    with isolated_randomness(seed):
        features = ImageFeatures(_discriminator_layers(size, channels, width), size, channels, n_features)
        # Channels of a pixel side by side: from any other layout the CPU's convolutions copy their input
        # there and back. (The generator has GroupNorm, which torch.vmap refuses in this layout.)
        features = features.to(memory_format=torch.channels_last)
        return discriminator_of(features, n_classes)


def discriminator_of(features, n_classes):
    """The discriminator that scores by features of images, told the class if there are classes."""
    if n_classes is None:
        return ImageDiscriminator(features)
    discriminator = ConditionalDiscriminator(features, features.n_features, n_classes)
    discriminator.size, discriminator.channels = features.size, features.channels
    return discriminator


def channel_ladder(size, width):
    """Channels at each halving of the side: width, then twice, then four times as many, and no more."""
    halvings = (size // SMALLEST).bit_length() - 1
    return [width * min(2**i, 4) for i in range(halvings)]


def group_norm(channels):
    """GroupNorm in groups of at least 4 channels: fewer, and it would erase each channel's own contrast."""
    groups = max(g for g in (1, 2, 4, 8) if channels % g == 0 and (g == 1 or channels // g >= 4))
    return nn.GroupNorm(groups, channels)


def image_size(size):
    """Return `size` if it is one that these networks are built for."""
    if positive_integer(size, "size") not in SIZES:
        raise ValueError(f"size must be 32 or 64 pixels, the sides these networks are built for; got {size}.")
    return int(size)


def _generator_layers(size, latent_dim, width):
    ladder = channel_ladder(size, width)[::-1]
    yield nn.Linear(latent_dim, ladder[0] * SMALLEST**2)
    yield nn.Unflatten(1, (ladder[0], SMALLEST, SMALLEST))
    yield from (group_norm(ladder[0]), nn.ReLU(inplace=True))
    for channels, fewer in pairwise(ladder):
        yield nn.ConvTranspose2d(channels, fewer, kernel_size=4, stride=2, padding=1)
        yield from (group_norm(fewer), nn.ReLU(inplace=True))
    yield nn.ConvTranspose2d(ladder[-1], 1, kernel_size=4, stride=2, padding=1)
    yield nn.Tanh()


def _discriminator_layers(size, channels, width):
    for more in channel_ladder(size, width):
        yield nn.Conv2d(channels, more, kernel_size=4, stride=2, padding=1)
        yield nn.LeakyReLU(0.2, inplace=True)
        channels = more
    yield nn.Flatten(1)
