"""A small conditional game on two classes that lie apart: class 0 at (-2, 0), the rarer class 1 at (2, 0)."""

import torch
from torch import nn

from ganlab.objectives import NonSaturating
from ganlab.seeding import isolated_randomness
from ganlab.training import Game


class LabelledGenerator(nn.Module):
    latent_dim = 2

    def __init__(self, width=16, n_classes=2):
        super().__init__()
        self.n_classes = n_classes
        self.layers = nn.Sequential(nn.Linear(2 + n_classes, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, latent, labels):
        return self.layers(torch.cat([latent, one_hot(labels, self.n_classes)], 1))


class LabelledDiscriminator(nn.Module):
    def __init__(self, width=16, n_classes=2):
        super().__init__()
        self.n_classes = n_classes
        self.layers = nn.Sequential(nn.Linear(2 + n_classes, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))

    def forward(self, samples, labels):
        return self.layers(torch.cat([samples, one_hot(labels, self.n_classes)], 1)).squeeze(1)


def one_hot(labels, n_classes):
    return nn.functional.one_hot(labels, n_classes).float()


def conditional_game(objective=None, seed=0, n_classes=2, **settings):
    with isolated_randomness(seed):
        networks = LabelledGenerator(n_classes=n_classes), LabelledDiscriminator(n_classes=n_classes)
    return Game(*networks, objective or NonSaturating(), **settings)


def conditional_data(n=80, share_of_class_1=0.25):
    rng = torch.Generator().manual_seed(5)
    labels = (torch.arange(n) < share_of_class_1 * n).long()
    centres = torch.tensor([[-2.0, 0.0], [2.0, 0.0]])
    return centres[labels] + 0.2 * torch.randn(n, 2, generator=rng), labels
