"""Timings that can be compared on a machine that others use too: in turns, and as ratios of pairs."""

import itertools
import time
from contextlib import contextmanager

import torch


@contextmanager
def threads(n):
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Stopwatch:
    """Seconds per item of iterators, each advanced by `items` in turn, `rounds` times.

    Parameters
    ----------
    contestants : dict
        Name to (iterator, number of threads).
    """

    def __init__(self, contestants, *, items, rounds=7, warm_up=3):
        self.seconds = {name: [] for name in contestants}
        for iterator, n_threads in contestants.values():
            with threads(n_threads):
                _advance(iterator, warm_up)
        for _ in range(rounds):
            for name, (iterator, n_threads) in contestants.items():
                with threads(n_threads):
                    start = time.perf_counter()
                    _advance(iterator, items)
                    self.seconds[name].append((time.perf_counter() - start) / items)

    def ratios(self, slow, fast, *, games=1):
        """How many times as long `slow` takes as `fast`, in each round; `fast` plays `games` at once."""
        return [games * a / b for a, b in zip(self.seconds[slow], self.seconds[fast], strict=True)]


def faster_number_of_threads(make_iterator, items=3):
    """1 or 2, whichever plays a few items sooner: what somebody who tunes a loop would settle for."""
    seconds = {}
    for n in (1, 2):
        iterator = make_iterator()
        with threads(n):
            _advance(iterator, 1)
            start = time.perf_counter()
            _advance(iterator, items)
            seconds[n] = time.perf_counter() - start
    return min(seconds, key=seconds.get)


def _advance(iterator, n):
    for _ in itertools.islice(iterator, n):
        pass
