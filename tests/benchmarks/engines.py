"""The engines of radiomic features side by side: how far each is from the first, and how long it takes.

`python tests/benchmarks/engines.py [--lesions N]` prints two tables. The measured cases are there after
`ganlab fetch`. fastrad is no engine of ganlab, and is shown where it is installed: it measures volumes with
bins of a width, so it appears for those alone. Differences are relative to the value of the first engine, or
absolute where that is below 1.
"""

import argparse
import importlib.metadata
import importlib.util
import tempfile
import time

import numpy as np

from ganlab.data import load_radiomics_case, simulate_ct, simulate_lesions
from ganlab.data.measured.radiomics_cases import CASES
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction.lesion import installed_engines
from ganlab.radiomics.extraction.names import columns


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


def by_fastrad(volume, settings):
    """The features of one volume by fastrad, under PyRadiomics' names."""
    import pandas as pd
    import torch
    from fastrad import FeatureExtractor, FeatureSettings, Mask, MedicalImage

    asked = FeatureSettings(
        feature_classes=settings["classes"], bin_width=settings["bin_width"], device="cpu"
    )
    image, mask = (torch.as_tensor(np.asarray(part, np.float64)) for part in (volume.image, volume.mask))
    start = time.perf_counter()
    values = FeatureExtractor(asked).extract(
        MedicalImage(image, volume.spacing_mm), Mask(mask, volume.spacing_mm)
    )
    seconds = time.perf_counter() - start
    plain = {name.replace("_", "").replace("10th", "10").replace("90th", "90"): name for name in values}
    named = {
        column: values[plain[key]]
        for column in columns(settings["classes"])
        if (key := ":".join(column.split("_")[1:]).lower()) in plain
    }
    return pd.DataFrame([named]), seconds


def report(n_lesions):
    engines = list(installed_engines())
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in engines))
    for name, what in data_sets(n_lesions):
        first, seconds = measured(what, engines[0])
        print(f"\n{name}\n  {engines[0]:16} {seconds / len(first):8.4f} s a region")
        others = [(engine, *measured(what, engine)) for engine in engines[1:]]
        settings = first.attrs["settings"]
        if importlib.util.find_spec("fastrad") and hasattr(what, "slices") and settings["bin_width"]:
            others.append(("fastrad", *by_fastrad(what, settings)))
        for engine, table, seconds in others:
            print(f"  {engine:16} {seconds / len(first):8.4f} s a region")
            for feature_class, (apart, feature) in differences(first, table).items():
                print(f"    {feature_class:11} {apart:9.1e}  {feature}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesions", type=int, default=100)
    report(parser.parse_args().lesions)
