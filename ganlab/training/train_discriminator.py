"""One player alone: a discriminator trained while the generator stands still."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganlab.objectives import Unconstrained
from ganlab.seeding import seeded_rng
from ganlab.shapes import Samples, Seed
from ganlab.training.batches import as_rows
from ganlab.training.fits import check_discriminator_fits
from ganlab.training.optimizers import built_optimizer, descend, trained_weights
from ganlab.training.train import threads_for
from ganlab.validation import as_samples, positive_integer, positive_number


def train_discriminator(
    discriminator: nn.Module,
    objective: object,
    real: Samples,
    fake: Samples,
    steps: int,
    *,
    learning_rate: float = 1e-2,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    seed: Seed = 0,
) -> Tensor:
    """Train a discriminator in place on fixed samples, all of them at every step.

    With the generator fixed this is ordinary classification, and the optimum is known: p / (p + q). A
    critic obeys the constraint that its objective carries, as in a game.

    Parameters
    ----------
    discriminator : torch.nn.Module
        Maps samples to raw scores, shape (n,). Changed in place.
    objective : object
        With ``discriminator_loss(real_scores, fake_scores)``.
    real, fake : array, shape (n, ...) and (m, ...)
        Fixed samples; no gradient flows back through `fake`. Points on a line, shape (n,), become rows
        of one feature.
    steps : int >= 1
    learning_rate : number > 0
    optimizer : function (parameters, lr=...) -> torch.optim.Optimizer
    seed : int, torch.Generator or None
        Of the points at which a gradient penalty is taken; nothing else here is random.

    Returns
    -------
    losses : tensor, shape (steps,)
        The discriminator's loss, penalty included, before each update.

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator
    >>> from ganlab.objectives import Minimax
    >>> real, fake = torch.zeros(50, 1) + 1, torch.zeros(50, 1) - 1
    >>> losses = train_discriminator(mlp_discriminator(data_dim=1, seed=0), Minimax(), real, fake, steps=30)
    >>> bool(losses[-1] < 0.1 < losses[0])
    True
    """
    real, fake = as_rows(as_samples(real, "real")), as_rows(as_samples(fake, "fake")).detach()
    for samples in (real, fake):
        check_discriminator_fits(discriminator, samples)
    learning_rate = positive_number(learning_rate, "learning_rate")
    steps, rng = positive_integer(steps, "steps"), seeded_rng(seed)
    constraint = getattr(objective, "constraint", None) or Unconstrained()
    constraint.prepare(discriminator)  # before the optimizer, which must see the weights that are trained
    optimizer = built_optimizer(optimizer, discriminator.parameters(), learning_rate)
    losses = []
    with threads_for(discriminator, batch_size=len(real) + len(fake)):
        for _ in range(steps):
            loss = objective.discriminator_loss(discriminator(real), discriminator(fake))
            if constraint.has_penalty:
                loss = loss + constraint.penalty(discriminator, *_paired(real, fake, rng), rng)
            descend(optimizer, torch.autograd.grad(loss, trained_weights(optimizer), allow_unused=True))
            constraint.after_update(discriminator)
            losses.append(loss.detach())
    return torch.stack(losses)


def _paired(real, fake, rng):
    """As many reals as fakes, in random order: where there are more of one kind, some sit this step out."""
    n = min(len(real), len(fake))
    return (samples[torch.randperm(len(samples), generator=rng)[:n]] for samples in (real, fake))
