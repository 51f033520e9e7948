"""A distance in place of a divergence: it tells the generator how far, not only that, it is off."""

from ganlab.objectives.objective import Objective
from ganlab.objectives.scores import check_scores


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

    def __init__(self, constraint):
        if constraint is None:
            raise ValueError(
                "Wasserstein needs a constraint that keeps its critic Lipschitz: GradientPenalty(), "
                "SpectralNorm() or WeightClipping(); got None. Unconstrained() shows what happens without."
            )
        super().__init__(constraint=constraint)

    def discriminator_loss(self, real_scores, fake_scores):
        r"""Minus the estimated distance: :math:`\mathbb{E}[s_\text{fake}] - \mathbb{E}[s_\text{real}]`.

        Parameters
        ----------
        real_scores, fake_scores : tensor, shape (batch,), unbounded
            Raw scores; the two batches may differ in size.

        Returns
        -------
        loss : scalar tensor, unbounded
            0 for a critic that cannot tell; more negative as it ranks reals further above fakes.

        Raises
        ------
        ValueError
            If a batch is empty, not one-dimensional, not floating point or not finite.

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

    def generator_loss(self, fake_scores):
        r"""The one term of the distance that the generator can move: :math:`-\mathbb{E}[s_\text{fake}]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of generated samples.

        Returns
        -------
        loss : scalar tensor, unbounded
            Its slope in a score is -1 everywhere; its value alone says nothing about quality.

        Raises
        ------
        ValueError
            If the batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> from ganlab.objectives import GradientPenalty
        >>> Wasserstein(GradientPenalty()).generator_loss(torch.tensor([1.0, 2.0]))
        tensor(-1.5000)
        """
        check_scores(fake_scores, "fake_scores")
        return -fake_scores.mean()
