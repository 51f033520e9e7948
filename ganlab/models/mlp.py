"""Multilayer perceptrons for points and rows of features."""

from torch import nn

from ganlab.models.conditional import ConditionalDiscriminator, ConditionalGenerator
from ganlab.models.inputs import check_tensor
from ganlab.seeding import isolated_randomness
from ganlab.shapes import Seed
from ganlab.validation import positive_integer


class Generator(nn.Sequential):
    """Maps latent points to samples; `latent_dim` and `data_dim` say how wide its two ends are."""

    n_classes = None

    def __init__(self, latent_dim, data_dim, width, depth):
        super().__init__(*_layers(latent_dim, width, depth, relu), nn.Linear(width, data_dim))
        self.latent_dim, self.data_dim = latent_dim, data_dim

    def __call__(self, latent):  # not forward: an ensemble knows a plain sequence of layers by that
        check_tensor(latent, "latent", self)
        return super().__call__(latent)


class Discriminator(nn.Sequential):
    """Scores samples: one raw score each, high for "real"; no sigmoid hides inside."""

    n_classes = None

    def __init__(self, data_dim, width, depth):
        super().__init__(*_layers(data_dim, width, depth, leaky_relu), nn.Linear(width, 1), nn.Flatten(0))
        self.data_dim = data_dim

    def __call__(self, samples):
        check_tensor(samples, "samples", self)
        return super().__call__(samples)


def mlp_generator(
    latent_dim: int = 2,
    data_dim: int = 2,
    width: int = 128,
    depth: int = 2,
    n_classes: int | None = None,
    seed: Seed = 0,
) -> nn.Module:
    """A generator G: latent points z, shape (n, latent_dim), to samples G(z), shape (n, data_dim).

    `depth` hidden layers of `width` ReLU units, then a linear layer, so its output is unbounded.

    Parameters
    ----------
    latent_dim, data_dim, width, depth : int >= 1
    n_classes : int >= 1 or None
        If given, the generator is conditional: G(z, labels).
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attributes `latent_dim`, `data_dim` and `n_classes`.

    Examples
    --------
    >>> import torch
    >>> mlp_generator(latent_dim=3, data_dim=2, seed=0)(torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """
    sizes = _positive_sizes(latent_dim=latent_dim, data_dim=data_dim, width=width, depth=depth)
    with isolated_randomness(seed):
        generator = Generator(**sizes)
        if n_classes is not None:
            # Classes act on the first layer's sums, before its ReLU.
            generator = ConditionalGenerator(generator, 1, width, latent_dim, n_classes)
            generator.data_dim = data_dim
        return generator


def mlp_discriminator(
    data_dim: int = 2, width: int = 128, depth: int = 2, n_classes: int | None = None, seed: Seed = 0
) -> nn.Module:
    """A discriminator D: samples, shape (n, data_dim), to raw scores, shape (n,).

    `depth` hidden layers of `width` leaky ReLU units, then one linear unit. The probability that a
    sample is real is the sigmoid of its score; the objective takes care of that.

    Parameters
    ----------
    data_dim, width, depth : int >= 1
    n_classes : int >= 1 or None
        If given, the discriminator is conditional: D(x, labels), by projection.
    seed : int, torch.Generator or None
        Of the initial weights.

    Returns
    -------
    torch.nn.Module
        With the attributes `data_dim` and `n_classes`.

    Examples
    --------
    >>> import torch
    >>> mlp_discriminator(data_dim=2, seed=0)(torch.zeros(5, 2)).shape
    torch.Size([5])
    """
    sizes = _positive_sizes(data_dim=data_dim, width=width, depth=depth)
    with isolated_randomness(seed):
        if n_classes is None:
            return Discriminator(**sizes)
        features = nn.Sequential(*_layers(data_dim, width, depth, leaky_relu))
        discriminator = ConditionalDiscriminator(features, width, n_classes)
        discriminator.data_dim = data_dim
        return discriminator


def leaky_relu():
    """What discriminators use: a dead unit would pass no gradient on to the generator."""
    return nn.LeakyReLU(0.2, inplace=True)


def relu():
    return nn.ReLU(inplace=True)


def _layers(in_features, width, depth, activation):
    for _ in range(depth):
        yield from (nn.Linear(in_features, width), activation())
        in_features = width


def _positive_sizes(**sizes):
    return {name: positive_integer(value, name) for name, value in sizes.items()}
