"""How fast coverage is measured beside the packages prdc and vendi_score, and that the numbers agree.

Ours answers with intervals and perfect values, theirs with the numbers alone; "numbers alone" is ours
without the groups. No ratio is asserted: others may be using the machine.
"""

import contextlib
import io
import time

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from ganlab.diagnostics import prdc, vendi_score
from ganlab.diagnostics.prdc import _values

DIMENSIONS = 64


def samples(n):
    rng = np.random.default_rng(n)
    return rng.normal(size=(n, DIMENSIONS)), rng.normal(0.1, 0.9, size=(n, DIMENSIONS))


def contestants(n):
    """What is timed, by name: functions without arguments that return numbers to compare."""
    compute_prdc = pytest.importorskip("prdc").compute_prdc
    vendi = pytest.importorskip("vendi_score.vendi", exc_type=ImportError)

    real, fake = samples(n)

    def package():
        with contextlib.redirect_stdout(io.StringIO()):
            found = compute_prdc(real, fake, 5)
        return [found[name] for name in ("precision", "recall", "density", "coverage")]

    def ours():
        report = prdc(real, fake, seed=0)
        return [one.value for one in (report.precision, report.recall, report.density, report.coverage)]

    return {
        "prdc": {
            "package": package,
            "numbers alone": lambda: _values(real, fake, 5)[0],
            "with intervals": ours,
        },
        "vendi": {
            "package": lambda: [vendi.score_K(cosine_similarity(fake))],
            "with intervals": lambda: [vendi_score(fake).value],
        },
    }


def test_numbers_agree_with_the_packages():
    for name, runners in contestants(300).items():
        expected = runners["package"]()
        for runner, run in runners.items():
            np.testing.assert_allclose(run(), expected, rtol=1e-6, err_msg=f"{name}: {runner}")


@pytest.mark.bench
@pytest.mark.parametrize("n", [500, 2000])
def test_speed_beside_the_packages(n, keep_ratio):
    for name, runners in contestants(n).items():
        seconds = {runner: [] for runner in runners}
        for _ in range(3):  # in turns, so that a busy moment hits all
            for runner, run in runners.items():
                start = time.perf_counter()
                run()
                seconds[runner].append(time.perf_counter() - start)
        package = seconds.pop("package")
        for runner, ours in seconds.items():
            ratios = [theirs / own for theirs, own in zip(package, ours, strict=True)]
            keep_ratio(f"{name} of {n:,} points, {runner}: its package / ours", ratios)
