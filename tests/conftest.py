"""How pytest-xdist deals the tests out: by file, and what tests the notebooks by module of the course too."""

import re

MODULE = re.compile(r"^tests/(?:notebooks|browser)/.*?\[\D*(?P<module>\d\d)-")


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndModule(LoadFileScheduling):
        """Keeps tests that share a fixture on one worker, and lets two modules be tested at once."""

        def _split_scope(self, nodeid):
            module = MODULE.match(nodeid)
            return super()._split_scope(nodeid) + (module["module"] if module else "")

    return ByFileAndModule(config, log) if config.getvalue("dist") == "loadfile" else None
