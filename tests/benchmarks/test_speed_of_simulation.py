"""The vectorised MRI simulator against a plain loop over images of the same maths: same images, less time."""

import time
from statistics import median

import numpy as np
import pytest
from plain_lesions import simulate_one_by_one

from ganlab.data.simulated import lesions
from ganlab.data.simulated.drawing import random_outlines


def patients(n):
    rng = np.random.default_rng(0)
    truth = lesions._draw_patients(n, np.ones(3) / 3, None, rng)
    return truth, random_outlines(rng, truth["radius_mm"], truth["margin_irregularity"], 3.0)


@pytest.mark.parametrize("size", [32, 64])
def test_both_make_the_same_images(size):
    truth, outlines = patients(150)
    images, masks = lesions._scan(truth, outlines, size, np.random.default_rng(1))
    plain_images, plain_masks = simulate_one_by_one(truth, outlines, size, np.random.default_rng(1))
    np.testing.assert_allclose(images, plain_images, rtol=0, atol=1e-5)
    assert (masks == plain_masks).all()


@pytest.mark.bench
@pytest.mark.parametrize("size", [32, 64])
def test_the_vectorised_one_is_faster(size, keep_ratio):
    """In processor time, so that a busy machine does not decide."""
    truth, outlines = patients(1000)
    ratios = []
    for _ in range(3):
        plain, vectorised = (
            _processor_seconds(simulate, truth, outlines, size)
            for simulate in (simulate_one_by_one, lesions._scan)
        )
        ratios.append(plain / vectorised)
    keep_ratio(f"1,000 simulated MR lesions of {size} pixels: a plain loop / simulate_lesions", ratios)
    assert median(ratios) > 1.5


def _processor_seconds(simulate, truth, outlines, size):
    start = time.process_time()
    simulate(truth, outlines, size, np.random.default_rng(1))
    return time.process_time() - start
