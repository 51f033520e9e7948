"""The engines of radiomic features side by side: how far each is from the first, and how long it takes.

`python tests/benchmarks/engines.py [--lesions N]` prints two tables. The measured cases are there after
`ganlab fetch`. Differences are relative to the value of the first engine, or absolute where that is below 1.
Other packages are in small_regions.py.
"""

import argparse
import importlib.metadata
import tempfile
import time

import numpy as np

from ganlab.data import load_radiomics_case, simulate_ct, simulate_lesions
from ganlab.data.measured.radiomics_cases import CASES
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction.lesion import installed_engines


def data_sets(n_lesions):
    """Name -> what `extract_features` measures."""
    yield f"{n_lesions} CT lesions, 64 x 64", simulate_ct(n_lesions, seed=0)
    yield f"{n_lesions} MR lesions, 64 x 64", simulate_lesions(n_lesions, size=64, seed=0)
    for name in CASES:
        try:
            volume = load_radiomics_case(name)
        except FileNotFoundError:
            print(f"{name} is not stored: `ganlab fetch` first.")
            continue
        yield f"{name}, slices", volume.slices()
        yield f"{name}, volume", volume


def measured(what, engine):
    """The table of an engine, and the seconds it took on one core, without what it kept from before."""
    with tempfile.TemporaryDirectory() as empty:
        start = time.perf_counter()
        table = extract_features(what, engine=engine, n_jobs=1, cache=empty, progress=False)
        return table, time.perf_counter() - start


def differences(table, other):
    """Feature class -> (largest difference, the feature that has it)."""
    found = {}
    for column in table.columns.intersection(other.columns):
        values, others = table[column].to_numpy(), other[column].to_numpy()
        apart = np.abs(others - values) / np.maximum(np.abs(values), 1)
        apart[np.isnan(values) & np.isnan(others)] = 0
        feature_class, feature = column.split("_")[1:]
        found[feature_class] = max(
            found.get(feature_class, (0, "")), (np.nan_to_num(apart.max(), nan=np.inf), feature)
        )
    return found


def report(n_lesions):
    engines = list(installed_engines())
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in engines))
    for name, what in data_sets(n_lesions):
        first, seconds = measured(what, engines[0])
        print(f"\n{name}\n  {engines[0]:16} {seconds / len(first):8.4f} s a region")
        others = [(engine, *measured(what, engine)) for engine in engines[1:]]
        for engine, table, seconds in others:
            print(f"  {engine:16} {seconds / len(first):8.4f} s a region")
            for feature_class, (apart, feature) in differences(first, table).items():
                print(f"    {feature_class:11} {apart:9.1e}  {feature}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesions", type=int, default=100)
    report(parser.parse_args().lesions)
