"""Outlines and random fields: geometry by hand, correlations by formula."""

import numpy as np
import pytest

from ganlab.data.simulated.drawing import (
    Outlines,
    coverage,
    filtered_noise,
    frequencies,
    pixel_centres,
    random_outlines,
    response_std,
    smooth_field,
)


def circle(radius, centre=(0.0, 0.0)):
    return Outlines(np.array([centre]), np.array([radius]), np.zeros((1, 7), complex))


def test_distance_to_a_circle_is_exact():
    y, x = pixel_centres(20, 1.0)
    distance = circle(6.0, (1.0, -2.0)).signed_distance(y, x)[0]
    np.testing.assert_allclose(distance, np.hypot(x + 2, y - 1) - 6, atol=1e-5)


def test_distance_to_an_ellipse_like_curve_along_its_axes():
    # r = s (1 + 0.1 cos 2 theta), s = 10 / sqrt(1.005): at theta = 0 s * 1.1, at 90 degrees s * 0.9
    outline = Outlines(np.zeros((1, 2)), np.array([10.0]), np.array([[0.1, 0, 0, 0, 0, 0, 0]], complex))
    s = 10 / np.sqrt(1.005)
    right = outline.signed_distance(np.array([[0.0]], np.float32), np.array([[12.0]], np.float32))
    above = outline.signed_distance(np.array([[12.0]], np.float32), np.array([[0.0]], np.float32))
    assert right.item() == pytest.approx(12 - 1.1 * s, abs=1e-4)
    assert above.item() == pytest.approx(12 - 0.9 * s, abs=1e-4)


def test_area_and_irregularity_are_those_asked_for():
    rng = np.random.default_rng(0)
    radius, irregularity = rng.uniform(8, 16, 50), rng.uniform(0.01, 0.12, 50)
    outlines = random_outlines(rng, radius, irregularity, jitter_mm=2)
    np.testing.assert_allclose(outlines.irregularity, irregularity, rtol=1e-12)
    y, x = pixel_centres(400, 0.125)
    area = (outlines.signed_distance(y, x) <= 0).sum(axis=(1, 2)) * 0.125**2
    np.testing.assert_allclose(area, np.pi * radius**2, rtol=2e-3)


@pytest.mark.parametrize(("distance", "share"), [(-3, 1), (-1, 1), (0, 0.5), (0.5, 0.25), (1, 0), (9, 0)])
def test_partial_volume_by_hand(distance, share):
    assert coverage(np.array([float(distance)]), 2.0) == pytest.approx([share])


def test_pixel_centres_by_hand():
    y, x = pixel_centres(4, 1.5)
    assert x.tolist() == [[-2.25, -0.75, 0.75, 2.25]]
    assert (x == y.T).all()


def test_smooth_field_has_the_correlation_it_states():
    # 4000 fields; a mean of products over fields and pixels has a standard error below 0.005 here
    fields = smooth_field(np.random.default_rng(1), 4000, 24, 2.0).astype(float)
    assert np.square(fields).mean() == pytest.approx(1, abs=0.02)
    for lag in (1, 2, 4, 6):
        for product in (fields[:, lag:] * fields[:, :-lag], fields[:, :, lag:] * fields[:, :, :-lag]):
            assert product.mean() == pytest.approx(np.exp(-(lag**2) / 16), abs=0.02)


def test_opposite_edges_know_nothing_of_each_other():
    fields = smooth_field(np.random.default_rng(2), 4000, 24, 2.0)
    assert (fields[:, 0] * fields[:, -1]).mean() == pytest.approx(0, abs=0.02)


def test_each_field_can_have_its_own_length():
    mixed = smooth_field(np.random.default_rng(3), 2, 24, np.array([1.0, 3.0]))
    for row, length in enumerate((1.0, 3.0)):
        alone = smooth_field(np.random.default_rng(3), 2, 24, length)
        np.testing.assert_allclose(mixed[row], alone[row], atol=1e-5)


@pytest.mark.parametrize("wide", [12, 15])
def test_variance_of_filtered_noise_is_the_sum_of_its_power(wide):
    response = (1 + frequencies(wide))[None]
    full = 1 + np.hypot(*np.meshgrid(np.fft.fftfreq(wide), np.fft.fftfreq(wide)))
    assert response_std(response, wide) == pytest.approx(np.sqrt(np.square(full).mean()), rel=1e-6)
    if wide % 2 == 0:
        noise = filtered_noise(np.random.default_rng(0), 5000, response, wide)
        assert noise.std() == pytest.approx(1, abs=0.01)
