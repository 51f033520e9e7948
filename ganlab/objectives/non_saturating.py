"""The same game with a generator that keeps learning while it loses."""

from torch.nn.functional import softplus

from ganlab.objectives.minimax import Minimax
from ganlab.objectives.scores import check_scores


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

    def generator_loss(self, fake_scores):
        r"""Reward fakes that pass for real: :math:`\mathbb{E}[\operatorname{softplus}(-s_\text{fake})]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of generated samples.

        Returns
        -------
        loss : scalar tensor, >= 0
            Its slope in a score is -(1 - sigmoid(score)): nearly -1 for a fake that is surely caught.

        Raises
        ------
        ValueError
            If the batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> NonSaturating().generator_loss(torch.zeros(4))
        tensor(0.6931)
        """
        check_scores(fake_scores, "fake_scores")
        return softplus(-fake_scores).mean()
