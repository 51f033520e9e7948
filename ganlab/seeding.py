"""Seeds and random generators: every run repeatable, and no trace left in anybody else's randomness."""

import operator
from contextlib import contextmanager

import numpy as np
import torch

from ganlab.shapes import Seed


def seeded_rng(seed: Seed = 0) -> torch.Generator:
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


def seeded_numpy_rng(seed: Seed = 0) -> np.random.Generator:
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


def whole_seed(seed: Seed = 0) -> int:
    """The seed itself if it is a whole number, else one drawn from it: scikit-learn and pages take no other.

    Examples
    --------
    >>> whole_seed(7), 0 <= whole_seed(None) < 2**31
    (7, True)
    """
    # As it is, so that results that were stored stay what they were.
    return seed if isinstance(seed, (int, np.integer)) else int(seeded_numpy_rng(seed).integers(2**31))


def forked_rng(rng):
    """A random generator of its own whose start `rng` decides, without `rng` being moved."""
    fork = torch.Generator()
    fork.set_state(rng.get_state())
    return fork.manual_seed(int(torch.randint(2**62, (), generator=fork)))


@contextmanager
def isolated_randomness(seed: Seed = 0):
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


@contextmanager
def undisturbed(*networks: torch.nn.Module):
    """Look at what networks do without changing what they will do.

    Inside, they are in evaluation mode: batch statistics are not updated, nothing is dropped out, power
    iterations stand still. Afterwards every module is in the mode that it was in, and torch's global
    random state is as before.
    """
    modes = [(module, module.training) for network in networks for module in network.modules()]
    try:
        for network in networks:
            network.eval()
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        for module, training in modes:
            module.training = training
