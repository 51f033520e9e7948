"""How pytest-xdist deals the tests out, what its workers are spared, and who needs a sandbox.

They are dealt out by file and by module of the course.
"""

import gc
import os
import re

import pytest

# All lessons are graded in one go, so their tests stay together.
MODULE = re.compile(r"^tests/(?:notebooks/(?!test_grading)|browser/).*?\[\D*(?P<module>\d\d)-")

# Of numpy, scipy, scikit-learn and torch. One of many keeps its core busy while it waits for the others.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def pytest_configure(config):
    """Gives each worker one thread to compute on, before it starts; the other cores have workers, too."""
    if config.getoption("numprocesses", None):
        os.environ.update(dict.fromkeys(THREADS, "1"))


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndModule(LoadFileScheduling):
        """Keeps tests that share a fixture on one worker, and lets two modules be tested at once."""

        def _split_scope(self, nodeid):
            module = MODULE.match(nodeid)
            return super()._split_scope(nodeid) + (module["module"] if module else "")

    # Or those with the most tests come first, and a file of one test of a minute is the last of all.
    config.option.loadscopereorder = False
    return ByFileAndModule(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config, items):
    """Deals out what takes minutes first, so that in the end no worker waits for another."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (not item.get_closest_marker("browser"), item.path not in slow))


def pytest_collection_finish(session):
    """Leaves what was imported to find the tests out of garbage collections.

    One takes a second then, and some libraries ask for one in each call (multipletests of statsmodels).
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sandbox_can_be_made():
    """Skips what runs students' code, and says what to install, where there is no sandbox for it."""
    from ganlab.grading import CourseError
    from ganlab.grading.sandbox.sandbox import refuse_without_sandbox

    try:
        refuse_without_sandbox()
    except CourseError as problem:
        pytest.skip(f"students' code needs a sandbox: {problem}")
