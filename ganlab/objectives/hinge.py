"""A margin: what is safely on its own side is left alone."""

from torch.nn.functional import relu

from ganlab.objectives.objective import Objective
from ganlab.objectives.scores import check_scores


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

    def discriminator_loss(self, real_scores, fake_scores):
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

        Raises
        ------
        ValueError
            If a batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> Hinge().discriminator_loss(torch.tensor([2.0]), torch.tensor([-0.5]))
        tensor(0.5000)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return relu(1 - real_scores).mean() + relu(1 + fake_scores).mean()

    def generator_loss(self, fake_scores):
        r"""Reward fakes for their score, without a margin: :math:`-\mathbb{E}[s_\text{fake}]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of generated samples.

        Returns
        -------
        loss : scalar tensor, unbounded
            Its slope in a score is -1 everywhere.

        Raises
        ------
        ValueError
            If the batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> Hinge().generator_loss(torch.tensor([2.0, -1.0]))
        tensor(-0.5000)
        """
        check_scores(fake_scores, "fake_scores")
        return -fake_scores.mean()
