"""Gradient descent with nothing added: the step is as long as the gradient."""

import torch

from ganlab.validation import positive_number


class PlainDescent(torch.optim.SGD):
    r"""Every weight moves by the learning rate times its gradient, and by nothing else.

    .. math:: \theta \leftarrow \theta - \eta \, \nabla_\theta L

    Adam divides each gradient by a running mean of its own size, so a gradient that was always small
    moves the weights as far as a large one. Here a gradient that is a hundred times smaller moves them a
    hundred times less: what is felt of a vanishing gradient is felt in full.

    Parameters
    ----------
    parameters : iterable of torch.nn.Parameter
    learning_rate : number > 0

    Raises
    ------
    ValueError
        If `learning_rate` is not above 0.

    Examples
    --------
    A game comes with Adam; put this in its place before the first step.

    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> game.generator_optimizer = PlainDescent(game.generator.parameters(), learning_rate=0.01)
    >>> game.generator_optimizer.param_groups[0]["lr"]
    0.01
    """

    def __init__(self, parameters, learning_rate):
        super().__init__(parameters, lr=positive_number(learning_rate, "learning_rate"))

    def trained(self):
        """The weights that are moved, in the order in which `descend` takes their gradients."""
        return [
            weights for group in self.param_groups for weights in group["params"] if weights.requires_grad
        ]

    def descend(self, gradients):
        """Move the weights one step against their gradients, and leave these in ``weights.grad``.

        Parameters
        ----------
        gradients : sequence of tensor or None
            One for each tensor of `trained`; None leaves that tensor where it is.
        """
        for weights, gradient in zip(self.trained(), gradients, strict=True):
            weights.grad = gradient
        self.step()
