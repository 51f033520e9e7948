"""The larger pair for images whose texture counts: noise in every layer, no grid, a discriminator of groups.

The DCGAN pair is quick, and its images are blurred, with the grid of its transposed convolutions in them.
This pair costs about six times as much a step, and makes fine grain.
"""

from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import interpolate, leaky_relu

from ganlab.models.convolutional import (
    SMALLEST,
    ImageFeatures,
    channel_ladder,
    discriminator_of,
    image_size,
)
from ganlab.models.inputs import check_shape, checked_labels
from ganlab.models.packing import MinibatchDeviation
from ganlab.seeding import isolated_randomness
from ganlab.shapes import Seed
from ganlab.validation import positive_integer

GROUP = 4
SLOPE = 0.2  # of the leaky ReLU


class TextureGenerator(nn.Module):
    """Maps latent points to images, shape (n, 1, size, size). See `texture_generator`."""

    def __init__(self, size, latent_dim, width, n_classes):
        super().__init__()
        self.size, self.n_classes = size, n_classes
        ladder = [*channel_ladder(size, width)[::-1], width]
        sides = [2 * SMALLEST * 2**step for step in range(len(ladder) - 1)]
        self.parts = [latent_dim, *(side**2 for side in sides)]
        self.latent_dim = sum(self.parts)
        self.start = nn.Linear(latent_dim, ladder[0] * SMALLEST**2)
        self.convolutions = nn.ModuleList(nn.Conv2d(c, fewer, 3, padding=1) for c, fewer in pairwise(ladder))
        # How strongly the noise acts on each channel is learnt, and starts from nothing.
        self.strengths = nn.ParameterList(torch.zeros(fewer, 1, 1) for fewer in ladder[1:])
        self.image = nn.Conv2d(width, 1, 3, padding=1)
        if n_classes is not None:
            self.embedding = nn.Embedding(n_classes, 2 * ladder[0])
            nn.init.normal_(self.embedding.weight, std=0.2)
        self.end = nn.Tanh()  # as the last module, where a game looks for the range of the images

    def forward(self, latent, labels=None):
        check_shape(latent, (self.latent_dim,), "latent", self)
        if labels is not None and self.n_classes is None:
            raise ValueError("this generator is not conditional (its n_classes is None); it takes no labels.")
        latent, *noise = latent.split(self.parts, dim=1)
        features = self.start(latent).unflatten(1, (-1, SMALLEST, SMALLEST))
        features = _pixel_norm(leaky_relu(features, SLOPE))
        if self.n_classes is not None:
            labels = checked_labels(labels, self.n_classes, len(latent))
            scale, shift = self.embedding(labels)[:, :, None, None].chunk(2, dim=1)
            features = (1 + scale) * features + shift
        for convolution, strength, grain in zip(self.convolutions, self.strengths, noise, strict=True):
            features = convolution(
                interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)
            )
            features = features + strength * grain.reshape(-1, 1, *features.shape[2:])
            features = _pixel_norm(leaky_relu(features, SLOPE))
        return self.end(self.image(features))


def texture_generator(
    size: int = 32, latent_dim: int = 64, width: int = 32, n_classes: int | None = None, seed: Seed = 0
) -> nn.Module:
    """A generator G of images with fine texture: latent points z to images, shape (n, 1, size, size).

    Four things differ from `image_generator`, each against one fault:

    - the side is doubled by bilinear interpolation and an ordinary 3 x 3 convolution follows: a transposed
      convolution writes its own grid into the image [1]_;
    - a number of random noise for each pixel of each layer, times a learnt strength for each channel: grain
      that no smooth function of 64 numbers can make [2]_;
    - each pixel's features are divided by their root mean square, so that no layer runs away [3]_, while the
      contrast between pixels stays free;
    - leaky ReLU, and twice the width.

    The noise is a part of z, so one latent point gives one image: its first `latent_dim` numbers say
    which lesion, the others which grain. At 32 pixels z has 64 + 8² + 16² + 32² numbers.

    Parameters
    ----------
    size : 32 or 64
        Pixels a side.
    latent_dim : int >= 1
        Numbers that say what is in the image, without the noise.
    width : int >= 1
        Channels of the largest layer before the image; 4 times as many at 4 x 4 pixels.
    n_classes : int >= 1 or None
        If given, the generator is conditional: G(z, labels); each class scales and shifts the first features.
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attributes `latent_dim` (all of z), `parts` (how z is cut: what, then one layer's noise after
        the other), `size` and `n_classes`.

    References
    ----------
    .. [1] Odena et al. (2016), Deconvolution and Checkerboard Artifacts, doi:10.23915/distill.00003.
    .. [2] Karras et al. (2019), A Style-Based Generator Architecture for GANs, arXiv:1812.04948.
    .. [3] Karras et al. (2018), Progressive Growing of GANs, arXiv:1710.10196.

    Examples
    --------
    >>> import torch
    >>> generator = texture_generator(seed=0)
    >>> generator.latent_dim == 64 + 8**2 + 16**2 + 32**2
    True
    >>> generator(torch.zeros(5, generator.latent_dim)).shape
    torch.Size([5, 1, 32, 32])
    """
    size, width = image_size(size), positive_integer(width, "width")
    latent_dim = positive_integer(latent_dim, "latent_dim")
    n_classes = None if n_classes is None else positive_integer(n_classes, "n_classes")
    with isolated_randomness(seed):
        generator = TextureGenerator(size, latent_dim, width, n_classes)
    # From any other layout the CPU's convolutions copy their input there and back.
    return generator.to(memory_format=torch.channels_last)


def texture_discriminator(
    size: int = 32, width: int = 32, n_classes: int | None = None, seed: Seed = 0
) -> nn.Module:
    """A discriminator D that also sees how alike its images are: images to raw scores, shape (n,).

    As `image_discriminator`, twice as wide, and with one layer more at 4 x 4 pixels. In front of it each
    group of four neighbours in the batch gets one more channel: how much the four vary. A generator that
    makes look-alikes gives itself away there [1]_. So an image's score depends on its group: a batch is all
    real or all fake, in random order, and its size a multiple of 4.

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

    Returns
    -------
    torch.nn.Module
        With the attributes `size`, `channels` (1) and `n_classes`.

    References
    ----------
    .. [1] Karras et al. (2018), arXiv:1710.10196, section 3.

    Examples
    --------
    >>> import torch
    >>> texture_discriminator(seed=0)(torch.zeros(8, 1, 32, 32)).shape
    torch.Size([8])
    """
    size, width = image_size(size), positive_integer(width, "width")
    with isolated_randomness(seed):
        layers, channels = [], 1
        for more in channel_ladder(size, width):
            layers += [nn.Conv2d(channels, more, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
            channels = more
        layers += [MinibatchDeviation(GROUP), nn.Conv2d(channels + 1, channels, 3, padding=1)]
        layers += [nn.LeakyReLU(SLOPE), nn.Flatten(1)]
        features = ImageFeatures(layers, size, 1, channels * SMALLEST**2)
        discriminator = discriminator_of(features, n_classes)
    return discriminator.to(memory_format=torch.channels_last)


def _pixel_norm(features):
    return features * (features.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
