"""The objectives: what both players minimise, from minimax to Wasserstein; and the losses of a CycleGAN."""

import torch
from array_api_compat import array_namespace, is_torch_array
from torch.nn.functional import relu, softplus

from ganlab.objectives.constraints import Unconstrained
from ganlab.shapes import Loss, Samples, Scores
from ganlab.tracing import has_values
from ganlab.validation import as_array, refuse_non_finite, same_shape


class Objective:
    """The part that all objectives share; the losses are each objective's own.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None means that nothing does. A constraint suits any
        objective: spectral norm with the hinge is the usual pair for images.

    Attributes
    ----------
    constraint : object
        Called by the game: ``prepare`` once, ``penalty`` in each discriminator step, ``after_update``
        after it.
    real_above : float or None
        Scores above this read as "real". None where a score means nothing by itself.
    """

    real_above = 0.0

    def __init__(self, *, constraint=None):
        self.constraint = Unconstrained() if constraint is None else _checked(constraint)

    def __repr__(self):
        inside = "" if type(self.constraint) is Unconstrained else f"constraint={self.constraint!r}"
        return f"{type(self).__name__}({inside})"


class Minimax(Objective):
    r"""Discriminator and generator pull on the same number, the value of the game.

    .. math:: V(D, G) = \mathbb{E}[\log D(x)] + \mathbb{E}[\log(1 - D(G(z)))],
       \qquad D = \operatorname{sigmoid}(\text{score})

    The discriminator minimises :math:`-V`; the generator minimises the one term of :math:`V` that it
    can move. When the discriminator is sure of itself that term is flat and the generator learns
    nothing: the objective *saturates*, which :class:`NonSaturating` was made to avoid.

    Both losses are written with softplus, since :math:`\log(1 - \operatorname{sigmoid}(s)) =
    -\operatorname{softplus}(s)`; they stay finite for any finite score.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None, as in the paper, means that nothing does.

    References
    ----------
    .. [1] Goodfellow et al. (2014), Generative Adversarial Nets, arXiv:1406.2661.
    """

    def discriminator_loss(self, real_scores: Scores, fake_scores: Scores) -> Loss:
        r"""Penalise reals scored low and fakes scored high: :math:`-V`.

        .. math:: \mathbb{E}[\operatorname{softplus}(-s_\text{real})] +
           \mathbb{E}[\operatorname{softplus}(s_\text{fake})]

        Parameters
        ----------
        real_scores, fake_scores : tensor, shape (batch,), unbounded
            Raw scores; the two batches may differ in size.

        Returns
        -------
        loss : scalar tensor, >= 0
            2 log 2 = 1.386 nats for a discriminator that cannot tell (all scores 0).

        Examples
        --------
        >>> import torch
        >>> Minimax().discriminator_loss(torch.zeros(4), torch.zeros(4))
        tensor(1.3863)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return softplus(-real_scores).mean() + softplus(fake_scores).mean()

    def generator_loss(self, fake_scores: Scores) -> Loss:
        r"""Penalise fakes that are caught: :math:`\mathbb{E}[\log(1 - D(G(z)))]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of fakes.

        Returns
        -------
        loss : scalar tensor, <= 0
            Its slope in a score is -sigmoid(score): nearly 0 for a fake that is surely caught.

        Examples
        --------
        >>> import torch
        >>> Minimax().generator_loss(torch.zeros(4))
        tensor(-0.6931)
        """
        check_scores(fake_scores, "fake_scores")
        return -softplus(fake_scores).mean()


class NonSaturating(Minimax):
    r"""The minimax discriminator against a generator that minimises :math:`-\log D(G(z))`.

    Instead of lowering the probability of being caught, the generator raises the probability of being
    taken for real. The fixed point of the game is the same; the gradient is strong exactly where the
    minimax one vanishes.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None, as in the paper, means that nothing does.

    References
    ----------
    .. [1] Goodfellow et al. (2014), Generative Adversarial Nets, arXiv:1406.2661, section 3.
    """

    def generator_loss(self, fake_scores: Scores) -> Loss:
        r"""Reward fakes that pass for real: :math:`\mathbb{E}[\operatorname{softplus}(-s_\text{fake})]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of fakes.

        Returns
        -------
        loss : scalar tensor, >= 0
            Its slope in a score is -(1 - sigmoid(score)): nearly -1 for a fake that is surely caught.

        Examples
        --------
        >>> import torch
        >>> NonSaturating().generator_loss(torch.zeros(4))
        tensor(0.6931)
        """
        check_scores(fake_scores, "fake_scores")
        return softplus(-fake_scores).mean()


class LeastSquares(Objective):
    r"""The discriminator regresses on the labels 1 (real) and 0 (fake); the generator aims at 1.

    A fake far on the wrong side is pulled in proportion to its distance, so the generator's gradient
    does not vanish where the minimax one does. A fake that scores *above* 1 is pulled back, too: the
    losses care about the distance to a label, not about the side. A score reads as real above 1/2.

    This is the paper's 0-1 coding (its equation 9); its other coding (-1, 1, 0) minimises a
    :math:`\chi^2` divergence and trains alike.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None, as in the paper, means that nothing does.

    References
    ----------
    .. [1] Mao et al. (2017), Least Squares Generative Adversarial Networks, arXiv:1611.04076.
    """

    real_above = 0.5

    def discriminator_loss(self, real_scores: Scores, fake_scores: Scores) -> Loss:
        r"""Penalise reals by their distance from 1 and fakes by theirs from 0.

        .. math:: \tfrac12 \mathbb{E}[(s_\text{real} - 1)^2] + \tfrac12 \mathbb{E}[s_\text{fake}^2]

        Parameters
        ----------
        real_scores, fake_scores : tensor, shape (batch,), unbounded
            Raw scores; the two batches may differ in size.

        Returns
        -------
        loss : scalar tensor, >= 0
            1/4 for a discriminator that cannot tell and knows it (all scores 1/2).

        Examples
        --------
        >>> import torch
        >>> LeastSquares().discriminator_loss(torch.tensor([0.5]), torch.tensor([0.5]))
        tensor(0.2500)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2

    def generator_loss(self, fake_scores: Scores) -> Loss:
        r"""Penalise fakes by their distance from 1: :math:`\tfrac12 \mathbb{E}[(s_\text{fake} - 1)^2]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of fakes.

        Returns
        -------
        loss : scalar tensor, >= 0
            Its slope in a score is score - 1: the further off, the stronger, on either side.

        Examples
        --------
        >>> import torch
        >>> LeastSquares().generator_loss(torch.tensor([0.0, 1.0]))
        tensor(0.2500)
        """
        check_scores(fake_scores, "fake_scores")
        return (fake_scores - 1).square().mean() / 2


class Hinge(Objective):
    r"""The discriminator wants reals above +1 and fakes below -1, and no more than that.

    Samples outside the margin pass it no gradient, so it spends its effort on those that it cannot yet
    tell apart, as a support vector machine does. The generator simply raises its score. With
    :class:`SpectralNorm`, which bounds the scores that it raises, this is the usual choice for images.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None, as in the paper, means that nothing does.

    References
    ----------
    .. [1] Lim & Ye (2017), Geometric GAN, arXiv:1705.02894.
    .. [2] Miyato et al. (2018), Spectral Normalization for GANs, arXiv:1802.05957.
    """

    def discriminator_loss(self, real_scores: Scores, fake_scores: Scores) -> Loss:
        r"""Penalise reals scored below +1 and fakes scored above -1.

        .. math:: \mathbb{E}[\max(0, 1 - s_\text{real})] + \mathbb{E}[\max(0, 1 + s_\text{fake})]

        Parameters
        ----------
        real_scores, fake_scores : tensor, shape (batch,), unbounded
            Raw scores; the two batches may differ in size.

        Returns
        -------
        loss : scalar tensor, >= 0
            Zero once every sample lies outside the margin; 2 where all scores are equal and within it.

        Examples
        --------
        >>> import torch
        >>> Hinge().discriminator_loss(torch.tensor([2.0]), torch.tensor([-0.5]))
        tensor(0.5000)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return relu(1 - real_scores).mean() + relu(1 + fake_scores).mean()

    def generator_loss(self, fake_scores: Scores) -> Loss:
        r"""Reward fakes for their score, without a margin: :math:`-\mathbb{E}[s_\text{fake}]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of fakes.

        Returns
        -------
        loss : scalar tensor, unbounded
            Its slope in a score is -1 everywhere.

        Examples
        --------
        >>> import torch
        >>> Hinge().generator_loss(torch.tensor([2.0, -1.0]))
        tensor(-0.5000)
        """
        check_scores(fake_scores, "fake_scores")
        return -fake_scores.mean()


class Wasserstein(Objective):
    r"""The critic estimates the Wasserstein-1 distance; the generator shortens it.

    .. math:: W_1(p, q) = \sup_{\lVert f \rVert_L \le 1} \mathbb{E}_{x \sim p}[f(x)] -
       \mathbb{E}_{x \sim q}[f(x)]

    The discriminator is called the critic here: it ranks, it does not classify. Only differences of its
    scores mean anything, so there is no score above which a sample is real. Minus the critic's loss
    (without the penalty) is its estimate of the distance, in the units of the data, and a lower bound
    as far as the critic really is 1-Lipschitz.

    On disjoint supports the Jensen-Shannon divergence is log 2 whatever lies between them; this distance
    keeps falling as the generator comes closer. A critic may, and should, be trained ahead of the
    generator: five updates for each of the generator's is usual.

    Parameters
    ----------
    constraint : WeightClipping, GradientPenalty, SpectralNorm or Unconstrained
        What keeps the critic 1-Lipschitz. There is no default, since the choice decides the result.
        Without any (say so with ``Unconstrained()``) the supremum is infinite and the scores run away.

    References
    ----------
    .. [1] Arjovsky et al. (2017), Wasserstein GAN, arXiv:1701.07875.

    Examples
    --------
    >>> from ganlab.objectives import GradientPenalty
    >>> Wasserstein(GradientPenalty(weight=10))
    Wasserstein(constraint=GradientPenalty(weight=10))
    """

    real_above = None

    def __init__(self, constraint: object):
        if constraint is None:
            raise ValueError(
                "Wasserstein needs a constraint that keeps its critic Lipschitz: GradientPenalty(), "
                "SpectralNorm() or WeightClipping(); got None. Unconstrained() shows what happens without."
            )
        super().__init__(constraint=constraint)

    def discriminator_loss(self, real_scores: Scores, fake_scores: Scores) -> Loss:
        r"""Minus the estimated distance: :math:`\mathbb{E}[s_\text{fake}] - \mathbb{E}[s_\text{real}]`.

        Parameters
        ----------
        real_scores, fake_scores : tensor, shape (batch,), unbounded
            Raw scores; the two batches may differ in size.

        Returns
        -------
        loss : scalar tensor, unbounded
            0 for a critic that cannot tell; more negative as it ranks reals further above fakes.

        Examples
        --------
        >>> import torch
        >>> from ganlab.objectives import GradientPenalty
        >>> Wasserstein(GradientPenalty()).discriminator_loss(torch.tensor([3.0]), torch.tensor([1.0]))
        tensor(-2.)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return fake_scores.mean() - real_scores.mean()

    def generator_loss(self, fake_scores: Scores) -> Loss:
        r"""The one term of the distance that the generator can move: :math:`-\mathbb{E}[s_\text{fake}]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of fakes.

        Returns
        -------
        loss : scalar tensor, unbounded
            Its slope in a score is -1 everywhere; its value alone says nothing about quality.

        Examples
        --------
        >>> import torch
        >>> from ganlab.objectives import GradientPenalty
        >>> Wasserstein(GradientPenalty()).generator_loss(torch.tensor([1.0, 2.0]))
        tensor(-1.5000)
        """
        check_scores(fake_scores, "fake_scores")
        return -fake_scores.mean()


def cycle_consistency(original: Samples, reconstructed: Samples):
    r"""How much is lost on the way there and back: :math:`\mathbb{E}\,|F(G(x)) - x|`.

    The mean absolute difference over all samples and pixels. A translation that can be undone has kept
    the content. It may still have hidden it where no reader sees it, and a lesion invented on the way
    there and removed on the way back costs nothing.

    Parameters
    ----------
    original, reconstructed : array, shape (n, ...), the same for both
        Samples x, and F(G(x)); numpy or torch. Not the translated G(x), which lies in the other domain
        and is supposed to differ.

    Returns
    -------
    loss : scalar, >= 0
        In the units of the samples. A tensor (with its gradient) if given tensors.

    References
    ----------
    .. [1] Zhu et al. (2017), Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
       Networks, arXiv:1703.10593, equation 2.

    Examples
    --------
    >>> import torch
    >>> cycle_consistency(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 3.0]]))
    tensor(0.5000)
    """
    return _mean_absolute_difference(original, reconstructed, "original", "reconstructed")


def identity_loss(target: Samples, mapped: Samples):
    r"""How much a translator changes what needs no translation: :math:`\mathbb{E}\,|G(y) - y|`.

    `target` are samples y that lie in the domain G translates *into*. Discourages needless change, of
    the overall intensity above all.

    Parameters
    ----------
    target, mapped : array, shape (n, ...), the same for both
        Samples y, and G(y); numpy or torch.

    Returns
    -------
    loss : scalar, >= 0
        In the units of the samples. A tensor (with its gradient) if given tensors.

    References
    ----------
    .. [1] Zhu et al. (2017), arXiv:1703.10593, section 5.2.

    Examples
    --------
    >>> import numpy as np
    >>> float(identity_loss(np.array([[0.0, 0.0]]), np.array([[0.5, -0.5]])))
    0.5
    """
    return _mean_absolute_difference(target, mapped, "target", "mapped")


def _mean_absolute_difference(first, second, first_name, second_name):
    if is_torch_array(first) != is_torch_array(second):
        raise ValueError(
            f"{first_name} and {second_name} must both be torch tensors or both numpy arrays; "
            f"got {type(first).__name__} and {type(second).__name__}."
        )
    if not is_torch_array(first) or (has_values(first) and has_values(second)):
        first, second = as_array(first, first_name), as_array(second, second_name)
    same_shape(first, second, first_name, second_name)
    if 0 in first.shape:
        raise ValueError(f"{first_name} is empty; expected at least one sample, shape (n, ...).")
    xp = array_namespace(first, second)
    return xp.mean(xp.abs(first - second))


def check_scores(scores, name):
    """Refuse anything but a non-empty batch of finite floating-point raw scores, shape (batch,).

    Inside ``torch.func.vmap`` only the type and the shape can be checked.
    """
    if not isinstance(scores, torch.Tensor) or not scores.is_floating_point():
        kind = scores.dtype if isinstance(scores, torch.Tensor) else type(scores).__name__
        raise ValueError(f"{name} must be a floating-point torch tensor of raw scores; got {kind}.")
    if scores.ndim != 1 or len(scores) == 0:
        raise ValueError(
            f"{name} must have shape (batch,) with one score or more; got {tuple(scores.shape)}. "
            "A discriminator gives one number per sample: squeeze a trailing axis of size 1."
        )
    if has_values(scores):
        refuse_non_finite(scores, name)


def _checked(constraint):
    methods = ("prepare", "penalty", "after_update")
    if (
        isinstance(constraint, type)
        or not all(callable(getattr(constraint, method, None)) for method in methods)
        or not isinstance(getattr(constraint, "has_penalty", None), bool)
    ):
        raise ValueError(
            f"constraint must be an object with the methods {', '.join(methods)} and a boolean has_penalty; "
            f"got {constraint!r}. Pass an object such as GradientPenalty(), not its name and not its class."
        )
    return constraint
