"""Sandboxes that are used again: a new one imports torch, which takes longer than most tests."""

import contextlib
import queue
import threading

from ganlab.grading.sandbox.sandbox import Sandbox
from ganlab.grading.split.kernels import SPLIT


class Sandboxes:
    """Sandboxes that are used again as long as they are clean. Several threads may ask at once.

    Parameters
    ----------
    limits, log
        Of `Sandbox`.
    """

    def __init__(self, limits, log):
        self.limits, self.log = limits, log
        self._idle, self._all, self._lock = {}, [], threading.Lock()

    @contextlib.contextmanager
    def ready(self, imports, holds="answers"):
        """One in which nothing runs, with these imports done; what holds tests never held an answer."""
        idle = self._idle.setdefault((imports, holds), queue.SimpleQueue())
        try:
            sandbox = idle.get_nowait()
        except queue.Empty:
            with self._lock:
                sandbox = Sandbox(imports, self.limits, self.log)
                self._all.append(sandbox)
        try:
            yield sandbox
        except BaseException:
            sandbox.end()
            raise
        if sandbox.runs:
            idle.put(sandbox)

    @contextlib.contextmanager
    def two_if_split(self, notebook, imports):
        """One for the answers, and one for the tests of a notebook that is graded split, else None."""
        with self.ready(imports) as sandbox:
            if SPLIT not in notebook.metadata:
                yield sandbox, None
                return
            with self.ready(imports, "tests") as tests:
                yield sandbox, tests

    def end(self, why):
        with self._lock:
            for sandbox in self._all:
                sandbox.end(why)
