"""Run submissions on the machines of a Dask cluster, each of which has the same installation and bubblewrap.

What travels is a rebuilt notebook, and back comes the notebook with its outputs. Everything else, the
gradebook above all, stays with the one process that grades: a submission whose worker dies is run again by
another, and is recorded once.
"""

import functools
import subprocess

from ganlab.grading.course import CourseError, code_version
from ganlab.grading.running import run
from ganlab.grading.sandbox.pool import Sandboxes
from ganlab.grading.sandbox.sandbox import refuse_without_sandbox

CONNECT_SECONDS = 10


class Cluster:
    """The workers of a cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    CourseError
        If there is no such scheduler, it has no worker, or a worker cannot grade.
    """

    def __init__(self, address):
        try:
            from distributed import Client
        except ImportError:
            raise CourseError(
                "--dask needs Dask: `pip install 'ganlab[dask]'`, here and on each worker."
            ) from None
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as problem:
            raise CourseError(
                f"no Dask scheduler answers at {address} ({problem}); expected the address that "
                "`dask scheduler` prints, such as tcp://host:8786."
            ) from None
        try:
            self.n_workers = sum(self._client.nthreads().values())
            if not self.n_workers:
                raise CourseError(
                    f"the Dask scheduler at {address} has no worker: start `dask worker {address}`."
                )
            self._client.run(_refuse_a_worker_that_cannot_grade, code_version())
        except BaseException:
            self.close()
            raise

    def run(self, *work):
        """What `_run_here` makes of this work, on whichever worker is free."""
        return self._client.submit(_run_here, *work, pure=False).result()

    def close(self):
        self._client.close()


def _refuse_a_worker_that_cannot_grade(version):
    if code_version() != version:
        raise CourseError("a Dask worker has another version of ganlab: install the same one and restart it.")
    refuse_without_sandbox()


def _run_here(notebook, imports, limits, seconds, arguments):
    with _sandboxes(limits).two_if_split(notebook, imports) as (sandbox, tests):
        return run(notebook, sandbox, seconds, arguments, tests)


@functools.cache
def _sandboxes(limits):
    """Of this worker, for as long as it lives; they end with it."""
    return Sandboxes(limits, subprocess.DEVNULL)
