"""How hard each objective pulls on each layer of the generator, measured on one and the same batch."""

import copy
from collections.abc import Iterable, Mapping

import pandas as pd
import torch

from ganlab.objectives import Hinge, LeastSquares, Minimax, NonSaturating, Unconstrained, Wasserstein
from ganlab.seeding import isolated_randomness, seeded_rng
from ganlab.shapes import Labels, Seed
from ganlab.training import Game
from ganlab.validation import positive_integer


def generator_gradient_norms(
    game: Game, n: int, seed: Seed = 0, *, objectives: Iterable | None = None, labels: Labels | None = None
) -> pd.DataFrame:
    r"""The length of the generator's gradient, layer by layer, under one objective after another.

    .. math:: \Big\lVert \nabla_{\theta_\ell} \, L_G\big(D(G_\theta(z_1)), \dots, D(G_\theta(z_n))\big)
       \Big\rVert_2

    All columns share the generator, the discriminator and the latent points, so that nothing but the
    objective makes them differ. The gradient is the one that the generator would follow now, with the
    discriminator frozen. Only the objectives' generator losses are asked: constraints are not applied,
    and hinge and Wasserstein, whose generators pay the same, come out equal.

    With the optimal discriminator between p = N(0, 1) and q = N(theta, 1), minimax and non-saturating
    pull on a shift by E[D] theta and E[1 - D] theta: together by theta, and the surer D is that samples
    are fake, the more of it falls to the second.

    Parameters
    ----------
    game : Game
        One with a latent space; conditional games too. Its networks are copied: weights, gradients,
        buffers, modes and optimizers stay as they are. The copies run in the mode that the originals are
        in, as in training.
    n : int >= 1
        Samples in the batch.
    seed : int, torch.Generator or None
        Of the latent points, and of what the networks draw themselves, such as dropout.
    objectives : mapping of name -> objective, sequence of objectives, or None
        Columns of the answer. None: the five of the course, without constraints.
    labels : int, array of shape (n,), or None
        For a conditional game, the class or classes asked for; None means 0, 1, 2, ..., 0, 1, 2, ...

    Returns
    -------
    norms : pandas.DataFrame, one row per layer, one column per objective
        Rows are the generator's modules that own weights, by name, from latent to sample; weight and bias
        count together. The norm over the whole generator is ``(norms ** 2).sum() ** 0.5``.

    References
    ----------
    .. [1] Arjovsky & Bottou (2017), Towards Principled Methods for Training Generative Adversarial
       Networks, arXiv:1701.04862, theorems 2.4 and 2.6.

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> norms = generator_gradient_norms(game, n=64, seed=2)
    >>> norms.shape, list(norms.columns)
    ((3, 5), ['minimax', 'non-saturating', 'least squares', 'hinge', 'Wasserstein'])
    """
    n, rng = positive_integer(n, "n"), seeded_rng(seed)
    objectives = _named(objectives)
    generator, discriminator = _copies(game)
    layers = {
        name or type(module).__name__: list(module.parameters(recurse=False))
        for name, module in generator.named_modules()
        if any(weights.requires_grad for weights in module.parameters(recurse=False))
    }
    if not layers:
        raise ValueError("the generator has no weights that are trained, so no gradient either.")
    latent, conditions = game.latent(n, rng), ()
    if game.n_classes is not None:
        labels = torch.arange(n) % game.n_classes if labels is None else labels
        conditions = (game.checked_labels(labels, n),)
    elif labels is not None:
        raise ValueError("this game is not conditional (its n_classes is None); it takes no labels.")
    with isolated_randomness(rng), torch.enable_grad():
        scores = discriminator(generator(latent, *conditions), *conditions)
        losses = {name: objective.generator_loss(scores) for name, objective in objectives.items()}
        norms = {name: _norms(loss, layers) for name, loss in losses.items()}
    return pd.DataFrame(norms, index=pd.Index(layers, name="layer"))


def _norms(loss, layers):
    """The norm of the gradient over each layer's weights; 0 for what the loss does not depend on."""
    trained = [[weights for weights in layer if weights.requires_grad] for layer in layers.values()]
    weights = [tensor for layer in trained for tensor in layer]
    gradients = iter(torch.autograd.grad(loss, weights, retain_graph=True, materialize_grads=True))
    # In double precision: squares of the gradients of a saturated loss would underflow.
    return [torch.stack([next(gradients).double().norm() for _ in layer]).norm().item() for layer in trained]


def _copies(game):
    if not (hasattr(game, "generator") and hasattr(game.generator, "latent_dim")):
        raise ValueError(
            f"game must be a Game whose generator has a latent space; {type(game).__name__} has none "
            "(a translation game starts from images)."
        )
    return copy.deepcopy(game.generator), copy.deepcopy(game.discriminator)


def _named(objectives):
    """Objectives by the name of their column."""
    if objectives is None:
        return {
            "minimax": Minimax(),
            "non-saturating": NonSaturating(),
            "least squares": LeastSquares(),
            "hinge": Hinge(),
            "Wasserstein": Wasserstein(Unconstrained()),
        }
    named = (
        dict(objectives)
        if isinstance(objectives, Mapping)
        else {repr(objective): objective for objective in objectives}
    )
    if not named:
        raise ValueError("objectives is empty; expected one objective or more.")
    for objective in named.values():
        if isinstance(objective, type) or not callable(getattr(objective, "generator_loss", None)):
            raise ValueError(
                f"objectives must hold objects with a method generator_loss; got {objective!r}. "
                "Pass an object such as NonSaturating(), not its name and not its class."
            )
    return named
