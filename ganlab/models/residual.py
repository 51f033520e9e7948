"""Residual networks for images of 32 or 64 pixels: more layers than the DCGAN form, as easy to train.

Each block adds its convolutions to a plain resized copy of its input, so that gradients have a short way
through. A step costs about two and a half times the DCGAN form's at equal width (measured, one core).
"""

from torch import nn
from torch.nn.functional import avg_pool2d, interpolate

from ganlab.models.convolutional import (
    SMALLEST,
    ImageFeatures,
    build_discriminator,
    build_generator,
    channel_ladder,
    group_norm,
    image_size,
)
from ganlab.validation import positive_integer


class UpBlock(nn.Module):
    """Doubles the side: shape (n, channels, h, w) to (n, fewer, 2 h, 2 w)."""

    def __init__(self, channels, fewer):
        super().__init__()
        self.skip = nn.Conv2d(channels, fewer, kernel_size=1, bias=False)
        self.convolutions = nn.Sequential(
            group_norm(channels), nn.ReLU(), nn.Conv2d(channels, fewer, kernel_size=3, padding=1)
        )

    def forward(self, images):
        # The convolutions come before the enlargement, at a quarter of the cost of the other order; nearest
        # neighbours draw no checkerboard.
        return interpolate(self.skip(images) + self.convolutions(images), scale_factor=2.0, mode="nearest")


class DownBlock(nn.Module):
    """Halves the side: shape (n, channels, h, w) to (n, more, h / 2, w / 2)."""

    def __init__(self, channels, more):
        super().__init__()
        self.skip = nn.Conv2d(channels, more, kernel_size=1, bias=False)
        self.convolutions = nn.Sequential(
            nn.Conv2d(channels, more, kernel_size=4, stride=2, padding=1),  # halve first: cheaper
            nn.LeakyReLU(0.2),
            nn.Conv2d(more, more, kernel_size=3, padding=1),
        )

    def forward(self, images):
        return self.skip(avg_pool2d(images, 2)) + self.convolutions(images)


def residual_image_generator(size=32, latent_dim=64, width=8, n_classes=None, seed=None):
    """As `image_generator`, of residual blocks: nearest-neighbour enlargement, no transposed convolutions.

    Parameters
    ----------
    size : 32 or 64
        Pixels a side.
    latent_dim, width : int >= 1
    n_classes : int >= 1 or None
        If given, the generator is conditional: G(z, labels).
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        Latent points, shape (n, latent_dim), to images in [-1, 1], shape (n, 1, size, size).

    Raises
    ------
    ValueError
        If `size` is neither 32 nor 64, or another number is not a whole number of 1 or more; when called,
        if latent points are of another length or labels do not fit.

    References
    ----------
    .. [1] Gulrajani et al. (2017), arXiv:1704.00028, appendix F (residual GANs).

    Examples
    --------
    >>> import torch
    >>> residual_image_generator(seed=0)(torch.zeros(5, 64)).shape
    torch.Size([5, 1, 32, 32])
    """
    size, width = image_size(size), positive_integer(width, "width")
    latent_dim = positive_integer(latent_dim, "latent_dim")
    # Classes act before the first block, on what the first two layers make.
    return build_generator(_generator_layers, 2, size, latent_dim, width, n_classes, seed)


def residual_image_discriminator(size=32, width=8, n_classes=None, seed=None, *, channels=1):
    """As `image_discriminator`, of residual blocks. A spectral norm bounds each layer, not the whole sum.

    Parameters
    ----------
    size : 32 or 64
        Pixels a side.
    width : int >= 1
    n_classes : int >= 1 or None
        If given, the discriminator is conditional: D(x, labels), by projection.
    seed : int, torch.Generator or None
        Of the initial weights.
    channels : int >= 1
        Of the input.

    Returns
    -------
    torch.nn.Module
        Images, shape (n, channels, size, size), to raw scores, shape (n,).

    Raises
    ------
    ValueError
        If `size` is neither 32 nor 64, or another number is not a whole number of 1 or more; when called,
        if images are of another shape or labels do not fit.

    Examples
    --------
    >>> import torch
    >>> residual_image_discriminator(seed=0)(torch.zeros(5, 1, 32, 32)).shape
    torch.Size([5])
    """
    size, width = image_size(size), positive_integer(width, "width")
    channels = positive_integer(channels, "channels")

    def features():
        n_features = channel_ladder(size, width)[-1] * SMALLEST**2
        return ImageFeatures(_discriminator_layers(size, channels, width), size, channels, n_features)

    return build_discriminator(features, n_classes, seed)


def _generator_layers(size, latent_dim, width):
    ladder = channel_ladder(size, width)[::-1]
    yield nn.Linear(latent_dim, ladder[0] * SMALLEST**2)
    yield nn.Unflatten(1, (ladder[0], SMALLEST, SMALLEST))
    for channels, fewer in zip(ladder, [*ladder[1:], width], strict=True):
        yield UpBlock(channels, fewer)
    yield from (group_norm(width), nn.ReLU())
    yield nn.Conv2d(width, 1, kernel_size=3, padding=1)
    yield nn.Tanh()


def _discriminator_layers(size, channels, width):
    for more in channel_ladder(size, width):
        yield DownBlock(channels, more)
        yield nn.LeakyReLU(0.2)
        channels = more
    yield nn.Flatten(1)
