"""Cohort: what it refuses, what it keeps, and how it is divided."""

import copy
import pickle
import re

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.data import Cohort, split_by_patient


def make(n=12, size=6, patients=None, diagnoses=None, **changes):
    rng = np.random.default_rng(3)
    images = rng.normal(40, 10, (n, size, size))
    masks = np.zeros((n, size, size), bool)
    masks[:, 2:4, 1:5] = True
    truth = pd.DataFrame(
        {
            "patient_id": [f"p{i}" for i in range(n)] if patients is None else patients,
            "diagnosis": ["benign", "malignant"] * (n // 2) + ["benign"] * (n % 2)
            if diagnoses is None
            else diagnoses,
        }
    )
    parts = {
        "images": images,
        "masks": masks,
        "truth": truth,
        "spacing_mm": 1.0,
        "intensity_unit": "HU",
        "name": "test",
        "provenance": "made up",
    }
    return Cohort(**{**parts, **changes})


class TestRefusals:
    def refused(self, message, **changes):
        with pytest.raises(ValueError, match=message):
            make(**changes)

    def test_mask_of_another_shape(self):
        self.refused(
            r"masks and images must have the same shape; got \(12, 6, 5\)", masks=np.ones((12, 6, 5))
        )

    def test_empty_mask_names_row_and_patient(self):
        masks = np.ones((12, 6, 6), bool)
        masks[4] = False
        self.refused(r"row 4 \(patient 'p4'\) has an empty mask", masks=masks)

    def test_several_empty_masks_are_counted(self):
        masks = np.ones((12, 6, 6), bool)
        masks[[4, 7, 9]] = False
        self.refused(r"row 4 \(patient 'p4'\) and 2 more rows", masks=masks)

    def test_label_map_in_place_of_a_mask(self):
        self.refused("labels == 1", masks=np.full((12, 6, 6), 2))

    def test_constant_image(self):
        images = np.random.default_rng(0).normal(size=(12, 6, 6))
        images[2] = 7
        self.refused(r"row 2 \(patient 'p2'\) has an all-constant image", images=images)

    def test_image_that_is_constant_only_after_rounding_to_float32(self):
        images = np.random.default_rng(0).normal(size=(12, 6, 6))
        images[1] = 1e6 + 1e-4 * images[1]
        self.refused("all-constant", images=images)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, 1e39])
    def test_not_finite_as_float32(self, bad):
        images = np.random.default_rng(0).normal(size=(12, 6, 6))
        images[3, 1, 2] = bad
        self.refused(r"images.*must be finite.*\(3, 1, 2\)", images=images)

    def test_images_without_the_first_axis(self):
        self.refused(r"\(n, height, width\)", images=np.random.default_rng(0).normal(size=(6, 6)))

    def test_images_with_a_channel_axis(self):
        self.refused(r"images\[:, 0\]", images=np.random.default_rng(0).normal(size=(12, 1, 6, 6)))

    def test_no_images(self):
        self.refused("at least one", images=np.zeros((0, 6, 6)), masks=np.zeros((0, 6, 6), bool))

    def test_mixed_spacing(self):
        self.refused("spacing_mm is mixed", spacing_mm=[(1, 1)] * 11 + [(1, 2)])

    @pytest.mark.parametrize("bad", [0, -1, (1, 0), (1, 2, 3), np.nan, "wide"])
    def test_impossible_spacing(self, bad):
        self.refused("spacing_mm", spacing_mm=bad)

    @pytest.mark.parametrize("bad", ["hu", "", None, 3])
    def test_unknown_unit(self, bad):
        self.refused("intensity_unit", intensity_unit=bad)

    def test_truth_that_is_no_table(self):
        self.refused("DataFrame", truth={"patient_id": range(12), "diagnosis": ["x"] * 12})

    def test_truth_of_another_length(self):
        self.refused("7 rows for 12 images", truth=make(7).truth)

    @pytest.mark.parametrize("column", ["patient_id", "diagnosis"])
    def test_truth_without_a_needed_column(self, column):
        self.refused(column, truth=make().truth.drop(columns=column))

    @pytest.mark.parametrize("column", ["patient_id", "diagnosis"])
    def test_missing_value_in_a_needed_column(self, column):
        truth = make().truth
        truth.loc[5, column] = None
        self.refused(f"{column} is missing in row 5", truth=truth)

    def test_numbers_for_a_diagnosis(self):
        self.refused("must be text", diagnoses=[0, 1] * 6)

    def test_a_column_of_objects(self):
        self.refused("'lists' must be", truth=make().truth.assign(lists=[[1]] * 12))

    def test_two_columns_of_one_name(self):
        truth = make().truth
        self.refused("distinct names", truth=pd.concat([truth, truth], axis=1))

    def test_region_of_another_shape(self):
        self.refused("region 'necrosis'", regions={"necrosis": np.ones((12, 6, 5), bool)})

    @pytest.mark.parametrize("bad", [(1, 0), (1,), (0, np.nan)])
    def test_intensity_range(self, bad):
        with pytest.raises(ValueError):
            make(intensity_range=bad)

    def test_empty_regions_are_legal(self):
        cohort = make(regions={"necrosis": np.zeros((12, 6, 6), bool)})
        assert not cohort.regions["necrosis"].any()

    def test_tensors_integers_and_equal_spacings_are_legal(self):
        cohort = make(
            images=torch.arange(432).reshape(12, 6, 6),
            masks=torch.ones(12, 6, 6),
            spacing_mm=[(0.5, 0.7)] * 12,
        )
        assert cohort.images.dtype == np.float32
        assert cohort.masks.dtype == bool
        assert cohort.spacing_mm == (0.5, 0.7)


class TestImmutability:
    def test_arrays_are_read_only(self):
        cohort = make(regions={"core": np.ones((12, 6, 6), bool)})
        for array in (cohort.images, cohort.masks, cohort.regions["core"], cohort.subset([1, 2]).images):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1

    def test_what_went_in_can_change_without_changing_the_cohort(self):
        images = np.random.default_rng(0).normal(size=(12, 6, 6)).astype(np.float32)
        truth = make().truth
        cohort = make(images=images, truth=truth)
        before = cohort.fingerprint
        images[:] = 0
        truth["diagnosis"] = "gone"
        assert cohort.fingerprint == before

    def test_truth_handed_out_is_a_copy(self):
        cohort = make()
        truth = cohort.truth
        truth["diagnosis"] = "gone"
        cohort.regions["new"] = cohort.masks
        assert set(cohort.truth["diagnosis"]) == {"benign", "malignant"}
        assert cohort.regions == {}

    def test_attributes_cannot_be_set_or_deleted(self):
        cohort = make()
        with pytest.raises(AttributeError, match="cannot be changed"):
            cohort.name = "other"
        with pytest.raises(AttributeError, match="cannot be changed"):
            del cohort.images

    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
    def test_copies_are_equal_and_read_only_too(self, copied):
        cohort = make(regions={"core": np.ones((12, 6, 6), bool)}, intensity_range=(-100, 200))
        other = copied(cohort)
        assert other.fingerprint == cohort.fingerprint
        assert not other.images.flags.writeable


def test_fingerprint_notices_one_value_anywhere():
    base = make()
    images, masks, truth = base.images.copy(), base.masks.copy(), base.truth
    images[3, 3, 3] += 1e-4
    masks[0, 0, 0] = True
    truth.loc[0, "diagnosis"] = "malignant"
    others = [
        make(images=images),
        make(masks=masks),
        make(truth=truth),
        make(spacing_mm=2.0),
        make(intensity_unit="a.u."),
        make(regions={"core": masks}),
        make(intensity_range=(0, 1)),
    ]
    assert len({cohort.fingerprint for cohort in [base, *others]}) == 8
    assert make(name="other", provenance="elsewhere").fingerprint == base.fingerprint


class TestSubset:
    def test_rows_and_their_order(self):
        cohort = make()
        part = cohort.subset([5, 0, 5, -1])
        assert part.truth["patient_id"].tolist() == ["p5", "p0", "p5", "p11"]
        assert list(part.truth.index) == [0, 1, 2, 3]
        assert (part.images == cohort.images[[5, 0, 5, 11]]).all()

    def test_boolean_slice_and_tensor(self):
        cohort = make()
        assert len(cohort.subset(cohort.truth["diagnosis"] == "malignant")) == 6
        assert len(cohort.subset(slice(2, 5))) == 3
        assert len(cohort.subset(torch.tensor([1, 2]))) == 2

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([], "selects nothing"),
            (np.zeros(12, bool), "selects nothing"),
            (slice(20, 30), "selects nothing"),
            ([12], "not there"),
            ([-13], "not there"),
            ([True, False], "2 True or False values for 12 rows"),
            ([0.5], "row numbers"),
            (["p1"], "row numbers"),
            ([[1, 2]], "row numbers"),
        ],
    )
    def test_refusals(self, rows, message):
        with pytest.raises(ValueError, match=message):
            make().subset(rows)

    def test_regions_and_range_come_along(self):
        core = np.random.default_rng(1).random((12, 6, 6)) > 0.5
        part = make(regions={"core": core}, intensity_range=(0, 80)).subset([2, 1])
        assert (part.regions["core"] == core[[2, 1]]).all()
        assert part.scaling.high == 80


class TestSplit:
    def test_every_row_goes_to_exactly_one_part(self):
        cohort = make(101)
        parts = cohort.split((0.6, 0.3, 0.1), seed=0)
        patients = [set(part.truth["patient_id"]) for part in parts]
        assert sorted(map(len, parts), reverse=True) == [61, 30, 10]
        assert set.union(*patients) == set(cohort.truth["patient_id"])
        assert sum(map(len, patients)) == 101

    @pytest.mark.parametrize("seed", range(20))
    def test_a_patient_with_several_slices_is_never_split(self, seed):
        rng = np.random.default_rng(seed)
        patients = rng.integers(0, 15, 60)
        diagnoses = rng.choice(["benign", "malignant", "rare"], 60, p=[0.7, 0.25, 0.05])
        parts = make(60, patients=patients, diagnoses=diagnoses).split((0.5, 0.25, 0.25), seed=seed)
        seen = [set(part.truth["patient_id"]) for part in parts]
        assert all(seen)
        for i in range(3):
            for j in range(i):
                assert not seen[i] & seen[j]

    @pytest.mark.parametrize("seed", range(10))
    def test_each_diagnosis_is_within_one_patient_of_its_share(self, seed):
        diagnoses = ["benign"] * 37 + ["malignant"] * 13 + ["unclear"] * 5
        for fractions in [(0.7, 0.3), (0.6, 0.2, 0.2)]:
            parts = make(55, diagnoses=diagnoses).split(fractions, seed=seed)
            for part, fraction in zip(parts, fractions, strict=True):
                for diagnosis, n in (("benign", 37), ("malignant", 13), ("unclear", 5)):
                    held = (part.truth["diagnosis"] == diagnosis).sum()
                    assert abs(held - fraction * n) < 1
                assert abs(len(part) - fraction * 55) < 2

    def test_a_diagnosis_with_one_patient_lands_on_one_side(self):
        where = set()
        for seed in range(40):
            parts = make(11, diagnoses=["benign"] * 10 + ["rare"]).split((0.5, 0.5), seed=seed)
            rare = [(part.truth["diagnosis"] == "rare").sum() for part in parts]
            assert sorted(rare) == [0, 1]
            where.add(rare.index(1))
        assert where == {0, 1}  # a fair coin misses a side in 40 tosses with probability 2e-12

    def test_tiny_parts_still_get_a_patient(self):
        parts = make(3, diagnoses=["benign"] * 3).split((0.9, 0.05, 0.05), seed=0)
        assert [len(part) for part in parts] == [1, 1, 1]

    def test_rows_keep_their_order(self):
        for part in make(30).split((0.5, 0.5), seed=4):
            numbers = [int(patient[1:]) for patient in part.truth["patient_id"]]
            assert numbers == sorted(numbers)

    def test_same_seed_same_parts_another_seed_others(self):
        cohort = make(40)
        first, again, other = (cohort.split((0.5, 0.5), seed)[0].fingerprint for seed in (1, 1, 2))
        assert first == again != other

    @pytest.mark.parametrize(
        "bad", [(0.5, 0.4), (1.5, -0.5), (1, 0), (0.5, np.nan), [[0.5, 0.5]], (), 0.5, "half", (0.7, 0.7)]
    )
    def test_fractions_are_checked(self, bad):
        with pytest.raises(ValueError, match="fractions"):
            make().split(bad, seed=0)

    def test_fewer_patients_than_parts(self):
        with pytest.raises(ValueError, match="2 patients cannot be split into 3 parts"):
            make(12, patients=["a", "b"] * 6).split((0.4, 0.3, 0.3), seed=0)


class TestReplace:
    def test_named_parts_change_and_everything_else_is_kept(self):
        regions = {"core": np.zeros((12, 6, 6), bool)}
        cohort = make(regions=regions, intensity_range=(0, 80), spacing_mm=(0.5, 2.0))
        brighter = cohort.replace(images=2 * cohort.images, name="bright")
        assert (brighter.images == 2 * cohort.images).all()
        assert brighter.name == "bright"
        for part in ("spacing_mm", "intensity_unit", "provenance", "intensity_range"):
            assert getattr(brighter, part) == getattr(cohort, part)
        assert brighter.truth.equals(cohort.truth)
        assert (brighter.masks == cohort.masks).all()
        assert list(brighter.regions) == ["core"]
        assert cohort.replace().fingerprint == cohort.fingerprint

    def test_the_copy_is_checked_as_a_new_cohort_is(self):
        with pytest.raises(ValueError, match="masks and images must have the same shape"):
            make().replace(images=np.random.default_rng(0).random((12, 5, 5)))
        with pytest.raises(ValueError, match="a Cohort has no mask; its parts are images, masks"):
            make().replace(mask=None)


class TestTensors:
    def test_scaled_by_hand(self):
        images = np.array([[[0.0, 50.0], [75.0, 100.0]]])
        truth = pd.DataFrame({"patient_id": [1], "diagnosis": ["benign"]})
        cohort = Cohort(images, images > 60, truth, 1, "HU", "four pixels", "by hand")
        assert cohort.to_tensor().tolist() == [[[[-1.0, 0.0], [0.5, 1.0]]]]

    def test_there_and_back_again(self):
        cohort = make(intensity_range=(0, 50))  # intensities reach beyond on both sides: nothing is clipped
        tensor = cohort.to_tensor()
        assert tensor.shape == (12, 1, 6, 6)
        assert tensor.dtype == torch.float32
        assert tensor.max() > 1
        back = cohort.scaling.to_intensity(tensor)[:, 0].numpy()
        np.testing.assert_allclose(back, cohort.images, rtol=0, atol=1e-5)

    def test_the_training_parts_scaling_serves_the_test_part(self):
        training, test = make(20).split((0.5, 0.5), seed=0)
        tensor = test.to_tensor(training.scaling)
        back = training.scaling.to_intensity(tensor)[:, 0].numpy()
        np.testing.assert_allclose(back, test.images, rtol=0, atol=1e-5)
        assert training.scaling != test.scaling  # each is fitted to its own images

    def test_tensor_dataset_pairs_images_with_codes(self):
        cohort = make(5, diagnoses=["m", "b", "u", "b", "m"])
        images, labels = cohort.to_tensor_dataset().tensors
        assert cohort.diagnoses == ("b", "m", "u")
        assert labels.tolist() == [1, 0, 2, 0, 1]
        assert torch.equal(images, cohort.to_tensor())


class TestContactSheet:
    def test_it_is_a_figure_with_an_image_and_words(self):
        page = make()._repr_html_()
        assert page.startswith("<figure")
        assert re.search(r'<img alt="Contact sheet of test\. 12 images of 12 patients', page)
        assert "data:image/png;base64,iVBOR" in page
        assert len(page) < 100_000

    def test_names_are_escaped(self):
        page = make(name='<script>"x"</script>', provenance="a & b <i>")._repr_html_()
        assert "<script>" not in page
        assert 'alt="Contact sheet of &lt;script&gt;&quot;x&quot;' in page
        assert "a &amp; b &lt;i&gt;" in page

    @pytest.mark.parametrize("size", [2, 33, 400])
    def test_any_size(self, size):
        rng = np.random.default_rng(0)
        masks = np.zeros((2, size, size), bool)
        masks[:, 0, 0] = True  # one pixel: no spread of intensities inside to set a window by
        truth = pd.DataFrame({"patient_id": [1, 2], "diagnosis": ["b", "m"]})
        page = Cohort(rng.normal(size=(2, size, size)), masks, truth, 1, "HU", "x", "y")._repr_html_()
        assert "nan" not in page


def test_a_table_without_patients_or_diagnoses_cannot_be_split_by_patient():
    with pytest.raises(ValueError, match="needs the column 'patient_id' and 'diagnosis'"):
        split_by_patient(pd.DataFrame({"area": [1.0, 2.0]}), (0.5, 0.5))
