"""Two players, what they want, and how they move."""

import torch

from ganlab.seeding import seeded_rng
from ganlab.validation import positive_integer, positive_number


class Game:
    """A generator and a discriminator, their objective and their optimizers.

    Parameters
    ----------
    generator : torch.nn.Module
        Maps latent points, shape (n, latent_dim), to samples; has the attribute `latent_dim`.
    discriminator : torch.nn.Module
        Maps samples to raw scores, shape (n,).
    objective : object
        With ``discriminator_loss(real_scores, fake_scores)`` and ``generator_loss(fake_scores)``.
    learning_rate : number > 0
        Of Adam, for both players.
    discriminator_learning_rate : number > 0 or None
        Of the discriminator alone, where the players should differ; None means `learning_rate`.
    betas : pair of numbers in [0, 1)
        Adam's decay rates. The first is 0.5, not the usual 0.9: momentum chases where the opponent was.
    discriminator_steps : int >= 1
        Discriminator updates before each generator update.

    Raises
    ------
    ValueError
        If a number is out of range, or a player lacks what the game needs.

    References
    ----------
    .. [1] Radford et al. (2016), Unsupervised Representation Learning with DCGANs, arXiv:1511.06434
       (Adam with a first decay rate of 0.5).

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> game.sample(5, seed=2).shape
    torch.Size([5, 2])
    """

    def __init__(
        self,
        generator,
        discriminator,
        objective,
        *,
        learning_rate=1e-3,
        discriminator_learning_rate=None,
        betas=(0.5, 0.999),
        discriminator_steps=1,
    ):
        for method in ("discriminator_loss", "generator_loss"):
            if isinstance(objective, type) or not callable(getattr(objective, method, None)):
                raise ValueError(
                    f"objective must have a method {method}; got {objective!r}. "
                    "Pass an object such as NonSaturating(), not its name and not its class."
                )
        if not hasattr(generator, "latent_dim"):
            raise ValueError(
                f"generator must have an attribute latent_dim, the length of its input; "
                f"{type(generator).__name__} has none. Set generator.latent_dim = ..."
            )
        learning_rate = positive_number(learning_rate, "learning_rate")
        if discriminator_learning_rate is None:
            discriminator_learning_rate = learning_rate
        discriminator_learning_rate = positive_number(
            discriminator_learning_rate, "discriminator_learning_rate"
        )
        self.generator, self.discriminator, self.objective = generator, discriminator, objective
        self.discriminator_steps = positive_integer(discriminator_steps, "discriminator_steps")
        # fused: one kernel updates all of a player's tensors.
        self.generator_optimizer = torch.optim.Adam(
            generator.parameters(), lr=learning_rate, betas=betas, fused=True
        )
        self.discriminator_optimizer = torch.optim.Adam(
            discriminator.parameters(), lr=discriminator_learning_rate, betas=betas, fused=True
        )

    def latent(self, n, rng):
        """n points from the standard normal latent distribution, shape (n, latent_dim)."""
        return torch.randn(n, self.generator.latent_dim, generator=rng)

    def update_generator(self, loss):
        """Move the generator, and only it, one optimizer step down its loss."""
        _descend(loss, self.generator_optimizer)

    def update_discriminator(self, loss):
        """Move the discriminator, and only it, one optimizer step down its loss."""
        _descend(loss, self.discriminator_optimizer)

    @torch.no_grad()
    def sample(self, n, seed=None):
        """n generated samples, shape (n, ...), without gradients."""
        return self.generator(self.latent(positive_integer(n, "n"), seeded_rng(seed)))

    @torch.no_grad()
    def score(self, samples):
        """Raw scores of samples, shape (n,), without gradients."""
        return self.discriminator(samples)

    def state_dict(self):
        """A copy of both players and both optimizers, unaffected by further training."""
        return {name: _clone(part.state_dict()) for name, part in self._parts()}

    def load_state_dict(self, state):
        """Put both players and both optimizers back to a state from `state_dict`."""
        for name, part in self._parts():
            part.load_state_dict(_clone(state[name]))

    def _parts(self):
        for name in ("generator", "discriminator", "generator_optimizer", "discriminator_optimizer"):
            yield name, getattr(self, name)


def _descend(loss, optimizer):
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    # Gradients for this player alone: the opponent's share of the backward pass is never computed.
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()


def _clone(state):
    if isinstance(state, torch.Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: _clone(value) for key, value in state.items()}
    if isinstance(state, list):
        return [_clone(value) for value in state]
    return state
