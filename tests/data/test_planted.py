"""Planted generators: is each wrong in the way that it says, by as much as it says, and in no other?

Seeds are fixed. The bound of a statistical test is so wide that a right sampler would fail it for fewer than
one seed in a million (|z| < 5), unless the test says otherwise.
"""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from ganlab.data import (
    grid,
    parallel_lines,
    planted_lesions,
    planted_points,
    ring,
    simulate_ct,
    simulate_lesions,
)
from ganlab.seeding import isolated_randomness

NAMES = ["good", "underfit", "collapsed", "copying"]
CENTRES = 2 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)
FAR = np.array([[10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [40.0, 0.0]])  # copies of these are known at sight
N = 20_000


def z_of_share(count, n, share):
    return abs(count - n * share) / np.sqrt(n * share * (1 - share))


@pytest.fixture(scope="module")
def points():
    return {name: sampler.sample(N, 3).numpy() for name, sampler in planted_points(ring(), FAR).items()}


@pytest.fixture(scope="module")
def train():
    return simulate_lesions(60, seed=0)


def by_mode(samples):
    """Distance of each sample to its nearest centre, and which that is."""
    distance = np.linalg.norm(samples[:, None] - CENTRES, axis=2)
    return distance.min(axis=1), distance.argmin(axis=1)


class TestPoints:
    @pytest.mark.parametrize(
        ("name", "share"), [("good", 1 - np.exp(-4.5)), ("underfit", 1 - np.exp(-9 / 8))]
    )
    def test_share_within_three_sigma_by_hand(self, points, name, share):
        distance, _ = by_mode(points[name])
        assert z_of_share((distance < 0.06).sum(), N, share) < 5

    @pytest.mark.parametrize(("name", "modes"), [("good", 8), ("underfit", 8), ("collapsed", 6)])
    def test_modes_that_are_there_are_equally_frequent(self, points, name, modes):
        counts = np.bincount(by_mode(points[name])[1], minlength=8)
        assert (counts[: 8 - modes] == 0).all()
        assert all(z_of_share(count, N, 1 / modes) < 5 for count in counts[8 - modes :])

    def test_modes_that_are_left_are_as_good_as_ever(self, points):
        distance, _ = by_mode(points["collapsed"])
        assert z_of_share((distance < 0.06).sum(), N, 1 - np.exp(-4.5)) < 5

    def test_half_are_copies_of_every_training_sample_alike(self, points):
        far = points["copying"][points["copying"][:, 0] > 5]
        assert z_of_share(len(far), N, 0.5) < 5
        source = np.abs(far[:, None] - FAR).sum(axis=2).argmin(axis=1)
        assert all(z_of_share(count, len(far), 0.25) < 5 for count in np.bincount(source, minlength=4))
        # A fortieth of 0.02; a standard deviation of 2k numbers errs by 1 / sqrt(4k).
        noise = (far - FAR[source]).std()
        assert noise == pytest.approx(0.0005, rel=5 / np.sqrt(4 * len(far)))

    def test_what_is_not_copied_is_good(self, points):
        near = points["copying"][points["copying"][:, 0] < 5]
        distance, modes = by_mode(near)
        assert z_of_share((distance < 0.06).sum(), len(near), 1 - np.exp(-4.5)) < 5
        assert all(z_of_share(count, len(near), 1 / 8) < 5 for count in np.bincount(modes, minlength=8))

    def test_densities_agree_with_scipy(self):
        samplers = planted_points(ring(), FAR, widening=3.0, missing=5, copied=0.25, copy_noise=0.5)
        at = np.concatenate([CENTRES + 0.01, FAR + 0.01, CENTRES - 0.03])

        def density(shares, places, stds):
            terms = [
                multivariate_normal(place, std**2).logpdf(at) for place, std in zip(places, stds, strict=True)
            ]
            with np.errstate(divide="ignore"):
                return logsumexp(np.array(terms) + np.log(shares)[:, None], axis=0)

        expected = {
            "good": density(np.full(8, 1 / 8), CENTRES, [0.02] * 8),
            "underfit": density(np.full(8, 1 / 8), CENTRES, [0.06] * 8),
            "collapsed": density(np.array([0] * 5 + [1 / 3] * 3), CENTRES, [0.02] * 8),
            "copying": density(
                np.array([0.75 / 8] * 8 + [0.25 / 4] * 4),
                np.concatenate([CENTRES, FAR]),
                [0.02] * 8 + [0.01] * 4,
            ),
        }
        for name, sampler in samplers.items():
            found = sampler.law.distribution.log_prob(torch.tensor(at, dtype=torch.float32)).numpy()
            probable = expected[name] > -50  # single precision far out
            assert probable.sum() >= 6
            assert found[probable] == pytest.approx(expected[name][probable], abs=0.02)

    def test_divergence_of_the_collapsed_one_is_log_8_over_6(self):
        samplers = planted_points(ring(), FAR)
        samples = samplers["collapsed"].sample(200, seed=0)
        ratio = samplers["collapsed"].law.distribution.log_prob(samples) - ring().log_prob(samples)
        assert ratio.numpy() == pytest.approx(np.log(8 / 6), abs=1e-4)

    def test_other_mixtures_and_amounts(self):
        samplers = planted_points(grid(3), FAR, missing=8, copied=1.0)
        assert samplers["collapsed"].truth == "8 of 9 modes are missing, the others equally frequent."
        left = samplers["collapsed"].sample(50, seed=0) - grid(3).component_distribution.mean[8]
        assert left.norm(dim=1).max() < 0.05 * 5.5
        assert samplers["copying"].sample(50, seed=0)[:, 0].min() > 5

    def test_train_may_be_a_tensor(self):
        with isolated_randomness(0):
            seen = ring().sample((30,))
        copies = planted_points(ring(), seen, copied=1.0)["copying"].sample(100, seed=0)
        assert copies.dtype == torch.float32
        assert torch.cdist(copies, seen).min(dim=1).values.max() < 0.0005 * 6

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"mixture": parallel_lines(0.0)}, "mixture of Gaussians, as ring"),
            ({"mixture": ring(1)}, "two or more"),
            ({"train": np.zeros((5, 3))}, r"shape \(l, 2\); got \(5, 3\)"),
            ({"train": np.zeros((0, 2))}, "train is empty"),
            ({"train": [[0.0, np.nan]]}, "train must be finite"),
            ({"widening": 0}, "widening"),
            ({"missing": 8}, "leave a mode of the 8"),
            ({"missing": 1.5}, "missing"),
            ({"copied": 1.1}, "copied must be one number from 0 to 1"),
            ({"copy_noise": -1}, "copy_noise"),
        ],
    )
    def test_wrong_arguments_are_refused_in_plain_words(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            planted_points(**({"mixture": ring(), "train": FAR} | arguments))


class TestLesions:
    def test_good_ones_are_as_frequent_as_the_simulators(self, train):
        shares = planted_lesions(train)["good"].sample(2000, 1).truth["pattern"].value_counts()
        for pattern, share in (("homogeneous", 0.45), ("rim-enhancing", 0.45), ("speckled", 0.1)):
            assert z_of_share(shares[pattern], 2000, share) < 5

    @pytest.mark.parametrize("missing", ["homogeneous", "speckled"])
    def test_one_texture_is_missing_and_the_others_keep_their_ratio(self, train, missing):
        shares = planted_lesions(train, missing=missing)["collapsed"].sample(1500, 1).truth["pattern"]
        assert missing not in set(shares)
        expected = {"homogeneous": 45 / 55, "speckled": 1 / 2}[missing]
        assert z_of_share((shares == "rim-enhancing").sum(), 1500, expected) < 5

    def test_underfit_is_a_gaussian_blur_by_hand(self, train):
        samplers = planted_lesions(train, blur=1.0)
        sharp, blurred = (samplers[name].law(3, 7) for name in ("good", "underfit"))
        reach = np.arange(-4, 5)
        kernel = np.exp(-(reach**2) / 2)
        kernel /= kernel.sum()
        around = sharp.images[:, 12 - 4 : 12 + 5, 15 - 4 : 15 + 5]
        assert blurred.images[:, 12, 15] == pytest.approx(
            np.einsum("nij,i,j->n", around, kernel, kernel), rel=1e-5
        )
        assert blurred.truth.equals(sharp.truth)

    def test_copies_are_training_images_with_noise_and_their_truth(self, train):
        made = planted_lesions(train)["copying"].sample(1000, 5)
        rows = made.truth["train_row"].to_numpy()
        is_copy = rows >= 0
        assert z_of_share(is_copy.sum(), 1000, 0.5) < 5
        noise = (made.images - train.images[rows])[is_copy]
        # Where the image is far from 0 the absolute value changes nothing.
        assert noise[train.images[rows[is_copy]] > 0.1].std() == pytest.approx(0.01, rel=0.01)
        assert (made.masks[is_copy] == train.masks[rows[is_copy]]).all()
        columns = ["diagnosis", "pattern", "radius_mm", "malignancy_probability"]
        originals = train.truth.iloc[rows[is_copy]][columns].reset_index(drop=True)
        assert made.truth.loc[is_copy, columns].reset_index(drop=True).equals(originals)
        assert made.truth["patient_id"].is_unique

    def test_every_training_image_is_copied_alike(self, train):
        rows = planted_lesions(train, copied=1.0)["copying"].sample(2000, 5).truth["train_row"]
        assert all(z_of_share(count, 2000, 1 / 60) < 5 for count in np.bincount(rows, minlength=60))

    def test_the_rest_is_fresh(self, train):
        made = planted_lesions(train)["copying"].sample(200, 5)
        fresh = made.images[made.truth["train_row"] < 0].reshape(-1, 1024)
        nearest = np.linalg.norm(fresh[:, None] - train.images.reshape(1, -1, 1024), axis=2).min()
        # Noise of 0.01 in 32 x 32 pixels puts a copy at 0.32 +- 0.007.
        assert nearest > 2 * 0.32

    def test_images_are_as_large_as_those_of_train(self):
        samplers = planted_lesions(simulate_lesions(4, size=64, seed=0))
        assert {sampler.sample(3, 0).images.shape for sampler in samplers.values()} == {(3, 64, 64)}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"train": np.zeros((3, 32, 32))}, "Cohort of simulated lesions; got ndarray"),
            ({"train": simulate_ct(3, seed=0)}, "must come from simulate_lesions"),
            ({"blur": 0}, "blur"),
            ({"missing": "spotted"}, "missing must be one of"),
            ({"copied": -0.1}, "copied"),
            ({"copy_noise": 0}, "copy_noise"),
        ],
    )
    def test_wrong_arguments_are_refused_in_plain_words(self, train, arguments, message):
        with pytest.raises(ValueError, match=message):
            planted_lesions(**({"train": train} | arguments))


class TestSeeds:
    def both(self, train):
        yield {
            name: lambda n, s, own=own: own.sample(n, s).numpy()
            for name, own in planted_points(ring(), FAR).items()
        }
        yield {
            name: lambda n, s, own=own: own.sample(n, s).images
            for name, own in planted_lesions(train).items()
        }

    def test_one_seed_one_set(self, train):
        for samplers in self.both(train):
            assert list(samplers) == NAMES
            for sample in samplers.values():
                assert (sample(20, 4) == sample(20, 4)).all()
                assert not (sample(20, 4) == sample(20, 5)).any(axis=-1).all()

    def test_samplers_with_one_seed_share_nothing(self, train):
        for samplers in self.both(train):
            good, collapsed = samplers["good"](20, 4), samplers["collapsed"](20, 4)
            assert not (good == collapsed).reshape(20, -1).all(axis=1).any()

    def test_train_drawn_with_the_same_seed_is_not_drawn_again(self, train):
        good = planted_lesions(train)["good"].sample(60, seed=0)
        assert not (good.images == train.images).reshape(60, -1).all(axis=1).any()
        with isolated_randomness(0):
            seen = ring().sample((60,))
        assert not (planted_points(ring(), seen)["good"].sample(60, seed=0) == seen).any()

    def test_nobody_elses_randomness_is_touched(self, train):
        torch.manual_seed(1)
        expected = torch.rand(1)
        torch.manual_seed(1)
        for samplers in self.both(train):
            samplers["copying"](5, 0)
        assert torch.rand(1) == expected

    def test_a_generator_moves_on(self):
        sampler, rng = planted_points(ring(), FAR)["good"], torch.Generator().manual_seed(0)
        assert not (sampler.sample(5, rng) == sampler.sample(5, rng)).all()

    @pytest.mark.parametrize(
        ("n", "seed", "message"), [(0, 0, "n must be"), (5, -1, "seed must be"), (5, "a", "seed")]
    )
    def test_wrong_n_or_seed_is_refused(self, n, seed, message):
        with pytest.raises(ValueError, match=message):
            planted_points(ring(), FAR)["good"].sample(n, seed)
