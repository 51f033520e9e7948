"""A calmer generator: the running average of the weights of the one that is in the game."""

import copy

import torch

from ganlab.validation import positive_number


class AveragedGenerator:
    r"""An exponential moving average of a generator's weights.

    .. math:: \bar\theta \leftarrow \beta\, \bar\theta + (1 - \beta)\, \theta

    Players circle around the equilibrium rather than settle in it; the average lies nearer to the centre.
    It remembers about :math:`1 / (1 - \beta)` updates: 1,000 of them with the default, so it suits runs
    of several thousand steps. It takes no part in the game: only its samples are used.

    Parameters
    ----------
    generator : torch.nn.Module
        Its present weights are where the average starts. It is copied, not kept.
    decay : number in (0, 1)
        The :math:`\beta` above.

    Attributes
    ----------
    generator : torch.nn.Module
        The averaged one, for sampling; its weights take no gradients.

    Raises
    ------
    ValueError
        If `decay` is not between 0 and 1.

    References
    ----------
    .. [1] Yazici et al. (2019), The Unusual Effectiveness of Averaging in GAN Training, arXiv:1806.04498.

    Examples
    --------
    >>> generator = torch.nn.Linear(1, 1, bias=False)
    >>> _ = torch.nn.init.constant_(generator.weight, 0.0)
    >>> average = AveragedGenerator(generator, decay=0.75)
    >>> _ = torch.nn.init.constant_(generator.weight, 4.0)
    >>> average.update(generator)
    >>> average.generator.weight.item()
    1.0
    """

    def __init__(self, generator, decay=0.999):
        self.decay = positive_number(decay, "decay")
        if self.decay >= 1:
            raise ValueError(f"decay must be between 0 and 1, both excluded; got {self.decay:g}.")
        self.generator = copy.deepcopy(generator).requires_grad_(False)

    @torch.no_grad()
    def update(self, generator):
        """Move the average towards the generator's weights. Call it after each of its updates.

        Buffers, which are counts or statistics and no weights, are copied as they are.

        Raises
        ------
        ValueError
            If the generator is of another architecture than the averaged one.
        """
        _check_same_architecture(self.generator, generator)
        for mean, weights in zip(self.generator.parameters(), generator.parameters(), strict=True):
            mean.lerp_(weights, 1 - self.decay)
        for mean, values in zip(self.generator.buffers(), generator.buffers(), strict=True):
            mean.copy_(values)

    def state_dict(self):
        """A copy of the averaged weights, unaffected by further updates."""
        return {name: values.clone() for name, values in self.generator.state_dict().items()}

    def load_state_dict(self, state):
        """Put the averaged weights back to a state from `state_dict`."""
        self.generator.load_state_dict(state)


def _check_same_architecture(averaged, generator):
    ours, theirs = (
        {name: tuple(values.shape) for name, values in network.state_dict(keep_vars=True).items()}
        for network in (averaged, generator)
    )
    if ours != theirs:
        name = next(name for name in [*ours, *theirs] if ours.get(name) != theirs.get(name))
        raise ValueError(
            f"the generator is not of the architecture that is averaged: {name} has shape {theirs.get(name)} "
            f"in it and {ours.get(name)} in the average."
        )
