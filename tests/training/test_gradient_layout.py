"""The fused Adam reads memory straight through, so gradients must be laid out like their weights."""

import functools

import pytest
import torch
from torch import nn

from ganlab.models import image_discriminator, image_generator, mlp_generator
from ganlab.objectives import GradientPenalty, Minimax, Wasserstein
from ganlab.training import Game, train


class WithTransposedGradient(nn.Module):
    """einsum hands back the gradient of its matrix transposed in memory."""

    def __init__(self):
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(5, 2, generator=torch.Generator().manual_seed(0)))
        self.n_classes = None

    def forward(self, samples):
        return torch.einsum("oi,ni->no", self.matrix, samples).tanh().sum(1)


# Torch's own, one weight after another: it goes by index and not by memory.
PLAIN_ADAM = functools.partial(torch.optim.Adam, betas=(0.5, 0.999), fused=False)


def weights_after_training(game, data, *, fused):
    if not fused:
        game = Game(game.generator, game.discriminator, game.objective, optimizer=PLAIN_ADAM)
    train(game, data, 5, batch_size=8, seed=0, progress=False)
    players = (game.generator, game.discriminator)
    return torch.cat([weights.detach().flatten() for player in players for weights in player.parameters()])


def test_a_transposed_gradient_moves_the_weights_that_it_belongs_to():
    def game():
        return Game(mlp_generator(width=8, seed=0), WithTransposedGradient(), Minimax())

    data = torch.randn(64, 2, generator=torch.Generator().manual_seed(1))
    fused, plain = (weights_after_training(game(), data, fused=fused) for fused in (True, False))
    torch.testing.assert_close(fused, plain, rtol=0, atol=1e-5)


@pytest.mark.parametrize("constraint", [GradientPenalty()])
def test_so_do_gradients_of_a_penalty_on_convolutions(constraint):
    def game():
        networks = image_generator(latent_dim=8, width=4, seed=0), image_discriminator(width=4, seed=1)
        return Game(*networks, Wasserstein(constraint))

    images = torch.rand(32, 1, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    fused, plain = (weights_after_training(game(), images, fused=fused) for fused in (True, False))
    torch.testing.assert_close(fused, plain, rtol=0, atol=1e-4)
