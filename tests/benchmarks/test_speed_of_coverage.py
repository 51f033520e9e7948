"""How fast coverage is measured beside the packages prdc and vendi_score, and that the numbers agree.

The long table, with 10,000 samples, by hand:

    python tests/benchmarks/test_speed_of_coverage.py 500 2000 10000

Ours answers with intervals and perfect values, theirs with the numbers alone; "numbers alone" is ours
without the groups. Ratios are printed and none is asserted: others may be using the machine.
"""

import contextlib
import io
import sys
import time
from statistics import median

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
    from prdc import compute_prdc
    from vendi_score import vendi

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


def table(n, rounds):
    lines = []
    for name, runners in contestants(n).items():
        seconds = {runner: [] for runner in runners}
        for _ in range(rounds):  # in turns, so that a busy moment hits all
            for runner, run in runners.items():
                start = time.perf_counter()
                found = run()
                seconds[runner].append(time.perf_counter() - start)
                if runner == "package":
                    expected = found
                np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=f"{name}: {runner}")
        for runner, mine in seconds.items():
            ratios = [theirs / own for theirs, own in zip(seconds["package"], mine, strict=True)]
            lines.append(
                f"n = {n:6,}  {name:6} {runner:15} {median(mine):8.3f} s   package takes "
                f"{median(ratios):5.2f} x ({min(ratios):.2f} to {max(ratios):.2f})"
            )
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 2000])
def test_numbers_agree_with_the_packages_and_the_ratio_is_printed(n):
    pytest.importorskip("prdc")
    pytest.importorskip("vendi_score.vendi", exc_type=ImportError)
    print("\n" + table(n, rounds=2))


if __name__ == "__main__":
    for n in sys.argv[1:] or ["500", "2000"]:
        print(table(int(n), rounds=3 if int(n) < 5000 else 1), flush=True)
