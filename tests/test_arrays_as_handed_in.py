"""Arrays of every type and layout that people hand in: measured as what they are, or refused in words."""

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.diagnostics import energy_distance, frechet_distance, memorization, prdc
from ganlab.models import image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.radiomics import compare_correlations, extract_features
from ganlab.theory import wasserstein1
from ganlab.training import Game, train
from ganlab.validation import as_array

ROWS, COLUMNS = np.indices((32, 32))
MASKS = np.stack([(ROWS - 16) ** 2 + (COLUMNS - 16) ** 2 < 80] * 2)
IMAGES = np.random.default_rng(0).normal(4000, 1200, (2, 32, 32))


@pytest.mark.parametrize(
    "changed",
    [
        lambda x: x.astype(np.float16),
        lambda x: torch.tensor(x).half().requires_grad_(),
        lambda x: torch.tensor(x).bfloat16(),
        lambda x: x.astype(">f4"),
        lambda x: x.astype(np.longdouble),
        lambda x: np.asfortranarray(x)[:, ::-1],
        lambda x: np.ma.MaskedArray(x),
    ],
)
def test_features_are_those_of_the_same_numbers_in_double_precision(changed):
    images = changed(IMAGES)
    exact = images.detach().double().numpy() if torch.is_tensor(images) else np.array(images, dtype=float)
    chosen = {"spacing_mm": 1, "bin_count": 32, "classes": ["firstorder", "ngtdm"]}
    ours = extract_features(images, MASKS, **chosen)
    assert np.allclose(ours, extract_features(exact, MASKS, **chosen), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones(3, complex), "real numbers"),
        (np.array([1, 2], dtype=object), "real numbers"),
        (np.ma.MaskedArray([1.0, 2.0], mask=[0, 1]), "1 hidden values"),
        (torch.ones(3).to_sparse(), "dense tensor"),
    ],
)
def test_what_holds_no_plain_numbers_is_refused_by_name(values, words):
    with pytest.raises(ValueError, match=f"^scores .*{words}"):
        as_array(values, "scores")


def test_masked_values_of_a_mask_are_refused():
    with pytest.raises(ValueError, match="masks is a masked array"):
        extract_features(IMAGES, np.ma.MaskedArray(MASKS, mask=MASKS), spacing_mm=1, bin_count=32)


@pytest.mark.parametrize(("axis", "length"), [(1, 1), (3, 1), (1, 3), (3, 3)])
def test_channels_are_not_measured_as_depth(axis, length):
    images, masks = (np.stack([part] * length, axis=axis) for part in (IMAGES, MASKS))
    with pytest.raises(ValueError, match=f"axis {axis} of length {length} looks like channels"):
        extract_features(images, masks, spacing_mm=1, bin_count=32)


TABLE = pd.DataFrame(
    np.random.default_rng(0).normal(size=(60, 4)) * [1, 2, 5, 9] + [0, 10, 50, 200], columns=list("abcd")
)
OTHER = TABLE.sample(frac=1, random_state=0).iloc[:40] + 0.1


@pytest.mark.parametrize(
    "compare",
    [
        lambda x, y: float(frechet_distance(x, y)),
        lambda x, y: float(energy_distance(x, y, n_permutations=99)),
        lambda x, y: float(prdc(x, y, k=3).coverage),
        lambda x, y: memorization(x, y).suspected_copies().p_value,
        lambda x, y: float(compare_correlations(x, y, n_permutations=99)),
        wasserstein1,
    ],
)
def test_columns_are_matched_by_name(compare):
    assert compare(TABLE, OTHER[list("dbca")]) == compare(TABLE, OTHER)
    with pytest.raises(ValueError, match=r"different columns: a, e|only the real has 'a' and .* has 'e'"):
        compare(TABLE, OTHER.rename(columns={"a": "e"}))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_images_out_of_the_reach_of_a_tanh_are_refused_before_the_first_step(dtype):
    images = np.random.default_rng(0).integers(0, 65536, (20, 1, 32, 32)).astype(dtype)
    game = Game(image_generator(32, width=4), image_discriminator(32, width=4), NonSaturating())
    with pytest.raises(ValueError, match=r"range from \d+ to 65535, .*Tanh .*-1 to 1 only\. Rescale"):
        train(game, images, 2, batch_size=8, progress=False)
    assert len(train(game, 2 * (images / 65535) - 1, 1, batch_size=8, progress=False)) == 1


@pytest.mark.parametrize("value", [65535, -1024])
@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_all_data_must_be_in_reach_and_not_only_the_first_batch(value, batch_size):
    images = np.random.default_rng(0).uniform(-1, 1, (60, 1, 32, 32)).astype(np.float32)
    images[31, 0, 3, 4] = value
    game = Game(image_generator(32, width=4), image_discriminator(32, width=4), NonSaturating())
    for seed in range(3):
        with pytest.raises(ValueError, match=r"range from .* Rescale"):
            train(game, images, 1, batch_size=batch_size, seed=seed, progress=False)
