"""How many threads a game is worth."""

from contextlib import contextmanager

import torch

# Multiply-adds of a player's pass over one batch, below which a second thread waits more than it works.
WORTH_A_SECOND_THREAD = 5e7


@contextmanager
def threads_for(*players, batch_size):
    """One thread inside the block for small fully connected players, torch's own number for others.

    A layer of a small network takes microseconds; sharing it out costs more than doing it, and many
    times more while another program (a browser, say) keeps a core busy. The number is put back
    afterwards.
    """
    weights = [weight for player in players for weight in player.parameters()]
    fully_connected = all(weight.ndim <= 2 for weight in weights)
    work = batch_size * sum(weight.numel() for weight in weights)
    before = torch.get_num_threads()
    if fully_connected and work < WORTH_A_SECOND_THREAD:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_thread():
    """One thread inside the block, for a run that is to come out the same again.

    Two threads add up in another order, and the last digits grow over hundreds of steps.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
