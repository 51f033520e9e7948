"""Whether a network answers for each sample of a batch as it would for that sample alone."""

from torch import nn

from ganlab.models.conditional import ConditionalDiscriminator
from ganlab.models.convolutional import ImageDiscriminator

# Layers that never look from one sample at another, and what is made of nothing else. A list of what is
# known, not of what is forbidden: a network with any layer of another kind may do what it likes.
_ALONE = (
    nn.Sequential,
    nn.Linear,
    nn.Conv2d,
    nn.Embedding,
    nn.Flatten,
    nn.GroupNorm,
    nn.LayerNorm,
    nn.ReLU,
    nn.LeakyReLU,
    nn.Tanh,
    nn.Sigmoid,
    ImageDiscriminator,
    ConditionalDiscriminator,
)


def scores_one_by_one(discriminator):
    """Whether each sample's score is surely its own: then real and fake samples can share one pass.

    Batch normalisation, minibatch deviation and packing look at the batch as a whole, so for them, and
    for any layer not known here, the answer is False.

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator, with_minibatch_deviation
    >>> scores_one_by_one(mlp_discriminator(data_dim=3, seed=0))
    True
    >>> scores_one_by_one(with_minibatch_deviation(mlp_discriminator(data_dim=3, seed=0)))
    False
    """
    return all(isinstance(layer, _ALONE) for layer in discriminator.modules())
