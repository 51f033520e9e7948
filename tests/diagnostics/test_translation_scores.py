"""Scores against a paired truth, and the contrast of a lesion, by hand."""

import numpy as np
import pytest
import torch

from ganlab.diagnostics import lesion_contrast, translation_scores


def test_error_is_the_mean_over_the_pixels_of_each_image():
    truth = np.zeros((2, 16, 16))
    translated = np.stack([np.full((16, 16), 0.5), np.zeros((16, 16))])
    translated[1, 0, 0] = -1.0
    assert translation_scores(translated, truth).mae.to_numpy() == pytest.approx([0.5, 1 / 256])


def test_similarity_of_two_flat_images_by_hand():
    """Without any structure only the luminance term is left: (2ab + c1) / (a^2 + b^2 + c1)."""
    a, b, c1 = 0.2, 0.6, (0.01 * 2) ** 2
    scores = translation_scores(np.full((1, 16, 16), a), np.full((1, 16, 16), b))
    assert scores.ssim[0] == pytest.approx((2 * a * b + c1) / (a**2 + b**2 + c1))


def test_similarity_equals_the_formula_with_its_moments_taken_by_convolution():
    """A second implementation, with scipy's Gaussian filter cut at the same 5 pixels."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (2, 24, 24))
    b = 0.6 * a + 0.4 * b
    blur = lambda image: gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    c1, c2 = 0.02**2, 0.06**2
    similarity = (2 * mean_a * mean_b + c1) * (2 * cov + c2)
    similarity /= (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    expected = similarity[5:-5, 5:-5].mean()
    assert translation_scores(a[None], b[None]).ssim[0] == pytest.approx(expected, abs=1e-10)


def test_tensors_with_a_channel_are_taken_too():
    images = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    assert translation_scores(images, images).ssim.to_numpy() == pytest.approx([1, 1, 1])


def test_contrast_by_hand_leaves_out_what_is_not_head():
    image = np.zeros((1, 9, 9))
    lesion, head = np.zeros((1, 9, 9), bool), np.zeros((1, 9, 9), bool)
    lesion[0, 4, 4:6] = True
    head[0, :, 3:] = True
    image[0, 4, 4], image[0, 4, 5] = 0.8, 0.4  # mean 0.6
    image[0, 4, 3] = 0.5  # one of the neighbours that count
    image[0, 4, 2] = 9.0  # outside the head: must not count
    neighbours = 6  # above and below either pixel, and left and right of the pair
    expected = 0.6 - 0.5 / neighbours
    assert lesion_contrast(image, lesion, head, ring=1) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"truth": np.zeros((2, 16, 16))}, "same shape"),
        ({"translated": np.zeros((3, 2, 16, 16))}, r"translated must have shape \(n, height, width\)"),
        ({"data_range": 0}, "data_range must be a finite number above 0"),
        ({"translated": np.full((3, 16, 16), np.nan)}, "translated must be finite"),
    ],
)
def test_wrong_input_is_named(change, message):
    given = {"translated": np.zeros((3, 16, 16)), "truth": np.zeros((3, 16, 16))} | change
    with pytest.raises(ValueError, match=message):
        translation_scores(**given)


def test_images_smaller_than_the_window_are_refused():
    with pytest.raises(ValueError, match="11 pixels or more"):
        translation_scores(np.zeros((1, 8, 8)), np.zeros((1, 8, 8)))


def test_an_image_without_a_lesion_is_named_by_its_row():
    lesions = np.zeros((2, 16, 16), bool)
    lesions[0, 8, 8] = True
    with pytest.raises(ValueError, match="image 1 has no lesion"):
        lesion_contrast(np.zeros((2, 16, 16)), lesions, np.ones((2, 16, 16), bool))
