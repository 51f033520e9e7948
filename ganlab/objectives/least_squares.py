"""Scores as a regression: reals towards 1, fakes towards 0."""

from ganlab.objectives.objective import Objective
from ganlab.objectives.scores import check_scores


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

    def discriminator_loss(self, real_scores, fake_scores):
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

        Raises
        ------
        ValueError
            If a batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> LeastSquares().discriminator_loss(torch.tensor([0.5]), torch.tensor([0.5]))
        tensor(0.2500)
        """
        check_scores(real_scores, "real_scores")
        check_scores(fake_scores, "fake_scores")
        return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2

    def generator_loss(self, fake_scores):
        r"""Penalise fakes by their distance from 1: :math:`\tfrac12 \mathbb{E}[(s_\text{fake} - 1)^2]`.

        Parameters
        ----------
        fake_scores : tensor, shape (batch,), unbounded
            Raw scores of generated samples.

        Returns
        -------
        loss : scalar tensor, >= 0
            Its slope in a score is score - 1: the further off, the stronger, on either side.

        Raises
        ------
        ValueError
            If the batch is empty, not one-dimensional, not floating point or not finite.

        Examples
        --------
        >>> import torch
        >>> LeastSquares().generator_loss(torch.tensor([0.0, 1.0]))
        tensor(0.2500)
        """
        check_scores(fake_scores, "fake_scores")
        return (fake_scores - 1).square().mean() / 2
