"""The vectorised MRI simulator against a plain loop over images of the same maths: same images, less time."""

import time

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


@pytest.mark.slow
@pytest.mark.parametrize("size", [32, 64])
def test_the_vectorised_one_is_faster(size, record_property):
    """Processor time, best of three, so that a busy machine does not decide; the ratio is about 4 and 2.5."""
    truth, outlines = patients(1000)
    vectorised, plain = (
        min(_processor_seconds(simulate, truth, outlines, size) for _ in range(3))
        for simulate in (lesions._scan, simulate_one_by_one)
    )
    ratio = plain / vectorised
    record_property("ratio", ratio)
    print(f"\n{size} pixels, 1,000 images: {vectorised:.2f} s against {plain:.2f} s, ratio {ratio:.1f}")
    assert ratio > 1.5


def _processor_seconds(simulate, truth, outlines, size):
    start = time.process_time()
    simulate(truth, outlines, size, np.random.default_rng(1))
    return time.process_time() - start
