"""extract_features against the plain loop over RadiomicsFeatureExtractor.execute: same values, less time.

Wall time depends on who else uses the machine, so the two are timed in turns and only processor time is held
to anything.
"""

import logging
import time
from statistics import median

import numpy as np
import pytest

from ganlab.data import simulate_ct, simulate_lesions
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction.names import CLASSES_2D

extractors = pytest.importorskip("radiomics.featureextractor", reason="PyRadiomics is not installed")

COHORTS = {
    "CT": (lambda n: simulate_ct(n, seed=0), {"binWidth": 25}),
    "MR": (lambda n: simulate_lesions(n, size=64, seed=0), {"binCount": 32}),
}


def plain_loop(cohort, settings):
    """What a careful user of PyRadiomics writes: one extractor, one call per lesion."""
    import SimpleITK as sitk

    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    extractor = extractors.RadiomicsFeatureExtractor(force2D=True, **settings)
    extractor.disableAllFeatures()
    for name in CLASSES_2D:
        extractor.enableFeatureClassByName(name)
    rows = []
    for image, mask in zip(cohort.images, cohort.masks, strict=True):
        parts = [sitk.GetImageFromArray(part[None]) for part in (image, mask.astype(np.uint8))]
        for part in parts:
            part.SetSpacing((*cohort.spacing_mm[::-1], 1.0))
        found = extractor.execute(*parts)
        rows.append([float(value) for name, value in found.items() if name.startswith("original_")])
    return np.array(rows)


def seconds(clock, work):
    start = clock()
    work()
    return clock() - start


@pytest.mark.bench
@pytest.mark.parametrize("kind", COHORTS)
def test_five_hundred_lesions_of_64_by_64(kind, tmp_path, keep_ratio):
    """A call for 500 took a seventh of the processor's time; one for 50, with its fixed cost, a sixth."""
    make, settings = COHORTS[kind]
    cohort = make(500)
    part = cohort.subset(slice(50))
    extract_features(cohort, cache=tmp_path / "warm", progress=False)  # workers start once in a session
    ratios, wall = [], []
    for turn in range(2):
        plain = seconds(time.process_time, lambda: plain_loop(part, settings))
        folder = tmp_path / f"one{turn}"
        ours = seconds(
            time.process_time,
            lambda: extract_features(part, n_jobs=1, cache=folder, progress=False),  # noqa: B023
        )
        ratios.append(plain / ours)
        slow = 10 * seconds(time.perf_counter, lambda: plain_loop(part, settings))
        folder = tmp_path / f"all{turn}"
        wall.append(slow / seconds(time.perf_counter, lambda: extract_features(cohort, cache=folder)))  # noqa: B023
    lesions = f"500 {kind} lesions of 64 x 64: PyRadiomics / extract_features"
    keep_ratio(f"{lesions}, on one core by processor time", ratios)
    keep_ratio(f"{lesions}, on all cores by the clock", wall)
    assert median(ratios) > 2
