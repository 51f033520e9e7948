"""What packages of radiomics take for a small region, beside PyRadiomics' execute(), and how far they agree.

`python tests/benchmarks/small_regions.py [--lesions N] [--slow N]` prints the table of engines.md. Each
measures the same simulated CT lesions of 64 x 64 in slices, 93 features without shape, bins of 25 HU, one
thread. They take turns, fifty lesions each, in one process, so that other work disturbs all of them alike;
who takes longer than PyRadiomics stops after `--slow` lesions. A package that is not installed is said to be
missing; those that ganlab does not use belong into a folder of their own: `pip install --no-deps --target
FOLDER ...`, and FOLDER into PYTHONPATH.
"""

import argparse
import contextlib
import functools
import importlib.metadata
import logging
import os
import sys
import tempfile
import time
import warnings

import numpy as np

from ganlab.data import simulate_ct
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction.names import CLASSES_2D, columns

CLASSES = [name for name in CLASSES_2D if name != "shape2D"]
BIN_WIDTH, TURN = 25, 50


def by_execute(cohort, package="radiomics", **more):
    """RadiomicsFeatureExtractor.execute, lesion by lesion, of PyRadiomics or of one that looks like it."""
    import SimpleITK as sitk

    extractor = _extractor(package, **more)
    rows = []
    for image, mask in zip(cohort.images, cohort.masks, strict=True):
        parts = [sitk.GetImageFromArray(part[None]) for part in (image, mask.astype(np.uint8))]
        for part in parts:
            part.SetSpacing((*cohort.spacing_mm[::-1], 1.0))
        rows.append(dict(extractor.execute(*parts)))
    return rows


@functools.cache
def _extractor(package, **more):
    module = importlib.import_module(f"{package}.featureextractor")
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    extractor = module.RadiomicsFeatureExtractor(binWidth=BIN_WIDTH, force2D=True, force2Ddimension=0, **more)
    extractor.disableAllFeatures()
    for name in CLASSES:
        extractor.enableFeatureClassByName(name)
    return extractor


def by_ganlab(cohort, engine):
    with tempfile.TemporaryDirectory() as empty:
        how = {"classes": CLASSES, "n_jobs": 1, "cache": empty, "progress": False}
        return extract_features(cohort, engine=engine, **how).to_dict("records")


def by_torchradiomics(cohort):
    import torchradiomics

    torchradiomics.inject_torch_radiomics()
    try:
        return by_execute(cohort, device="cpu")
    finally:
        torchradiomics.restore_radiomics()


def by_fastrad(cohort):
    import torch
    from fastrad import FeatureExtractor, FeatureSettings, Mask, MedicalImage

    settings = FeatureSettings(feature_classes=CLASSES, bin_width=BIN_WIDTH, device="cpu", force2D=True)
    spacing, rows = (1.0, *cohort.spacing_mm), []
    for image, mask in zip(cohort.images, cohort.masks, strict=True):
        image, mask = (torch.as_tensor(part[None].astype(np.float64)) for part in (image, mask))
        rows.append(FeatureExtractor(settings).extract(MedicalImage(image, spacing), Mask(mask, spacing)))
    return rows


def by_numpyradiomics(cohort):
    import numpyradiomics

    rows = []
    for image, mask in zip(cohort.images, cohort.masks, strict=True):
        row = {}
        for name in CLASSES:
            how = {"voxelVolume": float(np.prod(cohort.spacing_mm))} if name == "firstorder" else {}
            plane = image[None].astype(float), mask[None]
            values = getattr(numpyradiomics, name)(*plane, binWidth=BIN_WIDTH, **how)
            row |= {f"original_{name}_{feature}": value for feature, value in values.items()}
        rows.append(row)
    return rows


def by_mirp(cohort):
    from mirp import extract_features as measured

    families = ["statistics", "intensity_histogram", "cm", "rlm", "szm", "ngtdm", "ngldm"]
    rows = []
    for image, mask in zip(cohort.images, cohort.masks, strict=True):
        (table,) = measured(
            image=image[None].astype(float),
            mask=mask[None].astype(float),
            image_modality="ct",
            by_slice=True,
            base_feature_families=families,
            base_discretisation_method="fixed_bin_size",
            base_discretisation_bin_width=float(BIN_WIDTH),
            num_cpus=1,
        )
        rows += table.to_dict("records")
    return rows


def by_nyxus(cohort):
    images = np.round(cohort.images - cohort.images.min()).astype(np.uint32)
    names = [str(place) for place in range(len(images))]
    return _nyxus().featurize(images, cohort.masks.astype(np.uint32), names, names).to_dict("records")


@functools.cache
def _nyxus():
    from nyxus import Nyxus

    families = ("INTENSITY", "GLCM", "GLRLM", "GLSZM", "NGTDM", "GLDM")
    return Nyxus([f"*ALL_{name}*" for name in families], n_feature_calc_threads=1, coarse_gray_depth=16)


# Name in the table -> (the package that it needs, what measures a cohort).
MEASURES = {
    "PyRadiomics, execute()": ("pyradiomics", by_execute),
    "ganlab, flash-radiomics": ("flash-radiomics", functools.partial(by_ganlab, engine="flash-radiomics")),
    "ganlab, PyRadiomics": ("pyradiomics", functools.partial(by_ganlab, engine="pyradiomics")),
    "flash-radiomics, execute()": (
        "flash-radiomics",
        functools.partial(by_execute, package="flash_radiomics"),
    ),
    "fastrad": ("fastrad", by_fastrad),
    "numpyradiomics": ("numpyradiomics", by_numpyradiomics),
    "torchradiomics": ("pytorchradiomics", by_torchradiomics),
    "mirp": ("mirp", by_mirp),
    "nyxus": ("nyxus", by_nyxus),
}


def plain(name):
    """A name of a feature without what packages write differently."""
    small = str(name).lower().replace("original", "").replace("10th", "10").replace("90th", "90")
    return "".join(letter for letter in small if letter.isalnum())


def agreement(rows, expected):
    """How many of the 93 features have the name and, to 1e-4 on each lesion, the value of PyRadiomics'."""
    named = agreeing = 0
    rows = [{plain(name): value for name, value in row.items()} for row in rows]
    for column in columns(CLASSES):
        values = [row.get(plain(column)) for row in rows]
        if None not in values:
            theirs = np.array([float(row[column]) for row in expected[: len(rows)]])
            named += 1
            agreeing += np.allclose(np.array(values, float), theirs, rtol=1e-4, atol=1e-6)
    return f"{agreeing} of {named}" if named else "other names"


@contextlib.contextmanager
def silence():
    """Let packages neither print nor leave files behind."""
    with (
        open(os.devnull, "w") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory() as folder,  # flash-radiomics stores each result where it is called
        contextlib.chdir(folder),
    ):
        warnings.simplefilter("ignore")
        yield


def report(n_lesions, n_slow):
    cohort = simulate_ct(n_lesions, seed=0)
    rows, spent, broken = {name: [] for name in MEASURES}, dict.fromkeys(MEASURES, (0.0, 0.0)), {}
    for start in range(0, n_lesions, TURN):
        part = cohort.subset(slice(start, start + TURN))
        for name, (_, measure) in MEASURES.items():
            slow = spent[name][1] > 1.2 * spent["PyRadiomics, execute()"][1]
            if name in broken or (start >= n_slow and (slow or len(rows[name]) < start)):
                continue
            try:
                with silence():
                    if not start:
                        measure(part.subset(slice(1)))  # what is imported and compiled once is not counted
                    clock, processor = time.perf_counter(), time.process_time()
                    rows[name] += measure(part)
            except Exception as problem:
                broken[name] = f"{type(problem).__name__}: {problem}"
                continue
            spent[name] = (
                spent[name][0] + time.perf_counter() - clock,
                spent[name][1] + time.process_time() - processor,
            )
        print(f"{start + len(part)} lesions", file=sys.stderr)
    first = rows["PyRadiomics, execute()"]
    clock0, processor0 = (part / len(first) for part in spent["PyRadiomics, execute()"])
    print("| | version | lesions | ms of the processor | times as fast | by the clock | agree to 1e-4 |")
    print("|---|---|---|---|---|---|---|")
    for name, (package, _) in MEASURES.items():
        if name in broken:
            print(f"| {name} | | | | | | {broken[name][:90]} |")
            continue
        clock, processor = (part / len(rows[name]) for part in spent[name])
        print(
            f"| {name} | {importlib.metadata.version(package)} | {len(rows[name])} | {1000 * processor:.2f} "
            f"| {processor0 / processor:.2g} | {clock0 / clock:.2g} | {agreement(rows[name], first)} |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesions", type=int, default=500)
    parser.add_argument("--slow", type=int, default=50)
    asked = parser.parse_args()
    report(asked.lesions, asked.slow)
