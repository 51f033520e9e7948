"""What `ganlab audit` takes of a wide cohort: seconds by stage, and memory.

    python tests/benchmarks/wide_cohort.py             # 5,000 patients by 1,200 features, in each table
    python tests/benchmarks/wide_cohort.py 1000 300

Both tables come from one law: correlated normal features, every fifth lognormal, every tenth rounded, and a
few counts. The stages follow one another; seconds of the processor are those of all its cores.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from ganlab.audit import audit_files, inputs, measures, verdict

STAGES = {
    "reading the tables": (inputs, "read_feature_table"),
    "checking them": (verdict, "audit_inputs"),
    "ranks": (measures, "rank_scores"),
    "marginals": (measures, "judged_marginals"),
    "marginals of halves": (measures, "perfect_marginals"),
    "correlations": (measures, "_correlations"),
    "energy distance": (measures, "energy_distance"),
    "coverage": (measures, "prdc"),
    "coverage, permuted": (measures, "low_coverage_p"),
    "copies": (measures, "search_copies"),
    "possible values": (measures, "possible_values"),
    "the page": (verdict.Audit, "to_html"),
}


def write_tables(folder, n_patients, n_features):
    """real.csv and synthetic.csv, of one law."""
    rng = np.random.default_rng(0)
    loads = 0.2 * rng.normal(size=(30, n_features))
    for name in ("real", "synthetic"):
        values = rng.normal(size=(n_patients, 30)) @ loads + rng.normal(size=(n_patients, n_features))
        values[:, ::5] = np.exp(values[:, ::5])
        values[:, 1::10] = np.round(10 * values[:, 1::10] + 60)
        values[:, 2::50] = np.round(np.exp(values[:, 2::50]))
        columns = [f"feature_{place}" for place in range(n_features)]
        pd.DataFrame(values, columns=columns).to_csv(folder / f"{name}.csv", index=False)


def seconds_by_stage(folder, **options):
    """Audit the tables in a folder; DataFrame of wall and processor seconds, a row for each stage and all."""
    spent = dict.fromkeys([*STAGES, "everything"], np.zeros(2))

    def timed(stage, function):
        def call(*arguments, **settings):
            before = _clocks()
            result = function(*arguments, **settings)
            spent[stage] = spent[stage] + _clocks() - before
            return result

        return call

    patches = [
        patch.object(place, name, timed(stage, getattr(place, name)))
        for stage, (place, name) in STAGES.items()
    ]
    for change in patches:
        change.start()
    try:
        tables = (folder / "real.csv", folder / "synthetic.csv")
        timed("everything", audit_files)(*tables, None, folder / "audit.html", **options)
    finally:
        for change in patches:
            change.stop()
    return pd.DataFrame(spent, index=["wall", "processor"]).T


def _clocks():
    return np.array([time.perf_counter(), time.process_time()])


def main(n_patients=5000, n_features=1200):
    with tempfile.TemporaryDirectory() as folder:
        write_tables(Path(folder), n_patients, n_features)
        print(seconds_by_stage(Path(folder)).round(1).to_string())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    print(f"at most {peak:.2f} GiB of memory")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
