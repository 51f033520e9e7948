"""Networks for translation: from images of one contrast to another, and a discriminator of patches."""

from torch import nn
from torch.nn.functional import leaky_relu

from ganlab.models.convolutional import group_norm
from ganlab.models.inputs import check_shape
from ganlab.seeding import isolated_randomness
from ganlab.shapes import Seed
from ganlab.validation import positive_integer


class ResidualBlock(nn.Module):
    """Adds two convolutions to its input; shape (n, channels, h, w) stays."""

    def __init__(self, channels):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, padding_mode="reflect"),
            group_norm(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, padding_mode="reflect"),
            group_norm(channels),
        )

    def forward(self, images):
        return images + self.convolutions(images)


class Translator(nn.Sequential):
    """Maps images in [-1, 1], shape (n, 1, size, size), to images of the same shape and range."""

    n_classes = None

    def __init__(self, size, width, depth):
        super().__init__(
            nn.Conv2d(1, width, kernel_size=5, padding=2, padding_mode="reflect"),
            group_norm(width),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, kernel_size=4, stride=2, padding=1),
            group_norm(2 * width),
            nn.ReLU(),
            *(ResidualBlock(2 * width) for _ in range(depth)),
            nn.ConvTranspose2d(2 * width, width, kernel_size=4, stride=2, padding=1),
            group_norm(width),
            nn.ReLU(),
            nn.Conv2d(width, 1, kernel_size=5, padding=2, padding_mode="reflect"),
            nn.Tanh(),
        )
        self.size = size

    def forward(self, images):
        check_shape(images, (1, self.size, self.size), "images")
        return super().forward(images)


class PatchDiscriminator(nn.Module):
    """Scores an image by the mean of the scores of its overlapping patches, 18 pixels a side."""

    n_classes, channels = None, 1

    def __init__(self, size, width):
        super().__init__()
        self.first = nn.Conv2d(1, width, kernel_size=4, stride=2, padding=1)
        self.second = nn.Conv2d(width, 2 * width, kernel_size=4, stride=2, padding=1)
        self.head = nn.Conv2d(2 * width, 1, kernel_size=3, padding=1)
        self.size = size

    def patch_scores(self, samples):
        """One raw score a patch, shape (n, size / 4, size / 4): where the image looks false."""
        check_shape(samples, (1, self.size, self.size), "samples")
        features = leaky_relu(self.second(leaky_relu(self.first(samples), 0.2)), 0.2)
        return self.head(features).squeeze(1)

    def forward(self, samples):
        return self.patch_scores(samples).mean(dim=(1, 2))


def translation_generator(size: int = 64, width: int = 16, depth: int = 3, seed: Seed = 0) -> nn.Module:
    """A translator G: images of one contrast to images of another, shape (n, 1, size, size) to the same.

    The encoder halves the side once, residual blocks work there, and the decoder doubles it again; a tanh
    keeps intensities in [-1, 1]. Normalisation is by groups of channels: instance normalisation, usual
    for photographs, erases how bright each channel is in this image, and brightness is what a contrast
    is made of.

    Parameters
    ----------
    size : int >= 16, a multiple of 4
        Pixels a side.
    width, depth : int >= 1
        Channels at full size, and residual blocks.
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attribute `size`.

    References
    ----------
    .. [1] Zhu et al. (2017), arXiv:1703.10593. Theirs halves the side twice and has 6 to 9 blocks of 256
       channels; this one is for two CPU cores.

    Examples
    --------
    >>> import torch
    >>> translation_generator(size=32, seed=0)(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 1, 32, 32])
    """
    size, width = _divisible_size(size), positive_integer(width, "width")
    depth = positive_integer(depth, "depth")
    with isolated_randomness(seed):
        return Translator(size, width, depth)


def patch_discriminator(size: int = 64, width: int = 16, seed: Seed = 0) -> nn.Module:
    """A discriminator of texture: images, shape (n, 1, size, size), to raw scores, shape (n,).

    Three convolutions see patches of 18 x 18 pixels; an image's score is the mean over its patches, as
    the paper has it, so that every objective, penalty and plot takes it as it takes any other. It cannot
    know where in the image a patch lies beyond what the padding at the border betrays. The method
    ``patch_scores`` gives the map before averaging.

    Parameters
    ----------
    size : int >= 16, a multiple of 4
        Pixels a side.
    width : int >= 1
        Channels of the first layer; twice as many in the second.
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attribute `size` and the method `patch_scores`.

    References
    ----------
    .. [1] Isola et al. (2017), Image-to-Image Translation with Conditional Adversarial Networks,
       arXiv:1611.07004, section 3.2.2.

    Examples
    --------
    >>> import torch
    >>> discriminator = patch_discriminator(size=32, seed=0)
    >>> discriminator(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2])
    >>> discriminator.patch_scores(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 8, 8])
    """
    size, width = _divisible_size(size), positive_integer(width, "width")
    with isolated_randomness(seed):
        return PatchDiscriminator(size, width)


def _divisible_size(size):
    size = positive_integer(size, "size")
    if size < 16 or size % 4:
        raise ValueError(f"size must be 16 or more and a multiple of 4, to be halved twice; got {size}.")
    return size
