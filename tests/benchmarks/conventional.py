"""GAN training as most public code writes it, to be compared with: plain PyTorch, one game.

Two Adam optimizers, zero_grad, sigmoid inside the discriminator, BCELoss against tensors of labels, a
DataLoader over a TensorDataset, and .item() in every step.
"""

import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Probability(nn.Module):
    """A discriminator of raw scores, shape (n,), made into one that ends in a sigmoid, shape (n, 1)."""

    def __init__(self, discriminator):
        super().__init__()
        self.discriminator = discriminator

    def forward(self, samples):
        return torch.sigmoid(self.discriminator(samples)).unsqueeze(1)


def steps(generator, discriminator, data, *, batch_size, latent_dim, learning_rate=1e-3, noise=torch.randn):
    """Train for ever; yield both losses after every step."""
    criterion = nn.BCELoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=learning_rate, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=learning_rate, betas=(0.5, 0.999))
    loader = DataLoader(TensorDataset(data), batch_size=batch_size, shuffle=True, drop_last=True)

    for (real,) in itertools.chain.from_iterable(itertools.repeat(loader)):
        real_label, fake_label = torch.ones(batch_size, 1), torch.zeros(batch_size, 1)

        discriminator.zero_grad()
        loss_real = criterion(discriminator(real), real_label)
        loss_real.backward()
        fake = generator(noise(batch_size, latent_dim))
        loss_fake = criterion(discriminator(fake.detach()), fake_label)
        loss_fake.backward()
        optimizer_d.step()

        generator.zero_grad()
        loss_g = criterion(discriminator(fake), real_label)
        loss_g.backward()
        optimizer_g.step()

        yield loss_real.item() + loss_fake.item(), loss_g.item()
