"""Nearest neighbours and the spaces they are sought in."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from ganlab.data import simulate_lesions
from ganlab.diagnostics import AlignedPixels, Blends, FeatureTable, Pixels, RandomConvolutions, memorization
from ganlab.diagnostics.memorization.neighbours import Nearest, best_of, nearest_two, nearest_two_others


@pytest.fixture(scope="module")
def images():
    return simulate_lesions(30, seed=0).images.astype(float)


@pytest.mark.parametrize("n_features", [1, 3, 200])
def test_neighbours_are_those_of_the_whole_matrix_of_distances(n_features):
    rng = np.random.default_rng(n_features)
    queries, references = rng.normal(size=(37, n_features)), rng.normal(size=(29, n_features))
    distances = cdist(queries, references)
    found = nearest_two(queries, references)
    np.testing.assert_allclose(found.distance, np.sort(distances, axis=1)[:, :2], rtol=1e-12)
    np.testing.assert_array_equal(found.index, np.argsort(distances, axis=1)[:, :2])
    others = nearest_two_others(references, references)
    within = cdist(references, references)
    np.testing.assert_allclose(others.distance, np.sort(within, axis=1)[:, 1:3], rtol=1e-12)


def test_an_exact_copy_is_at_distance_0_even_far_from_the_origin():
    samples = np.random.default_rng(0).normal(size=(50, 100)) + 1e6
    assert (nearest_two(samples, samples).distance[:, 0] == 0).all()
    assert (nearest_two_others(samples, samples).distance > 1).all()


def test_a_single_reference_has_nobody_second():
    found = nearest_two(np.zeros((2, 1)), np.ones((1, 1)))
    assert found.distance.tolist() == [[1, np.inf], [1, np.inf]]
    assert found.index.tolist() == [[0, -1], [0, -1]]


def test_of_several_views_each_reference_counts_at_its_best():
    first = Nearest(np.array([[2.0, 3.0]]), np.array([[4, 5]]))
    second = Nearest(np.array([[1.0, 2.5]]), np.array([[4, 6]]))
    best = best_of([first, second])
    assert best.distance.tolist() == [[1.0, 2.5]]
    assert best.index.tolist() == [[4, 6]]


def test_standardised_features_are_scaled_by_train_alone():
    train = np.array([[0.0, 0.0], [1.0, 1000.0], [2.0, 5000.0]])
    space = FeatureTable().fit(train)
    np.testing.assert_allclose(space.place(train).std(axis=0), 1)
    np.testing.assert_allclose(FeatureTable().fit(1000 * train).place(1000 * train), space.place(train))


def test_a_far_value_counts_by_its_logarithm():
    """Median 1, deviation 1.4826: 1 and 1001 are arsinh(674.49) = ln(2 * 674.49) = 7.2071 apart."""
    train = np.array([[0.0], [1.0], [2.0]])
    space = FeatureTable().fit(train)
    unit = np.arcsinh(1 / 1.4826) * np.sqrt(2 / 3)
    near, far = space.place(np.array([[1.0], [1001.0]]))[:, 0]
    assert far - near == pytest.approx(7.207105706 / unit, rel=1e-6)


def test_a_constant_feature_is_named_and_refused():
    train = np.column_stack([np.arange(5.0), np.ones(5)])
    with pytest.raises(ValueError, match=r"1 feature\(s\) are constant over train .*columns 1\)"):
        memorization(train, train, space=FeatureTable())


@pytest.mark.parametrize("space", [AlignedPixels(), RandomConvolutions()])
def test_a_space_takes_the_single_precision_and_the_channel_axis_that_images_come_with(space):
    images = np.random.default_rng(0).normal(size=(4, 16, 16)).astype(np.float32)

    def distances(shown):
        found = space.fit(shown)
        return found.nearest_others(found.place(shown)).distance

    for shown in (images, images[:, None], torch.from_numpy(images)):
        assert distances(shown) == pytest.approx(distances(images.astype(float)))


@pytest.mark.parametrize("flip", [np.s_[:, ::-1], np.s_[:, :, ::-1], np.s_[:, ::-1, ::-1]])
@pytest.mark.parametrize("space", [AlignedPixels(), RandomConvolutions()])
def test_a_flipped_image_is_its_original(images, space, flip):
    fitted = space.fit(images)
    found = fitted.nearest(fitted.place(images[flip]), fitted.place(images))
    assert found.index[:, 0].tolist() == list(range(30))
    np.testing.assert_allclose(found.distance[:, 0], 0, atol=1e-9)
    plain = Pixels().nearest(images[flip].reshape(30, -1), images.reshape(30, -1))
    assert plain.distance[:, 0].min() > 0.5


def test_a_shifted_image_is_its_original_where_its_pixels_are(images):
    space = AlignedPixels(blur=0.5)
    wide = np.pad(images, ((0, 0), (2, 2), (2, 2)), mode="edge")
    found = space.nearest(space.place(wide[:, 4:, 1:-3]), space.place(images))  # 2 down, 1 right
    # Away from the border, where the blur meets pixels that the shift brought in, they are equal.
    others = space.nearest_others(space.place(images)).distance[:, 0]
    assert found.index[:, 0].tolist() == list(range(30))
    assert (found.distance[:, 0] < 0.5 * others.min()).all()


def test_aligned_pixels_are_the_best_of_all_views_by_brute_force(images):
    space = AlignedPixels(max_shift=1, blur=0.8)
    placed = space.place(images[:6])
    found = space.nearest(placed[:3], placed[3:])
    for query in range(3):
        best = np.full(3, np.inf)
        for view in (placed[query], placed[query, ::-1], placed[query, :, ::-1], placed[query, ::-1, ::-1]):
            for down in range(3):
                for right in range(3):
                    crop = view[down : down + 30 : 2, right : right + 30 : 2]
                    best = np.minimum(best, np.sqrt(((placed[3:, 1:31:2, 1:31:2] - crop) ** 2).sum((1, 2))))
        np.testing.assert_allclose(found.distance[query], np.sort(best)[:2], rtol=1e-12)


def test_random_convolutions_are_repeatable_and_a_different_seed_is_another_network(images):
    first, again, other = (RandomConvolutions(seed=seed).fit(images).place(images) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_blends_are_the_nearest_points_of_segments_by_brute_force():
    rng = np.random.default_rng(0)
    queries, references = rng.normal(size=(5, 3)), rng.normal(size=(7, 3))
    found = Blends().nearest(queries, references)
    shares = np.linspace(0, 0.5, 2001)[:, None]
    for query, distance, index in zip(queries, found.distance, found.index, strict=True):
        best = [
            min(
                np.linalg.norm((1 - shares) * start + shares * end - query, axis=1).min()
                for end in references
            )
            for start in references
        ]
        np.testing.assert_allclose(distance, np.sort(best)[:2], rtol=1e-4)
        assert index[0] == np.argmin(best)


def test_a_blend_leaves_the_sample_itself_out_as_a_partner_too():
    # 0 is 1 from 1, and would be at 0 if it could be mixed in itself; so for 10. 1 lies between 0 and 10.
    line = np.array([[0.0], [1.0], [10.0]])
    np.testing.assert_allclose(Blends().nearest_others(line).distance[:, 0], [1.0, 0.0, 9.0], atol=1e-12)


def test_twins_in_the_space_count_once(images):
    train = np.concatenate([images[:10], images[:1, ::-1], images[:1, :, ::-1]])
    twice, once = (
        memorization(known, images[10:20], images[20:], space=AlignedPixels())
        for known in (train, images[:10])
    )
    assert twice.nearest_neighbour_ratio == once.nearest_neighbour_ratio


def test_a_flipped_training_image_in_the_holdout_is_no_control(images):
    with pytest.raises(ValueError, match="1 of the 10 holdout samples are also in train"):
        memorization(
            images[:10],
            images[10:20],
            np.concatenate([images[20:29], images[:1, ::-1]]),
            space=AlignedPixels(),
        )


@pytest.mark.parametrize("space", [AlignedPixels(), RandomConvolutions()])
def test_spaces_for_images_refuse_tables(space):
    table = np.random.default_rng(0).normal(size=(9, 4))
    with pytest.raises(ValueError, match=r"this feature space needs images.*Pixels takes any shape"):
        memorization(table, table, space=space)


@pytest.mark.parametrize("arguments", [{"max_shift": 0}, {"max_shift": 1.5}, {"blur": 0}, {"blur": "much"}])
def test_impossible_alignments_are_refused(arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))} must be"):
        AlignedPixels(**arguments)
