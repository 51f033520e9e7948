"""Make every run repeatable without disturbing anybody else's randomness."""

import operator
from contextlib import contextmanager

import numpy as np
import torch


def seeded_rng(seed):
    """A torch.Generator of its own, started from `seed`; `seed=None` starts it from fresh entropy.

    Parameters
    ----------
    seed : int from 0 to 2 ** 63 - 1, torch.Generator or None
        A generator is handed back as it is, so that functions can pass theirs on.

    Examples
    --------
    >>> import torch
    >>> first, again = (torch.rand(2, generator=seeded_rng(3)) for _ in range(2))
    >>> bool((first == again).all())
    True
    """
    if isinstance(seed, torch.Generator):
        return seed
    rng = torch.Generator()
    if seed is None:
        rng.seed()
        return rng
    try:
        seed = operator.index(seed)
    except TypeError:
        raise ValueError(f"seed must be a whole number, a torch.Generator or None; got {seed!r}.") from None
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed must be 0 or more and below 2 ** 63; got {seed}.")
    return rng.manual_seed(seed)


@contextmanager
def isolated_randomness(seed):
    """Seed torch's global randomness inside the block and put it back as it was afterwards.

    For the parts of torch that only know the global state: weight initialisation, and ``sample`` of
    torch.distributions.
    """
    rng = seeded_rng(seed)
    start = int(torch.randint(2**62, (), generator=rng))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(start)
        yield


@contextmanager
def one_thread():
    """Let torch use one thread inside the block, for a run that is to come out the same again.

    Two threads add up in another order, and the last digits grow over hundreds of steps. The number is
    put back afterwards.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def seeded_numpy_rng(seed):
    """The same for numpy: a numpy.random.Generator started from `seed`.

    Parameters
    ----------
    seed : int >= 0, torch.Generator or None
        A torch.Generator is asked for the starting number, and moves on by one draw.

    Examples
    --------
    >>> seeded_numpy_rng(3).integers(100) == seeded_numpy_rng(3).integers(100)
    np.True_
    """
    return np.random.default_rng(int(torch.randint(2**62, (), generator=seeded_rng(seed))))
