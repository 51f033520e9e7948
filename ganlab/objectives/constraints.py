"""Constraints on the discriminator's slope: clipping, two gradient penalties, spectral norm, or none.

A critic that estimates the Wasserstein distance must be 1-Lipschitz: its score may change by at most 1
where its input moves by 1. A constraint is an object that the game calls at three moments:

``prepare(discriminator)``
    once, when the game is built, before the optimizers are;
``penalty(discriminator, real, fake, rng, labels=None)``
    in every discriminator step; a scalar to add to its loss (0 where `has_penalty` is False);
``after_update(discriminator)``
    after every step of the discriminator's optimizer.

``after_update`` changes weights and buffers in place; through ``torch.func.functional_call`` inside
``torch.func.vmap`` it does so for a whole stack of discriminators.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import normalize
from torch.nn.utils import parametrize

from ganlab.shapes import Batch, Samples
from ganlab.tracing import has_values
from ganlab.validation import positive_integer, positive_number, same_shape


class Unconstrained:
    """No limit: what the objectives before the Wasserstein GAN do.

    Examples
    --------
    >>> Unconstrained().penalty(None, torch.ones(3, 1), torch.zeros(3, 1), torch.Generator())
    tensor(0.)
    """

    has_penalty = False
    labels_of = "fake"  # in a conditional game: whose classes the penalty is taken at

    def prepare(self, discriminator: nn.Module):
        """Leave the discriminator as it is."""

    def penalty(
        self,
        discriminator: nn.Module,
        real: Batch,
        fake: Batch,
        rng: torch.Generator,
        labels: torch.Tensor | None = None,
    ):
        """Zero."""
        return real.new_zeros(())

    def after_update(self, discriminator: nn.Module):
        """Leave the discriminator as it is."""

    def __repr__(self):
        return "Unconstrained()"


@dataclass(frozen=True, repr=False)
class WeightClipping(Unconstrained):
    r"""Keep every weight of the critic in [-c, c].

    Bounded weights bound the slope, so the critic is K-Lipschitz for *some* K, which nobody chose: it
    depends on the depth, the widths and even the direction. A small c makes the slopes vanish with depth,
    a large one takes long to bind, and clipped critics prefer weights at either limit [2]_. It is here
    because it came first, and to be compared with the other two.

    Parameters
    ----------
    c : number > 0
        The limit; 0.01 in the paper.

    References
    ----------
    .. [1] Arjovsky et al. (2017), Wasserstein GAN, arXiv:1701.07875, algorithm 1.
    .. [2] Gulrajani et al. (2017), Improved Training of Wasserstein GANs, arXiv:1704.00028.

    Examples
    --------
    >>> from torch import nn
    >>> critic = nn.Linear(1, 1)
    >>> _ = nn.init.constant_(critic.weight, 3.0)
    >>> WeightClipping(0.01).after_update(critic)
    >>> round(critic.weight.item(), 4)
    0.01
    """

    c: float = 0.01

    def __post_init__(self):
        object.__setattr__(self, "c", positive_number(self.c, "c"))

    def prepare(self, discriminator: nn.Module):
        """Clip the initial weights, so that the bound holds from the first score on."""
        self.after_update(discriminator)

    @torch.no_grad()
    def after_update(self, discriminator: nn.Module):
        """Clip every parameter, biases too, to [-c, c], in place."""
        for parameter in discriminator.parameters():
            parameter.copy_(parameter.clamp(-self.c, self.c))  # clamp_ is slow inside vmap

    def __repr__(self):
        return f"WeightClipping(c={self.c:g})"


@dataclass(frozen=True, repr=False)
class GradientPenalty(Unconstrained):
    r"""Ask the critic for a slope of 1 on the way from fakes to reals.

    .. math:: w\, \mathbb{E}\left[(\lVert \nabla_{\hat x} D(\hat x) \rVert_2 - 1)^2\right],
       \qquad \hat x = \epsilon x + (1 - \epsilon) G(z), \quad \epsilon \sim U(0, 1)

    One :math:`\epsilon` and one norm for each sample. The optimal critic has slope 1 almost everywhere on
    lines between samples that an *optimal* plan couples, hence the two-sided penalty. The pairs here are
    random, which is a heuristic. The slope is asked for, not guaranteed: away from the lines the critic
    may be steeper, so check with ``lipschitz_estimate``. The penalty needs a
    score that depends on its own sample alone, so leave batch normalisation and minibatch deviation out
    of the critic. A critic that scores packs of samples is asked for slope 1 in the whole pack.

    Parameters
    ----------
    weight : number > 0
        10 in the paper; 0.1 to 1 often serves low-dimensional data better.

    References
    ----------
    .. [1] Gulrajani et al. (2017), Improved Training of Wasserstein GANs, arXiv:1704.00028.

    Examples
    --------
    A linear critic of slope 3 pays 10 (3 - 1)² wherever it is asked:

    >>> import torch
    >>> critic = lambda samples: 3 * samples[:, 0]
    >>> rng = torch.Generator().manual_seed(0)
    >>> GradientPenalty(10).penalty(critic, torch.ones(4, 2), torch.zeros(4, 2), rng).item()
    40.0
    """

    has_penalty: ClassVar[bool] = True
    weight: float = 10.0

    def __post_init__(self):
        object.__setattr__(self, "weight", positive_number(self.weight, "weight"))

    def penalty(
        self,
        discriminator: nn.Module,
        real: Batch,
        fake: Batch,
        rng: torch.Generator,
        labels: torch.Tensor | None = None,
    ):
        """The penalty at one random point between each real sample and one fake.

        Parameters
        ----------
        discriminator : callable
            Samples (and labels, where given) to raw scores.
        real, fake : tensor, shape (batch, ...)
            Paired as they come. No gradient reaches whatever made `fake`.
        rng : torch.Generator
            Of the points: ``torch.rand(batch)``, once.
        labels : tensor of int, shape (batch,), or None
            Classes of both, for a conditional discriminator.

        Returns
        -------
        penalty : scalar tensor, >= 0
            Differentiable in the discriminator's weights.

        Raises
        ------
        ValueError
            If `real` and `fake` differ in shape.
        """
        same_shape(real, fake, "real", "fake")
        shares = torch.rand(len(real), generator=rng, device=rng.device, dtype=real.dtype).to(real.device)
        return self.penalty_at(discriminator, interpolate(real, fake, shares), labels)

    def penalty_at(self, discriminator: nn.Module, samples: Samples, labels: torch.Tensor | None = None):
        """The penalty at given samples; draws nothing, so that it also works inside ``torch.func.vmap``."""
        slopes, n_scores = _slopes(discriminator, samples, labels)
        # (batch, ...) -> one row a score: a row is a sample, or a pack of them.
        norms = torch.linalg.vector_norm(slopes.reshape(n_scores, -1), dim=1)
        return self.weight * (norms - 1).square().mean()

    def __repr__(self):
        return f"GradientPenalty(weight={self.weight:g})"


@dataclass(frozen=True, repr=False)
class R1Penalty(Unconstrained):
    r"""Ask the discriminator to be flat where the real samples are.

    .. math:: w\, \mathbb{E}_{x \sim \text{real}}\left[\lVert \nabla_x D(x) \rVert_2^2\right]

    Once the fakes lie where the real samples do, a discriminator with a slope there still pushes them away,
    and the players circle. A discriminator that pays for its slope at the real samples lets them rest: near
    such a point a small enough learning rate converges [1]_. Unlike the gradient penalty of a critic
    it asks for the slope 0, not 1, and goes with the non-saturating loss.

    Its gradient needs a second pass back. In each step that costs the ordinary image pair 46 % of its time;
    taken in one of eight steps only, and made eight times as heavy there, it is the same on average and costs
    4 % [2]_.

    Parameters
    ----------
    weight : number > 0
        Half of the paper's gamma. It goes with the resolution: 0.025 serves 32 pixels, the paper's
        photographs took 5.
    every : int >= 1
        Each step takes the penalty with the probability 1 / `every`.

    References
    ----------
    .. [1] Mescheder et al. (2018), Which Training Methods for GANs do actually Converge?, arXiv:1801.04406.
    .. [2] Karras et al. (2020), Analyzing and Improving the Image Quality of StyleGAN, arXiv:1912.04958,
       appendix B (lazy regularization; there in every 16th step, not at random).

    Examples
    --------
    A linear discriminator of slope 3 pays 0.5 times 3², wherever the fakes are:

    >>> import torch
    >>> discriminator = lambda samples: 3 * samples[:, 0]
    >>> rng = torch.Generator().manual_seed(0)
    >>> R1Penalty(0.5).penalty(discriminator, torch.ones(4, 2), torch.zeros(4, 2), rng).item()
    4.5
    """

    has_penalty: ClassVar[bool] = True
    labels_of: ClassVar[str] = "real"
    weight: float = 0.025
    every: int = 1

    def __post_init__(self):
        object.__setattr__(self, "weight", positive_number(self.weight, "weight"))
        object.__setattr__(self, "every", positive_integer(self.every, "every"))

    def penalty(
        self,
        discriminator: nn.Module,
        real: Batch,
        fake: Batch,
        rng: torch.Generator,
        labels: torch.Tensor | None = None,
    ):
        """The penalty at the real samples; 0 in the steps that leave it out.

        Parameters
        ----------
        discriminator : callable
            Samples (and labels, where given) to raw scores.
        real : tensor, shape (batch, ...)
        fake : tensor
            Not looked at.
        rng : torch.Generator
            Of the steps that take it: one number, where `every` is not 1.
        labels : tensor of int, shape (batch,), or None
            Classes of the real samples, for a conditional discriminator.

        Returns
        -------
        penalty : scalar tensor, >= 0
            Differentiable in the discriminator's weights.
        """
        if self.every > 1 and torch.rand((), generator=rng, device=rng.device) * self.every >= 1:
            return real.new_zeros(())
        slopes, n_scores = _slopes(discriminator, real, labels)
        return self.weight * self.every * slopes.square().sum() / n_scores

    def __repr__(self):
        return f"R1Penalty(weight={self.weight:g}, every={self.every})"


@dataclass(frozen=True, repr=False)
class SpectralNorm(Unconstrained):
    r"""Divide every layer's weights by their largest singular value.

    .. math:: \bar W = W / \sigma(W), \qquad \sigma(W) = \max_{\lVert v \rVert = 1} \lVert W v \rVert
       = u^\top W v

    Each linear layer then stretches nothing by more than 1, and so does the whole network if what lies
    between them doesn't either (ReLU and leaky ReLU are fine; normalisation layers are not). The bound is
    on each layer: a network usually stays well below it, and its scores stay small. For a convolution
    :math:`W` is its kernel as a matrix, (out, in · height · width), as in the paper; the convolution as a
    map between images may stretch by more, up to about the kernel's side over the stride.

    :math:`u` and :math:`v`, the leading singular vectors, are found anew after each update, exactly.
    The paper follows them by one step of power iteration instead, each starting where the last ended.
    Few steps lag behind while training reorders the singular values, and always in the same direction:
    :math:`\sigma` comes out too small and the layer stays too steep. Measured on a 2 x 128 perceptron
    over its first 400 updates: layers of norm up to 1.37 with one step, 1.15 with three, 1.06 with ten.
    The exact vectors cost as much as ten steps do at that width, and less in narrower layers.

    Unlike ``torch.nn.utils.parametrizations.spectral_norm`` nothing moves during a forward pass. A pass
    for the generator's step leaves no trace in the discriminator, and the same network runs inside
    ``torch.func.vmap``, where torch's version refuses.

    Parameters
    ----------
    power_iterations : int >= 1 or None
        Steps after each update of the discriminator; None finds the vectors exactly.

    References
    ----------
    .. [1] Miyato et al. (2018), Spectral Normalization for GANs, arXiv:1802.05957.

    Examples
    --------
    >>> import torch
    >>> critic = torch.nn.Linear(5, 1)
    >>> SpectralNorm().prepare(critic)
    >>> round(critic.weight.norm().item(), 4)
    1.0
    """

    power_iterations: int | None = None

    def __post_init__(self):
        if self.power_iterations is not None:
            iterations = positive_integer(self.power_iterations, "power_iterations")
            object.__setattr__(self, "power_iterations", iterations)

    def prepare(self, discriminator: nn.Module):
        """Parametrize every linear, convolution and embedding layer that is not yet.

        The trained parameter of a layer becomes ``parametrizations.weight.original``, so optimizers must
        be built afterwards.

        Raises
        ------
        ValueError
            If the discriminator has no such layer.
        """
        layers = [layer for layer in discriminator.modules() if isinstance(layer, _LAYERS)]
        if not layers:
            raise ValueError(
                f"SpectralNorm needs a discriminator with linear, convolution or embedding layers; "
                f"{type(discriminator).__name__} has none."
            )
        for layer in layers:
            if not any(isinstance(part, _UnitNorm) for part in _parametrizations(layer)):
                parametrize.register_parametrization(layer, "weight", _UnitNorm(layer.weight))

    @torch.no_grad()
    def after_update(self, discriminator: nn.Module):
        """Let the singular vectors follow the weights, in place."""
        for layer in discriminator.modules():
            for part in _parametrizations(layer):
                if isinstance(part, _UnitNorm):
                    part.follow(layer.parametrizations.weight.original, self.power_iterations)

    def __repr__(self):
        steps = self.power_iterations
        return "SpectralNorm()" if steps is None else f"SpectralNorm(power_iterations={steps})"


def interpolate(real, fake, shares):
    """shares * real + (1 - shares) * fake, one share for each sample, shape (batch,)."""
    shares = shares.reshape(-1, *[1] * (real.ndim - 1))
    return shares * real + (1 - shares) * fake


def _slopes(discriminator, samples, labels):
    """The gradient of each score in its samples, shape of `samples`, and how many scores there are."""
    samples = samples.detach()  # the penalty is the discriminator's: it must not move the generator
    pack = getattr(discriminator, "pack", 1)  # a pack's samples share one score: count it once

    def total(samples):
        scores = discriminator(samples) if labels is None else discriminator(samples, labels)
        return scores[::pack].sum()

    if has_values(samples):
        samples = samples.requires_grad_()
        # create_graph: the penalty's own gradient goes through this one.
        (slopes,) = torch.autograd.grad(total(samples), samples, create_graph=True)
    else:  # Inside vmap only torch.func can differentiate; outside it takes about a quarter longer.
        slopes = torch.func.grad(total)(samples)
    return slopes, len(samples) // pack


# Transposed convolutions keep their kernel as (in, out, ...) and do not occur in discriminators.
_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Embedding)


def _parametrizations(layer):
    return layer.parametrizations.weight if parametrize.is_parametrized(layer, "weight") else ()


class _UnitNorm(nn.Module):
    """weight -> weight / u'Wv; `u` and `v` are buffers that only `follow` moves."""

    def __init__(self, weight):
        super().__init__()
        u, v = _leading_singular_vectors(weight.detach().flatten(1))
        self.register_buffer("u", u)
        self.register_buffer("v", v)

    def forward(self, weight):
        sigma = self.u @ (weight.flatten(1) @ self.v)
        return weight / sigma.clamp(min=torch.finfo(weight.dtype).tiny)

    def follow(self, weight, power_iterations):
        matrix = weight.flatten(1)
        if power_iterations is None:
            u, v = _leading_singular_vectors(matrix)
        else:
            u, v = _power_iteration(matrix, self.u, power_iterations)
        self.u.copy_(u)
        self.v.copy_(v)


def _leading_singular_vectors(matrix):
    # The symmetric eigenproblem of the smaller side is 2 to 4 times as fast as the decomposition itself.
    if matrix.shape[0] > matrix.shape[1]:
        v, u = _leading_singular_vectors(matrix.T)
        return u, v
    u = torch.linalg.eigh(matrix @ matrix.T).eigenvectors[:, -1]
    return u, normalize(matrix.T @ u, dim=0)


def _power_iteration(matrix, u, steps):
    for _ in range(steps):
        v = normalize(matrix.T @ u, dim=0)
        u = normalize(matrix @ v, dim=0)
    return u, v
