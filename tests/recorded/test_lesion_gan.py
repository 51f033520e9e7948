"""The recorded generator of lesions, and the command that recorded it."""

import numpy as np
import pytest
import torch

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.files import read_tensors
from ganlab.recorded import LesionGAN, lesion_gan


@pytest.fixture(scope="module")
def gan():
    return LesionGAN.recorded()


def test_the_file_is_small():
    assert lesion_gan.FILE.stat().st_size < 300_000


def test_samples_are_images_in_the_cohorts_unit_and_the_seed_decides_them(gan):
    made = gan.sample("malignant", 5, seed=3)
    assert made.shape == (5, 32, 32)
    low, high = simulate_lesions(2, seed=0).intensity_range
    assert low <= made.min() < 0.4 < made.max() <= high
    np.testing.assert_array_equal(made, gan.sample("malignant", 5, seed=3))
    assert (made != gan.sample("malignant", 5, seed=4)).any()


def test_the_diagnosis_is_the_only_difference_at_one_latent_point(gan):
    latent = torch.randn(20, gan.latent_dim, generator=torch.Generator().manual_seed(0))
    benign, malignant = (gan.images(latent, diagnosis) for diagnosis in gan.diagnoses)
    apart = np.abs(benign - malignant).mean(axis=(1, 2))
    other_points = np.abs(benign - np.roll(benign, 1, axis=0)).mean(axis=(1, 2))
    assert (apart > 0).all()
    assert apart.mean() < other_points.mean()


def test_the_textures_move_with_the_diagnosis_as_among_patients(gan):
    """400 samples each; the shares as the lesson tells them, the benign class short of homogeneous ones."""
    oracle = texture_oracle()
    shares = {}
    for diagnosis in gan.diagnoses:
        images = gan.sample(diagnosis, 400, seed=1)
        shares[diagnosis] = [np.mean(oracle.predict(images) == texture) for texture in oracle.patterns]
        assert np.mean(oracle.typicality(images) > 0.05) > 0.6
    np.testing.assert_allclose(shares["benign"], [0.445, 0.488, 0.067], atol=0.03)
    np.testing.assert_allclose(shares["malignant"], [0.093, 0.665, 0.243], atol=0.03)


@pytest.mark.parametrize("ask", [lambda gan: gan.sample("healthy", 2), lambda gan: gan.sample(1, 2)])
def test_another_diagnosis_is_refused(gan, ask):
    with pytest.raises(ValueError, match="diagnosis must be one of benign, malignant"):
        ask(gan)
    with pytest.raises(ValueError, match="n must be a whole number"):
        gan.sample("benign", 0)


@pytest.mark.slow
def test_the_command_still_makes_what_was_recorded_as_far_as_its_hundredth_step():
    """The whole of it takes minutes. About 6 s of one core; intensities are in [-1, 1]."""
    recorded = read_tensors(lesion_gan.FILE, lesion_gan.KIND)
    weights, early = lesion_gan.trained(lesion_gan.EARLY, progress=False)
    torch.testing.assert_close(early, recorded["early"], rtol=0, atol=0.02)
    assert early.std() > 0.02
    assert {name: values.shape for name, values in weights.items()} == {
        name: values.shape for name, values in recorded["weights"].items()
    }
