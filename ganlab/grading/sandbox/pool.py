"""A new sandbox imports torch, which takes longer than most tests: so each is used again."""

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
        self._ended = False

    @contextlib.contextmanager
    def ready(self, imports, holds="answers"):
        """One in which nothing runs, with these imports done; what holds tests never held an answer."""
        idle = self._idle.setdefault((imports, holds), queue.SimpleQueue())
        try:
            sandbox = idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._ended:
                    raise RuntimeError("the sandboxes were ended") from None
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
        """End all of them, and make no new one; `why` is the reason for the report."""
        with self._lock:
            self._ended = True
            for sandbox in self._all:
                sandbox.end(why)
