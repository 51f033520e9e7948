"""The original game: one value function, pulled both ways."""

from torch.nn.functional import softplus

from ganlab.objectives.objective import Objective
from ganlab.objectives.scores import check_scores


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

    def discriminator_loss(self, real_scores, fake_scores):
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

        Raises
        ------
        ValueError
            If a batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> Minimax().discriminator_loss(torch.zeros(4), torch.zeros(4))
        tensor(1.3863)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return softplus(-real_scores).mean() + softplus(fake_scores).mean()

    def generator_loss(self, fake_scores):
        r"""Penalise fakes that are caught: :math:`\mathbb{E}[\log(1 - D(G(z)))]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of generated samples.

        Returns
        -------
        loss : scalar tensor, <= 0
            Its slope in a score is -sigmoid(score): nearly 0 for a fake that is surely caught.

        Raises
        ------
        ValueError
            If the batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> Minimax().generator_loss(torch.zeros(4))
        tensor(-0.6931)
        """
        check_scores(fake_scores, "fake_scores")
        return -softplus(fake_scores).mean()
