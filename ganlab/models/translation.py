"""Networks for translation: from images of one contrast to another, and a discriminator of patches."""

from itertools import pairwise

from torch import nn
from torch.nn.functional import leaky_relu

from ganlab.models.convolutional import group_norm
from ganlab.models.inputs import check_shape, check_tensor
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
        check_shape(images, (1, self.size, self.size), "images", self)
        return super().forward(images)


class ResidualTranslator(nn.Sequential):
    """Adds to an image what three convolutions make of it; see `residual_translator`."""

    n_classes = None

    def __init__(self, width):
        sides = {"kernel_size": 5, "padding": 2, "padding_mode": "reflect"}
        super().__init__(
            nn.Conv2d(1, width, **sides),
            nn.ReLU(),
            nn.Conv2d(width, width, **sides),
            nn.ReLU(),
            nn.Conv2d(width, 1, **sides),
        )

    def forward(self, images):
        check_tensor(images, "images", self)
        if images.ndim != 4 or images.shape[1] != 1 or min(images.shape[2:]) < 3:
            raise ValueError(
                "images must have shape (n, 1, height, width), with 3 pixels a side or more; "
                f"got {tuple(images.shape)}."
            )
        return images + super().forward(images.clamp(-1, 1))


class PatchDiscriminator(nn.Module):
    """Scores an image by the mean of the scores of its overlapping patches; see `patch_discriminator`."""

    n_classes, channels = None, 1
    scores_one_by_one = True  # each image by itself

    def __init__(self, size, width, depth):
        super().__init__()
        widths = [1, *(width * 2**i for i in range(depth))]
        self.halvings = nn.ModuleList(
            nn.Conv2d(fewer, more, kernel_size=4, stride=2, padding=1) for fewer, more in pairwise(widths)
        )
        self.head = nn.Conv2d(widths[-1], 1, kernel_size=3, padding=1)
        self.size = size

    def patch_scores(self, samples):
        """One raw score a patch, shape (n, size / 2^depth, size / 2^depth): where the image looks false."""
        check_shape(samples, (1, self.size, self.size), "samples", self)
        for halving in self.halvings:
            samples = leaky_relu(halving(samples), 0.2)
        return self.head(samples).squeeze(1)

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


def residual_translator(width: int = 8, seed: Seed = 0) -> nn.Module:
    r"""A translator that adds to its input: images, shape (n, 1, height, width), to the same shape.

    .. math:: G(x) = x + r(\mathrm{clip}(x, -1, 1))

    with three convolutions r of 5 x 5 pixels at full size, without normalisation. For domains that differ in
    detail, such as two reconstruction kernels: what both share is in the output from the start.
    `translation_generator` makes the whole image anew. A pixel of the output depends on the 13 x 13 pixels
    around it.

    Scale images so that what is to be translated lies in [-1, 1]. What lies outside, such as air in a window
    of soft tissue, goes through with a constant added: the convolutions see no difference there.

    Parameters
    ----------
    width : int >= 1
        Channels between the convolutions.
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        For images of any size of 3 pixels or more.

    References
    ----------
    .. [1] Zhang et al. (2017), Beyond a Gaussian Denoiser: Residual Learning of Deep CNN for Image Denoising,
       arXiv:1608.03981, whose network learns what is to be taken away.

    Examples
    --------
    >>> import torch
    >>> residual_translator(seed=0)(torch.zeros(2, 1, 30, 20)).shape
    torch.Size([2, 1, 30, 20])
    """
    width = positive_integer(width, "width")
    with isolated_randomness(seed):
        return ResidualTranslator(width)


def patch_discriminator(size: int = 64, width: int = 16, depth: int = 2, seed: Seed = 0) -> nn.Module:
    """A discriminator of patches: images, shape (n, 1, size, size), to raw scores, shape (n,).

    Convolutions that halve the side `depth` times, and one more, see patches of 5 x 2^depth - 2 pixels a
    side: 18 at depth 2, 38 at depth 3. An image's score is the mean over its patches, as the paper has it,
    so that every objective, penalty and plot takes it as it takes any other. Small patches judge texture
    only, wherever it is found: the network cannot know where in the image a patch lies beyond what the
    padding at the border betrays. Patches as large as the image see where everything lies. The method
    ``patch_scores`` gives the map before averaging.

    Parameters
    ----------
    size : int >= 16, a multiple of 2^depth
        Pixels a side.
    width : int >= 1
        Channels of the first layer; twice as many in each one after it.
    depth : int >= 1
        Halvings of the side.
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
    width, depth = positive_integer(width, "width"), positive_integer(depth, "depth")
    size = _divisible_size(size, depth)
    with isolated_randomness(seed):
        return PatchDiscriminator(size, width, depth)


def _divisible_size(size, halvings=2):
    size = positive_integer(size, "size")
    if size < 16 or size % 2**halvings:
        raise ValueError(
            f"size must be 16 or more and a multiple of {2**halvings}, to be halved {halvings} times; "
            f"got {size}."
        )
    return size
