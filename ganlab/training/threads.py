"""How many threads a game is worth."""

from contextlib import contextmanager, nullcontext

from ganlab.seeding import one_thread

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
    with one_thread() if fully_connected and work < WORTH_A_SECOND_THREAD else nullcontext():
        yield
