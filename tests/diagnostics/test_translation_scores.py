"""Scores against a paired truth, and the contrast of a lesion, by hand."""

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.diagnostics import lesion_contrast, translation_scores
from ganlab.recorded import translations

EVERYWHERE = np.ones((1, 16, 16), bool)


def test_error_is_the_mean_over_the_pixels_of_the_head():
    truth, heads = np.zeros((2, 16, 16)), np.zeros((2, 16, 16), bool)
    heads[:, :4, :4] = True
    translated = np.stack([np.full((16, 16), 0.5), np.zeros((16, 16))])
    translated[1, 0, 0] = 1.0  # in the head
    translated[1, 9, 9] = 1.0  # in the air
    assert translation_scores(translated, truth, heads).mae.to_numpy() == pytest.approx([0.5, 1 / 16])


def test_similarity_of_two_flat_images_by_hand_and_no_correlation():
    """Without any structure only the luminance term is left: (2ab + c1) / (a^2 + b^2 + c1)."""
    a, b, c1 = 0.2, 0.6, (0.01 * 2) ** 2
    scores = translation_scores(np.full((1, 16, 16), a), np.full((1, 16, 16), b), EVERYWHERE)
    assert scores.ssim[0] == pytest.approx((2 * a * b + c1) / (a**2 + b**2 + c1))
    assert scores.correlation[0] == 0


def test_similarity_equals_the_formula_with_its_moments_taken_by_convolution():
    """A second implementation, with scipy's Gaussian filter cut at the same 5 pixels."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    a, b = rng.uniform(0, 2, (2, 24, 24))
    b = 0.6 * a + 0.4 * b
    blur = lambda image: gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    c1, c2 = 0.02**2, 0.06**2
    similarity = (2 * mean_a * mean_b + c1) * (2 * cov + c2)
    similarity /= (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    head = rng.random((24, 24)) < 0.5
    scores = translation_scores(a[None], b[None], head[None])
    assert scores.ssim[0] == pytest.approx(similarity[head].mean(), abs=1e-10)
    assert scores.correlation[0] == pytest.approx(stats.pearsonr(a[head], b[head]).statistic)


def test_air_agrees_with_air_in_every_translation_and_counts_nothing():
    rng = np.random.default_rng(1)
    truth, translated = rng.uniform(0, 2, (2, 1, 32, 32))
    heads = np.zeros((1, 32, 32), bool)
    heads[:, :12, :12] = True
    changed = translated.copy()
    changed[:, 20:, 20:] = truth[:, 20:, 20:]  # farther away than a window reaches
    first, second = (translation_scores(images, truth, heads) for images in (translated, changed))
    assert first.to_numpy() == pytest.approx(second.to_numpy())


def test_negated_head_is_the_least_similar_and_not_the_most():
    """Of T2 scans: exchanging bright and dark leaves nothing right, and the average brain is nearer."""
    people = translations.holdout()
    truth, heads = people.healthy[1][:, 0].numpy(), people.heads
    images = {
        "negated": np.where(heads, -truth, truth),
        "T1": people.healthy[0][:, 0].numpy(),
        "average": np.broadcast_to(truth.mean(axis=0), truth.shape),
    }
    scores = {name: translation_scores(image + 1, truth + 1, heads).mean() for name, image in images.items()}
    assert scores["negated"].correlation == pytest.approx(-1)
    assert scores["negated"].ssim < 0 < scores["T1"].ssim < scores["average"].ssim


def test_tensors_with_a_channel_are_taken_too():
    images = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    scores = translation_scores(images, images, np.ones((3, 16, 16), bool))
    assert scores.ssim.to_numpy() == pytest.approx([1, 1, 1])


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
        ({"heads": np.ones((3, 16, 15), bool)}, "truth and heads must have the same shape"),
        ({"heads": np.zeros((3, 16, 16), bool)}, "image 0 has no head"),
        ({"translated": np.full((3, 16, 16), -0.5)}, r"translated holds negative intensities .* Add 1"),
        ({"truth": np.full((3, 16, 16), -1e-6)}, "truth holds negative intensities"),
        ({"translated": np.zeros((3, 2, 16, 16))}, r"translated must have shape \(n, height, width\)"),
        ({"data_range": 0}, "data_range must be a finite number above 0"),
        ({"translated": np.full((3, 16, 16), np.nan)}, "translated must be finite"),
    ],
)
def test_wrong_input_is_named(change, message):
    given = {"translated": np.zeros((3, 16, 16)), "truth": np.zeros((3, 16, 16))}
    given |= {"heads": np.ones((3, 16, 16), bool)} | change
    with pytest.raises(ValueError, match=message):
        translation_scores(**given)


def test_images_smaller_than_the_window_are_refused():
    with pytest.raises(ValueError, match="11 pixels or more"):
        translation_scores(np.zeros((1, 8, 8)), np.zeros((1, 8, 8)), np.ones((1, 8, 8), bool))


def test_an_image_without_a_lesion_is_named_by_its_row():
    lesions = np.zeros((2, 16, 16), bool)
    lesions[0, 8, 8] = True
    with pytest.raises(ValueError, match="image 1 has no lesion"):
        lesion_contrast(np.zeros((2, 16, 16)), lesions, np.ones((2, 16, 16), bool))
